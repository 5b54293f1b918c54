"""Who goes: the machine's proposal, and the person's decision."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.json_answer import JsonAnswer
from api.routes.parameters import PROBLEMS, Assigns, Looks, Now, Parts, ReadsTeams, Recommends
from api.schemas.answers import AssignmentAnswer
from api.schemas.requests import AssignRequest, ReassignRequest, ReleaseRequest
from dispatch import services as use_cases
from dispatch.answers.recommendation import recommendation_answer
from dispatch.errors import BadDemandError
from dispatch.recommendation.proposal import Proposal
from dispatch.views import IncidentView
from geodata.database.engine import Scope

router = APIRouter(prefix="/v1", tags=["assignments"], responses=PROBLEMS)


@router.get("/incidents/{incident_id}/recommendation", response_model=dict[str, Any])
def read_recommendation(incident_id: UUID, parts: Parts, scope: Recommends, now: Now) -> JsonAnswer:
    """Rank the teams for an incident by road time to its area, each with its reasons."""
    proposal = parts.proposer.propose_read(
        scope, use_cases.reading_incident(scope, incident_id), now=now
    )
    return JsonAnswer(recommendation_answer(proposal.recommendation))


@router.post("/incidents/{incident_id}/assignments", status_code=201)
def assign_team(
    incident_id: UUID, wish: AssignRequest, parts: Parts, scope: Assigns, now: Now
) -> AssignmentAnswer:
    """
    Assign a team. A reason is needed when it is not the one that is, or was seen, first.

    Refused with 409 `team_already_assigned` when somebody was faster, `team_already_here` when
    they have sent it to this very incident.
    """
    incident = use_cases.get_incident(parts.engine, scope, incident_id)
    proposal = find_proposal(parts, scope, incident, now)
    view = use_cases.assign(
        parts.engine,
        scope,
        incident_id,
        wish.team_id,
        proposal=proposal.recommendation if proposal else None,
        seen_first=wish.seen_first,
        reason=wish.reason,
        expected_version=wish.expected_version,
        route=proposal.route_of(wish.team_id, parts.travel, now=now) if proposal else None,
    )
    return AssignmentAnswer.model_validate(view)


@router.get("/assignments")
def list_assignments(
    parts: Parts,
    scope: ReadsTeams,
    looks: Looks,
    incident_id: UUID | None = None,
    open_only: bool = True,
) -> list[AssignmentAnswer]:
    """List assignments, by default the open ones; the reading is audited."""
    views = use_cases.list_assignments(
        parts.engine, scope, open_only=open_only, incident_id=incident_id
    )
    looks.at("assignments", len(views), str(incident_id) if incident_id else "")
    return [AssignmentAnswer.model_validate(view) for view in views]


@router.post("/assignments/{assignment_id}/release")
def release_team(
    assignment_id: UUID, wish: ReleaseRequest, parts: Parts, scope: Assigns
) -> AssignmentAnswer:
    """Free a team from its incident."""
    view = use_cases.release(
        parts.engine,
        scope,
        assignment_id,
        reason=wish.reason,
        expected_version=wish.expected_version,
    )
    return AssignmentAnswer.model_validate(view)


@router.post("/assignments/{assignment_id}/reassign", status_code=201)
def reassign_team(
    assignment_id: UUID, wish: ReassignRequest, parts: Parts, scope: Assigns, now: Now
) -> AssignmentAnswer:
    """
    Send another team instead of a bound one; returns the new assignment.

    Both happen or neither: refused with 409 `already_released` when the old team is no longer
    on the incident, `team_already_assigned` when somebody has the new one.
    """
    old = use_cases.get_assignment(parts.engine, scope, assignment_id)
    incident = use_cases.get_incident(parts.engine, scope, old.incident_id)
    proposal = find_proposal(parts, scope, incident, now)
    view = use_cases.reassign(
        parts.engine,
        scope,
        assignment_id,
        wish.team_id,
        reason=wish.reason,
        proposal=proposal.recommendation if proposal else None,
        expected_version=wish.expected_version,
        route=proposal.route_of(wish.team_id, parts.travel, now=now) if proposal else None,
    )
    return AssignmentAnswer.model_validate(view)


def find_proposal(parts: Parts, scope: Scope, incident: IncidentView, now: Now) -> Proposal | None:
    """Return what the machine proposes, None where nobody knows the place."""
    try:
        return parts.proposer.propose(scope, incident, now=now)
    except BadDemandError:
        return None
