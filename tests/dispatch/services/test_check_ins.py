"""Check-ins on the scene: due, overdue, never cleared by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.field import AlarmKind
from dispatch.model import Resolution
from geodata.errors import BadInputError, ConflictError
from teams.model import TeamStatus
from tests.conftest_d.field_work import Field, phone


def check_in(field: Field, bound, scope=None, reason=None):
    scope = scope or phone(bound)
    return services.check_in(field.desk.engine, scope, bound.id, reason=reason)


def every(field: Field, bound, minutes: int, reason: str | None = None):
    return services.set_check_in(
        field.desk.engine, field.desk.scope, bound.id, timedelta(minutes=minutes), reason=reason
    )


def alarms(field: Field):
    return services.list_alarms(field.desk.engine, field.desk.scope)


@pytest.mark.parametrize(("priority", "minutes"), [(1, 10), (2, 20), (3, 30)])
def test_the_first_round_begins_on_arrival_by_the_urgency(
    field: Field, priority: int, minutes: int
):
    incident = field.desk.incident()
    with field.database.owner.begin() as connection:
        connection.execute(text("UPDATE incident SET priority = :p"), {"p": priority})
    bound = field.send(field.desk.team("B3-1").team.id, incident)
    assert field.again(bound).check_in_due_at is None
    field.move(bound, TeamStatus.ON_SCENE)
    known = field.again(bound)
    assert known.check_in_due_at is not None
    assert known.on_scene_at is not None
    assert known.check_in_due_at - known.on_scene_at == timedelta(minutes=minutes)


def test_one_tap_begins_the_next_round_and_is_told(field: Field):
    bound = field.on_scene()
    field.clock.move(minutes=19)
    done = check_in(field, bound)
    assert done.checked_in_at is not None
    assert done.check_in_due_at == done.checked_in_at + timedelta(minutes=20)
    assert field.kinds(bound)[-1] == "checked_in"


def test_an_overdue_check_in_is_an_alarm_after_its_grace_and_once(field: Field):
    bound = field.on_scene()
    field.clock.move(minutes=21)
    assert field.watch().check_ins == 0
    field.clock.move(minutes=2)
    assert [field.watch().check_ins, field.watch().check_ins] == [1, 0]
    (alarm,) = alarms(field)
    assert (alarm.kind, alarm.callsign, alarm.sounds) == (AlarmKind.CHECK_IN, "B3-1", True)
    assert alarm.incident_id == bound.incident_id
    assert field.kinds(bound)[-1] == "check_in_raised"


def test_time_alone_settles_nothing(field: Field):
    field.on_scene()
    for _ in range(5):
        field.clock.move(hours=3)
        field.watch()
    assert [one.sounds for one in alarms(field)] == [True]


@pytest.mark.parametrize("how", ["check-in", "leaving"])
def test_the_teams_own_word_settles_it(field: Field, how: str):
    bound = field.on_scene()
    field.clock.move(minutes=30)
    field.watch()
    if how == "check-in":
        check_in(field, bound)
    else:
        field.move(bound, TeamStatus.RETURNING)
    assert alarms(field) == []


@pytest.mark.parametrize("how", ["release", "close", "leave for it"])
def test_what_a_desk_does_to_the_case_does_not_settle_it(field: Field, how: str):
    bound = field.on_scene()
    field.clock.move(minutes=30)
    field.watch()
    engine, scope = field.desk.engine, field.desk.scope
    if how == "release":
        services.release(engine, scope, bound.id, reason="gata")
    elif how == "close":
        services.close(engine, scope, bound.incident_id, resolution=Resolution.CHILD_SAFE)
    else:
        services.set_team_status(engine, scope, bound.team_id, TeamStatus.RETURNING)
    (alarm,) = alarms(field)
    done = services.settle_alarm(engine, scope, alarm.id, reason="am vorbit cu ei la telefon")
    assert (done.settled_by, done.settle_reason) == ("ana", "am vorbit cu ei la telefon")
    assert alarms(field) == []


def test_a_desk_that_checks_in_for_a_team_says_how_it_knows(field: Field):
    bound = field.on_scene()
    with pytest.raises(BadInputError, match="how they know"):
        check_in(field, bound, field.desk.scope)
    check_in(field, bound, field.desk.scope, "auziți prin stație")
    line = field.timeline(bound)[-1]
    assert (line.kind, line.actor, line.reason) == ("checked_in", "ana", "auziți prin stație")


def test_on_the_way_nobody_checks_in(field: Field):
    with pytest.raises(ConflictError, match="on the scene"):
        check_in(field, field.sent())


@pytest.mark.parametrize("minutes", [2, 15, 240])
def test_a_dispatcher_sets_the_time_also_of_a_team_that_is_there(field: Field, minutes: int):
    bound = field.on_scene()
    done = every(field, bound, minutes)
    assert done.check_in_every_s == 60 * minutes
    field.clock.move(minutes=minutes + 3)
    assert field.watch().check_ins == 1


@pytest.mark.parametrize("minutes", [1, 241, 100_000])
def test_other_times_are_refused(field: Field, minutes: int):
    with pytest.raises(BadInputError) as refused:
        every(field, field.on_scene(), minutes)
    assert refused.value.code == "bad_check_in"


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_check_ins_are_not_switched_off_without_a_reason(field: Field, reason: str | None):
    with pytest.raises(BadInputError, match="without a reason"):
        every(field, field.on_scene(), 0, reason)


def test_switched_off_for_a_reason_nothing_is_due(field: Field):
    bound = every(field, field.on_scene(), 0, "la poliție, cu agenți")
    assert (bound.check_in_due_at, bound.check_in_off_reason) == (None, "la poliție, cu agenți")
    field.clock.move(hours=5)
    assert field.watch().check_ins == 0


def test_every_round_raises_its_own_alarm(field: Field):
    bound = field.on_scene()
    for _ in range(3):
        field.clock.move(minutes=30)
        assert field.watch().check_ins == 1
        check_in(field, bound)
    settled = services.list_alarms(field.desk.engine, field.desk.scope, with_settled=True)
    assert len(settled) == 3
