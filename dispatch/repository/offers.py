"""Reports that were offered to the county of a case of the same number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, text, update

from dispatch.repository.calls import RawReport
from dispatch.tables import call, incident, location_report, offered_report
from geodata.database.scope import Scope

_OFFER = text("SELECT offer, known_call, county FROM offer_report(:call, :since, :counties)")
_COLUMNS = offered_report.c


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer that was made now, the call it was made to, and who has that case."""

    id: UUID
    known_call_id: UUID
    county: str | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer as it is stored; `incident_id` and `county` are those of the known call."""

    id: UUID
    call_id: UUID
    known_call_id: UUID
    incident_id: UUID | None
    incident_number: str | None
    county: str | None
    offered_at: datetime
    offered_by: str
    offered_from: tuple[str, ...]
    decision: str | None


def make_offer(
    connection: Connection, scope: Scope, call_id: UUID, since: datetime
) -> MadeOffer | None:
    """Offer a call to the case of its number that the scope may not know of; None without one."""
    wanted = {"call": call_id, "since": since, "counties": list(scope.counties)}
    row = connection.execute(_OFFER, wanted).one_or_none()
    return None if row is None else MadeOffer(row.offer, row.known_call, row.county)


def list_waiting(connection: Connection) -> list[OfferRow]:
    """List the visible offers that nobody has decided, oldest first."""
    rows = connection.execute(
        _selected().where(_COLUMNS.decision.is_(None)).order_by(_COLUMNS.offered_at)
    )
    return [_offer(row) for row in rows]


def lock_offer(connection: Connection, offer_id: UUID) -> OfferRow | None:
    """Return a visible offer, and keep others from deciding it as well."""
    row = connection.execute(
        _selected().where(_COLUMNS.id == offer_id).with_for_update(of=offered_report)
    ).one_or_none()
    return None if row is None else _offer(row)


def decide(connection: Connection, offer_id: UUID, **values: Any) -> None:
    """Write what was decided, by whom and when."""
    connection.execute(update(offered_report).where(_COLUMNS.id == offer_id).values(**values))


def list_raw(connection: Connection, call_id: UUID) -> list[tuple[RawReport, str]]:
    """List the visible messages of a call that were read, with their formats, as they came."""
    columns = location_report.c
    wanted = [columns[name] for name in RawReport.__dataclass_fields__]
    rows = connection.execute(
        select(*wanted, columns.format)
        .where(columns.call_id == call_id, columns.status == "read")
        .order_by(columns.received_at, columns.id)
    ).mappings()
    return [
        (
            RawReport(**{name: row[name] for name in RawReport.__dataclass_fields__}),
            row["format"] or "auto",
        )
        for row in rows
    ]


def _selected() -> Any:
    return (
        select(
            _COLUMNS.id,
            _COLUMNS.call_id,
            _COLUMNS.known_call_id,
            call.c.incident_id,
            incident.c.number,
            incident.c.county.label("incident_county"),
            call.c.county,
            _COLUMNS.offered_at,
            _COLUMNS.offered_by,
            _COLUMNS.offered_from,
            _COLUMNS.decision,
        )
        .join(call, call.c.id == _COLUMNS.known_call_id)
        .outerjoin(incident, incident.c.id == call.c.incident_id)
    )


def _offer(row: Row[Any]) -> OfferRow:
    return OfferRow(
        id=row.id,
        call_id=row.call_id,
        known_call_id=row.known_call_id,
        incident_id=row.incident_id,
        incident_number=row.number,
        county=row.incident_county or row.county,
        offered_at=row.offered_at,
        offered_by=row.offered_by,
        offered_from=tuple(row.offered_from),
        decision=row.decision,
    )
