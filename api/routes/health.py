"""For machines that watch: alive, ready, numbers."""

from typing import Any, Protocol

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from api.access.watching import watching
from api.routes.parameters import Parts
from api.supervision import Pulse
from geodata.database.engine import Scope, scoped
from geodata.database.faults import check_folder
from geodata.errors import DatabaseUnavailableError, RefusedError

router = APIRouter(tags=["health"])

# Sees no county: the question is only whether the database answers.
_NOBODY = Scope(actor="health", role="none", counties=())


class Beating(Protocol):
    """What runs beside the requests and tells that it does."""

    pulse: Pulse


@router.get("/health/live")
def live() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "live"}


@router.get("/health/ready")
def ready(parts: Parts) -> JSONResponse:
    """
    Tell whether requests can be served.

    The database answers, its disk has room, and what runs beside the requests gets on. The
    upkeep of positions is not asked: days are made three ahead, and a fix without one is kept.
    """
    checks: dict[str, Any] = {
        "database": _database_answers(parts),
        "disk": _disk_has_room(parts),
        "live_changes": parts.listener.is_connected and _are_well(parts.listener, parts.hub),
        "handovers": parts.courier.is_running and _are_well(parts.courier),
        "stored_messages": _are_well(parts.unread),
        "field_watch": _are_well(parts.field_watch),
        "roads": _are_well(parts.roads, parts.follower),
    }
    is_ready = all(checks.values())
    body = {"status": "ready" if is_ready else "not_ready", "checks": checks}
    return JSONResponse(body, status_code=200 if is_ready else 503)


@router.get("/metrics", response_class=Response, dependencies=[Depends(watching)])
def metrics(parts: Parts) -> Response:
    """Return the numbers for Prometheus; no person, place or incident is in them."""
    return Response(parts.metrics.exposition(), media_type="text/plain; version=0.0.4")


@router.get("/openapi.json", include_in_schema=False, dependencies=[Depends(watching)])
def description(request: Request) -> dict[str, Any]:
    """Return the description of this interface, OpenAPI 3.1."""
    application: FastAPI = request.app
    return application.openapi()


def _database_answers(parts: Parts) -> bool:
    try:
        with scoped(parts.engine, _NOBODY):
            return True
    except RefusedError:
        return False


def _disk_has_room(parts: Parts) -> bool:
    try:
        check_folder(parts.settings.database.data_dir)
    except DatabaseUnavailableError:
        return False
    return True


def _are_well(*running: Beating | None) -> bool:
    """Tell whether all get on; what does not run here, such as the keeper, cannot fail."""
    return all(one.pulse.is_well for one in running if one is not None)
