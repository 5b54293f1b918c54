"""
Accounts and sessions, for the login of accounts; county work's may only look up a session.

Password hashes and sessions are reached through the narrow functions of the migrations;
neither login can read the columns.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, select, text, update

from dispatch.tables import account
from dispatch.views import AccountView, OwnSessionView, SessionView

_VIEW = "id, username, role, counties, team_id, active, language"
_FIND_LOGIN = text(f"SELECT {_VIEW}, password_hash FROM find_login(:username)")  # noqa: S608
_FIND_SESSION = text(
    f"SELECT {_VIEW}, kind, created_at, expires_at, last_used_at FROM find_session(:token)"  # noqa: S608
)
_OWN_SESSIONS = text("SELECT id, kind, created_at, expires_at, last_used_at FROM own_sessions()")
_LIST = text(f"SELECT {_VIEW} FROM account ORDER BY username")  # noqa: S608
_COUNTY_OF_TEAM = text("SELECT county FROM team WHERE id = :team")
_FIND = text(f"SELECT {_VIEW} FROM account WHERE username = :username")  # noqa: S608


def find_login(connection: Connection, username: str) -> tuple[AccountView, str] | None:
    """Return an account with its password hash, active or not."""
    row = connection.execute(_FIND_LOGIN, {"username": username}).mappings().one_or_none()
    return None if row is None else (_view(row), row["password_hash"])


def find_account(connection: Connection, username: str) -> AccountView | None:
    """Return a visible account."""
    row = connection.execute(_FIND, {"username": username}).mappings().one_or_none()
    return None if row is None else _view(row)


def list_accounts(connection: Connection) -> list[AccountView]:
    """List the visible accounts by name."""
    return [_view(row) for row in connection.execute(_LIST).mappings()]


def find_county_of_team(connection: Connection, team_id: UUID) -> str | None:
    """Return the county of a visible team; more of a team this login does not see."""
    return connection.execute(_COUNTY_OF_TEAM, {"team": team_id}).scalar_one_or_none()


def insert_account(connection: Connection, **values: Any) -> None:
    """Insert an account."""
    connection.execute(account.insert().values(**values))


def change_account(connection: Connection, account_id: UUID, **values: Any) -> bool:
    """Write columns of an account; whether the scope may change it."""
    # The application role may not read the hash, so the statement returns the id alone.
    changed = connection.execute(
        update(account).where(account.c.id == account_id).values(**values).returning(account.c.id)
    )
    return changed.first() is not None


def change_own_password(connection: Connection, password_hash: str) -> bool:
    """Write the password hash of the transaction's actor."""
    changed = connection.execute(select(func.change_own_password(password_hash)))
    return changed.scalar_one_or_none() is not None


def revoke_sessions_of(
    connection: Connection, account_id: UUID, *, keep: bytes | None = None
) -> None:
    """End all sessions of an account, but for the one of the token's digest `keep`."""
    connection.execute(select(func.revoke_sessions_of(account_id, keep)))


def list_own_sessions(connection: Connection) -> list[OwnSessionView]:
    """List the live sessions of the transaction's actor, newest first."""
    return [OwnSessionView(**row) for row in connection.execute(_OWN_SESSIONS).mappings()]


def end_own_session(connection: Connection, session_id: UUID) -> bool:
    """End a session of the transaction's actor; False when there is none."""
    ended = connection.execute(select(func.end_own_session(session_id)))
    return ended.scalar_one_or_none() is not None


def note_use(connection: Connection, token_sha256: bytes) -> None:
    """Note that a session is in use now."""
    connection.execute(select(func.note_session_use(token_sha256)))


def open_session(
    connection: Connection, token_sha256: bytes, account_id: UUID, kind: str, lifetime: timedelta
) -> None:
    """Open a session that ends by itself."""
    connection.execute(select(func.open_session(token_sha256, account_id, kind, lifetime)))


def find_session(connection: Connection, token_sha256: bytes) -> SessionView | None:
    """Return a session that is neither expired nor revoked, of an active account."""
    row = connection.execute(_FIND_SESSION, {"token": token_sha256}).mappings().one_or_none()
    if row is None:
        return None
    return SessionView(
        _view(row), row["kind"], row["created_at"], row["expires_at"], row["last_used_at"]
    )


def revoke_session(connection: Connection, token_sha256: bytes) -> None:
    """End a session."""
    connection.execute(select(func.revoke_session(token_sha256)))


def _view(row: RowMapping) -> AccountView:
    return AccountView(
        id=row["id"],
        username=row["username"],
        role=row["role"],
        counties=tuple(row["counties"]),
        team_id=row["team_id"],
        active=row["active"],
        language=row["language"],
    )
