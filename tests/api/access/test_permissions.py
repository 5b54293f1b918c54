"""Which role may do what."""

import pytest

from api.access.permissions import PERMISSIONS, Permission, may
from dispatch.roles import Role

CHILD_DATA = {
    Permission.READ_CALLS,
    Permission.READ_INCIDENTS,
    Permission.READ_TRACKS,
    Permission.RECOMMEND,
}


def test_every_role_has_a_row_and_every_action_somebody() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize("role", [Role.PLANNER, Role.ADMINISTRATOR])
def test_who_does_not_handle_calls_sees_no_childs_data(role: Role) -> None:
    assert not PERMISSIONS[role] & CHILD_DATA


def test_only_administrators_manage_accounts() -> None:
    assert [role for role in Role if may(role, Permission.MANAGE_ACCOUNTS)] == [Role.ADMINISTRATOR]


def test_an_operator_does_not_assign() -> None:
    assert not may("operator", Permission.ASSIGN)
    assert may("dispatcher", Permission.ASSIGN)


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may("root", permission) for permission in Permission)
