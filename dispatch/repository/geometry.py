"""Shapes into the database and out of it; EPSG:4326 on both sides."""

from collections.abc import Sequence
from typing import Any

import shapely
from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape
from sqlalchemy import RowMapping

from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import outlines
from geodata.points import LonLat


def area_element(shape: Shape) -> WKBElement:
    """Return the outline of a shape as a database geometry: polygon, multipolygon or point."""
    if isinstance(shape, Point):
        return point_element(shape.center)
    polygons = [shapely.Polygon(*rings) for rings in outlines(shape)]
    area = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    return from_shape(area, srid=4326)


def point_element(place: LonLat) -> WKBElement:
    """Return a place as a database geometry."""
    return from_shape(shapely.Point(place), srid=4326)


def area_wkb(shape: Shape) -> bytes:
    """Return the outline of a shape as well-known binary, for a statement written as text."""
    return bytes(area_element(shape).data)


def point_wkb(place: LonLat) -> bytes:
    """Return a place as well-known binary."""
    return bytes(point_element(place).data)


def line_element(places: Sequence[LonLat] | None) -> WKBElement | None:
    """Return a route as a database geometry, None when it has no length to draw."""
    if places is None or len(places) < 2:
        return None
    return from_shape(shapely.LineString(places), srid=4326)


def place_of(row: RowMapping | Any) -> LonLat | None:
    """Return the place in the columns `lon` and `lat` of a row."""
    return None if row["lon"] is None else LonLat(row["lon"], row["lat"])
