"""
Areas as GeoJSON, with rings that run as RFC 7946 (section 3.1.6) wants them.

Outer rings run counterclockwise and holes clockwise. Some readers take a ring that
runs the other way for the rest of the world.
"""

from typing import Any

import shapely
import shapely.geometry

Ring = list[list[float]]


def geometry_json(geometry: shapely.Geometry) -> dict[str, Any]:
    """
    Return a geometry (EPSG:4326, longitude first) as a GeoJSON geometry.

    Examples
    --------
    >>> clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1)])
    >>> geometry_json(clockwise)["coordinates"][0]
    ((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    """
    turned_right: Any = shapely.orient_polygons(geometry)
    return dict(shapely.geometry.mapping(turned_right))


def turned(ring: Ring, *, is_hole: bool = False) -> Ring:
    """
    Return a closed ring of [longitude, latitude] in the order of an outer ring, or of a hole.

    Examples
    --------
    >>> turned([[0, 0], [0, 1], [1, 1], [0, 0]])
    [[0, 0], [1, 1], [0, 1], [0, 0]]
    """
    is_counterclockwise = shapely.LinearRing(ring).is_ccw
    return ring if is_counterclockwise != is_hole else ring[::-1]
