"""Binding a team to an incident: the choice, the one row that wins, and who is told no."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dispatch.errors import (
    AlreadyAssignedError,
    IllegalTransitionError,
    OverrideReasonError,
    TeamNotFreeError,
)
from dispatch.model import Candidate, Recommendation
from dispatch.notices import announce
from dispatch.policy import FIELD_WORK, by_priority
from dispatch.repository import assignments, incidents
from dispatch.repository.geometry import line_element
from dispatch.repository.incidents import LockedIncident
from dispatch.services import found
from dispatch.views import AssignmentView
from geodata.database import sqlstates
from geodata.database.engine import moment_of
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.points import LonLat
from geodata.said import coded, said
from teams import repository as teams
from teams.availability import TeamAction, next_status
from teams.errors import IllegalStatusError


@dataclass(frozen=True, slots=True)
class Choice:
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


def choose(
    team_id: UUID, proposal: Recommendation | None, seen_first: UUID | None, reason: str | None
) -> Choice:
    """
    Return the choice of a person; another team than the first one seen needs a reason.

    Raises
    ------
    OverrideReasonError
        `override_reason_required`.
    """
    candidates = proposal.candidates if proposal else ()
    proposed = candidates[0] if candidates else None
    chosen = next((one for one in candidates if one.team_id == team_id), None)
    if chosen is not None and (chosen is proposed or team_id == seen_first):
        return Choice(team_id, chosen, proposed, None)
    if not (reason or "").strip():
        raise OverrideReasonError(
            "override_reason_required",
            said("this is not the team that was proposed first"),
            said("say why this team goes: a word is enough"),
        )
    return Choice(team_id, chosen, proposed, reason)


def bind_team(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    choice: Choice,
    route: Sequence[LonLat] | None,
    expected_version: int | None,
) -> AssignmentView:
    """
    Bind the chosen team to the incident that was seen, and set it to `assigned`.

    Raises
    ------
    AlreadyAssignedError, TeamNotFreeError, ConflictError, NotFoundError, VersionConflictError
        As for `assign`.
    """
    assignment_id = _bind(connection, scope, locked, choice, route)
    # The version is compared after binding: "somebody else has the team" says more than "the
    # incident was changed".
    found.check_version(said("incident"), expected_version, locked.version)
    _occupy(connection, choice.team_id)
    return found.assignment_view(connection, assignment_id)


def _bind(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    choice: Choice,
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
        return already_assigned(connection, team_id, incident_id)
    if state == sqlstates.FOREIGN_KEY_VIOLATION:
        return found.not_found(said("team"))
    if state == sqlstates.INSUFFICIENT_PRIVILEGE:
        return ConflictError(
            "team_out_of_reach",
            said("the team belongs to a county that is no neighbour"),
            said("ask its county, or choose a nearer team"),
        )
    return None


def not_bound(connection: Connection, old: AssignmentView) -> IllegalTransitionError:
    """Say what is true of the incident now: whoever comes second decides on that."""
    there = assignments.list_assignments(connection, incident_ids=[old.incident_id])
    names = ", ".join(one.callsign or "?" for one in there)
    callsign = old.callsign or said("the team")
    return IllegalTransitionError(
        "already_released",
        said(
            "{callsign} has been released already; on the incident now: {teams}",
            callsign=callsign,
            teams=names,
        )
        if there
        else said(
            "{callsign} has been released already; no team is on the incident", callsign=callsign
        ),
        said("look at the incident again, then decide"),
    )


def already_assigned(
    connection: Connection, team_id: UUID, incident_id: UUID
) -> AlreadyAssignedError:
    """Say who has the team, and whether that is what was wanted."""
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


def announce_binding(connection: Connection, bound: AssignmentView) -> None:
    """Tell both counties that a team is bound."""
    announce(connection, "assignment", bound.id, counties=[bound.county, bound.team_county])
