"""
Areas as GeoJSON, with rings that run as RFC 7946 (section 3.1.6) wants them.

Outer rings run counterclockwise and holes clockwise. Some readers take a ring that
runs the other way for the rest of the world.
"""

from collections.abc import Sequence
from typing import Any

import shapely


def geometry_json(geometry: shapely.Geometry) -> dict[str, Any]:
    """
    Return a geometry (EPSG:4326, longitude first) as a GeoJSON geometry.

    Examples
    --------
    >>> clockwise = shapely.Polygon([(0, 0), (0, 1), (1, 1)])
    >>> geometry_json(clockwise)["coordinates"][0]
    ((0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    """
    return dict(shapely.geometry.mapping(shapely.orient_polygons(geometry)))


def turned[P: Sequence[float]](ring: Sequence[P], *, is_hole: bool = False) -> Sequence[P]:
    """
    Return a closed ring of (longitude, latitude, …) in the order of an outer ring, or of a hole.

    Examples
    --------
    >>> turned([(0, 0), (0, 1), (1, 1), (0, 0)])
    [(0, 0), (1, 1), (0, 1), (0, 0)]
    """
    is_counterclockwise = shapely.LinearRing([place[:2] for place in ring]).is_ccw
    return ring if is_counterclockwise != is_hole else list(reversed(ring))
