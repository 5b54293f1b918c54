# mypy: disable-error-code="untyped-decorator"
"""
Compiled loops of the customizable contraction hierarchy.

Nodes are ranks here: 0 is contracted first. Every up-arc runs from a node to
one of its ancestors in the elimination tree. Weights are int32 milliseconds.
All kernels write only to arrays they are given or make, so any number of
threads may run them at once.

Source: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016).
"""

from typing import Any

import numpy as np

from geodata.kernels import kernel, much

Array = Any


@kernel
def _gather(v: int, higher: Array, seen: Array, found: Array, k: int) -> int:
    """Append to `found` the neighbours that v has not seen yet; `k` are there already."""
    for u in higher:
        if seen[u] != v:
            seen[u] = v
            found[k] = u
            k += 1
    return k


@kernel(steps=much)
def complete(first: Array, up: Array) -> tuple[Array, Array, Array, Array]:
    """
    Add the shortcut arcs of contraction in rank order (chordal completion).

    `first`/`up` list each node's higher neighbours. Returns the completed
    lists, sorted, and each node's parent (-1 for a root) and depth.
    """
    n = len(first) - 1
    # A first guess of the completed size; the list is made larger where it does not suffice.
    room = len(up) * 4 + 16
    out = np.empty(room, np.int32)
    out_first = np.zeros(n + 1, np.int32)
    parent = np.full(n, -1, np.int32)
    # The children of a node as a linked list: the next child is `sibling` of the one before.
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen, found = np.full(n, -1, np.int32), np.empty(n, np.int32)
    for v in range(n):
        # Contracting v joins its higher neighbours with each other. It is enough to hand them to
        # the lowest of them, the parent: from there they are handed on.
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
            # Compiled code has no array that grows, so a larger one takes its place.
            larger[:at] = out[:at]
            out = larger
        out[at : at + k] = np.sort(found[:k])
        out_first[v + 1] = at + k
        if k > 0:
            parent[v] = out[at]
            sibling[v] = child[parent[v]]
            child[parent[v]] = v
    # Parents have higher ranks, so a falling pass meets every parent before its children.
    depth = np.zeros(n, np.int32)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
    return out_first, out[: out_first[n]].copy(), parent, depth


@kernel(steps=much)
def number_tree(parent: Array) -> tuple[Array, Array]:
    """
    Post-order of the elimination tree: the number of each node, and the lowest below it.

    Children keep their order. Contraction in the new order gives the same
    shortcuts, and the nodes below a node have consecutive numbers.
    """
    n = len(parent)
    size = np.ones(n, np.int32)
    for v in range(n):
        if parent[v] >= 0:
            size[parent[v]] += size[v]
    number, room = np.empty(n, np.int32), np.empty(n, np.int32)
    lowest = np.empty(n, np.int32)
    # Every node takes the highest number left in its parent's interval, and the nodes below
    # it share the rest.
    top = n
    for v in range(n - 1, -1, -1):
        p = parent[v]
        end = top if p < 0 else room[p]
        number[v] = end - 1
        room[v] = end - 1
        lowest[end - 1] = end - size[v]
        if p < 0:
            top -= size[v]
        else:
            room[p] -= size[v]
    return number, lowest


@kernel(steps=much)
def renumber(
    number: Array, first: Array, up: Array, parent: Array, depth: Array
) -> tuple[Array, Array, Array, Array]:
    """Return the results of `complete` under other numbers; ancestors keep their order."""
    n = len(parent)
    new_first, new_up = np.zeros(n + 1, np.int32), np.empty(len(up), np.int32)
    new_parent, new_depth = np.empty(n, np.int32), np.empty(n, np.int32)
    for v in range(n):
        new_first[number[v] + 1] = first[v + 1] - first[v]
    for v in range(n):
        new_first[v + 1] += new_first[v]
    for v in range(n):
        # The up-arcs of a node stay in their order: ancestors keep theirs under the new numbers.
        at = new_first[number[v]] - first[v]
        for a in range(first[v], first[v + 1]):
            new_up[at + a] = number[up[a]]
        new_parent[number[v]] = number[parent[v]] if parent[v] >= 0 else -1
        new_depth[number[v]] = depth[v]
    return new_first, new_up, new_parent, new_depth


