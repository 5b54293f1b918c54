"""Teams on the move: their list, their status, their positions, and what follows from them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine, func
from sqlalchemy.exc import DBAPIError

from dispatch.errors import NotAllowedError
from dispatch.incidents import IncidentAction, next_state
from dispatch.repository import assignments, incidents
from dispatch.repository.incidents import Change, LockedIncident
from dispatch.services import found
from dispatch.services.closing import free_team
from dispatch.views import AssignmentView, TeamView
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.faults import sqlstate
from geodata.database.notices import announce
from geodata.database.scope import Scope
from geodata.points import LonLat
from geodata.roads.tracks import Track
from teams import repository as teams
from teams.availability import TeamAction, action_between, holds_assignment
from teams.model import PositionReport, TeamStatus
from teams.repository import TeamRow

# What a team does, as the incident sees it, and the column of the assignment that keeps when.
_ON_THE_WAY = {
    TeamAction.START: (IncidentAction.START, "en_route_at"),
    TeamAction.ARRIVE: (IncidentAction.ARRIVE, "on_scene_at"),
}


# ── teams ─────────────────────────────────────────────────────────────────────
def create_team(
    engine: Engine,
    scope: Scope,
    *,
    callsign: str,
    county: str,
    staffing: int = 2,
    capabilities: Collection[str] = (),
    languages: Collection[str] = ("ro",),
    base: LonLat | None = None,
) -> TeamView:
    """
    Create an available team.

    Raises
    ------
    NotAllowedError
        `callsign_taken`, or `county_not_yours`.
    """
    with scoped(engine, scope) as connection:
        try:
            with connection.begin_nested():
                made = teams.insert_team(
                    connection,
                    callsign=callsign,
                    county=county,
                    staffing=staffing,
                    status=TeamStatus.AVAILABLE.value,
                    capabilities=sorted(capabilities),
                    languages=sorted(languages),
                    base=base,
                )
        except DBAPIError as error:
            refusal = _refusals(callsign, county).get(sqlstate(error) or "")
            if refusal is None:
                raise
            raise refusal from error
        _tell(connection, made, [county], 1)
        audit(connection, scope, "team.created", object_type="team", object_id=made, county=county)
        return _view(connection, made)


def list_teams(engine: Engine, scope: Scope) -> list[TeamView]:
    """List the scope's teams, and those that are lent to it, with position and assignment."""
    with scoped(engine, scope) as connection:
        bound = {one.team_id: one for one in assignments.list_assignments(connection)}
        rows = teams.list_teams(connection)
        return [_team_view(row, bound.get(row.team.id)) for row in rows]


def get_team(engine: Engine, scope: Scope, team_id: UUID) -> TeamView:
    """Return one team."""
    with scoped(engine, scope) as connection:
        return _view(connection, team_id)


def team_track(
    engine: Engine,
    scope: Scope,
    team_id: UUID,
    *,
    since: datetime,
    until: datetime | None = None,
    limit: int = 5000,
) -> list[PositionReport]:
    """List where a team was between two times, oldest first; the reading is audited."""
    with scoped(engine, scope) as connection:
        view = _view(connection, team_id)
        audit(
            connection, scope, "team.track_read",
            object_type="team", object_id=team_id, county=view.team.county,
        )  # fmt: skip
        end = until or datetime.max.replace(tzinfo=UTC)
        return teams.list_track(connection, team_id, since, end, limit=limit)


def read_tracks(engine: Engine, scope: Scope, *, since: datetime, until: datetime) -> list[Track]:
    """
    Read where all teams of the scope drove, without who they are, to learn speeds from.

    The reading is audited: tracks are the crews' personal data.
    """
    with scoped(engine, scope) as connection:
        tracks = teams.list_tracks(connection, since, until)
        audit(
            connection, scope, "roads.tracks_read", object_type="speed_profile",
            detail={"since": since.isoformat(), "until": until.isoformat(), "tracks": len(tracks)},
        )  # fmt: skip
        return tracks


# ── status ────────────────────────────────────────────────────────────────────
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
        # A team that helps another county moves that county's incident.
        with widened(connection, scope, *counties):
            # The incident is always locked before the team. Two orders of locking would let two
            # requests wait for each other.
            locked = found.locked_incident(connection, bound.incident_id) if bound else None
            row = found.locked_team(connection, team_id)
            found.check_version("team", expected_version, row.team.version)
            if row.team.status is status:
                return _team_view(row, bound)
            action = action_between(row.team.status, status)
            if bound is None or locked is None:
                _move_alone(connection, row, status)
            else:
                _move_bound(connection, scope, row, (bound, locked), action, reason)
            view = _view(connection, team_id)
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
        change = Change("team_left", reason, payload)
        incidents.change_incident(connection, scope, locked, change, state=state.value)
        free_team(connection, bound, action, reason=reason or "left the scene")
        return
    incident_action, stamp = _ON_THE_WAY[action]
    state = next_state(locked.state, incident_action)
    change = Change(f"team_{_STATUS[action].value}", reason, payload)
    incidents.change_incident(connection, scope, locked, change, state=state.value)
    assignments.change_assignment(connection, bound.id, **{stamp: func.present_moment()})
    teams.change_status(connection, row.team, _STATUS[action])
    announce(connection, "assignment", bound.id, counties=[bound.county, bound.team_county])
    _tell(connection, row.team.id, [row.team.county, row.lent_to], row.team.version + 1)


_STATUS = {TeamAction.START: TeamStatus.EN_ROUTE, TeamAction.ARRIVE: TeamStatus.ON_SCENE}


# ── small parts ───────────────────────────────────────────────────────────────
def _refusals(callsign: str, county: str) -> dict[str, NotAllowedError]:
    return {
        "23505": NotAllowedError(
            "callsign_taken", f"{county} has a team {callsign} already", "choose another call sign"
        ),
        "42501": NotAllowedError(
            "county_not_yours", f"you do not work for {county}", "ask that county"
        ),
    }


def _view(connection: Connection, team_id: UUID) -> TeamView:
    row = teams.find_teams(connection, [team_id]).get(team_id)
    if row is None:
        raise found.not_found("team")
    return _team_view(row, assignments.find_open_of_team(connection, team_id))


def _team_view(row: TeamRow, bound: AssignmentView | None) -> TeamView:
    return TeamView(row.team, row.lent_to, row.updated_at, bound)


def _tell(
    connection: Connection, team_id: UUID, counties: Sequence[str | None], version: int
) -> None:
    announce(connection, "team", team_id, counties=counties, version=version)
