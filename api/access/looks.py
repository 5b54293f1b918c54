"""
Who looked at lists, the map and the stream: into the audit trail, once a minute and view.

The first look of a session at a view is an entry before its answer leaves; a look that cannot
be noted is refused like one at a single incident. Pages that refresh ask again many times a
minute: those looks are counted and told by the next entry of the same view, or, when nobody
looks any more, by one of their own a little later. A process that dies loses the counts of its
last minutes, and never that somebody looked. Entries hold no row, only how many there were.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from api.supervision import SupervisedThread
from dispatch.services.trail import note_look
from geodata.database.scope import Scope

WINDOW_S = 60.0
"""Seconds in which looks of one session at one view are one entry."""

_PATIENCE_S = 300.0
# While the database is away; beyond it the oldest are lost.
_MOST_UNTOLD = 10_000

Key = tuple[str, str, str]
"""Session, view, and what of it was asked for."""


@dataclass(slots=True)
class _Window:
    """One session's looks at one view since the last entry about them."""

    scope: Scope
    until: float
    more: int = 0
    most_rows: int = 0


@dataclass(frozen=True, slots=True)
class _Due:
    """What an entry tells of the looks before it: how many, and their most rows."""

    more: int = 0
    most_rows: int = 0


_Untold = tuple[Scope, str, dict[str, object]]


class LookBook(SupervisedThread):
    """Notes looks; safe to use from threads. While inside, tells of the last ones of a view too."""

    def __init__(
        self,
        engine: Engine,
        *,
        window_s: float = WINDOW_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("looks", patience_s=_PATIENCE_S)
        self._engine, self._window_s, self._clock = engine, window_s, clock
        self._windows: dict[Key, _Window] = {}
        self._untold: deque[_Untold] = deque(maxlen=_MOST_UNTOLD)
        self._lock = threading.Lock()

    def note(self, scope: Scope, session: str, view: str, rows: int, wanted: str = "") -> None:
        """
        Note that a session was shown `rows` rows of a view; `wanted`, what it asked for of it.

        Raises
        ------
        DatabaseUnavailableError, RefusedError
            It could not be written, so nobody may be shown it.
        """
        key = (session, view, wanted)
        due = self._look(key, scope, rows)
        if due is None:
            return
        try:
            note_look(self._engine, scope, key[1], _detail(key, due) | {"rows": rows})
        except BaseException:
            # The next look tries again, and tells of these as well.
            with self._lock:
                if (window := self._windows.get(key)) is not None:
                    window.until = 0.0
                    window.more += due.more
                    window.most_rows = max(window.most_rows, due.most_rows)
            raise

    def work(self) -> None:
        """Tell of looks that no further look has told of; the rest when the server stops."""
        while not self.stopped.wait(self._window_s / 4):
            self.tell_of_ended()
            self.pulse.beat()
        self.tell_of_ended(at_once=True)

    def tell_of_ended(self, *, at_once: bool = False) -> None:
        """Write of views that nobody has looked at for a window, and forget them."""
        now = self._clock()
        with self._lock:
            ended = [
                (key, window)
                for key, window in self._windows.items()
                if at_once or window.until + self._window_s <= now
            ]
            for key, _ in ended:
                del self._windows[key]
        self._untold.extend(
            (window.scope, key[1], _detail(key, _Due(window.more, window.most_rows)))
            for key, window in ended
            if window.more
        )
        while self._untold:
            # Taken out once it is written: a database that is away is asked again.
            note_look(self._engine, *self._untold[0])
            self._untold.popleft()

    def note_end(self, scope: Scope, view: str, seconds: int) -> None:
        """Note that a view that lasted is over; written a little later, so that nobody waits."""
        self._untold.append((scope, f"{view}_ended", {"seconds": seconds}))

    def _look(self, key: Key, scope: Scope, rows: int) -> _Due | None:
        """Count a look; what to write before it is shown, None when this window has its entry."""
        now = self._clock()
        with self._lock:
            window = self._windows.get(key)
            if window is not None and now < window.until:
                window.more += 1
                window.most_rows = max(window.most_rows, rows)
                return None
            self._windows[key] = _Window(scope, now + self._window_s)
            return _Due() if window is None else _Due(window.more, window.most_rows)


def _detail(key: Key, due: _Due) -> dict[str, object]:
    wanted = {"wanted": key[2]} if key[2] else {}
    more = {"more_looks": due.more, "most_rows": due.most_rows} if due.more else {}
    return {**wanted, **more}
