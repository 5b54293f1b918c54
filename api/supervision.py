"""
Keeps what runs beside the requests running, and lets readiness ask whether it does.

A background part that ends by an error, whatever its kind, is logged and started again,
with growing pauses. It tells by its `Pulse` that it gets on; a part that is stuck tells
nothing, and that is seen too.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0

_log = logging.getLogger("dispatch119.background")


class Pulse:
    """Tells whether one background part gets on; safe to use from threads."""

    def __init__(self, patience_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`patience_s`: longer silence means that the part is stuck."""
        self._patience_s, self._clock = patience_s, clock
        self._last = clock()
        self._failures = 0

    @property
    def is_well(self) -> bool:
        """Whether it works: no error since it last got on, and that was not long ago."""
        return self._failures == 0 and self._clock() - self._last <= self._patience_s

    def beat(self) -> None:
        """Tell that a step was done."""
        self._last, self._failures = self._clock(), 0

    def fail(self) -> float:
        """Tell that the part has ended by an error; the seconds to wait before it starts again."""
        self._failures += 1
        return min(FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 20), LONGEST_PAUSE_S)


def keep_running(
    work: Callable[[], None], name: str, pulse: Pulse, stopped: threading.Event
) -> None:
    """Do `work`, which ends when `stopped` is set, again after every error; for a thread."""
    while not stopped.is_set():
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the part must go on
            stopped.wait(_failed(name, pulse, error))


async def keep_task_running(work: Callable[[], Awaitable[None]], name: str, pulse: Pulse) -> None:
    """Do endless `work` again after every error, until cancelled; for the event loop."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - as above
            await asyncio.sleep(_failed(name, pulse, error))


def _failed(name: str, pulse: Pulse, error: Exception) -> float:
    pause_s = pulse.fail()
    # The text of an error may quote a caller's data: the log writes its kind and place only.
    _log.error("background part failed", extra={"part": name}, exc_info=error)
    return pause_s
