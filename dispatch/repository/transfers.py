"""Cases that are offered to another county, and what was decided of them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, select, text, update

from dispatch.call_form import Triage
from dispatch.tables import transfer_offer
from dispatch.transfers import ANSWER_WITHIN, RETURNED_FOR, TransferDecision, TransferOffer

_COLUMNS = transfer_offer.c
_FIELDS = (
    "id", "incident_id", "county_from", "county_to", "reason", "offered_by", "offered_at",
    "decided_by", "decided_at", "decision_reason",
)  # fmt: skip
_SELECT = f"""
SELECT {", ".join(f"o.{name}" for name in _FIELDS)}, o.decision, i.number, i.version, i.triage
FROM transfer_offer o LEFT JOIN incident i ON i.id = o.incident_id
"""  # noqa: S608
_FIND = text(f"{_SELECT} WHERE o.id = :id")
_WAITING = text(f"{_SELECT} WHERE o.incident_id = :id AND o.decision IS NULL")
# A returned one for whoever offered it, while the case is open and was not offered again.
_LIST = text(
    f"{_SELECT} WHERE o.decision IS NULL"
    " OR (o.decision = 'returned' AND o.county_from = ANY (:counties) AND i.state <> 'closed'"
    " AND o.decided_at >= present_moment() - CAST(:returned_for AS interval)"
    " AND NOT EXISTS (SELECT FROM transfer_offer later WHERE later.incident_id = o.incident_id"
    " AND later.offered_at > o.offered_at))"
    " ORDER BY o.offered_at, o.id"
)


def make_offer(connection: Connection, **values: Any) -> UUID:
    """Insert an offer; the caller holds the incident and has seen that none waits."""
    made: UUID = connection.execute(
        insert(transfer_offer).values(**values).returning(_COLUMNS.id)
    ).scalar_one()
    return made


def find_waiting(connection: Connection, incident_id: UUID) -> TransferOffer | None:
    """Return the undecided offer of an incident."""
    row = connection.execute(_WAITING, {"id": incident_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def find_offer(connection: Connection, offer_id: UUID) -> TransferOffer | None:
    """Return a visible offer."""
    row = connection.execute(_FIND, {"id": offer_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def lock_offer(connection: Connection, offer_id: UUID) -> TransferOffer | None:
    """Return a visible offer as it is now, and keep others from deciding it as well."""
    connection.execute(select(_COLUMNS.id).where(_COLUMNS.id == offer_id).with_for_update())
    return find_offer(connection, offer_id)


def list_offers(connection: Connection, counties: tuple[str, ...]) -> list[TransferOffer]:
    """List the visible offers that wait, and those that came back to `counties`, oldest first."""
    wanted = {"counties": list(counties), "returned_for": RETURNED_FOR}
    return [_view(row) for row in connection.execute(_LIST, wanted).mappings()]


def decide(connection: Connection, offer_id: UUID, **values: Any) -> None:
    """Write what was decided of an offer."""
    connection.execute(update(transfer_offer).where(_COLUMNS.id == offer_id).values(**values))


def _view(row: RowMapping) -> TransferOffer:
    return TransferOffer(
        **{name: row[name] for name in _FIELDS},
        due_at=row["offered_at"] + ANSWER_WITHIN,
        decision=None if row["decision"] is None else TransferDecision(row["decision"]),
        incident_number=row["number"],
        incident_version=row["version"],
        triage=None if row["triage"] is None else Triage(row["triage"]),
    )
