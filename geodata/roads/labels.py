"""
Labels: all times between a place and the ancestors of its nodes in the hierarchy.

Two labels meet in the minimum of a sum: no heap, no search. Where nothing is
kept, `reach` settles just the nodes above the places asked for.

Source: Abraham et al., "Hierarchical Hub Labelings" (2012).
"""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.roads import hierarchy_kernels, sweep_kernels
from geodata.roads.customization import Metric
from geodata.roads.hierarchy import Hierarchy
from geodata.roads.network import FAR, Int32s

_work = threading.local()


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
    """Rows of times to (or from) ancestors, the ancestors' ranks, and how many there are."""

    times: NDArray[np.int32]
    ancestors: NDArray[np.int32]
    lengths: Int32s

    @classmethod
    def empty(cls, hierarchy: Hierarchy, count: int) -> "Labels":
        """Room for `count` rows, not yet filled."""
        shape = (count, hierarchy.width)
        return cls(np.empty(shape, np.int32), np.empty(shape, np.int32), np.zeros(count, np.int32))

    @property
    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Int32s]:
        """The three arrays in the order the kernels take them."""
        return self.times, self.ancestors, self.lengths


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
    """Write the label of seed pair i to row `rows[i]` of `labels`."""
    climb = metric.climb(hierarchy, outward=outward)
    tree = (climb.first, climb.up_depth, hierarchy.parent, hierarchy.depth)
    ranks = hierarchy.rank[seeds.nodes]
    hierarchy_kernels.make_labels(tree, climb.times, ranks, seeds.offsets, rows, labels.arrays)


def meet(out: Labels, rows: Int32s, into: Labels) -> NDArray[np.int32]:
    """Milliseconds from each origin row to each destination; FAR or more is "no way"."""
    result = np.empty((len(rows), len(into.lengths)), np.int32)
    hierarchy_kernels.meet(rows, out.arrays, into.arrays, result)
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
    rank = hierarchy.rank
    places = (rank[few.nodes], few.offsets, rank[many.nodes], many.offsets)
    result = np.empty((len(few.nodes), len(many.nodes)), np.int32)
    work = _work_arrays(len(rank))
    sweep_kernels.reach(near, far, hierarchy.parent, places, work, result)
    return result


def _work_arrays(ranks: int) -> tuple[Int32s, Int32s]:
    """One pair of work arrays a thread; the kernel leaves them as it found them."""
    kept: tuple[Int32s, Int32s] | None = getattr(_work, "arrays", None)
    if kept is None or len(kept[0]) != ranks:
        kept = np.full(ranks, FAR + 1, np.int32), np.empty(ranks, np.int32)
        _work.arrays = kept
    return kept


def cover(
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
        base, -1 where there is no way.

    Raises
    ------
    RoadNetworkError
        `too_many_bases`: one sweep tells 65 535 apart.
    """
    count = len(bases.nodes)
    if count >= 1 << sweep_kernels.OWNER_BITS:
        raise RoadNetworkError(
            "too_many_bases", f"{count} bases are too many for one map", "ask in parts"
        )
    near = metric.climb(hierarchy, outward=outward).lists
    far = metric.climb(hierarchy, outward=not outward).lists
    seeds = (hierarchy.rank[bases.nodes], bases.offsets, np.arange(count, dtype=np.int64))
    out = np.empty((2, len(hierarchy.rank)), np.int32)
    keys = _work_keys(len(hierarchy.rank))
    sweep_kernels.sweep((near, far), hierarchy.parent, seeds, hierarchy.rank, keys, out)
    return out[0], out[1]


def _work_keys(ranks: int) -> NDArray[np.int64]:
    """One array a thread: fresh memory would cost more than the sweep through it."""
    kept: NDArray[np.int64] | None = getattr(_work, "keys", None)
    if kept is None or len(kept) != ranks:
        kept = np.empty(ranks, np.int64)
        _work.keys = kept
    return kept
