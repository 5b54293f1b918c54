"""A time to an area is a distribution: its quantiles, by weight."""

import numpy as np
import pytest

from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.area_times import times_to_area, weighted_quantiles
from dispatch.recommendation.sampled_area import SampledArea
from tests.conftest_d.recommending import HOME, NOW, StraightRoads

SHARES = (0.1, 0.5, 0.9)


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([5.0], [1.0], [5.0, 5.0, 5.0]),
        ([3.0, 1.0, 2.0], [1 / 3, 1 / 3, 1 / 3], [1.0, 2.0, 3.0]),
        ([1.0, 9.0], [0.95, 0.05], [1.0, 1.0, 1.0]),
        ([1.0, 9.0], [0.5, 0.5], [1.0, 1.0, 9.0]),
        ([1.0, np.inf], [0.5, 0.5], [1.0, 1.0, np.inf]),
        ([7.0, 1.0], [0.0, 1.0], [1.0, 1.0, 1.0]),
    ],
)
def test_quantiles_follow_the_weights(
    values: list[float], weights: list[float], expected: list[float]
) -> None:
    answer = weighted_quantiles(np.array([values]), np.array(weights), SHARES)
    assert answer.tolist() == [expected]


def test_many_equal_weights_do_not_lose_the_last_value_to_rounding() -> None:
    weights = np.full(49, 1 / 49)
    answer = weighted_quantiles(np.arange(49.0)[None, :], weights, (1.0,))
    assert answer.tolist() == [[48.0]]


def test_nobody_asks_the_roads_for_nobody() -> None:
    roads = StraightRoads()
    area = SampledArea.of([HOME], [1.0])
    assert times_to_area([], area, travel=roads, at=NOW, policy=RecommendationPolicy()) == []
    assert roads.asked == []
