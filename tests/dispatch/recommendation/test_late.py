"""The end of the range of a travel time: the road's uncertainty and the area's together."""

import numpy as np
import pytest

from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.area_times import latest_s, times_to_area
from dispatch.recommendation.sampled_area import SampledArea
from geodata.points import LonLat
from tests.conftest_d.recommending import HOME, NOW, StraightRoads


def latest(median: float, far: float, late: float) -> float:
    return float(latest_s(np.array([median]), np.array([far]), np.array([late]))[0])


def test_a_known_place_leaves_the_roads_range_alone() -> None:
    assert latest(600, 600, 900) == pytest.approx(900)


def test_a_sure_road_leaves_the_areas_range_alone() -> None:
    assert latest(600, 1200, 600) == pytest.approx(1200)


def test_two_reasons_are_more_than_one_and_less_than_both_at_their_worst() -> None:
    assert 1200 < latest(600, 1200, 900) < 1200 * 900 / 600


@pytest.mark.parametrize(
    ("median", "far", "late", "expected"),
    [(0, 0, 0, 0), (0, 300, 0, 300), (600, np.inf, 900, np.inf), (np.inf, np.inf, np.inf, np.inf)],
)
def test_no_way_and_no_length_stay_what_they_are(
    median: float, far: float, late: float, expected: float
) -> None:
    assert latest(median, far, late) == expected


@pytest.mark.parametrize(("road", "area"), [(0.2, 0.3), (0.35, 0.1), (0.1, 0.5)])
def test_nine_of_ten_arrivals_end_within_it(road: float, area: float) -> None:
    """Drawn arrivals to drawn places: both uncertain, neither knows of the other."""
    rng = np.random.default_rng(3)
    to_places = 600 * np.exp(rng.normal(0, area, 40_000))
    arrivals = to_places * np.exp(rng.normal(0, road, 40_000))
    far = float(np.quantile(to_places, 0.9))
    inside = arrivals <= latest(600, far, 600 * np.exp(1.2816 * road))
    assert inside.mean() == pytest.approx(0.9, abs=0.01)


def test_every_team_gets_the_end_of_its_range() -> None:
    near, far = HOME, LonLat(HOME.lon + 0.1, HOME.lat)
    island = LonLat(25.0, 45.0)
    roads = StraightRoads(late_share=1.5, islands=frozenset({island}))
    area = SampledArea.of_place(LonLat(HOME.lon + 0.05, HOME.lat))
    times = times_to_area(
        [near, far, island], area, travel=roads, at=NOW, policy=RecommendationPolicy()
    )
    assert [one.late_s and round(one.late_s / (one.seconds or 1), 3) for one in times] == [
        1.5, 1.5, None,
    ]  # fmt: skip
