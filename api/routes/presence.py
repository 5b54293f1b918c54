"""Who has an incident on the screen: two people at one incident see each other."""

from uuid import UUID

from fastapi import APIRouter

from api.routes.parameters import PROBLEMS, HandlesIncidents, Parts
from api.schemas.answers import PresenceAnswer
from api.schemas.requests import PresenceRequest
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"], responses=PROBLEMS)


@router.put("/presence")
def tell_presence(
    incident_id: UUID, wish: PresenceRequest, parts: Parts, scope: HandlesIncidents
) -> list[PresenceAnswer]:
    """Tell that one has the incident on the screen; who else has, in the last 30 seconds."""
    others = use_cases.tell_presence(parts.engine, scope, incident_id, is_writing=wish.is_writing)
    return [PresenceAnswer.model_validate(one) for one in others]


@router.delete("/presence", status_code=204)
def end_presence(incident_id: UUID, parts: Parts, scope: HandlesIncidents) -> None:
    """Tell that one has left it."""
    use_cases.end_presence(parts.engine, scope, incident_id)
