"""
What two areas have in common, in EPSG:3035.

The common ground of two areas is one area or, when they cross oddly or have several parts,
several; all of them are kept, because the caller can be in any.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.areas.outline import read_outline
from geodata.areas.parts import of_parts
from geodata.areas.repair import made_valid
from geodata.areas.shapes import Point, Polygon, Shape
from geodata.areas.uncertainty import outlines
from geodata.crs import EQUAL_AREA, WGS84, distance_m, project
from geodata.points import LonLat

_VERTICES = 120
# Two points closer than this are one place: the error of a good fix.
_SAME_PLACE_M = 50.0
# A part below this much of the common ground is a sliver between two outlines.
_LEAST_PART = 0.001
_SIMPLER_M = 2.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """
    The common ground of two areas.

    `share` is its part of the smaller one, 0 to 1, `union_share` its part of both together;
    `shape` is a `MultiPolygon` where it lies in pieces and None where it is nothing.
    """

    shape: Shape | None
    share: float
    union_share: float


def overlap(a: Shape, b: Shape) -> Overlap:
    """Intersect two shapes; a point is in an area wholly or not at all."""
    if isinstance(a, Point) and isinstance(b, Point):
        same = distance_m(*a.center, *b.center) <= _SAME_PLACE_M
        return Overlap(a, 1.0, 1.0) if same else Overlap(None, 0.0, 0.0)
    if isinstance(a, Point):
        return _of_point(a, b)
    return _of_point(b, a) if isinstance(b, Point) else _of_areas(a, b)


def _of_point(point: Point, area: Shape) -> Overlap:
    lon, lat = point.center
    x, y = project(np.array([lon]), np.array([lat]), WGS84, EQUAL_AREA)
    inside = bool(shapely.contains_xy(_ground(area), x[0], y[0]))
    return Overlap(point, 1.0, 0.0) if inside else Overlap(None, 0.0, 0.0)


def _of_areas(a: Shape, b: Shape) -> Overlap:
    ground_a, ground_b = _ground(a), _ground(b)
    common = shapely.intersection(ground_a, ground_b)
    smaller = min(ground_a.area, ground_b.area)
    share = min(1.0, common.area / smaller)
    union_share = common.area / (ground_a.area + ground_b.area - common.area)
    if share >= 1.0 - 1e-6:
        return Overlap(a if ground_a.area <= ground_b.area else b, 1.0, union_share)
    pieces = shapely.get_parts(common)
    least = _LEAST_PART * float(common.area)
    parts = [part for part in pieces if part.geom_type == "Polygon" and part.area > least]
    if not parts:
        return Overlap(None, share, union_share)
    parts.sort(key=lambda part: -float(part.area))
    return Overlap(of_parts([_polygon(part) for part in parts]), share, union_share)


def _ground(shape: Shape) -> BaseGeometry:
    drawn = outlines(shape, vertices=_VERTICES)
    valid = [made_valid(read_outline(*part).polygon()) for part in drawn]
    return valid[0] if len(valid) == 1 else shapely.union_all(valid)


def _polygon(ground: shapely.Polygon) -> Polygon:
    simple = shapely.simplify(ground, _SIMPLER_M)
    rings = [_places(ring) for ring in (simple.exterior, *simple.interiors)]
    return Polygon(rings[0], tuple(rings[1:]))


def _places(ring: shapely.LinearRing) -> tuple[LonLat, ...]:
    xy = shapely.get_coordinates(ring)[:-1]
    lons, lats = project(xy[:, 0], xy[:, 1], EQUAL_AREA, WGS84)
    return tuple(LonLat(float(x), float(y)) for x, y in zip(lons, lats, strict=True))
