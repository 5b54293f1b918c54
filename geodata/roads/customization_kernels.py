# mypy: disable-error-code="untyped-decorator"
"""
Compiled loops that give the arcs of a hierarchy their times.

Nodes are ranks, up-arcs are numbered by their lower end (see
`geodata.roads.hierarchy_kernels`). `times` is always the pair (ahead, back):
from the lower to the higher node, and the other way. `vias` tells what an
arc stands for: a lower node a shortcut runs over, -1 - a for the road arc a
itself, NO_WAY for nothing.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016).
"""

from typing import Any

import numpy as np

from geodata.kernels import kernel, much
from geodata.roads import network

FAR = np.int32(network.FAR)
# The lowest int32: every other negative `via` is the number of a road arc.
NO_WAY = np.int32(-(2**31))

# Bits of an up-arc during an update: its time must be worked out anew; it has changed.
_REDO, _CHANGED = np.int8(1), np.int8(2)

Array = Any


@kernel(steps=much)
def take_roads(
    slot: Array, is_ahead: Array, weights: Array, times: tuple[Array, Array], vias: Any
) -> None:
    """Lowest weight among the parallel road arcs of every up-arc; the lowest number wins a tie."""
    for arc in range(len(slot)):
        s, w = slot[arc], weights[arc]
        if s < 0 or w >= FAR:
            continue
        if is_ahead[arc]:
            if w < times[0][s]:
                times[0][s] = w
                vias[0][s] = -1 - arc
        elif w < times[1][s]:
            times[1][s] = w
            vias[1][s] = -1 - arc


@kernel(steps=much)
def customize(first: Array, up: Array, times: tuple[Array, Array], vias: Any) -> None:
    """
    Give every up-arc the time of the best way over lower nodes (lower triangles).

    The times come in with the roads' own. A road goes before a shortcut as
    fast, and the lowest middle node before a higher one.
    """
    ahead, back = times
    via_ahead, via_back = vias
    for v in range(len(first) - 1):
        stop = first[v + 1]
        for i in range(first[v], stop - 1):
            out_v, in_v = ahead[i], back[i]
            # Closed both ways: no triangle over v can use this arc.
            if out_v >= FAR and in_v >= FAR:
                continue
            p = first[up[i]]
            for j in range(i + 1, stop):
                while up[p] != up[j]:
                    p += 1
                time = in_v + ahead[j]
                if time < ahead[p]:
                    ahead[p] = time
                    via_ahead[p] = v
                time = back[j] + out_v
                if time < back[p]:
                    back[p] = time
                    via_back[p] = v


@kernel(steps=much)
def perfect(first: Array, up: Array, exact: tuple[Array, Array]) -> None:
    """Lower the times (copies of a customization's) to the exact times between the arcs' ends."""
    ahead, back = exact
    for v in range(len(first) - 2, -1, -1):
        stop = first[v + 1]
        for i in range(first[v], stop):
            p = first[up[i]]
            for j in range(i + 1, stop):
                while up[p] != up[j]:
                    p += 1
                # Arc p joins the two upper ends. Each side is compared with the other two.
                ahead[j] = min(ahead[j], ahead[i] + ahead[p])
                ahead[i] = min(ahead[i], ahead[j] + back[p])
                back[j] = min(back[j], back[p] + back[i])
                back[i] = min(back[i], ahead[p] + back[j])


@kernel(steps=much)
def keep_exact(
    first: Array, up_depth: Array, times: Array, exact: Array
) -> tuple[Array, Array, Array]:
    """Arcs that are themselves a fastest way, as lists of their own: first, depth, time."""
    n, count = len(first) - 1, 0
    for a in range(len(times)):
        # An arc that is slower than the exact time between its ends is on no fastest way.
        count += times[a] == exact[a] and times[a] < FAR
    out_first = np.zeros(n + 1, np.int32)
    out_depth, out_time = np.empty(count, up_depth.dtype), np.empty(count, np.int32)
    k = 0
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            if times[a] == exact[a] and times[a] < FAR:
                out_depth[k], out_time[k] = up_depth[a], times[a]
                k += 1
        out_first[v + 1] = k
    return out_first, out_depth, out_time


@kernel(steps=much)
def turn_down(first: Array, up: Array) -> tuple[Array, Array, Array]:
    """All arcs by their higher end: first of each node, lower nodes (rising), and arc numbers."""
    n = len(first) - 1
    below = np.zeros(n + 1, np.int32)
    for a in range(len(up)):
        below[up[a] + 1] += 1
    for v in range(n):
        below[v + 1] += below[v]
    # A counting sort: it keeps the lower nodes of each higher one in rising order.
    at = below[:-1].copy()
    nodes, arcs = np.empty(len(up), np.int32), np.empty(len(up), np.int32)
    for v in range(n):
        for a in range(first[v], first[v + 1]):
            u = up[a]
            nodes[at[u]], arcs[at[u]] = v, a
            at[u] += 1
    return below, nodes, arcs


@kernel
def _find(values: Array, low: int, high: int, value: int) -> int:
    """First place in values[low:high] that is not less than `value`."""
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _leap(values: Array, low: int, high: int, value: int) -> int:
    """Do the same as `_find`, quicker where the place is near: in steps that double."""
    step = 1
    while low + step < high and values[low + step] < value:
        low += step
        step *= 2
    return _find(values, low, min(low + step, high), value)


