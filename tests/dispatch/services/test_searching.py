"""Searching cases on a real database: folded words, places, teams, times, pages, counties."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.model import IncidentState, Resolution
from dispatch.searching import PageMark, Wish, digest_of
from dispatch.services.searching import search_incidents
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

ANA = scope_of_county("B3")
NATIONAL = Scope("radu", "supervisor", tuple(CODES))


def found(desk: Desk, scope: Scope = ANA, **wish: object) -> list[UUID]:
    page = search_incidents(desk.engine, scope, Wish(**wish), limit=200)  # type: ignore[arg-type]
    return [case.id for case in page.cases]


def noted(desk: Desk, said: str, county: str = "B3") -> UUID:
    case = desk.incident(county)
    services.note(desk.engine, scope_of_county(county), case.id, said)
    return case.id


# ── words ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Fetița plânge în scara blocului", "fetita PLANGE"),
        ("tatăl vitreg, beat, țipă", "TIPA tată"),
        ("Mama se numeşte Ioana Ţurcanu", "țurcanu"),
        ("lovituri cu cureaua", "lovitura"),
        ("Vecina a sunat: copiii sunt singuri", "sing copii"),
        ("apartamentul 14, etajul 3/4", "14 etaj"),
        ("Kovács Zsófia, 8 ani", "kovacs zsofi"),
    ],
)
def test_notes_are_found_without_case_diacritics_or_endings(desk: Desk, said: str, asked: str):
    other = noted(desk, "nimic de spus")
    case = noted(desk, said)
    assert found(desk, words=asked) == [case]
    assert other not in found(desk, words=asked)


@pytest.mark.parametrize("asked", ["plânge Vaslui", "altceva", "lange"])
def test_all_words_have_to_stand_and_from_their_beginning(desk: Desk, asked: str):
    noted(desk, "Fetița plânge în scara blocului")
    assert found(desk, words=asked) == []


@pytest.mark.parametrize("asked", ["...", " - ", "!?", "''", "&|"])
def test_signs_alone_are_refused(desk: Desk, asked: str):
    with pytest.raises(BadInputError) as refused:
        found(desk, words=asked)
    assert refused.value.code == "no_words"


@pytest.mark.parametrize("asked", ["o'neill", "a & b | !c", "x:* <-> y", "') OR 1=1 --", "\\'"])
def test_what_is_typed_is_never_a_query(desk: Desk, asked: str):
    noted(desk, "nimic")
    if any(sign.isalnum() for sign in asked):
        assert found(desk, words=asked) == []


def test_reasons_and_what_was_said_at_the_end_are_found_too(desk: Desk):
    case = desk.incident()
    services.close(
        desk.engine, ANA, case.id, resolution=Resolution.CHILD_SAFE, note="predat bunicii"
    )
    services.reopen(desk.engine, ANA, case.id, reason="a sunat iar profesoara")
    assert found(desk, words="bunica") == [case.id]
    assert found(desk, words="profesoara") == [case.id]


def test_the_newest_note_that_holds_the_words_is_shown(desk: Desk):
    case = noted(desk, "plânge la telefon")
    services.note(desk.engine, ANA, case, "nu mai plânge")
    services.note(desk.engine, ANA, case, "doarme")
    page = search_incidents(desk.engine, ANA, Wish(words="plange"))
    assert [one.excerpt for one in page.cases] == ["nu mai plânge"]


# ── places ────────────────────────────────────────────────────────────────────
def answered(database: Database, case: UUID, answer: str) -> None:
    """Write another answer of a case's call, as a further report would."""
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO county_assignment (call_id, report_id, answer, margin, ambiguous)"
                " SELECT c.id, r.id, cast(:answer AS jsonb), 0, false"
                " FROM call c JOIN location_report r ON r.call_id = c.id"
                " WHERE c.incident_id = :case"
            ),
            {"case": case, "answer": answer},
        )


