"""
The bridge to NetworkX graphs by OSMnx's conventions, in both directions.

A graph is a MultiDiGraph with `crs`; nodes carry `x`, `y` (degrees) and
`street_count`; edges carry `osmid`, `length` (m), `highway`, `oneway`,
`reversed`, `name`, `speed_kph`, `travel_time` (s) and `geometry`. Graphs
explain and repair; questions go to `RoadIndex`.

Read are graphs of OSMnx itself, simplified or not, and GraphML files, also where another
program has turned numbers, lists and lines into text.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import pyproj
import shapely

from geodata.errors import RoadNetworkError
from geodata.roads.index import RoadIndex
from geodata.roads.network import E7, FAR, RoadNetwork, place_nodes
from geodata.roads.reading.assembly import lengths_cm
from geodata.roads.speeds import speeds_kph
from geodata.roads.tag_numbers import read_max_speed_kph
from geodata.roads.tags import BACKWARD, CLASS_CODES, FORWARD, ROAD_CLASSES
from geodata.said import said

Points = tuple[tuple[int, int], ...]
"""A line in whole 1e-7 degrees, longitude first."""


def to_networkx(index: RoadIndex) -> "nx.MultiDiGraph[int]":
    """
    Write every open arc as an edge; `travel_time` is the index's own weight.

    Node names are node numbers. The graph passes OSMnx's validation. Turn
    restrictions have no place in its conventions and are left out: edges run
    between the junctions as drawn.
    """
    network = index.network
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    pieces = network.own_piece_count
    ends = np.concatenate([network.tail[:pieces], network.head[:pieces]])
    streets = np.bincount(ends).tolist()
    # Nodes of turn restrictions have the highest numbers.
    places = zip(network.lon.tolist(), network.lat.tolist(), streets, strict=False)
    for node, (lon, lat, count) in enumerate(places):
        graph.add_node(node, x=lon, y=lat, street_count=count)
    speeds = speeds_kph(network)
    for arc in np.flatnonzero(index.weights_ms[: 2 * pieces] < FAR).tolist():
        piece, against = divmod(arc, 2)
        drawn = int(network.tail[piece]), int(network.head[piece])
        edge = _edge(index, arc, float(speeds[piece]))
        graph.add_edge(*(drawn[::-1] if against else drawn), **edge)
    return graph


def _edge(index: RoadIndex, arc: int, speed_kph: float) -> dict[str, Any]:
    network, (piece, against) = index.network, divmod(arc, 2)
    line = network.line(piece)
    edge: dict[str, Any] = {
        "osmid": int(network.way_id[piece]),
        "highway": ROAD_CLASSES[network.road_class[piece]],
        "oneway": not bool(network.drivable[piece].all()),
        "reversed": bool(against),
        "length": float(network.length_m[piece]),
        "speed_kph": speed_kph,
        "travel_time": int(index.weights_ms[arc]) / 1000.0,
        "geometry": shapely.LineString(line[::-1] if against else line),
    }
    if name := network.names[network.name_id[piece]]:
        edge["name"] = name
    if speed := int(network.max_speed_kph[piece]):
        edge["maxspeed"] = str(speed)
    return edge


def from_networkx(graph: "nx.MultiDiGraph[Any]") -> RoadIndex:
    """
    Build an index from a graph in degrees that follows OSMnx's conventions.

    Two edges that run the same line in opposite directions become one piece.
    Weights are the edges' `travel_time` where all have one, else `length` over
    `speed_kph` where all have that, otherwise free flow by class. Unknown classes count
    as "unclassified".

    Raises
    ------
    RoadNetworkError
        `no_roads`, `wrong_crs` (projected graph) or `bad_graph` (a node without x, y, an
        attribute that is no number or no line).

    Examples
    --------
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_nodes_from([(1, {"x": 26.10, "y": 44.43}), (2, {"x": 26.11, "y": 44.43})])
    >>> _ = graph.add_edge(1, 2, highway="residential", length=795.0, travel_time=60.0)
    >>> index = from_networkx(graph)
    >>> index.network.node_count, index.network.arc_count
    (2, 1)
    """
    _check_crs(graph.graph.get("crs", "epsg:4326"))
    if graph.number_of_edges() == 0:
        raise RoadNetworkError(
            "no_roads", said("the graph has no edges"), said("use another graph")
        )
    collected = _Collected()
    try:
        for tail, head, data in graph.edges(data=True):
            collected.add(tail, head, _points(graph.nodes, tail, head, data), data)
    except KeyError as error:
        raise RoadNetworkError(
            "bad_graph",
            said("a node has no {attribute}", attribute=error),
            said("every node needs x and y in degrees"),
        ) from error
    except (ValueError, TypeError, shapely.errors.ShapelyError) as error:
        raise RoadNetworkError(
            "bad_graph",
            said("an attribute cannot be read: {error!s:.100}", error=error),
            said("x, y, length, speed_kph, travel_time are numbers, geometry a line or its WKT"),
        ) from error
    network = collected.network()
    return RoadIndex.build(network, collected.weights_ms())


def from_graphml(path: Path) -> RoadIndex:
    """
    Build an index from a GraphML file by OSMnx's conventions.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `not_graphml`, and those of `from_networkx`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_nodes_from([(1, {"x": 26.10, "y": 44.43}), (2, {"x": 26.11, "y": 44.43})])
    >>> _ = graph.add_edge(1, 2, highway="residential", length=795.0, travel_time=60.0)
    >>> with TemporaryDirectory() as folder:
    ...     nx.write_graphml(graph, Path(folder) / "street.graphml")
    ...     index = from_graphml(Path(folder) / "street.graphml")
    >>> round(index.weights_ms.min() / 1000)
    60
    """
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except OSError as error:
        raise RoadNetworkError(
            "file_missing",
            said("{path} cannot be read: {why}", path=path.name, why=error.strerror),
            said("check the path"),
        ) from error
    except (ParseError, nx.NetworkXError, KeyError, ValueError) as error:
        raise RoadNetworkError(
            "not_graphml",
            said("{path} is no GraphML file", path=path.name),
            said("osmnx.save_graphml writes one"),
        ) from error
    return from_networkx(nx.MultiDiGraph(graph))


def _check_crs(crs: Any) -> None:
    try:
        code = pyproj.CRS.from_user_input(crs).to_epsg()
    except pyproj.exceptions.CRSError:
        code = None
    if code != 4326:
        raise RoadNetworkError(
            "wrong_crs",
            said("the graph is projected"),
            said("osmnx.projection.project_graph(G, to_latlong=True)"),
        )


def _points(nodes: Mapping[Any, Any], tail: Any, head: Any, data: Mapping[str, Any]) -> Points:
    ends = [(float(nodes[node]["x"]), float(nodes[node]["y"])) for node in (tail, head)]
    line = _line(data)
    if line and ends[0] != ends[1] and _is_turned(line, ends):
        line = line[::-1]
    # The line's own ends may miss the nodes by rounding, so the nodes' places are taken.
    whole = (ends[0], *line[1:-1], ends[1])
    return tuple((round(lon / E7), round(lat / E7)) for lon, lat in whole)


def _line(data: Mapping[str, Any]) -> list[tuple[float, float]]:
    geometry = data.get("geometry")
    if geometry is None or geometry == "":
        return []
    line = shapely.from_wkt(geometry) if isinstance(geometry, str) else geometry
    points: list[tuple[float, float]] = shapely.get_coordinates(line).tolist()
    return points


def _is_turned(line: list[tuple[float, float]], ends: list[tuple[float, float]]) -> bool:
    """Tell whether a line runs from the edge's head to its tail, as some programs draw it."""

    def gap(a: tuple[float, float], b: tuple[float, float]) -> float:
        return abs(a[0] - b[0]) + abs(a[1] - b[1])

    ahead = gap(line[0], ends[0]) + gap(line[-1], ends[1])
    return gap(line[-1], ends[0]) + gap(line[0], ends[1]) < ahead


