"""
Slowing password guesses: so many wrong passwords per username and window, then a pause.

Only logins are slowed. The intake of emergency reports never is, and nothing is
counted by network address: a whole centre sits behind one.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from geodata.errors import TooManyRequestsError
from geodata.said import said

# Names are remembered up to this number, so that inventing names cannot fill the memory.
_REMEMBERED_NAMES = 10_000


class LoginThrottle:
    """Counts failures per username in a sliding window; safe to use from threads."""

    def __init__(
        self, attempts: int, window_s: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._attempts = attempts
        self._window_s = window_s
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, username: str) -> None:
        """
        Refuse when the name had too many failures lately.

        Raises
        ------
        TooManyRequestsError
            `too_many_attempts`.
        """
        with self._lock:
            recent = self._recent(username)
            if len(recent) < self._attempts:
                return
            wait_s = max(1, round(recent[0] + self._window_s - self._clock()))
        raise TooManyRequestsError(
            "too_many_attempts",
            said("too many wrong passwords for this name"),
            said(
                "wait {wait_s} seconds, or ask an administrator for a new password", wait_s=wait_s
            ),
        )

    def failed(self, username: str) -> None:
        """Note a wrong password; the name need not exist."""
        with self._lock:
            self._recent(username).append(self._clock())
            self._failures.move_to_end(username)
            while len(self._failures) > _REMEMBERED_NAMES:
                self._failures.popitem(last=False)

    def succeeded(self, username: str) -> None:
        """Forget the failures of a name."""
        with self._lock:
            self._failures.pop(username, None)

    def _recent(self, username: str) -> deque[float]:
        recent = self._failures.setdefault(username, deque())
        while recent and recent[0] <= self._clock() - self._window_s:
            recent.popleft()
        return recent
