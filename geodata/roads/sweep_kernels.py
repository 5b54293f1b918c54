# mypy: disable-error-code="untyped-decorator"
"""
Compiled sweeps down the hierarchy: all nodes from some places, or some nodes on demand.

A `climb` is (first, up, time): the up-arcs of each rank, their higher ends and
times, in one direction of driving. `near` is the climb of the few places that
start, `far` that of the many that are reached.

Sources: Delling, Goldberg, Nowatzyk, Werneck, "PHAST" (2011); Strasser, Zeitz,
"A Fast and Tight Heuristic for A* in Road Networks" (2021; lazy RPHAST).
"""

from typing import Any

import numpy as np
from numba import njit

from geodata.roads import network

FAR = np.int32(network.FAR)
OWNER_BITS = 16
"""Places one sweep can tell apart: their number travels in the low bits of the time."""

Array = Any
Climb = Any


@njit(cache=True, nogil=True)
def _climb_keys(near: Climb, parent: Array, seeds: Any, keys: Array, none: Any) -> None:
    """Keys of all nodes above the places, upward arcs only."""
    first, up, time = near
    nodes, offsets, owners = seeds
    for i in range(len(nodes)):
        for side in range(2):
            if offsets[i, side] < FAR:
                key = (np.int64(offsets[i, side]) << OWNER_BITS) | owners[i]
                keys[nodes[i, side]] = min(keys[nodes[i, side]], key)
    for i in range(len(nodes)):
        v = min(nodes[i, 0], nodes[i, 1])
        while v >= 0:
            key = keys[v]
            if key < none:
                for a in range(first[v], first[v + 1]):
                    reached = key + (np.int64(time[a]) << OWNER_BITS)
                    keys[up[a]] = min(keys[up[a]], reached)
            v = parent[v]


@njit(cache=True, nogil=True)
def sweep(
    climbs: tuple[Climb, Climb], parent: Array, seeds: Any, rank: Array, keys: Array, out: Array
) -> None:
    """
    Time from the nearest of the places to every node, and which place it is.

    `climbs` = (near, far); `seeds` = (ranks, offsets, owner number of each
    pair). Ties go to the lowest owner. `keys` is room for one number a rank.
    `out` receives times and owners in node order; owner -1: no way.
    """
    n = len(parent)
    none = (np.int64(FAR) << OWNER_BITS) | ((1 << OWNER_BITS) - 1)
    keys[:] = none
    _climb_keys(climbs[0], parent, seeds, keys, none)
    first, up, time = climbs[1]
    for v in range(n - 1, -1, -1):
        best = keys[v]
        for a in range(first[v], first[v + 1]):
            reached = keys[up[a]] + (np.int64(time[a]) << OWNER_BITS)
            best = min(best, reached)
        keys[v] = best
    for node in range(n):
        key = keys[rank[node]]
        out[0, node] = key >> OWNER_BITS
        out[1, node] = key & ((1 << OWNER_BITS) - 1) if key >> OWNER_BITS < FAR else -1


@njit(cache=True, nogil=True)
def _settle(chain: Array, count: int, far: Climb, reached: Array) -> None:
    """Times of the nodes of a chain, the highest first; all above it are settled."""
    first, up, time = far
    for c in range(count - 1, -1, -1):
        v = chain[c]
        best = reached[v]
        for a in range(first[v], first[v + 1]):
            best = min(best, reached[up[a]] + time[a])
        reached[v] = best


@njit(cache=True, nogil=True)
def _start(near: Climb, parent: Array, nodes: Array, offsets: Array, work: Any) -> int:
    """Upward times from one place; its ancestors, the lowest first, become the chain."""
    first, up, time = near
    reached, chain = work
    count = 0
    v = min(nodes[0], nodes[1])
    while v >= 0:
        chain[count] = v
        reached[v] = FAR
        count += 1
        v = parent[v]
    for side in range(2):
        reached[nodes[side]] = min(reached[nodes[side]], offsets[side])
    for c in range(count):
        v = chain[c]
        if reached[v] < FAR:
            for a in range(first[v], first[v + 1]):
                reached[up[a]] = min(reached[up[a]], reached[v] + time[a])
    return count


@njit(cache=True, nogil=True)
def reach(
    near: Climb,
    far: Climb,
    parent: Array,
    places: Any,
    work: tuple[Array, Array],
    result: Array,
) -> None:
    """
    Times between each of a few places and each of many, settling only nodes above them.

    `places` = (ranks and offsets of the few, ranks and offsets of the many).
    `work` = (times of all ranks, room for as many ranks); the first is FAR + 1
    everywhere, before and after. `result` has shape (few, many).
    """
    few, few_offsets, many, many_offsets = places
    reached, chain = work
    for f in range(len(few)):
        done = _start(near, parent, few[f], few_offsets[f], work)
        _settle(chain, done, far, reached)
        for m in range(len(many)):
            count = 0
            v = min(many[m, 0], many[m, 1])
            while v >= 0 and reached[v] > FAR:
                reached[v] = FAR
                chain[done + count] = v
                count += 1
                v = parent[v]
            _settle(chain[done:], count, far, reached)
            done += count
            best = np.int32(2_000_000_000)
            for side in range(2):
                best = min(best, reached[many[m, side]] + many_offsets[m, side])
            result[f, m] = best
        for c in range(done):
            reached[chain[c]] = FAR + 1
