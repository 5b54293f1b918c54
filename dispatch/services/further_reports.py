"""
A further report of a call: kept, fused with all the others, told to the incident.

Whoever the call belongs to, one report at a time is taken for it, and the belief is formed
anew from all its messages; no earlier answer is changed. The machine never moves an
incident: where the belief names another county, it says so and a person transfers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.answers.belief import belief_answer
from dispatch.belief.hearing import Believe, Message, Reading
from dispatch.belief.model import Belief
from dispatch.location.aml.reader import DedupeKey, dedupe_key
from dispatch.model import IncidentState, LocationReport
from dispatch.notices import announce
from dispatch.repository import calls, incidents, reports
from dispatch.repository.calls import RawReport
from dispatch.repository.incidents import IncidentChange
from dispatch.repository.reports import HeldCall, adding_to, as_message
from dispatch.services import found
from dispatch.services.opening import open_or_join, place_columns
from dispatch.services.ringing import tell_rings
from dispatch.services.told import follow_triage
from dispatch.views import CallStanding, CallView, ReportOutcome
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope
from geodata.errors import ConflictError, RefusedError
from geodata.said import said


@dataclass(frozen=True, slots=True)
class _Adding:
    """A call that something is added to: what is known of it, and who wants to know."""

    connection: Connection
    scope: Scope
    believe: Believe
    held: HeldCall
    # What the scope may read without this. Everything else is not for its eyes.
    readable: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What came in, and what is believed with it."""

    raw: RawReport
    report: LocationReport | None
    belief: Belief
    trouble: RefusedError | None = None


# ── use cases ─────────────────────────────────────────────────────────────────
def add_report(
    engine: Engine,
    scope: Scope,
    call_id: UUID,
    raw_id: UUID,
    reading: Reading,
    believe: Believe,
) -> ReportOutcome:
    """
    Add a stored message to a given call, and form its belief anew.

    Who may: everybody who sees the call, and, wherever it belongs, the one who has taken it
    and those who have told of it before.

    Raises
    ------
    NotFoundError
        `not_found`.
    """
    with scoped(engine, scope) as connection:
        raw = found.raw_report(connection, raw_id)
        _take_turns(connection, call_id)
        _check_may_add(connection, scope, call_id)
        return hear(connection, scope, call_id, raw, reading, believe)


def note_trouble(
    engine: Engine, scope: Scope, call_id: UUID, raw_id: UUID, error: RefusedError, believe: Believe
) -> ReportOutcome:
    """
    Note that a location which was asked for in a call did not come, or cannot be read.

    `raw_id` is what came instead, or an empty message. The call keeps the warning.

    Raises
    ------
    NotFoundError
        `not_found`.
    """
    with scoped(engine, scope) as connection:
        raw = found.raw_report(connection, raw_id)
        adding = _adding(connection, scope, call_id, believe)
        held = adding.held
        with adding_to(connection, call_id), widened(connection, scope, *_counties(held)):
            calls.mark_raw(
                connection, raw.id, status="refused", error=error.as_dict(),
                call_id=call_id, county=held.incident_county or held.county,
            )  # fmt: skip
            messages = reports.list_messages(connection, call_id)
            troubles = reports.list_troubles(connection, call_id)
            belief = believe(messages, caller=held.caller, troubles=troubles)
            view = _keep(adding, _Told(raw, None, belief, error))
            return ReportOutcome(view, _known(adding, messages, belief), further=True)


def number_to_ask(engine: Engine, scope: Scope, call_id: UUID) -> str:
    """
    Return the number of a call, to ask the network where it is; the asking is audited.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `number_withheld`.
    """
    with scoped(engine, scope) as connection:
        held = _check_may_add(connection, scope, call_id)
        if held.caller is None:
            raise ConflictError(
                "number_withheld",
                said("the call has no number"),
                said("ask the caller where they are"),
            )
        where = held.incident_county or held.county
        _audit(connection, scope, "call.network_asked", held, where)
        return held.caller


def call_standing(engine: Engine, scope: Scope, call_id: UUID) -> CallStanding:
    """
    Tell whoever may add to a call whose it is and how its incident stands; nothing else of it.

    Who took a call for another county reads no case there, but has the child on the line.

    Raises
    ------
    NotFoundError
        `not_found`.
    """
    with scoped(engine, scope) as connection:
        held = _check_may_add(connection, scope, call_id)
        county = held.incident_county or held.county
        with adding_to(connection, call_id), widened(connection, scope, *_counties(held)):
            call = found.call_view(connection, call_id)
        _audit(connection, scope, "call.standing_read", held, county)
        return CallStanding(
            call_id, county, call.incident_id, call.incident_number, call.incident_state,
            moment_of(connection),
        )  # fmt: skip


