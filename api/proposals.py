"""
The recommendation for an incident as it stands now: its area, the teams, the roads.

Computed again whenever it is asked for and once more at the moment of assigning, so
that what is stored as "proposed" is what was true then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseMultipartGeometry
from sqlalchemy import Engine

from api.wiring import Services
from dispatch import services as use_cases
from dispatch.errors import BadDemandError
from dispatch.ground import Ground
from dispatch.model import Recommendation
from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.ranking import recommend
from dispatch.views import IncidentView
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import outlines
from geodata.database.engine import Scope
from geodata.people.population import Population, Rings
from geodata.points import LonLat
from geodata.said import said
from geodata.travel.travel_times import TravelTimes
from teams.model import Team


@dataclass(frozen=True, slots=True)
class SampledArea:
    """Places that stand for an area, and how likely the caller is at each."""

    points: tuple[LonLat, ...]
    weights: tuple[float, ...]


def sampled_area(
    population: Population, area: Mapping[str, Any] | None, center: LonLat | None
) -> SampledArea:
    """
    Return points of a GeoJSON area weighted by the people who live there, EPSG:4326.

    Without an area it is the centre alone.

    Raises
    ------
    BadDemandError
        `no_place`: neither is known.
    """
    parts = [_rings(polygon) for polygon in _polygons(area)]
    if parts:
        return _sampled(population, parts)
    if center is None:
        raise BadDemandError(
            "no_place",
            said("nobody knows where this incident is, so no team can be ranked"),
            said("ask the caller for a locality and open the incident with it"),
        )
    return SampledArea((center,), (1.0,))


def sampled_shape(population: Population, area: Shape) -> SampledArea:
    """Return points of a shape weighted by the people who live there, EPSG:4326."""
    if isinstance(area, Point):
        return SampledArea((area.center,), (1.0,))
    return _sampled(population, outlines(area))


def _sampled(population: Population, parts: Sequence[Rings]) -> SampledArea:
    lons, lats, weights = population.sample_parts(parts)
    points = tuple(LonLat(float(x), float(y)) for x, y in zip(lons, lats, strict=True))
    return SampledArea(points, tuple(float(weight) for weight in weights))


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
        area_points=area.points,
        area_weights=area.weights,
        teams=teams,
        owner=owner,
        neighbours=neighbours,
        travel=travel,
        policy=policy,
        now=now,
    )
    return Proposal(recommendation, tuple(teams))


def _polygons(area: Mapping[str, Any] | None) -> list[Polygon]:
    """Return every part of an area: the caller can be in any of them."""
    geometry = shape(dict(area)) if area is not None else None
    parts = geometry.geoms if isinstance(geometry, BaseMultipartGeometry) else [geometry]
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _rings(polygon: Polygon) -> Rings:
    holes = tuple(_ring(hole.coords) for hole in polygon.interiors)
    return _ring(polygon.exterior.coords), holes


def _ring(coordinates: Any) -> NDArray[np.float64]:
    return np.asarray(coordinates, dtype=np.float64)[:, :2]
