"""The times of one hour as the publisher holds them: changed in place, then written."""

from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.roads.customization import PARTIAL_LIMIT, customize, prune
from geodata.roads.index import RoadIndex
from geodata.roads.network import Int32s
from geodata.roads.publishing.index_directory import Changes, Times
from geodata.roads.zones import Country, scale_arcs, scale_to_hour

# Up-arcs. A longer difference costs every reader more than a whole metric does, which it only
# maps.
_LONGEST_DIFFERENCE = 200_000


@dataclass(slots=True)
class HourTimes:
    """
    Times for one hour, or for all of them, and how they differ from what is on disk.

    Nobody else reads them, so that they may change in place: a closed road then costs what
    it concerns, and no pass over all arcs. `index.free_ms` belongs to the publisher, who
    changes it for all hours at once.

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
        times = cls(replace(index, weights_ms=free_ms, free_ms=free_ms), *hour)
        if times.factor is not None and times.country is not None:
            weights = scale_to_hour(free_ms, times.country.shares, times.factor)
            times.index = replace(times.index, weights_ms=weights)
        times._customize()
        return times

    def work_in(self, arcs: NDArray[np.int64]) -> None:
        """Follow `index.free_ms`, which has become another at these arcs, in part if possible."""
        if len(arcs) == 0:
            return
        index = self.index
        if self.factor is not None and self.country is not None:
            shares = self.country.shares[arcs // 2]
            index.weights_ms[arcs] = scale_arcs(index.free_ms[arcs], shares, self.factor)
        if not self._change_in_part(arcs):
            self._customize()

    def to_write(self) -> Times:
        """Return what has to be written."""
        if self.base is None:
            return Times(self.index)
        return Times(self.index, Changes(self.base, self.slots, self.arcs.astype(np.int32)))

    def note_written(self, name: str) -> None:
        """Remember where a whole metric was written; a difference changes nothing."""
        if self.base is None:
            self.base, self.slots, self.arcs = name, self.slots[:0], self.arcs[:0]

    def _customize(self) -> None:
        hierarchy = self.index.hierarchy
        metric = prune(hierarchy, customize(hierarchy, self.index.weights_ms))
        self.index = replace(self.index, metric=metric)
        self.base = None

    def _change_in_part(self, arcs: NDArray[np.int64]) -> bool:
        """Work a small change in and remember it; False when a whole customization is due."""
        if self.base is None or len(arcs) > PARTIAL_LIMIT:
            return False
        # Differences always refer to the last whole metric, so they grow until one is written.
        all_arcs = np.union1d(self.arcs, arcs)
        if len(all_arcs) > PARTIAL_LIMIT:
            return False
        index = self.index
        slots = index.updater.change(index.metric, index.weights_ms, arcs)
        self.slots, self.arcs = np.union1d(self.slots, slots).astype(np.int32), all_arcs
        return len(self.slots) <= _LONGEST_DIFFERENCE