def _number(data: Mapping[str, Any], key: str) -> float | None:
    """Value of an attribute as a number above 0, None where there is none."""
    value = data.get(key)
    if value is None or value == "":
        return None
    number = float(value)
    if not isfinite(number):
        return None
    if number < 0:
        raise ValueError(f"{key} is {number:g}")
    return number


def _seconds(data: Mapping[str, Any]) -> float | None:
    seconds = _number(data, "travel_time")
    if seconds is not None:
        return seconds
    length, speed = _number(data, "length"), _number(data, "speed_kph")
    return length * 3.6 / speed if length is not None and speed else None


def _is_one_way(data: Mapping[str, Any]) -> bool:
    return str(data.get("oneway")).lower() == "true"


@dataclass(slots=True)
class _Piece:
    tail: int
    head: int
    points: Points
    data: Mapping[str, Any]
    length_m: float
    flags: int = FORWARD
    seconds: list[float | None] = field(default_factory=lambda: [None, None])


class _Collected:
    """Pieces gathered edge by edge, opposite edges joined."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        # Real maps hold some roads twice. A list, so that each copy gets an opposite of its own.
        self._waiting: dict[tuple[int, int, Points], list[_Piece]] = {}
        self._number: dict[Any, int] = {}

    def add(self, tail: Any, head: Any, points: Points, data: Mapping[str, Any]) -> None:
        a, b = (self._number.setdefault(node, len(self._number)) for node in (tail, head))
        seconds, length_m = _seconds(data), _number(data, "length") or 0.0
        # Two one-way edges that mirror each other are two carriageways and stay two pieces.
        one_way = _is_one_way(data)
        twins = self._waiting.get((b, a, points[::-1]))
        if twins and not one_way:
            twin = twins.pop(0)
            twin.flags |= BACKWARD
            twin.seconds[1] = seconds
            return
        piece = _Piece(a, b, points, data, length_m)
        piece.seconds[0] = seconds
        self._pieces.append(piece)
        if not one_way:
            self._waiting.setdefault((a, b, points), []).append(piece)

    def weights_ms(self) -> np.ndarray[Any, np.dtype[np.int32]] | None:
        """Weights of all arcs, or None when an edge has no travel time."""
        weights = np.full((len(self._pieces), 2), FAR, np.int32)
        for row, piece in zip(weights, self._pieces, strict=True):
            directions = 1 if piece.flags == FORWARD else 2
            for way in range(directions):
                seconds = piece.seconds[way]
                if seconds is None:
                    return None
                row[way] = max(1, round(seconds * 1000))
        return weights.ravel()

    def network(self) -> RoadNetwork:
        pieces = self._pieces
        tail, head = (_ints(getattr(p, end) for p in pieces) for end in ("tail", "head"))
        first = np.concatenate([[0], np.cumsum([len(p.points) for p in pieces])]).astype(np.int32)
        points = np.array([point for p in pieces for point in p.points], np.int32)
        shape = (points[:, 0].copy(), points[:, 1].copy())
        lon, lat = place_nodes(len(self._number), tail, head, first, shape)
        names: dict[str, int] = {"": 0}
        name_id = _ints(names.setdefault(_first(p.data, "name"), len(names)) for p in pieces)
        length = lengths_cm(first, shape)
        given = [round(p.length_m * 100) for p in pieces]
        return RoadNetwork(
            node_lon_e7=lon,
            node_lat_e7=lat,
            tail=tail,
            head=head,
            length_cm=np.where(np.array(given) > 0, given, length).astype(np.int32),
            road_class=np.array([_class_code(p.data) for p in pieces], np.uint8),
            flags=np.array([p.flags for p in pieces], np.uint8),
            max_speed_kph=np.array([_max_speed(p.data) for p in pieces], np.uint8),
            name_id=name_id,
            way_id=np.array([_osm_id(p.data) for p in pieces], np.int64),
            shape_first=first,
            shape_lon_e7=shape[0],
            shape_lat_e7=shape[1],
            names=tuple(names),
        )


def _ints(values: Iterable[int]) -> np.ndarray[Any, np.dtype[np.int32]]:
    return np.fromiter(values, np.int32)


def _first(data: Mapping[str, Any], key: str) -> str:
    """Value of an edge attribute as text; OSMnx joins edges and keeps lists then."""
    value = _listed(data.get(key, ""))
    value = value[0] if isinstance(value, list) and value else value
    return str(value) if value is not None else ""


def _listed(value: Any) -> Any:
    """Give a list back that a GraphML file keeps as text: "[1, 2]"."""
    if not (isinstance(value, str) and value.startswith("[") and value.endswith("]")):
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value


def _osm_id(data: Mapping[str, Any]) -> int:
    text = _first(data, "osmid")
    return int(text) if text.lstrip("-").isdecimal() else 0


def _class_code(data: Mapping[str, Any]) -> int:
    return CLASS_CODES.get(_first(data, "highway"), CLASS_CODES["unclassified"])


def _max_speed(data: Mapping[str, Any]) -> int:
    value = _listed(data.get("maxspeed", ""))
    return read_max_speed_kph(";".join(map(str, value)) if isinstance(value, list) else str(value))
