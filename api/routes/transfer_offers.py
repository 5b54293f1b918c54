"""Cases offered to another county: accepted, returned with a reason, or withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.routes.parameters import PROBLEMS, HandlesIncidents, Looks, Parts
from api.schemas.requests import ReturnRequest, VersionRequest, WithdrawRequest
from api.schemas.transfers import TransferOfferAnswer
from dispatch.services import transfers as use_cases

router = APIRouter(prefix="/v1/transfer-offers", tags=["incidents"], responses=PROBLEMS)


@router.get("")
def list_transfer_offers(
    parts: Parts, scope: HandlesIncidents, looks: Looks
) -> list[TransferOfferAnswer]:
    """List offers to and of one's counties that wait, and what came back; audited."""
    views = use_cases.list_transfer_offers(parts.engine, scope)
    looks.at("transfer_offers", len(views))
    return [TransferOfferAnswer.model_validate(view) for view in views]


@router.post("/{transfer_id}/accept")
def accept_transfer(
    transfer_id: UUID,
    parts: Parts,
    scope: HandlesIncidents,
    seen: Annotated[VersionRequest | None, Body()] = None,
) -> TransferOfferAnswer:
    """Take the case over, with its number, its timeline and what is typed about its calls."""
    version = seen.expected_version if seen else None
    view = use_cases.accept_transfer(parts.engine, scope, transfer_id, expected_version=version)
    return TransferOfferAnswer.model_validate(view)


@router.post("/{transfer_id}/return")
def return_transfer(
    transfer_id: UUID, wish: ReturnRequest, parts: Parts, scope: HandlesIncidents
) -> TransferOfferAnswer:
    """Leave the case with the county that offers it, with a reason."""
    view = use_cases.return_transfer(parts.engine, scope, transfer_id, reason=wish.reason)
    return TransferOfferAnswer.model_validate(view)


@router.post("/{transfer_id}/withdraw")
def withdraw_transfer(
    transfer_id: UUID,
    parts: Parts,
    scope: HandlesIncidents,
    wish: Annotated[WithdrawRequest | None, Body()] = None,
) -> TransferOfferAnswer:
    """Take back an offer of one's own that nobody has answered."""
    view = use_cases.withdraw_transfer(
        parts.engine, scope, transfer_id, reason=wish.reason if wish else None
    )
    return TransferOfferAnswer.model_validate(view)
