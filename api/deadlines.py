"""
The header `Not-After`: until when whoever asks for a write still waits for its answer.

Plain ASGI around everything, so that a request that lay in a queue while the server hung is
refused before anything of it is read; `geodata.database.in_time` looks again at every commit.
Every answer says the server's time, for a page whose own clock is wrong.
"""

from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem, status_of
from geodata.database.in_time import check_in_time, wanted_until
from geodata.errors import BadInputError, RefusedError
from geodata.said import said

NOT_AFTER = "Not-After"
SERVER_TIME = "Server-Time"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Deadlines:
    """Refuse writes whose `Not-After` has passed, and tell the time in every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while somebody waits for it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = datetime.now(UTC).isoformat(timespec="milliseconds")
                MutableHeaders(scope=message).setdefault(SERVER_TIME, now)
            await send(message)

        stated = Headers(scope=scope).get(NOT_AFTER)
        if stated is None or scope["method"] in _READS:
            await self.app(scope, receive, timed)
            return
        try:
            moment = _moment_of(stated)
            with wanted_until(moment):
                check_in_time()
                await self.app(scope, receive, timed)
        except RefusedError as refusal:
            answer = problem(Request(scope), status_of(refusal), refusal)
            await answer(scope, receive, timed)


def _moment_of(stated: str) -> float:
    """Return the seconds since 1970 of a stated moment; `bad_not_after` when it is none."""
    try:
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        # Said below, as for a moment without a zone.
        pass
    raise BadInputError(
        "bad_not_after",
        said("the header Not-After is no moment with a time zone"),
        said("send for example {example}", example="2026-01-31T03:15:00Z"),
    )
