"""Assignments: the machine proposes, a person assigns, the database lets only one of two win."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.errors import (
    AlreadyAssignedError,
    IllegalTransitionError,
    OverrideReasonError,
    TeamNotFreeError,
)
from dispatch.incidents import IncidentAction, next_state
from dispatch.model import Candidate, Recommendation
from dispatch.notices import announce
from dispatch.policy import FIELD_WORK, by_priority
from dispatch.repository import assignments, incidents
from dispatch.repository.geometry import line_element
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.closing import free_team
from dispatch.views import AssignmentView
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped, widened
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.points import LonLat
from geodata.said import coded, said
from teams import repository as teams
from teams.availability import TeamAction, next_status
from teams.errors import IllegalStatusError


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
            raise _already_assigned(connection, team_id, incident_id)
        choice = _choose(team_id, proposal, seen_first, reason)
        assignment_id = _bind(connection, scope, locked, choice, route)
        # The version is compared after binding, for the same reason: "somebody else has the
        # team" says more than "the incident was changed".
        found.check_version(said("incident"), expected_version, locked.version)
        bound = _go(connection, scope, locked, choice, assignment_id, reason)
        audit(
            connection, scope, "incident.assigned", object_type="incident",
            object_id=incident_id, county=locked.county, detail={"team_id": str(team_id)},
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
        raise _already_assigned(connection, team_id, locked.id)
    choice = _Choice(team_id, None, None, f"asked by {asked_by}", travel_s)
    assignment_id = _bind(connection, scope, locked, choice, None)
    return _go(connection, scope, locked, choice, assignment_id, None)


def _go(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    choice: "_Choice",
    assignment_id: UUID,
    reason: str | None,
) -> AssignmentView:
    """Move a team that is bound and its incident, and tell of it."""
    state = next_state(locked.state, IncidentAction.ASSIGN)
    _occupy(connection, choice.team_id)
    bound = found.assignment_view(connection, assignment_id)
    change = IncidentChange("assigned", reason, choice.told(bound))
    incidents.change_incident(connection, scope, locked, change, state=state.value)
    _announce(connection, bound)
    return bound


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
                raise IllegalTransitionError(
                    "already_released", said("the team has been released already"), ""
                )
            found.check_version(said("incident"), expected_version, locked.version)
            others = assignments.list_other_statuses(connection, locked.id, bound.team_id)
            state = next_state(locked.state, IncidentAction.RELEASE, remaining=others)
            change = IncidentChange("released", reason, {"team_id": str(bound.team_id)})
            incidents.change_incident(connection, scope, locked, change, state=state.value)
            free_team(connection, bound, TeamAction.RELEASE, reason=reason)
        audit(
            connection, scope, "incident.released", object_type="incident",
            object_id=locked.id, county=locked.county, detail={"team_id": str(bound.team_id)},
        )  # fmt: skip
        return found.assignment_view(connection, assignment_id)


# ── the choice ────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Choice:
    """The team that a person chose, where it stood in the proposal, and the reason if not first."""

    team_id: UUID
    candidate: Candidate | None
    proposed: Candidate | None
    override_reason: str | None
    travel_s: float | None = None

    def values(self) -> dict[str, Any]:
        """Columns of the assignment."""
        time = self.candidate.travel_time if self.candidate else None
        return {
            "team_id": self.team_id,
            "proposed_team_id": self.proposed.team_id if self.proposed else None,
            "proposed_rank": self.candidate.rank if self.candidate else None,
            "override_reason": self.override_reason,
            "eta_s": time.seconds if time else self.travel_s,
            "eta_at": self.candidate.eta_at if self.candidate else None,
            "eta_source": time.source.value if time else None,
            "eta_profile": time.profile if time else None,
        }

    def told(self, bound: AssignmentView) -> dict[str, Any]:
        """Payload of the event."""
        return {
            "assignment_id": str(bound.id),
            "team_id": str(self.team_id),
            "callsign": bound.callsign,
            "team_county": bound.team_county,
            "proposed_rank": bound.proposed_rank,
            "proposed_team_id": str(self.proposed.team_id) if self.proposed else None,
            "eta_s": bound.eta_s,
            "eta_source": bound.eta_source,
        }


def _choose(
    team_id: UUID, proposal: Recommendation | None, seen_first: UUID | None, reason: str | None
) -> _Choice:
    candidates = proposal.candidates if proposal else ()
    proposed = candidates[0] if candidates else None
    chosen = next((one for one in candidates if one.team_id == team_id), None)
    if chosen is not None and (chosen is proposed or team_id == seen_first):
        return _Choice(team_id, chosen, proposed, None)
    if not (reason or "").strip():
        raise OverrideReasonError(
            "override_reason_required",
            said("this is not the team that was proposed first"),
            said("say why this team goes: a word is enough"),
        )
    return _Choice(team_id, chosen, proposed, reason)


def _bind(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    choice: _Choice,
    route: Sequence[LonLat] | None,
) -> UUID:
    now = moment_of(connection)
    priority = incidents.priority_of(connection, locked.id)
    try:
        # A savepoint: after a refused insert the transaction goes on, to read who has the team.
        with connection.begin_nested():
            return assignments.insert_assignment(
                connection,
                incident_id=locked.id,
                county=locked.county,
                assigned_by=scope.actor,
                route=line_element(route),
                answer_due_at=now + by_priority(FIELD_WORK.answer_s, priority),
                check_in_every_s=int(by_priority(FIELD_WORK.check_in_s, priority).total_seconds()),
                **choice.values(),
            )
    except DBAPIError as error:
        state = sqlstates.sqlstate(error)
        refusal = _refusal(connection, choice.team_id, locked.id, state)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(
    connection: Connection, team_id: UUID, incident_id: UUID, state: str | None
) -> Exception | None:
    if state == sqlstates.UNIQUE_VIOLATION:
        return _already_assigned(connection, team_id, incident_id)
    if state == sqlstates.FOREIGN_KEY_VIOLATION:
        return found.not_found(said("team"))
    if state == sqlstates.INSUFFICIENT_PRIVILEGE:
        return ConflictError(
            "team_out_of_reach",
            said("the team belongs to a county that is no neighbour"),
            said("ask its county, or choose a nearer team"),
        )
    return None


def _already_assigned(
    connection: Connection, team_id: UUID, incident_id: UUID
) -> AlreadyAssignedError:
    holder = assignments.find_open_of_team(connection, team_id)
    if holder is None:
        return AlreadyAssignedError(
            "team_already_assigned",
            said("the team is on an incident of another county"),
            said("choose another team"),
        )
    if holder.incident_id == incident_id:
        return AlreadyAssignedError(
            "team_already_here",
            said(
                "{callsign} is on this incident already, assigned by {assigned_by}",
                callsign=holder.callsign or said("the team"),
                assigned_by=holder.assigned_by,
            ),
            said("nothing is left to do"),
            assigned_by=holder.assigned_by,
        )
    held = incidents.find_incident(connection, holder.incident_id)
    number = held.number if held else said("an incident of {county}", county=holder.county)
    return AlreadyAssignedError(
        "team_already_assigned",
        said(
            "{callsign} was assigned to {incident} by {assigned_by}",
            callsign=holder.callsign or said("the team"),
            incident=number,
            assigned_by=holder.assigned_by,
        ),
        said("choose another team"),
        assigned_by=holder.assigned_by,
    )


def _occupy(connection: Connection, team_id: UUID) -> None:
    """Set the team to `assigned`; one of another county has become visible by being bound."""
    row = found.locked_team(connection, team_id)
    try:
        status = next_status(row.team.status, TeamAction.ASSIGN)
    except IllegalStatusError as error:
        raise TeamNotFreeError(
            "team_not_available",
            said(
                "{callsign} is {status}",
                callsign=row.team.callsign,
                status=coded("team.status", row.team.status),
            ),
            error.hint,
        ) from error
    teams.change_status(connection, row.team, status)
    counties = [row.team.county, row.lent_to]
    announce(connection, "team", team_id, counties=counties, version=row.team.version + 1)


def _announce(connection: Connection, bound: AssignmentView) -> None:
    announce(connection, "assignment", bound.id, counties=[bound.county, bound.team_county])
