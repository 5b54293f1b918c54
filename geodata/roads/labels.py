"""
Labels: all times between a place and the ancestors of its nodes in the hierarchy.

The time between two places is the least sum of their labels over the ancestors they share:
no heap, no search. Where no label is kept, `reach` settles only the nodes above the places.

Source: Abraham et al., "Hierarchical Hub Labelings" (2012).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.roads import label_kernels, sweep_kernels
from geodata.roads.customization import Metric
from geodata.roads.hierarchy import Hierarchy
from geodata.roads.network import Int32s


@dataclass(frozen=True, slots=True)
class Seeds:
    """
    Where places touch the network: two (node, milliseconds) pairs each.

    The two nodes are the ends of one road piece. A pair that cannot be used
    has FAR milliseconds.
    """

    nodes: NDArray[np.int32]
    offsets: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Labels:
    """
    Labels of many places, one row each.

    Attributes
    ----------
    times
        Milliseconds to (or from) the ancestors, the root first.
    lows
        Rank of the lower of a place's two seeds: the last ancestor of its row.
    lengths
        Number of ancestors in a row; what lies beyond means nothing.
    """

    times: NDArray[np.int32]
    lows: Int32s
    lengths: Int32s

    @classmethod
    def empty(cls, hierarchy: Hierarchy, count: int) -> "Labels":
        """Room for `count` rows, not yet filled."""
        times = np.empty((count, hierarchy.width), np.int32)
        return cls(times, np.zeros(count, np.int32), np.zeros(count, np.int32))

    @property
    def arrays(self) -> tuple[NDArray[np.int32], Int32s, Int32s]:
        """The three arrays in the order the kernels take them."""
        return self.times, self.lows, self.lengths


def make_labels(hierarchy: Hierarchy, metric: Metric, seeds: Seeds, *, outward: bool) -> Labels:
    """Labels of places: times from them to their ancestors, or (not outward) to them."""
    labels = Labels.empty(hierarchy, len(seeds.nodes))
    rows = np.arange(len(seeds.nodes), dtype=np.int32)
    fill_labels(hierarchy, metric, seeds, labels, rows, outward=outward)
    return labels


def fill_labels(
    hierarchy: Hierarchy,
    metric: Metric,
    seeds: Seeds,
    labels: Labels,
    rows: Int32s,
    *,
    outward: bool,
) -> None:
    """Write the label of seed pair i to row `rows[i]` of `labels`; no row twice."""
    climb = metric.climb(hierarchy, outward=outward).lists
    places = _sorted_places(hierarchy, seeds)
    label_kernels.make_labels(hierarchy.tree, climb, places, rows, labels.arrays)


def _sorted_places(hierarchy: Hierarchy, seeds: Seeds) -> tuple[Int32s, Int32s, NDArray[np.int64]]:
    """Ranks and offsets of the pairs, and their numbers by rising lower rank."""
    ranks = hierarchy.rank[seeds.nodes]
    # Neighbours in rank share ancestors, and the kernels save work on whatever is shared.
    return ranks, seeds.offsets, np.argsort(ranks.min(axis=1))


def meet(hierarchy: Hierarchy, out: Labels, rows: Int32s, into: Labels) -> NDArray[np.int32]:
    """Milliseconds from each origin row to each destination; FAR or more is "no way"."""
    result = np.empty((len(rows), len(into.lengths)), np.int32)
    tree = hierarchy.parent, hierarchy.lowest
    label_kernels.meet(tree, rows, out.arrays, into.arrays, result)
    return result


def reach(
    hierarchy: Hierarchy, metric: Metric, few: Seeds, many: Seeds, *, outward: bool
) -> NDArray[np.int32]:
    """
    Times from each of a few places to many (`outward`), or from the many to the few.

    Returns
    -------
    times
        Milliseconds, shape (few, many); FAR or more is "no way".
    """
    near = metric.climb(hierarchy, outward=outward).lists
    far = metric.climb(hierarchy, outward=not outward).lists
    places = (hierarchy.rank[few.nodes], few.offsets, *_sorted_places(hierarchy, many))
    result = np.empty((len(few.nodes), len(many.nodes)), np.int32)
    tree = hierarchy.parent, hierarchy.depth
    sweep_kernels.reach(near, far, tree, places, hierarchy.width, result)
    return result


def nearest_bases(
    hierarchy: Hierarchy, metric: Metric, bases: Seeds, *, outward: bool
) -> tuple[Int32s, Int32s]:
    """
    Time between every node and the nearest of the bases, and which base it is.

    From the bases to the nodes when `outward`. One upward pass and one sweep
    down (PHAST). Ties go to the base named first.

    Returns
    -------
    times, owners
        Milliseconds in node order, FAR where there is no way; number of the
        base, -1 where there is no way. Two views of one array.
    """
    near = metric.climb(hierarchy, outward=outward).lists
    far = metric.climb(hierarchy, outward=not outward).lists
    # Little-endian whatever the machine, so that the numbers stand in the first halves.
    keys = np.empty(len(hierarchy.rank), "<i8")
    seeds = _sorted_places(hierarchy, bases)
    sweep_kernels.sweep((near, far), hierarchy.tree, seeds, hierarchy.node, hierarchy.width, keys)
    halves = keys.view("<i4").reshape(-1, 2)
    return halves[:, 1], halves[:, 0]
