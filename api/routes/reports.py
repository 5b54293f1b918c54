"""
The intake: location reports in any known format become calls of the owning counties.

The raw message is stored, in its own transaction, before anything reads it. Never
rate-limited: behind one address sits a whole centre.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.concurrency import run_in_threadpool

from api.access.security import services_of
from api.errors import BodyTooLargeError
from api.json_answer import JsonAnswer
from api.routes.parameters import PROBLEMS, Parts, TakesCalls
from dispatch.answers.message import message_answer
from dispatch.location.reader import check_size
from dispatch.services.taking import IncomingMessage
from dispatch.views import TakenMessage
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
            "text/plain": {"schema": {"type": "string"}},
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


def check_not_empty(body: bytes) -> None:
    """Refuse a body without anything in it with `empty_message`."""
    if not body.strip():
        check_size(body)


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


Format = Annotated[
    str, Query(alias="format", description="auto, or the name of a format; spoken for words")
]
# A header, not a part of the address: addresses end in logs.
Caller = Annotated[
    str | None,
    Header(alias="X-Caller", description="the number, where the message does not name it"),
]


Reference = Annotated[
    str | None,
    Header(
        alias="X-Call-Reference",
        min_length=1,
        max_length=100,
        description="the telephone system's own id of the call, as its ring was announced",
    ),
]


async def incoming_message(
    request: Request,
    raw: Annotated[bytes, Depends(raw_body)],
    message_format: Format = "auto",
    caller: Caller = None,
    reference: Reference = None,
) -> IncomingMessage:
    """Return the message of a request with what its sender says about it."""
    stated = caller.strip() if caller else None
    content_type = request.headers.get("content-type")
    return IncomingMessage(raw, content_type, message_format, stated or None, reference)


Incoming = Annotated[IncomingMessage, Depends(incoming_message)]


@router.post(
    "/location-reports",
    status_code=201,
    response_model=dict[str, Any],
    openapi_extra=dict(_OPENAPI_BODY),
)
async def take_report(parts: Parts, scope: TakesCalls, incoming: Incoming) -> JsonAnswer:
    """
    Take a location report: answer whose call it is, and open or join an incident.

    The answer is the documented `locate` object of everything heard in the call, with
    `report_id`, `call_id`, `incident_id`, `incident_number`, `joined`, `further` (the call
    was known) and `repeated` (the message was known).
    """
    return _told(await parts.messages.take_with_reference(scope, incoming))


@router.post(
    "/calls/{call_id}/reports",
    status_code=201,
    response_model=dict[str, Any],
    openapi_extra=dict(_OPENAPI_BODY),
    tags=["calls"],
)
async def add_report(
    call_id: UUID, parts: Parts, scope: TakesCalls, incoming: Incoming
) -> JsonAnswer:
    """
    Add a message of any format to a call: an update, or with `format=spoken` the caller's words.

    A call that only rings so far (the `call_id` of its ring) begins with it.

    The answer is that of `POST /v1/location-reports`.
    """
    return _told(await parts.messages.take_with_reference(scope, incoming, call_id=call_id))


@router.post(
    "/calls/{call_id}/network-location",
    status_code=201,
    response_model=dict[str, Any],
    tags=["calls"],
)
async def ask_for_location(call_id: UUID, parts: Parts, scope: TakesCalls) -> JsonAnswer:
    """
    Ask the operator's location server where the caller is, and add its answer to the call.

    Refused with `no_location_server` where none is configured. A server that fails is a
    problem for who asks, and a warning that the call keeps.
    """
    return _told(await parts.messages.ask_network(scope, call_id))


def _told(taken: TakenMessage) -> JsonAnswer:
    return JsonAnswer(message_answer(taken), status_code=201)
