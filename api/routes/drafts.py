"""Missing-child drafts for the Police. There is no way to publish one here."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.routes.parameters import PROBLEMS, HandlesIncidents, Parts
from api.schemas.handovers import DraftAnswer, DraftRequest
from dispatch import services as use_cases

router = APIRouter(prefix="/v1", tags=["missing children"], responses=PROBLEMS)


@router.post("/incidents/{incident_id}/missing-child-drafts", status_code=201)
def make_draft(
    incident_id: UUID, wish: DraftRequest, parts: Parts, scope: HandlesIncidents
) -> DraftAnswer:
    """Write the next version of the draft; the Police decide whether, where and when."""
    view = use_cases.make_draft(
        parts.engine,
        scope,
        incident_id,
        wish.child(),
        use_area=wish.use_area,
        packing=parts.packing,
        expected_version=wish.expected_version,
    )
    return DraftAnswer.model_validate(view)


@router.get("/incidents/{incident_id}/missing-child-drafts")
def list_drafts(incident_id: UUID, parts: Parts, scope: HandlesIncidents) -> list[DraftAnswer]:
    """List the versions of the draft, newest first; the reading is audited."""
    views = use_cases.list_drafts(parts.engine, scope, incident_id)
    return [DraftAnswer.model_validate(view) for view in views]


@router.get("/missing-child-drafts/{draft_id}/cap", response_class=Response)
def read_message(draft_id: UUID, parts: Parts, scope: HandlesIncidents) -> Response:
    """Return the draft as CAP 1.2, status Draft, scope Restricted; the reading is audited."""
    raw = use_cases.draft_message(parts.engine, scope, draft_id)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{draft_id}.cap.xml"',
    }
    return Response(raw, media_type="application/cap+xml", headers=headers)
