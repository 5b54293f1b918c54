"""When a team counts as having set off, and as arrived."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from dispatch.following.arrival import AreaPort, DrawnArea, arrival, status_after
from dispatch.policy import ArrivalPolicy
from dispatch.views import DriveView
from geodata.points import LonLat
from teams.model import PositionReport, TeamStatus
from tests.conftest_d.grid import grid
from tests.conftest_d.recommending import NOW, make_position

# C is the caller's destination point; a cell is 80 m; the area holds a, C and b.
GROUND = grid("a C b . . . . . f", step_m=80)
C = GROUND["C"]


@dataclass(frozen=True)
class Places:
    """A caller area of a few places."""

    inside: frozenset[LonLat]
    radius_m: float = 250.0

    def contains(self, place: LonLat) -> bool:
        return place in self.inside


AREA = Places(frozenset({GROUND["f"]}))


def has_arrived(position: PositionReport, area: AreaPort | None) -> bool:
    return arrival(position, C, area=area, now=NOW, policy=ArrivalPolicy())


def after(status: TeamStatus, position: PositionReport) -> TeamStatus:
    drive = DriveView(position.team_id, status, position, uuid4(), C, None, None)
    return status_after(drive, C, now=NOW, policy=ArrivalPolicy())


def test_a_team_in_the_street_has_arrived_at_any_speed() -> None:
    assert has_arrived(make_position(GROUND["b"], speed_ms=14.0), None)


def test_a_team_down_the_road_has_not_arrived() -> None:
    assert not has_arrived(make_position(GROUND["f"], speed_ms=0.0), None)


@pytest.mark.parametrize(("speed_ms", "expected"), [(0.0, True), (14.0, False), (None, False)])
def test_inside_the_caller_area_only_a_slow_team_has_arrived(
    speed_ms: float | None, expected: bool
) -> None:
    position = make_position(GROUND["f"], speed_ms=speed_ms)
    assert has_arrived(position, AREA) is expected


def test_a_team_that_stands_in_a_large_area_has_not_arrived() -> None:
    position = make_position(GROUND["f"], speed_ms=0.0)
    assert not has_arrived(position, Places(AREA.inside, radius_m=4_000.0))


def test_an_old_fix_proves_no_arrival() -> None:
    assert not has_arrived(make_position(C, age_s=61), None)


def test_a_coarse_fix_proves_no_arrival() -> None:
    assert not has_arrived(make_position(C, accuracy_m=150.0), None)


# ── the status that a position shows ──────────────────────────────────────────
def test_a_moving_team_has_set_off() -> None:
    assert after(TeamStatus.ASSIGNED, make_position(GROUND["f"], speed_ms=9.0)) == "en_route"


@pytest.mark.parametrize("speed_ms", [0.0, 2.0, None])
def test_a_slow_team_has_not_set_off(speed_ms: float | None) -> None:
    assert after(TeamStatus.ASSIGNED, make_position(C, speed_ms=speed_ms)) == "assigned"


def test_a_team_on_its_way_arrives_at_its_destination() -> None:
    assert after(TeamStatus.EN_ROUTE, make_position(C, speed_ms=0.0)) == "on_scene"


def test_a_car_that_stops_on_its_way_is_still_on_its_way() -> None:
    assert after(TeamStatus.EN_ROUTE, make_position(GROUND["f"], speed_ms=0.0)) == "en_route"


@pytest.mark.parametrize("status", ["available", "on_scene", "returning", "out_of_service"])
def test_a_team_that_is_not_under_way_keeps_its_status(status: str) -> None:
    assert after(TeamStatus(status), make_position(C, speed_ms=9.0)) == status


def test_a_small_circle_is_about_as_large_as_its_radius_says() -> None:
    ring = [(26.1 + 0.001 * x, 44.4 + 0.001 * y) for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))]
    area = DrawnArea.of({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    assert area is not None
    # 79.7 m by 111.1 m.
    assert area.radius_m == pytest.approx(53.1, abs=0.2)
    assert area.contains(LonLat(26.1005, 44.4005))
    assert area.contains(LonLat(26.1, 44.4005))
    assert not area.contains(LonLat(26.102, 44.4005))