@pytest.mark.parametrize(
    ("answer", "asked"),
    [
        ('{"places": [{"name": "Târgu Frumos", "uat": "Târgu Frumos"}]}', "targu frumos"),
        ('{"places": [{"name": "X", "uat": "Y"}, {"name": "Șipote", "uat": "Z"}]}', "SIPOTE"),
        ('{"report": {"extras": {"street": "Strada Lalelelor", "imei": "35"}}}', "lalele"),
        ('{"commune": {"uat": "Țuțora"}}', "tutora"),
        ('{"report": {"extras": {"civic_rd": "Aleea Călărași"}}}', "calarasi"),
    ],
)
def test_places_are_found_by_what_the_reports_name(
    desk: Desk, database: Database, answer: str, asked: str
):
    case = desk.incident().id
    answered(database, case, answer)
    assert found(desk, place=asked) == [case]
    # A place that nobody wrote about is no word of a note.
    assert found(desk, words=asked) == []


@pytest.mark.parametrize("answer", ['{"places": null}', '{"places": "x"}', '{"report": []}', "{}"])
def test_an_answer_of_another_form_does_no_harm(desk: Desk, database: Database, answer: str):
    case = desk.incident().id
    answered(database, case, answer)
    assert found(desk) == [case]


def test_a_technical_member_of_a_report_is_no_place(desk: Desk, database: Database):
    answered(database, desk.incident().id, '{"report": {"extras": {"imei": "356938035643809"}}}')
    assert found(desk, place="356938035643809") == []


def test_a_street_in_a_note_is_found_as_a_place(desk: Desk):
    case = noted(desk, "stă pe strada Înfrățirii 7")
    assert found(desk, place="infratirii") == [case]


def test_a_call_that_moves_brings_its_places_along(desk: Desk, database: Database):
    call, other = desk.call(), desk.incident()
    assert call.incident_id is not None
    answered(database, call.incident_id, '{"places": [{"name": "Mogoșoaia"}]}')
    services.join(desk.engine, ANA, call.id, other.id, reason="același copil")
    assert other.id in found(desk, place="mogosoaia")


# ── the rest ──────────────────────────────────────────────────────────────────
def test_by_number_state_county_and_caller(desk: Desk):
    call = desk.call(caller="+40722000345")
    assert call.incident_id is not None
    other = desk.incident("IF")
    services.mark_misdial(desk.engine, ANA, call.incident_id)
    assert call.incident_number is not None
    assert found(desk, number=call.incident_number[-6:].lower()) == [call.incident_id]
    assert found(desk, states=(IncidentState.CLOSED,)) == [call.incident_id]
    assert found(desk, states=(IncidentState.OPEN,)) == []
    assert found(desk, caller="0722 000 345") == [call.incident_id]
    assert found(desk, NATIONAL, county="IF") == [other.id]


def test_by_a_team_that_was_ever_bound_to_it(desk: Desk):
    case, team = desk.incident(), desk.team("Șoim 12")
    desk.incident()
    bound = services.assign(desk.engine, ANA, case.id, team.team.id, reason="aproape")
    services.release(desk.engine, ANA, bound.id, reason="gata")
    for asked in ("soim", "ȘOIM 12", "12"):
        assert found(desk, team=asked) == [case.id]
    assert found(desk, team="vultur") == []
    (shown,) = search_incidents(desk.engine, ANA, Wish(team="soim")).cases
    assert shown.teams == ("Șoim 12",)


def test_by_the_time_at_which_it_was_opened(desk: Desk):
    first, second = desk.incident(), desk.incident()
    assert found(desk, opened_from=second.opened_at) == [second.id]
    assert found(desk, opened_before=second.opened_at) == [first.id]
    later = second.opened_at + timedelta(seconds=1)
    assert found(desk, opened_from=first.opened_at, opened_before=later) == [second.id, first.id]


def test_all_wishes_hold_at_once(desk: Desk):
    case = noted(desk, "plânge")
    noted(desk, "plânge", county="IF")
    assert found(desk, NATIONAL, words="plange", county="B3") == [case]
    assert found(desk, words="plange", states=(IncidentState.CLOSED,)) == []


