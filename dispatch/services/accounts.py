"""
Local accounts: argon2 passwords, and tokens of which only the hash is kept.

A token is 256 random bits; its SHA-256 is enough, because there is nothing to guess. The engine
is that of the login of accounts; only `find_session` works for county work's as well.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.errors import AccountError, LoginFailedError
from dispatch.passwords import MAX_PASSWORD, MIN_PASSWORD, is_easy
from dispatch.repository import accounts
from dispatch.roles import Role
from dispatch.services import found
from dispatch.views import AccountView, OwnSessionView, SessionView
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import scoped, unscoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError, RefusedError
from geodata.reference.codes import CODES
from geodata.said import coded, listed, said
from geodata.territories.counties import load_counties

TokenKind = Literal["cookie", "bearer"]

USE_NOTED = timedelta(minutes=5)
"""The last use of a session is this exact; noting every request would write at every request."""

_MACHINES = frozenset({"check", "courier", "health", "roads"})
"""What machines are called in the trail; commands are `cli:` and the user of the shell."""

_HASHER = PasswordHasher()


def create_account(
    engine: Engine,
    scope: Scope,
    *,
    username: str,
    password: str,
    role: str,
    counties: Collection[str],
    team_id: UUID | None = None,
    language: str = "ro",
) -> AccountView:
    """
    Create an account; `scope` must be an administrator of all its counties.

    The account's team must be of one of them: whoever is that team sees its incident.

    Raises
    ------
    AccountError
        `bad_username`, `weak_password`, `unknown_role`, `unknown_county`, `team_required`,
        `team_of_other_county`, `unknown_language`, `not_your_counties`.
    ConflictError
        `username_taken`.
    """
    name = _normal(username)
    _check_account(name, role, counties, team_id, language)
    values = {
        "username": name,
        "password_hash": _hashed(password, name),
        "role": role,
        "counties": sorted(set(counties)),
        "team_id": team_id,
        "language": language,
    }
    if scope.role != Role.ADMINISTRATOR or not set(counties) <= set(scope.counties):
        raise _not_your_counties()
    with scoped(engine, scope) as connection:
        _check_team(connection, team_id, counties)
        try:
            with connection.begin_nested():
                accounts.insert_account(connection, **values)
        except DBAPIError as error:
            raise _account_refusal(name, error) from error
        made = found.present(accounts.find_account(connection, name), said("account"))
        _audit(connection, scope, "account.created", made)
        return made


def list_accounts(engine: Engine, scope: Scope) -> list[AccountView]:
    """List the accounts that the scope may administer or supervise, and one's own."""
    with scoped(engine, scope) as connection:
        return accounts.list_accounts(connection)


def set_password(engine: Engine, scope: Scope, username: str, password: str) -> None:
    """
    Set one's own password, or as an administrator somebody's; all its sessions end.

    Raises
    ------
    AccountError
        `weak_password`.
    NotFoundError
        No such account in the scope's counties.
    """
    name = _normal(username)
    hashed = _hashed(password, name)
    with scoped(engine, scope) as connection:
        account = found.present(accounts.find_account(connection, name), said("account"))
        is_own = name == scope.actor
        changed = (
            accounts.change_own_password(connection, hashed)
            if is_own
            else accounts.change_account(connection, account.id, password_hash=hashed)
        )
        if not changed:
            raise found.not_found(said("account"))
        accounts.revoke_sessions_of(connection, account.id)
        _audit(connection, scope, "account.password", account)


def change_own_password(engine: Engine, scope: Scope, *, old: str, new: str, token: str) -> None:
    """
    Change one's own password; every other session and token of the account ends.

    Raises
    ------
    NotAllowedError
        `wrong_password`: the old one is not that.
    AccountError
        `weak_password`.
    """
    with scoped(engine, _visitor(scope.actor)) as connection:
        account, hashed = found.present(
            accounts.find_login(connection, scope.actor), said("account")
        )
    if not _verifies(hashed, old[: MAX_PASSWORD + 1]):
        with scoped(engine, scope) as connection:
            _audit(connection, scope, "account.password_refused", account)
        raise NotAllowedError(
            "wrong_password",
            said("the old password is wrong"),
            said("ask your administrator for help"),
        )
    made = _hashed(new, scope.actor)
    with scoped(engine, scope) as connection:
        accounts.change_own_password(connection, made)
        accounts.revoke_sessions_of(connection, account.id, keep=_digest(token))
        _audit(connection, scope, "account.password", account)


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


def set_active(engine: Engine, scope: Scope, username: str, active: bool) -> AccountView:
    """Let an account in again, or lock it out at once."""
    with scoped(engine, scope) as connection:
        account = accounts.find_account(connection, _normal(username))
        if account is None or not _change(connection, account, active=active):
            raise found.not_found(said("account"))
        if not active:
            accounts.revoke_sessions_of(connection, account.id)
        action = "account.activated" if active else "account.deactivated"
        _audit(connection, scope, action, account)
        return accounts.find_account(connection, account.username) or account


# ── logging in ────────────────────────────────────────────────────────────────
def verify_login(engine: Engine, username: str, password: str) -> AccountView:
    """
    Return the account that `username` and `password` open; takes about 0.1 s of CPU.

    Raises
    ------
    LoginFailedError
        `login_failed`, in the same words and the same time whatever is wrong.
    """
    name = _normal(username)
    with scoped(engine, _visitor(name)) as connection:
        login = accounts.find_login(connection, name)
    account, hashed = login or (None, _decoy())
    is_right = _verifies(hashed, password[: MAX_PASSWORD + 1])
    is_let_in = account is not None and account.active and is_right
    if account is not None:
        action = "login.accepted" if is_let_in else "login.refused"
        with scoped(engine, _visitor(name)) as connection:
            audit(connection, _visitor(name), action, object_type="account", object_id=account.id)
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
    with scoped(engine, _visitor("")) as connection:
        accounts.open_session(connection, _digest(token), account_id, kind, lifetime)
    return token


