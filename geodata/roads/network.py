"""
A drivable road network as flat arrays.

Nodes are junctions and road ends; a *piece* is the road between two of them,
stored once whatever its directions. A piece has two directed *arcs*: number
`2 * piece` runs as drawn, `2 * piece + 1` against it. An arc that may not be
driven keeps its number and gets no finite weight, so arc numbers never move
when a road closes or opens. No weights are kept here: see `geodata.roads.speeds`.

Turn restrictions need more: extra nodes, and extra pieces behind the real ones
(`geodata.roads.reading.turns` makes them). The node an arc leaves from and leads to is
therefore `arc_tail` and `arc_head`; `tail` and `head` are the junctions as drawn.
"""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.points import LonLat
from geodata.roads import storage
from geodata.roads.tags import BACKWARD, FORWARD
from geodata.said import said

E7 = 1e-7
"""Degrees per stored unit: OpenStreetMap's own resolution, about 1 cm."""

FAR = 1_000_000_000
"""
Milliseconds of an arc that may not be driven, and of "no way": eleven and a half days.

Longer than any drive, and small enough that the sum of two still fits 32 bits.
"""

FORMAT = 1

Int32s = NDArray[np.int32]
Floats = NDArray[np.float64]


SPARSE = (
    "source_piece",
    "moved_arc",
    "moved_tail",
    "moved_head",
    "entered_arc",
    "entered_node",
    "timed_piece",
    "timed_ms",
)
"""Columns that most networks leave empty; an empty one is not stored."""


def _nothing() -> Int32s:
    return np.zeros(0, np.int32)


