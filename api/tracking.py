"""
What a new position changes: a team that set off, arrived, or has a new ETA.

The decisions are `dispatch.following.arrival`; this asks them, and writes what they say through
the use cases under the scope of whoever sent the position.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import shape

from api.road_changes import write_eta
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.following.arrival import EtaBasis, arrival, needs_new_eta
from dispatch.views import AssignmentView, IncidentView, TeamView
from geodata.crs import GEOD
from geodata.database.engine import Scope
from geodata.points import LonLat
from teams.model import PositionReport, TeamStatus


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """A caller area from the database that knows its inside, EPSG:4326."""

    geometry: shapely.Geometry

    @property
    def radius_m(self) -> float:
        """Radius of the circle that is as large as the area, metres."""
        return math.sqrt(abs(GEOD.geometry_area_perimeter(self.geometry)[0]) / math.pi)

    @classmethod
    def of(cls, geojson: Mapping[str, Any] | None) -> "DrawnArea | None":
        """Build from GeoJSON; None stays None."""
        return None if geojson is None else cls(shape(dict(geojson)))

    def contains(self, place: LonLat) -> bool:
        """Tell whether a place is inside or on the border."""
        return bool(shapely.intersects_xy(self.geometry, place.lon, place.lat))


def follow_position(services: Services, scope: Scope, team_id: UUID, now: datetime) -> None:
    """Move the status of an assigned team and refresh its ETA from its latest position."""
    view = use_cases.get_team(services.engine, scope, team_id)
    position, assignment = view.team.position, view.assignment
    if position is None or assignment is None:
        return
    incident = _incident_of(services, scope, assignment)
    destination = _destination(assignment, incident)
    if incident is None or destination is None:
        return
    after = status_after(
        view, position, destination, DrawnArea.of(incident.area), now, services=services
    )
    if after is not view.team.status:
        use_cases.set_team_status(services.engine, scope, team_id, after)
    if after is not TeamStatus.ON_SCENE:
        refresh_eta(services, scope, assignment.id, position, destination, now)


def status_after(
    view: TeamView,
    position: PositionReport,
    destination: LonLat,
    area: DrawnArea | None,
    now: datetime,
    *,
    services: Services,
) -> TeamStatus:
    """Return the status that the position shows; only forward, never back."""
    policy = services.policies.arrival
    status = view.team.status
    if status not in {TeamStatus.ASSIGNED, TeamStatus.EN_ROUTE}:
        return status
    is_moving = position.speed_ms is not None and position.speed_ms > policy.slow_ms
    # A team that stands where the incident is still says itself that it set off:
    # only a car that was on its way arrives.
    if status is TeamStatus.EN_ROUTE and arrival(position, destination, area, now, policy):
        return TeamStatus.ON_SCENE
    return TeamStatus.EN_ROUTE if is_moving else status


def refresh_eta(
    services: Services,
    scope: Scope,
    assignment_id: UUID,
    position: PositionReport,
    destination: LonLat,
    now: datetime,
) -> None:
    """Ask the road again when the team moved or time passed, and store the answer."""
    policy = services.policies.arrival
    if not needs_new_eta(services.etas.find(assignment_id), position, now, policy):
        return
    drive = (position.place, destination)
    write_eta(services.engine, scope, services.travel, assignment_id, drive, now)
    services.etas.keep(assignment_id, EtaBasis(position.place, now))


def _incident_of(
    services: Services, scope: Scope, assignment: AssignmentView
) -> IncidentView | None:
    # The list and not `get_incident`: a machine's look at every fix is no reading by a
    # person, and would bury the audit trail.
    rows = use_cases.list_incidents(services.engine, scope)
    return next((row for row in rows if row.id == assignment.incident_id), None)


def _destination(assignment: AssignmentView, incident: IncidentView | None) -> LonLat | None:
    if assignment.route is not None:
        lon, lat = assignment.route["coordinates"][-1][:2]
        return LonLat(float(lon), float(lat))
    return incident.center if incident is not None else None
