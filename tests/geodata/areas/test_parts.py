"""Boxes and areas of several parts: size, centre, scaling, shares and places in them."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.areas.overlap import overlap
from geodata.areas.parts import joined
from geodata.areas.shapes import Box, Circle, MultiPolygon, Polygon, parts_of
from geodata.areas.uncertainty import (
    area_m2,
    centroid,
    enclosing_circle,
    outlines,
    reach_m,
    scale_confidence,
    scaled,
)
from geodata.crs import GEOD
from geodata.errors import BadShapeError
from geodata.people.population import load_population
from geodata.points import LonLat
from geodata.territories.shares import combined, load_territories


def square(lon: float, lat: float, half: float = 0.01) -> Polygon:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return Polygon(tuple(LonLat(*corner) for corner in corners))


# Around Slobozia (Ialomița) and around Slobozia (Giurgiu), 90 km apart.
HERE, THERE = square(27.37, 44.56), square(25.95, 43.95)
BOTH = MultiPolygon((HERE, THERE))


# ── boxes ─────────────────────────────────────────────────────────────────────
def test_a_box_of_one_degree_has_the_area_between_its_parallels() -> None:
    box = Box(LonLat(25.0, 45.0), LonLat(26.0, 46.0))
    # A polygon with a corner every hundredth of a degree follows the parallels.
    lons, lats = np.linspace(25.0, 26.0, 101), np.linspace(45.0, 46.0, 101)
    ring = [(x, 45.0) for x in lons] + [(26.0, y) for y in lats]
    ring += [(x, 46.0) for x in lons[::-1]] + [(25.0, y) for y in lats[::-1]]
    area = abs(GEOD.polygon_area_perimeter(*zip(*ring, strict=True))[0])
    assert area_m2(box) == pytest.approx(area, rel=1e-6)
    assert area_m2(box) == pytest.approx(8_687_684_890.0, rel=1e-3)


def test_a_box_is_centred_between_its_sides() -> None:
    place = centroid(Box(LonLat(25.0, 45.0), LonLat(25.02, 45.02)))
    assert place == pytest.approx(LonLat(25.01, 45.01), abs=1e-5)


def test_a_box_falls_to_counties_as_the_same_polygon_does() -> None:
    box = Box(LonLat(26.0, 44.4), LonLat(26.2, 44.6))
    found = load_territories()
    (rings,) = outlines(box)
    polygon = found.shares_of_polygon([(26.0, 44.4), (26.2, 44.4), (26.2, 44.6), (26.0, 44.6)])
    assert found.shares_of_polygon(*rings) == polygon


def test_a_scaled_box_has_the_scaled_area() -> None:
    box = Box(LonLat(26.0, 44.4), LonLat(26.2, 44.6))
    assert area_m2(scaled(box, 0.5)) == pytest.approx(area_m2(box) / 4.0, rel=1e-3)


# ── several parts ─────────────────────────────────────────────────────────────
def test_the_area_of_parts_is_their_sum() -> None:
    assert area_m2(BOTH) == pytest.approx(area_m2(HERE) + area_m2(THERE), rel=1e-12)


def test_the_place_that_stands_for_several_parts_is_in_the_largest() -> None:
    large = square(25.95, 43.95, 0.02)
    assert centroid(MultiPolygon((HERE, large))) == centroid(large)


def test_the_circle_around_two_equal_parts_is_centred_half_way() -> None:
    middle = enclosing_circle(BOTH).center
    ways = [GEOD.inv(*middle, *centroid(part))[2] for part in BOTH.parts]
    # The southern square is 1 % larger.
    assert ways[0] == pytest.approx(ways[1], rel=0.03)
    assert sum(ways) == pytest.approx(GEOD.inv(*centroid(HERE), *centroid(THERE))[2], rel=1e-3)


def test_the_reach_of_parts_goes_to_the_furthest_of_all() -> None:
    furthest = GEOD.inv(27.37, 44.56, 25.94, 43.94)[2]
    assert reach_m(BOTH, LonLat(27.37, 44.56)) == pytest.approx(furthest, rel=1e-9)
    circle = enclosing_circle(BOTH)
    corners = [corner for part in BOTH.parts for corner in part.exterior]
    assert max(GEOD.inv(*circle.center, *corner)[2] for corner in corners) <= circle.radius_m + 1e-6


@pytest.mark.parametrize("stated", [0.5, 0.67, 0.99])
def test_parts_are_scaled_each_about_itself_and_by_area(stated: float) -> None:
    found, confidence = scale_confidence(BOTH, stated)
    assert confidence == 0.95
    assert area_m2(found) == pytest.approx(area_m2(BOTH) * 0.95 / stated, rel=1e-3)
    assert isinstance(found, MultiPolygon)
    for part in found.parts:
        assert min(GEOD.inv(*centroid(part), *centroid(old))[2] for old in BOTH.parts) < 20.0


def test_parts_that_meet_while_growing_become_one_with_the_whole_area() -> None:
    near = MultiPolygon((square(26.0, 45.0), square(26.021, 45.0)))
    grown = scaled(near, 1.5)
    assert isinstance(grown, Polygon)
    assert area_m2(grown) == pytest.approx(area_m2(near) * 2.25, rel=5e-4)


def test_overlapping_polygons_are_joined_so_that_no_ground_counts_twice() -> None:
    whole = joined([square(26.0, 45.0), square(26.01, 45.0), THERE])
    assert isinstance(whole, MultiPolygon)
    assert len(whole.parts) == 2
    assert area_m2(whole) == pytest.approx(1.5 * area_m2(HERE) + area_m2(THERE), rel=0.01)


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(BadShapeError, match="no ground"):
        joined([])


def test_shares_of_parts_are_weighed_by_their_ground() -> None:
    found = load_territories()
    shares = [found.shares_of_polygon(*rings) for rings in outlines(BOTH)]
    assert [list(part.by_county) for part in shares] == [["IL"], ["GR"]]
    whole = combined(shares)
    assert whole.area_m2 == pytest.approx(sum(part.area_m2 for part in shares))
    assert whole.by_county["GR"] == pytest.approx(shares[1].area_m2 / whole.area_m2)
    assert sum(whole.by_county.values()) + whole.outside == pytest.approx(1.0, abs=1e-12)


def test_places_are_sampled_in_every_part_and_weigh_its_people() -> None:
    parts = outlines(MultiPolygon((square(27.37, 44.565, 0.03), square(25.95, 43.9, 0.05))))
    population = load_population()
    lons, lats, weights = population.sample_parts(parts)
    people = [sum(population.persons_by_county(*part).values()) for part in parts]
    east = weights[lons > 27.0].sum()
    assert weights.sum() == pytest.approx(1.0)
    assert east == pytest.approx(people[0] / sum(people))
    assert 0.0 < east < 1.0
    assert len(lons) == len(lats) <= 18


def test_a_circle_and_two_parts_have_only_the_near_part_in_common() -> None:
    found = overlap(Circle(LonLat(27.37, 44.56), 10_000.0), BOTH)
    assert found.shape is not None
    assert area_m2(found.shape) == pytest.approx(area_m2(HERE), rel=0.01)


def test_one_shape_is_its_only_part() -> None:
    assert parts_of(HERE) == (HERE,)
    assert parts_of(BOTH) == (HERE, THERE)


# ── properties ────────────────────────────────────────────────────────────────
places = st.tuples(st.floats(20.5, 29.5), st.floats(43.7, 48.2))


@settings(max_examples=40, deadline=None)
@given(st.lists(places, min_size=2, max_size=5), st.floats(0.005, 0.2))
def test_shares_and_the_outside_always_make_one(
    centers: list[tuple[float, float]], half: float
) -> None:
    whole = joined(square(*center, half) for center in centers)
    found = load_territories()
    shares = combined([found.shares_of_polygon(*rings) for rings in outlines(whole)])
    assert sum(shares.by_county.values()) + shares.outside == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(places, st.floats(500.0, 20_000.0), st.floats(0.05, 1.0))
def test_shrinking_an_area_inside_one_county_never_changes_the_owner(
    center: tuple[float, float], radius_m: float, factor: float
) -> None:
    found = load_territories()
    area = Circle(LonLat(*center), radius_m)
    shares = found.shares_of_circle(area.center, area.radius_m)
    assume(len(shares.by_county) == 1)
    assume(shares.outside == 0.0)
    smaller = found.shares_of_circle(area.center, area.radius_m * factor)
    assert list(smaller.by_county) == list(shares.by_county)
    assert math.isclose(sum(smaller.by_county.values()), 1.0)
