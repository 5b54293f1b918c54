"""What the map's scripts decide about room: which markers meet, and what lies on top."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest

from maps.pages.assets import STATIC_DIR

CALLER = Path(__file__).with_name("call_functions.mjs")


def call(module: str, name: str, *values: Any) -> Any:
    request = {"module": module, "calls": [[name, *values]]}
    done = subprocess.run(
        ["node", "--experimental-vm-modules", "--no-warnings", str(CALLER), str(STATIC_DIR)],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)[0]


def groups_of(*places: tuple[float, float]) -> list[int]:
    items = [{"x": x, "y": y} for x, y in places]
    return [len(group) for group in call("map/crowding.js", "groupsOf", items)]


@pytest.mark.parametrize(
    ("places", "sizes"),
    [
        ([(0, 0)] * 18, [18]),
        ([(0, 0), (29, 0)], [2]),
        ([(0, 0), (31, 0)], [1, 1]),
        # On both sides of a cell of the grid, and left of the screen.
        ([(-1, -1), (1, 1)], [2]),
        ([(-500, 40), (-490, 41), (600, 40)], [2, 1]),
        # A chain is no crowd: the last is far from the first.
        ([(0, 0), (25, 0), (50, 0)], [2, 1]),
        ([], []),
    ],
)
def test_markers_that_would_hide_each_other_are_a_group(
    places: list[tuple[float, float]], sizes: list[int]
) -> None:
    assert groups_of(*places) == sizes


def test_a_thousand_markers_are_each_in_one_group() -> None:
    places = [(i * 7 % 900 - 100, i * 13 % 700 - 50) for i in range(1000)]
    assert sum(groups_of(*places)) == 1000


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_the_markers_of_a_ring_do_not_meet(count: int) -> None:
    places = call("map/crowding.js", "ringPlaces", count)
    assert len(places) == count
    nearest = min(math.dist(a, b) for i, a in enumerate(places) for b in places[:i])
    assert nearest >= 60


def test_two_markers_stand_beside_each_other() -> None:
    (left, right) = call("map/crowding.js", "ringPlaces", 2)
    assert left[0] < right[0]
    assert left[1] == pytest.approx(right[1], abs=1)


@pytest.mark.parametrize(
    ("minutes", "order"),
    [
        ([5, 40, 12], [40, 12, 5]),
        ([3, None, 90], [None, 90, 3]),
        ([None, None, 1], [None, None, 1]),
        ([0.5, 0.25], [0.5, 0.25]),
    ],
)
def test_dots_of_near_places_are_drawn_over_far_ones(
    minutes: list[float | None], order: list[float | None]
) -> None:
    dots = [[26.0, 44.0, each, 0] for each in minutes]
    drawn = call("planning/coverage_layer.js", "farFirst", dots)
    assert [dot[2] for dot in drawn] == order
