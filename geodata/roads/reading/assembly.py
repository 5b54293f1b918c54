"""
From ways to pieces: cut every way where another road meets it.

Works on whole arrays only; knows nothing of files or tags. Bits of network
with fewer than `SLIVER_NODES` nodes that touch nothing else are dropped and
counted; every larger component stays, because "unreachable" is an answer.
A barrier that stops cars ends every road at it: the node falls apart into one
road end for each piece that came there.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

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
    way and the meaning of the same column of `RoadNetwork`. `duration_s` is the
    time of a whole way where it has one of its own (0: none), or empty;
    `blocked_refs` are the nodes with barriers.
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
    duration_s: Int32s = field(default_factory=lambda: np.zeros(0, np.int32))
    blocked_refs: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Slivers:
    """How many tiny disconnected components were dropped, and their nodes."""

    components: int
    nodes: int


class Assembled(NamedTuple):
    """Network, what was dropped, and the OpenStreetMap node of each network node."""

    network: RoadNetwork
    slivers: Slivers
    node_ref: Int64s


class Cuts(NamedTuple):
    """Pieces as runs of points: way, first and last point, node numbers of the two ends."""

    way: Int64s
    start: Int64s
    stop: Int64s
    tail: Int64s
    head: Int64s


def assemble(ways: Ways, *, sliver_nodes: int = SLIVER_NODES) -> Assembled:
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
    network, slivers, node_ref
        Pieces in the order of the ways; what was dropped; where the nodes come
        from (the ends at one barrier share their OpenStreetMap node).
    """
    cuts = cut(ways)
    keep, slivers = _without_slivers(cuts, sliver_nodes)
    cuts = Cuts(*(column[keep] for column in cuts))
    tail, head, node_count = number_nodes(cuts.tail, cuts.head)
    first, points = runs(cuts.start, cuts.stop)
    shape = (ways.lon_e7[points], ways.lat_e7[points])
    node_lon, node_lat = place_nodes(node_count, tail, head, first, shape)
    node_ref = np.zeros(node_count, np.int64)
    node_ref[tail], node_ref[head] = ways.refs[cuts.start], ways.refs[cuts.stop]
    way, length = cuts.way, lengths_cm(first, shape)
    timed, timed_ms = _timed(ways, way, length)
    network = RoadNetwork(
        node_lon_e7=node_lon,
        node_lat_e7=node_lat,
        tail=tail,
        head=head,
        length_cm=length,
        road_class=ways.road_class[way],
        flags=ways.flags[way],
        max_speed_kph=ways.max_speed_kph[way],
        name_id=ways.name_id[way],
        way_id=ways.way_id[way],
        shape_first=first,
        shape_lon_e7=shape[0],
        shape_lat_e7=shape[1],
        names=ways.names,
        timed_piece=timed,
        timed_ms=timed_ms,
    )
    return Assembled(network, slivers, node_ref)


def _timed(ways: Ways, way: Int64s, length_cm: Int32s) -> tuple[Int32s, Int32s]:
    """Pieces of ways with a time of their own, and their part of it in milliseconds."""
    if not ways.duration_s.any():
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    whole_cm = np.bincount(way, weights=length_cm, minlength=len(ways.first) - 1)
    timed = np.flatnonzero(ways.duration_s[way])
    share = length_cm[timed] / whole_cm[way[timed]]
    ms = np.maximum(1, np.rint(ways.duration_s[way[timed]] * share * 1000))
    return timed.astype(np.int32), ms.astype(np.int32)


def cut(ways: Ways) -> Cuts:
    """Cut every way at its ends, where it meets another or itself, and at barriers."""
    known, node, uses = np.unique(ways.refs, return_inverse=True, return_counts=True)
    way = np.repeat(np.arange(len(ways.first) - 1), np.diff(ways.first))
    is_end = np.zeros(len(node), bool)
    is_end[ways.first[:-1]] = is_end[ways.first[1:] - 1] = True
    # A node that is used twice is a junction, also where a way crosses itself.
    is_blocked = np.isin(known, ways.blocked_refs)
    at = np.flatnonzero(is_end | (uses[node] > 1) | is_blocked[node])
    same = way[at[:-1]] == way[at[1:]]
    start, stop = at[:-1][same], at[1:][same]
    ends = np.stack([node[start], node[stop]], axis=1)
    shut = is_blocked[ends]
    # Every road end at a barrier gets a node of its own, so that none leads through it.
    ends[shut] = len(known) + np.arange(int(shut.sum()))
    return Cuts(way[start], start, stop, ends[:, 0].copy(), ends[:, 1].copy())


def _without_slivers(cuts: Cuts, sliver_nodes: int) -> tuple[NDArray[np.bool_], Slivers]:
    nodes, ends = np.unique(np.concatenate([cuts.tail, cuts.head]), return_inverse=True)
    tail, head = np.split(ends, 2)
    links = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=(len(nodes), len(nodes)))
    _, component = connected_components(links, directed=False)
    size = np.bincount(component)
    # The largest component stays however small it is: a test map has no other.
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


def runs(start: Int64s, stop: Int64s) -> tuple[Int32s, Int64s]:
    """Offsets of runs start..stop (inclusive) laid end to end, and the points in them."""
    size = stop - start + 1
    first = np.concatenate([[0], np.cumsum(size)])
    # All runs at once, without a loop over a million pieces.
    points = np.repeat(start - first[:-1], size) + np.arange(first[-1])
    return first.astype(np.int32), points


def lengths_cm(shape_first: Int32s, shape_e7: tuple[Int32s, Int32s]) -> Int32s:
    """Length of each line on the WGS84 ellipsoid, centimetres, at least 1."""
    lon, lat = shape_e7[0] * E7, shape_e7[1] * E7
    # All points at once. The steps from one line to the next are computed too, and cancel
    # in the difference below.
    step_m = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    walked = np.concatenate([[0.0], np.cumsum(step_m)])
    length = walked[shape_first[1:] - 1] - walked[shape_first[:-1]]
    return np.asarray(np.maximum(1, np.rint(length * 100)).astype(np.int32))
