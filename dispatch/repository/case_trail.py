"""What the audit trail says about one case and all that belongs to it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from dispatch.case_trail import TrailKind, TrailLine, is_look

# What belongs to a case, each under the name by which the audit trail knows it.
_OBJECTS = """
    SELECT 'incident' AS object_type, cast(:id AS uuid) AS id
    UNION ALL SELECT 'call', id FROM call WHERE incident_id = :id
    UNION ALL SELECT 'ringing_call', r.id FROM ringing_call r
        JOIN call c ON c.id = r.call_id WHERE c.incident_id = :id
    UNION ALL SELECT 'handover', id FROM handover WHERE incident_id = :id
    UNION ALL SELECT 'missing_child_draft', id FROM missing_child_draft WHERE incident_id = :id
"""
# What was done to the case itself is told by its timeline, better and once.
_LINES = text(f"""
    SELECT e.n, e.at, e.actor, e.role, e.action, e.object_type, e.object_id, e.county, e.detail
    FROM ({_OBJECTS}) o
    JOIN audit_entry e ON e.object_type = o.object_type AND e.object_id = cast(o.id AS text)
    WHERE e.object_type <> 'incident' OR e.action LIKE '%read'
    ORDER BY e.n DESC LIMIT :limit
""")  # noqa: S608
_EVENTS = text(
    "SELECT e.at, e.actor, e.role, e.kind, e.reason, e.payload FROM incident_event e"
    " WHERE e.incident_id = :id ORDER BY e.version DESC LIMIT :limit"
)
_OBJECT_IDS = text(f"SELECT cast(id AS text) FROM ({_OBJECTS}) o")  # noqa: S608


def object_ids_of_case(connection: Connection, incident_id: UUID) -> list[str]:
    """List the ids under which the audit trail speaks of a visible case and what belongs to it."""
    return list(connection.execute(_OBJECT_IDS, {"id": incident_id}).scalars())


def list_looks_and_deeds(
    connection: Connection, incident_id: UUID, *, limit: int
) -> list[TrailLine]:
    """List what the audit trail says of a visible case beside its own events, newest first."""
    rows = connection.execute(_LINES, {"id": incident_id, "limit": limit}).mappings()
    return [
        TrailLine(
            kind=TrailKind.LOOK if is_look(row["action"]) else TrailKind.DEED,
            seat=_seat(row["detail"]),
            reason=None,
            **row,
        )
        for row in rows
    ]


def list_event_lines(
    connection: Connection, incident_id: UUID, county: str, *, limit: int
) -> list[TrailLine]:
    """List a visible case's own events as lines of its trail, newest first."""
    rows = connection.execute(_EVENTS, {"id": incident_id, "limit": limit})
    return [
        TrailLine(
            TrailKind.EVENT, row.at, row.actor, row.role, row.kind, "incident", str(incident_id),
            county, None, row.reason, row.payload,
        )
        for row in rows
    ]  # fmt: skip


def _seat(detail: dict[str, Any]) -> str | None:
    seat = detail.get("seat")
    return seat if isinstance(seat, str) else None
