"""Shares of areas by county: equal to GEOS on the same polygon, and never more than whole."""

import tomllib
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geodata.areas.circle_kernels import to_equal_area, travel
from geodata.areas.outline import circle_outline
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties
from geodata.territories.shares import Territories, load_territories, outline_of_circle
from tests.conftest_d.folders import CASES

HARD = tomllib.loads((CASES / "hard_places.toml").read_text(encoding="utf-8"))
GEODESIC = Geod(ellps="WGS84")
TO_3035 = Transformer.from_crs(4326, 3035, always_xy=True)
TO_4326 = Transformer.from_crs(3035, 4326, always_xy=True)

CORNERS = [(-1, -1), (1, -1), (1, 1), (-1, 1)]

lons = st.floats(20.0, 30.0)
lats = st.floats(43.3, 48.5)
radii = st.floats(0.0, 60_000.0)


@pytest.fixture(scope="module")
def territories() -> Territories:
    return load_territories()


def by_geos(territories: Territories, area: shapely.Geometry) -> np.ndarray[Any, Any]:
    return shapely.area(shapely.intersection(territories.polygons, area)) / area.area


def in_degrees(outline: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.column_stack(TO_4326.transform(outline[:, 0], outline[:, 1]))


@pytest.mark.parametrize("area", HARD["area"], ids=lambda a: f"{a['category']}: {a['name']}")
def test_hard_area_touches_its_counties(territories: Territories, area: dict[str, Any]) -> None:
    shares = territories.shares_of_circle(LonLat(area["lon"], area["lat"]), area["radius_m"])
    assert set(shares.by_county) == set(area["counties"]), area["why"]
    assert (shares.outside > 0.0) == area["outside"]


def test_circles_equal_geos_on_the_same_polygon(territories: Territories) -> None:
    random = np.random.default_rng(119)
    x, y = random.uniform(20.3, 29.7, 150), random.uniform(43.6, 48.2, 150)
    r = random.uniform(100.0, 35_000.0, 150)
    for k, shares in enumerate(territories.shares_of_circles(x, y, r)):
        polygon = shapely.Polygon(outline_of_circle(LonLat(x[k], y[k]), r[k]))
        assert np.abs(shares - by_geos(territories, polygon)).max() < 1e-9


@given(lons, lats, radii)
@settings(max_examples=200, deadline=None)
def test_shares_and_outside_make_one(lon: float, lat: float, radius_m: float) -> None:
    shares = load_territories().shares_of_circle(LonLat(lon, lat), radius_m)
    assert sum(shares.by_county.values()) + shares.outside == pytest.approx(1.0, abs=1e-9)
    assert all(0.0 < share <= 1.0 for share in shares.by_county.values())


@given(lons, lats, st.floats(100.0, 30_000.0), st.floats(0.01, 0.99))
@settings(max_examples=100, deadline=None)
def test_shrinking_an_area_inside_one_county_keeps_the_owner(
    lon: float, lat: float, radius_m: float, factor: float
) -> None:
    whole = load_territories().shares_of_circle(LonLat(lon, lat), radius_m)
    part = load_territories().shares_of_circle(LonLat(lon, lat), radius_m * factor)
    if max(whole.by_county.values(), default=0.0) > 1 - 1e-9:
        assert list(part.by_county) == list(whole.by_county)


@given(lons, lats, st.floats(1.0, 100_000.0))
@settings(max_examples=60, deadline=None)
def test_outline_is_the_geodesic_circle(lon: float, lat: float, radius_m: float) -> None:
    place = in_degrees(outline_of_circle(LonLat(lon, lat), radius_m))
    _, _, away = GEODESIC.inv(np.full(180, lon), np.full(180, lat), place[:, 0], place[:, 1])
    # Farther out by 2e-4, so that the polygon has the circle's area.
    # PROJ's way back to degrees is good to a millimetre.
    assert np.ptp(away) < 5e-3
    assert away.mean() == pytest.approx(radius_m, rel=3e-4, abs=1e-3)


def test_outline_has_the_area_of_the_circle() -> None:
    place = LonLat(25.0, 46.0)
    lon, lat, _ = GEODESIC.fwd(
        np.full(3600, 25.0), np.full(3600, 46.0), np.linspace(0, 360, 3600, False), [20_000] * 3600
    )
    fine = shapely.Polygon(np.column_stack(TO_3035.transform(lon, lat)))
    assert circle_outline(place, 20_000).area_m2 == pytest.approx(fine.area, rel=2e-6)


@given(lons, lats)
@settings(deadline=None)
def test_our_projection_is_that_of_proj(lon: float, lat: float) -> None:
    assert to_equal_area(lon, lat) == pytest.approx(TO_3035.transform(lon, lat), abs=1e-6)


@given(lons, lats, st.floats(0.0, 6.28), st.floats(0.0, 200_000.0))
@settings(deadline=None)
def test_our_geodesic_is_that_of_geographiclib(
    lon: float, lat: float, azimuth: float, distance_m: float
) -> None:
    ours = travel(lon, lat, azimuth, distance_m)
    theirs = GEODESIC.fwd(lon, lat, np.degrees(azimuth), distance_m)
    assert GEODESIC.inv(*ours, *theirs[:2])[2] < 1e-3


def test_circle_around_a_whole_enclave_counts_it_out(territories: Territories) -> None:
    shares = territories.shares_of_circle(LonLat(26.1, 44.438), 14_000.0)
    city = sum(load_counties().get(f"B{n}").area_km2 for n in range(1, 7))
    found = sum(shares.by_county[f"B{n}"] for n in range(1, 7)) * shares.area_m2 / 1e6
    assert found == pytest.approx(city, abs=1e-3)


def test_polygon_and_circle_of_one_outline_agree(territories: Territories) -> None:
    center = LonLat(26.17, 44.41)
    circle = territories.shares_of_circle(center, 5000.0)
    polygon = territories.shares_of_polygon(in_degrees(outline_of_circle(center, 5000.0)))
    assert polygon.by_county == pytest.approx(circle.by_county, abs=1e-6)


@pytest.mark.parametrize("code", ["IF", "TL", "B3", "BR", "AB"])
def test_county_is_wholly_its_own(territories: Territories, code: str) -> None:
    ground = max(shapely.get_parts(load_counties().geometry(code)), key=shapely.area)
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(ground)]
    shares = territories.shares_of_polygon(rings[0], rings[1:])
    assert shares.by_county[code] == pytest.approx(1.0, abs=1e-9)


