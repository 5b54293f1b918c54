"""What a desk and a team write to each other, and how far it has come."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text, update

from dispatch.field import Receipt, TeamMessage
from dispatch.field_tables import team_message

_COLUMNS = (
    team_message.c.id,
    team_message.c.assignment_id,
    team_message.c.sent_at,
    team_message.c.sent_by,
    team_message.c.from_team,
    team_message.c.body.label("text"),
    team_message.c.delivered_at,
    team_message.c.read_at,
    team_message.c.read_by,
)
_CHANGED = text(
    "UPDATE assignment SET message_at = present_moment(), unread_from_team = ("
    "SELECT count(*) FROM team_message m WHERE m.assignment_id = assignment.id"
    " AND m.from_team AND m.read_at IS NULL) WHERE id = :assignment"
)


def insert_message(
    connection: Connection, assignment_id: UUID, *, sent_by: str, from_team: bool, body: str
) -> UUID:
    """Keep a message; the database refuses it for an assignment that has ended."""
    made: UUID = connection.execute(
        insert(team_message)
        .values(assignment_id=assignment_id, sent_by=sent_by, from_team=from_team, body=body)
        .returning(team_message.c.id)
    ).scalar_one()
    return made


def list_messages(connection: Connection, assignment_id: UUID) -> list[TeamMessage]:
    """List the visible messages of an assignment, oldest first."""
    query = select(*_COLUMNS).where(team_message.c.assignment_id == assignment_id)
    ordered = query.order_by(team_message.c.sent_at, team_message.c.id)
    return [TeamMessage(**row) for row in connection.execute(ordered).mappings()]


def receive_messages(
    connection: Connection,
    assignment_id: UUID,
    receipt: Receipt,
    *,
    from_team: bool,
    until: datetime,
    by: str,
) -> int:
    """Write the receipt of all that came from that side until then; the number that is new."""
    columns = team_message.c
    moment = func.present_moment()
    values: dict[str, Any] = {"delivered_at": func.coalesce(columns.delivered_at, moment)}
    missing = columns.delivered_at
    if receipt is Receipt.READ:
        values |= {"read_at": moment, "read_by": by}
        missing = columns.read_at
    result = connection.execute(
        update(team_message)
        .where(
            columns.assignment_id == assignment_id,
            columns.from_team == from_team,
            columns.sent_at <= until,
            missing.is_(None),
        )
        .values(**values)
    )
    return result.rowcount


def tell_changed(connection: Connection, assignment_id: UUID) -> None:
    """Note at the assignment that its messages changed, and how many of the team are unread."""
    connection.execute(_CHANGED, {"assignment": assignment_id})
