"""
The recommendation for an incident as it stands now: its area, the teams, the roads.

Computed again whenever it is asked for and once more at the moment of assigning, so
that what is stored as "proposed" is what was true then.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.model import Recommendation, Uncovered
from dispatch.policy import RecommendationPolicy
from dispatch.ports import UncoveringPort
from dispatch.recommendation.eligibility import Demand, exclusions, starting_place
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
    uncovering
        Who is left without a team when one goes; None: nobody counts.
    """

    engine: Engine
    counties: Counties
    population: Population
    travel: TravelTimes
    policy: RecommendationPolicy = field(default_factory=RecommendationPolicy)
    uncovering: UncoveringPort | None = None

    def propose(self, scope: Scope, incident: IncidentView, *, now: datetime) -> Proposal:
        """
        Rank the teams for an incident.

        Raises
        ------
        BadDemandError
            `no_place`: nobody knows where it is.
        """
        area = self.area_of(incident)
        with scoped(self.engine, scope) as connection:
            teams = self._teams_for(connection, incident.county)
        return self._ranked(incident.county, area, teams, now, incident.declined_by)

    def area_of(self, incident: IncidentView) -> SampledArea:
        """Return where its caller may be: the place that a person confirmed, else the area."""
        if incident.confirmed is not None:
            return SampledArea.of_place(incident.confirmed.place)
        return sampled_area(self.population, incident.area, incident.center)

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

        Each candidate says whom it would leave without a team.

        Raises
        ------
        BadDemandError
            `no_place`: nobody knows where it is. What `read` noted in the trail stays.
        """
        with scoped(self.engine, scope) as connection:
            incident = read(connection)
            teams = self._teams_for(connection, incident.county)
        area = self.area_of(incident)
        proposal = self._ranked(incident.county, area, teams, now, incident.declined_by)
        return replace(
            proposal,
            recommendation=self._with_uncovered(incident.county, proposal, now),
        )

    def _with_uncovered(self, owner: str, proposal: Proposal, now: datetime) -> Recommendation:
        recommendation = proposal.recommendation
        if self.uncovering is None or not recommendation.candidates:
            return recommendation
        counties = {owner, *self.counties.get(owner).neighbours}
        demand = Demand(owner, frozenset(counties - {owner}), frozenset(), now, self.policy)
        # Also one that has no way to this incident covers the ground around it.
        waiting = [team for team in proposal.teams if not exclusions(team, demand)]
        left = self.uncovering.persons_left(
            [starting_place(team, demand) for team in waiting], counties, at=now
        )
        residents = {team.id: persons for team, persons in zip(waiting, left, strict=True)}
        minutes = self.uncovering.minutes
        return replace(
            recommendation,
            candidates=tuple(
                replace(one, uncovers=Uncovered(residents[one.team_id], minutes))
                for one in recommendation.candidates
            ),
        )

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
