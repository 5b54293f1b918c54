"""Signing in and out, and tokens for programs."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from sqlalchemy import Engine

from api.access.permissions import PERMISSIONS
from api.access.security import COOKIE
from api.routes.parameters import PROBLEMS, Parts, SignedIn, UsesSession
from api.schemas.answers import AccountAnswer, TokenAnswer
from api.schemas.requests import LoginRequest, TokenRequest
from dispatch import services as use_cases
from dispatch.errors import LoginFailedError
from dispatch.roles import Role
from dispatch.views import AccountView

router = APIRouter(prefix="/v1", tags=["sessions"], responses=PROBLEMS)


@router.post("/sessions", status_code=201)
async def sign_in(
    login: LoginRequest, request: Request, response: Response, parts: Parts
) -> AccountAnswer:
    """Open a session with a username and a password; sets the session cookie."""
    name = login.username.casefold()
    address = request.client.host if request.client else ""
    # Counted before the password is verified, so that guesses at the same time count too.
    parts.throttle.attempt(name, address)
    lifetime = timedelta(hours=parts.settings.session.session_hours)
    try:
        account, token = await parts.sign_in_pool.run(
            partial(_opened, parts.engine, login, lifetime)
        )
    except LoginFailedError:
        raise
    except Exception:
        # Nothing was learned about the password: the pool was full, or the database away.
        parts.throttle.withdrawn(name, address)
        raise
    parts.throttle.succeeded(name, address)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=parts.settings.web.cookie_secure,
    )
    return account_answer(account)


def _opened(engine: Engine, login: LoginRequest, lifetime: timedelta) -> tuple[AccountView, str]:
    account = use_cases.verify_login(engine, login.username, login.password)
    token = use_cases.issue_token(engine, account.id, kind="cookie", lifetime=lifetime)
    return account, token


@router.delete("/sessions", status_code=204)
def sign_out(response: Response, parts: Parts, principal: SignedIn) -> None:
    """End the session or revoke the token that this request was sent with."""
    use_cases.revoke_session(parts.engine, principal.token)
    parts.hub.drop_session_soon(principal.session)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


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
    days = (wish.days if wish else None) or parts.settings.session.token_days
    lifetime = timedelta(days=days)
    token = use_cases.issue_token(
        parts.engine, principal.account.id, kind="bearer", lifetime=lifetime
    )
    return TokenAnswer(token=token, expires_at=datetime.now(UTC) + lifetime)


def account_answer(account: AccountView) -> AccountAnswer:
    """Return an account with its permissions."""
    allowed = PERMISSIONS.get(Role(account.role), frozenset())
    answer = AccountAnswer.model_validate(account)
    return answer.model_copy(update={"permissions": tuple(sorted(allowed))})
