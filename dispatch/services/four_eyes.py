"""
Closing a case with four eyes, where its county wants it: one person proposes, another confirms.

The database holds the rule (trigger `incident_closing`, constraint `closing_four_eyes`); this
asks before it would refuse, and says what there is to do. Handing over to 112 or to the
psychologists waits for nobody, and misdials only where the county wants that too.
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.incidents import IncidentAction, next_state, resolution_of
from dispatch.model import Resolution
from dispatch.repository import calls, closing, incidents
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.closing import Ending, finish
from dispatch.views import ClosingPolicyView, ClosingProposal, IncidentView
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError
from geodata.said import said

_WAITS = frozenset({IncidentAction.CLOSE, IncidentAction.MISDIAL})


# ── policies ──────────────────────────────────────────────────────────────────
def list_closing_policies(engine: Engine, scope: Scope) -> list[ClosingPolicyView]:
    """List what each county of the scope wants."""
    with scoped(engine, scope) as connection:
        return closing.list_policies(connection, scope.counties)


def set_closing_policy(
    engine: Engine, scope: Scope, county: str, *, four_eyes: bool, misdials_too: bool
) -> ClosingPolicyView:
    """
    Say whether a county wants a second person for closing, and for misdials too.

    What is proposed already stays proposed; once nobody is wanted any more it can also be closed
    by one person.

    Raises
    ------
    NotFoundError
        `not_found`: not a county of the scope's.
    """
    if county not in scope.counties:
        raise found.not_found(said("county"))
    with scoped(engine, scope) as connection:
        closing.set_policy(
            connection, county, four_eyes=four_eyes, misdials_too=misdials_too, actor=scope.actor
        )
        audit(
            connection, scope, "closing_policy.set",
            object_type="closing_policy", object_id=county, county=county,
            detail={"four_eyes": four_eyes, "misdials_too": misdials_too},
        )  # fmt: skip
        (view,) = closing.list_policies(connection, [county])
        return view


# ── proposing ─────────────────────────────────────────────────────────────────
def end_or_propose(
    connection: Connection, scope: Scope, locked: LockedIncident, ending: Ending
) -> bool:
    """
    Close a locked incident, or propose it where the county wants a second person.

    Returns
    -------
    closed
        False where it was proposed.

    Raises
    ------
    ConflictError
        `closing_proposed`: it is proposed already.
    IllegalTransitionError, ResolutionRequiredError
        See `dispatch.incidents.next_state`.
    """
    if ending.action not in _WAITS:
        finish(connection, scope, locked, ending)
        return True
    next_state(locked.state, ending.action, resolution=ending.resolution)
    resolution = resolution_of(ending.action, ending.resolution)
    if not closing.wants_second(connection, locked.county, resolution):
        finish(connection, scope, locked, ending)
        return True
    _propose(connection, scope, locked, resolution, ending.note)
    return False


def _propose(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    resolution: Resolution,
    note: str | None,
) -> None:
    known = closing.find_waiting(connection, locked.id)
    if known is not None:
        raise ConflictError(
            "closing_proposed",
            said("{name} has proposed to close it already", name=known.proposed_by),
            said("somebody else of the county confirms it or returns it with a reason"),
            proposed_by=known.proposed_by,
        )
    closing.insert_proposal(
        connection, locked.id, locked.county,
        resolution=resolution, note=note, actor=scope.actor,
    )  # fmt: skip
    change = IncidentChange("close_proposed", note, {"resolution": resolution.value})
    incidents.change_incident(connection, scope, locked, change)


# ── deciding ──────────────────────────────────────────────────────────────────
def confirm_closing(
    engine: Engine, scope: Scope, incident_id: UUID, *, expected_version: int
) -> IncidentView:
    """
    Close what somebody else has proposed to close, as they proposed it.

    Raises
    ------
    ConflictError
        `nothing_proposed`.
    NotAllowedError
        `same_person`: who proposed it does not confirm it.
    IllegalTransitionError
        It cannot end so any more, as a misdial whose team is under way.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        proposal = _waiting(connection, incident_id)
        if proposal.proposed_by == scope.actor:
            raise NotAllowedError(
                "same_person",
                said("who proposed to close a case does not confirm it"),
                said("ask a colleague of the county, or withdraw the proposal"),
            )
        closing.decide(
            connection, incident_id, "confirmed", actor=scope.actor, version=locked.version
        )
        is_misdial = proposal.resolution is Resolution.MISDIAL
        action = IncidentAction.MISDIAL if is_misdial else IncidentAction.CLOSE
        ending = Ending(
            action, proposal.resolution, proposal.note, proposed_by=proposal.proposed_by
        )
        finish(connection, scope, locked, ending)
        if is_misdial:
            calls.change_calls_of(connection, incident_id, is_misdial=True)
        _audit(connection, scope, "incident.close_confirmed", incident_id, locked.county)
        return found.incident_view(connection, incident_id)


def return_closing(
    engine: Engine, scope: Scope, incident_id: UUID, *, reason: str, expected_version: int
) -> IncidentView:
    """
    Send a proposal back with a reason; who proposed it withdraws it in the same way.

    Calls that were set aside as misdials with it count again.

    Raises
    ------
    ConflictError
        `nothing_proposed`.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        proposal = _waiting(connection, incident_id)
        is_own = proposal.proposed_by == scope.actor
        closing.decide(
            connection, incident_id, "withdrawn" if is_own else "returned",
            actor=scope.actor, version=locked.version, reason=reason,
        )  # fmt: skip
        if proposal.resolution is Resolution.MISDIAL:
            calls.reopen_calls_of(connection, incident_id, Resolution.MISDIAL)
        kind = "close_withdrawn" if is_own else "close_returned"
        payload = {"resolution": proposal.resolution.value, "proposed_by": proposal.proposed_by}
        incidents.change_incident(connection, scope, locked, IncidentChange(kind, reason, payload))
        _audit(connection, scope, f"incident.{kind}", incident_id, locked.county)
        return found.incident_view(connection, incident_id)


def _waiting(connection: Connection, incident_id: UUID) -> ClosingProposal:
    proposal = closing.find_waiting(connection, incident_id)
    if proposal is None:
        raise ConflictError(
            "nothing_proposed",
            said("nobody has proposed to close it, or somebody has decided already"),
            said("load it again, then decide"),
        )
    return proposal


def _audit(
    connection: Connection, scope: Scope, action: str, incident_id: UUID, county: str
) -> None:
    audit(connection, scope, action, object_type="incident", object_id=incident_id, county=county)
