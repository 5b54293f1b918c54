# mypy: disable-error-code="untyped-decorator"
"""
Compiled sweeps down the hierarchy: all nodes from some places, or some nodes on demand.

A `climb` is (first, depth of the higher end, time) of the up-arcs of each
rank, in one direction of driving. `near` is the climb of the few places that
start, `far` that of the many that are reached. Ranks are a post-order of the
elimination tree: falling ranks visit every node right under its ancestors, so
the times of the ancestors are a stack by depth and stay in the nearest cache.

Sources: Delling, Goldberg, Nowatzyk, Werneck, "PHAST" (2011); Strasser, Zeitz,
"A Fast and Tight Heuristic for A* in Road Networks" (2021; lazy RPHAST).
"""

from typing import Any

import numpy as np

from geodata.kernels import kernel, much
from geodata.roads import network

FAR = np.int32(network.FAR)

# A key is (milliseconds << 32) | number of the place. One comparison of keys therefore finds the
# shorter time and, between equal times, the lower number; and its halves are the two answers, so
# that nothing has to be taken apart.
_OWNER_BITS = 32
# Every key of a real way is below _UNREACHED; _NONE stands for no way, its number is -1.
_UNREACHED = np.int64(network.FAR << _OWNER_BITS)
_NONE = np.int64((network.FAR << _OWNER_BITS) | ((1 << _OWNER_BITS) - 1))
# Two FARs, which still fit 32 bits: no sum is larger, so a search for the least starts here.
_NOTHING = np.int32(2_000_000_000)

Array = Any
Climb = Any
Number = Any


@kernel
def _leave(span: Any, near: Climb, parent: Array, stack: Any, found: Any) -> Number:
    """Finish nodes from v at depth `at` (`span`) up to depth `stop`; those above stay open."""
    v, at, stop = span
    first, up_depth, time = near
    keys, count = stack
    nodes, best = found
    while at >= stop:
        key = keys[at]
        # The next node at this depth starts afresh: the stack is shared by all branches.
        keys[at] = _NONE
        # Only nodes with a way are kept, which is why `nodes` may be much smaller than the
        # tree.
        if key < _UNREACHED:
            nodes[count], best[count] = v, key
            count += 1
            for a in range(first[v], first[v + 1]):
                higher = up_depth[a]
                keys[higher] = min(keys[higher], key + (np.int64(time[a]) << _OWNER_BITS))
        v = parent[v]
        at -= 1
    return count


@kernel
def _climb_keys(near: Climb, tree: Any, seeds: Any, found: Any, width: int) -> Number:
    """Keys of all nodes above the places, upward arcs only, by rising rank; how many."""
    parent, depth, lowest = tree
    nodes, offsets, order = seeds
    keys = np.full(width, _NONE, np.int64)
    count, last = 0, -1
    at: Number = -1
    for i in order:
        low = min(nodes[i, 0], nodes[i, 1])
        # Places come by rising rank. No later place lies below the nodes that are under the
        # last place and not under this one, so those are complete and can be left.
        stop, v = at + 1, last
        while stop > 0 and not (lowest[v] <= low <= v):
            stop -= 1
            v = parent[v]
        if stop <= at:
            count = _leave((last, at, stop), near, parent, (keys, count), found)
        last, at = low, np.int64(depth[low])
        for side in range(2):
            if offsets[i, side] < FAR:
                seed = depth[nodes[i, side]]
                keys[seed] = min(keys[seed], (np.int64(offsets[i, side]) << _OWNER_BITS) | i)
    if last >= 0:
        count = _leave((last, at, 0), near, parent, (keys, count), found)
    return count


@kernel
def _over(stack: Array, depth: Any, time: Any) -> Number:
    """Key of a node by way of an ancestor at some depth."""
    return stack[depth] + (np.int64(time) << _OWNER_BITS)


