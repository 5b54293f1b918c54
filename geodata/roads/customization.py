"""
The part of a hierarchy that changes: times that follow closures, slow-downs and hours.

`customize` gives all times anew; `update` brings them up to date after a few
roads changed, with exactly the same result; `prune` leaves out the arcs that
no fastest way uses, which makes climbs and sweeps shorter and costs as much as
a customization. All return new objects, so that questions under way keep the old ones.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.roads import customization_kernels as kernels
from geodata.roads.hierarchy import Depths, Hierarchy
from geodata.roads.network import FAR, Int32s

PARTIAL_LIMIT = 1000
"""Changed arcs above which a whole customization is the cheaper way."""


@dataclass(frozen=True, slots=True)
class Climb:
    """Up-arcs of one direction of driving: per rank the first, then depth of the higher end, ms."""

    first: Int32s
    up_depth: Depths
    times: Int32s

    @property
    def lists(self) -> tuple[Int32s, Depths, Int32s]:
        """The three arrays in the order the kernels take them."""
        return self.first, self.up_depth, self.times


@dataclass(frozen=True, slots=True)
class Pruned:
    """The climbs of a metric without the arcs that no fastest way uses."""

    outward: Climb
    inward: Climb


@dataclass(frozen=True, slots=True)
class Metric:
    """
    Times of one customization, aligned with the up-arcs of a `Hierarchy`.

    Attributes
    ----------
    ahead, back
        Milliseconds from the lower to the higher node, and the other way.
    via_ahead, via_back
        What the time stands for: the lower node a shortcut runs over, -1 - a
        for road arc a, `customization_kernels.NO_WAY` for nothing.
    pruned
        Shorter lists for climbs, where they have been made.
    """

    ahead: Int32s
    back: Int32s
    via_ahead: Int32s
    via_back: Int32s
    pruned: Pruned | None = None

    @property
    def times(self) -> tuple[Int32s, Int32s]:
        """Both directions' times."""
        return self.ahead, self.back

    @property
    def vias(self) -> tuple[Int32s, Int32s]:
        """What the times of both directions stand for."""
        return self.via_ahead, self.via_back

    def whole_climb(self, hierarchy: Hierarchy, *, outward: bool) -> Climb:
        """All up-arcs, away from places (`outward`) or towards them."""
        times = self.ahead if outward else self.back
        return Climb(hierarchy.first, hierarchy.up_depth, times)

    def climb(self, hierarchy: Hierarchy, *, outward: bool) -> Climb:
        """Return the shortest lists there are; sums over them are exact either way."""
        if self.pruned is None:
            return self.whole_climb(hierarchy, outward=outward)
        return self.pruned.outward if outward else self.pruned.inward


def customize(hierarchy: Hierarchy, weights_ms: Int32s) -> Metric:
    """Times of all up-arcs for the given weight of every road arc (FAR where closed)."""
    count = len(hierarchy.up)
    # Shortcuts begin closed and roads with their own time; the kernel lowers both.
    times = np.full(count, FAR, np.int32), np.full(count, FAR, np.int32)
    vias = np.full(count, kernels.NO_WAY), np.full(count, kernels.NO_WAY)
    kernels.take_roads(hierarchy.slot, hierarchy.is_ahead, weights_ms, times, vias)
    kernels.customize(hierarchy.first, hierarchy.up, times, vias)
    return Metric(*times, *vias)


def prune(hierarchy: Hierarchy, metric: Metric) -> Metric:
    """Add to a metric the shorter lists of perfect customization."""
    # The exact times are needed only to tell which arcs to keep. The metric's own times stay,
    # because partial updates start from them.
    exact = metric.ahead.copy(), metric.back.copy()
    kernels.perfect(hierarchy.first, hierarchy.up, exact)
    climbs = [
        Climb(*kernels.keep_exact(hierarchy.first, hierarchy.up_depth, times, shortest))
        for times, shortest in zip(metric.times, exact, strict=True)
    ]
    return replace(metric, pruned=Pruned(*climbs))


@dataclass(frozen=True)
class Updater:
    """
    Partial customization of one hierarchy.

    Holds the hierarchy turned upside down (8 bytes an up-arc), made at the first use.
    """

    hierarchy: Hierarchy

    @cached_property
    def below(self) -> tuple[Int32s, Int32s, Int32s]:
        """Up-arcs by their higher end."""
        below: tuple[Int32s, Int32s, Int32s] = kernels.turn_down(
            self.hierarchy.first, self.hierarchy.up
        )
        return below

    @cached_property
    def by_slot(self) -> Int32s:
        """Road arcs in the order of their up-arcs, loops left out."""
        slot = self.hierarchy.slot
        # Stable: among parallel roads the lowest number stays first and wins a tie, as in
        # `take_roads`.
        order = np.argsort(slot, kind="stable")
        return order[slot[order] >= 0].astype(np.int32)

    def change(self, metric: Metric, weights_ms: Int32s, arcs: NDArray[np.int64]) -> Int32s:
        """
        Bring `metric` up to date IN PLACE after the weights of road `arcs` became `weights_ms`.

        Only for a metric that no other thread reads; use `update` for any other. Returns
        the numbers of the changed up-arcs.
        """
        hierarchy = self.hierarchy
        slots = np.unique(hierarchy.slot[arcs])
        tree = (hierarchy.first, hierarchy.up, hierarchy.parent, hierarchy.tails)
        roads = (hierarchy.slot, hierarchy.is_ahead, self.by_slot, weights_ms)
        changed: Int32s = kernels.update(
            slots[slots >= 0], tree, self.below, roads, metric.times, metric.vias
        )
        return changed

    def update(self, metric: Metric, weights_ms: Int32s, arcs: NDArray[np.int64]) -> Metric:
        """Return the metric for new weights that differ from the metric's at `arcs` only."""
        ahead, back = (times.copy() for times in metric.times)
        via_ahead, via_back = (vias.copy() for vias in metric.vias)
        fresh = Metric(ahead, back, via_ahead, via_back)
        self.change(fresh, weights_ms, arcs)
        return fresh
