"""Signing in and out, and tokens for programs."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from api.access.permissions import PERMISSIONS, Permission, may
from api.access.security import COOKIE, session_name
from api.access.tokens import checked_days
from api.routes.parameters import PROBLEMS, Parts, SignedIn, UsesSession
from api.schemas.answers import AccountAnswer, SessionAnswer, TokenAnswer
from api.schemas.requests import LoginRequest, OwnPasswordRequest, TokenRequest
from dispatch import services as use_cases
from dispatch.errors import LoginFailedError
from dispatch.roles import Role
from dispatch.views import AccountView
from geodata.errors import NotAllowedError, RefusedError

router = APIRouter(prefix="/v1", tags=["sessions"], responses=PROBLEMS)


@router.post("/sessions", status_code=201)
async def sign_in(
    login: LoginRequest, request: Request, response: Response, parts: Parts
) -> AccountAnswer:
    """
    Open a session with a username and a password; sets the session cookie.

    The session that the browser had before ends, with its streams: nobody can use it any more.
    """
    name = login.username.casefold()
    address = request.client.host if request.client else ""
    # Counted before the password is verified, so that guesses at the same time count too.
    parts.throttle.attempt(name, address)
    lifetime = timedelta(hours=parts.settings.session.session_hours)
    former = request.cookies.get(COOKIE)
    try:
        account, token = await parts.sign_in_pool.run(
            partial(_opened, parts.accounts, login, lifetime, former)
        )
    except LoginFailedError:
        raise
    except (RefusedError, SQLAlchemyError):
        # Nothing was learned about the password: the pool was full, or the database away.
        parts.throttle.withdrawn(name, address)
        raise
    parts.throttle.succeeded(name, address)
    if former is not None:
        parts.hub.drop_session(session_name(former))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=parts.settings.web.cookie_secure or request.url.scheme == "https",
    )
    return account_answer(account)


def _opened(
    engine: Engine, login: LoginRequest, lifetime: timedelta, former: str | None
) -> tuple[AccountView, str]:
    account = use_cases.verify_login(engine, login.username, login.password)
    token = use_cases.issue_token(engine, account.id, kind="cookie", lifetime=lifetime)
    if former is not None:
        use_cases.revoke_session(engine, former)
    return account, token


@router.delete("/sessions", status_code=204)
def sign_out(response: Response, parts: Parts, principal: SignedIn) -> None:
    """End the session or revoke the token that this request was sent with."""
    use_cases.revoke_session(parts.accounts, principal.token)
    parts.hub.drop_session_soon(principal.session)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    if may(principal.scope.role, Permission.ANSWER_ALARMS):
        # Whoever goes home looks after no alarm any more: the next shift hears it.
        use_cases.hand_over_alarms(parts.engine, principal.scope)


@router.get("/me")
def read_me(principal: SignedIn) -> AccountAnswer:
    """Return the account that is signed in and what its role may do."""
    return account_answer(principal.account)


@router.post("/tokens", status_code=201)
def create_token(
    parts: Parts,
    principal: SignedIn,
    _scope: UsesSession,
    wish: Annotated[TokenRequest | None, Body()] = None,
) -> TokenAnswer:
    """Issue a bearer token for programs, with the rights of the account that asks."""
    days = checked_days(wish.days if wish else None, longest=parts.settings.session.token_days)
    lifetime = timedelta(days=days)
    token = use_cases.issue_token(
        parts.accounts, principal.account.id, kind="bearer", lifetime=lifetime
    )
    return TokenAnswer(token=token, expires_at=datetime.now(UTC) + lifetime)


@router.get("/tokens")
def list_tokens(parts: Parts, scope: UsesSession) -> list[SessionAnswer]:
    """List your own live sessions and tokens with their last use, to five minutes."""
    return [
        SessionAnswer.model_validate(view)
        for view in use_cases.list_sessions(parts.accounts, scope)
    ]


@router.delete("/tokens/{session_id}", status_code=204)
def end_token(session_id: UUID, parts: Parts, scope: UsesSession) -> None:
    """End one of your own sessions or tokens."""
    use_cases.end_session(parts.accounts, scope, session_id)


@router.post("/me/password", status_code=204)
async def change_password(
    wish: OwnPasswordRequest,
    request: Request,
    parts: Parts,
    principal: SignedIn,
    scope: UsesSession,
) -> None:
    """Change your own password; your other sessions and all other tokens end."""
    address = request.client.host if request.client else ""
    parts.throttle.attempt(scope.actor, address)
    try:
        await parts.sign_in_pool.run(
            partial(
                use_cases.change_own_password,
                parts.accounts,
                scope,
                old=wish.old,
                new=wish.new,
                token=principal.token,
            )
        )
    except NotAllowedError:
        # The old password was wrong: the attempt counts.
        raise
    except RefusedError:
        parts.throttle.withdrawn(scope.actor, address)
        raise
    parts.throttle.succeeded(scope.actor, address)


def account_answer(account: AccountView) -> AccountAnswer:
    """Return an account with its permissions."""
    allowed = PERMISSIONS.get(Role(account.role), frozenset())
    answer = AccountAnswer.model_validate(account)
    return answer.model_copy(update={"permissions": tuple(sorted(allowed))})
