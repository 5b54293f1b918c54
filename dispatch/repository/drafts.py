"""Missing-child drafts: added, never changed."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text

from dispatch.handover.tables import missing_child_draft
from dispatch.handover.views import DraftView

_SELECT = (
    "SELECT id, incident_id, county, version, status, scope, wish ->> 'name' AS name,"
    " made_by, made_at FROM missing_child_draft"
)
_FIND = text(f"{_SELECT} WHERE id = :id")
_LIST = text(f"{_SELECT} WHERE incident_id = :incident ORDER BY version DESC")


def find_draft(connection: Connection, draft_id: UUID) -> DraftView | None:
    """Return a visible draft."""
    row = connection.execute(_FIND, {"id": draft_id}).mappings().one_or_none()
    return None if row is None else DraftView(**row)


def list_drafts(connection: Connection, incident_id: UUID) -> list[DraftView]:
    """List the versions of an incident's draft, newest first."""
    rows = connection.execute(_LIST, {"incident": incident_id}).mappings()
    return [DraftView(**row) for row in rows]


def newest_version(connection: Connection, incident_id: UUID) -> int:
    """Return the newest version of an incident's draft, 0 when there is none."""
    column = missing_child_draft.c
    query = select(func.max(column.version)).where(column.incident_id == incident_id)
    return connection.execute(query).scalar_one() or 0


def find_message(connection: Connection, draft_id: UUID) -> bytes | None:
    """Return the CAP message of a visible draft."""
    query = select(missing_child_draft.c.cap).where(missing_child_draft.c.id == draft_id)
    raw = connection.execute(query).scalar_one_or_none()
    return None if raw is None else bytes(raw)


def insert_draft(connection: Connection, **values: Any) -> UUID:
    """Insert one version of a draft."""
    made: UUID = connection.execute(
        insert(missing_child_draft).values(**values).returning(missing_child_draft.c.id)
    ).scalar_one()
    return made
