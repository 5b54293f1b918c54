"""Requests of one centre for a team of another: asked, and answered once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, bindparam, text

from dispatch.field import AidAnswer, AidRequest

_SELECT = """
SELECT r.id, r.incident_id, i.number AS incident_number, r.county, r.team_id, r.team_county,
       r.callsign, r.asked_by, r.asked_at, r.expires_at, r.priority,
       ST_AsGeoJSON(ST_ForcePolygonCCW(r.area), 6)::jsonb AS area, r.travel_s, r.distance_m,
       r.answer, r.answered_at, r.answered_by, r.answer_reason, r.assignment_id,
       present_moment() AS at,
       r.answer IS NULL AND r.expires_at > present_moment() AS waits
FROM aid_request r LEFT JOIN incident i ON i.id = r.incident_id
"""
_FIND = text(f"{_SELECT} WHERE r.id = :id")
# What was answered lately stays in sight: the asker reads why, the other what it has lent.
_LIST = text(
    f"{_SELECT} WHERE r.answer IS NULL OR r.answered_at > present_moment() - :kept"
    " ORDER BY (r.answer IS NULL) DESC, r.asked_at LIMIT 500"
)
_INSERT = text(
    "INSERT INTO aid_request (incident_id, county, team_id, team_county, callsign, asked_by,"
    " expires_at, priority, area, travel_s, distance_m)"
    " SELECT i.id, i.county, :team_id, '', '', :asked_by,"
    " present_moment() + :within, i.priority, i.area, :travel_s, :distance_m"
    " FROM incident i WHERE i.id = :incident_id RETURNING id"
)
_ANSWER = text(
    "UPDATE aid_request SET answer = :answer, answered_at = present_moment(),"
    " answered_by = :by, answer_reason = :reason, assignment_id = :assignment_id"
    " WHERE id = :id AND answer IS NULL RETURNING id"
).bindparams(bindparam("reason"), bindparam("assignment_id"))
_LAPSE = text(
    "UPDATE aid_request SET answer = 'lapsed', answered_at = present_moment(), answered_by = :by"
    " WHERE id IN (SELECT id FROM aid_request WHERE answer IS NULL"
    " AND expires_at <= present_moment()"
    " AND (cast(:incident_id AS uuid) IS NULL OR incident_id = :incident_id)"
    " ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING id"
)


def insert_request(connection: Connection, incident_id: UUID, **values: Any) -> UUID:
    """
    Ask for a team on behalf of a visible incident: its area and priority go along.

    `values`: `team_id`, `asked_by`, `within` (a timedelta), `travel_s`, `distance_m`.
    """
    made: UUID = connection.execute(_INSERT, {"incident_id": incident_id, **values}).scalar_one()
    return made


def find_request(connection: Connection, request_id: UUID) -> AidRequest | None:
    """Return a visible request."""
    row = connection.execute(_FIND, {"id": request_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def list_requests(connection: Connection, kept: timedelta) -> list[AidRequest]:
    """List the visible requests that wait, and those answered within `kept`."""
    return [_view(row) for row in connection.execute(_LIST, {"kept": kept}).mappings()]


def answer_request(
    connection: Connection,
    request_id: UUID,
    answer: AidAnswer,
    *,
    by: str,
    reason: str | None = None,
    assignment_id: UUID | None = None,
) -> bool:
    """Write the answer; False when there is one already."""
    wish = {
        "id": request_id, "answer": answer.value, "by": by, "reason": reason,
        "assignment_id": assignment_id,
    }  # fmt: skip
    return connection.execute(_ANSWER, wish).first() is not None


def lapse_requests(
    connection: Connection, *, by: str, incident_id: UUID | None = None
) -> list[UUID]:
    """Note of requests whose time is over that nobody answered; return which."""
    return list(connection.execute(_LAPSE, {"by": by, "incident_id": incident_id}).scalars())


def _view(row: RowMapping) -> AidRequest:
    answer = row["answer"]
    return AidRequest(**{**row, "answer": None if answer is None else AidAnswer(answer)})
