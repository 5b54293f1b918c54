"""Read and write closure requests; who sees and answers which is the table's row security."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, insert, text, update

from dispatch.closures.repository import drawing_columns, drawn_roads
from dispatch.closures.requests import ClosureRequest, RequestAnswer
from dispatch.closures.tables import closure_request
from geodata.roads.closures import Closure

_SELECT = (
    "SELECT r.id, r.county, r.asked_from, r.asked_by, r.asked_at, r.reason, r.valid_from,"
    " r.valid_until, r.way_ids, r.factor, r.meant, r.own_closure, r.answer, r.answered_by,"
    " r.answered_at, r.answer_reason, r.closure, ST_AsBinary(r.area) AS area,"
    " ST_X(r.spot) AS lon, ST_Y(r.spot) AS lat, own.ended_at AS own_ended_at,"
    " made.ended_at, made.ended_by, made.end_reason FROM closure_request r"
    " LEFT JOIN road_closure own ON own.id = r.own_closure"
    " LEFT JOIN road_closure made ON made.id = r.closure"
)
_FIND = text(f"{_SELECT} WHERE r.id = :id")
_OF_CLOSURE = text(f"{_SELECT} WHERE r.closure = :id OR r.own_closure = :id ORDER BY r.id")
_WAITING = (
    "r.answer IS NULL AND own.ended_at IS NULL AND (r.valid_until IS NULL OR r.valid_until > :at)"
)
# What waits comes first, so that no list is too short for it.
_ALL = text(f"{_SELECT} ORDER BY ({_WAITING}) DESC, r.asked_at DESC, r.id LIMIT :limit")
_FROM = "FROM closure_request r LEFT JOIN road_closure own ON own.id = r.own_closure"
_COUNT = text(f"SELECT count(*) {_FROM} WHERE r.asked_from = :county AND {_WAITING}")


def insert_request(
    connection: Connection, closure: Closure, *, meant: Mapping[str, Any], **values: Any
) -> UUID:
    """Insert a request; its own name (`id`) is given by the database."""
    made: UUID = connection.execute(
        insert(closure_request)
        .values(**drawing_columns(closure), meant=dict(meant), **values)
        .returning(closure_request.c.id)
    ).scalar_one()
    return made


def find_request(connection: Connection, request_id: UUID) -> ClosureRequest | None:
    """Return one request, None when there is none of that number for the scope."""
    row = connection.execute(_FIND, {"id": request_id}).mappings().one_or_none()
    return None if row is None else _request(row)


def list_requests(connection: Connection, at: datetime, *, limit: int) -> list[ClosureRequest]:
    """List the requests of the scope: those that wait at `at` first, then the newest."""
    rows = connection.execute(_ALL, {"at": at, "limit": limit}).mappings()
    return [_request(row) for row in rows]


def list_of_closure(connection: Connection, closure_id: UUID) -> list[ClosureRequest]:
    """List the requests that led to a closure or were sent with it, as the scope sees them."""
    return [_request(row) for row in connection.execute(_OF_CLOSURE, {"id": closure_id}).mappings()]


def count_waiting(connection: Connection, at: datetime, county: str) -> int:
    """Count the requests of a county that wait at `at`."""
    counted: int = connection.execute(_COUNT, {"at": at, "county": county}).scalar_one()
    return counted


def answer_request(
    connection: Connection,
    request_id: UUID,
    answer: RequestAnswer,
    *,
    by: str,
    reason: str | None = None,
    closure: UUID | None = None,
) -> bool:
    """Write the answer; False when somebody has answered already. Waits for who answers now."""
    done = connection.execute(
        update(closure_request)
        .where(closure_request.c.id == request_id, closure_request.c.answer.is_(None))
        .values(
            answer=answer.value,
            answered_at=func.present_moment(),
            answered_by=by,
            answer_reason=reason,
            closure=closure,
        )
    )
    return done.rowcount == 1


def _request(row: RowMapping) -> ClosureRequest:
    facts = {name: row[name] for name in _PLAIN}
    answer = None if row["answer"] is None else RequestAnswer(row["answer"])
    return ClosureRequest(**facts, answer=answer, **drawn_roads(row))


_PLAIN = (
    "id", "county", "asked_from", "asked_by", "asked_at", "reason", "valid_from", "valid_until",
    "factor", "meant", "own_closure", "own_ended_at", "answered_by", "answered_at",
    "answer_reason", "closure", "ended_at", "ended_by", "end_reason",
)  # fmt: skip
