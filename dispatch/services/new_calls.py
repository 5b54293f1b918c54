"""
A stored message becomes a call, and the call opens or joins the incident of its owner.

The county where the telephone rang is not the county where the child is, so taking a call
may write into any county; reading it there afterwards is another matter.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.answers.belief import belief_answer
from dispatch.belief.hearing import Believe, Reading
from dispatch.belief.model import Belief
from dispatch.notices import announce
from dispatch.repository import calls, incidents, ringing
from dispatch.repository.calls import RawReport
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.repository.reports import as_message, hold_call, take_turn_of_call
from dispatch.services import found
from dispatch.services.further_reports import add_report, hear, heard_before
from dispatch.services.opening import JOIN_WITHIN, open_or_join, place_columns
from dispatch.services.ringing import tell_rings
from dispatch.services.told import follow_triage
from dispatch.views import CallView, ReportOutcome
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope
from geodata.errors import (
    BadInputError,
    ConflictError,
)
from geodata.said import said

FURTHER_WITHIN = timedelta(minutes=3)
"""
A report of the same number this soon after the last one belongs to the same call.

Networks and phones report at the start, after ten to thirty seconds and on each change of
the cell; a minute or two without any word is usual, three minutes of silence are more likely
a new call. It joins the incident all the same, so an error here costs one line in the list.
"""

# What the network sends at a handover and at the end belongs to a call that was begun.
_DURING_CALL = frozenset({"EME_HO", "EME_REL"})


def accept_report(
    engine: Engine,
    scope: Scope,
    raw_id: UUID,
    reading: Reading,
    believe: Believe,
    *,
    caller: str | None = None,
    reference: str | None = None,
) -> ReportOutcome:
    """
    Make of a stored message a new call, or a further report of the call that is going on.

    A number that was heard of within `FURTHER_WITHIN` in a call that is not closed is still
    in that call. A new call joins the incident of its owner that the number has called about
    within `JOIN_WITHIN`, or opens one; without an owner it waits for `open_incident` or a
    further report. A message that was accepted before changes nothing.

    All of this only as far as the scope may know of the call or the incident. Where another
    county has a case of the number, the report is a call of its own and is offered to it.

    Parameters
    ----------
    reading
        What the message says.
    believe
        Forms the belief that is stored; usually `Hearing.believe`.
    caller
        The number, where the message does not name it.
    reference
        The telephone system's own id of the call, by which it finds its ring without a number.
    """
    report = reading.report
    number = report.caller or caller
    with scoped(engine, scope) as connection:
        now = moment_of(connection)
        since = now - (JOIN_WITHIN if report.trigger in _DURING_CALL else FURTHER_WITHIN)
        raw, known = found.raw_report_in_turn(connection, raw_id, number, since)
        if raw.call_id is not None:
            return heard_before(connection, scope, raw.call_id, believe)
        rang = None
        if reference is not None:
            calls.take_turn_of_reference(connection, reference)
            rang, is_call = ringing.find_ring_of_reference(connection, reference) or (None, False)
            known = rang if is_call else known
        if known is not None:
            return hear(connection, scope, known, raw, reading, believe)
        if rang is None and number is not None:
            rang = ringing.find_ring_of_call(connection, number)
        belief = believe([as_message(raw, report.format, reading)], caller=number)
        with widened(connection, scope, *_named(belief.assignment.owner)):
            return _new_call(connection, scope, raw, belief, number, now, rang=rang)


def add_or_begin(
    engine: Engine,
    scope: Scope,
    call_id: UUID,
    raw_id: UUID,
    reading: Reading,
    believe: Believe,
) -> ReportOutcome:
    """
    Add a stored message to a given call; one that only rings so far begins with it.

    What a caller with a withheld number says is often the first that is known of the place.

    Raises
    ------
    NotFoundError
        `not_found`.
    """
    with scoped(engine, scope) as connection:
        is_ringing, number = ringing.rings_here(connection, call_id)
        if is_ringing:
            if number is not None:
                calls.take_turn_of_caller(connection, number)
            take_turn_of_call(connection, call_id)
            if hold_call(connection, call_id) is None:
                raw, now = found.raw_report(connection, raw_id), moment_of(connection)
                message = as_message(raw, reading.report.format, reading)
                belief = believe([message], caller=number)
                with widened(connection, scope, *_named(belief.assignment.owner)):
                    return _new_call(connection, scope, raw, belief, number, now, rang=call_id)
    return add_report(engine, scope, call_id, raw_id, reading, believe)


def open_incident(
    engine: Engine, scope: Scope, call_id: UUID, *, county: str, reason: str
) -> CallView:
    """
    Open an incident by hand for a call that no county owns, or that was no misdial after all.

    Raises
    ------
    NotFoundError
        `not_found`.
    BadInputError
        `unknown_county`.
    ConflictError
        `call_has_incident`.
    """
    with scoped(engine, scope) as connection:
        take_turn_of_call(connection, call_id)
        # Before anything is widened: a call that is not theirs does not exist for them.
        call = found.call_view(connection, call_id)
        if call.incident_id is not None:
            raise ConflictError(
                "call_has_incident",
                said(
                    "the call belongs to incident {incident_number}",
                    incident_number=call.incident_number,
                ),
                said("transfer that incident instead"),
            )
        if not incidents.is_jurisdiction(connection, county):
            raise BadInputError(
                "unknown_county",
                said("there is no county {county}", county=county),
                said("AB ... VN, B1-B6"),
            )
        change = IncidentChange("opened", reason, {"call_id": str(call_id)})
        with widened(connection, scope, county):
            opened = incidents.insert_incident(
                connection, scope, county, change, opened_at=moment_of(connection)
            )
            calls.change_call(
                connection, call_id, incident_id=opened.id, county=county,
                is_misdial=False, disposition=None,
            )  # fmt: skip
            follow_triage(connection, scope, opened)
            _tell(connection, scope, call_id, county, joined=False, rang=True)
            return found.call_view(connection, call_id)


def _new_call(
    connection: Connection,
    scope: Scope,
    raw: RawReport,
    belief: Belief,
    caller: str | None,
    now: datetime,
    *,
    rang: UUID | None,
) -> ReportOutcome:
    owner, answer = belief.assignment.owner, belief_answer(belief)
    bound, joined = open_or_join(connection, scope, belief, caller, now)
    formats = [step.report.format for step in belief.steps]
    call_id = calls.insert_new_call(
        connection,
        raw.id,
        belief.location,
        belief.assignment,
        answer,
        call_id=rang,
        format=formats[-1] if formats else None,
        started_at=now,
        caller=caller,
        incident_id=bound.id if bound else None,
        taken_by=scope.actor,
    )
    if bound is not None and joined:
        _join_event(connection, scope, bound, call_id, belief)
    if bound is not None and rang is not None:
        follow_triage(connection, scope, bound)
    _tell(connection, scope, call_id, owner, joined=joined, rang=rang is not None)
    view = replace(found.call_view(connection, call_id), joined=joined)
    return ReportOutcome(view, answer)


def _join_event(
    connection: Connection, scope: Scope, bound: LockedIncident, call_id: UUID, belief: Belief
) -> None:
    """Note the further call; its location, being newer, becomes the incident's."""
    payload = {"call_id": str(call_id), "moved": belief.location is not None}
    change = IncidentChange("call_joined", payload=payload)
    incidents.change_incident(connection, scope, bound, change, **place_columns(belief.location))


def _tell(
    connection: Connection,
    scope: Scope,
    call_id: UUID,
    county: str | None,
    *,
    joined: bool,
    rang: bool,
) -> None:
    announce(connection, "call", call_id, counties=[county])
    if rang:
        tell_rings(connection, call_id)
    audit(
        connection, scope, "call.handled",
        object_type="call", object_id=call_id, county=county, detail={"joined": joined},
    )  # fmt: skip


def _named(owner: str | None) -> tuple[str, ...]:
    return () if owner is None else (owner,)
