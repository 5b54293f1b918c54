"""
The header `Idempotency-Key`: a write that is sent again under the same key is done once.

Plain ASGI outside of the deadlines: what was done in time keeps its answer, whoever still waits.
Not for signing in, passwords and tokens: their answers are never stored.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.security import Principal, find_principal, services_of
from api.errors import problem, status_of
from dispatch import services as use_cases
from geodata.errors import BadInputError, NotSignedInError, RefusedError
from geodata.said import said

KEY = "Idempotency-Key"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER_STORED = ("/v1/sessions", "/v1/accounts", "/v1/me")
_LONGEST_KEY = 200

_log = logging.getLogger("dispatch119.api")


class SentOnce:
    """Answer what is sent again with the first answer; `limit` bytes of body are read at most."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless it was done before."""
        if not _is_keyed(scope):
            await self.app(scope, receive, send)
            return
        messages = await _body_messages(receive, self.limit)
        again = _replayed(messages, receive)
        try:
            principal = await run_in_threadpool(_who, Request(scope))
            if principal is None or messages[-1].get("more_body", False):
                # Refused by the application itself: nobody known, too long, or cut off.
                await self.app(scope, again, send)
                return
            # What is asked in the address belongs to what is asked.
            body = b"".join((scope["query_string"], b"\n", *(m.get("body", b"") for m in messages)))
            await self._once(scope, again, send, principal, body)
        except RefusedError as refusal:
            await problem(Request(scope), status_of(refusal), refusal)(scope, receive, send)

    async def _once(
        self, scope: Scope, receive: Receive, send: Send, principal: Principal, body: bytes
    ) -> None:
        engine = services_of(Request(scope)).engine
        named: dict[str, Any] = {"route": f"{scope['method']} {scope['path']}", "key": _key(scope)}
        begin = partial(use_cases.begin_once, engine, principal.scope, body=body, **named)
        known = await run_in_threadpool(begin)
        if known is not None:
            answer = Response(known.body, known.status, media_type=known.media_type)
            answer.headers["Idempotent-Replay"] = "true"
            await answer(scope, receive, send)
            return
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        # An error that is no refusal goes on its way: what was done before it, nobody knows, and
        # the key says so to whoever sends again.
        await self.app(scope, receive, keep)
        end = partial(use_cases.end_once, engine, principal.scope, answer=_answer_of(kept), **named)
        await _kept(end)
        for message in kept:
            await send(message)


def _is_keyed(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] not in _READS
        and scope["path"].startswith("/v1/")
        and not scope["path"].startswith(_NEVER_STORED)
        and KEY in Headers(scope=scope)
    )


def _key(scope: Scope) -> str:
    key = Headers(scope=scope)[KEY]
    if 0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable():
        return key
    raise BadInputError(
        "bad_idempotency_key",
        said("an Idempotency-Key has 1 to 200 printable characters of ASCII"),
        said("send for example {example}", example="1f3c6a52-2c1e-4e0e-9d0a-3b1f5f0f6c11"),
    )


def _who(request: Request) -> Principal | None:
    try:
        return find_principal(request)
    except NotSignedInError:
        # The application says so itself, with everything that belongs to it.
        return None


async def _body_messages(receive: Receive, limit: int) -> list[Message]:
    """Read the body up to `limit` bytes; the last message says whether more would follow."""
    messages = [await receive()]
    length = len(messages[0].get("body", b""))
    while messages[-1].get("more_body", False) and length <= limit:
        messages.append(await receive())
        length += len(messages[-1].get("body", b""))
    return messages


def _replayed(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replay() -> Message:
        return next(waiting, None) or await receive()

    return replay


def _answer_of(messages: list[Message]) -> use_cases.FirstAnswer | None:
    """Return what the application answered; None when it refused."""
    start = messages[0]
    if start["status"] >= 300:
        return None
    body = b"".join(message.get("body", b"") for message in messages[1:])
    media_type = Headers(raw=start["headers"]).get("content-type")
    return use_cases.FirstAnswer(start["status"], media_type, body)


async def _kept(end: Callable[[], None]) -> None:
    try:
        await run_in_threadpool(end)
    except RefusedError as refusal:
        # It was done and is answered; only sending it again will say that nobody knows.
        _log.warning("an answer could not be kept for its key", extra={"kind": refusal.code})
