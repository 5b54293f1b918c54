"""Teams: creating one, listing them, and reading where they were."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dispatch.notices import announce
from dispatch.repository import assignments
from dispatch.services import found
from dispatch.views import TeamView
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import ConflictError, NotAllowedError, RefusedError
from geodata.points import LonLat
from geodata.roads.tracks import Track
from geodata.said import said
from teams import repository as teams
from teams.model import PositionReport, TeamStatus


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
    ConflictError
        `callsign_taken`.
    NotAllowedError
        `county_not_yours`.
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
            refusal = _refusals(callsign, county).get(sqlstates.sqlstate(error))
            if refusal is None:
                raise
            raise refusal from error
        announce(connection, "team", made, counties=[county], version=1)
        audit(connection, scope, "team.created", object_type="team", object_id=made, county=county)
        return found.team_view(connection, made)


def list_teams(engine: Engine, scope: Scope) -> list[TeamView]:
    """List the scope's teams, and those that are lent to it, with position and assignment."""
    with scoped(engine, scope) as connection:
        bound = {one.team_id: one for one in assignments.list_assignments(connection)}
        rows = teams.list_teams(connection)
        return [found.view_of_team(row, bound.get(row.team.id)) for row in rows]


def get_team(engine: Engine, scope: Scope, team_id: UUID) -> TeamView:
    """Return one team."""
    with scoped(engine, scope) as connection:
        return found.team_view(connection, team_id)


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
        view = found.team_view(connection, team_id)
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


def _refusals(callsign: str, county: str) -> dict[str | None, RefusedError]:
    return {
        sqlstates.UNIQUE_VIOLATION: ConflictError(
            "callsign_taken",
            said("{county} has a team {callsign} already", county=county, callsign=callsign),
            said("choose another call sign"),
        ),
        sqlstates.INSUFFICIENT_PRIVILEGE: NotAllowedError(
            "county_not_yours",
            said("you do not work for {county}", county=county),
            said("ask that county"),
        ),
    }
