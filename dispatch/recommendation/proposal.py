"""
The recommendation for an incident as it stands now: its area, the teams, the roads.

Computed again whenever it is asked for and once more at the moment of assigning, so
that what is stored as "proposed" is what was true then.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.model import Recommendation
from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.ranking import recommend
from dispatch.recommendation.sampled_area import SampledArea, sampled_area
from dispatch.views import IncidentView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.people.population import Population
from geodata.points import LonLat
from geodata.territories.counties import Counties
from geodata.travel.travel_times import TravelTimes
from teams import repository as teams_at_work
from teams.model import Team
from teams.positions import origin_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recommendation together with the teams it was made from."""

    recommendation: Recommendation
    teams: tuple[Team, ...]

    def route_of(
        self, team_id: UUID, travel: TravelTimes, *, now: datetime
    ) -> tuple[LonLat, ...] | None:
        """Return the way of a team to the destination, None when it cannot be drawn."""
        team = next((team for team in self.teams if team.id == team_id), None)
        if team is None or team.position is None:
            return None
        destination = self.recommendation.destination
        places = travel.route(origin_of(team.position), destination, at=now).places
        return tuple(places) if len(places) > 1 else None


@dataclass(frozen=True, slots=True)
class Proposer:
    """
    Proposes teams for incidents; safe to use from threads.

    Attributes
    ----------
    engine
        Of the application role.
    counties
        Who is whose neighbour.
    population
        Where in an area its caller may be.
    travel
        The roads, under the times in use now.
    policy
        The bounds of the recommendation.
    """

    engine: Engine
    counties: Counties
    population: Population
    travel: TravelTimes
    policy: RecommendationPolicy = field(default_factory=RecommendationPolicy)

    def propose(self, scope: Scope, incident: IncidentView, *, now: datetime) -> Proposal:
        """
        Rank the teams for an incident.

        Raises
        ------
        BadDemandError
            `no_place`: nobody knows where it is.
        """
        area = sampled_area(self.population, incident.area, incident.center)
        with scoped(self.engine, scope) as connection:
            teams = self._teams_for(connection, incident.county)
        return self._ranked(incident.county, area, teams, now, incident.declined_by)

    def propose_for(
        self, scope: Scope, owner: str, area: SampledArea, *, now: datetime
    ) -> Proposal:
        """
        Rank the teams that a county may send to an area.

        See `dispatch.recommendation.ranking.recommend`.
        """
        with scoped(self.engine, scope) as connection:
            teams = self._teams_for(connection, owner)
        return self._ranked(owner, area, teams, now)

    def propose_read(
        self, scope: Scope, read: Callable[[Connection], IncidentView], *, now: datetime
    ) -> Proposal:
        """
        Rank the teams for an incident that `read` reads, in the same transaction as the teams.

        Raises
        ------
        BadDemandError
            `no_place`: nobody knows where it is. What `read` noted in the trail stays.
        """
        with scoped(self.engine, scope) as connection:
            incident = read(connection)
            teams = self._teams_for(connection, incident.county)
        area = sampled_area(self.population, incident.area, incident.center)
        return self._ranked(incident.county, area, teams, now, incident.declined_by)

    def _teams_for(self, connection: Connection, owner: str) -> list[Team]:
        neighbours = self.counties.get(owner).neighbours
        return teams_to_rank(connection, owner=owner, neighbours=neighbours)

    def _ranked(
        self,
        owner: str,
        area: SampledArea,
        teams: list[Team],
        now: datetime,
        declined: frozenset[UUID] = frozenset(),
    ) -> Proposal:
        neighbours = self.counties.get(owner).neighbours
        recommendation = recommend(
            area=area,
            teams=teams,
            owner=owner,
            neighbours=neighbours,
            travel=self.travel,
            policy=self.policy,
            now=now,
            declined=declined,
        )
        return Proposal(recommendation, tuple(teams))


def teams_to_rank(connection: Connection, *, owner: str, neighbours: Collection[str]) -> list[Team]:
    """
    List the teams to rank for an incident of `owner`: its own, and those of `neighbours`.

    Own teams come in every status, so that a recommendation can say why one is left
    out; another county's only while they are free.
    """
    wanted = {owner, *neighbours}
    seen = {row.team.id: row.team for row in teams_at_work.list_teams(connection)}
    ours = [team for team in seen.values() if team.county in wanted]
    aid = teams_at_work.list_aid_teams(connection, neighbours)
    return [*ours, *(team for team in aid if team.id not in seen)]
