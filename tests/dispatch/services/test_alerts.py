"""An assignment as an alert: receipts, answers, and the silence that is noticed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import IllegalTransitionError
from dispatch.field import AlertAnswer, Receipt
from dispatch.model import Exclusion, IncidentState
from dispatch.services.field_watch import Overdue
from geodata.database.engine import scoped
from geodata.errors import BadInputError, ConflictError, NotFoundError, RefusedError
from teams.model import TeamStatus
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.field_work import Field, phone
from tests.conftest_d.recommending import ask, make_team

ACCEPTED, DECLINED = AlertAnswer.ACCEPTED, AlertAnswer.DECLINED


def confirm(field: Field, bound, receipt: Receipt):
    return services.confirm_alert(field.desk.engine, phone(bound), bound.id, receipt)


def answer(field: Field, bound, what: AlertAnswer, reason: str | None = None, scope=None):
    scope = scope or phone(bound)
    return services.answer_alert(field.desk.engine, scope, bound.id, what, reason=reason)


def case(field: Field, bound):
    return services.get_incident(field.desk.engine, field.desk.scope, bound.incident_id)


# ── receipts ──────────────────────────────────────────────────────────────────
def test_each_step_of_an_alert_has_its_time_and_its_line_in_the_timeline(field: Field):
    bound = field.sent()
    for receipt in Receipt:
        field.clock.move(seconds=5)
        confirm(field, bound, receipt)
    field.clock.move(seconds=5)
    done = answer(field, bound, ACCEPTED)
    times = [done.assigned_at, done.delivered_at, done.read_at, done.answered_at]
    assert all(timedelta(seconds=4) < late - early for early, late in pairwise(times))
    told = ["alert_delivered", "alert_read", "alert_accepted"]
    assert field.kinds(bound)[-3:] == told
    assert field.audited("field.") == [f"field.{kind}" for kind in told]
    assert field.timeline(bound)[-1].payload["callsign"] == "B3-1"


def test_what_is_confirmed_again_keeps_its_first_time(field: Field):
    bound = field.sent()
    first = confirm(field, bound, Receipt.READ)
    field.clock.move(minutes=1)
    again = confirm(field, bound, Receipt.DELIVERED)
    assert (again.delivered_at, again.read_at) == (first.delivered_at, first.read_at)
    assert field.kinds(bound).count("alert_delivered") == 1


def test_receipts_refuse_nobodys_decision(field: Field):
    bound = field.sent()
    seen = case(field, bound).version
    confirm(field, bound, Receipt.READ)
    answer(field, bound, ACCEPTED)
    services.note(
        field.desk.engine, field.desk.scope, bound.incident_id, "mama", expected_version=seen
    )


@pytest.mark.parametrize("change", ["read_at = now()", "delivered_at = NULL", "answer = NULL"])
def test_the_database_lets_nobody_change_a_receipt(field: Field, change: str):
    bound = field.sent()
    confirm(field, bound, Receipt.READ)
    answer(field, bound, ACCEPTED)
    statement = text(f"UPDATE assignment SET {change} WHERE id = :id")
    with (
        pytest.raises(DBAPIError, match="receipts of an alert stay"),
        field.database.owner.begin() as connection,
    ):
        connection.execute(statement, {"id": bound.id})


def test_another_teams_phone_confirms_nothing(field: Field):
    bound, other = field.sent(), field.sent("B3-2")
    with pytest.raises(NotFoundError):
        services.confirm_alert(field.desk.engine, phone(other), bound.id, Receipt.READ)
    assert field.again(bound).delivered_at is None


# ── answers ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("reason", ["mașina nu pornește", "suntem la alt copil", "x"])
def test_declining_frees_the_team_opens_the_incident_and_is_said_in_the_timeline(
    field: Field, reason: str
):
    bound = field.sent()
    answer(field, bound, DECLINED, reason)
    known = field.again(bound)
    assert (known.answer, known.decline_reason) == ("declined", reason)
    assert known.released_at is not None
    assert case(field, bound).state is IncidentState.OPEN
    team = services.get_team(field.desk.engine, field.desk.scope, bound.team_id).team
    assert team.status is TeamStatus.AVAILABLE
    last = field.timeline(bound)[-1]
    assert (last.kind, last.reason) == ("alert_declined", reason)
    assert case(field, bound).declined_by == {bound.team_id}


def test_with_another_team_on_its_way_the_incident_does_not_fall_back(field: Field):
    bound = field.sent()
    other = field.send(field.desk.team("B3-2").team.id, case(field, bound))
    field.move(other, TeamStatus.EN_ROUTE)
    answer(field, bound, DECLINED, "departe")
    assert case(field, bound).state is IncidentState.EN_ROUTE


def test_a_team_that_leaves_does_not_take_the_other_one_along(field: Field):
    bound = field.on_scene()
    other = field.send(field.desk.team("B3-2").team.id, case(field, bound))
    field.move(other, TeamStatus.ON_SCENE)
    field.move(bound, TeamStatus.RETURNING)
    assert case(field, bound).state is IncidentState.ON_SCENE


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_declining_takes_a_reason(field: Field, reason: str | None):
    bound = field.sent()
    with pytest.raises(BadInputError, match="says why"):
        answer(field, bound, DECLINED, reason)
    assert field.again(bound).answer is None


def test_a_team_that_declined_is_not_proposed_for_this_incident(field: Field):
    near, far = make_team("B3-1"), make_team("B3-2")
    proposal = ask([near, far], declined=frozenset({near.id}))
    assert [one.callsign for one in proposal.candidates] == ["B3-2"]
    (left_out,) = proposal.excluded
    assert left_out.reasons == (Exclusion.DECLINED,)
    assert left_out.explanation["ro"].startswith("A refuzat")


def test_who_is_on_the_scene_does_not_decline(field: Field):
    bound = field.sent()
    with field.database.owner.begin() as connection:
        # As it was before there were receipts: there, and never answered.
        connection.execute(text("UPDATE team SET status = 'on_scene'"))
    with pytest.raises(IllegalTransitionError, match="does not decline"):
        answer(field, bound, DECLINED, "gata")


@pytest.mark.parametrize("status", [TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE])
def test_setting_off_is_an_answer(field: Field, status: TeamStatus):
    bound = field.sent()
    field.move(bound, status)
    known = field.again(bound)
    assert (known.answer, known.answered_by) == ("accepted", phone(bound).actor)


def test_an_answer_is_given_once_and_the_other_one_is_refused(field: Field):
    bound = field.sent()
    answer(field, bound, ACCEPTED)
    assert answer(field, bound, ACCEPTED).answer == "accepted"
    with pytest.raises(ConflictError, match="has accepted already") as refused:
        answer(field, bound, DECLINED, "totuși nu")
    assert refused.value.code == "alert_answered"


def test_of_two_answers_at_once_one_counts(field: Field):
    for number in range(4):
        bound = field.sent(f"B3-{number}")

        def give(what: AlertAnswer, wanted=bound) -> str:
            try:
                return str(answer(field, wanted, what, "nu putem").answer)
            except RefusedError as refused:
                return refused.code

        with ThreadPoolExecutor(2) as pool:
            outcomes = set(pool.map(give, [ACCEPTED, DECLINED]))
        known = field.again(bound)
        assert known.answer in outcomes
        assert outcomes - {known.answer} <= {"alert_answered", "already_released"}
        assert (known.released_at is None) == (known.answer == "accepted")


def test_a_dispatcher_answers_for_a_crew_on_the_radio_and_is_named(field: Field):
    bound = field.sent()
    answer(field, bound, ACCEPTED, scope=field.desk.scope)
    assert field.again(bound).answered_by == "ana"


def test_a_lent_team_answers_and_its_home_county_may_answer_for_it(field: Field):
    home = scope_of_county("IF", actor="ilie")
    first, second = field.sent("IF-1", "IF"), field.sent("IF-2", "IF")
    answer(field, first, ACCEPTED)
    answer(field, second, DECLINED, "drum închis", scope=home)
    assert field.again(first).answer == "accepted"
    assert case(field, second).state is IncidentState.OPEN


def test_nothing_is_answered_about_another_case_than_the_one_on_the_screen(field: Field):
    bound, other = field.sent(), field.sent("B3-2")
    with pytest.raises(ConflictError, match="another case") as refused:
        services.answer_alert(
            field.desk.engine, phone(bound), bound.id, ACCEPTED, incident_id=other.incident_id
        )
    assert refused.value.code == "other_case"
    assert field.again(bound).answer is None


def test_a_released_team_answers_nothing(field: Field):
    bound = field.sent()
    services.release(field.desk.engine, field.desk.scope, bound.id, reason="alta e mai aproape")
    with pytest.raises(IllegalTransitionError, match="released already"):
        answer(field, bound, ACCEPTED)


# ── silence ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("priority", "seconds"), [(1, 60), (2, 120), (3, 300)])
def test_no_answer_in_time_is_raised_once_by_the_urgency_of_the_case(
    field: Field, priority: int, seconds: int
):
    incident = field.desk.incident()
    with field.database.owner.begin() as connection:
        connection.execute(text("UPDATE incident SET priority = :p"), {"p": priority})
    bound = field.send(field.desk.team("B3-1").team.id, incident)
    field.clock.move(seconds=seconds - 2)
    assert field.watch() == Overdue()
    field.clock.move(seconds=4)
    assert [field.watch().alerts, field.watch().alerts] == [1, 0]
    assert field.again(bound).unanswered_at is not None
    assert field.kinds(bound)[-1] == "alert_unanswered"


@pytest.mark.parametrize("how", ["accepted", "released", "set off"])
def test_what_was_answered_or_is_over_is_not_raised(field: Field, how: str):
    bound = field.sent()
    if how == "accepted":
        answer(field, bound, ACCEPTED)
    elif how == "released":
        services.release(field.desk.engine, field.desk.scope, bound.id, reason="altfel")
    else:
        field.move(bound, TeamStatus.EN_ROUTE)
    field.clock.move(hours=1)
    assert field.watch().alerts == 0


def test_a_late_answer_counts_and_stays_late(field: Field):
    bound = field.sent()
    field.clock.move(minutes=10)
    field.watch()
    done = answer(field, bound, ACCEPTED)
    assert done.answer == "accepted"
    assert done.unanswered_at is not None


def test_two_watches_raise_an_alert_once(field: Field):
    bound = field.sent()
    field.clock.move(minutes=10)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: field.watch().alerts, range(4)))
    assert sum(found) == 1
    assert field.kinds(bound).count("alert_unanswered") == 1


def test_what_is_told_of_a_case_is_its_countys_alone(field: Field):
    bound = field.sent()
    confirm(field, bound, Receipt.READ)
    with scoped(field.desk.engine, scope_of_county("VS")) as connection:
        assert connection.execute(text("SELECT count(*) FROM field_event")).scalar_one() == 0
