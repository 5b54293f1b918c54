"""An incident's states: what may be done in each, and what closing demands."""

from itertools import product

import pytest

from dispatch.errors import IllegalTransitionError, ResolutionRequiredError
from dispatch.incidents import (
    IncidentAction,
    allowed_actions,
    next_state,
    resolution_of,
    state_after,
)
from dispatch.model import IncidentState, Resolution
from teams.availability import TeamAction, holds_assignment, next_status
from teams.model import TeamStatus

S, A, R, T = IncidentState, IncidentAction, Resolution, TeamStatus
UNCLOSED = [state for state in S if state is not S.CLOSED]


def test_an_intervention_goes_from_call_to_closed() -> None:
    state = S.OPEN
    for action in (A.ASSIGN, A.START, A.ARRIVE):
        state = next_state(state, action)
    assert next_state(state, A.CLOSE, resolution=R.CHILD_SAFE) is S.CLOSED


@pytest.mark.parametrize("state", UNCLOSED)
def test_no_incident_is_closed_without_a_resolution(state: IncidentState) -> None:
    with pytest.raises(ResolutionRequiredError) as refused:
        next_state(state, A.CLOSE)
    assert refused.value.code == "resolution_required"
    assert "child_safe" in refused.value.hint


@pytest.mark.parametrize("state", UNCLOSED)
def test_danger_to_life_goes_to_112_from_anywhere(state: IncidentState) -> None:
    assert next_state(state, A.TRANSFER_112) is S.CLOSED
    assert resolution_of(A.TRANSFER_112) is R.TRANSFERRED_112


def test_a_transfer_to_the_psychologists_closes_with_that_resolution() -> None:
    assert next_state(S.OPEN, A.TRANSFER_PSYCHOLOGISTS) is S.CLOSED
    assert resolution_of(A.TRANSFER_PSYCHOLOGISTS) is R.TRANSFERRED_PSYCHOLOGISTS


@pytest.mark.parametrize("state", [S.OPEN, S.ASSIGNED])
def test_a_misdial_is_one_step(state: IncidentState) -> None:
    assert next_state(state, A.MISDIAL) is S.CLOSED


@pytest.mark.parametrize("state", [S.EN_ROUTE, S.ON_SCENE])
def test_a_misdial_cannot_leave_a_car_on_the_road(state: IncidentState) -> None:
    with pytest.raises(IllegalTransitionError, match="cannot misdial"):
        next_state(state, A.MISDIAL)


def test_a_stated_resolution_cannot_contradict_the_action() -> None:
    assert resolution_of(A.MISDIAL, R.CHILD_SAFE) is R.MISDIAL


def test_another_county_receives_an_open_incident() -> None:
    assert next_state(S.OPEN, A.TRANSFER_COUNTY) is S.OPEN


@pytest.mark.parametrize("state", [S.ASSIGNED, S.EN_ROUTE, S.ON_SCENE])
def test_an_incident_does_not_change_county_with_a_team_bound_to_it(state: IncidentState) -> None:
    with pytest.raises(IllegalTransitionError) as refused:
        next_state(state, A.TRANSFER_COUNTY)
    assert refused.value.code == "team_still_assigned"


@pytest.mark.parametrize("action", [action for action in A if action not in {A.NOTE, A.REOPEN}])
def test_a_closed_incident_only_takes_notes_or_is_reopened(action: IncidentAction) -> None:
    with pytest.raises(IllegalTransitionError) as refused:
        next_state(S.CLOSED, action, resolution=R.OTHER)
    assert refused.value.code == "illegal_transition"
    assert next_state(S.CLOSED, A.NOTE) is S.CLOSED


@pytest.mark.parametrize("state", [S.ASSIGNED, S.EN_ROUTE, S.ON_SCENE])
def test_releasing_the_last_team_opens_the_incident_again(state: IncidentState) -> None:
    assert next_state(state, A.RELEASE) is S.OPEN


def test_releasing_one_of_two_teams_leaves_the_state_of_the_other() -> None:
    assert next_state(S.ON_SCENE, A.RELEASE, remaining=[T.EN_ROUTE]) is S.EN_ROUTE


def test_a_second_team_does_not_move_an_incident_back() -> None:
    assert next_state(S.ON_SCENE, A.ASSIGN) is S.ON_SCENE
    assert next_state(S.ON_SCENE, A.START) is S.ON_SCENE


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([], S.OPEN),
        ([T.ASSIGNED], S.ASSIGNED),
        ([T.ASSIGNED, T.EN_ROUTE], S.EN_ROUTE),
        ([T.ON_SCENE, T.ASSIGNED], S.ON_SCENE),
        ([T.RETURNING], S.OPEN),
    ],
)
def test_an_incident_stands_where_its_furthest_team_stands(
    statuses: list[TeamStatus], state: IncidentState
) -> None:
    assert state_after(statuses) is state


def test_the_incident_table_agrees_with_the_statuses_of_its_only_team() -> None:
    steps = [A.START, A.ARRIVE, A.RELEASE]
    for status, action in product(filter(holds_assignment, T), steps):
        if action not in allowed_actions(state_after([status])) or action is A.START:
            continue
        if status is T.ON_SCENE and action is A.ARRIVE:
            continue
        after = next_status(status, TeamAction(action))
        bound = [after] if holds_assignment(after) else []
        assert next_state(state_after([status]), action, remaining=bound) is state_after(bound)


def test_every_unclosed_state_can_be_closed() -> None:
    assert all(A.CLOSE in allowed_actions(state) for state in UNCLOSED)
