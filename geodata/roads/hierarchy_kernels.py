# mypy: disable-error-code="untyped-decorator"
"""
Compiled loops of the customizable contraction hierarchy.

Nodes are ranks here: 0 is contracted first. Every up-arc runs from a node to
one of its ancestors in the elimination tree. Weights are int32 milliseconds;
FAR means "no way" and two of them still fit 32 bits. All kernels write only to
arrays they are given or make, so any number of threads may run them at once.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016).
"""

from typing import Any

import numpy as np
from numba import njit

from geodata.roads import network

FAR = np.int32(network.FAR)

Array = Any


@njit(cache=True, nogil=True)
def _gather(v: int, higher: Array, seen: Array, found: Array, k: int) -> int:
    """Append to `found` the neighbours that v has not seen yet; `k` are there already."""
    for u in higher:
        if seen[u] != v:
            seen[u] = v
            found[k] = u
            k += 1
    return k


@njit(cache=True, nogil=True)
def complete(first: Array, up: Array) -> tuple[Array, Array, Array, Array]:
    """
    Add the shortcut arcs of contraction in rank order (chordal completion).

    `first`/`up` list each node's higher neighbours. Returns the completed
    lists, sorted, and each node's parent (-1 for a root) and depth.
    """
    n = len(first) - 1
    room = len(up) * 4 + 16
    out = np.empty(room, np.int32)
    out_first = np.zeros(n + 1, np.int32)
    parent = np.full(n, -1, np.int32)
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen, found = np.full(n, -1, np.int32), np.empty(n, np.int32)
    for v in range(n):
        seen[v] = v
        k = _gather(v, up[first[v] : first[v + 1]], seen, found, 0)
        c = child[v]
        while c >= 0:
            k = _gather(v, out[out_first[c] : out_first[c + 1]], seen, found, k)
            c = sibling[c]
        at = out_first[v]
        if at + k > room:
            room = (at + k) * 2
            larger = np.empty(room, np.int32)
            larger[:at] = out[:at]
            out = larger
        out[at : at + k] = np.sort(found[:k])
        out_first[v + 1] = at + k
        if k > 0:
            parent[v] = out[at]
            sibling[v] = child[parent[v]]
            child[parent[v]] = v
    depth = np.zeros(n, np.int32)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return out_first, out[: out_first[n]].copy(), parent, depth


@njit(cache=True, nogil=True)
def make_labels(
    tree: tuple[Array, Array, Array, Array],
    time: Array,
    seeds: Array,
    offsets: Array,
    rows: Array,
    labels: tuple[Array, Array, Array],
) -> None:
    """
    Write the times from each pair of seed nodes to all their ancestors.

    A snapped place touches the road network at the two ends of its piece;
    these are joined by an arc, so the higher is an ancestor of the lower and
    one climb serves both. `labels` = (times, ancestors, lengths); row
    `rows[i]` receives pair i, the root first.
    """
    first, up_depth, parent, depth = tree
    times, ancestors, lengths = labels
    for i in range(len(rows)):
        row = rows[i]
        low, high = seeds[i, 0], seeds[i, 1]
        low_offset, high_offset = offsets[i, 0], offsets[i, 1]
        if low > high:
            low, high = high, low
            low_offset, high_offset = high_offset, low_offset
        label = times[row]
        label[: depth[low] + 1] = FAR
        label[depth[low]] = low_offset
        label[depth[high]] = min(label[depth[high]], high_offset)
        lengths[row] = depth[low] + 1
        v = low
        while v >= 0:
            d = label[depth[v]]
            ancestors[row, depth[v]] = v
            if d < FAR:
                for a in range(first[v], first[v + 1]):
                    reached = d + time[a]
                    label[up_depth[a]] = min(label[up_depth[a]], reached)
            v = parent[v]


@njit(cache=True, nogil=True)
def meet(
    rows: Array,
    out_labels: tuple[Array, Array, Array],
    in_labels: tuple[Array, Array, Array],
    result: Array,
) -> None:
    """
    Best meeting time of each origin row with every destination; FAR or more is "no way".

    Two labels share exactly the ancestors before their first difference.
    """
    out_times, out_ancestors, out_lengths = out_labels
    in_times, in_ancestors, in_lengths = in_labels
    for i in range(len(rows)):
        row = rows[i]
        for j in range(len(in_lengths)):
            low, high = 0, min(out_lengths[row], in_lengths[j])
            while low < high:
                middle = (low + high) >> 1
                if out_ancestors[row, middle] == in_ancestors[j, middle]:
                    low = middle + 1
                else:
                    high = middle
            best = np.int32(2_000_000_000)
            for k in range(low):
                best = min(best, out_times[row, k] + in_times[j, k])
            result[i, j] = best


@njit(cache=True, nogil=True)
def trace_back(
    tree: tuple[Array, Array, Array, Array], time: Array, times: Array, ancestors: Array, at: int
) -> Array:
    """
    Up-arcs by which a label reached its ancestor at depth `at`, the last one first.

    Where no lower node explains the time, the climb began: that node is a seed.
    """
    first, up_depth = tree[0], tree[1]
    found = np.empty(len(times), np.int32)
    k = 0
    lower = at + 1
    while lower < len(times):
        v = ancestors[lower]
        hit = False
        if times[lower] < times[at]:
            for a in range(first[v], first[v + 1]):
                if up_depth[a] == at and times[lower] + time[a] == times[at]:
                    found[k] = a
                    k += 1
                    hit = True
                    break
        if hit:
            at = lower
        lower += 1
    return found[:k]


@njit(cache=True, nogil=True)
def unpack(
    first: Array, up: Array, tails: Array, vias: tuple[Array, Array], codes: Array, levels: int
) -> Array:
    """
    Road arcs of a run of shortcuts in driving order.

    A code is 2 * up-arc, + 1 when driven from the higher node to the lower.
    `levels` is the height of the tree: no shortcut nests deeper.
    """
    via_ahead, via_back = vias
    stack = np.empty(len(codes) + levels + 2, np.int64)
    stack[: len(codes)] = codes[::-1]
    height = len(codes)
    out = np.empty(256, np.int64)
    n = 0
    while height > 0:
        height -= 1
        code = stack[height]
        a = code >> 1
        middle = via_back[a] if code & 1 else via_ahead[a]
        if middle < 0:
            if n == len(out):
                longer = np.empty(2 * n, np.int64)
                longer[:n] = out
                out = longer
            out[n] = -1 - middle
            n += 1
            continue
        start, stop = first[middle], first[middle + 1]
        to_lower = 2 * (start + np.searchsorted(up[start:stop], tails[a]))
        to_higher = 2 * (start + np.searchsorted(up[start:stop], up[a]))
        # The part driven first goes on top; every part comes down to the middle, then climbs.
        stack[height] = to_lower if code & 1 else to_higher
        stack[height + 1] = to_higher + 1 if code & 1 else to_lower + 1
        height += 2
    return out[:n]
