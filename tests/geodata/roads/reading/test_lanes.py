"""Lanes, ferries and islands of drawn files: what is reached, and in what time."""

from pathlib import Path

import pytest

from geodata.roads.reading.pbf import read_pbf
from tests.conftest_d.drawn_files import index_of, near, seconds
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import Road, ferry, road, write_pbf

# A town (letters), a pier on either bank (p to u), an island (figures).
GROUND = grid(
    """
    a b c d . . . . 1 2 3 4
    e f g h p q . r 5 6 7 8
    i j k l s t . u 9 m n o
    """,
    step_m=250,
)
STREETS = {
    labels: road(labels)
    for labels in (
        *("a b c d", "e f g h", "i j k l", "a e i", "b f j", "c g k", "d h l"),
        *("1 2 3 4", "5 6 7 8", "9 m n o", "1 5 9", "2 6 m", "3 7 n", "4 8 o"),
    )
}
LANE_S, STREET_S = 250 * 3.6 / 15, 22.5


def lane(labels: str, **tags: str) -> Road:
    return road(labels, "service", service="driveway", **tags)


def boat(labels: str, minutes: int, **tags: str) -> Road:
    return ferry(labels, motor_vehicle="yes", duration=str(minutes), **tags)


def with_streets(*roads: Road) -> dict[str, Road]:
    return {**STREETS, **{f"road {i}": one for i, one in enumerate(roads)}}


def test_of_two_ferries_behind_lanes_the_faster_is_taken(tmp_path: Path):
    roads = with_streets(
        *(lane("h p"), boat("p r", 10), lane("r 5")),
        *(lane("l s"), boat("s u", 5), lane("u 9")),
    )
    index = index_of(tmp_path, GROUND, roads)
    assert seconds(index, GROUND, "l 9") == near(2 * LANE_S + 300)
    assert seconds(index, GROUND, "h 5") == near(2 * STREET_S + 2 * LANE_S + 300)


def test_a_ferry_out_and_another_back_are_both_kept(tmp_path: Path):
    roads = with_streets(
        *(lane("h p", oneway="yes"), boat("p r", 10, oneway="yes"), lane("r 5", oneway="yes")),
        *(lane("9 u", oneway="yes"), boat("u s", 5, oneway="yes"), lane("s l", oneway="yes")),
    )
    index = index_of(tmp_path, GROUND, roads)
    assert seconds(index, GROUND, "h 5") == near(2 * LANE_S + 600)
    assert seconds(index, GROUND, "5 h") == near(2 * STREET_S + 2 * LANE_S + 300)


@pytest.mark.parametrize(
    "into",
    [
        road("h p q r 5", oneway="yes"),
        road("h p q r 5", "tertiary", oneway="yes"),
        boat("h p q r 5", 10, oneway="yes"),
        road("5 r q p h", oneway="-1"),
    ],
)
def test_a_place_that_is_entered_one_way_and_left_by_a_lane_is_left(tmp_path: Path, into: Road):
    index = index_of(tmp_path, GROUND, with_streets(into, lane("9 u t s l")))
    assert seconds(index, GROUND, "h 5") is not None
    assert seconds(index, GROUND, "9 l") == near(5 * LANE_S)


def test_a_lane_between_streets_that_reach_each_other_is_left_out(tmp_path: Path):
    around = with_streets(road("h p q r 5", oneway="yes"), road("9 u t s l", oneway="yes"))
    file = write_pbf(tmp_path / "x.osm.pbf", GROUND, {**around, "short cut": lane("q t")})
    assert read_pbf(file)[1].lanes_kept == 0


def test_an_island_behind_an_island_is_reached_over_four_lanes(tmp_path: Path):
    ground = grid(
        """
        a b c d . . . . 1 2 3 4 . . .
        e f g h p q . r 5 6 7 8 x . y
        i j k l s t . u 9 m n o . . z
        """,
        step_m=250,
    )
    roads = with_streets(
        *(lane("h p q"), boat("q r", 10), road("r 5", "track", tracktype="grade1")),
        *(road("8 x", "service", service="parking_aisle"), boat("x y", 5), road("y z")),
    )
    index = index_of(tmp_path, ground, roads)
    expected = 3 * LANE_S + 600 + 3 * STREET_S + LANE_S + 300 + STREET_S
    assert seconds(index, ground, "h z") == near(expected)


def test_ferries_that_meet_on_the_water_are_changed_between(tmp_path: Path):
    roads = with_streets(boat("h p q", 10), boat("q r 5", 10), ferry("l t u 9", foot="yes"))
    index = index_of(tmp_path, GROUND, roads)
    assert seconds(index, GROUND, "h 5") == near(1200)
    assert seconds(index, GROUND, "l 9") == near(1200 + 2 * STREET_S)
