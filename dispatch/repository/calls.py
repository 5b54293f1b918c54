"""Calls, the raw messages behind them, and the county answers they got."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from dispatch.model import CallerLocation, CountyAssignment, IncidentState, Resolution
from dispatch.repository.geometry import area_element, area_wkb, place_of, point_element, point_wkb
from dispatch.tables import call, county_assignment, location_report
from dispatch.views import CallView
from geodata.areas.uncertainty import centroid


@dataclass(frozen=True, slots=True)
class RawReport:
    """A stored message: its bytes, whether they were read, and the call it became."""

    id: UUID
    received_at: datetime
    status: str
    call_id: UUID | None
    sender: str
    content_type: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """The call that tells whom to call back: the newest with a number, else the newest."""

    call_id: UUID
    number: str | None


_SELECT = """
SELECT c.id, c.started_at, c.caller, c.county, c.incident_id, c.disposition, c.is_misdial,
       c.taken_by, i.number, i.state, a.report_id, a.owner, a.margin, a.ambiguous, a.confidence,
       a.answer, ST_AsGeoJSON(ST_ForcePolygonCCW(a.area), 6)::jsonb AS area,
       ST_X(a.center) AS lon, ST_Y(a.center) AS lat
FROM call c
LEFT JOIN incident i ON i.id = c.incident_id
LEFT JOIN LATERAL (
    SELECT * FROM county_assignment a WHERE a.call_id = c.id ORDER BY a.n DESC LIMIT 1
) a ON true
"""
_FIND = text(f"{_SELECT} WHERE c.id = :id")
_LIST = text(f"{_SELECT} ORDER BY c.started_at DESC LIMIT :limit")
_LIST_OF = text(
    f"{_SELECT} WHERE c.incident_id = :incident ORDER BY c.started_at DESC LIMIT :limit"
)
# A call without an incident is open until something was decided about it; one with an incident
# as long as that is, whichever county passed it on. Who no longer sees the incident has no part
# in it.
_IS_OPEN = (
    "NOT c.is_misdial"
    " AND CASE WHEN c.incident_id IS NULL THEN c.disposition IS NULL ELSE i.state <> 'closed' END"
)
_OPEN_AMONG = text(f"{_SELECT} WHERE c.id = ANY(:ids) AND {_IS_OPEN}")
_LIST_OPEN = text(
    f"{_SELECT} WHERE {_IS_OPEN}"
    # Whoever no county answers for comes first, the longest waiting before all: however many are
    # newer, a limit never cuts them off.
    " ORDER BY (c.incident_id IS NULL) DESC,"
    " CASE WHEN c.incident_id IS NULL THEN c.started_at END,"
    " c.started_at DESC LIMIT :limit"
)

_TAKE_TURN = text(
    "SELECT id, received_at, status, call_id, sender, content_type, raw, known_call"
    " FROM take_turn_of_report(:report, :caller, :since)"
)
_KEEP_NEW = text(
    "SELECT keep_new_call(:call_id, :report, :format, :started_at, :caller, :county, :incident_id,"
    " :taken_by, cast(:answer AS jsonb), :margin, :ambiguous, :confidence,"
    " ST_GeomFromWKB(:area, 4326), ST_GeomFromWKB(:center, 4326))"
)


# ── raw messages ──────────────────────────────────────────────────────────────
def insert_raw(
    connection: Connection, *, sender: str, content_type: str | None, raw: bytes, **stated: Any
) -> RawReport:
    """Store a message as it came; `stated` is what its sender says about it."""
    columns = location_report.c
    made = connection.execute(
        insert(location_report)
        .values(sender=sender, content_type=content_type, raw=raw, **stated)
        .returning(columns.id, columns.received_at, columns.status)
    ).one()
    return RawReport(made.id, made.received_at, made.status, None, sender, content_type, raw)


def lock_raw(connection: Connection, raw_id: UUID) -> RawReport | None:
    """Return a stored message and keep others from reading it into a call as well."""
    columns = location_report.c
    wanted = [columns[name] for name in RawReport.__dataclass_fields__]
    row = connection.execute(
        select(*wanted).where(columns.id == raw_id).with_for_update()
    ).one_or_none()
    return None if row is None else RawReport(**{**row._mapping, "raw": bytes(row.raw)})


def take_turn_of_report(
    connection: Connection, raw_id: UUID, caller: str | None, since: datetime
) -> tuple[RawReport, UUID | None] | None:
    """
    Return a stored message, held, with the call of its number that was heard of since then.

    The turn of the number is taken until the transaction ends: two messages of one number at
    once never open two incidents. A call only as far as the scope may know of it, and asked
    before anything is `widened`; none for a message that has its call already.
    """
    wanted = {"report": raw_id, "caller": caller, "since": since}
    row = connection.execute(_TAKE_TURN, wanted).one_or_none()
    if row is None:
        return None
    stored = {name: row._mapping[name] for name in RawReport.__dataclass_fields__}
    return RawReport(**{**stored, "raw": bytes(row.raw)}), row.known_call


def mark_raw(connection: Connection, raw_id: UUID, **values: Any) -> None:
    """Write what became of a stored message; the message itself never changes."""
    connection.execute(
        update(location_report).where(location_report.c.id == raw_id).values(**values)
    )


# ── calls ─────────────────────────────────────────────────────────────────────
def insert_new_call(
    connection: Connection,
    raw_id: UUID,
    location: CallerLocation | None,
    assignment: CountyAssignment,
    answer: Mapping[str, Any],
    **values: Any,
) -> UUID:
    """
    Insert a call with the message it was made of, and whose it is; it is its owner's.

    `values` are `call_id` where it rang as one before and None otherwise, `started_at`,
    `caller`, `incident_id` and `taken_by` of the call, and the `format` of the message.
    """
    stored = {
        "report": raw_id,
        "county": assignment.owner,
        "answer": json.dumps(dict(answer)),
        "margin": assignment.margin,
        "ambiguous": assignment.ambiguous,
        "confidence": location.confidence if location else None,
        "area": area_wkb(location.shape) if location else None,
        "center": point_wkb(centroid(location.shape)) if location else None,
    }
    made: UUID = connection.execute(_KEEP_NEW, {**stored, **values}).scalar_one()
    return made


def insert_answer(
    connection: Connection,
    call_id: UUID,
    raw_id: UUID,
    location: CallerLocation | None,
    assignment: CountyAssignment,
    answer: Mapping[str, Any],
) -> None:
    """Store whose call it is, and the area it was decided on."""
    connection.execute(
        insert(county_assignment).values(
            call_id=call_id,
            report_id=raw_id,
            answer=dict(answer),
            owner=assignment.owner,
            margin=assignment.margin,
            ambiguous=assignment.ambiguous,
            confidence=location.confidence if location else None,
            area=area_element(location.shape) if location else None,
            center=point_element(centroid(location.shape)) if location else None,
        )
    )


def change_call(connection: Connection, call_id: UUID, **values: Any) -> None:
    """Write columns of one call."""
    connection.execute(update(call).where(call.c.id == call_id).values(**values))


def change_calls_of(connection: Connection, incident_id: UUID, **values: Any) -> None:
    """Write columns of all calls of an incident."""
    connection.execute(update(call).where(call.c.incident_id == incident_id).values(**values))


def reopen_calls_of(connection: Connection, incident_id: UUID, ended: Resolution) -> None:
    """Take back what closing an incident wrote to its calls; a misdial among them stays one."""
    ended_so = (call.c.incident_id == incident_id, call.c.disposition == ended.value)
    taken_back: dict[str, Any] = {"disposition": None}
    if ended is Resolution.MISDIAL:
        taken_back["is_misdial"] = False
    connection.execute(update(call).where(*ended_so).values(**taken_back))


def count_calls_of(connection: Connection, incident_id: UUID) -> int:
    """Count the calls of an incident that were no misdial."""
    counted: int = connection.execute(
        select(func.count())
        .select_from(call)
        .where(call.c.incident_id == incident_id, call.c.is_misdial.is_(False))
    ).scalar_one()
    return counted


def take_turn_of_caller(connection: Connection, caller: str) -> None:
    """Let one call of a number be taken at a time, so that two never open two incidents."""
    connection.execute(
        # A lock on the number itself, because there may be no row yet that could be locked.
        # It is given back at the end of the transaction.
        text("SELECT pg_advisory_xact_lock(hashtextextended(:caller, 119))"),
        {"caller": caller},
    )


def take_turn_of_reference(connection: Connection, reference: str) -> None:
    """Let a ring and the locations of one reference be taken one after the other."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('reference ' || :reference, 119))"),
        {"reference": reference},
    )


