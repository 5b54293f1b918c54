"""The reports of one call: finding the call they belong to, and reading them back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, text

from dispatch.belief.hearing import Message, Reading
from dispatch.model import Warning119
from dispatch.repository.calls import RawReport
from dispatch.tables import location_report
from geodata.database.engine import with_setting

_TAKE_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('call ' || :call, 119))")
_HOLD = text("SELECT caller, taken_by, county, incident_county FROM hold_call(:call)")


@dataclass(frozen=True, slots=True)
class HeldCall:
    """
    What an intake knows of a call that it adds to, whether it may read the call or not.

    `county` is the call's, `incident_county` the one that has its incident now; that
    incident is locked.
    """

    id: UUID
    caller: str | None
    taken_by: str
    county: str | None
    incident_county: str | None


@contextmanager
def adding_to(connection: Connection, call_id: UUID) -> Iterator[None]:
    """
    See one call and its reports for the statements inside, whoever it belongs to.

    What is heard of a caller is added to the call at whichever desk it comes in; who may
    add to it is for the one who opens this to check.
    """
    with with_setting(connection, "app.call", str(call_id)):
        yield


def as_message(raw: RawReport, message_format: str, reading: Reading | None = None) -> Message:
    """Return a stored message as one that can be read, or that was read already."""
    return Message(
        raw.raw, raw.received_at, raw.sender, raw.content_type, message_format, reading=reading
    )


def take_turn_of_call(connection: Connection, call_id: UUID) -> None:
    """Let one report of a call be taken at a time, so that none is lost of two at once."""
    connection.execute(_TAKE_TURN, {"call": str(call_id)})


def hold_call(connection: Connection, call_id: UUID) -> HeldCall | None:
    """Return what must be known of any call to add to it, and lock its incident."""
    row = connection.execute(_HOLD, {"call": call_id}).one_or_none()
    return None if row is None else HeldCall(call_id, *row)


def list_messages(connection: Connection, call_id: UUID) -> list[Message]:
    """List the visible messages of a call that were read, in the order of arrival."""
    columns = location_report.c
    rows = connection.execute(
        select(
            columns.raw, columns.received_at, columns.sender, columns.content_type, columns.format
        )
        .where(columns.call_id == call_id, columns.status == "read")
        .order_by(columns.received_at, columns.id)
    )
    return [
        Message(bytes(raw), at, sender, content_type, format=name or "auto")
        for raw, at, sender, content_type, name in rows
    ]


def list_troubles(connection: Connection, call_id: UUID) -> list[Warning119]:
    """List why locations that were asked for in a call did not come, in order."""
    columns = location_report.c
    errors = connection.execute(
        select(columns.error)
        .where(columns.call_id == call_id, columns.status == "refused")
        .order_by(columns.received_at, columns.id)
    ).scalars()
    return [Warning119(error["code"], error["message"]) for error in errors]
