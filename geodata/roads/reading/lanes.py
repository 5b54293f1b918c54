"""
Which of the lanes that are no streets join parts of the network.

Driveways, aisles of car parks, tracks and the like are left out, so that nobody is put
onto them and nobody drives through them. But where one of them is the only way to a ferry,
a village or a hospital, leaving it out makes everything behind it unreachable. So all of
them are read, and those are kept through which parts of the network touch that nothing
else joins in both directions. They are driven slowly, and nobody is put onto them.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.roads.reading.assembly import Cuts, Int64s, Ways, cut, lengths_cm, runs
from geodata.roads.tags import BACKWARD, FORWARD, LANE

LANE_KPH = 15.0
"""A car park or a forest track allows no more, whatever a sign says."""


class Chosen(NamedTuple):
    """The ways without the lanes that join nothing; how many lanes were kept and left out."""

    ways: Ways
    kept: int
    left_out: int


def choose_lanes(ways: Ways) -> Chosen:
    """
    Leave out the lanes (`flags` with LANE) that join nothing, and shorten the others to what does.

    The pieces of lanes that stay are ways of their own, behind the others, each with a time
    of its own (`duration_s`).
    """
    is_lane = ways.flags & LANE != 0
    if not is_lane.any():
        return Chosen(ways, 0, 0)
    cuts = cut(ways)
    joining = np.zeros(len(cuts.way), bool)
    if not is_lane.all():
        joining = find_joining(cuts, ways.flags[cuts.way])
    kept = len(np.unique(cuts.way[joining]))
    chosen = _take(ways, np.flatnonzero(~is_lane), _Runs(*(c[joining] for c in cuts[:3])))
    return Chosen(chosen, kept, int(is_lane.sum()) - kept)


def find_joining(cuts: Cuts, flags: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """
    Tell for each piece, by its flags, whether it is one of a lane that joins parts of the rest.

    A part is what can be driven to and fro: a village that a one-way street enters and a
    lane alone leaves is a part of its own.
    """
    is_lane = flags & LANE != 0
    _, ends = np.unique(np.stack([cuts.tail, cuts.head]), return_inverse=True)
    tail, head = ends.reshape(2, -1)
    nodes = int(ends.max()) + 1
    is_road_node = np.zeros(nodes, bool)
    is_road_node[tail[~is_lane]] = is_road_node[head[~is_lane]] = True
    ahead, back = ((flags & way != 0) & ~is_lane for way in (FORWARD, BACKWARD))
    tails, heads = (np.concatenate([a[ahead], b[back]]) for a, b in ((tail, head), (head, tail)))
    part = _components(tails, heads, nodes, is_directed=True)
    lanes = np.flatnonzero(is_lane)
    joined = np.zeros(len(is_lane), bool)
    # Lanes that meet away from any road belong together; a lane is joined to the nodes at its
    # ends that no road passes, and numbers of lanes come behind those of nodes.
    number = np.tile(np.arange(len(lanes)), 2)
    at = np.concatenate([tail[lanes], head[lanes]])
    inner = ~is_road_node[at]
    group = _components(nodes + number[inner], at[inner], nodes + len(lanes))[nodes:]
    touched = np.unique(np.stack([group[number[~inner]], part[at[~inner]]]), axis=1)
    count = np.bincount(touched[0], minlength=int(group.max(initial=0)) + 1)
    kept = lanes[count[group] > 1]
    joined[kept] = True
    return joined & ~_find_dead_ends(tail, head, kept, is_road_node)


def _find_dead_ends(
    tail: Int64s, head: Int64s, lanes: Int64s, is_road_node: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Lanes that lead to no road, nor to a lane that does."""
    dead = np.zeros(len(tail), bool)
    while True:
        open_ = lanes[~dead[lanes]]
        meets = np.bincount(np.concatenate([tail[open_], head[open_]]), minlength=len(is_road_node))
        is_end = (meets == 1) & ~is_road_node
        found = open_[is_end[tail[open_]] | is_end[head[open_]]]
        if not len(found):
            return dead
        dead[found] = True


def _components(
    tail: Int64s, head: Int64s, nodes: int, *, is_directed: bool = False
) -> NDArray[np.int32]:
    links = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(nodes, nodes))
    return np.asarray(connected_components(links, directed=is_directed, connection="strong")[1])


class _Runs(NamedTuple):
    """Pieces of ways: the way, first and last point."""

    way: Int64s
    start: Int64s
    stop: Int64s


def _take(ways: Ways, roads: Int64s, lanes: _Runs) -> Ways:
    """Whole roads, and behind them pieces of lanes as ways of their own."""
    start = np.concatenate([ways.first[:-1][roads], lanes.start])
    stop = np.concatenate([ways.first[1:][roads] - 1, lanes.stop])
    way = np.concatenate([roads, lanes.way])
    first, points = runs(start, stop)
    refs, lon, lat = ways.refs[points], ways.lon_e7[points], ways.lat_e7[points]
    seconds = ways.duration_s[way] if len(ways.duration_s) else np.zeros(len(way), np.int32)
    if len(lanes.way):
        at = first[len(roads)]
        length_cm = lengths_cm(first[len(roads) :] - at, (lon[at:], lat[at:]))
        lane_s = np.maximum(1, np.rint(length_cm * 0.036 / LANE_KPH))
        seconds = np.concatenate([seconds[: len(roads)], lane_s.astype(np.int32)])
    return replace(
        ways,
        refs=refs,
        lon_e7=lon,
        lat_e7=lat,
        first=first.astype(np.int64),
        duration_s=seconds,
        blocked_refs=ways.blocked_refs[np.isin(ways.blocked_refs, refs)],
        **{name: getattr(ways, name)[way] for name in _BY_WAY},
    )


_BY_WAY = ("road_class", "flags", "max_speed_kph", "way_id", "name_id")
