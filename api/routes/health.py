"""For machines that watch: alive, ready, numbers."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse

from api.access.watching import watching
from api.routes.parameters import Parts
from geodata.database.engine import Scope, scoped
from geodata.errors import DatabaseUnavailableError

router = APIRouter(tags=["health"])

# Sees no county: the question is only whether the database answers.
_NOBODY = Scope(actor="health", role="none", counties=())


@router.get("/health/live")
def live() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "live"}


@router.get("/health/ready")
def ready(parts: Parts) -> JSONResponse:
    """Tell whether requests can be served: database, live changes and hand-overs are up."""
    checks: dict[str, Any] = {
        "database": _database_answers(parts),
        "live_changes": parts.listener.is_connected,
        "handovers": parts.courier.is_running,
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
    except DatabaseUnavailableError:
        return False
