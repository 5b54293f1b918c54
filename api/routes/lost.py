"""
LoST (RFC 5222): any element of an emergency network may ask which directorate serves a place.

Open to everybody, because such elements have no accounts: what it gives out is
reference data. Nothing of a query is stored or logged, not even its place. Every
answer of the protocol is HTTP 200 (section 14); other statuses mean the transport.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from api.pools import PoolFullError
from api.routes.parameters import PROBLEMS, Now, Parts
from api.routes.reports import check_not_empty
from dispatch.lost_protocol.server import MEDIA_TYPE
from dispatch.words.catalogue import Language, negotiate

router = APIRouter(tags=["lost"], responses=PROBLEMS)

_OPENAPI: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A LoST query: findService, getServiceBoundary, listServices or "
        "listServicesByLocation",
        "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    "responses": {
        "200": {
            "description": "The answer; errors, warnings and redirects of LoST as well",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        }
    },
}


@router.post("/lost", response_class=Response, openapi_extra=dict(_OPENAPI))
async def answer_lost(request: Request, parts: Parts, now: Now) -> Response:
    """Answer a LoST query; messages in Romanian when `Accept-Language` prefers it."""
    raw = await request.body()
    # No query, so no answer of the protocol either: the transport says so.
    check_not_empty(raw)
    language = negotiate(request.headers.get("accept-language")) or Language.EN
    # Strangers ask here: their work never takes a thread from the intake of reports.
    work = partial(parts.lost.answer, raw, now=now, language=language)
    try:
        answer = await parts.lost_pool.run(work)
    except PoolFullError:
        answer = parts.lost.busy(language=language)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
    return Response(answer, media_type=MEDIA_TYPE, headers=headers)
