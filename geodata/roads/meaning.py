"""
What a closure means on the map at hand: how much road, which streets, who is cut off.

Said before anybody relies on it: a closure that separates places from the rest of
the network is not refused, because the flood does not ask, but it is said at once.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import BadInputError
from geodata.roads import parts_kernels as kernels
from geodata.roads.closures import Closure, close, find_pieces
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, Int32s, RoadNetwork
from geodata.said import said

MOST_NAMES = 8

MOST_LINES = 600
"""Pieces whose lines are drawn; more than that is shown as the area itself."""

# Most nodes lie in the largest part, so one of a few tries is likely to hit it.
_TRIES = 32


@dataclass(frozen=True, slots=True)
class Meaning:
    """
    What a closure means.

    `pieces` of road between two junctions with their length in km, the names of
    the longest streets first, and how many junctions outside the closed roads
    could be driven to and from before and no longer (`cut_off_nodes`), also as a
    share of those of the map.
    """

    pieces: int
    length_km: float
    street_names: tuple[str, ...]
    cut_off_nodes: int = 0
    cut_off_share: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**asdict(self), "street_names": list(self.street_names)}


def find_meaning(index: RoadIndex, closure: Closure) -> Meaning:
    """
    Say what a closure means on this map beside the closures in force.

    Raises
    ------
    RefusedError
        `no_road_there`.
    """
    network = index.network
    pieces, share = find_pieces(network, index.grids.whole, closure)
    if len(pieces) == 0:
        raise BadInputError(
            "no_road_there",
            said("there is no road of the map in use where it is drawn"),
            said("tap on a road, draw the area over one, or check the way numbers"),
        )
    nodes = find_cut_off(index, closure) if closure.factor is None else 0
    return Meaning(
        pieces=len(pieces),
        length_km=round(float((network.length_m[pieces] * share).sum()) / 1000, 2),
        street_names=_names(network, pieces),
        cut_off_nodes=nodes,
        cut_off_share=round(nodes / network.node_count, 6),
    )


def find_cut_off(index: RoadIndex, closure: Closure) -> int:
    """
    Count the junctions that the closure separates from the main part of the network.

    Ends of nothing but closed roads are the closed place itself and do not count.
    """
    network = index.network
    once = Closure(
        closure.id, closure.valid_from, None, closure.area, closure.pieces,
        closure.way_ids, closure.spot,
    )  # fmt: skip
    after = close(network, index.grids.whole, index.weights_ms, [once], closure.valid_from)
    parts = _Parts.of(network)
    before = parts.find_largest(index.weights_ms, np.ones(network.node_count, bool))
    kept = parts.find_largest(after, before)
    still_driven = np.zeros(network.node_count, bool)
    still_driven[network.arc_tail[after < FAR]] = True
    return int((before & ~kept & still_driven).sum())


def draw_pieces(index: RoadIndex, closure: Closure) -> dict[str, Any] | None:
    """Lines of the pieces meant as a GeoJSON MultiLineString; None when they are too many."""
    pieces, _ = find_pieces(index.network, index.grids.whole, closure)
    if not 0 < len(pieces) <= MOST_LINES:
        return None
    lines = [index.network.line(int(piece)).round(6).tolist() for piece in pieces]
    return {"type": "MultiLineString", "coordinates": lines}


@dataclass(frozen=True, slots=True)
class _Parts:
    """Arcs of a network by both their ends: parts in which every node reaches every other."""

    tail: Int32s
    head: Int32s
    leaving: tuple[Int32s, Int32s]
    coming: tuple[Int32s, Int32s]

    @classmethod
    def of(cls, network: RoadNetwork) -> "_Parts":
        tail, head, count = network.arc_tail, network.arc_head, network.node_count
        leaving, coming = kernels.sort_by_node(tail, count), kernels.sort_by_node(head, count)
        return cls(tail, head, leaving, coming)

    def find_largest(self, weights_ms: Int32s, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Largest part that contains one of the nodes `among`; a few tries find it."""
        largest, rest = np.zeros(len(among), bool), among.copy()
        for _ in range(_TRIES):
            left = np.flatnonzero(rest)
            if len(left) <= largest.sum():
                break
            part = self._around(int(left[len(left) // 2]), weights_ms)
            largest = part if part.sum() > largest.sum() else largest
            rest &= ~part
        return largest

    def _around(self, node: int, weights_ms: Int32s) -> NDArray[np.bool_]:
        there = kernels.spread(node, *self.leaving, self.head, weights_ms, FAR)
        back = kernels.spread(node, *self.coming, self.tail, weights_ms, FAR)
        return np.asarray(there & back)


def _names(network: RoadNetwork, pieces: NDArray[np.int64]) -> tuple[str, ...]:
    length = np.zeros(len(network.names))
    np.add.at(length, network.name_id[pieces], network.length_m[pieces])
    length[0] = 0.0
    longest = np.argsort(-length, kind="stable")[:MOST_NAMES]
    return tuple(network.names[i] for i in longest if length[i] > 0)
