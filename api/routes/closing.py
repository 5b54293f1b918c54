"""Closing with four eyes: what is proposed, and which counties want it."""

from uuid import UUID

from fastapi import APIRouter

from api.routes.parameters import PROBLEMS, HandlesIncidents, Parts, SetsPolicies
from api.schemas.answers import IncidentAnswer
from api.schemas.supervision import (
    ClosingPolicyAnswer,
    ClosingPolicyRequest,
    ConfirmClosingRequest,
    ReturnClosingRequest,
)
from dispatch.services import four_eyes as use_cases

router = APIRouter(prefix="/v1", tags=["incidents"], responses=PROBLEMS)


@router.post("/incidents/{incident_id}/closing/confirm")
def confirm_closing(
    incident_id: UUID, wish: ConfirmClosingRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """Close what a colleague has proposed to close; who proposed it may not."""
    view = use_cases.confirm_closing(
        parts.engine, scope, incident_id, expected_version=wish.expected_version
    )
    return IncidentAnswer.of(view)


@router.post("/incidents/{incident_id}/closing/return")
def return_closing(
    incident_id: UUID, wish: ReturnClosingRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """Send a proposal back with a reason; one's own is withdrawn so."""
    view = use_cases.return_closing(
        parts.engine,
        scope,
        incident_id,
        reason=wish.reason,
        expected_version=wish.expected_version,
    )
    return IncidentAnswer.of(view)


@router.get("/closing-policies")
def list_closing_policies(parts: Parts, scope: SetsPolicies) -> list[ClosingPolicyAnswer]:
    """List which of your counties want a second person for closing."""
    views = use_cases.list_closing_policies(parts.engine, scope)
    return [ClosingPolicyAnswer.model_validate(view) for view in views]


@router.put("/closing-policies/{county}")
def set_closing_policy(
    county: str, wish: ClosingPolicyRequest, parts: Parts, scope: SetsPolicies
) -> ClosingPolicyAnswer:
    """Say whether a county wants a second person for closing; audited."""
    view = use_cases.set_closing_policy(
        parts.engine, scope, county, four_eyes=wish.four_eyes, misdials_too=wish.misdials_too
    )
    return ClosingPolicyAnswer.model_validate(view)
