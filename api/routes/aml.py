"""
The door for Advanced Mobile Location: what a phone sends of itself when it calls.

A phone, and most gateways, send again and again until they get a 2xx. So whoever may send
here gets one for everything: what cannot be read is stored, marked refused, and said in
the answer. Only our own failure (5xx) is worth sending again; doubles change nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from api.errors import status_of
from api.routes.parameters import PROBLEMS, Parts, TakesCalls
from api.routes.reports import Caller, check_not_empty, raw_body
from dispatch.services.taking import IncomingMessage
from geodata.errors import RefusedError
from geodata.numbering import read_number

router = APIRouter(prefix="/v1", tags=["intake"], responses=PROBLEMS)

_OPENAPI_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The HTTPS form, or the text or data SMS (docs/location-formats-phone.md)",
        "content": {
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
}


async def aml_body(request: Request, scope: TakesCalls) -> bytes | RefusedError:
    """Read the message; an oversized one is a refusal that is answered, not raised."""
    try:
        return await raw_body(request, scope)
    except RefusedError as refusal:
        return refusal


@router.post("/aml", openapi_extra=dict(_OPENAPI_BODY))
async def take_aml(
    request: Request,
    parts: Parts,
    scope: TakesCalls,
    body: Annotated[Any, Depends(aml_body)],
    caller: Caller = None,
) -> dict[str, Any]:
    """
    Take an AML message, by HTTPS or SMS; the answer is 2xx whatever it says, if it says anything.

    `status` is `accepted`, `repeated` or `refused` with its `code`. No location is answered:
    a gateway needs none. An SMS names no number; `X-Caller` brings it.
    """
    if isinstance(body, RefusedError):
        return {"status": "refused", "code": body.code, "call_id": None}
    check_not_empty(body)
    content_type = request.headers.get("content-type")
    incoming = IncomingMessage(body, content_type, "aml", _number(caller))
    try:
        taken = await run_in_threadpool(parts.messages.take, scope, incoming)
    except RefusedError as refusal:
        # Ours, and over in a moment: the one case in which sending again helps.
        if refusal.code == "busy" or status_of(refusal) >= 500:
            raise
        return {"status": "refused", "code": refusal.code, "call_id": None}
    status = "repeated" if taken.outcome.repeated else "accepted"
    return {"status": status, "code": None, "call_id": taken.outcome.call.id}


def _number(caller: str | None) -> str | None:
    """Return the stated number, None where it is none: the place counts more."""
    try:
        return read_number(caller).e164 if caller else None
    except RefusedError:
        return None
