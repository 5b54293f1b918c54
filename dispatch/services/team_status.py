"""The status of a team: what it says it is doing, and what that does to its incident."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Engine, func

from dispatch.field import AlarmKind
from dispatch.incidents import IncidentAction, next_state
from dispatch.notices import announce
from dispatch.repository import assignments, incidents
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.roles import Role
from dispatch.services import found
from dispatch.services.alarms import settle_of_team
from dispatch.services.alerts import accept_by
from dispatch.services.check_ins import begin_check_ins
from dispatch.services.closing import free_team
from dispatch.views import AssignmentView, TeamView
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.said import said
from teams import repository as teams
from teams.availability import TeamAction, action_between, holds_assignment
from teams.model import TeamStatus
from teams.repository import TeamRow

# What a team does, as the incident sees it, and the column of the assignment that keeps when.
_ON_THE_WAY = {
    TeamAction.START: (IncidentAction.START, "en_route_at"),
    TeamAction.ARRIVE: (IncidentAction.ARRIVE, "on_scene_at"),
}
_STATUS = {TeamAction.START: TeamStatus.EN_ROUTE, TeamAction.ARRIVE: TeamStatus.ON_SCENE}


def set_team_status(
    engine: Engine,
    scope: Scope,
    team_id: UUID,
    status: TeamStatus,
    *,
    expected_version: int | None = None,
    reason: str | None = None,
) -> TeamView:
    """
    Record what a team says it is doing; its assignment and incident move with it.

    Saying again what is known already changes nothing.

    Raises
    ------
    IllegalStatusError
        The table of `teams.availability` has no such change.
    VersionConflictError, NotFoundError
        About the team.
    """
    with scoped(engine, scope) as connection:
        bound = assignments.find_open_of_team(connection, team_id)
        counties = () if bound is None else (bound.county,)
        # A team abroad moves the incident of the county that it helps.
        with widened(connection, scope, *counties):
            # The incident before the team, always: two orders would be a deadlock.
            locked = found.locked_incident(connection, bound.incident_id) if bound else None
            row = found.locked_team(connection, team_id)
            found.check_version(said("team"), expected_version, row.team.version)
            if row.team.status is status:
                return found.view_of_team(row, bound)
            action = action_between(row.team.status, status)
            if bound is None or locked is None:
                _move_alone(connection, row, status)
            else:
                _move_bound(connection, scope, row, (bound, locked), action, reason)
            view = found.team_view(connection, team_id)
        audit(
            connection, scope, f"team.{action}", object_type="team",
            object_id=team_id, county=row.team.county,
        )  # fmt: skip
        return view


def _move_alone(connection: Connection, row: TeamRow, status: TeamStatus) -> None:
    if holds_assignment(row.team.status):
        # Assigned between our two looks.
        raise found.version_conflict("team", row.team.version - 1, row.team.version)
    teams.change_status(connection, row.team, status)
    _tell(connection, row.team.id, [row.team.county], row.team.version + 1)


def _move_bound(
    connection: Connection,
    scope: Scope,
    row: TeamRow,
    held: tuple[AssignmentView, LockedIncident],
    action: TeamAction,
    reason: str | None,
) -> None:
    bound, locked = held
    payload = {"team_id": str(row.team.id), "callsign": row.team.callsign}
    if action is TeamAction.LEAVE:
        others = assignments.list_other_statuses(connection, locked.id, row.team.id)
        state = next_state(locked.state, IncidentAction.LEAVE, remaining=others)
        change = IncidentChange("team_left", reason, payload)
        incidents.change_incident(connection, scope, locked, change, state=state.value)
        free_team(connection, bound, action, reason=reason or "left the scene")
        if scope.role == Role.TEAM:
            # Its own word, and it is out of the house.
            settle_of_team(connection, scope, bound.team_id, AlarmKind.CHECK_IN, "left the scene")
        return
    incident_action, stamp = _ON_THE_WAY[action]
    state = next_state(locked.state, incident_action)
    change = IncidentChange(f"team_{_STATUS[action].value}", reason, payload)
    incidents.change_incident(connection, scope, locked, change, state=state.value)
    assignments.change_assignment(connection, bound.id, **{stamp: func.present_moment()})
    # Who sets off has heard the alert, also where nobody pressed a button.
    accept_by(connection, scope, bound)
    if action is TeamAction.ARRIVE:
        begin_check_ins(connection, bound)
    teams.change_status(connection, row.team, _STATUS[action])
    announce(connection, "assignment", bound.id, counties=[bound.county, bound.team_county])
    _tell(connection, row.team.id, [row.team.county, row.lent_to], row.team.version + 1)


def _tell(
    connection: Connection, team_id: UUID, counties: Sequence[str | None], version: int
) -> None:
    announce(connection, "team", team_id, counties=counties, version=version)
