"""The times of one hour as the publisher holds them: changed in place, then written."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.roads.customization import PARTIAL_LIMIT, customize, prune
from geodata.roads.index import RoadIndex
from geodata.roads.network import Int32s
from geodata.roads.publishing.index_directory import Changes, Times
from geodata.roads.zones import Country, rescale_to_hour, scale_to_hour

# Up-arcs. A longer difference costs every reader more than a whole metric does, which it only
# maps.
_LONGEST_DIFFERENCE = 200_000


@dataclass(slots=True)
class HourTimes:
    """
    Times for one hour, or for all of them, and how they differ from what is on disk.

    Nobody else reads the metric, which therefore may change in place.

    Attributes
    ----------
    factor, country
        The hour (`geodata.roads.zones.scale_to_hour`); None: nothing depends on it.
    base
        Name of the whole metric on disk from which `slots` and `arcs` differ; None: to be
        written whole.
    """

    index: RoadIndex
    factor: float | None
    country: Country | None
    base: str | None = None
    slots: Int32s = field(default_factory=lambda: np.zeros(0, np.int32))
    arcs: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def opened(
        cls, index: RoadIndex, hour: tuple[float | None, Country | None], name: str,
        changes: Changes | None,
    ) -> Self:  # fmt: skip
        """Go on from what is on disk under `name`, whole or with these changes."""
        if changes is None:
            return cls(index, *hour, name)
        return cls(index, *hour, changes.base, changes.slots, changes.arcs.astype(np.int64))

    @classmethod
    def made(
        cls, index: RoadIndex, hour: tuple[float | None, Country | None], free_ms: Int32s
    ) -> Self:
        """Make the times of an hour on the roads of `index`, by a whole customization."""
        times = cls(index, *hour)
        times._customize(free_ms, times._weights(free_ms))
        return times

    def find_changed(self, free_ms: Int32s) -> NDArray[np.int64]:
        """Numbers of the road arcs that would change."""
        return np.flatnonzero(free_ms != self.index.free_ms)

    def work_in(self, free_ms: Int32s) -> None:
        """Make `free_ms` (every arc, FAR = closed, no hour) the times, in part where possible."""
        arcs = self.find_changed(free_ms)
        if len(arcs) == 0:
            return
        weights = self._weights(free_ms, len(arcs))
        if not self._change_in_part(free_ms, weights, arcs):
            self._customize(free_ms, weights)

    def to_write(self) -> Times:
        """Return what has to be written."""
        if self.base is None:
            return Times(self.index)
        return Times(self.index, Changes(self.base, self.slots, self.arcs.astype(np.int32)))

    def note_written(self, name: str) -> None:
        """Remember where a whole metric was written; a difference changes nothing."""
        if self.base is None:
            self.base, self.slots, self.arcs = name, self.slots[:0], self.arcs[:0]

    def _weights(self, free_ms: Int32s, changed: int | None = None) -> Int32s:
        if self.factor is None or self.country is None:
            return free_ms
        shares = self.country.shares
        if changed is None:
            return scale_to_hour(free_ms, shares, self.factor)
        before = (self.index.free_ms, free_ms)
        return rescale_to_hour(self.index.weights_ms, before, shares, self.factor)

    def _customize(self, free_ms: Int32s, weights: Int32s) -> None:
        hierarchy = self.index.hierarchy
        metric = prune(hierarchy, customize(hierarchy, weights))
        self.index = replace(self.index, weights_ms=weights, free_ms=free_ms, metric=metric)
        self.base = None

    def _change_in_part(self, free_ms: Int32s, weights: Int32s, arcs: NDArray[np.int64]) -> bool:
        """Work a small change in and remember it; False when a whole customization is due."""
        if self.base is None or len(arcs) > PARTIAL_LIMIT:
            return False
        # Differences always refer to the last whole metric, so they grow until one is written.
        all_arcs = np.union1d(self.arcs, arcs)
        if len(all_arcs) > PARTIAL_LIMIT:
            return False
        slots = self.index.updater.change(self.index.metric, weights, arcs)
        self.index = replace(self.index, weights_ms=weights, free_ms=free_ms)
        self.slots, self.arcs = np.union1d(self.slots, slots).astype(np.int32), all_arcs
        return len(self.slots) <= _LONGEST_DIFFERENCE
