"""
Areas of several parts: polygons joined where they overlap, kept apart where they do not.

Places EPSG:4326; edges are straight in degrees, as in every polygon of the project.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from geodata.areas.repair import made_valid
from geodata.areas.shapes import MultiPolygon, Polygon
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

# Slivers that two outlines leave between them: a square metre and less.
_LEAST_DEG2 = 1e-10


def joined(polygons: Iterable[Polygon]) -> Polygon | MultiPolygon:
    """
    Return the ground of all the polygons together, so that no place counts twice.

    Raises
    ------
    BadShapeError
        `bad_polygon`: there is no ground.
    """
    ground = shapely.union_all([as_geometry(polygon) for polygon in polygons])
    return from_geometry(ground)


def as_geometry(shape: Polygon | MultiPolygon) -> shapely.Geometry:
    """Return the shape as a valid geometry in degrees."""
    if isinstance(shape, MultiPolygon):
        return shapely.union_all([as_geometry(part) for part in shape.parts])
    return made_valid(shapely.Polygon(shape.exterior, shape.holes))


def from_geometry(ground: shapely.Geometry) -> Polygon | MultiPolygon:
    """
    Return an area in degrees as a shape, the largest part first; lines in it are left out.

    Raises
    ------
    BadShapeError
        `bad_polygon`: there is no ground.
    """
    found = [
        part
        for part in shapely.get_parts(shapely.get_parts(ground))
        if part.geom_type == "Polygon" and part.area > _LEAST_DEG2
    ]
    if not found:
        raise BadShapeError("bad_polygon", said("the area has no ground"), said("give its corners"))
    found.sort(key=lambda part: -float(part.area))
    return of_parts([_polygon(part) for part in found])


def of_parts(parts: Sequence[Polygon]) -> Polygon | MultiPolygon:
    """Return one polygon as it is, several as a `MultiPolygon`; they must not overlap."""
    return parts[0] if len(parts) == 1 else MultiPolygon(tuple(parts))


def _polygon(part: shapely.Polygon) -> Polygon:
    rings = [_places(ring) for ring in (part.exterior, *part.interiors)]
    return Polygon(rings[0], tuple(rings[1:]))


def _places(ring: shapely.LinearRing) -> tuple[LonLat, ...]:
    corners = np.asarray(shapely.get_coordinates(ring))[:-1]
    return tuple(LonLat(float(lon), float(lat)) for lon, lat in corners)
