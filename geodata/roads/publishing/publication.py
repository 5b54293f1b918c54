"""
New times for an index directory, worked out beside the processes that answer.

A `Publisher` keeps its own copy of the times and writes each change as a new
state of the directory: a few roads as a difference, more as a whole metric, for each
hour that lies ready (`geodata.roads.hours`).
`Recustomizer` runs one publisher in a process of its own, so that no worker
computes while it should answer.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.roads.closures import Closure, Found, find_pieces, find_slower, slow_down
from geodata.roads.hours import hours_around
from geodata.roads.in_force import InForce, gather
from geodata.roads.index import RoadIndex
from geodata.roads.network import Floats, Int32s, RoadNetwork
from geodata.roads.profiles import FREE_FLOW, SpeedProfile
from geodata.roads.publishing.hour_times import HourTimes
from geodata.roads.publishing.index_directory import (
    Generation,
    locked,
    open_state,
    read_beside,
    read_changes,
    read_generation,
    read_notes,
    write_times,
)
from geodata.roads.zones import Country, find_country

Changed = tuple[NDArray[np.int64], Int32s]
"""Numbers of arcs, and the milliseconds that each takes now."""


@dataclass(frozen=True, slots=True)
class Published:
    """
    One publication: the new state, road arcs changed, whether in part, and seconds taken.

    `in_force` says what the state was made with, where its writer knew.
    """

    generation: Generation
    changed_arcs: int
    in_part: bool
    seconds: float
    in_force: InForce | None = None


class Publisher:
    """
    Writes new times to a directory; one at a time, whichever process it runs in.

    On a network with two zones these are the times of the hour that holds, and around the
    change of a band those of both hours (`geodata.roads.hours`).
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
        self._country: Country | None = None
        self._usual: tuple[tuple[Any, ...], Int32s] | None = None
        # Usual times and slower pieces behind `_free`, the times of all arcs without an hour;
        # None where nobody knows which closures made these.
        self._standing: tuple[Int32s, NDArray[np.int64]] | None = None
        self._open()
        # An empty change compiles the kernels, maps the pages and turns the hierarchy upside
        # down now. Otherwise the first closure would wait for all of that.
        self._index.updater.change(
            self._index.metric, self._index.weights_ms, np.zeros(0, np.int64)
        )

    def publish_closures(
        self, closures: Sequence[Closure], at: datetime, *, profile: SpeedProfile = FREE_FLOW
    ) -> Published:
        """
        Make the closures that hold at `at`, under the speeds of `profile`, the current times.

        The state says which closures, profile and hours it was made with
        (`geodata.roads.in_force`), also when they change no time at all. Closures that
        mean no road of this map are left out.
        """
        start = perf_counter()
        # The profile goes through its JSON form, because readers get it rounded and find an
        # hour by its factor: both sides must hold the same numbers.
        profile = SpeedProfile.from_dict(profile.as_dict())
        with locked(self.root):
            self._catch_up()
            self._forget_all_but(closures)
            index = self._index
            usual = self._usual_ms(profile)
            slower = find_slower(index.network, closures, at, self._find)
            changed = self._find_changed(usual, slower)
            hours = () if self._country is None else hours_around(profile, at)
            in_force = gather(
                index.network, closures, at, find=self._find, profile=profile, hours=hours
            )
            done = self._publish(changed, profile.name, in_force)
            self._standing = (usual, slower[0])
        return replace(done, seconds=perf_counter() - start)

    def publish(self, weights_ms: Int32s, *, profile: str = FREE_FLOW.name) -> Published:
        """Make `weights_ms` (every arc, FAR = closed, no hour) the current times."""
        start = perf_counter()
        with locked(self.root):
            self._catch_up()
            self._standing = None
            arcs = np.flatnonzero(weights_ms != self._free)
            done = self._publish((arcs, weights_ms[arcs]), profile, None)
        return replace(done, seconds=perf_counter() - start)

    def _open(self) -> None:
        self._generation, self._index, others = open_state(self.root)
        network = self._index.network
        if self._country is None or not _is_same_map(self._country.network, network):
            self._country = find_country(network)
        self._usual = self._standing = None
        self._notes = read_notes(self.root, self._generation)
        self._found: dict[Closure, Found] = {}
        hours = InForce.from_notes(self._notes).hours or (None,)
        names = (self._generation.metric, *read_beside(self.root, self._generation))
        self._free = self._index.free_ms
        self._hours = {
            hour: self._opened(replace(index, free_ms=self._free), hour, name)
            for hour, index, name in zip(hours, (self._index, *others), names, strict=False)
        }
        self._is_known = True

    def _opened(self, index: RoadIndex, hour: float | None, name: str) -> HourTimes:
        changes = read_changes(self.root, Generation(self._generation.index, name))
        return HourTimes.opened(index, (hour, self._country), name, changes)

    def _catch_up(self) -> None:
        """Open the directory again if somebody else wrote to it, or if our last writing failed."""
        if not self._is_known or read_generation(self.root) != self._generation:
            self._open()

    def _forget_all_but(self, closures: Sequence[Closure]) -> None:
        for gone in self._found.keys() - set(closures):
            del self._found[gone]

    def _find(self, closure: Closure) -> Found:
        """Return the pieces of a closure; kept, because every publication gives all closures."""
        if closure not in self._found:
            index = self._index
            self._found[closure] = find_pieces(index.network, index.grids.whole, closure)
        return self._found[closure]

    def _usual_ms(self, profile: SpeedProfile) -> Int32s:
        """Times of open roads under a profile; kept, because a closure changes few of them."""
        if self._usual is None or self._usual[0] != profile.of_roads:
            usual = profile.weights_ms(self._index.network, self._index.open_ms)
            self._usual = (profile.of_roads, usual)
        return self._usual[1]

    def _find_changed(self, usual: Int32s, slower: tuple[NDArray[np.int64], Floats]) -> Changed:
        """Arcs that take another time than now under closures, and the time, without an hour."""
        pieces, times = slower
        if self._standing is not None and self._standing[0] is usual:
            # Nothing but the roads of closures, past or present, can differ: a closed road
            # costs no pass over all arcs.
            concerned = np.union1d(self._standing[1], pieces)
        else:
            concerned = np.arange(len(usual) // 2)
        pairs = usual.reshape(-1, 2)[concerned]
        rows = np.searchsorted(concerned, pieces)
        pairs[rows] = slow_down(pairs[rows], times)
        differs = np.nonzero(pairs != self._free.reshape(-1, 2)[concerned])
        return 2 * concerned[differs[0]] + differs[1], pairs[differs]

    def _publish(self, changed: Changed, profile: str, in_force: InForce | None) -> Published:
        wanted: tuple[float | None, ...] = (in_force.hours if in_force else ()) or (None,)
        arcs, free_ms = changed
        is_there = tuple(self._hours) == wanted and len(arcs) == 0
        if is_there and _is_same(in_force, self._notes):
            return Published(self._generation, 0, in_part=True, seconds=0.0, in_force=in_force)
        # If anything below fails, the times in memory are half changed: `_catch_up` then reads
        # the directory again.
        self._is_known = False
        self._free[arcs] = free_ms
        self._hours = {hour: self._worked_in(hour, arcs) for hour in wanted}
        hours = list(self._hours.values())
        in_part = all(one.base is not None for one in hours)
        self._notes = in_force.as_notes() if in_force else None
        self._generation, beside = write_times(
            self.root, self._generation, [one.to_write() for one in hours],
            profile=profile, notes=self._notes,
        )  # fmt: skip
        for one, name in zip(hours, (self._generation.metric, *beside), strict=True):
            one.note_written(name)
        self._is_known = True
        return Published(self._generation, len(arcs), in_part, seconds=0.0, in_force=in_force)

    def _worked_in(self, hour: float | None, arcs: NDArray[np.int64]) -> HourTimes:
        times = self._hours.get(hour)
        if times is None:
            return HourTimes.made(self._index, (hour, self._country), self._free)
        times.work_in(arcs)
        return times


def _is_same_map(one: RoadNetwork, other: RoadNetwork) -> bool:
    """Whether two networks were opened from the same files; a name is never given twice."""
    return bool(one.about.get("generation") == other.about.get("generation"))


def _is_same(wanted: InForce | None, notes: Mapping[str, Any] | None) -> bool:
    """Whether a state says what is wanted already; the instant alone is no difference."""
    if wanted is None or notes is None:
        return wanted is None
    return replace(wanted, at=None) == replace(InForce.from_notes(notes), at=None)


_publishers: dict[Path, Publisher] = {}


def _publish_here(
    root: Path, closures: Sequence[Closure], at: datetime, profile: SpeedProfile
) -> Published:
    """Run in the publishing process, which keeps its publisher."""
    return _publisher(root).publish_closures(closures, at, profile=profile)


def _publisher(root: Path) -> Publisher:
    if root not in _publishers:
        _publishers[root] = Publisher(root)
    return _publishers[root]


def _prepare(root: Path) -> bool:
    return _publisher(root) is not None


def _end_with_parent() -> None:
    """Make sure that this process ends with its parent, even with one that is killed."""
    # Ctrl-C in a terminal reaches both processes. This one ignores it, so that the parent
    # can let a publication finish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        # Not `sys.exit`: that would end this thread alone and wait for the pool.
        os._exit(1)


class Recustomizer:
    """
    A process of its own that publishes times for one directory.

    Started again should it die. A context manager; safe to use from threads.
    """

    def __init__(self, root: Path) -> None:
        """Start the process; it opens the directory while the caller goes on."""
        self.root = root
        self.starts = 0
        """How often a process was started."""
        self._lock, self._is_ended, self._gone = threading.Lock(), False, threading.Event()
        self._start()

    @property
    def pids(self) -> tuple[int, ...]:
        """Number of the running process; empty while there is none."""
        running = self._pool._processes or {}
        return tuple(pid for pid, process in list(running.items()) if process.is_alive())

    def revive(self) -> bool:
        """Start the process again if it died; whether it had. Never after an end."""
        with self._lock:
            if self._is_ended or self.pids or not self.ready.done():
                return False
            self._start()
            return True

    def apply(
        self, closures: Sequence[Closure], at: datetime, *, profile: SpeedProfile = FREE_FLOW
    ) -> "Future[Published]":
        """
        Publish the closures that hold at `at`; requests are worked off in their order.

        Give ALL closures each time: a state of the directory follows from one request
        alone. A process that dies over a request gives `BrokenProcessPool`: ask again.
        """
        request = (self.root, tuple(closures), at, profile)
        with self._lock:
            try:
                return self._pool.submit(_publish_here, *request)
            except BrokenProcessPool:
                if self._is_ended:
                    raise
                self._start()
                return self._pool.submit(_publish_here, *request)

    def close(self) -> None:
        """End the process after the requests it has; nothing to do after an end."""
        self._end(now=False)

    def end_now(self) -> None:
        """
        End the process wherever it is: a state half written is never the current one.

        A request under way gives `BrokenProcessPool`. From any thread, also while another ends it.
        """
        self._end(now=True)

    def _end(self, *, now: bool) -> None:
        with self._lock:
            is_first, self._is_ended = not self._is_ended, True
        if now:
            for process in list((self._pool._processes or {}).values()):
                process.kill()
        if not is_first:
            # Two threads in one shutdown would both close its pipes: the second one somebody
            # else's file, if the number was given away meanwhile.
            self._gone.wait()
            return
        try:
            self._pool.shutdown(wait=True, cancel_futures=now)
        finally:
            self._gone.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        # Spawned and not forked: the parent has threads and open database connections, and a
        # copy of either may block for ever.
        self._pool = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
        )
        self.starts += 1
        self.ready: Future[bool] = self._pool.submit(_prepare, self.root)
        """Done when the process is ready; carries the error if it cannot be."""
