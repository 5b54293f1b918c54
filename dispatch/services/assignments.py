"""Assignments: the machine proposes, a person assigns, the database lets only one of two win."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.incidents import IncidentAction, next_state
from dispatch.model import Recommendation
from dispatch.repository import assignments, incidents
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.binding import (
    Choice,
    already_assigned,
    announce_binding,
    bind_team,
    choose,
    not_bound,
)
from dispatch.services.closing import free_team
from dispatch.views import AssignmentView
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.points import LonLat
from geodata.said import said
from teams.availability import TeamAction


# ── reading ───────────────────────────────────────────────────────────────────
def list_assignments(
    engine: Engine, scope: Scope, *, open_only: bool = True, incident_id: UUID | None = None
) -> list[AssignmentView]:
    """List the assignments of the scope's incidents and of the scope's teams."""
    with scoped(engine, scope) as connection:
        ids = None if incident_id is None else [incident_id]
        return assignments.list_assignments(connection, open_only=open_only, incident_ids=ids)


def get_assignment(engine: Engine, scope: Scope, assignment_id: UUID) -> AssignmentView:
    """Return one assignment."""
    with scoped(engine, scope) as connection:
        return found.assignment_view(connection, assignment_id)


# ── deciding ──────────────────────────────────────────────────────────────────
def assign(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    team_id: UUID,
    *,
    proposal: Recommendation | None = None,
    seen_first: UUID | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
    route: Sequence[LonLat] | None = None,
) -> AssignmentView:
    """
    Bind a team to an incident: its alert is sent by that, and an answer is due.

    Parameters
    ----------
    proposal
        What the machine proposes now. Another team than the first needs a `reason`.
    seen_first
        The team that stood first on the list the person looked at. Choosing it needs no
        reason although the list has changed since, as long as it is still a candidate.
    route
        The way to the incident, EPSG:4326, for the map.

    Raises
    ------
    AlreadyAssignedError
        `team_already_assigned`: the team is on an open assignment; the message says whose.
        `team_already_here`: on this very incident, so nothing is left to do.
    OverrideReasonError
        `override_reason_required`.
    TeamNotFreeError
        `team_not_available`.
    ConflictError
        `team_out_of_reach`: neither ours nor a neighbour's.
    NotFoundError, IllegalTransitionError, VersionConflictError
        About the incident.
    """
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id)
        next_state(locked.state, IncidentAction.ASSIGN)
        # Asked before anything else: whoever comes second should learn who has the team, and not
        # be asked to justify a choice that is impossible anyway.
        if assignments.find_open_of_team(connection, team_id) is not None:
            raise already_assigned(connection, team_id, incident_id)
        choice = choose(team_id, proposal, seen_first, reason)
        bound = bind_team(connection, scope, locked, choice, route, expected_version)
        nth = len(assignments.list_assignments(connection, incident_ids=[incident_id]))
        _go(connection, scope, locked, choice, bound, reason, nth=nth)
        audit(
            connection, scope, "incident.assigned", object_type="incident",
            object_id=incident_id, county=locked.county, detail={"team_id": str(team_id)},
        )  # fmt: skip
        return bound


def reassign(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    team_id: UUID,
    *,
    reason: str,
    proposal: Recommendation | None = None,
    expected_version: int | None = None,
    route: Sequence[LonLat] | None = None,
) -> AssignmentView:
    """
    Send another team instead of a bound one: both changes in one transaction, or none.

    At no moment is the incident without a team, and a refusal leaves the old one bound.
    `proposal` and `route` as for `assign`; `reason` is also why the old team is released.

    Raises
    ------
    IllegalTransitionError
        `already_released`: the old team is not on the incident any more.
    AlreadyAssignedError, TeamNotFreeError, ConflictError, NotFoundError, VersionConflictError
        As for `assign`.
    """
    with scoped(engine, scope) as connection:
        old = found.assignment_view(connection, assignment_id)
        locked = found.locked_incident(connection, old.incident_id)
        # First: of two who send the same team, the second should learn that it is done.
        if assignments.find_open_of_team(connection, team_id) is not None:
            raise already_assigned(connection, team_id, locked.id)
        if not assignments.is_open(connection, assignment_id):
            raise not_bound(connection, old)
        choice = choose(team_id, proposal, None, reason)
        bound = bind_team(connection, scope, locked, choice, route, expected_version)
        # The new team counts among those that remain: without a step back to "no team".
        others = assignments.list_other_statuses(connection, locked.id, old.team_id)
        state = next_state(locked.state, IncidentAction.RELEASE, remaining=others)
        told = choice.told(bound) | {
            "released_team_id": str(old.team_id),
            "released_callsign": old.callsign,
        }
        change = IncidentChange("reassigned", reason, told)
        incidents.change_incident(connection, scope, locked, change, state=state.value)
        free_team(connection, old, TeamAction.RELEASE, reason=reason)
        announce_binding(connection, bound)
        audit(
            connection, scope, "incident.reassigned", object_type="incident",
            object_id=locked.id, county=locked.county,
            detail={"team_id": str(team_id), "released_team_id": str(old.team_id)},
        )  # fmt: skip
        return bound


def bind_lent(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    team_id: UUID,
    *,
    travel_s: float | None = None,
    asked_by: str,
) -> AssignmentView:
    """
    Bind a team that its county lends by accepting a request; in the transaction of the answer.

    Raises
    ------
    AlreadyAssignedError, TeamNotFreeError, IllegalTransitionError
        As `assign`: of two counties that send a team at once, one wins.
    """
    next_state(locked.state, IncidentAction.ASSIGN)
    if assignments.find_open_of_team(connection, team_id) is not None:
        raise already_assigned(connection, team_id, locked.id)
    choice = Choice(team_id, None, None, f"asked by {asked_by}", travel_s)
    bound = bind_team(connection, scope, locked, choice, None, None)
    _go(connection, scope, locked, choice, bound, None)
    return bound


def _go(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    choice: Choice,
    bound: AssignmentView,
    reason: str | None,
    **more: int,
) -> None:
    """Move the incident on whose team is bound, and tell of it."""
    state = next_state(locked.state, IncidentAction.ASSIGN)
    change = IncidentChange("assigned", reason, choice.told(bound) | more)
    incidents.change_incident(connection, scope, locked, change, state=state.value)
    announce_binding(connection, bound)


def release(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    *,
    reason: str,
    expected_version: int | None = None,
) -> AssignmentView:
    """
    Take a team off its incident; without another team the incident is open again.

    Raises
    ------
    IllegalTransitionError
        `already_released`.
    VersionConflictError
        The incident is another than the person saw.
    """
    with scoped(engine, scope) as connection:
        bound = found.assignment_view(connection, assignment_id)
        # The county that lent the team may call it back, although the incident is not its own.
        with widened(connection, scope, bound.county):
            locked = found.locked_incident(connection, bound.incident_id)
            if not assignments.is_open(connection, assignment_id):
                raise not_bound(connection, bound)
            found.check_version(said("incident"), expected_version, locked.version)
            others = assignments.list_other_statuses(connection, locked.id, bound.team_id)
            state = next_state(locked.state, IncidentAction.RELEASE, remaining=others)
            told = {"team_id": str(bound.team_id), "callsign": bound.callsign}
            change = IncidentChange("released", reason, told)
            incidents.change_incident(connection, scope, locked, change, state=state.value)
            free_team(connection, bound, TeamAction.RELEASE, reason=reason)
        audit(
            connection, scope, "incident.released", object_type="incident",
            object_id=locked.id, county=locked.county, detail={"team_id": str(bound.team_id)},
        )  # fmt: skip
        return found.assignment_view(connection, assignment_id)
