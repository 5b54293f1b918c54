"""
The recommendation for an incident as it stands now: its area, the teams, the roads.

Computed again whenever it is asked for and once more at the moment of assigning, so
that what is stored as "proposed" is what was true then.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from api.ground import Ground
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.model import Recommendation
from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.ranking import recommend
from dispatch.recommendation.sampled_area import SampledArea, sampled_area
from dispatch.views import IncidentView
from geodata.database.engine import Scope
from geodata.points import LonLat
from geodata.travel.travel_times import TravelTimes
from teams.model import Team


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
        places = travel.route(team.position.place, destination, at=now).places
        return tuple(places) if len(places) > 1 else None


def propose(services: Services, scope: Scope, incident: IncidentView, *, now: datetime) -> Proposal:
    """Rank the teams for an incident."""
    return rank_teams(
        services.engine,
        scope,
        ground=services.ground,
        travel=services.travel,
        owner=incident.county,
        area=sampled_area(services.ground.population, incident.area, incident.center),
        now=now,
        policy=services.policies.recommendation,
    )


def rank_teams(
    engine: Engine,
    scope: Scope,
    *,
    ground: Ground,
    travel: TravelTimes,
    owner: str,
    area: SampledArea,
    now: datetime,
    policy: RecommendationPolicy | None = None,
) -> Proposal:
    """Rank the teams that a county may send; see `dispatch.recommendation.ranking.recommend`."""
    neighbours = ground.counties.get(owner).neighbours
    teams = use_cases.teams_for_recommendation(engine, scope, owner=owner, neighbours=neighbours)
    recommendation = recommend(
        area=area,
        teams=teams,
        owner=owner,
        neighbours=neighbours,
        travel=travel,
        policy=policy,
        now=now,
    )
    return Proposal(recommendation, tuple(teams))
