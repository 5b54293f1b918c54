"""Reports of other counties that may belong to a case of ours: taken in, or kept apart."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.routes.parameters import PROBLEMS, HandlesIncidents, Parts, ReadsCalls
from api.schemas.answers import OfferAnswer
from api.schemas.requests import OfferDecision
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/offered-reports", tags=["calls"], responses=PROBLEMS)

Decision = Annotated[OfferDecision | None, Body()]


@router.get("")
def list_offered(parts: Parts, scope: ReadsCalls) -> list[OfferAnswer]:
    """List what other counties offer to our cases and nobody has decided, oldest first."""
    views = use_cases.list_offers(parts.engine, scope)
    return [OfferAnswer.model_validate(view) for view in views]


@router.post("/{offer_id}/take-in")
def take_in(
    offer_id: UUID, parts: Parts, scope: HandlesIncidents, wish: Decision = None
) -> OfferAnswer:
    """Add it to the case: the belief is formed anew; the sender's own case is told and stays."""
    view = use_cases.take_in(
        parts.engine,
        scope,
        offer_id,
        hearing=parts.messages.hearing,
        reason=wish.reason if wish else None,
    )
    return OfferAnswer.model_validate(view)


@router.post("/{offer_id}/keep-apart")
def keep_apart(
    offer_id: UUID, parts: Parts, scope: HandlesIncidents, wish: Decision = None
) -> OfferAnswer:
    """Leave it a case of its own; nobody is asked about it again."""
    view = use_cases.keep_apart(parts.engine, scope, offer_id, reason=wish.reason if wish else None)
    return OfferAnswer.model_validate(view)
