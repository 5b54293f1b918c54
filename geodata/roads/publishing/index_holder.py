"""The current index of a directory for one process; a question never waits for a newer one."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from geodata.errors import RoadNetworkError
from geodata.roads.in_force import InForce
from geodata.roads.index import RoadIndex
from geodata.roads.profile_file import read_usable_profile
from geodata.roads.publishing.index_directory import (
    Generation,
    open_state,
    read_generation,
    read_notes,
)

Hours = Mapping[float, RoadIndex]
"""The same roads by the factor of the hour for which their times were made."""

Listener = Callable[[RoadIndex, InForce, Hours], None]


class RoadIndexHolder:
    """
    Hands out the newest index that has been opened and notices a swap.

    `get` looks at one link (a few microseconds). When it has moved, a thread
    opens what it leads to while the old index goes on answering. An index that
    cannot be opened is left alone and named in `problem`.
    """

    def __init__(self, root: Path) -> None:
        """
        Open the directory.

        Raises
        ------
        RoadNetworkError
            See `open_index`.
        """
        self.root = root
        self.problem: RoadNetworkError | None = None
        self._listeners: list[Listener] = []
        self._opening = threading.Lock()
        self._seen, self._index, others = open_state(root)
        self._generation, self._in_force = self._seen, _read(root, self._seen)
        self._hours = _by_hour(self._in_force, (self._index, *others))

    @property
    def generation(self) -> Generation:
        """What `get` hands out at this moment."""
        return self._generation

    @property
    def in_force(self) -> InForce:
        """What the index that `get` hands out was made with."""
        return self._in_force

    @property
    def hours(self) -> Hours:
        """The hours whose times lie ready; empty where none do, or all are the same."""
        return self._hours

    def subscribe(self, listener: Listener) -> None:
        """Tell `listener` every new index, what it was made with and its hours, first."""
        self._listeners.append(listener)

    def get(self) -> RoadIndex:
        """Return the newest index that is ready; starts opening a newer one if there is one."""
        # Whoever finds the lock taken answers with the old index: somebody is opening already.
        if self._has_moved() and self._opening.acquire(blocking=False):
            threading.Thread(target=self._open_and_release, daemon=True).start()
        return self._index

    def refresh(self) -> RoadIndex:
        """Wait until what the directory holds now is handed out (or is known to be unusable)."""
        with self._opening:
            if self._has_moved():
                self._open()
        return self._index

    def _has_moved(self) -> bool:
        try:
            return read_generation(self.root) != self._seen
        except RoadNetworkError as error:
            self.problem = error
            return False

    def _open_and_release(self) -> None:
        try:
            self._open()
        finally:
            self._opening.release()

    def _open(self) -> None:
        try:
            seen = read_generation(self.root)
            # Noted before it is opened, so that a state that cannot be opened is tried once and
            # not at every question.
            self._seen = seen
            self._seen, index, others = open_state(self.root, like=self._index)
            in_force = _read(self.root, self._seen)
        except RoadNetworkError as error:
            self.problem = error
            return
        hours = _by_hour(in_force, (index, *others))
        for listener in self._listeners:
            listener(index, in_force, hours)
        # After the listeners, so that whatever they prepare is ready before the first question.
        self._index, self._in_force, self._hours = index, in_force, hours
        self._generation, self.problem = self._seen, None


def _by_hour(in_force: InForce, states: tuple[RoadIndex, ...]) -> Hours:
    return dict(zip(in_force.hours, states, strict=False))


def _read(root: Path, generation: Generation) -> InForce:
    notes = read_notes(root, generation)
    return InForce.from_notes(notes) if notes else InForce(profile=read_usable_profile(root))
