# mypy: disable-error-code="untyped-decorator"
"""
Compiled loops that make labels and let them meet.

Nodes are ranks in post-order of the elimination tree: the nodes below v are
`lowest[v]` up to v. A `climb` is (first, depth of the higher end, time) of the
up-arcs of each rank in one direction of driving. FAR means "no way"; a label
never holds more, so that two still fit 32 bits.

Source: Abraham et al., "Hierarchical Hub Labelings" (2012).
"""

from typing import Any

import numpy as np

from geodata.kernels import kernel
from geodata.roads import network
from geodata.roads.lanes import LANES

FAR = np.int32(network.FAR)
# Two FARs, which still fit 32 bits: no sum is larger, so a search for the least starts here.
_NOTHING = np.int32(2_000_000_000)

Array = Any
Climb = Any


@kernel
def _start(row: Array, seeds: Array, offsets: Array, depth: Array) -> Any:
    """Enter the two seeds of a place into its empty label; the lower seed."""
    low, high = seeds[0], seeds[1]
    low_offset, high_offset = offsets[0], offsets[1]
    if low > high:
        low, high = high, low
        low_offset, high_offset = high_offset, low_offset
    last = np.int64(depth[low])
    row[: last + 1] = FAR
    row[last] = min(low_offset, FAR)
    at = np.int64(depth[high])
    row[at] = min(row[at], high_offset)
    return low


@kernel
def _climb_alone(row: Array, v: int, at: int, stop: Any, climb: Climb, tree: Any) -> int:
    """Climb from v at depth `at` to the first node with all of `stop` (two ranks) below it."""
    first, up_depth, time = climb
    parent, lowest = tree
    while v >= 0 and (lowest[v] > stop[0] or v < stop[1]):
        reached = row[at]
        if reached < FAR:
            for a in range(first[v], first[v + 1]):
                higher = up_depth[a]
                row[higher] = min(row[higher], np.int32(reached + time[a]))
        v = parent[v]
        at -= 1
    return v


def _vectors() -> Any:
    from geodata.roads.label_lanes import lower as on_vectors

    return on_vectors


@kernel(by_hand=_vectors)
def lower(lanes: Array, higher: Any, at: int, more: Any) -> None:
    """Lower the LANES numbers from `higher` on to those from `at` on, plus `more`."""
    there = lanes[higher : higher + LANES]
    np.minimum(there, lanes[at : at + LANES] + more, out=there)


@kernel
def _climb_together(lanes: Array, v: int, at: int, climb: Climb, parent: Array) -> None:
    """Climb from v at depth `at` to the root with all lanes at once."""
    first, up_depth, time = climb
    while v >= 0:
        for a in range(first[v], first[v + 1]):
            lower(lanes, LANES * np.int64(up_depth[a]), LANES * at, time[a])
        v = parent[v]
        at -= 1


@kernel(steps=lambda _tree, _climb, places, _rows, labels: 8 * len(places[2]) * labels[0].shape[1])
def make_labels(
    tree: tuple[Array, Array, Array],
    climb: Climb,
    places: tuple[Array, Array, Array],
    rows: Array,
    labels: tuple[Array, Array, Array],
) -> None:
    """
    Write the times from each pair of seed nodes to all their ancestors, the root first.

    A snapped place touches the road network at the two ends of its piece;
    these are joined by an arc, so the higher is an ancestor of the lower and
    one climb serves both. `tree` = (parent, depth, lowest); `places` = (seed
    pairs, offsets, numbers of the pairs by rising lower rank); `labels` =
    (times, lower ranks, lengths); row `rows[i]` receives pair i.

    Neighbours in the order share most of their ancestors: up to LANES of them
    climb alone to the first node they share and together from there.
    """
    parent, depth, lowest = tree
    seeds, offsets, order = places
    times, lows, lengths = labels
    lanes = np.empty(times.shape[1] * LANES, np.int32)
    for start in range(0, len(order), LANES):
        count = min(LANES, len(order) - start)
        for lane in range(count):
            i = order[start + lane]
            row = rows[i]
            lows[row] = _start(times[row], seeds[i], offsets[i], depth)
            lengths[row] = depth[lows[row]] + 1
        # The group is sorted by rank, so a node that has its first and its last place below it
        # has all of them below it.
        stop = (lows[rows[order[start]]], lows[rows[order[start + count - 1]]])
        shared = -1
        for lane in range(count):
            row = rows[order[start + lane]]
            climbs_to = stop if count > 1 else (-1, -1)
            ends = (parent, lowest)
            shared = _climb_alone(times[row], lows[row], lengths[row] - 1, climbs_to, climb, ends)
        if shared < 0:
            continue
        top: Any = np.int64(depth[shared]) + 1
        for lane in range(LANES):
            # Lanes left over repeat the last place: cheaper than a kernel for fewer lanes.
            row = rows[order[start + min(lane, count - 1)]]
            for k in range(top):
                # Turned round, so that the lanes of one node lie side by side in memory.
                lanes[k * LANES + lane] = times[row, k]
        _climb_together(lanes, shared, top - 1, climb, parent)
        for lane in range(count):
            row = rows[order[start + lane]]
            for k in range(top):
                times[row, k] = lanes[k * LANES + lane]


@kernel
def _shared(v: int, count: int, path: Array, path_lowest: Array) -> int:
    """How many nodes of a path (the root first, `count` at most) are ancestors of v, or v."""
    low = 0
    while count > 0:
        # Ancestors of v come first on the path, so their number is found by halving.
        half = (count + 1) >> 1
        middle = low + half - 1
        # No branch here: the processor cannot guess which half is next.
        inside = (path[middle] >= v) & (path_lowest[middle] <= v)
        low = low + half if inside else low
        count = count - half if inside else half - 1
    return low


@kernel(steps=lambda _tree, rows, out, into, *_: len(rows) * len(into[1]) * out[0].shape[1])
def meet(
    tree: tuple[Array, Array],
    rows: Array,
    out_labels: tuple[Array, Array, Array],
    in_labels: tuple[Array, Array, Array],
    result: Array,
) -> None:
    """
    Best meeting time of each origin row with every destination; FAR or more is "no way".

    Two labels share the ancestors that have both lower ranks below them.
    `tree` = (parent, lowest).
    """
    parent, lowest = tree
    out_times, out_lows, out_lengths = out_labels
    in_times, in_lows, in_lengths = in_labels
    # The destination's path is laid out once and compared with every origin.
    path = np.empty(in_times.shape[1], np.int32)
    path_lowest = np.empty(in_times.shape[1], np.int32)
    for j in range(len(in_lows)):
        v = in_lows[j]
        for k in range(in_lengths[j] - 1, -1, -1):
            path[k], path_lowest[k] = v, lowest[v]
            v = parent[v]
        for i in range(len(rows)):
            row = rows[i]
            count = min(out_lengths[row], in_lengths[j])
            # Both labels begin at the root. They share exactly their first `shared` nodes.
            shared = _shared(out_lows[row], count, path, path_lowest)
            best = _NOTHING
            out, into = out_times[row], in_times[j]
            for k in range(shared):
                best = min(best, np.int32(out[k] + into[k]))
            result[i, j] = best
