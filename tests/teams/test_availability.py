"""A team's statuses: what leads where, and who may cause it."""

import pytest

from teams.availability import (
    ACTOR,
    TRANSITIONS,
    Actor,
    TeamAction,
    action_between,
    allowed_actions,
    holds_assignment,
    is_under_way,
    next_status,
)
from teams.errors import IllegalStatusError
from teams.model import TeamStatus

S, A = TeamStatus, TeamAction


@pytest.mark.parametrize(
    ("actions", "end"),
    [
        ([A.ASSIGN, A.START, A.ARRIVE, A.LEAVE, A.BACK], S.AVAILABLE),
        ([A.ASSIGN, A.ARRIVE], S.ON_SCENE),
        ([A.ASSIGN, A.RELEASE], S.AVAILABLE),
        ([A.ASSIGN, A.START, A.RELEASE], S.AVAILABLE),
        ([A.ASSIGN, A.START, A.ARRIVE, A.RELEASE], S.RETURNING),
        ([A.ASSIGN, A.START, A.ARRIVE, A.LEAVE, A.ASSIGN], S.ASSIGNED),
        ([A.GO_OUT_OF_SERVICE, A.RETURN_TO_SERVICE], S.AVAILABLE),
    ],
)
def test_a_shift_ends_where_its_actions_lead(actions: list[TeamAction], end: TeamStatus) -> None:
    status = S.AVAILABLE
    for action in actions:
        status = next_status(status, action)
    assert status is end


def test_every_pair_outside_the_table_is_refused_with_what_is_possible() -> None:
    for status in S:
        for action in set(A) - set(allowed_actions(status)):
            with pytest.raises(IllegalStatusError) as refused:
                next_status(status, action)
            assert refused.value.code == "illegal_status_change"
            assert all(name in refused.value.hint for name in allowed_actions(status))


def test_a_team_out_of_service_cannot_be_assigned() -> None:
    with pytest.raises(IllegalStatusError, match="out_of_service cannot assign"):
        next_status(S.OUT_OF_SERVICE, A.ASSIGN)


def test_a_team_with_an_assignment_cannot_drop_out_of_service() -> None:
    for status in filter(holds_assignment, S):
        assert A.GO_OUT_OF_SERVICE not in allowed_actions(status)


def test_assigning_binds_and_releasing_frees_a_team() -> None:
    for (before, action), after in TRANSITIONS.items():
        bound = holds_assignment(before), holds_assignment(after)
        if action is A.ASSIGN:
            assert bound == (False, True)
        elif action in {A.RELEASE, A.LEAVE}:
            assert bound == (True, False)
        else:
            assert bound[0] == bound[1]


def test_every_action_has_an_actor() -> None:
    assert set(ACTOR) == set(A)


def test_a_phone_that_reports_a_status_finds_the_action_behind_it() -> None:
    assert action_between(S.ASSIGNED, S.EN_ROUTE) is A.START
    assert action_between(S.ON_SCENE, S.RETURNING) is A.LEAVE


@pytest.mark.parametrize(
    ("before", "after"), [(S.AVAILABLE, S.ASSIGNED), (S.ASSIGNED, S.AVAILABLE)]
)
def test_a_phone_cannot_assign_or_release_its_team(before: TeamStatus, after: TeamStatus) -> None:
    with pytest.raises(IllegalStatusError, match="by itself"):
        action_between(before, after)


def test_every_status_can_be_left() -> None:
    assert all(allowed_actions(status) for status in S)


def test_the_system_and_the_team_share_all_actions_between_them() -> None:
    for status in S:
        split = {a for actor in Actor for a in allowed_actions(status, actor=actor)}
        assert split == set(allowed_actions(status))


@pytest.mark.parametrize("status", list(S))
def test_a_team_is_under_way_from_its_assignment_to_its_arrival(status: TeamStatus) -> None:
    assert is_under_way(status) is (status in {S.ASSIGNED, S.EN_ROUTE})
