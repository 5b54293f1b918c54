"""
Customizable contraction hierarchy: exact times without a search at query time.

Three stages that age at different speeds: the *order* of the nodes (nested
dissection, depends on the map only), the `Hierarchy` (shortcuts and elimination
tree, topology only) and the `Metric` (times; a new one for every change of
weights). A `Labels` row holds the times between one place and all ancestors of
its nodes; two rows meet in the minimum of a sum.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016);
Abraham et al., "Hierarchical Hub Labelings" (2012).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pymetis
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.roads import hierarchy_kernels as kernels
from geodata.roads.network import FAR, Int32s, RoadNetwork

# Below this METIS has nothing to dissect, and it crashes without any arc.
_SMALLEST_DISSECTED = 8


def find_order(network: RoadNetwork) -> Int32s:
    """Nodes of the network in nested-dissection order: entry i is contracted i-th."""
    return dissect(network.node_count, network.tail, network.head)


def dissect(node_count: int, tail: Int32s, head: Int32s) -> Int32s:
    """Nested-dissection order of an undirected graph given by its links."""
    low, high = _simple_links(node_count, tail, head)
    if node_count < _SMALLEST_DISSECTED or len(low) == 0:
        return np.arange(node_count, dtype=np.int32)
    # METIS dies silently on loops and parallel links: `_simple_links` has removed them.
    ends = np.concatenate([low, high])
    others = np.concatenate([high, low])[np.argsort(ends, kind="stable")]
    first = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=node_count))])
    links = pymetis.CSRAdjacency(first.astype(np.int32), others.astype(np.int32))
    order, _ = pymetis.nested_dissection(links)
    return np.asarray(order, dtype=np.int32)


def _simple_links(
    node_count: int, tail: Int32s, head: Int32s
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each undirected link once, loops left out, sorted by lower then higher end."""
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head)
    keys = np.unique((low * node_count + high)[low != high])
    return keys // node_count, keys % node_count


@dataclass(frozen=True, slots=True)
class Metric:
    """
    Times of one customization, aligned with the up-arcs of a `Hierarchy`.

    `ahead` runs from the lower to the higher node, `back` the other way, both
    milliseconds. `mid_*` is the node a shortcut runs over (-1: a plain road),
    `road_*` the road arc behind a plain one.
    """

    ahead: Int32s
    back: Int32s
    mid_ahead: Int32s
    mid_back: Int32s
    road_ahead: Int32s
    road_back: Int32s


@dataclass(frozen=True, slots=True)
class Labels:
    """Rows of times to (or from) ancestors, the ancestors' ranks, and how many there are."""

    times: NDArray[np.int32]
    ancestors: NDArray[np.int32]
    lengths: Int32s

    @property
    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Int32s]:
        """The three arrays in the order the kernels take them."""
        return self.times, self.ancestors, self.lengths


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
class Path:
    """Road arcs in driving order, and which of the two seeds the way starts from and ends at."""

    arcs: NDArray[np.int64]
    start_seed: int
    end_seed: int


