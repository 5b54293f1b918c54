"""Ringing calls: announced by the telephone system; one post takes each."""

from uuid import UUID

from fastapi import APIRouter

from api.routes.parameters import (
    PROBLEMS,
    AnnouncesCalls,
    Limit,
    Looks,
    Parts,
    ReadsCalls,
    TakesCalls,
)
from api.schemas.ringing import (
    ClaimRequest,
    RingAnswer,
    RingingAnswer,
    RingingEndRequest,
    RingRequest,
)
from dispatch.services import ringing as use_cases

router = APIRouter(prefix="/v1/calls/ringing", tags=["calls"], responses=PROBLEMS)


@router.post("", status_code=201)
def announce_ring(wish: RingRequest, parts: Parts, scope: AnnouncesCalls) -> RingAnswer:
    """Announce that it rings; for the account of a telephone system, which reads nothing."""
    view = use_cases.announce_ring(
        parts.engine,
        scope,
        line=wish.line,
        county=wish.county,
        caller=wish.caller,
        reference=wish.reference,
    )
    return RingAnswer.of(view)


@router.post("/{ringing_id}/hung-up")
def hang_up(ringing_id: UUID, parts: Parts, scope: AnnouncesCalls) -> RingAnswer:
    """Announce that the caller has hung up."""
    return RingAnswer.of(use_cases.hang_up(parts.engine, scope, ringing_id))


@router.get("")
def list_ringing(
    parts: Parts, scope: ReadsCalls, looks: Looks, limit: Limit = 200
) -> list[RingingAnswer]:
    """List calls that nobody has ended, oldest first, with masked numbers; audited."""
    views = use_cases.list_ringing(parts.engine, scope, limit=limit)
    looks.at("ringing", len(views))
    return [RingingAnswer.listed(view) for view in views]


@router.get("/{ringing_id}")
def get_ringing(ringing_id: UUID, parts: Parts, scope: ReadsCalls) -> RingingAnswer:
    """Return one ringing call: its number, earlier calls of it, cases near its place; audited."""
    return RingingAnswer.model_validate(use_cases.get_ringing(parts.engine, scope, ringing_id))


@router.post("/{ringing_id}/claim")
def claim(ringing_id: UUID, wish: ClaimRequest, parts: Parts, scope: TakesCalls) -> RingingAnswer:
    """Claim a call for a post: one of two wins, the other is told who has it."""
    view = use_cases.claim(
        parts.engine, scope, ringing_id, post=wish.post, instead_of=wish.instead_of
    )
    return RingingAnswer.model_validate(view)


@router.post("/{ringing_id}/hand-back")
def hand_back(ringing_id: UUID, parts: Parts, scope: TakesCalls) -> RingingAnswer:
    """Give up one's claim: it rings for the whole centre again."""
    view = use_cases.hand_back(parts.engine, scope, ringing_id)
    return RingingAnswer.listed(view)


@router.post("/{ringing_id}/end")
def end_ringing(
    ringing_id: UUID, wish: RingingEndRequest, parts: Parts, scope: TakesCalls
) -> RingingAnswer:
    """End a call: answered, a misdial, or nobody there; it leaves the lists."""
    view = use_cases.end_ringing(
        parts.engine, scope, ringing_id, outcome=wish.outcome, note=wish.note
    )
    return RingingAnswer.listed(view)
