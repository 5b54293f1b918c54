"""Calls: list, read, mark as a misdial, move to another incident."""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.incidents import IncidentAction, next_state
from dispatch.model import Resolution
from dispatch.notices import announce
from dispatch.repository import calls, incidents, reports
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.closing import Ending, finish
from dispatch.services.four_eyes import end_or_propose
from dispatch.services.told import follow_triage
from dispatch.views import CallView, IncidentView
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.said import said


def list_calls(
    engine: Engine,
    scope: Scope,
    *,
    limit: int = 200,
    open_only: bool = False,
    incident_id: UUID | None = None,
) -> list[CallView]:
    """
    List the scope's calls, newest first, or an incident's.

    `open_only` leaves out what is settled, and lists calls of no county before the others, the
    longest waiting first.
    """
    with scoped(engine, scope) as connection:
        if incident_id is not None:
            return calls.list_calls_of(connection, incident_id, limit=limit)
        return calls.list_calls(connection, limit=limit, open_only=open_only)


def get_call(engine: Engine, scope: Scope, call_id: UUID) -> CallView:
    """Return one call; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = found.call_view(connection, call_id)
        audit(
            connection, scope, "call.read",
            object_type="call", object_id=call_id, county=view.county,
        )  # fmt: skip
        return view


def mark_call_misdial(
    engine: Engine, scope: Scope, call_id: UUID, *, expected_version: int | None = None
) -> CallView:
    """
    Mark a call as a misdial; an incident that has no other call is closed with it, or proposed.

    Raises
    ------
    IllegalTransitionError
        The incident can no longer be a misdial: a team is under way.
    VersionConflictError
        The incident is another than the person saw.
    """
    with scoped(engine, scope) as connection:
        call = found.call_view(connection, call_id)
        if call.is_misdial:
            return call
        calls.change_call(connection, call_id, is_misdial=True, disposition="misdial")
        if call.incident_id is not None:
            locked = found.locked_incident(connection, call.incident_id, expected_version)
            _without_misdial(connection, scope, locked, call_id)
        announce(connection, "call", call_id, counties=[call.county])
        audit(
            connection, scope, "call.misdial",
            object_type="call", object_id=call_id, county=call.county,
        )  # fmt: skip
        return found.call_view(connection, call_id)


def join(
    engine: Engine,
    scope: Scope,
    call_id: UUID,
    incident_id: UUID,
    *,
    reason: str,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Move a call to another incident; the one it leaves is closed when it was its only call.

    Raises
    ------
    ConflictError
        `already_joined`.
    IllegalTransitionError
        The incident to join is closed.
    VersionConflictError
        The incident to join is another than the person saw.
    """
    with scoped(engine, scope) as connection:
        # Taken first, so that no report is added to the call while it changes its incident.
        reports.take_turn_of_call(connection, call_id)
        call = found.call_view(connection, call_id)
        if call.incident_id == incident_id:
            raise ConflictError("already_joined", said("the call belongs to it already"), "")
        _lock_in_order(connection, incident_id, call.incident_id)
        target = found.locked_incident(connection, incident_id, expected_version)
        next_state(target.state, IncidentAction.JOIN)
        calls.change_call(connection, call_id, incident_id=incident_id)
        change = IncidentChange("call_joined", reason, {"call_id": str(call_id)})
        incidents.change_incident(connection, scope, target, change)
        follow_triage(connection, scope, target)
        if call.incident_id is not None:
            _leave(connection, scope, call.incident_id, target.number)
        announce(connection, "call", call_id, counties=[call.county, target.county])
        audit(
            connection, scope, "call.joined",
            object_type="call", object_id=call_id, county=target.county,
            detail={"incident_id": str(incident_id)},
        )  # fmt: skip
        return found.incident_view(connection, incident_id)


def _without_misdial(
    connection: Connection, scope: Scope, locked: LockedIncident, call_id: UUID
) -> None:
    if calls.count_calls_of(connection, locked.id) == 0:
        end_or_propose(connection, scope, locked, Ending(IncidentAction.MISDIAL))
        return
    change = IncidentChange("call_misdial", payload={"call_id": str(call_id)})
    incidents.change_incident(connection, scope, locked, change)


def _leave(connection: Connection, scope: Scope, incident_id: UUID, went_to: str) -> None:
    locked = found.locked_incident(connection, incident_id)
    if calls.count_calls_of(connection, incident_id) > 0:
        incidents.change_incident(connection, scope, locked, IncidentChange("call_left", went_to))
        return
    ending = Ending(
        IncidentAction.CLOSE, Resolution.OTHER, note=f"joined to {went_to}", reason="joined"
    )
    finish(connection, scope, locked, ending)


def _lock_in_order(connection: Connection, *ids: UUID | None) -> None:
    """
    Lock several incidents in the order of their ids.

    Two people who join two calls in opposite directions would otherwise wait for each other.
    """
    for identity in sorted(identity for identity in ids if identity is not None):
        found.locked_incident(connection, identity)
