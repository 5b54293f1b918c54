"""
Customizable contraction hierarchy: exact times without a search at query time.

Three stages, because they change at different times: the *order* of the nodes (nested
dissection, depends on the map only), the `Hierarchy` (shortcuts and elimination
tree, topology only) and the `Metric` (times; a new one for every change of
weights; see `geodata.roads.customization`). Questions are answered by
`geodata.roads.labels` and `geodata.roads.paths`.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pymetis
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.roads import hierarchy_kernels as kernels
from geodata.roads.network import Int32s, RoadNetwork
from geodata.said import said

Depths = NDArray[np.uint16] | NDArray[np.int32]

# METIS has nothing to dissect in fewer nodes, and it crashes on a graph without links.
_SMALLEST_DISSECTED = 8


def find_order(network: RoadNetwork) -> Int32s:
    """Nodes of the network in nested-dissection order: entry i is contracted i-th."""
    return dissect(network.node_count, network.arc_tail, network.arc_head)


def dissect(node_count: int, tail: Int32s, head: Int32s) -> Int32s:
    """Nested-dissection order of an undirected graph given by its links."""
    low, high = _simple_links(node_count, tail, head)
    if node_count < _SMALLEST_DISSECTED or len(low) == 0:
        return np.arange(node_count, dtype=np.int32)
    # METIS ends the process without a word on loops and parallel links, so they were removed.
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


@dataclass(frozen=True)
class Hierarchy:
    """
    Shortcut topology over ranked nodes.

    Attributes
    ----------
    rank, node
        Rank of each network node, and network node of each rank. Ranks are a
        post-order of the elimination tree.
    first, up, tails
        Up-arcs of each rank; their higher and their lower end.
    parent, depth, lowest, up_depth
        Elimination tree: parent (-1: a root), depth, lowest rank below each
        node; and the depth of each up-arc's higher end. Depths in 16 bits
        where these suffice.
    slot, is_ahead
        For every road arc: its up-arc (-1 for a loop), and whether it climbs.
    """

    rank: Int32s
    node: Int32s
    first: Int32s
    up: Int32s
    tails: Int32s
    parent: Int32s
    depth: Depths
    lowest: Int32s
    up_depth: Depths
    slot: Int32s
    is_ahead: NDArray[np.bool_]

    @classmethod
    def build(
        cls,
        arc_tail: Int32s,
        arc_head: Int32s,
        order: Int32s,
        *,
        joined: tuple[Int32s, Int32s] | None = None,
    ) -> Self:
        """
        Complete the graph of the arcs in the given contraction order.

        Ranks follow the order, except among nodes that do not depend on each other.
        `joined` are pairs of nodes to be neighbours in the hierarchy without
        an arc between them.

        Raises
        ------
        RoadNetworkError
            `bad_order` when the order is no permutation of the nodes.
        """
        n = len(order)
        rank = _invert(order)
        starts, ends = (
            (arc_tail, arc_head) if joined is None else _append((arc_tail, arc_head), joined)
        )
        low, high = _simple_links(n, rank[starts], rank[ends])
        first = np.concatenate([[0], np.cumsum(np.bincount(low, minlength=n))]).astype(np.int32)
        # Numbering the tree in post-order puts the nodes below any node side by side in memory,
        # which makes "is an ancestor" a comparison of two numbers.
        completed = kernels.complete(first, high.astype(np.int32))
        number, lowest = kernels.number_tree(completed[2])
        first, up, parent, depth = kernels.renumber(number, *completed)
        rank = number[rank]
        depth = _narrow(depth)
        tails = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
        start, end = rank[arc_tail].astype(np.int64), rank[arc_head].astype(np.int64)
        # Both ends in one sortable number. 64 bits: n squared does not fit 32 for a country.
        keys = tails.astype(np.int64) * n + up
        slot = np.searchsorted(keys, np.minimum(start, end) * n + np.maximum(start, end))
        return cls(
            rank=rank,
            node=np.argsort(rank).astype(np.int32),
            first=first,
            up=up,
            tails=tails,
            parent=parent,
            depth=depth,
            lowest=lowest,
            up_depth=depth[up],
            slot=np.where(start == end, -1, slot).astype(np.int32),
            is_ahead=start < end,
        )

    @cached_property
    def width(self) -> int:
        """Entries of the longest label."""
        return int(self.depth.max()) + 1

    @property
    def tree(self) -> tuple[Int32s, Depths, Int32s]:
        """Parent, depth and lowest rank below each rank, in the order the kernels take them."""
        return self.parent, self.depth, self.lowest


def _narrow(depth: Int32s) -> Depths:
    deepest = int(depth.max(initial=0))
    # 16 bits halve the memory that climbs read; road networks are far shallower than that.
    return depth.astype(np.uint16) if deepest <= np.iinfo(np.uint16).max else depth


def _append(links: tuple[Int32s, Int32s], more: tuple[Int32s, Int32s]) -> tuple[Int32s, Int32s]:
    return np.concatenate([links[0], more[0]]), np.concatenate([links[1], more[1]])


def _invert(order: Int32s) -> Int32s:
    rank = np.full(len(order), -1, np.int32)
    inside = len(order) == 0 or (order.min() >= 0 and order.max() < len(order))
    if inside:
        rank[order] = np.arange(len(order), dtype=np.int32)
    if not inside or (rank < 0).any():
        raise RoadNetworkError(
            "bad_order",
            said("the contraction order does not name every node once"),
            said("build it again"),
        )
    return rank
