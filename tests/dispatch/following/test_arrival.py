"""When an ETA is computed again, and when a team counts as arrived."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from dispatch.following.arrival import EtaBasis, arrival, needs_new_eta, sane_eta
from geodata.points import LonLat
from tests.conftest_d.grid import grid
from tests.conftest_d.recommending import NOW, make_position

# C is the caller's destination point; a cell is 80 m; the area holds a, C and b.
GROUND = grid("a C b . . . . . f", step_m=80)
C = GROUND["C"]
BASIS = EtaBasis(C, NOW - timedelta(seconds=30))


@dataclass(frozen=True)
class Places:
    """A caller area of a few places."""

    inside: frozenset[LonLat]
    radius_m: float = 250.0

    def contains(self, place: LonLat) -> bool:
        return place in self.inside


AREA = Places(frozenset({GROUND["f"]}))


def test_the_first_eta_is_always_computed() -> None:
    assert needs_new_eta(None, make_position(C), NOW)


def test_a_standing_team_keeps_its_eta_for_a_minute() -> None:
    assert not needs_new_eta(BASIS, make_position(C), NOW)
    assert needs_new_eta(BASIS, make_position(C), NOW + timedelta(seconds=30))


def test_half_a_kilometre_asks_the_road_again() -> None:
    assert not needs_new_eta(BASIS, make_position(GROUND["b"]), NOW)
    assert needs_new_eta(BASIS, make_position(GROUND["f"]), NOW)


def test_a_team_in_the_street_has_arrived_at_any_speed() -> None:
    assert arrival(make_position(GROUND["b"], speed_ms=14.0), C, None, NOW)


def test_a_team_down_the_road_has_not_arrived() -> None:
    assert not arrival(make_position(GROUND["f"], speed_ms=0.0), C, None, NOW)


@pytest.mark.parametrize(("speed_ms", "expected"), [(0.0, True), (14.0, False), (None, False)])
def test_inside_the_caller_area_only_a_slow_team_has_arrived(
    speed_ms: float | None, expected: bool
) -> None:
    position = make_position(GROUND["f"], speed_ms=speed_ms)
    assert arrival(position, C, AREA, NOW) is expected


def test_a_team_that_stands_in_a_large_area_has_not_arrived() -> None:
    position = make_position(GROUND["f"], speed_ms=0.0)
    assert not arrival(position, C, Places(AREA.inside, radius_m=4_000.0), NOW)


def test_an_old_fix_proves_no_arrival() -> None:
    assert not arrival(make_position(C, age_s=61), C, None, NOW)


def test_a_coarse_fix_proves_no_arrival() -> None:
    assert not arrival(make_position(C, accuracy_m=150.0), C, None, NOW)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, None), (-1.0, None), (0.0, 0.0), (420.0, 420.0), (7 * 3600.0, None),
     (float("nan"), None), (float("inf"), None)],
)  # fmt: skip
def test_only_a_number_that_can_be_an_eta_is_shown(
    seconds: float | None, shown: float | None
) -> None:
    assert sane_eta(seconds) == shown