def test_corner_on_a_border_vertex_is_shared_right(territories: Territories) -> None:
    corner = LonLat(*shapely.get_coordinates(load_counties().geometry("B3"))[10])
    x, y = TO_3035.transform(*corner)
    box = shapely.box(x, y, x + 1500.0, y + 1500.0)
    found = territories.shares_of_polygon(in_degrees(shapely.get_coordinates(box)))
    expected = by_geos(territories, box)
    for i, code in enumerate(CODES):
        assert found.by_county.get(code, 0.0) == pytest.approx(expected[i], abs=1e-5)


def test_circles_centred_on_border_vertices_equal_geos(territories: Territories) -> None:
    random = np.random.default_rng(7)
    vertices = random.choice(shapely.get_coordinates(load_counties().geometry("B3")), 60)
    radii_m = 10 ** random.uniform(-1, 4.5, 60)
    found = territories.shares_of_circles(vertices[:, 0], vertices[:, 1], radii_m)
    for shares, place, radius_m in zip(found, vertices, radii_m, strict=True):
        polygon = shapely.Polygon(outline_of_circle(LonLat(*place), radius_m))
        assert np.abs(shares - by_geos(territories, polygon)).max() < 1e-7


def test_centre_in_a_hole_is_not_taken_for_inside(territories: Territories) -> None:
    outer, inner = ([[26.1 + s * x, 44.4 + s * y] for x, y in CORNERS] for s in (0.2, 0.1))
    shares = territories.shares_of_polygon(outer, [inner])
    whole, middle = (territories.shares_of_polygon(ring) for ring in (outer, inner))
    left = whole.area_m2 * whole.by_county["IF"] - middle.area_m2 * middle.by_county["IF"]
    assert shares.by_county["IF"] * shares.area_m2 == pytest.approx(left, rel=1e-6)


def test_hole_and_horseshoe_equal_geos(territories: Territories) -> None:
    x, y = TO_3035.transform(26.1, 44.44)
    outer = shapely.Point(x, y).buffer(20_000.0)
    area = outer - shapely.Point(x, y).buffer(9000.0) - shapely.box(x, y, x + 9e4, y + 900.0)
    ring = shapely.get_coordinates(area.exterior)
    found = territories.shares_of_polygon(in_degrees(ring))
    expected = by_geos(territories, area)
    assert sum(found.by_county.values()) == pytest.approx(1.0)
    for i, code in enumerate(CODES):
        assert found.by_county.get(code, 0.0) == pytest.approx(expected[i], abs=1e-5)


def test_ring_with_a_hole_equals_geos(territories: Territories) -> None:
    x, y = TO_3035.transform(28.1, 45.42)
    outer, inner = (shapely.Point(x, y).buffer(r) for r in (15_000.0, 4000.0))
    found = territories.shares_of_polygon(
        in_degrees(shapely.get_coordinates(outer)), [in_degrees(shapely.get_coordinates(inner))]
    )
    expected = by_geos(territories, outer - inner)
    assert found.by_county["GL"] == pytest.approx(expected[CODES.index("GL")], abs=1e-6)
    assert found.outside == pytest.approx(1 - expected.sum(), abs=1e-6)


def test_radius_zero_is_a_point(territories: Territories) -> None:
    shares = territories.shares_of_circle(LonLat(26.156, 44.423), 0.0)
    assert shares.by_county == {"B3": 1.0}


def test_circle_that_misses_the_country_is_all_outside(territories: Territories) -> None:
    shares = territories.shares_of_circle(LonLat(10.0, 50.0), 5000.0)
    assert (shares.by_county, shares.outside) == ({}, 1.0)


@pytest.mark.parametrize("radius_m", [-1.0, float("nan"), float("inf")])
def test_impossible_radius_is_refused(territories: Territories, radius_m: float) -> None:
    with pytest.raises(BadShapeError) as refused:
        territories.shares_of_circle(LonLat(26.0, 44.0), radius_m)
    assert refused.value.code == "bad_radius"


@pytest.mark.parametrize(
    "ring",
    [[], [[26, 44]], [[26, 44], [27, 44]], [[26, 44], [27, 44], [26.5, 44]], [[26, 44, 1]] * 4],
    ids=["empty", "one place", "two places", "a line", "three numbers"],
)
def test_ring_without_area_is_refused(territories: Territories, ring: list[list[float]]) -> None:
    with pytest.raises(BadShapeError) as refused:
        territories.shares_of_polygon(ring)
    assert refused.value.code == "bad_ring"
