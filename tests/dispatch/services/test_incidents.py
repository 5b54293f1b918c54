"""Calls, incidents and their timelines on a real database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import services
from dispatch.belief.hearing import Reading
from dispatch.errors import IllegalTransitionError, ResolutionRequiredError, VersionConflictError
from dispatch.model import IncidentState, Resolution
from geodata.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    RefusedError,
)
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk, a_report, believing, minutes_pass


def kinds(desk: Desk, incident_id):
    events = services.incident_timeline(desk.engine, desk.scope, incident_id)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    return [event.kind for event in events]


def test_a_call_opens_an_incident_of_the_owner_with_its_own_number(desk: Desk):
    call = desk.call()
    incident = services.get_incident(desk.engine, desk.scope, call.incident_id)
    assert incident.number.startswith("B3-20")
    assert incident.number.endswith("-000001")
    assert incident.area["type"] == "Polygon"
    assert (incident.state, incident.version, incident.call_count) == (IncidentState.OPEN, 1, 1)


def test_incident_numbers_of_a_county_are_consecutive(desk: Desk):
    numbers = [desk.incident(county).number[-6:] for county in ("B3", "B3", "IF")]
    assert numbers == ["000001", "000002", "000001"]


def test_the_same_number_calling_again_later_joins_its_open_incident(
    desk: Desk, database: Database
):
    first = desk.call(caller="+40721000001")
    minutes_pass(database, 4)
    again = desk.call(caller="+40721000001")
    assert again.joined
    assert again.id != first.id
    assert again.incident_id == first.incident_id
    assert kinds(desk, first.incident_id) == ["opened", "call_joined"]


def test_a_caller_without_a_number_joins_nobody(desk: Desk):
    assert desk.call().incident_id != desk.call().incident_id


def test_a_closed_incident_is_not_joined(desk: Desk):
    first = desk.call(caller="+40721000001")
    services.mark_misdial(desk.engine, desk.scope, first.incident_id)
    assert desk.call(caller="+40721000001").incident_id != first.incident_id


def test_a_message_that_was_accepted_before_gives_the_same_call(desk: Desk):
    raw = services.store_raw(desk.engine, desk.scope, content_type=None, raw=b"x").id
    arguments = (desk.engine, desk.scope, raw, Reading(a_report()), believing("B3"))
    first = services.accept_report(*arguments)
    again = services.accept_report(*arguments)
    assert again.call.id == first.call.id
    assert again.repeated


def test_a_refused_message_stays_stored_with_its_reason(desk: Desk, database: Database):
    raw = services.store_raw(desk.engine, desk.scope, content_type=None, raw=b"\x00junk").id
    services.refuse_report(desk.engine, desk.scope, raw, RefusedError("bad", "it is bad", "no"))
    with database.owner.connect() as connection:
        row = connection.execute(text("SELECT raw, status, error FROM location_report")).one()
    assert (bytes(row.raw), row.status, row.error["code"]) == (b"\x00junk", "refused", "bad")


def test_an_operator_takes_a_call_for_another_county_but_cannot_read_it_there(desk: Desk):
    call = desk.call("VS")
    assert (call.county, call.incident_number[:3]) == ("VS", "VS-")
    with pytest.raises(NotFoundError):
        services.get_call(desk.engine, desk.scope, call.id)


def test_a_call_nobody_owns_waits_for_its_taker_to_open_an_incident(
    seeded_database: Database,
):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    call = desk.call(owner=None)
    assert call.incident_id is None
    assert services.list_calls(desk.engine, desk.scope, open_only=True) == [call]
    opened = services.open_incident(desk.engine, desk.scope, call.id, county="B3", reason="said so")
    assert opened.incident_state is IncidentState.OPEN


@pytest.mark.parametrize(("newer", "limit"), [(3, 1), (4, 2), (6, 6)])
def test_whoever_no_county_answers_for_is_not_pushed_out_by_newer_calls(
    seeded_database: Database, newer: int, limit: int
):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    first = desk.call(owner=None)
    minutes_pass(seeded_database, 2)
    second = desk.call(owner=None)
    minutes_pass(seeded_database, 2)
    for _ in range(newer):
        desk.call()
    listed = services.list_calls(desk.engine, desk.scope, limit=limit, open_only=True)
    assert [call.id for call in listed][:2] == [first.id, second.id][:limit]
    assert len(listed) == limit


@pytest.mark.parametrize(("newer", "limit"), [(2, 1), (3, 3), (5, 2)])
def test_the_case_that_waits_longest_for_a_team_is_not_pushed_out_by_newer_ones(
    desk: Desk, database: Database, newer: int, limit: int
):
    first = desk.incident()
    minutes_pass(database, 2)
    for _ in range(newer):
        desk.incident()
    listed = services.list_incidents(desk.engine, desk.scope, limit=limit)
    assert listed[0].id == first.id
    assert len(listed) == limit


def test_closing_without_a_resolution_is_refused_by_the_service(desk: Desk):
    with pytest.raises(ResolutionRequiredError):
        services.close(desk.engine, desk.scope, desk.incident().id, resolution=None)


def test_closing_without_a_resolution_is_refused_by_the_database(desk: Desk, database: Database):
    desk.incident()
    with pytest.raises(IntegrityError, match="closed_with_resolution"), database.owner.begin() as c:
        c.execute(text("UPDATE incident SET state='closed', closed_at=now(), closed_by='x'"))


def test_a_closed_incident_says_who_closed_it_and_how(desk: Desk):
    closed = services.close(
        desk.engine, desk.scope, desk.incident().id, resolution=Resolution.CHILD_SAFE, note="ok"
    )
    assert (closed.state, closed.resolution, closed.closed_by, closed.resolution_note) == (
        IncidentState.CLOSED, Resolution.CHILD_SAFE, "ana", "ok",
    )  # fmt: skip


def test_a_closed_incident_leaves_the_list_of_open_ones(desk: Desk):
    services.mark_misdial(desk.engine, desk.scope, desk.incident().id)
    assert services.list_incidents(desk.engine, desk.scope) == []
    assert services.list_calls(desk.engine, desk.scope, open_only=True) == []


def test_a_closed_incident_cannot_be_closed_again(desk: Desk):
    closed = services.mark_misdial(desk.engine, desk.scope, desk.incident().id)
    with pytest.raises(IllegalTransitionError):
        services.mark_misdial(desk.engine, desk.scope, closed.id)


def test_a_note_may_be_added_after_closing(desk: Desk):
    closed = services.mark_misdial(desk.engine, desk.scope, desk.incident().id)
    event = services.note(desk.engine, desk.scope, closed.id, "they called back")
    assert (event.version, event.reason, event.actor) == (3, "they called back", "ana")


def test_who_saw_an_old_version_is_told_so(desk: Desk):
    incident = desk.incident()
    services.note(desk.engine, desk.scope, incident.id, "first", expected_version=1)
    with pytest.raises(VersionConflictError, match="version 2, you saw 1"):
        services.note(desk.engine, desk.scope, incident.id, "second", expected_version=1)


def test_a_misdial_closes_the_incident_with_its_only_call(desk: Desk):
    call = services.mark_call_misdial(desk.engine, desk.scope, desk.call().id)
    assert (call.is_misdial, call.incident_state) == (True, IncidentState.CLOSED)


def test_a_misdial_among_other_calls_leaves_the_incident_open(desk: Desk, database: Database):
    desk.call(caller="+40721000001")
    minutes_pass(database, 4)
    again = desk.call(caller="+40721000001")
    call = services.mark_call_misdial(desk.engine, desk.scope, again.id)
    assert call.incident_state is IncidentState.OPEN


def test_joining_a_call_closes_the_incident_that_it_empties(desk: Desk):
    first, second = desk.call(), desk.call()
    services.join(desk.engine, desk.scope, second.id, first.incident_id, reason="same child")
    emptied = services.get_incident(desk.engine, desk.scope, second.incident_id)
    assert (emptied.state, emptied.resolution) == (IncidentState.CLOSED, Resolution.OTHER)
    assert services.get_incident(desk.engine, desk.scope, first.incident_id).call_count == 2


@pytest.mark.parametrize(
    ("to", "resolution"),
    [
        ("112", Resolution.TRANSFERRED_112),
        ("psychologists", Resolution.TRANSFERRED_PSYCHOLOGISTS),
    ],
)
def test_a_transfer_out_of_the_helpline_closes_the_incident(desk: Desk, to, resolution):
    passed = services.transfer(desk.engine, desk.scope, desk.incident().id, to=to, reason="danger")
    assert (passed.state, passed.resolution) == (IncidentState.CLOSED, resolution)


def test_a_county_hands_over_and_the_new_one_sees_the_whole_timeline(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    incident = desk.incident()
    services.note(desk.engine, desk.scope, incident.id, "a word")
    gone = services.transfer(
        desk.engine, desk.scope, incident.id, to="county", county="IF", reason="over the border"
    )
    assert gone is None
    ilfov = Desk(desk.engine, scope_of_county("IF"))
    assert kinds(ilfov, incident.id) == ["opened", "noted", "transferred"]
    assert [call.county for call in services.list_calls(ilfov.engine, ilfov.scope)] == ["B3"]


def test_the_old_county_keeps_its_call_but_not_the_incident(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    incident = desk.incident()
    services.transfer(
        desk.engine, desk.scope, incident.id, to="county", county="IF", reason="border"
    )
    assert services.list_incidents(desk.engine, desk.scope) == []
    (call,) = services.list_calls(desk.engine, desk.scope)
    assert (call.disposition, call.incident_number) == ("transferred_IF", None)


@pytest.mark.parametrize("county", ["XX", None, "b3"])
def test_a_transfer_to_nowhere_is_refused(seeded_database: Database, county):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    with pytest.raises(BadInputError, match="no county"):
        services.transfer(
            desk.engine, desk.scope, desk.incident().id, to="county", county=county, reason="?"
        )


def test_a_transfer_to_oneself_is_refused(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    with pytest.raises(ConflictError, match="already"):
        services.transfer(
            desk.engine, desk.scope, desk.incident().id, to="county", county="B3", reason="?"
        )


# ── reopened ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("resolution", [Resolution.CHILD_SAFE, Resolution.UNFOUNDED, None])
def test_what_was_closed_is_reopened_with_its_calls_and_a_reason(
    desk: Desk, resolution: Resolution | None
):
    call = desk.call(caller="+40721000001")
    if resolution is None:
        closed = services.mark_misdial(desk.engine, desk.scope, call.incident_id)
    else:
        closed = services.close(
            desk.engine, desk.scope, call.incident_id, resolution=resolution, note="gata"
        )
    again = services.reopen(
        desk.engine, desk.scope, closed.id, reason="greșeală", expected_version=closed.version
    )
    assert (again.state, again.resolution, again.closed_by, again.closed_at) == (
        IncidentState.OPEN, None, None, None,
    )  # fmt: skip
    back = services.get_call(desk.engine, desk.scope, call.id)
    assert (back.disposition, back.is_misdial) == (None, False)
    assert [each.id for each in services.list_calls(desk.engine, desk.scope, open_only=True)] == [
        call.id
    ]
    last = services.incident_timeline(desk.engine, desk.scope, closed.id)[-1]
    assert (last.kind, last.reason, last.payload["resolution"]) == (
        "reopened", "greșeală", (resolution or Resolution.MISDIAL).value,
    )  # fmt: skip


def test_only_what_is_closed_and_as_it_was_seen_is_reopened(desk: Desk):
    incident = desk.incident()
    with pytest.raises(IllegalTransitionError):
        services.reopen(desk.engine, desk.scope, incident.id, reason="x")
    closed = services.mark_misdial(desk.engine, desk.scope, incident.id)
    services.note(desk.engine, desk.scope, incident.id, "sună din nou")
    with pytest.raises(VersionConflictError) as refused:
        services.reopen(
            desk.engine, desk.scope, incident.id, reason="x", expected_version=closed.version
        )
    assert refused.value.facts == {"version": str(closed.version + 1)}


def test_a_misdial_within_a_case_stays_one_when_the_case_is_reopened(desk: Desk, database):
    wrong = desk.call(caller="+40721000001")
    minutes_pass(database, 4)
    right = desk.call(caller="+40721000001")
    services.mark_call_misdial(desk.engine, desk.scope, wrong.id)
    services.close(desk.engine, desk.scope, right.incident_id, resolution=Resolution.CHILD_SAFE)
    services.reopen(desk.engine, desk.scope, right.incident_id, reason="sună din nou")
    assert services.get_call(desk.engine, desk.scope, right.id).disposition is None
    assert services.get_call(desk.engine, desk.scope, wrong.id).is_misdial
    listed = services.list_calls(desk.engine, desk.scope, open_only=True)
    assert [each.id for each in listed] == [right.id]


@pytest.mark.parametrize(
    "search",
    [
        {"number": "b3-20"},
        {"number": "-000001"},
        {"caller": "0721 000 001"},
        {"caller": "+40721000001"},
        {"caller": "0001"},
        {"caller": "0040721000001"},
    ],
)
def test_a_closed_case_is_found_by_its_number_or_its_caller(desk: Desk, search: dict[str, str]):
    call = desk.call(caller="+40721000001")
    desk.call(caller="+40733222555")
    services.mark_misdial(desk.engine, desk.scope, call.incident_id)
    closed = [IncidentState.CLOSED]
    shown = services.list_incidents(desk.engine, desk.scope, states=closed, **search)
    assert [each.id for each in shown] == [call.incident_id]


@pytest.mark.parametrize("search", [{"number": "%"}, {"number": "B_"}, {"caller": "999888"}])
def test_nothing_else_is_found(desk: Desk, search: dict[str, str]):
    services.mark_misdial(desk.engine, desk.scope, desk.incident().id)
    closed = [IncidentState.CLOSED]
    assert services.list_incidents(desk.engine, desk.scope, states=closed, **search) == []


# ── whose call it is ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("receiver", ["VS", "CJ", "B4"])
def test_the_receiving_county_has_the_callers_number_and_the_history(
    seeded_database: Database, receiver: str
):
    here = Desk(seeded_database.app, scope_of_county("B3"))
    there = Desk(seeded_database.app, scope_of_county(receiver))
    call = here.call(caller="+40721000001")
    services.note(here.engine, here.scope, call.incident_id, "e singură")
    services.transfer(
        here.engine, here.scope, call.incident_id, to="county", county=receiver, reason="acolo"
    )
    for listed in (
        services.list_calls(there.engine, there.scope, open_only=True),
        services.list_calls(there.engine, there.scope, incident_id=call.incident_id),
    ):
        assert [each.caller for each in listed] == ["+40721000001"]
    assert kinds(there, call.incident_id) == ["opened", "noted", "transferred"]
    assert services.list_calls(here.engine, here.scope, open_only=True) == []


@pytest.mark.parametrize("county", ["VS", "CJ", "B4"])
def test_who_took_a_call_for_another_county_learns_whose_it_is_and_how_it_stands(
    seeded_database: Database, county: str
):
    taker = Desk(seeded_database.app, scope_of_county("B3"))
    owner = Desk(seeded_database.app, scope_of_county(county))
    call = taker.call(county)
    standing = services.call_standing(taker.engine, taker.scope, call.id)
    assert (standing.county, standing.incident_number, standing.state) == (
        county, call.incident_number, IncidentState.OPEN,
    )  # fmt: skip
    services.mark_misdial(owner.engine, owner.scope, call.incident_id)
    after = services.call_standing(taker.engine, taker.scope, call.id)
    assert after.state is IncidentState.CLOSED


def test_a_stranger_learns_nothing_of_a_call(seeded_database: Database):
    taker = Desk(seeded_database.app, scope_of_county("B3"))
    call = taker.call("VS")
    stranger = scope_of_county("CJ", actor="dan")
    with pytest.raises(NotFoundError):
        services.call_standing(taker.engine, stranger, call.id)