# ── the way of one report ─────────────────────────────────────────────────────
def hear(
    connection: Connection,
    scope: Scope,
    call_id: UUID,
    raw: RawReport,
    reading: Reading,
    believe: Believe,
) -> ReportOutcome:
    """Take one more report of a call; the caller of this has checked who may add to it."""
    adding, report = _adding(connection, scope, call_id, believe), reading.report
    number = adding.held.caller or report.caller
    message = as_message(raw, report.format, reading)
    with adding_to(connection, call_id):
        before = reports.list_messages(connection, call_id)
        troubles = reports.list_troubles(connection, call_id)
        messages = sorted([*before, message], key=lambda one: one.received_at)
        belief = believe(messages, caller=number, troubles=troubles)
        with widened(connection, scope, *_counties(adding.held, belief)):
            if _is_repeated(message, before, replace(report, caller=number), belief):
                _mark_repeated(adding, raw, report)
                return _as_it_stands(adding)
            view = _keep(adding, _Told(raw, report, belief))
            return ReportOutcome(view, _known(adding, messages, belief), further=True)


def heard_before(
    connection: Connection, scope: Scope, call_id: UUID, believe: Believe
) -> ReportOutcome:
    """Give a call again as it stands, for a message that it has already."""
    adding = _adding(connection, scope, call_id, believe)
    with adding_to(connection, call_id), widened(connection, scope, *_counties(adding.held)):
        return _as_it_stands(adding)


def _keep(adding: _Adding, told: _Told) -> CallView:
    """Store what is believed now, and tell the incident; open one where there was none."""
    connection, scope, held = adding.connection, adding.scope, adding.held
    raw, belief = told.raw, told.belief
    call = found.call_view(connection, held.id)
    opened = None
    if call.incident_id is None and not call.is_misdial:
        opened = _opened(connection, scope, held, belief)
    county = held.incident_county or held.county or opened
    if told.report is not None:
        if held.caller is None and told.report.caller is not None:
            calls.change_call(connection, held.id, caller=told.report.caller)
        calls.mark_raw(
            connection, raw.id, status="read", format=told.report.format,
            call_id=held.id, county=county,
        )  # fmt: skip
    calls.insert_answer(
        connection, held.id, raw.id, belief.location, belief.assignment, belief_answer(belief)
    )
    if call.incident_id is not None:
        _tell_incident(connection, scope, call, told)
    announce(connection, "call", held.id, counties=[call.county, county])
    tell_rings(connection, held.id)
    action = "call.report_added" if told.trouble is None else "call.location_missing"
    _audit(connection, scope, action, held, county)
    return found.call_view(connection, held.id)


def _opened(connection: Connection, scope: Scope, held: HeldCall, belief: Belief) -> str | None:
    """Open or join the incident of a call that had none; return its county."""
    bound, joined = open_or_join(connection, scope, belief, held.caller, moment_of(connection))
    if bound is None:
        return None
    calls.change_call(connection, held.id, incident_id=bound.id, county=bound.county)
    if joined:
        change = IncidentChange("call_joined", payload={"call_id": str(held.id), "moved": True})
        incidents.change_incident(
            connection, scope, bound, change, **place_columns(belief.location)
        )
    follow_triage(connection, scope, bound)
    return bound.county


def _tell_incident(connection: Connection, scope: Scope, call: CallView, told: _Told) -> None:
    """Write the report into the timeline; the fused area becomes the incident's."""
    if call.incident_id is None:
        return
    locked = found.locked_incident(connection, call.incident_id)
    owner = told.belief.assignment.owner
    payload: dict[str, Any] = {"call_id": str(call.id), "report_id": str(told.raw.id)}
    if told.trouble is not None:
        change = IncidentChange("location_missing", payload=payload | {"code": told.trouble.code})
        incidents.change_incident(connection, scope, locked, change)
        return
    is_open = locked.state is not IncidentState.CLOSED
    payload |= _summary(told)
    kind = "report_heard"
    if is_open and owner not in (None, locked.county):
        kind = "other_county_believed"
        payload["county"] = owner
    place = place_columns(told.belief.location) if is_open else {}
    incidents.change_incident(
        connection, scope, locked, IncidentChange(kind, payload=payload), **place
    )


