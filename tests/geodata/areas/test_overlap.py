"""The common ground of two areas, against formulas."""

import math

import pytest

from geodata.areas.overlap import overlap
from geodata.areas.shapes import ArcBand, Circle, MultiPolygon, Point
from geodata.areas.uncertainty import area_m2, centroid
from geodata.crs import GEOD
from geodata.points import LonLat
from tests.geodata.areas.rfc7459 import circle_overlap_m2

HERE = LonLat(26.1, 44.43)


def east(distance_m: float) -> LonLat:
    lon, lat, _ = GEOD.fwd(*HERE, 90.0, distance_m)
    return LonLat(lon, lat)


def test_two_circles_share_the_lens_of_the_formula() -> None:
    found = overlap(Circle(HERE, 1_000.0), Circle(east(800.0), 600.0))
    lens = circle_overlap_m2(600.0, 1_000.0, 800.0)
    assert found.share == pytest.approx(lens / (math.pi * 600.0**2), rel=2e-3)
    assert found.shape is not None
    assert area_m2(found.shape) == pytest.approx(lens, rel=5e-3)


def test_the_smaller_area_within_the_larger_stays_itself() -> None:
    small = Circle(HERE, 100.0)
    assert overlap(Circle(HERE, 1_000.0), small).shape is small


def test_areas_apart_share_nothing() -> None:
    found = overlap(Circle(HERE, 100.0), Circle(east(300.0), 100.0))
    assert (found.shape, found.share, found.union_share) == (None, 0.0, 0.0)


def test_common_ground_in_two_pieces_keeps_both_of_them() -> None:
    ring = ArcBand(HERE, 1_000.0, 1_100.0, 0.0, 360.0)
    found = overlap(ring, ArcBand(east(1_050.0), 900.0, 1_000.0, 0.0, 360.0))
    assert isinstance(found.shape, MultiPolygon)
    north, south = (centroid(part).lat - HERE.lat for part in found.shape.parts)
    assert north == pytest.approx(-south, rel=0.01)
    assert 0.0 < found.share < 0.5
    # The smaller ring is the second one; corners 2 m off its arcs are left out.
    smaller = math.pi * (1_000.0**2 - 900.0**2)
    assert area_m2(found.shape) == pytest.approx(found.share * smaller, rel=0.03)


@pytest.mark.parametrize(("distance", "share"), [(90.0, 1.0), (110.0, 0.0)])
def test_a_point_is_in_an_area_or_not(distance: float, share: float) -> None:
    assert overlap(Point(east(distance)), Circle(HERE, 100.0)).share == share
    assert overlap(Circle(HERE, 100.0), Point(east(distance))).share == share


def test_two_points_within_fifty_metres_are_one_place() -> None:
    assert overlap(Point(HERE), Point(east(40.0))).share == 1.0
    assert overlap(Point(HERE), Point(east(60.0))).share == 0.0
