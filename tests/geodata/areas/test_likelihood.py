"""How likely an area is for a caller at a place: a density that makes 1 and thins out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.areas.likelihood import (
    DEFAULT_TRUST,
    EdgeTrust,
    StatedArea,
    likelihood,
    search_m,
    size_likelihood,
)
from geodata.areas.shapes import ArcBand, Circle, Ellipse, MultiPolygon, Polygon, Shape
from geodata.areas.uncertainty import outline
from geodata.crs import GEOD
from geodata.points import LonLat

MIDDLE = LonLat(25.5, 46.0)
CIRCLE = Circle(MIDDLE, 2_000.0)
OUTLINE = Polygon(tuple(LonLat(*map(float, p)) for p in outline(CIRCLE)[0]))
SHAPES: list[Shape] = [
    CIRCLE,
    Ellipse(MIDDLE, 3_000.0, 1_000.0, 30.0),
    ArcBand(MIDDLE, 0.0, 3_000.0, 200.0, 120.0),
    ArcBand(MIDDLE, 2_000.0, 2_500.0, 350.0, 120.0),
    ArcBand(MIDDLE, 2_000.0, 2_500.0, 0.0, 360.0),
    OUTLINE,
]


def at(azimuth: float, away_m: float) -> tuple[np.ndarray, np.ndarray]:
    lon, lat, _ = GEOD.fwd(*MIDDLE, azimuth, away_m)
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize("shape", SHAPES)
def test_the_likelihood_of_an_area_makes_one_over_all_places(shape: Shape) -> None:
    half, step = 20_000.0, 100.0
    line = np.arange(-half, half, step) + step / 2
    x, y = (v.ravel() for v in np.meshgrid(line, line))
    turn = np.degrees(np.arctan2(x, y))
    lons, lats, _ = GEOD.fwd(
        np.full(len(x), MIDDLE.lon), np.full(len(x), MIDDLE.lat), turn, np.hypot(x, y)
    )
    total = likelihood(StatedArea(shape, 0.8), lons, lats).sum() * step**2
    assert total == pytest.approx(1.0, abs=0.05)


def test_inside_is_as_much_as_stated_less_the_discount() -> None:
    inside = likelihood(StatedArea(CIRCLE, 0.8), *at(0.0, 500.0))[0] * np.pi * CIRCLE.radius_m**2
    assert inside == pytest.approx(0.8 * (1.0 - DEFAULT_TRUST.discount))


def test_a_polygon_is_trusted_as_the_circle_it_draws() -> None:
    for away in (300.0, 1_900.0):
        by_circle, by_outline = (
            likelihood(StatedArea(s, 0.9), *at(77.0, away))[0] for s in (CIRCLE, OUTLINE)
        )
        assert by_outline == pytest.approx(by_circle, rel=0.01)


def test_a_sector_loses_callers_aside_and_beyond_and_few_behind_and_beyond() -> None:
    sector = StatedArea(ArcBand(MIDDLE, 0.0, 3_000.0, 0.0, 120.0), 0.9)
    inside, aside, beyond, lost = (
        likelihood(sector, *at(*place))[0]
        for place in ((60.0, 2_000.0), (140.0, 2_000.0), (60.0, 4_000.0), (240.0, 4_000.0))
    )
    assert inside > aside > lost
    assert inside > beyond > lost > 0.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 360.0), st.floats(0.0, 15_000.0), st.floats(1.0, 1_000.0))
def test_farther_out_is_never_likelier(azimuth: float, away: float, more: float) -> None:
    for pdf in ("rectangular", "normal"):
        area = StatedArea(CIRCLE, 0.9, pdf)
        near, far = (likelihood(area, *at(azimuth, d))[0] for d in (away, away + more))
        assert far <= near * (1 + 1e-9)


def test_nearly_nobody_is_left_beyond_the_search() -> None:
    edge = likelihood(StatedArea(CIRCLE, 0.9), *at(10.0, search_m(CIRCLE)))[0]
    assert edge < 0.01 * likelihood(StatedArea(CIRCLE, 0.9), *at(10.0, 100.0))[0]


def test_small_cells_are_likelier_where_people_are_and_large_ones_where_they_are_not() -> None:
    crowd = np.array([-1.0, 1.0])
    small, large = (
        size_likelihood(StatedArea(Circle(MIDDLE, r)), crowd, DEFAULT_TRUST) for r in (700.0, 2e4)
    )
    assert small[1] > small[0]
    assert large[1] < large[0]
    assert size_likelihood(StatedArea(CIRCLE), crowd, EdgeTrust(crowding=0.0)) == 1.0
    assert size_likelihood(StatedArea(Circle(MIDDLE, 50.0)), crowd, DEFAULT_TRUST) == 1.0


def test_who_names_a_place_is_not_across_its_border() -> None:
    cell, named = (StatedArea(CIRCLE, 0.6, is_named=kind) for kind in (False, True))
    beyond = at(90.0, CIRCLE.radius_m * 1.05)
    inside = at(90.0, CIRCLE.radius_m * 0.5)
    odds = [likelihood(a, *beyond)[0] / likelihood(a, *inside)[0] for a in (named, cell)]
    assert odds[0] < 0.1 < 0.3 < odds[1]


def test_an_area_of_several_parts_is_as_likely_as_its_parts_by_their_ground() -> None:
    square = OUTLINE.exterior
    away = tuple(LonLat(lon + 1.0, lat) for lon, lat in square)
    both = StatedArea(MultiPolygon((Polygon(square), Polygon(away))), 0.9)
    alone = StatedArea(Polygon(square), 0.9)
    place = at(10.0, 50.0)
    assert likelihood(both, *place)[0] == pytest.approx(
        0.5 * likelihood(alone, *place)[0], rel=1e-3
    )
    assert [round(share, 3) for _, share in both.parts()] == [0.5, 0.5]