def find_call(connection: Connection, call_id: UUID) -> CallView | None:
    """Return a visible call."""
    row = connection.execute(_FIND, {"id": call_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def find_caller(connection: Connection, incident_id: UUID) -> Caller | None:
    """Return who called about an incident and can be called back."""
    row = connection.execute(
        select(call.c.id, call.c.caller)
        .where(call.c.incident_id == incident_id, call.c.is_misdial.is_(False))
        # False sorts before true: calls with a number come first, then the newest.
        .order_by(call.c.caller.is_(None), call.c.started_at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Caller(row.id, row.caller)


def list_calls_of(connection: Connection, incident_id: UUID, *, limit: int) -> list[CallView]:
    """List the visible calls of an incident, newest first, whatever became of them."""
    wanted = {"incident": incident_id, "limit": limit}
    return [_view(row) for row in connection.execute(_LIST_OF, wanted).mappings()]


def list_open_among(connection: Connection, ids: Collection[UUID]) -> list[CallView]:
    """List those of the calls `ids` that are visible and open."""
    return [_view(row) for row in connection.execute(_OPEN_AMONG, {"ids": list(ids)}).mappings()]


def list_calls(connection: Connection, *, limit: int, open_only: bool) -> list[CallView]:
    """List visible calls, newest first; of the open ones first those of no county, oldest first."""
    query = _LIST_OPEN if open_only else _LIST
    return [_view(row) for row in connection.execute(query, {"limit": limit}).mappings()]


def _view(row: RowMapping) -> CallView:
    return CallView(
        id=row["id"],
        started_at=row["started_at"],
        caller=row["caller"],
        county=row["county"],
        incident_id=row["incident_id"],
        incident_number=row["number"],
        incident_state=None if row["state"] is None else IncidentState(row["state"]),
        disposition=row["disposition"],
        is_misdial=row["is_misdial"],
        taken_by=row["taken_by"],
        report_id=row["report_id"],
        owner=row["owner"],
        margin=row["margin"],
        ambiguous=row["ambiguous"],
        confidence=row["confidence"],
        answer=row["answer"],
        area=row["area"],
        center=place_of(row),
    )
