"""Stored messages that nobody has read: whoever stored them died before reading them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text

from dispatch.repository.calls import RawReport

_WAITING = "status = 'stored' AND received_at < present_moment() - interval '1 minute'"
# Taken up by one process at a time; should that one die as well, another may after a minute.
_TAKE_UP = text(
    "UPDATE location_report SET taken_up_at = present_moment() WHERE id IN ("  # noqa: S608
    f" SELECT id FROM location_report WHERE {_WAITING}"
    "  AND (taken_up_at IS NULL OR taken_up_at < present_moment() - interval '1 minute')"
    " ORDER BY taken_up_at NULLS FIRST, received_at LIMIT :limit FOR UPDATE SKIP LOCKED)"
    " RETURNING id, received_at, status, call_id, sender, content_type, raw,"
    " stated_format, stated_caller, stated_call, stated_reference"
)
_COUNT = text(f"SELECT count(*) FROM location_report WHERE {_WAITING}")  # noqa: S608


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """A stored message, and what its sender said about it."""

    raw: RawReport
    format: str
    caller: str | None
    call_id: UUID | None
    reference: str | None


def take_up_unread(connection: Connection, *, limit: int) -> list[UnreadMessage]:
    """Return messages that wait for a minute and more, oldest first, and keep others from them."""
    rows = connection.execute(_TAKE_UP, {"limit": limit}).mappings().all()
    found = [
        UnreadMessage(
            RawReport(
                row["id"], row["received_at"], row["status"], row["call_id"], row["sender"],
                row["content_type"], bytes(row["raw"]),
            ),
            row["stated_format"] or "auto",
            row["stated_caller"],
            row["stated_call"],
            row["stated_reference"],
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.raw.received_at)


def count_unread(connection: Connection) -> int:
    """Count them."""
    counted: int = connection.execute(_COUNT).scalar_one()
    return counted
