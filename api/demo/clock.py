"""A clock that moves only when told to, so that a night of hours runs in seconds."""

import threading
from datetime import datetime, timedelta


class SteppedClock:
    """Stands still between steps; every part of a demonstration reads the same time."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        """Return the present moment (aware, UTC)."""
        with self._lock:
            return self._now

    def advance_to(self, moment: datetime) -> None:
        """Move forward to `moment`; never back. A millisecond at least passes."""
        with self._lock:
            self._now = max(self._now + timedelta(milliseconds=1), moment)
