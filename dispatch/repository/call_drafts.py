"""What is typed about a call: one draft a call, gone when the call is closed."""

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text, update

from dispatch.call_form import CallDraft
from dispatch.repository.told import form_of
from dispatch.tables import call_draft

_WORKS_ON = text("SELECT works_on_call(:call)")
_IS_OVER = text("SELECT call_is_over(:call)")
_COLUMNS = call_draft.c


def works_on_call(connection: Connection, call_id: UUID) -> bool:
    """Tell whether a call and its case are the scope's, or it rings at a centre of the scope."""
    return bool(connection.execute(_WORKS_ON, {"call": call_id}).scalar_one())


def is_over(connection: Connection, call_id: UUID) -> bool:
    """Tell whether a call is closed."""
    return bool(connection.execute(_IS_OVER, {"call": call_id}).scalar_one())


def find_call_draft(connection: Connection, call_id: UUID) -> CallDraft | None:
    """Return the visible draft of a call."""
    row = connection.execute(select(call_draft).where(_COLUMNS.call_id == call_id)).one_or_none()
    if row is None:
        return None
    return CallDraft(row.call_id, row.version, row.saved_at, row.saved_by, form_of(row.form))


def save_call_draft(connection: Connection, draft: CallDraft) -> None:
    """Write a draft; the caller has taken the turn of the call."""
    values = {"version": draft.version, "form": asdict(draft.form), "saved_by": draft.saved_by}
    if draft.version == 1:
        connection.execute(insert(call_draft).values(call_id=draft.call_id, **values))
        return
    connection.execute(
        update(call_draft)
        .where(_COLUMNS.call_id == draft.call_id)
        .values(saved_at=func.present_moment(), **values)
    )
