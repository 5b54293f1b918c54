"""What a found way looks like: its line on the ground, its length, its streets."""

from dataclasses import dataclass

import numpy as np

from geodata.points import LonLat
from geodata.roads.index import RoadIndex, Way
from geodata.roads.network import Floats
from geodata.roads.snapping import piece_shares


@dataclass(frozen=True, slots=True)
class DrawnWay:
    """Line (EPSG:4326), length in metres, and street names in order, each run once."""

    places: tuple[LonLat, ...]
    length_m: float
    street_names: tuple[str, ...]


def draw(index: RoadIndex, way: Way) -> DrawnWay:
    """Turn the arcs of a way into its line, from where it starts to where it ends."""
    spans = driven_spans(way)
    parts = [
        cut(index, arc // 2, start, end) for arc, (start, end) in zip(way.arcs, spans, strict=True)
    ]
    # Parts meet at junctions up to rounding; at the map's own resolution they are equal.
    points = np.round(np.concatenate(parts), 7)
    keep = np.ones(len(points), bool)
    keep[1:] = (points[1:] != points[:-1]).any(axis=1)
    shares = np.array([abs(end - start) for start, end in spans])
    pieces = np.array(way.arcs) // 2
    return DrawnWay(
        places=tuple(LonLat(lon, lat) for lon, lat in points[keep].tolist()),
        length_m=float((index.network.length_m[pieces] * shares).sum()),
        street_names=_street_names(index, pieces.tolist()),
    )


def driven_spans(way: Way) -> list[tuple[float, float]]:
    """Shares of its piece between which each arc is driven; falling on a backward arc."""
    spans = [(1.0, 0.0) if arc % 2 else (0.0, 1.0) for arc in way.arcs]
    spans[0] = (way.start.fraction, spans[0][1])
    spans[-1] = (spans[-1][0], way.end.fraction)
    return spans


def cut(index: RoadIndex, piece: int, start: float, end: float) -> Floats:
    """Points (lon, lat degrees) of a piece from one share of it to another."""
    line, shares = index.network.line(piece), piece_shares(index.network, piece)
    low, high = min(start, end), max(start, end)
    inner = line[(shares > low) & (shares < high)]
    ends = np.stack([np.interp([low, high], shares, line[:, axis]) for axis in (0, 1)], axis=1)
    points = np.concatenate([ends[:1], inner, ends[1:]])
    return points[::-1] if end < start else points


def _street_names(index: RoadIndex, pieces: list[int]) -> tuple[str, ...]:
    names: list[str] = []
    for piece in pieces:
        name = index.network.names[index.network.name_id[piece]]
        if name and (not names or names[-1] != name):
            names.append(name)
    return tuple(names)
