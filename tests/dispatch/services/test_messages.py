"""Messages between a desk and a team that is bound."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import IllegalTransitionError
from dispatch.field import Receipt
from geodata.database.engine import moment_of, scoped
from geodata.errors import BadInputError, ConflictError, NotAllowedError, NotFoundError
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.field_work import Field, phone


def write(field: Field, bound, words: str, scope=None, **options):
    scope = scope or field.desk.scope
    return services.send_message(field.desk.engine, scope, bound.id, words, **options)


def read(field: Field, bound, scope=None):
    return services.list_messages(field.desk.engine, scope or field.desk.scope, bound.id)


def receive(field: Field, bound, receipt: Receipt, scope=None):
    scope = scope or phone(bound)
    with scoped(field.desk.engine, scope) as connection:
        until = moment_of(connection)
    return services.confirm_messages(field.desk.engine, scope, bound.id, receipt, until=until)


def test_each_side_reads_what_the_other_wrote_and_sees_how_far_its_own_has_come(field: Field):
    bound = field.sent()
    write(field, bound, "Intrați prin curte.")
    receive(field, bound, Receipt.DELIVERED)
    (first,) = read(field, bound)
    assert first.delivered_at is not None
    assert first.read_at is None
    receive(field, bound, Receipt.READ)
    write(field, bound, "Am înțeles.", phone(bound))
    assert field.again(bound).unread_from_team == 1
    receive(field, bound, Receipt.READ, field.desk.scope)
    rows = read(field, bound)
    assert [(one.text, one.from_team, one.read_by) for one in rows] == [
        ("Intrați prin curte.", False, phone(bound).actor),
        ("Am înțeles.", True, "ana"),
    ]
    assert field.again(bound).unread_from_team == 0


@pytest.mark.parametrize("words", ["Copilul e în pod.", "Tatăl are o armă", "ă" * 1000])
def test_the_words_are_in_no_timeline_and_in_no_trail(field: Field, words: str):
    bound = field.sent()
    made = write(field, bound, words)
    line = field.timeline(bound)[-1]
    assert (line.kind, line.reason) == ("message", None)
    assert line.payload["message_id"] == str(made.id)
    with field.database.owner.begin() as connection:
        trail = connection.execute(text("SELECT string_agg(e::text, ' ') FROM audit_entry e"))
        told = connection.execute(text("SELECT string_agg(e::text, ' ') FROM field_event e"))
        assert words not in trail.scalar_one() + told.scalar_one()


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "message_empty"), (" \n ", "message_empty"), ("a" * 1001, "message_too_long")],
)
def test_what_is_no_message_is_refused(field: Field, words: str, code: str):
    bound = field.sent()
    with pytest.raises(BadInputError) as refused:
        write(field, bound, words)
    assert refused.value.code == code


def test_nobody_writes_into_another_case_than_the_one_on_the_screen(field: Field):
    bound, other = field.sent(), field.sent("B3-2")
    with pytest.raises(ConflictError, match="another case"):
        write(field, bound, "Unde sunteți?", incident_id=other.incident_id)
    assert read(field, bound) == []


def test_after_its_release_a_team_neither_writes_nor_reads(field: Field):
    bound = field.sent()
    write(field, bound, "Adresa e confirmată")
    services.release(field.desk.engine, field.desk.scope, bound.id, reason="alta e mai aproape")
    assert read(field, bound, phone(bound)) == []
    for scope in (phone(bound), field.desk.scope):
        with pytest.raises(IllegalTransitionError):
            write(field, bound, "Mai sunteți?", scope)
    again = field.send(bound.team_id, field.desk.incident())
    assert read(field, again, phone(again)) == []
    assert [one.text for one in read(field, bound)] == ["Adresa e confirmată"]


def test_the_county_that_lends_a_team_reads_nothing_of_the_child(field: Field):
    bound = field.sent("IF-1", "IF")
    home = scope_of_county("IF", actor="ilie")
    write(field, bound, "Fetița are 6 ani")
    assert [one.text for one in read(field, bound, phone(bound))] == ["Fetița are 6 ani"]
    assert read(field, bound, home) == []
    with pytest.raises(NotAllowedError, match="the case is of B3"):
        write(field, bound, "Unde e echipa noastră?", home)


def test_strangers_find_no_messages(field: Field):
    bound, other = field.sent(), field.sent("B3-2")
    write(field, bound, "Bună")
    for scope in (scope_of_county("VS"), phone(other)):
        with pytest.raises(NotFoundError):
            read(field, bound, scope)


@pytest.mark.parametrize(
    "change", ["body = 'altceva'", "from_team = true", "read_at = NULL, read_by = NULL"]
)
def test_what_was_written_stays(field: Field, change: str):
    bound = field.sent()
    write(field, bound, "Bună")
    receive(field, bound, Receipt.READ)
    with (
        pytest.raises(DBAPIError, match="stays as sent"),
        field.database.owner.begin() as connection,
    ):
        connection.execute(text(f"UPDATE team_message SET {change}"))


def test_nobody_confirms_what_they_wrote_themselves(field: Field):
    bound = field.sent()
    write(field, bound, "Bună")
    receive(field, bound, Receipt.READ, field.desk.scope)
    assert read(field, bound)[0].read_at is None
