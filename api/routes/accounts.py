"""
Accounts: who may sign in, as what, for which counties. Administrators only.

What hashes a password does so in the sign-in pool, where no report waits for it.
"""

from functools import partial

from fastapi import APIRouter

from api.routes.parameters import PROBLEMS, ManagesAccounts, Parts
from api.routes.sessions import account_answer
from api.schemas.answers import AccountAnswer
from api.schemas.requests import AccountRequest, ActiveRequest, PasswordRequest
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], responses=PROBLEMS)


@router.get("")
def list_accounts(parts: Parts, scope: ManagesAccounts) -> list[AccountAnswer]:
    """List all accounts."""
    return [account_answer(view) for view in use_cases.list_accounts(parts.accounts, scope)]


@router.post("", status_code=201)
async def create_account(
    wish: AccountRequest, parts: Parts, scope: ManagesAccounts
) -> AccountAnswer:
    """Create an account."""
    create = partial(
        use_cases.create_account,
        parts.accounts,
        scope,
        username=wish.username,
        password=wish.password,
        role=wish.role.value,
        counties=wish.counties,
        team_id=wish.team_id,
        language=wish.language,
    )
    return account_answer(await parts.sign_in_pool.run(create))


@router.post("/{username}/password", status_code=204)
async def set_password(
    username: str, wish: PasswordRequest, parts: Parts, scope: ManagesAccounts
) -> None:
    """Set a new password."""
    await parts.sign_in_pool.run(
        partial(use_cases.set_password, parts.accounts, scope, username, wish.password)
    )


@router.post("/{username}/active", status_code=204)
def set_active(username: str, wish: ActiveRequest, parts: Parts, scope: ManagesAccounts) -> None:
    """Enable or disable an account; a disabled one loses its sessions."""
    use_cases.set_active(parts.accounts, scope, username, wish.active)
