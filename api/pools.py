"""
Pools of threads for work that must not hold up the intake of reports.

Routes share one pool of threads. What strangers may ask for, or what costs much, gets a pool of
its own with a bounded queue; beyond it, the next one is told at once that there is no room.
"""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from geodata.errors import UnavailableError
from geodata.said import said

_T = TypeVar("_T")


class PoolFullError(UnavailableError):
    """There is no room in a pool; `pool_full`."""


class BoundedPool:
    """
    So many threads, and so many more callers who may wait for one.

    Belongs to one event loop.
    """

    def __init__(self, *, threads: int, queue: int) -> None:
        self._threads, self._most = threads, threads + queue
        self._limiter: CapacityLimiter | None = None
        self._inside = 0

    async def run(self, work: Callable[[], _T]) -> _T:
        """
        Run blocking work in a thread of this pool.

        Raises
        ------
        PoolFullError
            `pool_full`, at once.
        """
        if self._inside >= self._most:
            raise PoolFullError(
                "pool_full",
                said("too many requests of this kind are being answered"),
                said("try again in a few seconds"),
            )
        # Made here, because a limiter belongs to the loop that runs.
        self._limiter = self._limiter or CapacityLimiter(self._threads)
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