def test_pages_go_on_after_the_last_case_whatever_is_opened_meanwhile(desk: Desk):
    cases = [desk.incident().id for _ in range(7)]
    seen: list[UUID] = []
    mark: PageMark | None = None
    for _ in range(3):
        page = search_incidents(desk.engine, ANA, Wish(), limit=3, after=mark)
        seen += [case.id for case in page.cases]
        mark = page.next
        desk.incident()
    assert seen == cases[::-1]
    assert mark is None


def test_of_cases_that_were_opened_at_once_none_is_skipped(desk: Desk, database: Database):
    cases = {desk.incident().id for _ in range(5)}
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE incident SET opened_at = '2026-01-01T00:00:00Z'"))
    seen: list[UUID] = []
    mark: PageMark | None = None
    while not seen or mark is not None:
        page = search_incidents(desk.engine, ANA, Wish(), limit=2, after=mark)
        seen += [case.id for case in page.cases]
        mark = page.next
    assert len(seen) == 5
    assert set(seen) == cases


# ── whose, and who is told ────────────────────────────────────────────────────
def test_another_countys_words_find_nothing_until_the_case_is_theirs(seeded_database: Database):
    desk = Desk(seeded_database.app, ANA)
    case, there = noted(desk, "secret"), scope_of_county("VS", actor="zoe")
    assert found(desk, there, words="secret") == []
    assert found(desk, there, place="secret") == []
    services.transfer(desk.engine, ANA, case, to="county", county="VS", reason="acolo")
    assert found(desk, there, words="secret") == [case]
    assert found(desk, words="secret") == []


@pytest.mark.parametrize("role", ["team", "planner", "administrator", "telephone"])
def test_other_roles_reach_no_words(desk: Desk, role: str):
    noted(desk, "secret")
    with scoped(desk.engine, scope_of_county("B3", role=role)) as connection:
        rows = connection.execute(text("SELECT find_by_words('secret', true)")).all()
    assert rows == []


def test_the_words_themselves_are_read_by_nobody(desk: Desk):
    noted(desk, "secret")
    with pytest.raises(Exception, match="permission denied"), scoped(desk.engine, NATIONAL) as db:
        db.execute(text("SELECT words FROM incident_words"))


def test_a_search_is_audited_without_what_was_typed(desk: Desk, database: Database):
    case = noted(desk, "Maria plânge")
    found(desk, words="Maria  PLÂNGE", place="maria", caller="0722000111", county="B3")
    found(desk, words="maria")
    assert case
    with database.owner.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT detail, county FROM audit_entry"
                " WHERE action = 'incident.searched' ORDER BY n"
            )
        ).all()
    assert [row.county for row in rows] == ["B3", "B3"]
    told = rows[0].detail
    assert "maria" not in str(told).lower()
    assert "722" not in str(told).replace(told["caller_sha256"], "").replace(
        told["words_sha256"], ""
    ).replace(told["place_sha256"], "")
    assert told["words_sha256"] == digest_of("maria plânge")
    assert (told["county"], told["rows"]) == ("B3", 0)
    assert rows[1].detail["rows"] == 1


def test_words_and_pages_are_found_by_an_index(desk: Desk, database: Database):
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO incident (county, number) SELECT 'B3', 'B3-X-' || n"
                " FROM generate_series(1, 20000) n"
            )
        )
        connection.execute(
            text(
                "INSERT INTO incident_words (incident_id, county, words)"
                " SELECT id, county, searched_words('cuvânt ' || number) FROM incident"
            )
        )
        connection.execute(text("ANALYZE"))
        # Whether an index can be used at all; on a small table reading the whole is as cheap.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT w.incident_id FROM incident_words w"
                " WHERE w.words @@ word_wish('rar') OR (now() > '2000-01-01'"
                " AND w.places @@ word_wish('rar'))"
            )
        )
        shown = "".join(plan.scalars())
        assert "incident_words_words" in shown
        assert "incident_words_places" in shown
        plan = connection.execute(
            text("EXPLAIN SELECT id FROM incident ORDER BY opened_at DESC, id DESC LIMIT 50")
        )
        assert "incident_opened_at_id" in "".join(plan.scalars())
