"""
What a person may draw as a closure: a polygon or a line in GeoJSON, within bounds.

The bounds keep a slip of the hand from closing half the country, each with its reason.
"""

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from geodata.crs import GEOD
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

MOST_POINTS = 500
"""A hand taps a dozen corners; a flood's outline from elsewhere has some hundreds."""

LARGEST_KM2 = 10_000.0
"""A little more than the largest county (Timiș, 8,697 km²): snow may close all of one."""

LONGEST_KM = 500.0
"""Longer than any line that closes what it crosses."""

MOST_WAYS = 500


def read_drawing(drawn: Mapping[str, Any]) -> BaseGeometry:
    """
    Read a GeoJSON Polygon or LineString, EPSG:4326.

    Raises
    ------
    BadShapeError
        `bad_area`, `too_many_points`, `area_too_large`.
    BadCoordinateError
        See `LonLat.checked`.
    """
    kind, rings = drawn.get("type"), drawn.get("coordinates")
    if kind == "LineString" and isinstance(rings, list | tuple):
        return _line(_places(rings))
    if kind == "Polygon" and isinstance(rings, list | tuple) and rings:
        return _polygon([_places(ring) for ring in rings])
    raise BadShapeError(
        "bad_area",
        said("{kind!s:.40} cannot be closed", kind=kind),
        said("send a GeoJSON Polygon or LineString"),
    )


def _places(row: Any) -> list[LonLat]:
    if not isinstance(row, list | tuple):
        raise BadShapeError("bad_area", said("the coordinates are no list"), said("send GeoJSON"))
    if len(row) > MOST_POINTS:
        raise BadShapeError(
            "too_many_points",
            said("{count} points are too many", count=len(row)),
            said("at most {most_points}", most_points=MOST_POINTS),
        )
    return [_place(one) for one in row]


def _place(pair: Any) -> LonLat:
    if not isinstance(pair, list | tuple) or len(pair) < 2:
        raise BadShapeError(
            "bad_area", said("a point has no longitude and latitude"), said("send GeoJSON")
        )
    return LonLat.checked(pair[0], pair[1])


def _line(places: list[LonLat]) -> BaseGeometry:
    if len(set(places)) < 2:
        raise BadShapeError(
            "bad_area", said("a line needs two points"), said("tap at least two places")
        )
    line = shapely.LineString(places)
    if GEOD.geometry_length(line) > LONGEST_KM * 1000:
        raise BadShapeError(
            "area_too_large",
            said("the line is too long"),
            said("at most {longest_km:.0f} km", longest_km=LONGEST_KM),
        )
    return line


def _polygon(rings: list[list[LonLat]]) -> BaseGeometry:
    if any(len(set(ring)) < 3 for ring in rings):
        raise BadShapeError(
            "bad_area", said("an area needs three corners"), said("tap at least three places")
        )
    polygon = shapely.Polygon(rings[0], rings[1:])
    if not polygon.is_valid or polygon.is_empty:
        raise BadShapeError(
            "bad_area",
            said("the area crosses itself or is empty"),
            said("tap the corners in order, again"),
        )
    square_km = abs(GEOD.geometry_area_perimeter(polygon)[0]) / 1e6
    if square_km > LARGEST_KM2:
        raise BadShapeError(
            "area_too_large",
            said("an area of {square_km:,.0f} km² is larger than any county", square_km=square_km),
            said(
                "at most {largest_km2:,.0f} km²: draw a smaller one, or one per county",
                largest_km2=LARGEST_KM2,
            ),
        )
    return polygon
