"""Reads, at the start and every minute, stored messages whose reader has died."""

import threading
from typing import Self

from api.metrics import Metrics
from api.supervision import Pulse, keep_running
from dispatch.services.taking import MessageTaker
from dispatch.services.unread import count_unread, take_unread
from geodata.errors import RefusedError

EVERY_S = 60.0
# A start after many deaths may have a thousand to read.
_PATIENCE_S = 600.0


class UnreadMessages:
    """Reads them in a thread of its own while inside; a context manager."""

    def __init__(self, taker: MessageTaker, metrics: Metrics, *, every_s: float = EVERY_S) -> None:
        self._taker, self._metrics, self._every_s = taker, metrics, every_s
        self.pulse = Pulse(_PATIENCE_S)
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=keep_running,
            args=(self._repeat, "unread messages", self.pulse, self._stopped),
            name="unread-messages",
            daemon=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join(timeout=30)

    def _repeat(self) -> None:
        while True:
            try:
                self._metrics.count_late(take_unread(self._taker))
                self._metrics.set_unread(count_unread(self._taker.engine))
            except RefusedError:
                # The database is away; readiness tells of it, and the next round finds the rest.
                pass
            self.pulse.beat()
            if self._stopped.wait(self._every_s):
                return
