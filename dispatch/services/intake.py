"""
From a raw message to a call, and from a call to the incident of the county that owns it.

The message is stored before anybody reads it. The county where the telephone rang is
not the county where the child is, so taking a call may write into any county; reading
it there afterwards is another matter.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.errors import NotAllowedError, NotFoundError
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from dispatch.repository import calls, incidents
from dispatch.repository.geometry import area_element, point_element
from dispatch.repository.incidents import Change, LockedIncident
from dispatch.services import found
from dispatch.views import CallView
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.notices import announce
from geodata.database.scope import Scope
from geodata.errors import RefusedError
from geodata.uncertainty import centroid

JOIN_WITHIN = timedelta(minutes=30)
"""A number that calls again this soon calls about the same child: lines drop, children hide."""


def store_raw(engine: Engine, scope: Scope, *, content_type: str | None, raw: bytes) -> UUID:
    """Store a message as it came, committed before anything is made of it."""
    with scoped(engine, scope) as connection:
        return calls.insert_raw(connection, sender=scope.actor, content_type=content_type, raw=raw)


def refuse_report(engine: Engine, scope: Scope, raw_id: UUID, error: RefusedError) -> None:
    """Note why a stored message could not be used; it stays stored."""
    with scoped(engine, scope) as connection:
        if _is_used(connection, raw_id):
            return
        calls.mark_raw(connection, raw_id, status="refused", error=error.as_dict())
        detail = {"code": error.code}
        audit(
            connection, scope, "report.refused",
            object_type="location_report", object_id=raw_id, detail=detail,
        )  # fmt: skip


def accept_report(
    engine: Engine,
    scope: Scope,
    raw_id: UUID,
    report: LocationReport,
    location: CallerLocation | None,
    assignment: CountyAssignment,
    *,
    answer: Mapping[str, Any],
) -> CallView:
    """
    Make a call of a stored message, and open or join an incident of the county that owns it.

    A caller whose number has an open incident there since less than `JOIN_WITHIN`
    joins it. Without an owner the call waits for `open_incident`. A message that was
    accepted before gives the same call again.

    Parameters
    ----------
    answer
        The documented `locate` object; stored with the call, whatever later versions say.
    """
    owner = assignment.owner
    with scoped(engine, scope) as connection, widened(connection, scope, *_named(owner)):
        used = _used_call(connection, raw_id)
        if used is not None:
            return found.call_view(connection, used)
        now = moment_of(connection)
        bound, joined = None, False
        if owner is not None:
            bound, joined = _open_or_join(connection, scope, owner, report, location, now)
        call_id = calls.insert_call(
            connection,
            started_at=now,
            caller=report.caller,
            county=owner,
            incident_id=bound.id if bound else None,
            taken_by=scope.actor,
        )
        calls.mark_raw(
            connection, raw_id, status="read", format=report.format, call_id=call_id, county=owner
        )
        calls.insert_answer(connection, call_id, raw_id, location, assignment, answer)
        if bound is not None and joined:
            _join_event(connection, scope, bound, call_id, location)
        _tell(connection, scope, call_id, owner, joined=joined)
        return replace(found.call_view(connection, call_id), joined=joined)


def open_incident(
    engine: Engine, scope: Scope, call_id: UUID, *, county: str, reason: str
) -> CallView:
    """
    Open an incident by hand for a call that no county owns, or that was no misdial after all.

    Raises
    ------
    NotFoundError
        `not_found`, `unknown_county`.
    NotAllowedError
        `call_has_incident`.
    """
    with scoped(engine, scope) as connection:
        # Before anything is widened: a call that is not theirs does not exist for them.
        call = found.call_view(connection, call_id)
        if call.incident_id is not None:
            raise NotAllowedError(
                "call_has_incident",
                f"the call belongs to incident {call.incident_number}",
                "transfer that incident instead",
            )
        if not incidents.is_jurisdiction(connection, county):
            raise NotFoundError(
                "unknown_county", f"there is no county {county}", "AB ... VN, B1-B6"
            )
        change = Change("opened", reason, {"call_id": str(call_id)})
        with widened(connection, scope, county):
            opened = incidents.insert_incident(
                connection, scope, county, change, opened_at=moment_of(connection)
            )
            calls.change_call(
                connection, call_id, incident_id=opened.id, county=county,
                is_misdial=False, disposition=None,
            )  # fmt: skip
            _tell(connection, scope, call_id, county, joined=False)
            return found.call_view(connection, call_id)


def _open_or_join(
    connection: Connection,
    scope: Scope,
    owner: str,
    report: LocationReport,
    location: CallerLocation | None,
    now: datetime,
) -> tuple[LockedIncident, bool]:
    if report.caller is not None:
        calls.take_turn_of_caller(connection, report.caller)
        known = incidents.find_joinable(connection, owner, report.caller, now - JOIN_WITHIN)
        if known is not None:
            return found.locked_incident(connection, known), True
    change = Change("opened", payload={"format": report.format, "source": report.source})
    return (
        incidents.insert_incident(
            connection, scope, owner, change, opened_at=now, **_place(location)
        ),
        False,
    )


def _join_event(
    connection: Connection,
    scope: Scope,
    bound: LockedIncident,
    call_id: UUID,
    location: CallerLocation | None,
) -> None:
    """Note the further call; its location, being newer, becomes the incident's."""
    payload = {"call_id": str(call_id), "moved": location is not None}
    change = Change("call_joined", payload=payload)
    incidents.change_incident(connection, scope, bound, change, **_place(location))


def _place(location: CallerLocation | None) -> dict[str, Any]:
    if location is None:
        return {}
    return {
        "area": area_element(location.shape),
        "center": point_element(centroid(location.shape)),
        "area_confidence": location.confidence,
    }


def _used_call(connection: Connection, raw_id: UUID) -> UUID | None:
    raw = calls.lock_raw(connection, raw_id)
    if raw is None:
        raise found.not_found("location report")
    return raw.call_id


def _is_used(connection: Connection, raw_id: UUID) -> bool:
    return _used_call(connection, raw_id) is not None


def _tell(
    connection: Connection, scope: Scope, call_id: UUID, county: str | None, *, joined: bool
) -> None:
    announce(connection, "call", call_id, counties=[county])
    audit(
        connection, scope, "call.handled",
        object_type="call", object_id=call_id, county=county, detail={"joined": joined},
    )  # fmt: skip


def _named(owner: str | None) -> tuple[str, ...]:
    return () if owner is None else (owner,)
