"""
What changed things are now: for a page that was told which, and nothing more.

A notice names an incident, a team, a call or an assignment. A call and an assignment lead to
their incident, an incident to the teams that are bound to it: all that a change may show in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.repository import assignments, calls, incidents
from dispatch.services import found
from dispatch.services.incidents import OPEN_STATES
from dispatch.views import CallView, IncidentView, TeamView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from teams import repository as teams


@dataclass(frozen=True, slots=True)
class Told:
    """The ids of which a change was told, by the kind of thing."""

    incidents: Sequence[UUID] = ()
    teams: Sequence[UUID] = ()
    calls: Sequence[UUID] = ()
    assignments: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """
    The things themselves, as far as they are open and the scope sees them.

    `looked_at` holds all whose state was read: of which there is none here, it is gone.
    """

    looked_at: Told
    incidents: list[IncidentView] = field(default_factory=list)
    teams: list[TeamView] = field(default_factory=list)
    calls: list[CallView] = field(default_factory=list)


def what_changed(engine: Engine, scope: Scope, told: Told, *, with_calls: bool = True) -> Changed:
    """Read what was told of, in one transaction; `with_calls` False for who reads no calls."""
    with scoped(engine, scope) as connection:
        rows = calls.list_open_among(connection, told.calls) if with_calls else []
        case_ids = {*told.incidents, *(row.incident_id for row in rows if row.incident_id)}
        team_ids = set(told.teams)
        for incident_id, team_id in assignments.list_ends(connection, told.assignments):
            case_ids.add(incident_id)
            team_ids.add(team_id)
        bound = assignments.list_assignments(connection, incident_ids=list(case_ids))
        team_ids.update(one.team_id for one in bound)
        return Changed(
            Told(tuple(case_ids), tuple(team_ids), tuple(told.calls)),
            incidents.list_among(connection, list(case_ids), OPEN_STATES),
            _teams(connection, team_ids),
            rows,
        )


def _teams(connection: Connection, ids: set[UUID]) -> list[TeamView]:
    bound = {one.team_id: one for one in assignments.list_open_of_teams(connection, list(ids))}
    rows = teams.find_teams(connection, ids).values()
    return [found.view_of_team(row, bound.get(row.team.id)) for row in rows]
