"""When an ETA is computed again, what is kept of it, and which number is one."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch.following.etas import EtaBasis, EtaMemory, needs_new_eta, sane_eta
from dispatch.policy import ArrivalPolicy
from teams.model import PositionReport
from tests.conftest_d.grid import grid
from tests.conftest_d.recommending import NOW, make_position

# A cell is 80 m.
GROUND = grid("a C b . . . . . f", step_m=80)
C = GROUND["C"]
BASIS = EtaBasis(C, NOW - timedelta(seconds=30))


def is_due(basis: EtaBasis | None, position: PositionReport, *, in_seconds: float = 0.0) -> bool:
    now = NOW + timedelta(seconds=in_seconds)
    return needs_new_eta(basis, position, now=now, policy=ArrivalPolicy())


def test_the_first_eta_is_always_computed() -> None:
    assert is_due(None, make_position(C))


def test_a_standing_team_keeps_its_eta_for_a_minute() -> None:
    assert not is_due(BASIS, make_position(C))
    assert is_due(BASIS, make_position(C), in_seconds=30)


def test_half_a_kilometre_asks_the_road_again() -> None:
    assert not is_due(BASIS, make_position(GROUND["b"]))
    assert is_due(BASIS, make_position(GROUND["f"]))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, None), (-1.0, None), (0.0, 0.0), (420.0, 420.0), (7 * 3600.0, None),
     (float("nan"), None), (float("inf"), None)],
)  # fmt: skip
def test_only_a_number_that_can_be_an_eta_is_shown(
    seconds: float | None, shown: float | None
) -> None:
    assert sane_eta(seconds, ArrivalPolicy()) == shown


def test_what_an_eta_was_computed_from_is_remembered_until_the_roads_change() -> None:
    memory, assignment_id = EtaMemory(), uuid4()
    memory.keep(assignment_id, BASIS)
    assert memory.find(assignment_id) == BASIS
    memory.clear()
    assert memory.find(assignment_id) is None


def test_of_too_many_etas_the_oldest_is_forgotten() -> None:
    memory = EtaMemory()
    assignments = [uuid4() for _ in range(5_001)]
    for one in assignments:
        memory.keep(one, BASIS)
    assert memory.find(assignments[0]) is None
    assert memory.find(assignments[1]) == BASIS
