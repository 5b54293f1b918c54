# mypy: disable-error-code="untyped-decorator"
"""Compiled bounded shortest paths that mark the through roads of the synthetic country."""

import heapq
from typing import Any

import numpy as np
from numba import njit

Array = Any
_NEVER = 1e18


@njit(cache=True, nogil=True)
def mark_paths(
    graph: tuple[Array, Array, Array, Array],
    pairs: tuple[Array, Array, Array],
    farthest: float,
    level: int,
    mark: Array,
) -> None:
    """
    Raise `mark` to `level` on every edge of the cheapest paths between the pairs.

    `graph` = first, neighbour, edge number (CSR by node), cost of each edge;
    `pairs` = nodes to start from, first target of each, targets. A search
    ends when all its targets are reached or beyond the cost `farthest`.
    """
    nodes = len(graph[0]) - 1
    reached = np.full(nodes, _NEVER)
    touched, parent, parent_edge = (
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
    )
    starts, first_target, targets = pairs
    for i in range(len(starts)):
        wanted = targets[first_target[i] : first_target[i + 1]]
        tree = (reached, parent, parent_edge, touched)
        seen = _search(graph, starts[i], wanted, farthest, tree)
        for target in wanted:
            node = target
            while reached[node] < _NEVER and parent[node] >= 0:
                mark[parent_edge[node]] = max(mark[parent_edge[node]], level)
                node = parent[node]
        for k in range(seen):
            reached[touched[k]] = _NEVER


@njit(cache=True, nogil=True)
def _search(
    graph: tuple[Array, Array, Array, Array],
    start: int,
    wanted: Array,
    farthest: float,
    tree: tuple[Array, Array, Array, Array],
) -> int:
    """Grow the tree of cheapest paths from `start`; return how many nodes were touched."""
    first, neighbour, edge, cost = graph
    reached, parent, parent_edge, touched = tree
    heap = [(0.0, start)]
    reached[start], parent[start], touched[0] = 0.0, -1, start
    seen, left = 1, len(wanted)
    while len(heap) > 0 and left > 0:
        so_far, node = heapq.heappop(heap)
        if so_far > reached[node]:
            continue
        if so_far > farthest:
            break
        left -= (wanted == node).sum()
        for k in range(first[node], first[node + 1]):
            other, total = neighbour[k], so_far + cost[edge[k]]
            if total < reached[other]:
                if reached[other] == _NEVER:
                    touched[seen] = other
                    seen += 1
                reached[other], parent[other], parent_edge[other] = total, node, edge[k]
                heapq.heappush(heap, (total, other))
    return seen
