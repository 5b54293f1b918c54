from uuid import uuid4

import pytest

from dispatch.roles import Role, Viewer, viewer_of
from geodata.database.scope import Scope

TEAM = uuid4()


def ways_of_seeing(role: str) -> int:
    viewer = Viewer(role, frozenset({"B3"}), TEAM)
    return sum((viewer.sees_detail, viewer.sees_counts, viewer.is_team))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TELEPHONE])
def test_every_role_of_people_sees_in_exactly_one_way(role: Role) -> None:
    assert ways_of_seeing(role) == 1


def test_a_telephone_system_sees_in_none() -> None:
    assert ways_of_seeing(Role.TELEPHONE) == 0


@pytest.mark.parametrize("name", ["visitor", "courier", "", "Operator"])
def test_a_name_that_is_no_role_sees_nothing(name: str) -> None:
    assert ways_of_seeing(name) == 0


def test_a_viewer_knows_its_own_team_and_no_other() -> None:
    viewer = Viewer(Role.TEAM, frozenset({"B3"}), TEAM)
    assert viewer.is_own_team(str(TEAM))
    assert not viewer.is_own_team(str(uuid4()))
    assert not Viewer(Role.TEAM, frozenset({"B3"})).is_own_team(str(None))


def test_who_looks_is_who_acts() -> None:
    viewer = viewer_of(Scope("phone", "team", ("B3", "IF"), TEAM))
    assert viewer == Viewer("team", frozenset({"B3", "IF"}), TEAM)
