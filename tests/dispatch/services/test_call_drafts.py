"""What is typed about a call, on a real database: found again, by whom, and until when."""

from dataclasses import asdict
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.call_form import CallForm, Triage
from dispatch.errors import VersionConflictError
from dispatch.model import Resolution
from dispatch.ringing import RingingOutcome
from dispatch.services import ringing
from dispatch.services.call_drafts import get_call_draft, save_call_draft
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotFoundError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk

NUMBER = "+40722119003"
TELEPHONE = Scope("telephone-b3", "telephone", ("B3",))
NATIONAL = Scope("radu", "supervisor", tuple(CODES))
ANA, DAN = (Scope(name, "operator", ("B3",)) for name in ("ana", "dan"))
VLAD = Scope("vlad", "operator", ("VS",))

FORMS = [
    CallForm(Triage.IMMEDIATE_DANGER, "bunica, despre Ioana, 7 ani", "țipete", "bl. 4", "câine"),
    CallForm(None, what="plânge și nu spune nimic"),
    CallForm(Triage.ONLY_SUPPORT, "„eu” — 15 ani", "x" * 4000, "?", "—"),
]


def rung(desk: Desk) -> tuple[UUID, UUID]:
    known = ringing.announce_ring(desk.engine, TELEPHONE, line="119-1", county="B3", caller=NUMBER)
    return known.id, known.call_id


def kept(database: Database) -> list[UUID]:
    with database.owner.begin() as connection:
        return list(connection.execute(text("SELECT call_id FROM call_draft")).scalars())


@pytest.mark.parametrize("form", FORMS, ids=["whole", "one word", "long"])
def test_what_is_typed_while_it_rings_is_found_by_who_takes_over(desk: Desk, form: CallForm):
    _, call_id = rung(desk)
    assert get_call_draft(desk.engine, ANA, call_id).version == 0
    saved = save_call_draft(desk.engine, ANA, call_id, form, expected_version=0)
    assert (saved.version, saved.saved_by) == (1, "ana")
    assert get_call_draft(desk.engine, DAN, call_id) == saved
    Desk(desk.engine, NATIONAL).call("B3", NUMBER)
    assert get_call_draft(desk.engine, DAN, call_id) == saved


@pytest.mark.parametrize("seen", [0, 1, 5])
def test_nobody_writes_over_what_another_has_saved_meanwhile(desk: Desk, seen: int):
    _, call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, CallForm(what="a"), expected_version=0)
    save_call_draft(desk.engine, ANA, call_id, CallForm(what="ab"), expected_version=1)
    with pytest.raises(VersionConflictError):
        save_call_draft(desk.engine, DAN, call_id, CallForm(what="b"), expected_version=seen)
    assert get_call_draft(desk.engine, DAN, call_id).form.what == "ab"
    save_call_draft(desk.engine, DAN, call_id, CallForm(what="abc"), expected_version=2)


def test_what_is_sent_again_after_its_answer_was_lost_is_saved_once(desk: Desk):
    _, call_id = rung(desk)
    form = CallForm(what="a")
    first = save_call_draft(desk.engine, ANA, call_id, form, expected_version=0)
    assert save_call_draft(desk.engine, ANA, call_id, form, expected_version=0) == first


@pytest.mark.parametrize(
    ("owner", "scope", "is_seen"),
    [
        ("B3", DAN, True),
        ("B3", VLAD, False),
        ("VS", VLAD, True),
        ("VS", DAN, True),  # it still rings there
        ("B3", Scope("paul", "planner", ("B3",)), False),
        ("B3", Scope("adm", "administrator", tuple(CODES)), False),
        ("B3", TELEPHONE, False),
    ],
)
def test_a_draft_is_seen_by_who_may_see_the_call_or_hears_it_ring(
    desk: Desk, owner: str, scope: Scope, is_seen: bool
):
    _, call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, FORMS[0], expected_version=0)
    Desk(desk.engine, NATIONAL).call(owner, NUMBER)
    if is_seen:
        assert get_call_draft(desk.engine, scope, call_id).form == FORMS[0]
        return
    # Of a call that a role sees without working on it, nothing that was typed is shown.
    try:
        assert get_call_draft(desk.engine, scope, call_id).version == 0
    except NotFoundError:
        with pytest.raises(NotFoundError):
            save_call_draft(desk.engine, scope, call_id, CallForm(), expected_version=0)


@pytest.mark.parametrize("wanted", [uuid4() for _ in range(3)])
def test_there_is_no_draft_of_no_call(desk: Desk, wanted: UUID):
    with pytest.raises(NotFoundError):
        save_call_draft(desk.engine, NATIONAL, wanted, FORMS[0], expected_version=0)


def test_where_the_ring_has_ended_the_call_alone_says_who_sees_the_draft(desk: Desk):
    ringing_id, call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, FORMS[0], expected_version=0)
    Desk(desk.engine, NATIONAL).call("VS", NUMBER)
    ringing.end_ringing(desk.engine, ANA, ringing_id, outcome=RingingOutcome.ANSWERED)
    assert get_call_draft(desk.engine, VLAD, call_id).form == FORMS[0]
    with pytest.raises(NotFoundError):
        get_call_draft(desk.engine, ANA, call_id)


@pytest.mark.parametrize("way", ["ring ended", "call misdial", "incident misdial", "closed"])
def test_a_draft_dies_with_its_call_and_no_other(desk: Desk, database: Database, way: str):
    national = Desk(desk.engine, NATIONAL)
    other = national.call("B3", "+40722119004")
    save_call_draft(desk.engine, ANA, other.id, FORMS[1], expected_version=0)
    ringing_id, call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, FORMS[0], expected_version=0)
    if way == "ring ended":
        ringing.end_ringing(desk.engine, ANA, ringing_id, outcome=RingingOutcome.NO_ANSWER)
    else:
        call = national.call("B3", NUMBER)
        assert call.incident_id is not None
        assert set(kept(database)) == {other.id, call_id}
        if way == "call misdial":
            services.mark_call_misdial(desk.engine, ANA, call_id)
        elif way == "incident misdial":
            services.mark_misdial(desk.engine, ANA, call.incident_id)
        else:
            services.close(
                desk.engine, ANA, call.incident_id, resolution=Resolution.CHILD_SAFE, note="ok"
            )
    assert kept(database) == [other.id]
    with pytest.raises((ConflictError, NotFoundError)) as refused:
        save_call_draft(desk.engine, ANA, call_id, FORMS[0], expected_version=0)
    assert refused.value.code == ("not_found" if way == "ring ended" else "call_closed")


def test_looks_and_who_goes_on_are_in_the_trail_and_no_word_of_it(desk: Desk, database: Database):
    _, call_id = rung(desk)
    save_call_draft(desk.engine, ANA, call_id, FORMS[0], expected_version=0)
    save_call_draft(desk.engine, ANA, call_id, FORMS[1], expected_version=1)
    get_call_draft(desk.engine, DAN, call_id)
    save_call_draft(desk.engine, DAN, call_id, FORMS[0], expected_version=2)
    with database.owner.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT actor, action, detail::text FROM audit_entry"
                " WHERE object_id = :id ORDER BY n"
            ),
            {"id": str(call_id)},
        ).all()
    assert [(row.actor, row.action) for row in rows] == [
        ("ana", "call_draft.begun"), ("dan", "call_draft.read"), ("dan", "call_draft.continued"),
    ]  # fmt: skip
    words = [word for word in asdict(FORMS[0]).values() if word]
    assert not any(word in (row.detail or "") for row in rows for word in words)
