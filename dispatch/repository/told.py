"""What the forms of calls say of their case; written by the database as they are saved."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text

from dispatch.call_form import CallForm, Told, Triage
from dispatch.tables import incident, incident_told

_COLUMNS = incident_told.c
_TRIAGES = text(
    "SELECT t.form ->> 'triage' FROM incident_told t JOIN call c ON c.id = t.call_id"
    " WHERE t.incident_id = :incident AND NOT c.is_misdial AND t.form ->> 'triage' IS NOT NULL"
)
_CASE = text("SELECT incident_id, county FROM case_of_call(:call)")


def form_of(stored: Mapping[str, Any]) -> CallForm:
    """Return a form from how it is stored."""
    triage = stored["triage"]
    return CallForm(**{**stored, "triage": None if triage is None else Triage(triage)})


def list_told(connection: Connection, incident_id: UUID) -> list[Told]:
    """List what the calls of a visible incident say of it, the newest word first."""
    rows = connection.execute(
        select(_COLUMNS.call_id, _COLUMNS.told_at, _COLUMNS.told_by, _COLUMNS.form)
        .where(_COLUMNS.incident_id == incident_id)
        .order_by(_COLUMNS.told_at.desc())
    )
    return [Told(row.call_id, row.told_at, row.told_by, form_of(row.form)) for row in rows]


def list_triages(connection: Connection, incident_id: UUID) -> list[Triage]:
    """List the triages of the calls of an incident that were no misdial."""
    rows = connection.execute(_TRIAGES, {"incident": incident_id}).scalars()
    return [Triage(row) for row in rows]


def find_triage(connection: Connection, incident_id: UUID) -> Triage | None:
    """Return the triage that an incident has now."""
    query = select(incident.c.triage).where(incident.c.id == incident_id)
    known = connection.execute(query).scalar_one_or_none()
    return None if known is None else Triage(known)


def find_case_of_call(connection: Connection, call_id: UUID) -> tuple[UUID, str] | None:
    """Return the case of any call and its county, for who tells it something; None without one."""
    row = connection.execute(_CASE, {"call": call_id}).one_or_none()
    return None if row is None else (row.incident_id, row.county)