@kernel(steps=much)
def find_ancestors(parent: Array, v: int, count: int) -> Array:
    """Return the `count` nodes from the root down to v."""
    found = np.empty(count, np.int32)
    for at in range(count - 1, -1, -1):
        found[at] = v
        v = parent[v]
    return found


@kernel(steps=much)
def trace_back(
    climb: tuple[Array, Array, Array], lists: tuple[Array, Array], label: Any, at: int
) -> tuple[Array, Array]:
    """
    Up-arcs by which a label reached its ancestor at depth `at`, the last one first.

    `climb` is what the label was made with, `lists` = (first, up) of all
    up-arcs; `label` = (times, ancestors). Returns the numbers of the up-arcs
    among all, and their lower ends. Where no lower node explains the time, the
    climb began: that node is a seed.
    """
    first, up_depth, time = climb
    times, ancestors = label
    found, tails = np.empty(len(times), np.int32), np.empty(len(times), np.int32)
    k = 0
    lower = at + 1
    while lower < len(times):
        v = ancestors[lower]
        hit = False
        # Only a node with a shorter time can be the one before; this saves most of the work.
        if times[lower] < times[at]:
            for a in range(first[v], first[v + 1]):
                if up_depth[a] == at and times[lower] + time[a] == times[at]:
                    found[k] = _number(lists, v, ancestors[at])
                    tails[k] = v
                    k += 1
                    hit = True
                    break
        if hit:
            at = lower
        lower += 1
    return found[:k], tails[:k]


@kernel
def _number(lists: tuple[Array, Array], low: int, high: int) -> Any:
    """Number of the up-arc between two nodes."""
    first, up = lists
    start, stop = np.int64(first[low]), np.int64(first[low + 1])
    return start + np.searchsorted(up[start:stop], high)


@kernel(steps=much)
def unpack(
    lists: tuple[Array, Array], vias: tuple[Array, Array], codes: Array, tails: Array, levels: int
) -> Array:
    """
    Road arcs of a run of shortcuts in driving order.

    `lists` = (first, up) of all up-arcs. A code is 2 * up-arc, + 1 when driven
    from the higher node to the lower; `tails` are the lower nodes. `levels` is
    the height of the tree: no shortcut nests deeper.
    """
    up = lists[1]
    via_ahead, via_back = vias
    # Unpacking puts two parts in the place of one and nests at most `levels` deep.
    stack = np.empty(len(codes) + levels + 2, np.int64)
    lows = np.empty(len(codes) + levels + 2, np.int64)
    stack[: len(codes)], lows[: len(codes)] = codes[::-1], tails[::-1]
    height = len(codes)
    out = np.empty(256, np.int64)
    n = 0
    while height > 0:
        height -= 1
        code = stack[height]
        a = code >> 1
        # Below 0 the arc is a road; else it is a shortcut over the node `middle`.
        middle = via_back[a] if code & 1 else via_ahead[a]
        if middle < 0:
            if n == len(out):
                longer = np.empty(2 * n, np.int64)
                longer[:n] = out
                out = longer
            out[n] = -1 - middle
            n += 1
            continue
        to_lower = 2 * _number(lists, middle, lows[height])
        to_higher = 2 * _number(lists, middle, up[a])
        # The part driven first goes on top; every part comes down to the middle, then climbs.
        stack[height] = to_lower if code & 1 else to_higher
        stack[height + 1] = to_higher + 1 if code & 1 else to_lower + 1
        lows[height] = lows[height + 1] = middle
        height += 2
    return out[:n]
