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
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Self

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


class SupervisedThread(ABC):
    """
    One background part in a thread of its own while inside; a context manager.

    A subclass says in `work` what it does until `stopped` is set, and beats its `pulse`.
    """

    def __init__(self, name: str, *, patience_s: float, join_s: float = 30.0) -> None:
        """`join_s`: the longest that leaving waits for the part to end."""
        self.pulse = Pulse(patience_s)
        self.stopped = threading.Event()
        self._join_s = join_s
        self._thread = threading.Thread(
            target=keep_running,
            args=(self.work, name, self.pulse, self.stopped),
            name=name.replace(" ", "-"),
            daemon=True,
        )

    @abstractmethod
    def work(self) -> None:
        """Work until `stopped` is set; whatever is raised is logged, and it is called again."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._thread.join(timeout=self._join_s)


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
