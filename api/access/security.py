"""
Who is asking: session cookies for browsers, bearer tokens for programs.

A token is looked up in the database at every request, so a revoked one stops at once.
What a role may do is in `api.access.permissions`; whose data it sees is the database's row
security, fed by the `Scope` that `require` returns. An object of another county is
therefore "not found", never "forbidden": its existence does not leak.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from api.access.drawn_for import DRAWN_FOR, check_drawn_for
from api.access.permissions import Permission, may
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.views import AccountView
from geodata.database.engine import Scope
from geodata.errors import NotAllowedError, NotSignedInError
from geodata.said import coded, said

COOKIE = "dispatch119_session"
CSRF_HEADER = "X-Requested-With"
CSRF_VALUE = "dispatch119"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Our tokens have 43 characters. Anything much longer is refused without hashing it.
_LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in person or program, with what the database needs to know of them."""

    account: AccountView
    scope: Scope
    token: str
    by_cookie: bool

    @property
    def session(self) -> str:
        """Name of the session for comparisons inside the process; not the token."""
        return session_name(self.token)


def session_name(token: str) -> str:
    """Return the digest under which a token's streams are known."""
    return hashlib.sha256(token.encode()).hexdigest()


def services_of(request: Request) -> Services:
    """Return the application's parts."""
    services = request.app.state.services
    if not isinstance(services, Services):
        raise TypeError("the application was not started through its lifespan")
    return services


def find_principal(request: Request) -> Principal | None:
    """Return who is signed in, or None when the request carries no credentials at all."""
    token, by_cookie = _credentials(request)
    if token is None:
        return None
    session = None
    if 0 < len(token) <= _LONGEST_TOKEN:
        session = use_cases.find_session(services_of(request).engine, token)
    if session is None:
        raise NotSignedInError(
            "invalid_token",
            said("the session or token is not valid any more"),
            said("sign in again"),
        )
    return Principal(session.account, use_cases.scope_of(session.account), token, by_cookie)


def signed_in(request: Request) -> Principal:
    """
    Return who is signed in.

    Raises
    ------
    NotSignedInError
        `authentication_required`, `invalid_token`.
    NotAllowedError
        `csrf_header_missing`.
    ConflictError
        `other_session`: the page that asks was drawn for another account.
    """
    principal = find_principal(request)
    if principal is None:
        raise NotSignedInError(
            "authentication_required",
            said("this needs a session or a token"),
            said("POST /v1/sessions, or send Authorization: Bearer …"),
        )
    if principal.by_cookie and request.method not in _SAFE_METHODS:
        _check_same_origin(request)
    check_drawn_for(request.headers.get(DRAWN_FOR), principal.account)
    return principal


def require(permission: Permission) -> Callable[[Principal], Awaitable[Scope]]:
    """Return a dependency that admits only roles with `permission` and gives their scope."""

    # `async`, because it only looks: a thread for it would cost more than it does.
    async def permitted(principal: Annotated[Principal, Depends(signed_in)]) -> Scope:
        if not may(principal.account.role, permission):
            raise NotAllowedError(
                "forbidden_role",
                said(
                    "the role {role} may not {action}",
                    role=coded("role", principal.account.role),
                    action=coded("role.action", permission, permission.replace("_", " ")),
                ),
                said("ask an administrator for an account with another role"),
            )
        return principal.scope

    return permitted


def _credentials(request: Request) -> tuple[str | None, bool]:
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        # Another scheme counts as a wrong token and not as a missing one: the client meant to
        # sign in, and should learn that this failed.
        return (token.strip() if kind.lower() == "bearer" else ""), False
    return request.cookies.get(COOKIE), True


def _check_same_origin(request: Request) -> None:
    """Refuse a write that another site's page could have caused with our cookie."""
    if request.headers.get(CSRF_HEADER) == CSRF_VALUE:
        return
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc == request.headers.get("host"):
        return
    raise NotAllowedError(
        "csrf_header_missing",
        said("a write with a session cookie must come from our own pages"),
        said(
            "send the header {csrf_header}: {csrf_value}",
            csrf_header=CSRF_HEADER,
            csrf_value=CSRF_VALUE,
        ),
    )
