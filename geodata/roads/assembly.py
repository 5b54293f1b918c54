"""
From ways to pieces: cut every way where another road meets it.

Works on whole arrays only; knows nothing of files or tags. Bits of network
with fewer than `SLIVER_NODES` nodes that touch nothing else are dropped and
counted; every larger component stays, because "unreachable" is an answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.crs import GEOD
from geodata.roads.network import E7, Int32s, RoadNetwork, place_nodes

SLIVER_NODES = 10
"""Smallest component kept: a yard or a mapping error is smaller, a hamlet is not."""

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ways:
    """
    Decoded ways as flat columns.

    `refs`, `lon_e7`, `lat_e7` run over all points of all ways; way w owns the
    points `first[w]` up to `first[w + 1]`. The other columns have one entry a
    way and the meaning of the same column of `RoadNetwork`.
    """

    refs: Int64s
    lon_e7: Int32s
    lat_e7: Int32s
    first: Int64s
    road_class: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    max_speed_kph: NDArray[np.uint8]
    way_id: Int64s
    name_id: Int32s
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slivers:
    """How many tiny disconnected components were dropped, and their nodes."""

    components: int
    nodes: int


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Pieces as runs of points: way, first and last point, node numbers of the two ends."""

    way: Int64s
    start: Int64s
    stop: Int64s
    tail: Int64s
    head: Int64s


def assemble(ways: Ways, *, sliver_nodes: int = SLIVER_NODES) -> tuple[RoadNetwork, Slivers]:
    """
    Cut ways into pieces at junctions and number the junctions by first appearance.

    Parameters
    ----------
    ways
        Decoded ways, at least one, each of two or more points.
    sliver_nodes
        Components with fewer junctions than this are dropped.

    Returns
    -------
    network, slivers
        Pieces in the order of the ways; and what was dropped.
    """
    cuts = _cut(ways)
    keep, slivers = _without_slivers(cuts, sliver_nodes)
    cuts = _Cuts(
        cuts.way[keep], cuts.start[keep], cuts.stop[keep], cuts.tail[keep], cuts.head[keep]
    )
    tail, head, node_count = number_nodes(cuts.tail, cuts.head)
    first, points = _runs(cuts.start, cuts.stop)
    shape = (ways.lon_e7[points], ways.lat_e7[points])
    node_lon, node_lat = place_nodes(node_count, tail, head, first, shape)
    way = cuts.way
    network = RoadNetwork(
        node_lon_e7=node_lon,
        node_lat_e7=node_lat,
        tail=tail,
        head=head,
        length_cm=lengths_cm(first, shape),
        road_class=ways.road_class[way],
        flags=ways.flags[way],
        max_speed_kph=ways.max_speed_kph[way],
        name_id=ways.name_id[way],
        way_id=ways.way_id[way],
        shape_first=first,
        shape_lon_e7=shape[0],
        shape_lat_e7=shape[1],
        names=ways.names,
    )
    return network, slivers


def _cut(ways: Ways) -> _Cuts:
    _, node, uses = np.unique(ways.refs, return_inverse=True, return_counts=True)
    way = np.repeat(np.arange(len(ways.first) - 1), np.diff(ways.first))
    is_end = np.zeros(len(node), bool)
    is_end[ways.first[:-1]] = is_end[ways.first[1:] - 1] = True
    # A node used twice is a junction, also where one way crosses itself.
    at = np.flatnonzero(is_end | (uses[node] > 1))
    same = way[at[:-1]] == way[at[1:]]
    start, stop = at[:-1][same], at[1:][same]
    return _Cuts(way[start], start, stop, node[start], node[stop])


def _without_slivers(cuts: _Cuts, sliver_nodes: int) -> tuple[NDArray[np.bool_], Slivers]:
    nodes, ends = np.unique(np.concatenate([cuts.tail, cuts.head]), return_inverse=True)
    tail, head = np.split(ends, 2)
    links = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(len(nodes), len(nodes)))
    _, component = connected_components(links, directed=False)
    size = np.bincount(component)
    small = size < min(sliver_nodes, int(size.max()))
    return ~small[component[tail]], Slivers(int(small.sum()), int(size[small].sum()))


def number_nodes(tail: Int64s, head: Int64s) -> tuple[Int32s, Int32s, int]:
    """Renumber node ids 0, 1, 2… in the order in which the pieces name them."""
    ids = np.stack([tail, head], axis=1).ravel()
    _, first_seen, inverse = np.unique(ids, return_index=True, return_inverse=True)
    rank = np.empty(len(first_seen), np.int32)
    rank[np.argsort(first_seen)] = np.arange(len(first_seen), dtype=np.int32)
    numbers = rank[inverse].reshape(-1, 2)
    return numbers[:, 0].copy(), numbers[:, 1].copy(), len(first_seen)


def _runs(start: Int64s, stop: Int64s) -> tuple[Int32s, Int64s]:
    """Offsets of runs start..stop (inclusive) laid end to end, and the points in them."""
    size = stop - start + 1
    first = np.concatenate([[0], np.cumsum(size)])
    points = np.repeat(start - first[:-1], size) + np.arange(first[-1])
    return first.astype(np.int32), points


def lengths_cm(shape_first: Int32s, shape_e7: tuple[Int32s, Int32s]) -> Int32s:
    """Length of each line on the WGS84 ellipsoid, centimetres, at least 1."""
    lon, lat = shape_e7[0] * E7, shape_e7[1] * E7
    step_m = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    walked = np.concatenate([[0.0], np.cumsum(step_m)])
    length = walked[shape_first[1:] - 1] - walked[shape_first[:-1]]
    return np.asarray(np.maximum(1, np.rint(length * 100)).astype(np.int32))