@dataclass(frozen=True)
class RoadNetwork:
    """
    Nodes, pieces and their geometry; WGS84 as whole 1e-7 degrees.

    Attributes
    ----------
    node_lon_e7, node_lat_e7
        Place of each node.
    tail, head
        End nodes of each piece, in its drawn direction.
    length_cm
        Length of each piece on the ellipsoid, centimetres.
    road_class
        Index into `geodata.roads.tags.ROAD_CLASSES`.
    flags
        Bits FORWARD, BACKWARD, ROUNDABOUT of `geodata.roads.tags`.
    max_speed_kph
        Signed limit, 0 where none is tagged.
    name_id
        Index into `names`; 0 is the empty name.
    way_id
        OpenStreetMap way each piece is a part of.
    shape_first
        Piece p's line is `shape_first[p]` up to `shape_first[p + 1]` of the points.
    shape_lon_e7, shape_lat_e7
        Points of all lines, both ends included.
    names
        Street names.
    source_piece
        For each extra piece at the end of the piece columns: the piece it is a
        copy of, or -1 for a bare connection of no length.
    moved_arc, moved_tail, moved_head
        Arcs that do not run between the junctions as drawn, and where they run.
    entered_arc, entered_node
        Arcs with copies, and the node at which a drive that ends on them arrives.
    timed_piece, timed_ms
        Pieces that take a time of their own at any speed (ferries), milliseconds.
    about
        Where the network comes from: source, licence, checksum, counts.
    """

    node_lon_e7: Int32s
    node_lat_e7: Int32s
    tail: Int32s
    head: Int32s
    length_cm: Int32s
    road_class: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    max_speed_kph: NDArray[np.uint8]
    name_id: Int32s
    way_id: NDArray[np.int64]
    shape_first: Int32s
    shape_lon_e7: Int32s
    shape_lat_e7: Int32s
    names: tuple[str, ...] = ("",)
    source_piece: Int32s = field(default_factory=_nothing)
    moved_arc: Int32s = field(default_factory=_nothing)
    moved_tail: Int32s = field(default_factory=_nothing)
    moved_head: Int32s = field(default_factory=_nothing)
    entered_arc: Int32s = field(default_factory=_nothing)
    entered_node: Int32s = field(default_factory=_nothing)
    timed_piece: Int32s = field(default_factory=_nothing)
    timed_ms: Int32s = field(default_factory=_nothing)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def node_count(self) -> int:
        """Number of junctions and road ends."""
        return len(self.node_lon_e7)

    @property
    def piece_count(self) -> int:
        """Number of pieces, the extra ones of turn restrictions included."""
        return len(self.tail)

    @property
    def own_piece_count(self) -> int:
        """Number of real road pieces; the extra ones come after them."""
        return len(self.tail) - len(self.source_piece)

    @property
    def arc_count(self) -> int:
        """Number of directed arcs that a car may drive."""
        return int(self.drivable.sum())

    @property
    def lon(self) -> Floats:
        """Longitude of each node, degrees."""
        return np.asarray(self.node_lon_e7 * E7)

    @property
    def lat(self) -> Floats:
        """Latitude of each node, degrees."""
        return np.asarray(self.node_lat_e7 * E7)

    @property
    def length_m(self) -> Floats:
        """Length of each piece, metres."""
        return self.length_cm / 100.0

    @cached_property
    def drivable(self) -> NDArray[np.bool_]:
        """Whether each arc may be driven; shape (pieces, 2): as drawn, against."""
        return np.stack([self.flags & FORWARD != 0, self.flags & BACKWARD != 0], axis=1)

    @cached_property
    def arc_tail(self) -> Int32s:
        """Node each of the 2 * pieces arcs leaves from."""
        ends = np.stack([self.tail, self.head], axis=1).ravel()
        ends[self.moved_arc] = self.moved_tail
        return ends

    @cached_property
    def arc_head(self) -> Int32s:
        """Node each of the 2 * pieces arcs leads to."""
        ends = np.stack([self.head, self.tail], axis=1).ravel()
        ends[self.moved_arc] = self.moved_head
        return ends

    @cached_property
    def enter_node(self) -> Int32s:
        """
        Node at which a drive comes onto the arc that it ends on.

        This is the arc's tail, but for arcs that turn restrictions have copied: their copies
        share one node of their own (`geodata.roads.reading.turns`).
        """
        ends = self.arc_tail.copy()
        ends[self.entered_arc] = self.entered_node
        return ends

    def copies_of(self, pieces: NDArray[np.integer[Any]]) -> Int32s:
        """Extra pieces that are copies of the given ones and must share their weights."""
        extra = np.flatnonzero(np.isin(self.source_piece, pieces) & (self.source_piece >= 0))
        return (extra + self.own_piece_count).astype(np.int32)

    def line(self, piece: int) -> Floats:
        """Line of a piece as an (n, 2) array of lon, lat degrees."""
        part = slice(self.shape_first[piece], self.shape_first[piece + 1])
        points = np.stack([self.shape_lon_e7[part], self.shape_lat_e7[part]], axis=1)
        return np.asarray(points * E7)

    def node_place(self, node: int) -> LonLat:
        """Place of a node."""
        return LonLat(float(self.node_lon_e7[node] * E7), float(self.node_lat_e7[node] * E7))

    def save(self, path: Path, **extra: NDArray[Any]) -> None:
        """Write to one compact file; the same network always gives the same bytes."""
        storage.write_arrays(path, {**_packed(self), **extra})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file written by `save`; raises RoadNetworkError."""
        return cls.from_arrays(storage.read_arrays(path), path.name)

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]], file_name: str = "road file") -> Self:
        """Rebuild from the arrays of a file; raises RoadNetworkError `other_format`."""
        if "format" not in arrays or int(arrays["format"]) != FORMAT:
            raise RoadNetworkError(
                "other_format",
                said("{path} was written by another version of the program", path=file_name),
                said("build or import the road network again"),
            )
        return cls(**_unpacked(arrays))


def _steps(values: NDArray[np.signedinteger[Any]]) -> NDArray[np.int64]:
    """Differences of neighbours; the first is the first value."""
    whole = values.astype(np.int64)
    return np.asarray(whole - np.concatenate([[0], whole[:-1]]))


def _packed(network: RoadNetwork) -> dict[str, NDArray[Any]]:
    # Differences of neighbours are small numbers, which compress far better. Every line
    # has two ends, so only the points between them are counted.
    inner = np.diff(network.shape_first) - 2
    lon = storage.to_planes(_steps(network.shape_lon_e7))
    lat = storage.to_planes(_steps(network.shape_lat_e7))
    plain: dict[str, NDArray[Any]] = {
        "format": np.array(FORMAT, dtype=np.int32),
        "nodes": np.array(network.node_count, dtype=np.int32),
        "tail": storage.to_planes(_steps(network.tail)),
        "head": storage.to_planes(network.head.astype(np.int64) - network.tail),
        "length_cm": storage.to_planes(network.length_cm.astype(np.int64)),
        "road_class": network.road_class,
        "flags": network.flags,
        "max_speed_kph": network.max_speed_kph,
        "name_id": storage.to_planes(_steps(network.name_id)),
        "way_id": storage.to_planes(_steps(network.way_id)),
        "inner_points": storage.to_planes(inner.astype(np.int64)),
        "shape_lon": lon,
        "shape_lat": lat,
        "names": storage.pack_text(network.names),
        "about": storage.pack_json(network.about),
    }
    sparse: dict[str, Int32s] = {name: getattr(network, name) for name in SPARSE}
    return plain | {name: column for name, column in sparse.items() if len(column)}


def _unpacked(arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    def numbers(name: str) -> NDArray[np.int64]:
        return storage.from_planes(arrays[name])

    def sums(name: str) -> Int32s:
        return np.cumsum(numbers(name)).astype(np.int32)

    tail = sums("tail")
    head = (numbers("head") + tail).astype(np.int32)
    first = np.concatenate([[0], np.cumsum(numbers("inner_points") + 2)]).astype(np.int32)
    lon, lat = sums("shape_lon"), sums("shape_lat")
    node_lon, node_lat = place_nodes(int(arrays["nodes"]), tail, head, first, (lon, lat))
    return {
        "node_lon_e7": node_lon,
        "node_lat_e7": node_lat,
        "tail": tail,
        "head": head,
        "length_cm": numbers("length_cm").astype(np.int32),
        "road_class": arrays["road_class"],
        "flags": arrays["flags"],
        "max_speed_kph": arrays["max_speed_kph"],
        "name_id": sums("name_id"),
        "way_id": np.cumsum(numbers("way_id")),
        "shape_first": first,
        "shape_lon_e7": lon,
        "shape_lat_e7": lat,
        "names": storage.unpack_text(arrays["names"]),
        "about": storage.unpack_json(arrays["about"]),
        **{name: arrays[name] for name in SPARSE if name in arrays},
    }


def place_nodes(
    count: int, tail: Int32s, head: Int32s, shape_first: Int32s, shape: tuple[Int32s, Int32s]
) -> tuple[Int32s, Int32s]:
    """Places of the nodes (1e-7 degrees), read off the ends of the lines that meet there."""
    lon, lat = np.zeros(count, np.int32), np.zeros(count, np.int32)
    # Every node is an end of some line, and all lines that meet there agree on its place.
    for nodes, points in ((head, shape_first[1:] - 1), (tail, shape_first[:-1])):
        lon[nodes], lat[nodes] = shape[0][points], shape[1][points]
    return lon, lat


def piece_middles(
    network: RoadNetwork, pieces: NDArray[np.int64] | None = None
) -> tuple[Floats, Floats]:
    """Longitude and latitude (degrees) of the middle point of each piece, or of some."""
    first, last = network.shape_first[:-1], network.shape_first[1:] - 1
    middle = (first + last) // 2
    middle = middle if pieces is None else middle[pieces]
    return network.shape_lon_e7[middle] * E7, network.shape_lat_e7[middle] * E7