@dataclass(frozen=True)
class Hierarchy:
    """
    Shortcut topology over ranked nodes.

    Attributes
    ----------
    rank
        Rank of each network node.
    first, up, tails
        Up-arcs of each rank; their higher and their lower end.
    parent, depth, up_depth
        Elimination tree, and the depth of each up-arc's higher end.
    slot, is_ahead
        For every road arc: its up-arc (-1 for a loop), and whether it climbs.
    """

    rank: Int32s
    first: Int32s
    up: Int32s
    tails: Int32s
    parent: Int32s
    depth: Int32s
    up_depth: Int32s
    slot: NDArray[np.int64]
    is_ahead: NDArray[np.bool_]

    @classmethod
    def build(cls, arc_tail: Int32s, arc_head: Int32s, order: Int32s) -> Self:
        """
        Complete the graph of the arcs in the given contraction order.

        Raises
        ------
        RoadNetworkError
            `bad_order` when the order is no permutation of the nodes.
        """
        n = len(order)
        rank = _invert(order)
        low, high = _simple_links(n, rank[arc_tail], rank[arc_head])
        first = np.concatenate([[0], np.cumsum(np.bincount(low, minlength=n))]).astype(np.int32)
        first, up, parent, depth = kernels.complete(first, high.astype(np.int32))
        tails = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
        start, end = rank[arc_tail].astype(np.int64), rank[arc_head].astype(np.int64)
        keys = tails.astype(np.int64) * n + up
        slot = np.searchsorted(keys, np.minimum(start, end) * n + np.maximum(start, end))
        return cls(
            rank=rank,
            first=first,
            up=up,
            tails=tails,
            parent=parent,
            depth=depth,
            up_depth=depth[up],
            slot=np.where(start == end, -1, slot),
            is_ahead=start < end,
        )

    @property
    def width(self) -> int:
        """Entries of the longest label."""
        return int(self.depth.max()) + 1

    @property
    def tree(self) -> tuple[Int32s, Int32s, Int32s, Int32s]:
        """The arrays that a climb reads, in the order the kernels take them."""
        return self.first, self.up_depth, self.parent, self.depth

    def customize(self, weights_ms: Int32s) -> Metric:
        """Times of all up-arcs for the given weight of every road arc (FAR where closed)."""
        ahead, road_ahead = self._lowest(weights_ms, self.is_ahead)
        back, road_back = self._lowest(weights_ms, ~self.is_ahead)
        metric = Metric(
            ahead=ahead,
            back=back,
            mid_ahead=np.full(len(self.up), -1, np.int32),
            mid_back=np.full(len(self.up), -1, np.int32),
            road_ahead=road_ahead,
            road_back=road_back,
        )
        kernels.customize(self.first, self.up, ahead, back, metric.mid_ahead, metric.mid_back)
        return metric

    def _lowest(self, weights_ms: Int32s, direction: NDArray[np.bool_]) -> tuple[Int32s, Int32s]:
        """Lowest weight per up-arc among parallel road arcs, and the arc that has it."""
        arcs = np.flatnonzero(direction & (self.slot >= 0) & (weights_ms < FAR))
        slots, weights = self.slot[arcs], weights_ms[arcs]
        lowest = np.full(len(self.up), FAR, np.int32)
        np.minimum.at(lowest, slots, weights)
        road = np.full(len(self.up), -1, np.int32)
        # Written backwards, the arc with the lowest number wins among equals.
        best = np.flatnonzero(weights == lowest[slots])[::-1]
        road[slots[best]] = arcs[best]
        return lowest, road

    def make_labels(self, metric: Metric, seeds: Seeds, *, outward: bool) -> Labels:
        """Labels of places: times from them to their ancestors, or (not outward) to them."""
        labels = self.empty_labels(len(seeds.nodes))
        rows = np.arange(len(seeds.nodes), dtype=np.int32)
        self.fill_labels(metric, seeds, labels, rows, outward=outward)
        return labels

    def empty_labels(self, count: int) -> Labels:
        """Room for `count` rows, not yet filled."""
        shape = (count, self.width)
        return Labels(
            np.empty(shape, np.int32), np.empty(shape, np.int32), np.zeros(count, np.int32)
        )

    def fill_labels(
        self, metric: Metric, seeds: Seeds, labels: Labels, rows: Int32s, *, outward: bool
    ) -> None:
        """Write the label of seed pair i to row `rows[i]` of `labels`."""
        times = metric.ahead if outward else metric.back
        kernels.make_labels(
            self.tree, times, self.rank[seeds.nodes], seeds.offsets, rows, labels.arrays
        )

    def meet(self, out: Labels, rows: Int32s, into: Labels) -> NDArray[np.int32]:
        """Milliseconds from each origin row to each destination; FAR or more is "no way"."""
        result = np.empty((len(rows), len(into.lengths)), np.int32)
        kernels.meet(rows, out.arrays, into.arrays, result)
        return result

    def find_path(self, metric: Metric, origin: Seeds, destination: Seeds) -> Path | None:
        """Road arcs of the fastest way between the first entry of both, or None."""
        out = self.make_labels(metric, origin, outward=True)
        into = self.make_labels(metric, destination, outward=False)
        shared = min(int(out.lengths[0]), int(into.lengths[0]))
        differs = np.flatnonzero(out.ancestors[0, :shared] != into.ancestors[0, :shared])
        shared = int(differs[0]) if len(differs) else shared
        total = out.times[0, :shared] + into.times[0, :shared]
        if shared == 0 or int(total.min()) >= FAR:
            return None
        at = int(np.argmin(total))
        climb, start = self._trace(metric.ahead, out, at)
        descent, end = self._trace(metric.back, into, at)
        codes = np.concatenate([2 * climb[::-1].astype(np.int64), 2 * descent.astype(np.int64) + 1])
        plain = kernels.unpack(
            self.first, self.up, self.tails, (metric.mid_ahead, metric.mid_back), codes, self.width
        )
        arcs = np.where(plain & 1, metric.road_back[plain >> 1], metric.road_ahead[plain >> 1])
        return Path(
            arcs=arcs.astype(np.int64),
            start_seed=self._which_seed(origin, out, start),
            end_seed=self._which_seed(destination, into, end),
        )

    def _trace(self, times: Int32s, labels: Labels, at: int) -> tuple[Int32s, int]:
        """Up-arcs from the meeting node back to the seed, and the seed's depth."""
        length = int(labels.lengths[0])
        arcs = kernels.trace_back(
            self.tree, times, labels.times[0, :length], labels.ancestors[0, :length], at
        )
        return arcs, int(self.depth[self.tails[arcs[-1]]]) if len(arcs) else at

    def _which_seed(self, seeds: Seeds, labels: Labels, depth: int) -> int:
        ranks = self.rank[seeds.nodes[0]]
        hit = (ranks == labels.ancestors[0, depth]) & (seeds.offsets[0] == labels.times[0, depth])
        return int(np.argmax(hit))


def _invert(order: Int32s) -> Int32s:
    rank = np.full(len(order), -1, np.int32)
    inside = len(order) == 0 or (order.min() >= 0 and order.max() < len(order))
    if inside:
        rank[order] = np.arange(len(order), dtype=np.int32)
    if not inside or (rank < 0).any():
        raise RoadNetworkError(
            "bad_order", "the contraction order does not name every node once", "build it again"
        )
    return rank
