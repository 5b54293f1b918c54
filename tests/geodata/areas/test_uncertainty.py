"""Outlines, areas and confidence, held against the numbers of RFC 7459."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from geodata.areas import uncertainty as u
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.crs import GEOD, distance_m
from geodata.errors import BadShapeError
from geodata.points import LonLat
from tests.geodata.areas.rfc7459 import circle_overlap_m2, probability_inside

BUCHAREST = LonLat(26.1025, 44.4353)

# RFC 7459 section 6: the Sydney Opera House, its concert hall, and the region of 6.3.
OPERA_HOUSE = Polygon(
    (
        LonLat(151.215906, -33.856625),
        LonLat(151.215343, -33.856299),
        LonLat(151.214731, -33.856326),
        LonLat(151.214495, -33.857533),
        LonLat(151.214613, -33.857720),
        LonLat(151.215375, -33.857369),
    )
)
CONCERT_HALL = Polygon(
    (
        LonLat(151.215257, -33.856473),
        LonLat(151.214973, -33.856322),
        LonLat(151.21471, -33.856424),
        LonLat(151.214753, -33.857248),
        LonLat(151.214941, -33.857413),
        LonLat(151.215128, -33.857311),
    )
)
REGION_CENTER = LonLat(151.20683, -33.872754)

SHAPES: list[Shape] = [
    Circle(BUCHAREST, 1500.0),
    Ellipse(BUCHAREST, 3000.0, 800.0, 30.0),
    ArcBand(BUCHAREST, 1100.0, 2200.0, 300.0, 120.0),
    ArcBand(BUCHAREST, 0.0, 2200.0, 300.0, 120.0),
    ArcBand(BUCHAREST, 1100.0, 2200.0, 0.0, 360.0),
    OPERA_HOUSE,
]


def area_of_outline(shape: Shape) -> float:
    exterior, holes = u.outline(shape, vertices=720)
    signed = [GEOD.polygon_area_perimeter(r[:, 0], r[:, 1])[0] for r in (exterior, *holes)]
    return float(sum(signed))


def rounded_up(metres: float) -> float:
    """The RFC never rounds an uncertainty down (section 5)."""
    return math.ceil(10 * metres) / 10


# ── outlines ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", SHAPES)
def test_an_outline_encloses_the_area_of_its_shape(shape: Shape) -> None:
    # Counter-clockwise exteriors count positive and clockwise holes negative.
    assert area_of_outline(shape) == pytest.approx(u.area_m2(shape), rel=2e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_an_outline_is_a_valid_polygon(shape: Shape) -> None:
    exterior, holes = u.outline(shape)
    assert shapely.Polygon(exterior, holes).is_valid


def test_every_corner_of_a_circle_is_a_radius_away() -> None:
    exterior, _ = u.outline(Circle(BUCHAREST, 35_000.0))
    distances = [distance_m(*BUCHAREST, lon, lat) for lon, lat in exterior]
    assert np.allclose(distances, 35_000.0, atol=1e-6)


def test_an_ellipse_points_where_it_says() -> None:
    exterior, _ = u.outline(Ellipse(BUCHAREST, 3000.0, 800.0, 90.0))
    tip = exterior[np.argmax(exterior[:, 0])]
    assert distance_m(*BUCHAREST, *tip) == pytest.approx(3000.0)


def test_an_arc_band_opens_clockwise_from_its_start_angle() -> None:
    exterior, _ = u.outline(ArcBand(BUCHAREST, 1000.0, 2000.0, 0.0, 90.0))
    # An eastward geodesic bends south by a few centimetres.
    assert (exterior >= np.array(BUCHAREST) - 1e-5).all()


def test_a_sector_without_inner_radius_ends_at_its_centre() -> None:
    exterior, holes = u.outline(ArcBand(BUCHAREST, 0.0, 2000.0, 0.0, 90.0))
    assert (exterior == np.array(BUCHAREST)).all(axis=1).any()
    assert not holes


def test_a_full_ring_has_a_hole() -> None:
    _, holes = u.outline(ArcBand(BUCHAREST, 3594.0, 4148.0, 0.0, 360.0))
    assert len(holes) == 1


def test_a_clockwise_polygon_is_turned_around() -> None:
    clockwise = Polygon(tuple(reversed(OPERA_HOUSE.exterior)))
    assert shapely.LinearRing(u.outline(clockwise)[0]).is_ccw
    assert shapely.LinearRing(u.outline(OPERA_HOUSE)[0]).is_ccw


def test_a_point_has_an_outline_of_one_place_and_no_area() -> None:
    exterior, holes = u.outline(Point(BUCHAREST))
    assert exterior.tolist() == [list(BUCHAREST)]
    assert not holes
    assert u.area_m2(Point(BUCHAREST)) == 0.0


# ── RFC 7459, section 6 ───────────────────────────────────────────────────────
def test_opera_house_has_the_area_of_the_rfc() -> None:
    assert u.area_m2(OPERA_HOUSE) == pytest.approx(12_600, rel=2e-3)


def test_opera_house_has_the_centroid_of_the_rfc() -> None:
    center = u.centroid(OPERA_HOUSE)
    assert (round(center.lat, 6), round(center.lon, 6)) == (-33.856926, 151.215102)


def test_opera_house_fits_the_circle_of_the_rfc() -> None:
    assert rounded_up(u.enclosing_circle(OPERA_HOUSE).radius_m) == 99.1


def test_concert_hall_holds_34_percent() -> None:
    assert u.area_m2(CONCERT_HALL) == pytest.approx(4566.2, rel=2e-3)
    share = probability_inside(u.area_m2(CONCERT_HALL), u.area_m2(OPERA_HOUSE), 0.95)
    assert round(share, 2) == 0.34


def test_normal_scaling_in_three_dimensions_is_2_9937() -> None:
    assert round(u.normal_factor(0.19, 0.95, dimensions=3), 4) == 2.9937


@pytest.mark.parametrize(
    ("radius", "overlap", "percent"), [(1950.0, 22_030, 67.83), (1920.0, 16_197, 49.87)]
)
def test_circle_in_region_has_the_recomputed_numbers(
    radius: float, overlap: int, percent: float
) -> None:
    common = circle_overlap_m2(99.1, radius, 1915.26)
    assert round(common) == overlap
    assert round(100 * probability_inside(common, math.pi * 99.1**2, 0.95), 2) == percent


def test_distance_of_the_region_is_that_of_the_rfc() -> None:
    away = distance_m(*u.centroid(OPERA_HOUSE), *REGION_CENTER)
    assert away == pytest.approx(1915.26, abs=0.05)


def test_vectors_of_the_source_file_hold(shared_data: Path) -> None:
    file = shared_data / "messages" / "rfc7459" / "rfc7459_vectors.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    normal, circles = facts["normal_3D_example"], facts["circle_circle_membership_RFC7459_6.3"]
    factor = u.normal_factor(normal["from_conf"], normal["to_conf"], dimensions=3)
    assert round(factor, 4) == normal["scale"]
    assert facts["default_confidence"] == u.DEFAULT_CONFIDENCE
    for case in (circles, circles["second"]):
        common = circle_overlap_m2(circles["r"], case["R"], circles["d"])
        assert round(common) == case["overlap_m2"]
        share = probability_inside(common, math.pi * circles["r"] ** 2, circles["Co"])
        assert round(100 * share, 2) == case["Pi_percent"]
    house = facts["opera_house_polygon"]
    center = u.centroid(OPERA_HOUSE)
    assert [round(center.lat, 6), round(center.lon, 6)] == house["centroid"]
    radius = u.enclosing_circle(OPERA_HOUSE).radius_m
    assert rounded_up(radius) == house["enclosing_radius_m"]
    reduced = facts["reduced_region_6.2"]
    share = probability_inside(reduced["concert_hall_area_m2"], reduced["full_area_m2"], 0.95)
    assert round(share, 2) == reduced["confidence"]


@pytest.mark.parametrize(
    ("distance", "expected"), [(300.0, 0.0), (20.0, math.pi * 100**2), (0.0, math.pi * 100**2)]
)
def test_circles_apart_or_nested_overlap_by_nothing_or_all(
    distance: float, expected: float
) -> None:
    assert circle_overlap_m2(100.0, 150.0, distance) == pytest.approx(expected)


# ── scaling ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stated", [0.5, 0.67, 0.99, 1.0])
def test_rectangular_scaling_goes_by_area(shape: Shape, stated: float) -> None:
    scaled, confidence = u.scale_confidence(shape, stated)
    assert confidence == 0.95
    assert u.area_m2(scaled) / u.area_m2(shape) == pytest.approx(0.95 / stated, rel=1e-6)


def test_a_circle_grows_by_the_root_of_the_ratio() -> None:
    scaled, _ = u.scale_confidence(Circle(BUCHAREST, 1000.0), 0.67)
    assert isinstance(scaled, Circle)
    assert scaled.radius_m == pytest.approx(1000.0 * math.sqrt(0.95 / 0.67))


def test_normal_scaling_goes_by_axis_in_two_dimensions() -> None:
    scaled, _ = u.scale_confidence(Circle(BUCHAREST, 850.24), 0.67, pdf="normal")
    assert isinstance(scaled, Circle)
    expected = special.erfinv(math.sqrt(0.95)) / special.erfinv(math.sqrt(0.67))
    assert scaled.radius_m / 850.24 == pytest.approx(expected)


@pytest.mark.parametrize("stated", [0.5, 0.99, 1.0])
def test_an_unknown_distribution_keeps_its_area_and_its_confidence(stated: float) -> None:
    shape = Circle(BUCHAREST, 1000.0)
    assert u.scale_confidence(shape, stated, pdf="unknown") == (shape, stated)


def test_a_missing_confidence_stands_for_95_percent() -> None:
    shape = Circle(BUCHAREST, 1000.0)
    assert u.scale_confidence(shape, None) == (shape, 0.95)


def test_a_normal_distribution_of_certainty_cannot_be_scaled() -> None:
    shape = Circle(BUCHAREST, 1000.0)
    assert u.scale_confidence(shape, 1.0, pdf="normal") == (shape, 1.0)


def test_an_area_larger_than_the_country_is_not_enlarged_further() -> None:
    shape = Circle(BUCHAREST, 150_000.0)
    assert u.scale_confidence(shape, 0.01) == (shape, 0.01)


def test_a_point_is_never_scaled() -> None:
    assert u.scale_confidence(Point(BUCHAREST), 0.5) == (Point(BUCHAREST), 0.5)


def test_an_enlarged_arc_band_still_holds_the_original() -> None:
    band = ArcBand(BUCHAREST, 1100.0, 2200.0, 10.0, 60.0)
    grown, _ = u.scale_confidence(band, 0.6)
    outer, inner = (shapely.Polygon(u.outline(s, vertices=2000)[0]) for s in (grown, band))
    assert outer.covers(inner)


def test_a_polygon_keeps_its_centroid_and_hole_when_scaled() -> None:
    hole = tuple(
        LonLat(*p) for p in [(151.2150, -33.8570), (151.2151, -33.8570), (151.2151, -33.8569)]
    )
    shape = Polygon(OPERA_HOUSE.exterior, (hole,))
    scaled, _ = u.scale_confidence(shape, 0.5)
    assert isinstance(scaled, Polygon)
    assert len(scaled.holes) == 1
    assert distance_m(*u.centroid(shape), *u.centroid(scaled)) < 0.01


@pytest.mark.parametrize(("stated", "pdf"), [(0.0, "normal"), (1.5, "normal"), (0.9, "guess")])
def test_nonsense_is_refused(stated: float, pdf: str) -> None:
    with pytest.raises(BadShapeError):
        u.scale_confidence(Circle(BUCHAREST, 10.0), stated, pdf=pdf)


def test_centroid_of_an_arc_band_lies_on_its_bisector() -> None:
    center = u.centroid(ArcBand(BUCHAREST, 0.0, 3000.0, 45.0, 90.0))
    assert center.lat == pytest.approx(BUCHAREST.lat, abs=1e-4)
    expected = 4 * math.sin(math.pi / 4) * 3000.0 / (3 * math.pi / 2)
    assert distance_m(*BUCHAREST, *center) == pytest.approx(expected)


@given(
    inner=st.floats(0, 30_000),
    thickness=st.floats(50, 30_000),
    start=st.floats(0, 359),
    opening=st.floats(1, 360),
    stated=st.floats(0.05, 1.0),
)
def test_arc_bands_always_scale_by_their_area(
    inner: float, thickness: float, start: float, opening: float, stated: float
) -> None:
    band = ArcBand(BUCHAREST, inner, inner + thickness, start, opening)
    grown, confidence = u.scale_confidence(band, stated)
    assert u.area_m2(grown) == pytest.approx(u.area_m2(band) * confidence / stated, rel=1e-6)
