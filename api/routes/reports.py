"""
The intake: a location report in any known format becomes a call of the owning county.

The raw message is stored, in its own transaction, before anything reads it. Never
rate-limited: behind one address sits a whole centre.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from api.errors import BodyTooLargeError
from api.ground import Located
from api.routes.parameters import PROBLEMS, Now, Parts, TakesCalls
from api.security import services_of
from dispatch import services as use_cases
from dispatch.location.reader import check_size
from geodata.database.audit import audit
from geodata.database.engine import Scope, scoped
from geodata.errors import RefusedError

router = APIRouter(prefix="/v1", tags=["intake"], responses=PROBLEMS)

_OPENAPI_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The message, byte for byte; formats in docs/location-formats.md",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/xml": {"schema": {"type": "string"}},
        },
    }
}


async def raw_body(request: Request, scope: TakesCalls) -> bytes:
    """Read the message; one over the limit is refused, and the refusal audited."""
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
    except BodyTooLargeError as error:
        refusal = _refusal_of(bytes(received + error.chunk), error)
        await run_in_threadpool(_note_oversized, request, scope, refusal)
        raise refusal from error
    return bytes(received)


def _refusal_of(start: bytes, error: BodyTooLargeError) -> RefusedError:
    """Say what is wrong with an oversized message from its start: its corners, or its size."""
    try:
        check_size(start)
    except RefusedError as refusal:
        if refusal.code == "too_many_points":
            return refusal
    return error.refusal


def _note_oversized(request: Request, scope: Scope, refusal: RefusedError) -> None:
    parts = services_of(request)
    parts.metrics.count_refusal(refusal.code)
    with scoped(parts.engine, scope) as connection:
        detail = {"code": refusal.code, "stored": False}
        audit(connection, scope, "report.refused", object_type="location_report", detail=detail)


@router.post("/location-reports", status_code=201, openapi_extra=dict(_OPENAPI_BODY))
def take_report(
    request: Request,
    parts: Parts,
    scope: TakesCalls,
    raw: Annotated[bytes, Depends(raw_body)],
    now: Now,
) -> dict[str, Any]:
    """
    Take a location report: answer whose call it is, and open or join an incident.

    The answer is the documented `locate` object with `report_id`, `call_id`,
    `incident_id`, `incident_number` and `joined`.
    """
    content_type = request.headers.get("content-type")
    raw_id = use_cases.store_raw(parts.engine, scope, content_type=content_type, raw=raw)
    try:
        located = parts.ground.locate(raw, content_type=content_type, received_at=now)
        return _accepted(parts, scope, raw_id, located)
    except RefusedError as refusal:
        parts.metrics.count_refusal(refusal.code)
        use_cases.refuse_report(parts.engine, scope, raw_id, refusal)
        raise


def _accepted(parts: Parts, scope: Scope, raw_id: UUID, located: Located) -> dict[str, Any]:
    call = use_cases.accept_report(
        parts.engine,
        scope,
        raw_id,
        located.report,
        located.location,
        located.assignment,
        answer=located.answer,
    )
    parts.metrics.count_report(located.report.format)
    return {
        **located.answer,
        "report_id": raw_id,
        "call_id": call.id,
        "incident_id": call.incident_id,
        "incident_number": call.incident_number,
        "joined": call.joined,
    }
