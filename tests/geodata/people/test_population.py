"""Residents inside areas, and places where they live."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geodata.people.population import Population, load_population
from geodata.people.population_kernels import overlaps
from geodata.points import LonLat
from geodata.territories.counties import load_counties
from geodata.territories.shares import load_territories, outline_of_circle

TO_4326 = Transformer.from_crs(3035, 4326, always_xy=True)
COUNTRY = [[20.0, 43.0], [30.0, 43.0], [30.0, 49.0], [20.0, 49.0]]
VASLUI = LonLat(27.73, 46.64)


def circle(center: LonLat, radius_m: float) -> list[list[float]]:
    outline = outline_of_circle(center, radius_m)
    return np.column_stack(TO_4326.transform(outline[:, 0], outline[:, 1])).tolist()


@pytest.fixture(scope="module")
def population() -> Population:
    return load_population()


def test_country_holds_the_census(population: Population) -> None:
    people = population.persons_by_county(COUNTRY)
    assert sum(people.values()) == pytest.approx(19_053_797, abs=1)
    assert len(people) == 47


def test_county_holds_its_own_people(population: Population) -> None:
    ground = load_counties().geometry("CJ")
    people = population.persons_by_county(shapely.get_coordinates(ground.exterior))
    assert people["CJ"] == pytest.approx(load_counties().get("CJ").population, rel=1e-3)
    assert sum(people.values()) == pytest.approx(people["CJ"], rel=1e-3)


def test_empty_mountain_holds_nobody(population: Population) -> None:
    assert population.persons_by_county(circle(LonLat(24.9, 45.6), 1500.0)) == {}


def test_small_circle_in_a_town_holds_its_part(population: Population) -> None:
    small = population.persons_by_county(circle(VASLUI, 100.0))["VS"]
    twice = population.persons_by_county(circle(VASLUI, 200.0))["VS"]
    assert 0 < small < 2000
    assert twice == pytest.approx(4 * small, rel=0.01)


def test_hole_holds_nobody(population: Population) -> None:
    outer, inner = circle(VASLUI, 6000.0), circle(VASLUI, 1000.0)
    ring = population.persons_by_county(outer, [inner])["VS"]
    whole, middle = (population.persons_by_county(c)["VS"] for c in (outer, inner))
    assert ring == pytest.approx(whole - middle)


@given(st.floats(21.0, 28.0), st.floats(44.0, 48.0), st.floats(100, 20_000), st.floats(1.01, 3))
@settings(max_examples=40, deadline=None)
def test_larger_circle_never_holds_fewer_people(
    lon: float, lat: float, radius_m: float, factor: float
) -> None:
    small = load_population().persons_by_county(circle(LonLat(lon, lat), radius_m))
    large = load_population().persons_by_county(circle(LonLat(lon, lat), radius_m * factor))
    assert all(large[code] >= people - 1e-6 for code, people in small.items())


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.2, 4))
@settings(max_examples=60, deadline=None)
def test_overlap_of_disc_and_polygon_equals_geos(x: float, y: float, radius: float) -> None:
    horseshoe = np.array([[-2.0, -2], [2, -2], [2, 2], [1, 2], [1, -1], [-1, -1], [-1, 2], [-2, 2]])
    found, part = np.zeros(1, dtype=np.int64), np.zeros(1)
    disc = np.array([[x, y, radius]])
    overlaps(horseshoe, (np.arange(8) + 1) % 8, (0.0, 0.0), disc, found, part)
    round_disc = shapely.Point(x, y).buffer(radius, quad_segs=2000)
    expected = shapely.intersection(shapely.Polygon(horseshoe), round_disc).area
    assert part[0] * np.pi * radius**2 == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "center", [VASLUI, LonLat(26.1, 44.43), LonLat(24.9, 45.6)], ids=["town", "city", "mountain"]
)
def test_sampled_places_lie_inside_the_area(population: Population, center: LonLat) -> None:
    ring = circle(center, 3000.0)
    lons, lats, weights = population.sample(ring, count=16)
    assert len(lons) == 16
    assert weights.sum() == pytest.approx(1.0)
    assert shapely.contains_xy(shapely.Polygon(ring), lons, lats).all()


def test_sample_is_the_same_every_time(population: Population) -> None:
    first, second = (population.sample(circle(VASLUI, 9000.0)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(first, second, strict=True))


def test_sample_follows_the_people_not_the_area(population: Population) -> None:
    ring = circle(LonLat(27.73, 46.60), 9000.0)
    lons, lats, _ = population.sample(ring, count=64)
    near = [load_territories().find_many(x, y)[0] for x, y in zip(lons, lats, strict=True)]
    in_town = np.hypot((lons - VASLUI.lon) * 76.5, (lats - VASLUI.lat) * 111.2) < 4.0
    assert len(set(near)) == 1
    assert in_town.mean() > 0.6


def test_sliver_without_people_still_gets_places(population: Population) -> None:
    sliver = [[24.9, 45.6], [24.95, 45.6], [24.95, 45.6000001]]
    assert len(population.sample(sliver, count=4)[0]) == 4
