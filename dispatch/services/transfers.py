"""
A case goes to another county: offered, and then accepted, returned or withdrawn; or at once.

Until it is accepted the offering county owns it and works on it, and the county asked may read
it. Of an acceptance and a withdrawal at the same time the database lets one win: whoever decides
holds the incident first, then the offer.
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.incidents import IncidentAction, next_state
from dispatch.notices import announce
from dispatch.repository import calls, incidents
from dispatch.repository import transfers as repository
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.transfers import TransferDecision, TransferOffer
from dispatch.views import IncidentView
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError, NotAllowedError
from geodata.said import coded, said


def list_transfer_offers(engine: Engine, scope: Scope) -> list[TransferOffer]:
    """List offers to and of the scope's counties that wait, and what was returned to them."""
    with scoped(engine, scope) as connection:
        return repository.list_offers(connection, scope.counties)


def offer_transfer(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    county: str | None,
    reason: str,
    expected_version: int | None = None,
) -> IncidentView:
    """
    Offer a case to another county; asked again for the same county it is the same offer.

    Raises
    ------
    BadInputError
        `unknown_county`.
    ConflictError
        `same_county`, or `transfer_waits`: another county is asked already.
    IllegalTransitionError
        `team_still_assigned`, or closed already.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id)
        receiver = receiver_of(connection, locked, county)
        known = repository.find_waiting(connection, incident_id)
        if known is not None and known.county_to == receiver:
            return found.incident_view(connection, incident_id)
        found.check_version(said("incident"), expected_version, locked.version)
        next_state(locked.state, IncidentAction.TRANSFER_COUNTY)
        if known is not None:
            raise ConflictError(
                "transfer_waits",
                said("the incident is offered to {county} already", county=known.county_to),
                said("withdraw that offer first"),
            )
        made = repository.make_offer(
            connection, incident_id=incident_id, county_from=locked.county, county_to=receiver,
            reason=reason, offered_by=scope.actor,
        )  # fmt: skip
        offer = found.present(repository.find_offer(connection, made), said("transfer offer"))
        _note(connection, scope, locked, offer, "transfer_offered", reason)
        _tell(connection, scope, offer, "transfer.offered")
        return found.incident_view(connection, incident_id)


def accept_transfer(
    engine: Engine, scope: Scope, offer_id: UUID, *, expected_version: int | None = None
) -> TransferOffer:
    """
    Take over an offered case, with its number, its timeline and what is typed about its calls.

    Raises
    ------
    NotFoundError
        `not_found`.
    NotAllowedError
        `transfer_not_yours`: another county is asked.
    ConflictError
        `transfer_decided`, by whom and how.
    IllegalTransitionError
        `team_still_assigned`: the offering county has sent a team meanwhile.
    """
    with scoped(engine, scope) as connection:
        asked = _to_decide(connection, scope, offer_id, of_receiver=True)
        with widened(connection, scope, asked.county_from):
            locked, offer = _locked(connection, asked)
            found.check_version(said("incident"), expected_version, locked.version)
            move(connection, scope, locked, offer.county_to, offer.reason, offer_id=offer.id)
            _decide(connection, scope, offer, TransferDecision.ACCEPTED, None)
            _tell(connection, scope, offer, "transfer.accepted")
        return _view(connection, offer_id)


def return_transfer(engine: Engine, scope: Scope, offer_id: UUID, *, reason: str) -> TransferOffer:
    """
    Leave an offered case with the county that offers it, and say why.

    Raises
    ------
    NotFoundError
        `not_found`.
    NotAllowedError
        `transfer_not_yours`: another county is asked.
    ConflictError
        `transfer_decided`.
    """
    with scoped(engine, scope) as connection:
        asked = _to_decide(connection, scope, offer_id, of_receiver=True)
        with widened(connection, scope, asked.county_from):
            locked, offer = _locked(connection, asked)
            _decide(connection, scope, offer, TransferDecision.RETURNED, reason)
            _note(connection, scope, locked, offer, "transfer_returned", reason)
            _tell(connection, scope, offer, "transfer.returned")
        return _view(connection, offer_id)


def withdraw_transfer(
    engine: Engine, scope: Scope, offer_id: UUID, *, reason: str | None = None
) -> TransferOffer:
    """
    Take back an offer that nobody has answered; the case is asked of nobody.

    Raises
    ------
    NotFoundError
        `not_found`.
    NotAllowedError
        `transfer_not_yours`: another county offers it.
    ConflictError
        `transfer_decided`.
    """
    with scoped(engine, scope) as connection:
        asked = _to_decide(connection, scope, offer_id, of_receiver=False)
        locked, offer = _locked(connection, asked)
        _withdraw(connection, scope, locked, offer, reason)
        return _view(connection, offer_id)


def withdraw_waiting(connection: Connection, scope: Scope, locked: LockedIncident) -> None:
    """Take back the offer of a locked incident that is closed, or goes elsewhere at once."""
    offer = repository.find_waiting(connection, locked.id)
    if offer is not None:
        _withdraw(connection, scope, locked, offer, None)


def move(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    receiver: str,
    reason: str,
    *,
    offer_id: UUID | None = None,
) -> None:
    """Give a locked incident to another county, with its whole timeline."""
    state = next_state(locked.state, IncidentAction.TRANSFER_COUNTY)
    payload = {"from": locked.county, "to": receiver}
    if offer_id is None:
        withdraw_waiting(connection, scope, locked)
    else:
        payload["offer_id"] = str(offer_id)
    change = IncidentChange("transferred", reason, payload)
    with widened(connection, scope, receiver, locked.county):
        incidents.change_incident(
            connection, scope, locked, change, county=receiver, state=state.value
        )
        calls.change_calls_of(connection, locked.id, disposition=f"transferred_{receiver}")
    # One audit entry for each county, so that both find the transfer in their own trail.
    for county in (locked.county, receiver):
        audit(
            connection, scope, "incident.transferred",
            object_type="incident", object_id=locked.id, county=county,
            detail={"at_once": offer_id is None},
        )  # fmt: skip


def receiver_of(connection: Connection, locked: LockedIncident, county: str | None) -> str:
    """Return the county that a locked incident may go to, or refuse it."""
    if county is None or not incidents.is_jurisdiction(connection, county):
        raise BadInputError(
            "unknown_county",
            said("there is no county {county}", county=county),
            said("AB ... VN, B1-B6"),
        )
    if county == locked.county:
        raise ConflictError(
            "same_county", said("the incident is with {county} already", county=county), ""
        )
    return county


def _withdraw(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    offer: TransferOffer,
    reason: str | None,
) -> None:
    _decide(connection, scope, offer, TransferDecision.WITHDRAWN, reason)
    _note(connection, scope, locked, offer, "transfer_withdrawn", reason)
    _tell(connection, scope, offer, "transfer.withdrawn")


def _to_decide(
    connection: Connection, scope: Scope, offer_id: UUID, *, of_receiver: bool
) -> TransferOffer:
    offer = _view(connection, offer_id)
    mine = offer.county_to if of_receiver else offer.county_from
    if mine not in scope.counties:
        raise NotAllowedError(
            "transfer_not_yours",
            said("that is for {county} to decide", county=mine),
            said("telephone them when it cannot wait"),
        )
    return offer


def _locked(connection: Connection, asked: TransferOffer) -> tuple[LockedIncident, TransferOffer]:
    """Hold the incident and then its offer; refuse when somebody was faster."""
    locked = incidents.lock_incident(connection, asked.incident_id)
    offer = repository.lock_offer(connection, asked.id)
    if offer is None or offer.decision is not None or locked is None:
        raise _decided(offer or asked)
    return locked, offer


def _decided(offer: TransferOffer) -> ConflictError:
    if offer.decision is None or offer.decided_by is None:
        return ConflictError(
            "transfer_decided", said("the case has gone elsewhere meanwhile"), said("load it again")
        )
    return ConflictError(
        "transfer_decided",
        said(
            "the offer was {decision} by {decided_by}",
            decision=coded("transfer.decision", offer.decision),
            decided_by=offer.decided_by,
        ),
        said("look at the list again"),
        decision=offer.decision.value,
        decided_by=offer.decided_by,
    )


def _decide(
    connection: Connection,
    scope: Scope,
    offer: TransferOffer,
    decision: TransferDecision,
    reason: str | None,
) -> None:
    repository.decide(
        connection, offer.id, decision=decision.value, decision_reason=reason,
        decided_by=scope.actor, decided_at=moment_of(connection),
    )  # fmt: skip


def _note(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    offer: TransferOffer,
    kind: str,
    reason: str | None,
) -> None:
    payload = {"from": offer.county_from, "to": offer.county_to, "offer_id": str(offer.id)}
    incidents.change_incident(connection, scope, locked, IncidentChange(kind, reason, payload))


def _tell(connection: Connection, scope: Scope, offer: TransferOffer, action: str) -> None:
    """Both desks hear of it and find it in their trails."""
    both = (offer.county_from, offer.county_to)
    announce(connection, "transfer_offer", offer.id, counties=both)
    # The county asked sees the case no longer, or from now on: its list changes either way.
    announce(connection, "incident", offer.incident_id, counties=both)
    for county in both:
        audit(
            connection, scope, action,
            object_type="transfer_offer", object_id=offer.id, county=county,
            detail={"incident_id": str(offer.incident_id)},
        )  # fmt: skip


def _view(connection: Connection, offer_id: UUID) -> TransferOffer:
    return found.present(repository.find_offer(connection, offer_id), said("transfer offer"))
