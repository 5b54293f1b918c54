"""Asking a neighbour centre for one of its teams, and answering."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter

from api.routes.assignments import find_proposal
from api.routes.parameters import PROBLEMS, AsksForAid, HearsOfAid, Now, Parts
from api.schemas.field import AidAnswer, AidAskRequest, AidRefuseRequest
from dispatch import services as use_cases

router = APIRouter(prefix="/v1", tags=["mutual aid"], responses=PROBLEMS)


@router.post("/incidents/{incident_id}/aid-requests", status_code=201)
def ask_for_team(
    incident_id: UUID, wish: AidAskRequest, parts: Parts, scope: AsksForAid, now: Now
) -> AidAnswer:
    """
    Ask a neighbour centre for a team, for 30 seconds to 30 minutes.

    It learns where (an area), how urgent and how far, and nothing else of the case.
    """
    incident = use_cases.get_incident(parts.engine, scope, incident_id)
    proposal = find_proposal(parts, scope, incident, now)
    ranked = proposal.recommendation.candidates if proposal else ()
    row = use_cases.ask_for_team(
        parts.engine,
        scope,
        incident_id,
        wish.team_id,
        candidate=next((one for one in ranked if one.team_id == wish.team_id), None),
        within=None if wish.within_s is None else timedelta(seconds=wish.within_s),
        expected_version=wish.expected_version,
        policy=parts.policies.field_work,
    )
    return AidAnswer.of(row)


@router.get("/aid-requests")
def list_aid_requests(parts: Parts, scope: HearsOfAid) -> list[AidAnswer]:
    """List what your counties asked and are asked: what waits, and the answers of the last hour."""
    return [AidAnswer.of(row) for row in use_cases.list_aid_requests(parts.engine, scope)]


@router.post("/aid-requests/{aid_id}/accept")
def accept_aid(aid_id: UUID, parts: Parts, scope: AsksForAid) -> AidAnswer:
    """Send the team that was asked for: it is bound and alerted at once."""
    return AidAnswer.of(use_cases.accept_aid(parts.engine, scope, aid_id))


@router.post("/aid-requests/{aid_id}/refuse")
def refuse_aid(aid_id: UUID, wish: AidRefuseRequest, parts: Parts, scope: AsksForAid) -> AidAnswer:
    """Refuse to send the team; whoever asked reads why."""
    row = use_cases.refuse_aid(parts.engine, scope, aid_id, reason=wish.reason)
    return AidAnswer.of(row)


@router.post("/aid-requests/{aid_id}/withdraw")
def withdraw_aid(aid_id: UUID, parts: Parts, scope: AsksForAid) -> AidAnswer:
    """Take back a request of your county that was not answered yet."""
    return AidAnswer.of(use_cases.withdraw_aid(parts.engine, scope, aid_id))
