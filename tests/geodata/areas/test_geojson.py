"""Rings of GeoJSON run as RFC 7946 wants them: outer ones counterclockwise, holes clockwise."""

from typing import Any

import pytest
import shapely

from dispatch.answers.location import area_geojson, shape_answer
from geodata.areas.geojson import geometry_json, turned
from geodata.areas.shapes import Circle, Ellipse, Polygon, Shape
from geodata.points import LonLat

SQUARE = [(26.0, 44.0), (26.0, 44.1), (26.1, 44.1), (26.1, 44.0)]
HOLE = [(26.02, 44.02), (26.02, 44.05), (26.05, 44.05), (26.05, 44.02)]


def runs_right(geometry: dict[str, Any]) -> bool:
    parts = geometry["coordinates"]
    polygons = [parts] if geometry["type"] == "Polygon" else parts
    return all(
        shapely.LinearRing(ring).is_ccw == (i == 0)
        for polygon in polygons
        for i, ring in enumerate(polygon)
    )


@pytest.mark.parametrize("outer", [SQUARE, SQUARE[::-1]])
@pytest.mark.parametrize("hole", [HOLE, HOLE[::-1]])
def test_polygons_of_either_order_are_written_in_one(
    outer: list[tuple[float, float]], hole: list[tuple[float, float]]
) -> None:
    one = shapely.Polygon(outer, [hole])
    for geometry in (one, shapely.MultiPolygon([one, shapely.Polygon([(1, 1), (1, 2), (2, 2)])])):
        written = geometry_json(geometry)
        assert runs_right(written)
        assert shapely.equals(shapely.geometry.shape(written), geometry)


def test_lines_and_points_are_left_as_they_are() -> None:
    line = shapely.LineString(SQUARE)
    assert list(geometry_json(line)["coordinates"]) == SQUARE
    assert geometry_json(shapely.Point(26, 44)) == {"type": "Point", "coordinates": (26.0, 44.0)}


@pytest.mark.parametrize("ring", [SQUARE, SQUARE[::-1], HOLE])
def test_a_ring_is_turned_or_left(ring: list[tuple[float, float]]) -> None:
    closed = [list(place) for place in (*ring, ring[0])]
    for is_hole in (False, True):
        out = turned(closed, is_hole=is_hole)
        assert shapely.LinearRing(out).is_ccw != is_hole
        assert out in (closed, closed[::-1])


@pytest.mark.parametrize(
    "shape",
    [
        Circle(LonLat(26.1, 44.4), 500.0),
        Ellipse(LonLat(26.1, 44.4), 500.0, 200.0, 30.0),
        Polygon(tuple(LonLat(*place) for place in SQUARE)),
        Polygon(tuple(LonLat(*place) for place in SQUARE[::-1])),
    ],
)
def test_areas_of_callers_are_drawn_and_told_in_that_order(shape: Shape) -> None:
    assert runs_right(area_geojson(shape))
    if isinstance(shape, Polygon):
        assert runs_right(shape_answer(shape))