def find_session(engine: Engine, token: str) -> SessionView | None:
    """Return the live session of a token, None when it is unknown, expired or revoked."""
    with unscoped(engine) as connection:
        known = accounts.find_session(connection, _digest(token))
        if known is not None and known.last_used_at + USE_NOTED < datetime.now(UTC):
            accounts.note_use(connection, _digest(token))
        return known


def revoke_session(engine: Engine, token: str) -> None:
    """End the session of a token; an unknown one is no error."""
    with scoped(engine, _visitor("")) as connection:
        accounts.revoke_session(connection, _digest(token))


def scope_of(account: AccountView) -> Scope:
    """Return what an account may see and change."""
    return Scope(account.username, account.role, account.counties, account.team_id)


# ── whose account ─────────────────────────────────────────────────────────────
def _check_team(connection: Connection, team_id: UUID | None, counties: Collection[str]) -> None:
    """Refuse a team that the scope does not see, or one of a county that is not the account's."""
    if team_id is None:
        return
    home = accounts.find_county_of_team(connection, team_id)
    if home is None:
        raise _no_such_team()
    if home not in counties:
        raise AccountError(
            "team_of_other_county",
            said("the team is of {county}, the account is not", county=home),
            said("choose a team of the account's own counties"),
        )


def _change(connection: Connection, account: AccountView, **values: Any) -> bool:
    try:
        with connection.begin_nested():
            return accounts.change_account(connection, account.id, **values)
    except DBAPIError as error:
        raise _account_refusal(account.username, error) from error


def _audit(connection: Connection, scope: Scope, action: str, account: AccountView) -> None:
    """Note it for each county of the account; for a national one only once."""
    is_national = len(account.counties) == len(CODES)
    for county in (None,) if is_national else account.counties:
        audit(connection, scope, action, object_type="account", object_id=account.id, county=county)


# ── small parts ───────────────────────────────────────────────────────────────
def _visitor(name: str) -> Scope:
    """Return the scope of somebody not yet known: it sees nothing."""
    return Scope(name, "visitor", ())


def _normal(username: str) -> str:
    return username.strip().casefold()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _hashed(password: str, username: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AccountError(
            "weak_password",
            said(
                "a password has {min_password} to {max_password} characters",
                min_password=MIN_PASSWORD,
                max_password=MAX_PASSWORD,
            ),
            said("four random words are good"),
        )
    if is_easy(password, username):
        raise AccountError(
            "weak_password",
            said("the password is too easy to guess"),
            said("no name, no run of keys, no common word alone; four random words are good"),
        )
    return _HASHER.hash(password)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """Return a hash that no password opens, so that unknown names take as long as known ones."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def _verifies(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _check_account(
    name: str, role: str, counties: Collection[str], team_id: UUID | None, language: str
) -> None:
    unknown = sorted(set(counties) - set(load_counties().codes))
    is_teamless = role == Role.TEAM and team_id is None
    refusals = (
        (not name or len(name) > 100, "bad_username", said("a name has 1 to 100 characters"), ""),
        (
            name in _MACHINES or not name.isprintable() or ":" in name,
            "bad_username",
            said("this name is kept for the system"),
            said("choose another name"),
        ),
        (
            role not in set(Role),
            "unknown_role",
            said("there is no role {role}", role=role),
            listed(coded("role", each) for each in Role),
        ),
        (
            bool(unknown),
            "unknown_county",
            said("no county {counties}", counties=", ".join(unknown)),
            said("AB ... VN, B1-B6"),
        ),
        (
            not counties,
            "unknown_county",
            said("an account has at least one county"),
            said("AB ... VN, B1-B6"),
        ),
        (
            is_teamless,
            "team_required",
            said("a team's account needs a team"),
            "",
        ),
        (
            language not in {"ro", "en"},
            "unknown_language",
            said("no language {language}", language=language),
            said("ro, en"),
        ),
    )
    for is_wrong, code, message, hint in refusals:
        if is_wrong:
            raise AccountError(code, message, hint)


def _account_refusal(name: str, error: DBAPIError) -> RefusedError:
    state = sqlstates.sqlstate(error)
    if state == sqlstates.UNIQUE_VIOLATION:
        return ConflictError(
            "username_taken",
            said("there is an account {username} already", username=name),
            said("choose another name"),
        )
    if state == sqlstates.FOREIGN_KEY_VIOLATION:
        return _no_such_team()
    if state == sqlstates.CHECK_VIOLATION:
        return AccountError(
            "team_of_other_county",
            said("the account's team is of another county, or not there"),
            said("choose a team of the account's own counties"),
        )
    if state == sqlstates.INSUFFICIENT_PRIVILEGE:
        return _not_your_counties()
    raise error


def _no_such_team() -> AccountError:
    # In the same words whether it is another county's or nobody's.
    return AccountError(
        "team_required",
        said("there is no such {what}", what=said("team")),
        said("create the team first"),
    )


def _not_your_counties() -> AccountError:
    return AccountError(
        "not_your_counties",
        said("only an administrator of all these counties may create the account"),
        said("ask a national administrator"),
    )
