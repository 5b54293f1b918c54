"""Asking a neighbour centre for one of its teams."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dispatch import services
from dispatch.errors import AlreadyAssignedError, IllegalTransitionError, VersionConflictError
from dispatch.field import AidAnswer
from dispatch.model import Resolution
from geodata.errors import (
    BadInputError,
    ConflictError,
    NotAllowedError,
    NotFoundError,
    RefusedError,
)
from teams.model import TeamStatus
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.field_work import Field, phone_of

ILFOV = scope_of_county("IF", actor="ilie")


def asked(field: Field, incident=None, **options):
    incident = incident or field.desk.incident()
    team = field.desk.team(f"IF-{options.pop('number', 1)}", "IF").team
    return services.ask_for_team(
        field.desk.engine, field.desk.scope, incident.id, team.id, **options
    )


def seen(field: Field, scope):
    return services.list_aid_requests(field.desk.engine, scope)


def case(field: Field, request):
    return services.get_incident(field.desk.engine, field.desk.scope, request.incident_id)


def kinds(field: Field, request):
    scope = field.desk.scope
    rows = services.incident_timeline(field.desk.engine, scope, request.incident_id)
    return [one.kind for one in rows]


def test_the_other_centre_learns_where_and_how_urgent_and_no_more(field: Field):
    request = asked(field)
    (row,) = seen(field, ILFOV)
    assert (row.id, row.waits, row.callsign, row.county) == (request.id, True, "IF-1", "B3")
    assert row.area is not None
    assert row.incident_number is None
    with pytest.raises(NotFoundError):
        services.get_incident(field.desk.engine, ILFOV, request.incident_id)
    assert seen(field, scope_of_county("VS")) == []


def test_accepted_the_team_is_bound_and_alerted_and_the_case_stays_where_it_was(field: Field):
    request = asked(field)
    done = services.accept_aid(field.desk.engine, ILFOV, request.id)
    assert done.answer is AidAnswer.ACCEPTED
    known = case(field, request)
    (bound,) = known.assignments
    assert (known.county, known.state, bound.id) == ("B3", "assigned", done.assignment_id)
    assert (bound.team_county, bound.answer, bound.answer_due_at is not None) == ("IF", None, True)
    assert bound.override_reason == "asked by ana"
    assert kinds(field, request)[-3:] == ["aid_asked", "assigned", "aid_accepted"]
    mine = services.get_incident(
        field.desk.engine, phone_of(request.team_id, "IF"), request.incident_id
    )
    assert mine.number == known.number


@pytest.mark.parametrize("reason", ["e singura echipă", "drum închis", "x"])
def test_refused_with_a_reason_the_team_stays_free(field: Field, reason: str):
    request = asked(field)
    services.refuse_aid(field.desk.engine, ILFOV, request.id, reason=reason)
    (row,) = seen(field, field.desk.scope)
    assert (row.answer, row.answer_reason, row.answered_by) == ("refused", reason, "ilie")
    team = services.get_team(field.desk.engine, ILFOV, request.team_id).team
    assert team.status is TeamStatus.AVAILABLE
    assert kinds(field, request)[-1] == "aid_refused"


def test_a_refusal_without_a_reason_is_none(field: Field):
    with pytest.raises(BadInputError, match="says why"):
        services.refuse_aid(field.desk.engine, ILFOV, asked(field).id, reason=" ")


def test_after_its_time_it_lapses_on_both_desks_and_binds_nobody(field: Field):
    request = asked(field)
    field.clock.move(minutes=5, seconds=1)
    with pytest.raises(IllegalTransitionError, match="time for an answer is over"):
        services.accept_aid(field.desk.engine, ILFOV, request.id)
    assert [field.watch().requests, field.watch().requests] == [1, 0]
    assert [seen(field, scope)[0].answer for scope in (field.desk.scope, ILFOV)] == ["lapsed"] * 2
    assert kinds(field, request)[-1] == "aid_lapsed"


def test_one_that_has_lapsed_may_be_asked_again_before_the_watch_has_looked(field: Field):
    incident = field.desk.incident()
    request = asked(field, incident)
    field.clock.move(minutes=6)
    again = services.ask_for_team(field.desk.engine, field.desk.scope, incident.id, request.team_id)
    assert again.waits
    with pytest.raises(ConflictError, match="asked for this team already"):
        services.ask_for_team(field.desk.engine, field.desk.scope, incident.id, request.team_id)


@pytest.mark.parametrize("seconds", [30, 90, 1800])
def test_the_asker_may_set_the_time(field: Field, seconds: int):
    request = asked(field, within=timedelta(seconds=seconds))
    assert request.expires_at - request.asked_at == timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [0, 29, 1801])
def test_other_times_are_refused(field: Field, seconds: int):
    with pytest.raises(BadInputError) as refused:
        asked(field, within=timedelta(seconds=seconds))
    assert refused.value.code == "bad_time_limit"


def test_its_own_centre_was_faster_and_the_case_learns_of_it(field: Field):
    request = asked(field)
    theirs = field.desk.incident("IF")
    services.assign(field.desk.engine, ILFOV, theirs.id, request.team_id, reason="near")
    with pytest.raises(AlreadyAssignedError):
        services.accept_aid(field.desk.engine, ILFOV, request.id)
    assert case(field, request).assignments == ()
    assert seen(field, ILFOV)[0].waits


def test_of_accepting_and_sending_it_oneself_at_once_one_wins(field: Field):
    for number in range(1, 5):
        request = asked(field, number=number)
        theirs = field.desk.incident("IF")

        def accept(wanted=request):
            services.accept_aid(field.desk.engine, ILFOV, wanted.id)

        def send(wanted=request, own=theirs):
            mihai = scope_of_county("IF", actor="mihai")
            services.assign(field.desk.engine, mihai, own.id, wanted.team_id, reason="near")

        def outcome(job) -> str:
            try:
                job()
            except RefusedError as refused:
                return refused.code
            return "won"

        with ThreadPoolExecutor(2) as pool:
            outcomes = sorted(pool.map(outcome, [accept, send]))
        assert outcomes.count("won") == 1, outcomes
        assert set(outcomes) <= {"won", "team_already_assigned", "team_not_available"}


def test_of_two_answers_at_once_one_counts(field: Field):
    request = asked(field)

    def accept():
        return services.accept_aid(field.desk.engine, ILFOV, request.id).answer

    def refuse():
        return services.refuse_aid(field.desk.engine, ILFOV, request.id, reason="nu").answer

    def outcome(job) -> str:
        try:
            return str(job())
        except RefusedError as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(outcome, [accept, refuse]))
    assert "aid_answered" in outcomes
    (row,) = seen(field, field.desk.scope)
    assert outcomes == {"aid_answered", str(row.answer)}
    assert bool(case(field, request).assignments) == (row.answer == "accepted")


@pytest.mark.parametrize("how", ["closed", "transferred"])
def test_a_case_that_is_over_or_gone_gets_no_team(field: Field, how: str):
    request = asked(field)
    engine, scope = field.desk.engine, field.desk.scope
    if how == "closed":
        services.close(engine, scope, request.incident_id, resolution=Resolution.CHILD_SAFE)
    else:
        services.transfer(
            engine, scope, request.incident_id, to="county", county="B2", reason="e la ei"
        )
    with pytest.raises(IllegalTransitionError, match="closed or with another county"):
        services.accept_aid(engine, ILFOV, request.id)
    services.refuse_aid(engine, ILFOV, request.id, reason="nu mai e nevoie")


def test_only_the_asker_takes_it_back_and_only_the_asked_answers(field: Field):
    request = asked(field)
    engine, mine = field.desk.engine, field.desk.scope
    for job in (
        lambda: services.accept_aid(engine, mine, request.id),
        lambda: services.refuse_aid(engine, mine, request.id, reason="nu"),
        lambda: services.withdraw_aid(engine, ILFOV, request.id),
    ):
        with pytest.raises(NotAllowedError):
            job()
    assert services.withdraw_aid(engine, mine, request.id).answer is AidAnswer.WITHDRAWN
    with pytest.raises(IllegalTransitionError, match="withdrawn already"):
        services.accept_aid(engine, ILFOV, request.id)


def test_only_a_neighbour_is_asked(field: Field):
    incident = field.desk.incident()
    for county, code in (("VS", "team_out_of_reach"), ("B3", "team_out_of_reach")):
        team = field.desk.team(f"{county}-9", county).team
        with pytest.raises(ConflictError) as refused:
            services.ask_for_team(field.desk.engine, field.desk.scope, incident.id, team.id)
        assert refused.value.code == code


def test_nobody_asks_about_a_case_that_changed_under_their_eyes(field: Field):
    incident = field.desk.incident()
    services.note(field.desk.engine, field.desk.scope, incident.id, "e lovit acum")
    with pytest.raises(VersionConflictError):
        asked(field, incident, expected_version=incident.version)
