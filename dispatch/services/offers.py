"""
What the county of a case decides about a report that was offered to it: in, or apart.

Taken in, what the other county was told is told to this case as well; the other county's own
case stays as it is and is told so, because only a person there may close it.
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.belief.hearing import Hearing
from dispatch.belief.kept import read_or_keep
from dispatch.notices import announce
from dispatch.repository import calls, incidents, offers, reports
from dispatch.repository.incidents import IncidentChange
from dispatch.repository.offers import OfferRow
from dispatch.repository.reports import adding_to, as_message
from dispatch.services import found
from dispatch.services.further_reports import hear
from dispatch.views import CallView, OfferView
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.said import said


def list_offers(engine: Engine, scope: Scope) -> list[OfferView]:
    """List the reports that other counties offer to the scope's cases, oldest first."""
    with scoped(engine, scope) as connection:
        return [_view(connection, row) for row in offers.list_waiting(connection)]


def take_in(
    engine: Engine, scope: Scope, offer_id: UUID, *, hearing: Hearing, reason: str | None = None
) -> OfferView:
    """
    Add what was offered to the case, and form its belief anew.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `offer_decided`.
    """
    with scoped(engine, scope) as connection:
        row = _undecided(connection, offer_id)
        caller = found.call_view(connection, row.known_call_id).caller
        with adding_to(connection, row.call_id):
            told = offers.list_raw(connection, row.call_id)
        for original, message_format in told:
            # A copy under the name of who vouches for it: the sender of the original does not
            # come to know of this call by it.
            copy = calls.insert_raw(
                connection, sender=scope.actor, content_type=original.content_type,
                raw=original.raw, received_at=original.received_at, county=row.county,
                stated_format=message_format,
            )  # fmt: skip
            reading = read_or_keep(hearing, as_message(copy, message_format), caller=caller)
            hear(connection, scope, row.known_call_id, copy, reading, hearing.believe)
        view = _decided(connection, scope, row, "taken_in", reason)
        _tell_other(connection, scope, row)
        return view


def keep_apart(
    engine: Engine, scope: Scope, offer_id: UUID, *, reason: str | None = None
) -> OfferView:
    """
    Leave what was offered a case of its own; later reports of it are not offered again.

    Raises
    ------
    NotFoundError
        `not_found`.
    ConflictError
        `offer_decided`.
    """
    with scoped(engine, scope) as connection:
        row = _undecided(connection, offer_id)
        return _decided(connection, scope, row, "kept_apart", reason)


def _undecided(connection: Connection, offer_id: UUID) -> OfferRow:
    row = found.present(offers.lock_offer(connection, offer_id), said("offered report"))
    if row.decision is not None:
        raise ConflictError(
            "offer_decided",
            said("somebody has decided about this report already"),
            said("load the list again"),
        )
    return row


def _decided(
    connection: Connection, scope: Scope, row: OfferRow, decision: str, reason: str | None
) -> OfferView:
    view = _view(connection, row)
    offers.decide(
        connection, row.id, decision=decision, reason=reason,
        decided_by=scope.actor, decided_at=moment_of(connection),
    )  # fmt: skip
    if row.incident_id is not None:
        locked = found.locked_incident(connection, row.incident_id)
        payload = {"offer_id": str(row.id), "from": list(row.offered_from)}
        kind = "offer_taken_in" if decision == "taken_in" else "offer_kept_apart"
        incidents.change_incident(connection, scope, locked, IncidentChange(kind, reason, payload))
    announce(connection, "call", row.known_call_id, counties=[row.county])
    audit(
        connection, scope, f"report.{decision}",
        object_type="offered_report", object_id=row.id, county=row.county,
    )  # fmt: skip
    return view


def _tell_other(connection: Connection, scope: Scope, row: OfferRow) -> None:
    """Note in the sender's own case that its report was taken into a case of this county."""
    with adding_to(connection, row.call_id):
        held = reports.hold_call(connection, row.call_id)
        call = calls.find_call(connection, row.call_id)
        if held is None or held.incident_county is None or call is None:
            return
        with widened(connection, scope, held.incident_county):
            if call.incident_id is None:
                return
            locked = found.locked_incident(connection, call.incident_id)
            change = IncidentChange("taken_in_elsewhere", payload={"county": row.county})
            incidents.change_incident(connection, scope, locked, change)


def _view(connection: Connection, row: OfferRow) -> OfferView:
    """Return an offer with what its call says now; only that call is opened for it."""
    with adding_to(connection, row.call_id):
        call: CallView = found.call_view(connection, row.call_id)
    return OfferView(
        id=row.id,
        known_call_id=row.known_call_id,
        incident_id=row.incident_id,
        incident_number=row.incident_number,
        county=row.county,
        offered_at=row.offered_at,
        offered_by=row.offered_by,
        offered_from=row.offered_from,
        owner=call.owner,
        confidence=call.confidence,
        center=call.center,
        area=call.area,
    )
