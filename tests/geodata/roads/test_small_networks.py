"""Hand-drawn networks with the seconds a person would expect (40 km/h: 90 s a kilometre)."""

import pytest

from geodata.points import LonLat
from tests.conftest_d.drawn_roads import draw_index, drive_s, way
from tests.conftest_d.grid import grid

STREET = grid("A . . . B . . . C", step_m=250)


def between(a: LonLat, b: LonLat, share: float) -> LonLat:
    return LonLat(a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat))


def near(seconds: float) -> object:
    return pytest.approx(seconds, rel=2e-3)


def test_a_kilometre_of_street_takes_ninety_seconds():
    index = draw_index(STREET, way("A B"), way("B C"))
    assert drive_s(index, STREET["A"], STREET["B"]) == near(90)


@pytest.mark.parametrize(
    ("highway", "seconds"),
    [("motorway", 3600 / 110), ("trunk", 3600 / 70), ("tertiary", 72), ("service", 90)],
)
def test_every_class_has_its_speed(highway: str, seconds: float):
    index = draw_index(STREET, way("A B", highway, oneway="no"))
    assert drive_s(index, STREET["A"], STREET["B"]) == near(seconds)


def test_a_place_in_mid_street_counts_only_the_part_driven():
    index = draw_index(STREET, way("A B"), way("B C"))
    quarter = between(STREET["A"], STREET["B"], 0.25)
    assert drive_s(index, quarter, STREET["C"]) == near(0.75 * 90 + 90)
    assert drive_s(index, STREET["C"], quarter) == near(0.75 * 90 + 90)


@pytest.mark.parametrize(("start", "end"), [(0.2, 0.7), (0.7, 0.2), (0.5, 0.5)])
def test_two_places_on_one_street_need_no_junction(start: float, end: float):
    index = draw_index(STREET, way("A B"))
    a, b = (between(STREET["A"], STREET["B"], share) for share in (start, end))
    assert drive_s(index, a, b) == pytest.approx(abs(end - start) * 90, abs=0.1)


BLOCK = grid(
    """
    A B
    D C
    """
)


def test_going_back_on_a_one_way_street_means_driving_round_the_block():
    index = draw_index(BLOCK, way("A B", oneway="yes"), way("B C D A"))
    behind, ahead = (between(BLOCK["A"], BLOCK["B"], share) for share in (0.25, 0.75))
    assert drive_s(index, behind, ahead) == near(45)
    assert drive_s(index, ahead, behind) == near(22.5 + 270 + 22.5)


def test_out_of_a_one_way_trap_there_is_no_way():
    index = draw_index(BLOCK, way("A B", oneway="yes"), way("D A"))
    assert drive_s(index, BLOCK["D"], BLOCK["B"]) == near(180)
    assert drive_s(index, BLOCK["B"], BLOCK["D"]) is None


def test_a_one_way_drawn_against_its_direction_is_driven_backwards():
    index = draw_index(BLOCK, way("A B", oneway="-1"), way("B C D A"))
    assert drive_s(index, BLOCK["B"], BLOCK["A"]) == near(90)
    assert drive_s(index, BLOCK["A"], BLOCK["B"]) == near(270)


def test_an_island_is_unreachable_both_ways():
    ground = grid("A B . . C D")
    index = draw_index(ground, way("A B"), way("C D"))
    assert drive_s(index, ground["A"], ground["D"]) is None
    assert drive_s(index, ground["D"], ground["A"]) is None


CIRCLE = grid(
    """
    .  . N .  .
    .  . t .  .
    W  l . r  E
    .  . b .  .
    .  . S .  .
    """,
    step_m=100,
)
# Drawn anticlockwise, as one drives in Romania: right, top, left, bottom.
ROUNDABOUT = (
    way("r t l b r", junction="roundabout"),
    way("W l"),
    way("r E"),
    way("N t"),
    way("b S"),
)


@pytest.mark.parametrize(("exit_", "quarters"), [("S", 1), ("E", 2), ("N", 3)])
def test_a_roundabout_is_left_after_its_quarters(exit_: str, quarters: int):
    index = draw_index(CIRCLE, *ROUNDABOUT)
    quarter_m = 100 * 2**0.5
    expected = (200 + quarters * quarter_m) / 1000 * 90
    assert drive_s(index, CIRCLE["W"], CIRCLE[exit_]) == pytest.approx(expected, rel=2e-3)


def test_the_faster_of_two_parallel_roads_is_taken():
    index = draw_index(STREET, way("A B"), way("A B", "primary"))
    assert drive_s(index, STREET["A"], STREET["B"]) == near(72)


def test_a_street_that_ends_where_it_began_is_no_obstacle():
    index = draw_index(BLOCK, way("A B"), way("B C D B"))
    assert drive_s(index, BLOCK["A"], BLOCK["D"]) == near(90 + 90 * 2**0.5)


def test_a_closed_street_is_driven_round_and_stays_open_in_the_other_index():
    index = draw_index(BLOCK, way("A B"), way("B C D A"))
    closed = index.weights_ms.copy()
    closed[:2] = 1_000_000_000
    detour = index.with_weights(closed)
    start, end = (between(BLOCK[a], BLOCK[b], 0.1) for a, b in ("AD", "BC"))
    assert drive_s(index, start, end) == near(9 + 90 + 9)
    assert drive_s(detour, start, end) == near(81 + 90 + 81)
