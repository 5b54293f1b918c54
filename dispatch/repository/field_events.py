"""What is told of an incident without changing it: on its timeline, and on no version."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select

from dispatch.field_tables import field_event
from dispatch.tables import incident
from dispatch.views import EventView
from geodata.database.scope import Scope


def tell_of(
    connection: Connection,
    scope: Scope,
    incident_id: UUID,
    kind: str,
    *,
    reason: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Put a line on the timeline of a visible incident; `payload` holds ids and call signs."""
    version = select(incident.c.version).where(incident.c.id == incident_id).scalar_subquery()
    connection.execute(
        # Who writes it may not be able to read it back: a team that has just been released.
        insert(field_event)
        .inline()
        .values(
            incident_id=incident_id,
            version=version,
            actor=scope.actor,
            role=scope.role,
            kind=kind,
            reason=reason,
            payload=dict(payload or {}),
        )
    )


def list_field_events(connection: Connection, incident_id: UUID) -> list[EventView]:
    """List what was told of an incident, in the order it came in."""
    columns = [field_event.c[name] for name in EventView.__dataclass_fields__]
    query = select(*columns).where(field_event.c.incident_id == incident_id)
    ordered = query.order_by(field_event.c.id)
    return [EventView(**row) for row in connection.execute(ordered).mappings()]
