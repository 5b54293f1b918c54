"""
Missing-child drafts for the Police: written, versioned, read. Nothing here publishes one.

A draft is never changed; what is learned later makes the next version.
"""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from dispatch.handover.assembly import location_of
from dispatch.handover.cap import MissingChild, draft_missing_child
from dispatch.handover.views import DraftView, Packing
from dispatch.repository import drafts, incidents
from dispatch.repository.incidents import IncidentChange
from dispatch.services import found
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.instants import checked_instant
from geodata.said import said

_ROMANIA = ZoneInfo("Europe/Bucharest")


def make_draft(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    child: MissingChild,
    *,
    use_area: bool = False,
    packing: Packing | None = None,
    expected_version: int | None = None,
) -> DraftView:
    """
    Write the next version of an incident's missing-child draft.

    Parameters
    ----------
    use_area
        Propose the caller's area as the zone; the Police decide about it.

    Raises
    ------
    HandoverRefusedError
        `bad_cap`: the words cannot be written as CAP.
    BadInputError
        `bad_time`.
    """
    checked_instant(child.missing_since)
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        incident = found.incident_view(connection, incident_id)
        place = location_of(incident) if use_area else None
        whole = child if place is None else replace(child, zone=place.shape)
        version = drafts.newest_version(connection, incident_id) + 1
        name = incidents.county_name(connection, locked.county) or locked.county
        element = (packing or Packing()).element
        message = draft_missing_child(
            whole,
            incident=locked.number,
            version=version,
            sender=f"dgaspc-{locked.county.lower()}@{element}",
            sender_name=f"DGASPC {name}",
            at=moment_of(connection).astimezone(_ROMANIA),
        )
        made = drafts.insert_draft(
            connection,
            incident_id=incident_id,
            county=locked.county,
            version=version,
            wish=_wish(child, use_area=use_area),
            cap=message,
            made_by=scope.actor,
        )
        change = IncidentChange(
            "draft_made", None, {"draft_id": str(made), "draft_version": version}
        )
        incidents.change_incident(connection, scope, locked, change)
        _audit(connection, scope, "draft.made", made, locked.county)
        return _view(connection, made)


def list_drafts(engine: Engine, scope: Scope, incident_id: UUID) -> list[DraftView]:
    """List the versions of an incident's draft, newest first; the reading is audited."""
    with scoped(engine, scope) as connection:
        incident = found.incident_view(connection, incident_id)
        audit(
            connection, scope, "draft.list_read",
            object_type="incident", object_id=incident_id, county=incident.county,
        )  # fmt: skip
        return drafts.list_drafts(connection, incident_id)


def draft_message(engine: Engine, scope: Scope, draft_id: UUID) -> bytes:
    """Return the CAP message of a draft; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = _view(connection, draft_id)
        _audit(connection, scope, "draft.read", draft_id, view.county)
        return found.present(drafts.find_message(connection, draft_id), said("draft"))


def _wish(child: MissingChild, *, use_area: bool) -> dict[str, Any]:
    since = child.missing_since.isoformat()
    known = {name: value for name, value in asdict(child).items() if name != "zone"}
    return {**known, "missing_since": since, "use_area": use_area}


def _view(connection: Connection, draft_id: UUID) -> DraftView:
    return found.present(drafts.find_draft(connection, draft_id), said("draft"))


def _audit(connection: Connection, scope: Scope, action: str, draft_id: UUID, county: str) -> None:
    audit(
        connection, scope, action,
        object_type="missing_child_draft", object_id=draft_id, county=county,
    )  # fmt: skip