@kernel
def _own_roads(s: int, roads: Any) -> tuple[Any, Any, Any, Any]:
    """Lowest weights of the road arcs of one up-arc: ahead, its via, back, its via."""
    slot, is_ahead, by_slot, weights = roads
    ahead, back, via_ahead, via_back = FAR, FAR, NO_WAY, NO_WAY
    low, high = 0, len(by_slot)
    while low < high:
        middle = (low + high) >> 1
        if slot[by_slot[middle]] < s:
            low = middle + 1
        else:
            high = middle
    while low < len(by_slot) and slot[by_slot[low]] == s:
        arc = by_slot[low]
        if is_ahead[arc] and weights[arc] < ahead:
            ahead, via_ahead = weights[arc], np.int32(-1 - arc)
        if not is_ahead[arc] and weights[arc] < back:
            back, via_back = weights[arc], np.int32(-1 - arc)
        low += 1
    return ahead, via_ahead, back, via_back


@kernel
def _redo(s: int, tree: Any, below: Any, roads: Any, times: Any, vias: Any) -> bool:
    """Work out an up-arc's times from its roads and lower triangles; tell if they changed."""
    up, tails = tree[1], tree[3]
    down, down_nodes, down_arcs = below
    ahead, via_ahead, back, via_back = _own_roads(s, roads)
    a, b = tails[s], up[s]
    # Lower triangles are the lower nodes that both ends share: two sorted lists are merged.
    i, i_stop, j, j_stop = down[a], down[a + 1], down[b], down[b + 1]
    while i < i_stop and j < j_stop:
        v = down_nodes[i]
        if v < down_nodes[j]:
            i = _leap(down_nodes, i, i_stop, down_nodes[j])
        elif down_nodes[j] < v:
            j = _leap(down_nodes, j, j_stop, v)
        else:
            x, y = down_arcs[i], down_arcs[j]
            time = times[1][x] + times[0][y]
            if time < ahead:
                ahead, via_ahead = time, v
            time = times[1][y] + times[0][x]
            if time < back:
                back, via_back = time, v
            i += 1
            j += 1
    same = times[0][s] == ahead and times[1][s] == back
    same = same and vias[0][s] == via_ahead and vias[1][s] == via_back
    times[0][s], times[1][s], vias[0][s], vias[1][s] = ahead, back, via_ahead, via_back
    return not same


@kernel
def _offer(p: int, v: int, time: int, times: Array, vias: Array) -> int:
    """Offer arc p a way over v that takes `time` now; return 0, _CHANGED or _REDO."""
    if time < times[p] or (time == times[p] and time < FAR and vias[p] > v):
        times[p] = time
        vias[p] = v
        return 2
    # The way behind this time has become longer. The next best may be any of the arc's
    # triangles, so the arc is worked out anew when its turn comes.
    return 1 if vias[p] == v and time > times[p] else 0


@kernel
def _walk(slots: Array, tails: Array, parent: Array) -> Array:
    """All nodes above the changed arcs' lower ends, these included, rising."""
    seen = np.zeros(len(parent), np.int8)
    # Triangles point upwards, so a change reaches only the ancestors of an arc's lower end.
    found, k = np.empty(len(parent), np.int32), 0
    for s in slots:
        v = tails[s]
        while v >= 0 and seen[v] == 0:
            seen[v] = 1
            found[k] = v
            k += 1
            v = parent[v]
    return np.sort(found[:k])


@kernel(steps=much)
def update(slots: Array, tree: Any, below: Any, roads: Any, times: Any, vias: Any) -> Array:
    """
    Bring a customization up to date after the roads of some up-arcs changed.

    `tree` = (first, up, parent, tails); `below` from `turn_down`; `roads` =
    (slot, is_ahead, road arcs sorted by slot, new weights). `times` and `vias`
    are changed in place to exactly what `customize` would give. Returns the
    numbers of the changed up-arcs.
    """
    first, up, parent, tails = tree
    flags = np.zeros(len(up), np.int8)
    flags[slots] = _REDO
    changed, n = np.empty(1024, np.int32), 0
    for v in _walk(slots, tails, parent):
        start, stop = first[v], first[v + 1]
        before = n
        for s in range(start, stop):
            if flags[s] & _REDO and _redo(s, tree, below, roads, times, vias):
                flags[s] |= _CHANGED
            if flags[s] & _CHANGED:
                if n == len(changed):
                    longer = np.empty(2 * n, np.int32)
                    longer[:n] = changed
                    changed = longer
                changed[n] = s
                n += 1
        for c in range(before, n):
            for s in range(start, stop):
                # Two changed arcs make one triangle; it is worked out once, at the first of them.
                if s == changed[c] or (flags[s] & _CHANGED and s < changed[c]):
                    continue
                i, j = min(s, changed[c]), max(s, changed[c])
                p = _find(up, first[up[i]], first[up[i] + 1], up[j])
                flags[p] |= _offer(p, v, times[1][i] + times[0][j], times[0], vias[0])
                flags[p] |= _offer(p, v, times[1][j] + times[0][i], times[1], vias[1])
    return changed[:n]
