"""What is typed about a call is told to its case, wherever that is, and says how urgent it is."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.call_form import CallForm, Triage
from dispatch.model import Resolution
from dispatch.services import ringing
from dispatch.services.call_drafts import save_call_draft
from dispatch.services.told import list_told
from dispatch.views import CallView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import NotFoundError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

NUMBER = "+40722119013"
TELEPHONE = Scope("telephone-b3", "telephone", ("B3",))
NATIONAL = Scope("radu", "supervisor", tuple(CODES))
ANA = Scope("ana", "operator", ("B3",))

FORM = CallForm(Triage.IMMEDIATE_DANGER, "bunica, despre Ioana, 7 ani", "țipete", "bl. 4", "câine")
PLANNED = CallForm(Triage.CAN_BE_PLANNED, what="cere o vizită")
SUPPORT = CallForm(Triage.ONLY_SUPPORT, what="vrea să vorbească", risks="niciunul")
FORMS = [(FORM, 1), (PLANNED, 3), (SUPPORT, 3), (CallForm(Triage.URGENT, where="?"), 2)]


def rung(desk: Desk, caller: str = NUMBER) -> UUID:
    return ringing.announce_ring(
        desk.engine, TELEPHONE, line="119-1", county="B3", caller=caller
    ).call_id


def located(desk: Desk, owner: str | None = "B3", caller: str = NUMBER) -> CallView:
    return Desk(desk.engine, NATIONAL).call(owner, caller)


def case(desk: Desk, call: CallView, county: str = "B3") -> tuple[Triage | None, int, int]:
    assert call.incident_id is not None
    view = services.get_incident(desk.engine, scope_of_county(county), call.incident_id)
    return view.triage, view.priority, view.version


def told(desk: Desk, call: CallView, scope: Scope) -> list[CallForm]:
    assert call.incident_id is not None
    return [one.form for one in list_told(desk.engine, scope, call.incident_id)]


@pytest.mark.parametrize(("form", "priority"), FORMS)
@pytest.mark.parametrize("order", ["typed first", "located first"])
def test_the_case_says_what_the_form_says_whichever_came_first(
    desk: Desk, form: CallForm, priority: int, order: str
):
    call_id = rung(desk)
    if order == "located first":
        call = located(desk)
        save_call_draft(desk.engine, ANA, call_id, form, expected_version=0)
    else:
        save_call_draft(desk.engine, ANA, call_id, form, expected_version=0)
        call = located(desk)
    assert told(desk, call, ANA) == [form]
    assert case(desk, call)[:2] == (form.triage, priority)


@pytest.mark.parametrize("owner", ["VS", "IF", "AB"])
def test_what_is_typed_where_it_rang_is_read_where_the_child_is(desk: Desk, owner: str):
    call_id, there = rung(desk), scope_of_county(owner)
    call = located(desk, owner)
    save_call_draft(desk.engine, ANA, call_id, FORM, expected_version=0)
    assert told(desk, call, there) == [FORM]
    assert case(desk, call, owner)[:2] == (Triage.IMMEDIATE_DANGER, 1)
    with pytest.raises(NotFoundError):
        told(desk, call, ANA)


def test_words_alone_change_no_version_and_a_triage_is_a_line_of_the_timeline(desk: Desk):
    call_id, call = rung(desk), located(desk)
    before = case(desk, call)[2]
    save_call_draft(desk.engine, ANA, call_id, CallForm(what="a"), expected_version=0)
    save_call_draft(desk.engine, ANA, call_id, CallForm(what="ab"), expected_version=1)
    assert case(desk, call)[2] == before
    urgent = CallForm(Triage.URGENT, what="ab")
    save_call_draft(desk.engine, ANA, call_id, urgent, expected_version=2)
    assert case(desk, call) == (Triage.URGENT, 2, before + 1)
    last = services.incident_timeline(desk.engine, desk.scope, call.incident_id)[-1]
    assert (last.kind, last.payload, last.actor) == ("triaged", {"triage": "urgent"}, "ana")


def test_a_case_is_as_urgent_as_the_most_urgent_of_its_calls(desk: Desk):
    first = rung(desk)
    call = located(desk)
    save_call_draft(desk.engine, ANA, first, FORM, expected_version=0)
    second = rung(desk, "+40722119014")
    other = located(desk, caller="+40722119014")
    save_call_draft(desk.engine, ANA, second, PLANNED, expected_version=0)
    services.join(desk.engine, desk.scope, other.id, call.incident_id, reason="same child")
    assert case(desk, call)[:2] == (Triage.IMMEDIATE_DANGER, 1)
    assert told(desk, call, ANA) == [PLANNED, FORM]
    save_call_draft(desk.engine, ANA, first, CallForm(Triage.ONLY_SUPPORT), expected_version=1)
    assert case(desk, call)[:2] == (Triage.CAN_BE_PLANNED, 3)


@pytest.mark.parametrize("owner", [None, "B3"])
def test_a_call_that_gets_its_case_later_brings_its_form_along(
    seeded_database: Database, owner: str | None
):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, FORM, expected_version=0)
    call = located(desk, None)
    assert call.incident_id is None
    if owner is None:
        call = services.open_incident(
            desk.engine, NATIONAL, call.id, county="B3", reason="a spus strada"
        )
    else:
        call = Desk(desk.engine, NATIONAL).add(call.id, owner).call
    assert told(desk, call, ANA) == [FORM]
    assert case(desk, call)[:2] == (Triage.IMMEDIATE_DANGER, 1)


def test_what_was_told_outlives_the_draft_and_is_there_when_the_case_is_reopened(desk: Desk):
    call_id, call = rung(desk), located(desk)
    save_call_draft(desk.engine, ANA, call_id, FORM, expected_version=0)
    services.close(desk.engine, desk.scope, call.incident_id, resolution=Resolution.CHILD_SAFE)
    assert told(desk, call, ANA) == [FORM]
    services.reopen(desk.engine, desk.scope, call.incident_id, reason="sună din nou")
    assert (told(desk, call, ANA), case(desk, call)[0]) == ([FORM], Triage.IMMEDIATE_DANGER)


def test_the_team_reads_what_waits_for_it_while_it_is_bound_and_no_longer(desk: Desk):
    call_id, call = rung(desk), located(desk)
    save_call_draft(desk.engine, ANA, call_id, FORM, expected_version=0)
    team = desk.team("Mobil 1")
    crew = Scope("mobil-1", "team", ("B3",), team_id=team.team.id)
    with pytest.raises(NotFoundError):
        told(desk, call, crew)
    bound = services.assign(
        desk.engine, desk.scope, call.incident_id, team.team.id, reason="singura"
    )
    assert told(desk, call, crew) == [FORM]
    services.release(desk.engine, desk.scope, bound.id, reason="gata")
    with pytest.raises(NotFoundError):
        told(desk, call, crew)


@pytest.mark.parametrize("role", ["planner", "administrator", "telephone"])
def test_who_works_on_no_case_reads_nothing_of_it_in_the_database(desk: Desk, role: str):
    call_id, _ = rung(desk), located(desk)
    save_call_draft(desk.engine, ANA, call_id, FORM, expected_version=0)
    with scoped(desk.engine, Scope("x", role, ("B3",))) as connection:
        assert connection.execute(text("SELECT count(*) FROM incident_told")).scalar_one() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO incident_told VALUES (gen_random_uuid(), gen_random_uuid(), '{}', now(), 'x')",
        "UPDATE incident_told SET told_by = 'x'",
        "DELETE FROM incident_told",
        "SELECT keep_told(gen_random_uuid())",
    ],
)
def test_nobody_writes_what_was_told_but_by_saving_a_form(desk: Desk, statement: str):
    with pytest.raises(DBAPIError, match="permission denied"), scoped(desk.engine, ANA) as c:
        c.execute(text(statement))


@pytest.mark.parametrize(("limit", "wanted"), [(1, ["now"]), (2, ["now", "old"]), (9, None)])
def test_the_most_urgent_is_listed_first_and_of_equals_who_waits_longest(
    desk: Desk, database: Database, limit: int, wanted: list[str] | None
):
    cases: dict[UUID | None, str] = {}
    for name, form in [("later", PLANNED), ("old", None), ("young", None), ("now", FORM)]:
        number = f"+4072211902{len(cases)}"
        call_id, call = rung(desk, number), located(desk, caller=number)
        cases[call.incident_id] = name
        if form is not None:
            save_call_draft(desk.engine, ANA, call_id, form, expected_version=0)
    listed = services.list_incidents(desk.engine, desk.scope, limit=limit)
    names = [cases[one.id] for one in listed]
    assert names == (wanted or ["now", "old", "young", "later"])
