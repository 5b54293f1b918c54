"""Hand-overs to 112: open, watch, fetch what was packed, acknowledge by phone, retry."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.routes.parameters import PROBLEMS, HandlesIncidents, Limit, Looks, Parts
from api.schemas.handovers import (
    AcknowledgeRequest,
    HandoverAnswer,
    HandoverLine,
    HandoverRequest,
)
from dispatch import services as use_cases

router = APIRouter(prefix="/v1", tags=["handovers"], responses=PROBLEMS)


@router.post("/incidents/{incident_id}/handovers", status_code=201)
def open_handover(
    incident_id: UUID, wish: HandoverRequest, parts: Parts, scope: HandlesIncidents
) -> HandoverAnswer:
    """Pack the incident for 112, due at once; the same asked again gives the same."""
    view = use_cases.open_handover(
        parts.engine,
        scope,
        incident_id,
        wish.wish(),
        packing=parts.packing,
        expected_version=wish.expected_version,
    )
    return HandoverAnswer.model_validate(view)


@router.get("/incidents/{incident_id}/handovers")
def list_handovers(
    incident_id: UUID, parts: Parts, scope: HandlesIncidents
) -> list[HandoverAnswer]:
    """List an incident's hand-overs, newest first; the reading is audited."""
    views = use_cases.list_handovers(parts.engine, scope, incident_id)
    return [HandoverAnswer.model_validate(view) for view in views]


@router.get("/handovers")
def list_open_handovers(
    parts: Parts, scope: HandlesIncidents, looks: Looks, limit: Limit = 100
) -> list[HandoverLine]:
    """
    List what 112 has not acknowledged and nobody has settled, also of closed incidents.

    The reading is audited.
    """
    views = use_cases.list_open_handovers(parts.engine, scope, limit=limit)
    looks.at("handovers", len(views))
    return [HandoverLine.model_validate(view) for view in views]


@router.get("/handovers/{handover_id}")
def get_handover(handover_id: UUID, parts: Parts, scope: HandlesIncidents) -> HandoverAnswer:
    """Return one hand-over with its log; the reading is audited."""
    view = use_cases.get_handover(parts.engine, scope, handover_id)
    return HandoverAnswer.model_validate(view)


@router.get("/handovers/{handover_id}/eido", response_class=Response)
def read_package(handover_id: UUID, parts: Parts, scope: HandlesIncidents) -> Response:
    """Return the EIDO document as it was packed; the reading is audited."""
    raw = use_cases.handover_package(parts.engine, scope, handover_id)
    return Response(raw, media_type="application/json", headers=_file(f"{handover_id}.json"))


@router.get("/handovers/{handover_id}/pdf", response_class=Response)
def read_page(handover_id: UUID, parts: Parts, scope: HandlesIncidents) -> Response:
    """Return the printed page as it was packed; the reading is audited."""
    raw = use_cases.handover_page(parts.engine, scope, handover_id)
    return Response(raw, media_type="application/pdf", headers=_file(f"{handover_id}.pdf"))


@router.post("/handovers/{handover_id}/acknowledge")
def acknowledge_handover(
    handover_id: UUID, word: AcknowledgeRequest, parts: Parts, scope: HandlesIncidents
) -> HandoverAnswer:
    """Note that a person phoned 112 and got their number for the case."""
    view = use_cases.acknowledge_handover(
        parts.engine, scope, handover_id, reference=word.reference
    )
    return HandoverAnswer.model_validate(view)


@router.post("/handovers/{handover_id}/retry", status_code=201)
def retry_handover(handover_id: UUID, parts: Parts, scope: HandlesIncidents) -> HandoverAnswer:
    """Hand over anew what failed, as the incident stands now."""
    view = use_cases.retry_handover(parts.engine, scope, handover_id, packing=parts.packing)
    return HandoverAnswer.model_validate(view)


def _file(name: str) -> dict[str, str]:
    return {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{name}"'}
