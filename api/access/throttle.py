"""
Slowing password guesses: so many attempts per name, address and window, then a pause.

An attempt is counted before its password is verified, so that guesses sent at the same time
count too. Somebody else's guesses do not lock the owner out: they count for their address. All
addresses together are slowed for a name too, by seconds that grow, except one from which the
name has signed in before. Only logins are slowed; the intake of emergency reports never is.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import TypeVar

from geodata.errors import TooManyRequestsError
from geodata.said import said

# So many names, and names with addresses, are remembered: inventing them cannot fill the memory.
_REMEMBERED = 10_000
# All addresses together may try a name this many times as often as one, before they must wait.
_ADDRESSES = 3
_LONGEST_WAIT_S = 30.0

_Key = tuple[str, str]
_V = TypeVar("_V")


class LoginThrottle:
    """Counts attempts in a sliding window; safe to use from threads."""

    def __init__(
        self, attempts: int, window_s: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._attempts = attempts
        self._window_s = window_s
        self._clock = clock
        self._tried: OrderedDict[_Key, deque[float]] = OrderedDict()
        self._known: OrderedDict[_Key, None] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, username: str, address: str) -> None:
        """
        Count an attempt that is about to be verified; the name need not exist.

        Raises
        ------
        TooManyRequestsError
            `too_many_attempts`; a refused attempt is not counted.
        """
        # No address is empty: this is the name with all of them.
        everywhere, here = (username, ""), (username, f"@{address}")
        with self._lock:
            wait_s = self._wait_here_s(here)
            if here not in self._known:
                wait_s = max(wait_s, self._wait_everywhere_s(everywhere))
            if wait_s <= 0.0:
                self._note(here)
                self._note(everywhere)
                return
        raise TooManyRequestsError(
            "too_many_attempts",
            said("too many wrong passwords for this name"),
            said(
                "wait {wait_s} seconds, or ask an administrator for a new password",
                wait_s=max(1, round(wait_s)),
            ),
        )

    def withdrawn(self, username: str, address: str) -> None:
        """Forget the latest attempt, which was never verified."""
        with self._lock:
            for key in ((username, ""), (username, f"@{address}")):
                tried = self._tried.get(key)
                if tried:
                    tried.pop()
                if not tried:
                    self._tried.pop(key, None)

    def succeeded(self, username: str, address: str) -> None:
        """Forget what was tried from an address, and know it as one of its owner's."""
        here = (username, f"@{address}")
        with self._lock:
            own = len(self._tried.pop(here, ()))
            everywhere = self._tried.get((username, ""), deque())
            for _ in range(min(own, len(everywhere))):
                everywhere.pop()
            self._known[here] = None
            self._known.move_to_end(here)
            _keep_latest(self._known)

    def _wait_here_s(self, key: _Key) -> float:
        recent = self._recent(key)
        if len(recent) < self._attempts:
            return 0.0
        return recent[0] + self._window_s - self._clock()

    def _wait_everywhere_s(self, key: _Key) -> float:
        recent = self._recent(key)
        excess = len(recent) - _ADDRESSES * self._attempts
        if excess < 0:
            return 0.0
        pause_s = min(_LONGEST_WAIT_S, 2.0 ** min(excess, 10))
        return recent[-1] + pause_s - self._clock()

    def _note(self, key: _Key) -> None:
        self._tried.setdefault(key, deque()).append(self._clock())
        self._tried.move_to_end(key)
        _keep_latest(self._tried)

    def _recent(self, key: _Key) -> deque[float]:
        """Return what was tried lately; asking stores nothing."""
        recent = self._tried.get(key, deque())
        while recent and recent[0] <= self._clock() - self._window_s:
            recent.popleft()
        return recent


def _keep_latest(remembered: OrderedDict[_Key, _V]) -> None:
    while len(remembered) > _REMEMBERED:
        remembered.popitem(last=False)
