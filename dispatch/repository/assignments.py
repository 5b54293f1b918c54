"""Assignments: one team on one incident, at most one open per team (a unique index)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from dispatch.field_tables import assignment
from dispatch.views import AssignmentView
from teams.model import TeamStatus

_SELECT = """
SELECT a.id, a.incident_id, a.team_id, t.callsign, a.county, a.team_county, a.assigned_by,
       a.assigned_at, a.proposed_team_id, a.proposed_rank, a.override_reason, a.eta_s, a.eta_at,
       a.eta_source, a.eta_profile, ST_AsGeoJSON(a.route, 6)::jsonb AS route, a.en_route_at,
       a.on_scene_at, a.released_at, a.release_reason, a.answer_due_at, a.delivered_at, a.read_at,
       a.answer, a.answered_at, a.answered_by, a.decline_reason, a.unanswered_at,
       a.check_in_every_s, a.check_in_off_reason, a.check_in_due_at, a.checked_in_at,
       a.message_at, a.unread_from_team
FROM assignment a LEFT JOIN team t ON t.id = a.team_id
"""
_FIND = text(f"{_SELECT} WHERE a.id = :id")
_OPEN_OF_TEAM = text(f"{_SELECT} WHERE a.team_id = :team AND a.released_at IS NULL")
_LIST_OPEN = text(f"{_SELECT} WHERE a.released_at IS NULL ORDER BY a.assigned_at")
_LIST_OPEN_OF = text(
    f"{_SELECT} WHERE a.released_at IS NULL AND a.incident_id = ANY(:ids) ORDER BY a.assigned_at"
)
_LIST_OPEN_OF_TEAMS = text(f"{_SELECT} WHERE a.released_at IS NULL AND a.team_id = ANY(:ids)")
# Whoever answers or checks in at this very moment holds the row, and is not waited for.
_UNANSWERED = text(
    f"{_SELECT} WHERE a.released_at IS NULL AND a.answer IS NULL AND a.unanswered_at IS NULL"
    " AND a.answer_due_at <= :now ORDER BY a.id LIMIT 500 FOR UPDATE OF a SKIP LOCKED"
)
_OVERDUE = text(
    f"{_SELECT} WHERE a.released_at IS NULL AND a.check_in_due_at <= :before"
    " AND NOT EXISTS (SELECT FROM team_alarm m WHERE m.team_id = a.team_id"
    " AND m.kind = 'check_in' AND m.settled_at IS NULL)"
    " ORDER BY a.id LIMIT 500 FOR UPDATE OF a SKIP LOCKED"
)
_ENDS = text("SELECT incident_id, team_id FROM assignment WHERE id = ANY(:ids)")
_LIST_ALL = text(f"{_SELECT} ORDER BY a.assigned_at DESC LIMIT 1000")
_LIST_ALL_OF = text(f"{_SELECT} WHERE a.incident_id = ANY(:ids) ORDER BY a.assigned_at")
_OTHERS = text("SELECT other_statuses(:incident, :team)")


def find_assignment(connection: Connection, assignment_id: UUID) -> AssignmentView | None:
    """Return a visible assignment, open or released."""
    row = connection.execute(_FIND, {"id": assignment_id}).mappings().one_or_none()
    return None if row is None else AssignmentView(**row)


def find_open_of_team(connection: Connection, team_id: UUID) -> AssignmentView | None:
    """Return the open assignment of a team, if it is visible."""
    row = connection.execute(_OPEN_OF_TEAM, {"team": team_id}).mappings().one_or_none()
    return None if row is None else AssignmentView(**row)


def list_assignments(
    connection: Connection, *, open_only: bool = True, incident_ids: Sequence[UUID] | None = None
) -> list[AssignmentView]:
    """List visible assignments, of some incidents or of all."""
    if incident_ids is None:
        rows = connection.execute(_LIST_OPEN if open_only else _LIST_ALL)
    else:
        query = _LIST_OPEN_OF if open_only else _LIST_ALL_OF
        rows = connection.execute(query, {"ids": list(incident_ids)})
    return [AssignmentView(**row) for row in rows.mappings()]


def list_open_of_teams(connection: Connection, team_ids: Sequence[UUID]) -> list[AssignmentView]:
    """List the visible open assignments of some teams."""
    rows = connection.execute(_LIST_OPEN_OF_TEAMS, {"ids": list(team_ids)})
    return [AssignmentView(**row) for row in rows.mappings()]


def list_unanswered(connection: Connection, now: datetime) -> list[AssignmentView]:
    """Lock and list the open assignments whose answer was due and has not come, nor been noted."""
    rows = connection.execute(_UNANSWERED, {"now": now})
    return [AssignmentView(**row) for row in rows.mappings()]


def list_overdue_check_ins(connection: Connection, before: datetime) -> list[AssignmentView]:
    """Lock and list the open assignments with a check-in due `before`, without an alarm yet."""
    rows = connection.execute(_OVERDUE, {"before": before})
    return [AssignmentView(**row) for row in rows.mappings()]


def list_ends(connection: Connection, ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """List incident and team of those visible assignments, open or released."""
    rows = connection.execute(_ENDS, {"ids": list(ids)})
    return [(incident_id, team_id) for incident_id, team_id in rows]


def list_other_statuses(
    connection: Connection, incident_id: UUID, team_id: UUID
) -> Collection[TeamStatus]:
    """List the statuses of the other teams on an incident."""
    rows = connection.execute(_OTHERS, {"incident": incident_id, "team": team_id})
    return [TeamStatus(status) for (status,) in rows]


def is_open(connection: Connection, assignment_id: UUID) -> bool:
    """Tell whether an assignment is still open, and keep it so until the transaction ends."""
    query = select(assignment.c.released_at).where(assignment.c.id == assignment_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    return row is not None and row.released_at is None


def insert_assignment(connection: Connection, **values: Any) -> UUID:
    """Insert an open assignment; the database refuses a second one for the same team."""
    # The column may not be empty, so it gets the incident's county; a trigger then replaces it
    # by the team's own, which this scope may not be able to read.
    made: UUID = connection.execute(
        insert(assignment).values(team_county=values["county"], **values).returning(assignment.c.id)
    ).scalar_one()
    return made


def change_assignment(connection: Connection, assignment_id: UUID, **values: Any) -> None:
    """Write columns of one assignment."""
    connection.execute(update(assignment).where(assignment.c.id == assignment_id).values(**values))
