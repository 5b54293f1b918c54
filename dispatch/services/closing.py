"""How an incident ends, and how a team gets free: shared by all use cases that do either."""

from dataclasses import dataclass

from sqlalchemy import Connection, func

from dispatch.incidents import IncidentAction, next_state, resolution_of
from dispatch.model import Resolution
from dispatch.notices import announce
from dispatch.repository import assignments, calls, incidents
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.transfers import withdraw_waiting
from dispatch.views import AssignmentView
from geodata.database.scope import Scope
from teams import repository as teams
from teams.availability import TeamAction, next_status


@dataclass(frozen=True, slots=True)
class Ending:
    """
    By which action an incident ends, how it ended, and what a person says about it.

    `proposed_by` is who proposed it, where another person had to confirm.
    """

    action: IncidentAction
    resolution: Resolution | None = None
    note: str | None = None
    reason: str | None = None
    proposed_by: str | None = None


def finish(connection: Connection, scope: Scope, locked: LockedIncident, ending: Ending) -> None:
    """
    Close a locked incident and release every team that is bound to it.

    Raises
    ------
    IllegalTransitionError, ResolutionRequiredError
        See `dispatch.incidents.next_state`. Whether a second person is wanted is asked before
        (`dispatch.services.four_eyes`), and by the database.
    """
    state = next_state(locked.state, ending.action, resolution=ending.resolution)
    resolution = resolution_of(ending.action, ending.resolution)
    withdraw_waiting(connection, scope, locked)
    bound = assignments.list_assignments(connection, incident_ids=[locked.id])
    change = IncidentChange(
        "closed",
        ending.reason or ending.note,
        {
            "resolution": resolution.value,
            "released": [str(one.team_id) for one in bound],
            **({"proposed_by": ending.proposed_by} if ending.proposed_by else {}),
        },
    )
    # The incident is written before its teams are released, because the notice must reach the
    # counties that helped, and they are found by the teams still bound.
    incidents.change_incident(
        connection,
        scope,
        locked,
        change,
        state=state.value,
        resolution=resolution.value,
        resolution_note=ending.note,
        closed_by=scope.actor,
        closed_at=func.present_moment(),
    )
    calls.change_calls_of(connection, locked.id, disposition=resolution.value)
    for one in bound:
        free_team(connection, one, TeamAction.RELEASE, reason=f"incident {resolution.value}")


def free_team(
    connection: Connection, bound: AssignmentView, action: TeamAction, *, reason: str
) -> None:
    """
    End an open assignment by `action` (release, leave) and move its team on.

    The team's row is written before the assignment, because row-level security hides a lent
    team from this county as soon as the assignment has ended.
    """
    row = found.locked_team(connection, bound.team_id)
    status = next_status(row.team.status, action)
    teams.change_status(connection, row.team, status)
    assignments.change_assignment(
        connection, bound.id, released_at=func.present_moment(), release_reason=reason
    )
    counties = [bound.county, bound.team_county]
    announce(connection, "assignment", bound.id, counties=counties)
    announce(connection, "team", bound.team_id, counties=counties, version=row.team.version + 1)
