"""
The live hub: changes come in once, leave to every client that may see them.

The database's LISTEN knows no row security, so each notice names the counties that may
see it and the hub filters per client. Positions are coalesced to the latest per team
and leave once per tick; other changes leave at once and only say *what* changed, the
client then asks for it under its own rights. A client that falls behind loses its
queue and gets one snapshot instead, so a slow phone never costs the others memory.

Everything here runs inside the event loop; nothing waits for a database.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import orjson

from api.metrics import Metrics
from api.supervision import Pulse
from dispatch.roles import Viewer
from teams.notices import Notice

_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One event on its way to a client; `data` is JSON text."""

    event: str
    data: str


class Signal(Enum):
    """What a client can be told besides a frame."""

    SNAPSHOT = auto()
    IDLE = auto()
    CLOSED = auto()


def view_of_notice(notice: Notice, viewer: Viewer) -> dict[str, Any] | None:
    """Return what `viewer` may be told about a change that is no position, or None."""
    if not _may_hear(notice, viewer):
        return None
    if viewer.sees_detail or (viewer.is_team and viewer.is_own_team(notice.id)):
        return {
            "kind": notice.kind,
            "id": notice.id,
            "county": notice.county or None,
            "v": notice.version,
        }
    if viewer.is_team and notice.kind == "team":
        return None
    # Others learn that something moved, so that they ask again, but not what.
    return {"kind": notice.kind, "id": None, "county": None, "v": None}


def sees_position(notice: Notice, viewer: Viewer) -> bool:
    """Tell whether `viewer` may see where that team is."""
    if viewer.is_team:
        return viewer.is_own_team(notice.id)
    return viewer.sees_detail and _may_hear(notice, viewer)


def _may_hear(notice: Notice, viewer: Viewer) -> bool:
    return bool(notice.counties & viewer.counties) if notice.counties else viewer.is_national


class StreamClient:
    """One open event stream with its bounded queue."""

    def __init__(self, viewer: Viewer, session: str, limit: int, account: str = "") -> None:
        self.viewer = viewer
        self.session = session
        self.account = account
        self._limit = limit
        self._frames: deque[Frame] = deque()
        self._wake = asyncio.Event()
        self._needs_snapshot = True
        self._closed = False

    def offer(self, frame: Frame) -> None:
        """Queue a frame; a full queue is given up for one snapshot."""
        if self._needs_snapshot:
            return
        if len(self._frames) >= self._limit:
            self.resync()
            return
        self._frames.append(frame)
        self._wake.set()

    def resync(self) -> None:
        """Forget what is queued and ask for a snapshot."""
        self._frames.clear()
        self._needs_snapshot = True
        self._wake.set()

    def close(self) -> None:
        """End the stream after the event that is being written."""
        self._closed = True
        self._wake.set()

    async def next(self, timeout_s: float) -> Frame | Signal:
        """Return the next frame or signal; `IDLE` when nothing came in time."""
        try:
            async with asyncio.timeout(timeout_s):
                while not (self._closed or self._needs_snapshot or self._frames):
                    self._wake.clear()
                    await self._wake.wait()
        except TimeoutError:
            return Signal.IDLE
        if self._closed:
            return Signal.CLOSED
        if self._needs_snapshot:
            # From here on frames queue up, so none is lost while the snapshot is read.
            self._needs_snapshot = False
            return Signal.SNAPSHOT
        return self._frames.popleft()


class Hub:
    """All open streams of this process."""

    def __init__(self, metrics: Metrics, *, queue_limit: int = 256) -> None:
        self.sequence = 0
        self._metrics = metrics
        self._limit = queue_limit
        self._clients: set[StreamClient] = set()
        self._positions: dict[str, Notice] = {}
        self._is_closed = False
        self.pulse = Pulse(_PATIENCE_S)
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def joined(self, viewer: Viewer, session: str, account: str = "") -> Iterator[StreamClient]:
        """Add a client for the duration of the block."""
        client = StreamClient(viewer, session, self._limit, account)
        if self._is_closed:
            client.close()
        self._clients.add(client)
        self._metrics.set_streams(len(self._clients))
        try:
            yield client
        finally:
            self._clients.discard(client)
            self._metrics.set_streams(len(self._clients))

    def streams_of(self, account: str) -> int:
        """Count the open streams of an account; the loop may change them meanwhile."""
        return sum(client.account == account for client in tuple(self._clients))

    def publish(self, notice: Notice) -> None:
        """Take in one notice: positions wait for the tick, the rest leaves now."""
        self.sequence += 1
        if notice.position is not None:
            self._positions[notice.id] = notice
            return
        for client in self._clients:
            view = view_of_notice(notice, client.viewer)
            if view is not None:
                client.offer(Frame("change", orjson.dumps(view).decode()))

    def flush_positions(self) -> None:
        """Send the latest position of every team that moved since the last tick."""
        waiting, self._positions = self._positions, {}
        if not waiting:
            return
        for client in self._clients:
            seen = [one.position for one in waiting.values() if sees_position(one, client.viewer)]
            if seen:
                client.offer(Frame("position", orjson.dumps(seen).decode()))

    def resync(self) -> None:
        """Give every client a fresh snapshot: notices may have been missed."""
        # What was drawn before may lack what they told; no such snapshot is used again.
        self.sequence += 1
        for client in self._clients:
            client.resync()

    def publish_soon(self, notice: Notice) -> None:
        """Do `publish` from another thread; without effect before the streams run."""
        if self._loop is not None and not self._is_closed:
            self._loop.call_soon_threadsafe(self.publish, notice)

    def drop_session(self, session: str) -> None:
        """End the streams of a session that was revoked."""
        for client in self._clients:
            if client.session == session:
                client.close()

    def drop_session_soon(self, session: str) -> None:
        """Do `drop_session` from another thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.drop_session, session)

    def close(self) -> None:
        """End all streams, and those that still come, because the server stops."""
        self._is_closed = True
        for client in self._clients:
            client.close()

    async def run(self, tick_s: float) -> None:
        """Flush positions at every tick until cancelled."""
        self._loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(tick_s)
            self.flush_positions()
            self.pulse.beat()
