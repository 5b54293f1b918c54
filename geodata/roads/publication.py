"""
New times for an index directory, worked out beside the processes that answer.

A `Publisher` keeps its own copy of the times and writes each change as a new
state of the directory: a few roads as a difference, more as a whole metric.
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

from geodata.roads.closures import Closure, Found, close, find_pieces
from geodata.roads.customization import PARTIAL_LIMIT, customize, prune
from geodata.roads.in_force import InForce, gather
from geodata.roads.index_directory import (
    Changes,
    Generation,
    locked,
    open_index,
    read_generation,
    read_notes,
    write_metric,
)
from geodata.roads.network import Int32s
from geodata.roads.profiles import FREE_FLOW, SpeedProfile

# A difference longer than this costs its readers more than a whole metric.
_LONGEST_DIFFERENCE = 200_000


@dataclass(frozen=True, slots=True)
class Published:
    """One publication: the new state, road arcs changed, whether in part, and seconds taken."""

    generation: Generation
    changed_arcs: int
    in_part: bool
    seconds: float


class Publisher:
    """
    Writes new times to a directory; one at a time, whichever process it runs in.

    Nobody else reads its own metric, which therefore may change in place.
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
        self._open()
        # Whatever is compiled, mapped or turned round once is so before the first closure.
        self._index.updater.change(
            self._index.metric, self._index.weights_ms, np.zeros(0, np.int64)
        )

    def publish_closures(
        self, closures: Sequence[Closure], at: datetime, *, profile: SpeedProfile = FREE_FLOW
    ) -> Published:
        """
        Make the closures that hold at `at`, under the speeds of `profile`, the current times.

        The state says which closures and which profile it was made with
        (`geodata.roads.in_force`), also when they change no time at all. Closures that
        mean no road of this map are left out.
        """
        start = perf_counter()
        with locked(self.root):
            self._catch_up()
            self._forget_all_but(closures)
            index = self._index
            open_ms = profile.weights_ms(index.network, index.open_ms)
            weights = close(
                index.network, index.grids.whole, open_ms, closures, at, find=self._find
            )
            in_force = gather(index.network, closures, at, find=self._find, profile=profile)
            done = self._publish(weights, profile.name, in_force)
        return replace(done, seconds=perf_counter() - start)

    def publish(self, weights_ms: Int32s, *, profile: str = FREE_FLOW.name) -> Published:
        """Make `weights_ms` (every arc, FAR = closed) the current times."""
        start = perf_counter()
        with locked(self.root):
            self._catch_up()
            done = self._publish(weights_ms, profile, None)
        return replace(done, seconds=perf_counter() - start)

    def _open(self) -> None:
        self._generation, self._index = open_index(self.root)
        self._notes = read_notes(self.root, self._generation)
        self._found: dict[Closure, Found] = {}
        self._base: str | None = None
        if self._index.metric.pruned is not None:
            self._base = self._generation.metric
        self._slots, self._arcs = np.zeros(0, np.int32), np.zeros(0, np.int64)

    def _catch_up(self) -> None:
        if read_generation(self.root) != self._generation:
            self._open()

    def _forget_all_but(self, closures: Sequence[Closure]) -> None:
        for gone in self._found.keys() - set(closures):
            del self._found[gone]

    def _find(self, closure: Closure) -> Found:
        """Pieces of a closure; looked for once per map, because all are given each time."""
        if closure not in self._found:
            index = self._index
            self._found[closure] = find_pieces(index.network, index.grids.whole, closure)
        return self._found[closure]

    def _publish(self, weights_ms: Int32s, profile: str, in_force: InForce | None) -> Published:
        arcs = np.flatnonzero(weights_ms != self._index.weights_ms)
        if len(arcs) == 0 and _is_same(in_force, self._notes):
            return Published(self._generation, 0, in_part=True, seconds=0.0)
        in_part = self._change_in_part(weights_ms, arcs)
        if not in_part:
            metric = customize(self._index.hierarchy, weights_ms)
            metric = prune(self._index.hierarchy, metric)
            self._index = replace(self._index, weights_ms=weights_ms, metric=metric)
        changes = None
        if in_part and self._base is not None:
            changes = Changes(self._base, self._slots, self._arcs.astype(np.int32))
        self._notes = in_force.as_notes() if in_force else None
        self._generation = write_metric(
            self.root, self._index, self._generation,
            profile=profile, changes=changes, notes=self._notes,
        )  # fmt: skip
        if not in_part:
            self._base = self._generation.metric
            self._slots, self._arcs = self._slots[:0], self._arcs[:0]
        return Published(self._generation, len(arcs), in_part, seconds=0.0)

    def _change_in_part(self, weights_ms: Int32s, arcs: NDArray[np.int64]) -> bool:
        """Work a small change in and remember it; False (nothing done) when it is not small."""
        if self._base is None or len(arcs) > PARTIAL_LIMIT:
            return False
        all_arcs = np.union1d(self._arcs, arcs)
        if len(all_arcs) > PARTIAL_LIMIT:
            return False
        slots = self._index.updater.change(self._index.metric, weights_ms, arcs)
        self._index = replace(self._index, weights_ms=weights_ms)
        self._slots, self._arcs = np.union1d(self._slots, slots).astype(np.int32), all_arcs
        return len(self._slots) <= _LONGEST_DIFFERENCE


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
    """Outlive nobody: a parent that is killed leaves no worker behind."""
    # Ctrl-C in a terminal reaches both; the parent ends this process in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Recustomizer:
    """
    A process of its own that publishes times for one directory.

    Started again should it die. A context manager.
    """

    def __init__(self, root: Path) -> None:
        """Start the process; it opens the directory while the caller goes on."""
        self.root = root
        self.starts = 0
        """How often a process was started."""
        self._start()

    @property
    def pids(self) -> tuple[int, ...]:
        """Number of the running process; empty while there is none."""
        running = self._pool._processes or {}
        return tuple(pid for pid, process in running.items() if process.is_alive())

    def revive(self) -> bool:
        """Start the process again if it died; whether it had."""
        if self.pids or not self.ready.done():
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
        try:
            return self._pool.submit(_publish_here, *request)
        except BrokenProcessPool:
            self._start()
            return self._pool.submit(_publish_here, *request)

    def close(self) -> None:
        """End the process after the requests it has."""
        self._pool.shutdown(wait=True)

    def end_now(self) -> None:
        """
        End the process wherever it is: a state half written is never the current one.

        A request under way gives `BrokenProcessPool`.
        """
        for process in list((self._pool._processes or {}).values()):
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        # Not forked: the parent has threads and open database connections.
        self._pool = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
        )
        self.starts += 1
        self.ready: Future[bool] = self._pool.submit(_prepare, self.root)
        """Done when the process is ready; carries the error if it cannot be."""
