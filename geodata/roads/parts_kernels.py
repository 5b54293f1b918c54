# mypy: disable-error-code="untyped-decorator"
"""
Compiled searches for what can be driven to and from a node.

Without the interpreter's lock: they run in a server process while it answers others.
"""

from typing import Any

import numpy as np

from geodata.kernels import kernel, much

Array = Any


@kernel(steps=much)
def sort_by_node(ends: Array, nodes: int) -> tuple[Array, Array]:
    """Arcs in the order of one of their ends: first arc of each node, and the arcs."""
    first = np.zeros(nodes + 1, np.int32)
    for node in ends:
        first[node + 1] += 1
    for node in range(nodes):
        first[node + 1] += first[node]
    place, arcs = first[:-1].copy(), np.empty(len(ends), np.int32)
    for arc in range(len(ends)):
        arcs[place[ends[arc]]] = arc
        place[ends[arc]] += 1
    return first, arcs


@kernel(steps=much)
def spread(
    start: int, first: Array, arcs: Array, other_end: Array, weights: Array, barred: int
) -> Array:
    """Nodes that a search from `start` over arcs below the weight `barred` comes to."""
    seen = np.zeros(len(first) - 1, np.bool_)
    waiting = np.empty(len(first) - 1, np.int32)
    seen[start] = True
    waiting[0], count = start, 1
    while count:
        count -= 1
        node = waiting[count]
        for i in range(first[node], first[node + 1]):
            arc = arcs[i]
            if weights[arc] < barred and not seen[other_end[arc]]:
                seen[other_end[arc]] = True
                waiting[count] = other_end[arc]
                count += 1
    return seen
