"""
The steps of a delivery, each in a transaction of its own; nothing is sent inside one.

An attempt is stored as begun before anything leaves the house, and its answer afterwards.
If the process ends in between, the attempt is taken up again when its time is over, under the
same key. The courier belongs to no county: it sees packages and their log. To write a line into
the timeline of an incident its scope is widened by that incident's county.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.handover.delivery import (
    DEFAULT_DELIVERY,
    FINAL,
    Delivery,
    DeliveryPolicy,
    DeliveryState,
    LogLine,
    Outcome,
    Receipt,
    acknowledge,
    begin_attempt,
    record_receipt,
)
from dispatch.handover.views import Parcel
from dispatch.notices import announce
from dispatch.repository import handovers, incidents
from dispatch.repository.handovers import LockedHandover
from dispatch.repository.incidents import IncidentChange, LockedIncident
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope

COURIER = Scope("courier", "courier", ())


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What one look at the waiting deliveries led to; `parcel` is to be sent now."""

    parcel: Parcel | None = None
    given_up: bool = False


def take_due(engine: Engine, policy: DeliveryPolicy = DEFAULT_DELIVERY) -> DueDelivery | None:
    """
    Begin the attempt that is due longest; None when nothing is.

    Two workers never begin the same attempt: the row is locked, and who comes second
    skips it.
    """
    with scoped(engine, COURIER) as connection:
        now = moment_of(connection)
        row = handovers.lock_due(connection, now)
        if row is None:
            return None
        begun = begin_attempt(row.delivery, now, policy)
        if begun.state in FINAL:
            # Everywhere else incidents are locked before hand-overs. Here the hand-over is
            # locked already, and waiting for its incident could be a deadlock. So it never
            # waits: whoever holds the incident is done before the courier looks again.
            return _give_up(connection, row, begun)
        handovers.move_delivery(connection, row.id, begun)
        _log(connection, row, begun.log)
        _announce(connection, row)
        return DueDelivery(
            Parcel(
                row.id, row.incident_id, row.county, begun.key, begun.attempt, row.eido, row.page
            )
        )


def record(
    engine: Engine,
    parcel: Parcel,
    receipt: Receipt,
    policy: DeliveryPolicy = DEFAULT_DELIVERY,
) -> DeliveryState | None:
    """
    Store the answer to an attempt; the state it led to, None when it no longer matters.

    An answer that comes after its attempt was taken up again counts only when it is an
    acknowledgement: that is true whichever attempt it answers.
    """
    if receipt.outcome is Outcome.ACKNOWLEDGED:
        return take_acknowledgement(engine, parcel.id, receipt)
    with scoped(engine, COURIER) as connection:
        row, incident = _locked_both(connection, parcel.id)
        if row is None or (row.delivery.attempt, row.delivery.state) != (
            parcel.attempt,
            DeliveryState.SENDING,
        ):
            return None
        after = record_receipt(row.delivery, receipt, moment_of(connection), policy)
        _store(connection, row, incident, after)
        return after.state


def take_acknowledgement(
    engine: Engine, handover_id: UUID, receipt: Receipt
) -> DeliveryState | None:
    """
    Take the receiver's acknowledgement, by whichever way it came.

    One that comes after we gave up settles the hand-over; nobody has to phone any more.
    """
    with scoped(engine, COURIER) as connection:
        row, incident = _locked_both(connection, handover_id)
        if row is None or row.is_settled or row.delivery.state is DeliveryState.ACKNOWLEDGED:
            return None
        if row.delivery.state in FINAL:
            handovers.settle(connection, COURIER, row.id, reference=receipt.reference)
            late = LogLine(
                moment_of(connection),
                "acknowledged_late",
                row.delivery.attempt,
                receipt.reference or "",
            )
            _log(connection, row, (late,))
            _announce(connection, row)
            return row.delivery.state
        after = acknowledge(row.delivery, receipt.reference, moment_of(connection))
        _store(connection, row, incident, after)
        return after.state


def list_unacknowledged(engine: Engine, *, limit: int = 100) -> list[tuple[UUID, str]]:
    """List id and key of what was sent, or given up, and may be acknowledged by now."""
    with scoped(engine, COURIER) as connection:
        return handovers.list_unacknowledged(connection, limit=limit)


def count_open(engine: Engine) -> dict[str, int]:
    """Count, over all counties, the hand-overs that somebody still has to watch, by state."""
    with scoped(engine, COURIER) as connection:
        return handovers.count_open(connection)


def _locked_both(
    connection: Connection, handover_id: UUID
) -> tuple[LockedHandover | None, LockedIncident | None]:
    seen = handovers.find_place_of(connection, handover_id)
    if seen is None:
        return None, None
    incident_id, county = seen
    with widened(connection, COURIER, county):
        incident = incidents.lock_incident(connection, incident_id)
    return handovers.lock_handover(connection, handover_id), incident


def _give_up(connection: Connection, row: LockedHandover, after: Delivery) -> DueDelivery | None:
    with widened(connection, COURIER, row.county):
        incident = incidents.lock_incident(connection, row.incident_id, skip_locked=True)
    if incident is None:
        return None
    _store(connection, row, incident, after)
    return DueDelivery(given_up=True)


def _store(
    connection: Connection, row: LockedHandover, incident: LockedIncident | None, after: Delivery
) -> None:
    handovers.move_delivery(connection, row.id, after)
    _log(connection, row, after.log)
    if after.state in FINAL and incident is not None:
        change = IncidentChange(
            f"handover_{after.state}", after.reference, {"handover_id": str(row.id)}
        )
        with widened(connection, COURIER, incident.county):
            incidents.change_incident(connection, COURIER, incident, change)
    _announce(connection, row)


def _log(connection: Connection, row: LockedHandover, lines: Iterable[LogLine]) -> None:
    """Store the lines that the last step added; a row just read brings none of its own."""
    for line in lines:
        handovers.append_log(
            connection, COURIER, row.id,
            event=line.event, attempt=line.attempt, detail=line.detail,
        )  # fmt: skip
        audit(
            connection, COURIER, f"handover.{line.event}",
            object_type="handover", object_id=row.id, county=row.county,
            detail={"attempt": line.attempt},
        )  # fmt: skip


def _announce(connection: Connection, row: LockedHandover) -> None:
    announce(connection, "handover", row.id, counties=[row.county])
