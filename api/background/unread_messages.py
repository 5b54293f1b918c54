"""Reads, at the start and every minute, stored messages whose reader has died."""

from api.metrics import Metrics
from api.supervision import SupervisedThread
from dispatch.services.taking import MessageTaker
from dispatch.services.unread import count_unread, take_unread
from geodata.errors import RefusedError

EVERY_S = 60.0
# A start after many deaths may have a thousand to read.
_PATIENCE_S = 600.0


class UnreadMessages(SupervisedThread):
    """Reads them in a thread of its own while inside."""

    def __init__(self, taker: MessageTaker, metrics: Metrics, *, every_s: float = EVERY_S) -> None:
        super().__init__("unread messages", patience_s=_PATIENCE_S)
        self._taker, self._metrics, self._every_s = taker, metrics, every_s

    def work(self) -> None:
        """Read what lies there, again and again."""
        while True:
            try:
                self._metrics.count_late(take_unread(self._taker))
                self._metrics.set_unread(count_unread(self._taker.engine))
            except RefusedError:
                # The database is away; readiness tells of it, and the next round finds the rest.
                pass
            self.pulse.beat()
            if self.stopped.wait(self._every_s):
                return
