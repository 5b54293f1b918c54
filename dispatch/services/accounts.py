"""
Local accounts: who there is, with which role, counties and password.

The engine is that of the login of accounts. Signing in is in `dispatch.services.sessions`.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.errors import AccountError
from dispatch.password_hashes import hashed, verifies
from dispatch.repository import accounts
from dispatch.roles import Role
from dispatch.services import found
from dispatch.services.sessions import digest, normal, visitor
from dispatch.views import AccountView
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError, RefusedError
from geodata.reference.codes import CODES
from geodata.said import coded, listed, said
from geodata.territories.counties import load_counties

_MACHINES = frozenset({"check", "courier", "health", "roads"})
"""What machines are called in the trail; commands are `cli:` and the user of the shell."""


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
    name = normal(username)
    _check_account(name, role, counties, team_id, language)
    values = {
        "username": name,
        "password_hash": hashed(password, name),
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
    name = normal(username)
    made = hashed(password, name)
    with scoped(engine, scope) as connection:
        account = found.present(accounts.find_account(connection, name), said("account"))
        is_own = name == scope.actor
        changed = (
            accounts.change_own_password(connection, made)
            if is_own
            else accounts.change_account(connection, account.id, password_hash=made)
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
    with scoped(engine, visitor(scope.actor)) as connection:
        account, old_hash = found.present(
            accounts.find_login(connection, scope.actor), said("account")
        )
    if not verifies(old_hash, old):
        with scoped(engine, scope) as connection:
            _audit(connection, scope, "account.password_refused", account)
        raise NotAllowedError(
            "wrong_password",
            said("the old password is wrong"),
            said("ask your administrator for help"),
        )
    made = hashed(new, scope.actor)
    with scoped(engine, scope) as connection:
        accounts.change_own_password(connection, made)
        accounts.revoke_sessions_of(connection, account.id, keep=digest(token))
        _audit(connection, scope, "account.password", account)


def set_active(engine: Engine, scope: Scope, username: str, active: bool) -> AccountView:
    """Let an account in again, or lock it out at once."""
    with scoped(engine, scope) as connection:
        account = accounts.find_account(connection, normal(username))
        if account is None or not _change(connection, account, active=active):
            raise found.not_found(said("account"))
        if not active:
            accounts.revoke_sessions_of(connection, account.id)
        action = "account.activated" if active else "account.deactivated"
        _audit(connection, scope, action, account)
        return accounts.find_account(connection, account.username) or account


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
