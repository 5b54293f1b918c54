"""
Signing in, and the sessions and tokens that come of it; of a token only the hash is kept.

A token is 256 random bits; its SHA-256 is enough, because there is nothing to guess. The engine
is that of the login of accounts; only `find_session` works for county work's as well.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Engine

from dispatch.errors import LoginFailedError
from dispatch.password_hashes import decoy, verifies
from dispatch.repository import accounts
from dispatch.services import found
from dispatch.views import AccountView, OwnSessionView, SessionView
from geodata.database.audit import audit
from geodata.database.engine import scoped, unscoped
from geodata.database.scope import Scope
from geodata.said import said

TokenKind = Literal["cookie", "bearer"]

USE_NOTED = timedelta(minutes=5)
"""The last use of a session is this exact; noting every request would write at every request."""


def verify_login(engine: Engine, username: str, password: str) -> AccountView:
    """
    Return the account that `username` and `password` open; takes about 0.1 s of CPU.

    Raises
    ------
    LoginFailedError
        `login_failed`, in the same words and the same time whatever is wrong.
    """
    name = normal(username)
    with scoped(engine, visitor(name)) as connection:
        login = accounts.find_login(connection, name)
    account, hashed = login or (None, decoy())
    is_right = verifies(hashed, password)
    is_let_in = account is not None and account.active and is_right
    if account is not None:
        action = "login.accepted" if is_let_in else "login.refused"
        with scoped(engine, visitor(name)) as connection:
            audit(connection, visitor(name), action, object_type="account", object_id=account.id)
    if account is None or not is_let_in:
        raise LoginFailedError(
            "login_failed",
            said("the name or the password is wrong"),
            said("ask your administrator for help"),
        )
    return account


def issue_token(engine: Engine, account_id: UUID, *, kind: TokenKind, lifetime: timedelta) -> str:
    """Open a session of an account that has just been verified; the token is told only once."""
    token = secrets.token_urlsafe(32)
    with scoped(engine, visitor("")) as connection:
        accounts.open_session(connection, digest(token), account_id, kind, lifetime)
    return token


def find_session(engine: Engine, token: str) -> SessionView | None:
    """Return the live session of a token, None when it is unknown, expired or revoked."""
    with unscoped(engine) as connection:
        known = accounts.find_session(connection, digest(token))
        if known is not None and known.last_used_at + USE_NOTED < datetime.now(UTC):
            accounts.note_use(connection, digest(token))
        return known


def revoke_session(engine: Engine, token: str) -> None:
    """End the session of a token; an unknown one is no error."""
    with scoped(engine, visitor("")) as connection:
        accounts.revoke_session(connection, digest(token))


def scope_of(account: AccountView) -> Scope:
    """Return what an account may see and change."""
    return Scope(account.username, account.role, account.counties, account.team_id)


# ── one's own ─────────────────────────────────────────────────────────────────
def list_sessions(engine: Engine, scope: Scope) -> list[OwnSessionView]:
    """List one's own live sessions and tokens, with their last use, the newest first."""
    with scoped(engine, scope) as connection:
        return accounts.list_own_sessions(connection)


def end_session(engine: Engine, scope: Scope, session_id: UUID) -> None:
    """
    End one of one's own sessions or tokens.

    Raises
    ------
    NotFoundError
        None of one's own, or over already.
    """
    with scoped(engine, scope) as connection:
        if not accounts.end_own_session(connection, session_id):
            raise found.not_found(said("session"))
        audit(connection, scope, "session.ended", object_type="session", object_id=session_id)


# ── small parts, for accounts too ─────────────────────────────────────────────
def visitor(name: str) -> Scope:
    """Return the scope of somebody not yet known: it sees nothing."""
    return Scope(name, "visitor", ())


def normal(username: str) -> str:
    """Return a user name as it is kept."""
    return username.strip().casefold()


def digest(token: str) -> bytes:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