def _summary(told: _Told) -> dict[str, Any]:
    belief, last = told.belief, told.belief.steps[-1] if told.belief.steps else None
    shares = {share.code: share.population_share for share in belief.assignment.counties}
    owner = belief.assignment.owner
    return {
        "format": told.report.format if told.report else None,
        "source": last.rank.name.lower() if last else None,
        "action": last.action.value if last else None,
        "owner": owner,
        "share": round(shares[owner], 3) if owner in shares else None,
        "conflict": belief.conflict is not None,
    }


# ── the same once more ────────────────────────────────────────────────────────
def _is_repeated(
    message: Message, before: Sequence[Message], report: LocationReport, belief: Belief
) -> bool:
    """Tell whether the call has this message already: by its bytes, or by AML's own key."""
    if any(one.raw == message.raw for one in before):
        return True
    if report.format != "aml":
        return False
    key = _aml_key(report)
    keys = [_aml_key(step.report) for step in belief.steps if step.report.format == "aml"]
    return key is not None and keys.count(key) > 1


def _aml_key(report: LocationReport) -> DedupeKey | None:
    return None if report.measured_at is None else dedupe_key(report)


def _mark_repeated(adding: _Adding, raw: RawReport, report: LocationReport) -> None:
    held, where = adding.held, adding.held.incident_county or adding.held.county
    calls.mark_raw(
        adding.connection, raw.id, status="repeated", format=report.format,
        call_id=held.id, county=where,
    )  # fmt: skip
    _audit(adding.connection, adding.scope, "call.report_repeated", held, where)


def _as_it_stands(adding: _Adding) -> ReportOutcome:
    connection, held = adding.connection, adding.held
    view = found.call_view(connection, held.id)
    messages = reports.list_messages(connection, held.id)
    belief = adding.believe(
        messages, caller=held.caller, troubles=reports.list_troubles(connection, held.id)
    )
    return ReportOutcome(view, _known(adding, messages, belief), further=True, repeated=True)


# ── who may what ──────────────────────────────────────────────────────────────
def _take_turns(connection: Connection, call_id: UUID) -> None:
    """Wait for the caller's turn, then the call's: always in this order, before any row."""
    with adding_to(connection, call_id):
        call = calls.find_call(connection, call_id)
    if call is not None and call.caller is not None:
        calls.take_turn_of_caller(connection, call.caller)
    reports.take_turn_of_call(connection, call_id)


def _adding(connection: Connection, scope: Scope, call_id: UUID, believe: Believe) -> _Adding:
    _take_turns(connection, call_id)
    held = reports.hold_call(connection, call_id)
    if held is None:
        raise found.not_found(said("call"))
    readable = tuple(reports.list_messages(connection, call_id))
    return _Adding(connection, scope, believe, held, readable)


def _check_may_add(connection: Connection, scope: Scope, call_id: UUID) -> HeldCall:
    """Admit who sees the call, who has taken it, and who has told of it before."""
    held = reports.hold_call(connection, call_id)
    if held is None:
        raise found.not_found(said("call"))
    if held.taken_by == scope.actor or calls.find_call(connection, call_id) is not None:
        return held
    with adding_to(connection, call_id):
        senders = {message.sender for message in reports.list_messages(connection, call_id)}
    if scope.actor not in senders:
        raise found.not_found(said("call"))
    return held


def _known(adding: _Adding, messages: Sequence[Message], belief: Belief) -> dict[str, Any]:
    """
    Return the belief as far as the one who asks may know it: by what they sent or may read.

    Otherwise anybody could learn where a child of another county is, by sending a report
    with its number.
    """
    own = adding.scope.actor
    known = [one for one in messages if one.sender == own or one in adding.readable]
    if len(known) == len(messages):
        return belief_answer(belief)
    return belief_answer(adding.believe(known, caller=adding.held.caller))


def _counties(held: HeldCall, belief: Belief | None = None) -> tuple[str, ...]:
    opening = None
    if belief is not None and held.incident_county is None:
        opening = belief.assignment.owner
    return tuple(code for code in (held.county, held.incident_county, opening) if code)


def _audit(
    connection: Connection, scope: Scope, action: str, held: HeldCall, county: str | None
) -> None:
    audit(connection, scope, action, object_type="call", object_id=held.id, county=county)
