"""Incidents: list, read, note, transfer, close. Every change leaves a line in the timeline."""

from collections.abc import Callable, Collection
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.handover.views import HandoverWish, Packing
from dispatch.incidents import IncidentAction, next_state
from dispatch.model import IncidentState, Resolution
from dispatch.repository import calls, incidents
from dispatch.repository.field_events import list_field_events
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.roles import seat_of
from dispatch.services import found, handovers
from dispatch.services.closing import Ending
from dispatch.services.four_eyes import end_or_propose
from dispatch.services.transfers import move, receiver_of
from dispatch.views import EventView, IncidentView
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope

TransferTarget = Literal["112", "psychologists", "county"]

OPEN_STATES = tuple(state for state in IncidentState if state is not IncidentState.CLOSED)


# ── reading ───────────────────────────────────────────────────────────────────
def list_incidents(
    engine: Engine,
    scope: Scope,
    *,
    states: Collection[IncidentState] | None = None,
    limit: int = 500,
    number: str | None = None,
    caller: str | None = None,
) -> list[IncidentView]:
    """
    List the scope's incidents; all that are not closed unless told otherwise.

    Those without a team come first, the most urgent and of them the longest waiting before
    all; then the newest.
    With `number` or `caller` those alone in whose number, or in the number of one of whose
    callers, it occurs; spaces and a leading + or 0 of a caller's number do not matter.
    """
    with scoped(engine, scope) as connection:
        wanted = OPEN_STATES if states is None else states
        return incidents.list_incidents(
            connection, wanted, limit=limit, number=number, caller=caller
        )


def get_incident(engine: Engine, scope: Scope, incident_id: UUID) -> IncidentView:
    """Return one incident; the reading is audited."""
    with scoped(engine, scope) as connection:
        return reading_incident(scope, incident_id)(connection)


def reading_incident(scope: Scope, incident_id: UUID) -> Callable[[Connection], IncidentView]:
    """Return what reads one incident in a transaction of `scope`, which may read more; audited."""

    def read(connection: Connection) -> IncidentView:
        view = found.incident_view(connection, incident_id)
        _audit_look(connection, scope, "incident.read", view)
        return view

    return read


def incident_timeline(engine: Engine, scope: Scope, incident_id: UUID) -> list[EventView]:
    """List everything that happened to an incident, oldest first; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = found.incident_view(connection, incident_id)
        _audit_look(connection, scope, "incident.timeline_read", view)
        told = incidents.list_events(connection, incident_id)
        # Of one sequence: together they stand in the order in which they happened.
        return sorted([*told, *list_field_events(connection, incident_id)], key=lambda one: one.id)


# ── changing ──────────────────────────────────────────────────────────────────
def note(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    text: str,
    *,
    expected_version: int | None = None,
) -> EventView:
    """Add a remark to the timeline, also of a closed incident."""
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        next_state(locked.state, IncidentAction.NOTE)
        incidents.change_incident(connection, scope, locked, IncidentChange("noted", text))
        _audit(connection, scope, "incident.noted", incident_id, locked.county)
        return incidents.list_events(connection, incident_id)[-1]


def close(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    resolution: Resolution | None,
    note: str | None = None,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Close an incident and release its teams; propose it where its county wants a second person.

    Raises
    ------
    ConflictError
        `closing_proposed`.
    ResolutionRequiredError
        Without a resolution; the database refuses it as well.
    IllegalTransitionError
        It is closed already.
    """
    ending = Ending(IncidentAction.CLOSE, resolution, note)
    return _end(engine, scope, incident_id, ending, expected_version)


def mark_misdial(
    engine: Engine, scope: Scope, incident_id: UUID, *, expected_version: int | None = None
) -> IncidentView:
    """Close an incident that never was one, in one step; as `close`, it may be proposed."""
    return _end(engine, scope, incident_id, Ending(IncidentAction.MISDIAL), expected_version)


def reopen(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    reason: str,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Open a closed incident again; its calls are open again with it, its teams stay released.

    What was handed over meanwhile stays handed over: 112 is told nothing by this.

    Raises
    ------
    IllegalTransitionError
        It is not closed.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        state = next_state(locked.state, IncidentAction.REOPEN)
        ended = found.incident_view(connection, incident_id).resolution
        payload = {"resolution": ended.value} if ended else {}
        incidents.change_incident(
            connection, scope, locked, IncidentChange("reopened", reason, payload),
            state=state.value, resolution=None, resolution_note=None,
            closed_by=None, closed_at=None,
        )  # fmt: skip
        if ended is not None:
            calls.reopen_calls_of(connection, incident_id, ended)
        _audit(connection, scope, "incident.reopened", incident_id, locked.county)
        return found.incident_view(connection, incident_id)


def transfer(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    to: TransferTarget,
    county: str | None = None,
    reason: str,
    along: HandoverWish | None = None,
    packing: Packing | None = None,
    expected_version: int | None = None,
) -> IncidentView | None:
    """
    Pass an incident on: to 112, to the psychologists (both close it here), to a county at once.

    To 112 a package is opened in the same transaction: no incident is closed as taken over
    by 112 without one on its way. `along` says what goes with it; without, the reason alone.

    A county is asked first (`transfers.offer_transfer`) unless the danger does not wait: this
    moves the incident with its whole timeline without asking. Row-level security is widened by
    the receiving county for these statements only, and the old county no longer sees it. Its
    calls stay visible to both.

    Returns
    -------
    incident
        As it stands, or None when it is no longer ours to see.

    Raises
    ------
    BadInputError
        `unknown_county`.
    ConflictError
        `same_county`.
    IllegalTransitionError
        `team_still_assigned`, or closed already.
    """
    if to == "112":
        wish = along or HandoverWish(reason)
        ending = Ending(IncidentAction.TRANSFER_112, reason=wish.danger)

        def hand_over(connection: Connection, locked: LockedIncident) -> None:
            handovers.pack(connection, scope, locked, wish, packing=packing or Packing())

        return _end(engine, scope, incident_id, ending, expected_version, then=hand_over)
    if to == "psychologists":
        ending = Ending(IncidentAction.TRANSFER_PSYCHOLOGISTS, reason=reason)
        return _end(engine, scope, incident_id, ending, expected_version)
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        move(connection, scope, locked, receiver_of(connection, locked, county), reason)
        return incidents.find_incident(connection, incident_id)


def _end(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    ending: Ending,
    expected_version: int | None,
    *,
    then: Callable[[Connection, LockedIncident], None] | None = None,
) -> IncidentView:
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        if not end_or_propose(connection, scope, locked, ending):
            _audit(connection, scope, "incident.close_proposed", incident_id, locked.county)
            return found.incident_view(connection, incident_id)
        if ending.action is IncidentAction.MISDIAL:
            calls.change_calls_of(connection, incident_id, is_misdial=True)
        if then is not None:
            then(connection, locked)
        _audit(connection, scope, f"incident.{ending.action}", incident_id, locked.county)
        return found.incident_view(connection, incident_id)


def _audit_look(connection: Connection, scope: Scope, action: str, view: IncidentView) -> None:
    audit(
        connection, scope, action,
        object_type="incident", object_id=view.id, county=view.county,
        detail={"seat": seat_of(scope)},
    )  # fmt: skip


def _audit(
    connection: Connection, scope: Scope, action: str, incident_id: UUID, county: str
) -> None:
    audit(connection, scope, action, object_type="incident", object_id=incident_id, county=county)
