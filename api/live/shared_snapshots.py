"""
One snapshot for everybody who may see the same: after a restart all pages ask at once.

Who asks while one is being read waits for the next reading, which begins after they have
joined the hub: so no change between the two is lost, and of any number who ask together two
readings are made. They run in threads of their own and leave those of the intake alone.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread

from api.live.hub import Hub
from dispatch.roles import Viewer

Draw = Callable[[], dict[str, Any]]
"""Reads and draws what a viewer may see at this moment; blocking."""

# More would take the processor from the intake: reading and drawing is Python's own work.
_THREADS = 1
# A moment with nothing new in it is drawn again after this: ages of positions go on.
_FRESH_S = 1.0
_KEPT = 64


@dataclass(frozen=True, slots=True)
class TakenSnapshot:
    """A snapshot as JSON text, how many features it has, the last notice before it."""

    text: str
    rows: int
    sequence: int
    at: float


class SharedSnapshots:
    """Reads snapshots for the streams of a hub; belongs to one event loop."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._running: dict[Viewer, asyncio.Task[TakenSnapshot]] = {}
        self._next: dict[Viewer, asyncio.Task[TakenSnapshot]] = {}
        self._latest: OrderedDict[Viewer, TakenSnapshot] = OrderedDict()
        self._limiter: CapacityLimiter | None = None
        self.readings = 0

    async def take(self, viewer: Viewer, draw: Draw) -> TakenSnapshot:
        """
        Return a snapshot of what `viewer` sees that is not older than this question.

        Raises
        ------
        RefusedError
            As reading the rows does; everybody who waits for it gets the same.
        """
        known, now = self._latest.get(viewer), asyncio.get_running_loop().time()
        if known and known.sequence == self._hub.sequence and now - known.at < _FRESH_S:
            return known
        # Made here, because a limiter belongs to the loop that runs.
        self._limiter = self._limiter or CapacityLimiter(_THREADS)
        task = self._next.get(viewer)
        if task is None:
            before = self._running.get(viewer)
            task = asyncio.create_task(self._read_after(before, viewer, draw))
            self._next[viewer] = task
        # One page that goes away ends nothing that others wait for.
        return await asyncio.shield(task)

    async def _read_after(
        self,
        before: "asyncio.Task[TakenSnapshot] | None",
        viewer: Viewer,
        draw: Draw,
    ) -> TakenSnapshot:
        if before is not None:
            await asyncio.wait([before])
        assert self._limiter is not None  # noqa: S101
        async with self._limiter:
            # From here on who asks has to wait for the next one.
            task = self._next.pop(viewer)
            self._running[viewer] = task
            try:
                return await self._read(viewer, draw)
            finally:
                if self._running.get(viewer) is task:
                    del self._running[viewer]

    async def _read(self, viewer: Viewer, draw: Draw) -> TakenSnapshot:
        began = asyncio.get_running_loop().time()
        self.readings += 1
        # The thread is counted by the limiter that is held here; this one only lends a thread.
        text, rows, sequence = await to_thread.run_sync(_encoded, draw, limiter=CapacityLimiter(1))
        taken = TakenSnapshot(text, rows, sequence, began)
        self._latest[viewer] = taken
        self._latest.move_to_end(viewer)
        while len(self._latest) > _KEPT:
            self._latest.popitem(last=False)
        return taken


def _encoded(draw: Draw) -> tuple[str, int, int]:
    drawn = draw()
    return orjson.dumps(drawn).decode(), len(drawn["features"]), int(drawn["sequence"])
