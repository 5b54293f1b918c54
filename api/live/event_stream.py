"""
An answer that is a stream of server-sent events, and that may be left at any moment.

Who goes away ends the stream and is no error. FastAPI's own way pumps events through two tasks
and closes what they write to before it stops them: each page that was closed while an event
was on its way was logged as an error, hundreds at once when a proxy restarted.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi.responses import StreamingResponse
from fastapi.sse import ServerSentEvent, format_sse_event
from starlette.types import Send

_HEADERS = {
    "Cache-Control": "no-cache",
    # nginx would hold events back until a buffer is full.
    "X-Accel-Buffering": "no",
}


class EventStream(StreamingResponse):
    """
    Sends the events of a generator, each with data as text (`raw_data`).

    The generator is closed when the answer ends, however it ends: what it holds is given back
    then, and not when somebody collects the garbage. It says itself that it lives: no comment
    is sent in between.
    """

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[ServerSentEvent, None]) -> None:
        super().__init__(_written(events), headers=_HEADERS)
        self._events = events

    async def stream_response(self, send: Send) -> None:
        """Send until the events end, or whoever listens is gone."""
        async with aclosing(self._events):
            await super().stream_response(send)


async def _written(events: AsyncGenerator[ServerSentEvent, None]) -> AsyncGenerator[bytes, None]:
    async for event in events:
        yield format_sse_event(
            data_str=event.raw_data, event=event.event, id=event.id, retry=event.retry
        )
