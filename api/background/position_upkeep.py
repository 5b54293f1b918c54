"""Makes the days of the coming positions and forgets those past retention, as the clock goes on."""

from collections.abc import Callable
from datetime import datetime

from api.supervision import SupervisedThread
from geodata.database.engine import connect_owner
from teams.retention import maintain_positions

EVERY_S = 3600.0
"""Seconds. A look is one query, and days are made three ahead: a day without it is no harm."""

_PATIENCE_S = 3.0 * EVERY_S


class PositionUpkeep(SupervisedThread):
    """Does so in a thread of its own while inside, as the owner of the tables."""

    def __init__(
        self, owner_url: str, clock: Callable[[], datetime], *, every_s: float = EVERY_S
    ) -> None:
        super().__init__("position upkeep", patience_s=_PATIENCE_S)
        self._owner_url, self._clock, self._every_s = owner_url, clock, every_s

    def work(self) -> None:
        """Look at once, then every hour; a fault is logged and the look made again."""
        while not self.stopped.is_set():
            # Connected for the look only: a server holds no connection of the owner.
            owner = connect_owner(self._owner_url)
            try:
                maintain_positions(owner, today=self._clock().date())
            finally:
                owner.dispose()
            self.pulse.beat()
            self.stopped.wait(self._every_s)