@kernel(steps=much)
def sweep(
    climbs: tuple[Climb, Climb], tree: Any, seeds: Any, node: Array, width: int, out: Array
) -> None:
    """
    Time from the nearest of the places to every node, and which place it is.

    `climbs` = (near, far); `tree` = (parent, depth, lowest); `seeds` = (pairs of
    ranks, offsets, numbers of the pairs by rising lower rank); `node` = network
    node of each rank; `width` = depth of the deepest node + 1. Ties go to the
    lowest number. `out` (int64) receives time << 32 | number in node order, FAR << 32 and 32
    ones where there is no way.

    Most nodes have one to three up-arcs. Three are always looked at, the last
    again where there are fewer: cheaper than a loop whose end nobody can guess.
    Indexes are unsigned, because a signed one might count from the end, and every look into an
    array would have to find out: a quarter of the time.
    """
    depth = tree[1]
    first, up_depth, time = climbs[1]
    n = len(depth)
    room = min(n, len(seeds[2]) * width)
    nodes, keys = np.empty(room, np.int32), np.empty(room, np.int64)
    left = _climb_keys(climbs[0], tree, seeds, (nodes, keys), width) - 1
    above = nodes[left] if left >= 0 else -1
    stack = np.empty(width, np.int64)
    one, two, three = np.uint64(1), np.uint64(2), np.uint64(3)
    # Up-arcs of one node end where those of the next higher one start.
    stop = np.uint64(first[n])
    for down in range(n):
        v = np.uint64(n - 1 - down)
        best: Number = _NONE
        if np.int64(v) == above:
            best = keys[left]
            left -= 1
            above = nodes[left] if left >= 0 else -1
        start = np.uint64(first[v])
        if start < stop:
            last, a = stop - one, start + three
            while a < stop:
                best = min(best, _over(stack, up_depth[a], time[a]))
                a += one
            third, second = min(start + two, last), min(start + one, last)
            best = min(best, _over(stack, up_depth[third], time[third]))
            best = min(best, _over(stack, up_depth[second], time[second]))
            # The parent comes last. It was settled just before, so its time may still be on the
            # way from the processor to the cache.
            best = min(best, _over(stack, up_depth[start], time[start]))
        stop = start
        # Falling ranks walk down the tree, so `stack` holds v's ancestors and nobody else's.
        stack[depth[v]] = best
        out[np.uint64(node[v])] = best if best < _UNREACHED else _NONE


@kernel
def _start(near: Climb, tree: Any, nodes: Array, offsets: Array, room: Any) -> Number:
    """Upward times from one place and its ancestors, both by depth; how many."""
    first, up_depth, time = near
    parent, depth = tree
    reached, path = room
    v = min(nodes[0], nodes[1])
    count = np.int64(depth[v]) + 1
    # The higher seed is an ancestor of the lower one, so one path holds them both.
    reached[:count] = FAR
    for side in range(2):
        at = depth[nodes[side]]
        reached[at] = min(reached[at], offsets[side])
    for at in range(count - 1, -1, -1):
        path[at] = v
        if reached[at] < FAR:
            for a in range(first[v], first[v + 1]):
                higher = up_depth[a]
                reached[higher] = min(reached[higher], np.int32(reached[at] + time[a]))
        v = parent[v]
    return count


@kernel
def _descend(span: Any, far: Climb, parent: Array, start: Any, room: Any) -> None:
    """Put v at depth `at` and its ancestors onto a stack of `height` nodes (`span`)."""
    v, at, height = span
    first, up_depth, time = far
    start_times, start_path, started = start
    reached, path = room
    # Climb only to the first node that the place before has left on the stack: places come by
    # rising rank and share most of their ancestors.
    below = at
    while at >= 0 and not (at < height and path[at] == v):
        path[at] = v
        v = parent[v]
        at -= 1
    for k in range(at + 1, below + 1):
        u = path[k]
        # Where both paths hold the same node, the way may turn round there.
        best = start_times[k] if k < started and start_path[k] == u else FAR
        for a in range(first[u], first[u + 1]):
            best = min(best, np.int32(reached[up_depth[a]] + time[a]))
        reached[k] = best


@kernel(steps=much)
def reach(
    near: Climb, far: Climb, tree: tuple[Array, Array], places: Any, width: int, result: Array
) -> None:
    """
    Times between each of a few places and each of many, settling only nodes above them.

    `tree` = (parent, depth); `places` = (ranks and offsets of the few, ranks
    and offsets of the many, numbers of the many by lower rank: any order is
    right, a sorted one quick). `result` has shape (few, many).
    """
    few, few_offsets, many, many_offsets, order = places
    parent, depth = tree
    start_times, start_path = np.empty(width, np.int32), np.empty(width, np.int32)
    reached, path = np.empty(width, np.int32), np.empty(width, np.int32)
    for f in range(len(few)):
        started = _start(near, tree, few[f], few_offsets[f], (start_times, start_path))
        start, room = (start_times, start_path, started), (reached, path)
        height: Number = 0
        for m in order:
            low = min(many[m, 0], many[m, 1])
            at = np.int64(depth[low])
            _descend((low, at, height), far, parent, start, room)
            height = at + 1
            best = _NOTHING
            for side in range(2):
                time = reached[depth[many[m, side]]]
                best = min(best, np.int32(time + many_offsets[m, side]))
            result[f, m] = best
