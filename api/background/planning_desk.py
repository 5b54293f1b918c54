"""
One place at which planners' questions wait, so that they never slow a call down.

An isochrone is about a second of work. One is worked at a time; who waits too long is
told so instead of filling the threads that dispatchers need.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from geodata.errors import UnavailableError
from geodata.said import said

_PATIENCE_S = 4.0
_MOST_WAITING = 4


class PlanningDesk:
    """Lets one question in, a few wait, and refuses the rest; safe to use from threads."""

    def __init__(self, *, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._seats = threading.BoundedSemaphore(1 + _MOST_WAITING)
        self._work = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """
        Hold the one place of work while inside.

        Raises
        ------
        UnavailableError
            `planning_busy`.
        """
        if not self._seats.acquire(blocking=False):
            raise _busy()
        try:
            if not self._work.acquire(timeout=self._patience_s):
                raise _busy()
            try:
                yield
            finally:
                self._work.release()
        finally:
            self._seats.release()


def _busy() -> UnavailableError:
    return UnavailableError(
        "planning_busy", said("others are asking for maps"), said("try again in a moment")
    )
