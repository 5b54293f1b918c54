"""Who did and saw what of one case, and its entries exported with their hashes."""

from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.case_trail import TrailKind, TrailLine
from dispatch.services import trail
from geodata.database.audit_file import AuditFormat, verify_lines, written_lines
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import NotFoundError
from geodata.reference.codes import CODES
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

ANA, DAN = scope_of_county("B3"), scope_of_county("B3", "IF", actor="dan", role="operator")
BOSS = scope_of_county("B3", actor="boss", role="supervisor")
NATIONAL = Scope("radu", "supervisor", tuple(CODES))


def said(lines: list[TrailLine]) -> list[tuple[str, str, str | None]]:
    return [(line.actor, line.action, line.seat) for line in reversed(lines)]


def read(desk: Desk, case: UUID, *kinds: TrailKind, **how: str) -> list[TrailLine]:
    return trail.read_case_trail(desk.engine, BOSS, case, kinds=kinds or tuple(TrailKind), **how)


def test_looks_tell_who_and_from_where(desk: Desk):
    call = desk.call()
    assert call.incident_id is not None
    services.get_incident(desk.engine, DAN, call.incident_id)
    services.incident_timeline(desk.engine, NATIONAL, call.incident_id)
    services.get_call(desk.engine, ANA, call.id)
    looks = read(desk, call.incident_id, TrailKind.LOOK)
    assert said(looks) == [
        ("dan", "incident.read", "B3, IF"),
        ("radu", "incident.timeline_read", "national"),
        ("ana", "call.read", None),
    ]
    # Reading the trail is a look as well.
    assert said(read(desk, call.incident_id, TrailKind.LOOK))[-1] == (
        "boss", "incident.trail_read", "B3",
    )  # fmt: skip


def test_events_are_told_once_and_deeds_on_what_belongs_to_the_case_beside_them(desk: Desk):
    case = desk.incident().id
    services.note(desk.engine, DAN, case, "plânge")
    services.transfer(desk.engine, ANA, case, to="112", reason="pericol")
    actions = [line.action for line in read(desk, case)]
    assert actions.count("noted") == 1
    assert "incident.noted" not in actions
    assert "handover.opened" in actions
    (noted,) = (line for line in read(desk, case, TrailKind.EVENT) if line.action == "noted")
    assert (noted.actor, noted.role, noted.reason) == ("dan", "operator", "plânge")
    assert {line.kind for line in read(desk, case, TrailKind.DEED)} == {TrailKind.DEED}
    moments = [line.at for line in read(desk, case)]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("actor", ["dan", "ana", "nobody"])
def test_it_is_narrowed_to_one_person(desk: Desk, actor: str):
    case = desk.incident().id
    services.note(desk.engine, DAN, case, "x")
    assert {line.actor for line in read(desk, case, actor=actor)} <= {actor}


def test_another_county_has_no_such_case(desk: Desk):
    case = desk.incident().id
    with pytest.raises(NotFoundError):
        trail.read_case_trail(desk.engine, scope_of_county("VS", role="supervisor"), case)
    with pytest.raises(NotFoundError):
        trail.begin_export(desk.engine, scope_of_county("VS", role="supervisor"), incident_id=case)


# ── exports ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("form", AuditFormat)
def test_an_export_verifies_by_itself_and_against_the_database(desk: Desk, form: AuditFormat):
    for note in ('a "b", c', "ș;\n'=1+1'", "\u2028 \\ \t"):
        services.note(desk.engine, ANA, desk.incident().id, note)
    trail.note_look(desk.engine, BOSS, 'odd "view", ș', {"share": 0.1, "big": 10**18, "t": [None]})
    lines = list(written_lines(trail.begin_export(desk.engine, BOSS), form))
    verdict = verify_lines(lines)
    assert (verdict.broken_at, verdict.is_whole, verdict.gaps) == (None, True, 0)
    assert verdict.entries > 6
    assert trail.find_foreign_entry(desk.engine, NATIONAL, verdict.hashes) is None


def test_a_countys_export_holds_its_entries_alone_and_counts_the_gaps(desk: Desk):
    for county in ("B3", "VS", "B3"):
        desk.incident(county)
    entries = list(trail.begin_export(desk.engine, BOSS))
    assert {one.entry.county for one in entries} == {"B3"}
    verdict = verify_lines(written_lines(entries, AuditFormat.JSONL))
    assert (verdict.broken_at, verdict.gaps > 0) == (None, True)


def test_an_export_of_a_case_holds_all_that_belongs_to_it(desk: Desk):
    call, other = desk.call(), desk.incident()
    assert call.incident_id is not None
    services.get_call(desk.engine, ANA, call.id)
    services.get_incident(desk.engine, ANA, call.incident_id)
    entries = list(trail.begin_export(desk.engine, BOSS, incident_id=call.incident_id))
    objects = {one.entry.object_id for one in entries}
    assert {str(call.id), str(call.incident_id)} <= objects
    assert str(other.id) not in objects


def test_an_export_of_a_span_is_cut_at_its_ends(desk: Desk):
    desk.incident()
    first = list(trail.begin_export(desk.engine, BOSS))
    middle = first[len(first) // 2].entry.at
    before = list(trail.begin_export(desk.engine, BOSS, before=middle))
    since = list(trail.begin_export(desk.engine, BOSS, since=middle))
    assert all(one.entry.at < middle for one in before)
    assert since[0].entry.n == first[len(first) // 2].entry.n


def test_an_export_is_audited_before_it_begins_and_does_not_follow_itself(desk: Desk):
    desk.incident()
    lines = list(trail.begin_export(desk.engine, BOSS))
    assert "audit.exported" not in {one.entry.action for one in lines}
    assert services.list_audit(desk.engine, BOSS)[0].action == "audit.exported"


def test_long_exports_come_whole(desk: Desk):
    with scoped(desk.engine, BOSS) as connection:
        connection.execute(
            text(
                "INSERT INTO audit_entry (n, at, actor, role, action, object_type, county, hash)"
                " SELECT 0, now(), 'boss', 'supervisor', 'x', 'x', 'B3', ''"
                " FROM generate_series(1, 2001)"
            )
        )
    assert (
        verify_lines(written_lines(trail.begin_export(desk.engine, BOSS), AuditFormat.CSV)).entries
        == 2001
    )


def test_what_the_database_has_otherwise_is_found(desk: Desk, database: Database):
    desk.incident()
    verdict = verify_lines(written_lines(trail.begin_export(desk.engine, BOSS), AuditFormat.JSONL))
    first = min(verdict.hashes)
    forged = {**verdict.hashes, first: b"x" * 32}
    assert trail.find_foreign_entry(desk.engine, NATIONAL, forged) == first
    assert trail.find_foreign_entry(desk.engine, NATIONAL, {10**6: b"x"}) == 10**6
