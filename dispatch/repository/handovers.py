"""Hand-overs and the log of their way: what is packed is written once, the rest moves on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from dispatch.handover.delivery import Delivery, DeliveryState
from dispatch.handover.tables import handover, handover_event
from dispatch.handover.views import HandoverEventView, HandoverView
from geodata.database.scope import Scope

_SELECT = """
SELECT h.id, h.incident_id, i.number AS incident_number, h.county, h.receiver, h.key,
       h.incident_version, h.wish ->> 'danger' AS danger, h.state, h.attempt, h.next_at,
       h.reference, h.retry_of, h.page IS NOT NULL AS has_page, h.created_by, h.created_at,
       h.settled_at, h.settled_by, h.settled_reference
FROM handover h LEFT JOIN incident i ON i.id = h.incident_id
"""
_FIND = text(f"{_SELECT} WHERE h.id = :id")
_LIST_OF = text(f"{_SELECT} WHERE h.incident_id = :incident ORDER BY h.created_at DESC, h.id")
# Hand-overs that the receiver has not acknowledged, and failed ones about which nobody has
# phoned.
_LIST_OPEN = text(
    f"{_SELECT} WHERE h.state <> 'acknowledged' AND h.settled_at IS NULL"
    " ORDER BY h.created_at DESC LIMIT :limit"
)
_LOCK = (
    "SELECT id, incident_id, county, key, receiver, state, attempt, next_at, reference,"
    " wish, eido, page, settled_at FROM handover"
)
_LOCK_ONE = text(f"{_LOCK} WHERE id = :id FOR UPDATE")
# SKIP LOCKED: a row that another worker holds is passed over, so that each attempt is made by
# one worker and none waits.
_LOCK_DUE = text(f"{_LOCK} WHERE next_at <= :now ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED")
_UNACKNOWLEDGED = text(
    "SELECT id, key FROM handover"
    " WHERE state = 'sent' OR (state = 'given_up' AND settled_at IS NULL)"
    " ORDER BY created_at LIMIT :limit"
)
_COUNTS = text(
    "SELECT state, count(*) AS n FROM handover"
    " WHERE settled_at IS NULL AND state <> 'acknowledged' GROUP BY state"
)


@dataclass(frozen=True, slots=True)
class LockedHandover:
    """A hand-over that nobody else changes until the transaction ends."""

    id: UUID
    incident_id: UUID
    county: str
    wish: dict[str, Any]
    eido: bytes
    page: bytes | None
    is_settled: bool
    delivery: Delivery


# ── reading ───────────────────────────────────────────────────────────────────
def find_handover(connection: Connection, handover_id: UUID) -> HandoverView | None:
    """Return a visible hand-over with its log."""
    row = connection.execute(_FIND, {"id": handover_id}).mappings().one_or_none()
    return None if row is None else _view(row, list_log(connection, [row["id"]]))


def list_handovers(connection: Connection, incident_id: UUID) -> list[HandoverView]:
    """List the hand-overs of an incident with their logs, newest first."""
    rows = connection.execute(_LIST_OF, {"incident": incident_id}).mappings().all()
    log = list_log(connection, [row["id"] for row in rows])
    return [_view(row, log) for row in rows]


def list_open(connection: Connection, *, limit: int) -> list[HandoverView]:
    """List visible hand-overs that somebody still has to watch, newest first, without logs."""
    rows = connection.execute(_LIST_OPEN, {"limit": limit}).mappings()
    return [_view(row, {}) for row in rows]


def find_same(connection: Connection, incident_id: UUID, content: str) -> UUID | None:
    """Return the hand-over of an incident that says the same and is no retry."""
    found: UUID | None = connection.execute(
        select(handover.c.id).where(
            handover.c.incident_id == incident_id,
            handover.c.content == content,
            handover.c.retry_of.is_(None),
        )
    ).scalar_one_or_none()
    return found


def find_retry(connection: Connection, handover_id: UUID) -> UUID | None:
    """Return the hand-over that was made because this one failed."""
    query = select(handover.c.id).where(handover.c.retry_of == handover_id)
    found: UUID | None = connection.execute(query).scalar_one_or_none()
    return found


def list_log(
    connection: Connection, handover_ids: Sequence[UUID]
) -> dict[UUID, list[HandoverEventView]]:
    """List what happened to hand-overs, oldest first."""
    columns = handover_event.c
    query = select(
        columns.handover_id, columns.at, columns.event, columns.attempt, columns.detail,
        columns.actor,
    )  # fmt: skip
    rows = connection.execute(
        query.where(columns.handover_id.in_(handover_ids)).order_by(columns.id)
    )
    log: dict[UUID, list[HandoverEventView]] = {one: [] for one in handover_ids}
    for owner, *rest in rows:
        log[owner].append(HandoverEventView(*rest))
    return log


def find_place_of(connection: Connection, handover_id: UUID) -> tuple[UUID, str] | None:
    """Return incident and county of a visible hand-over."""
    query = select(handover.c.incident_id, handover.c.county).where(handover.c.id == handover_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.incident_id, row.county)


def list_unacknowledged(connection: Connection, *, limit: int) -> list[tuple[UUID, str]]:
    """List id and key of what was sent, or given up, and may be acknowledged by now."""
    rows = connection.execute(_UNACKNOWLEDGED, {"limit": limit})
    return [(row.id, row.key) for row in rows]


def count_open(connection: Connection) -> dict[str, int]:
    """Count visible hand-overs that somebody still has to watch, by state."""
    return {row.state: row.n for row in connection.execute(_COUNTS)}


# ── writing ───────────────────────────────────────────────────────────────────
def lock_handover(connection: Connection, handover_id: UUID) -> LockedHandover | None:
    """Return a visible hand-over and keep others from changing it."""
    row = connection.execute(_LOCK_ONE, {"id": handover_id}).mappings().one_or_none()
    return None if row is None else _locked(row)


def lock_due(connection: Connection, now: datetime) -> LockedHandover | None:
    """Take the delivery that is due longest and that no other worker holds."""
    row = connection.execute(_LOCK_DUE, {"now": now}).mappings().one_or_none()
    return None if row is None else _locked(row)


def insert_handover(connection: Connection, delivery: Delivery, **values: Any) -> UUID:
    """Insert a packed hand-over with the state of its delivery."""
    made: UUID = connection.execute(
        insert(handover)
        .values(key=delivery.key, receiver=delivery.receiver, **_moving(delivery), **values)
        .returning(handover.c.id)
    ).scalar_one()
    return made


def move_delivery(connection: Connection, handover_id: UUID, delivery: Delivery) -> None:
    """Write where a delivery stands now."""
    connection.execute(
        update(handover).where(handover.c.id == handover_id).values(**_moving(delivery))
    )


def settle(
    connection: Connection, scope: Scope, handover_id: UUID, *, reference: str | None
) -> None:
    """Note that a person took care of a failed hand-over; its state stays what it is."""
    connection.execute(
        update(handover)
        .where(handover.c.id == handover_id)
        .values(
            settled_at=func.present_moment(), settled_by=scope.actor, settled_reference=reference
        )
    )


def append_log(
    connection: Connection,
    scope: Scope,
    handover_id: UUID,
    *,
    event: str,
    attempt: int,
    detail: str = "",
) -> None:
    """Add a line to the log of a hand-over, which only grows."""
    connection.execute(
        insert(handover_event).values(
            handover_id=handover_id,
            event=event,
            attempt=attempt,
            detail=detail[:200],
            actor=scope.actor,
            role=scope.role,
        )
    )


def find_files(connection: Connection, handover_id: UUID) -> tuple[bytes, bytes | None] | None:
    """Return the package and the page of a visible hand-over."""
    query = select(handover.c.eido, handover.c.page).where(handover.c.id == handover_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else (bytes(row.eido), None if row.page is None else bytes(row.page))


def _moving(delivery: Delivery) -> dict[str, Any]:
    return {
        "state": delivery.state.value,
        "attempt": delivery.attempt,
        "next_at": delivery.next_at,
        "reference": delivery.reference,
    }


def _locked(row: RowMapping) -> LockedHandover:
    return LockedHandover(
        row["id"],
        row["incident_id"],
        row["county"],
        row["wish"],
        bytes(row["eido"]),
        None if row["page"] is None else bytes(row["page"]),
        row["settled_at"] is not None,
        Delivery(
            row["key"],
            row["receiver"],
            DeliveryState(row["state"]),
            row["attempt"],
            row["next_at"],
            row["reference"],
        ),
    )


def _view(row: RowMapping, log: dict[UUID, list[HandoverEventView]]) -> HandoverView:
    values = {**row, "state": DeliveryState(row["state"])}
    return HandoverView(**values, log=tuple(log.get(row["id"], ())))
