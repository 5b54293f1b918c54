import pytest

from api.access.permissions import PERMISSIONS, Action, may
from dispatch.roles import Role

CHILD_DATA = {Action.READ_CALLS, Action.READ_INCIDENTS, Action.READ_TRACKS, Action.RECOMMEND}


def test_every_role_has_a_row_and_every_action_somebody() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Action)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.ADMINISTRATOR])
def test_who_does_not_handle_calls_sees_no_childs_data(role: Role) -> None:
    assert not PERMISSIONS[role] & CHILD_DATA


def test_only_administrators_manage_accounts() -> None:
    assert [role for role in Role if may(role, Action.MANAGE_ACCOUNTS)] == [Role.ADMINISTRATOR]


def test_an_operator_does_not_assign() -> None:
    assert not may("operator", Action.ASSIGN)
    assert may("dispatcher", Action.ASSIGN)


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may("root", action) for action in Action)
