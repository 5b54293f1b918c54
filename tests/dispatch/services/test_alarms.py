"""SOS of teams: heard by whom it concerns, until somebody looks after it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.field import LastPlace
from geodata.database.engine import scoped
from geodata.errors import BadInputError, ConflictError, NotFoundError
from geodata.points import LonLat
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.dispatching import DOWNTOWN, a_fix
from tests.conftest_d.field_work import NATIONAL, Field, phone, phone_of

HERE = LonLat(26.2, 44.4)


def sos(field: Field, bound, last: LastPlace | None = None):
    return services.raise_sos(field.desk.engine, phone(bound), bound.team_id, last=last)


def heard(field: Field, scope=None):
    return services.list_alarms(field.desk.engine, scope or field.desk.scope)


def test_an_sos_is_on_the_desks_of_the_county_and_on_the_national_view(field: Field):
    alarm = sos(field, field.sent())
    others = [scope_of_county("B3", role="operator", actor="dan"), NATIONAL]
    assert [[one.id for one in heard(field, scope)] for scope in (field.desk.scope, *others)] == [
        [alarm.id]
    ] * 3
    assert heard(field, scope_of_county("VS")) == []


def test_a_team_without_a_case_raises_it_too(field: Field):
    team = field.desk.team("B3-7").team
    made = services.raise_sos(field.desk.engine, phone_of(team.id), team.id)
    (alarm,) = heard(field)
    assert (alarm.id, alarm.callsign, alarm.assignment_id) == (made.id, "B3-7", None)
    assert field.audited("alarm.") == ["alarm.sos_raised"]


def test_a_lent_teams_sos_is_heard_at_home_and_where_it_helps(field: Field):
    bound = field.sent("IF-1", "IF")
    alarm = sos(field, bound)
    home = scope_of_county("IF", actor="ilie")
    (there,) = heard(field, home)
    assert (there.id, there.incident_id, there.incident_number) == (alarm.id, None, None)
    (here,) = heard(field)
    assert here.incident_id == bound.incident_id
    assert field.kinds(bound)[-1] == "sos_raised"


def test_it_says_where_the_team_was_heard_of_last_and_when(field: Field):
    bound = field.sent()
    services.record_positions(
        field.desk.engine, field.desk.scope, [a_fix(bound.team_id, seconds_ago=240)]
    )
    alarm = sos(field, bound)
    assert alarm.place is not None
    assert alarm.place == pytest.approx(DOWNTOWN)
    assert alarm.fix_at is not None
    assert timedelta(minutes=4) <= alarm.raised_at - alarm.fix_at < timedelta(minutes=5)


def test_the_newer_of_two_places_counts(field: Field):
    bound = field.sent()
    services.record_positions(field.desk.engine, field.desk.scope, [a_fix(bound.team_id)])
    now = field.clock()
    assert sos(field, bound, LastPlace(HERE, now)).place == pytest.approx(HERE)
    older = LastPlace(LonLat(25, 45), now - timedelta(hours=1))
    assert sos(field, bound, older).place == pytest.approx(HERE)


def test_without_any_place_it_is_raised_all_the_same(field: Field):
    assert sos(field, field.sent()).place is None


def test_pressed_again_it_is_one_alarm_that_sounds_again(field: Field):
    bound = field.sent()
    first = sos(field, bound)
    services.acknowledge_alarm(field.desk.engine, field.desk.scope, first.id)
    assert not heard(field)[0].sounds
    again = sos(field, bound)
    assert (again.id, again.times, again.sounds, again.acknowledged_by) == (
        first.id, 2, True, None,
    )  # fmt: skip


def test_pressed_by_many_fingers_at_once_it_is_one_alarm(field: Field):
    bound = field.sent()
    with ThreadPoolExecutor(6) as pool:
        ids = {one.id for one in pool.map(lambda _: sos(field, bound), range(6))}
    assert len(ids) == 1
    assert heard(field)[0].times == 6


def test_it_waits_for_nobody_who_holds_the_case(field: Field):
    bound = field.sent()
    holding = text("SELECT 1 FROM incident, team, assignment a WHERE a.id = :id FOR UPDATE")
    with field.database.owner.begin() as connection:
        connection.execute(holding, {"id": bound.id})
        assert sos(field, bound).sounds


def test_acknowledged_by_one_it_is_quiet_for_all_and_says_who_and_when(field: Field):
    alarm = sos(field, field.sent())
    services.acknowledge_alarm(field.desk.engine, field.desk.scope, alarm.id)
    (seen,) = heard(field, NATIONAL)
    assert (seen.sounds, seen.acknowledged_by) == (False, "ana")
    assert seen.acknowledged_at is not None


def test_one_that_stays_open_sounds_again_after_half_an_hour(field: Field):
    alarm = sos(field, field.sent())
    services.acknowledge_alarm(field.desk.engine, field.desk.scope, alarm.id)
    field.clock.move(minutes=29)
    assert not heard(field)[0].sounds
    field.clock.move(minutes=2)
    assert heard(field)[0].sounds


def test_whoever_goes_home_hands_it_over_and_only_their_own(field: Field):
    dan = scope_of_county("B3", actor="dan")
    mine, his = sos(field, field.sent()), sos(field, field.sent("B3-2"))
    services.acknowledge_alarm(field.desk.engine, field.desk.scope, mine.id)
    services.acknowledge_alarm(field.desk.engine, dan, his.id)
    assert services.hand_over_alarms(field.desk.engine, field.desk.scope) == 1
    assert {one.id: one.sounds for one in heard(field)} == {mine.id: True, his.id: False}
    assert field.audited("alarm.sos_handed") == ["alarm.sos_handed_over"]


@pytest.mark.parametrize("reason", ["", " ", "\n"])
def test_an_alarm_is_not_over_without_a_reason(field: Field, reason: str):
    alarm = sos(field, field.sent())
    with pytest.raises(BadInputError, match="without a reason"):
        services.settle_alarm(field.desk.engine, field.desk.scope, alarm.id, reason=reason)
    assert len(heard(field)) == 1


def test_settled_it_is_gone_and_the_next_one_is_another(field: Field):
    bound = field.sent()
    alarm = sos(field, bound)
    services.settle_alarm(field.desk.engine, field.desk.scope, alarm.id, reason="din greșeală")
    assert heard(field) == []
    with pytest.raises(ConflictError, match="din greșeală"):
        services.acknowledge_alarm(field.desk.engine, field.desk.scope, alarm.id)
    assert sos(field, bound).id != alarm.id
    line = next(one for one in field.timeline(bound) if one.kind == "sos_settled")
    assert line.reason == "din greșeală"


def test_a_released_team_keeps_its_alarm_on_both_desks(field: Field):
    bound = field.sent("IF-1", "IF")
    alarm = sos(field, bound)
    services.release(field.desk.engine, field.desk.scope, bound.id, reason="gata")
    for scope in (field.desk.scope, scope_of_county("IF", actor="ilie")):
        assert [one.id for one in heard(field, scope)] == [alarm.id]


def test_nobody_raises_or_looks_after_what_is_not_theirs(field: Field):
    bound, other = field.sent(), field.sent("B3-2")
    with pytest.raises(NotFoundError):
        services.raise_sos(field.desk.engine, phone(other), bound.team_id)
    alarm = sos(field, bound)
    with pytest.raises(NotFoundError):
        services.acknowledge_alarm(field.desk.engine, scope_of_county("VS"), alarm.id)


def test_the_database_lets_nobody_be_named_who_did_not_acknowledge(field: Field):
    sos(field, field.sent())
    statement = text("UPDATE team_alarm SET acknowledged_by = 'altcineva', acknowledged_at = now()")
    with (
        pytest.raises(DBAPIError, match="by who says so"),
        scoped(field.desk.engine, field.desk.scope) as connection,
    ):
        connection.execute(statement)
