"""
Following a team to its incident: when it has set off, when it has arrived.

Arrival is detected from positions; a team's own report of it needs nothing of this.
Places are EPSG:4326, distances geodesic metres, times seconds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import shapely
from shapely.geometry import shape

from dispatch.policy import ArrivalPolicy
from dispatch.views import DriveView
from geodata.crs import GEOD, distance_m
from geodata.points import LonLat
from teams.availability import is_under_way
from teams.model import PositionReport, TeamStatus
from teams.positions import age_s


class AreaPort(Protocol):
    """A caller area that knows its inside."""

    @property
    def radius_m(self) -> float:
        """Radius of the circle that is as large as the area."""
        ...

    def contains(self, place: LonLat) -> bool:
        """Tell whether a place, EPSG:4326, is inside or on the border."""
        ...


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


def status_after(
    drive: DriveView, destination: LonLat, *, now: datetime, policy: ArrivalPolicy
) -> TeamStatus:
    """Return the status that the position shows; only forward, never back."""
    status, position = drive.status, drive.position
    if not is_under_way(status):
        return status
    # A team that stands where the incident is still says itself that it set off:
    # only a car that was on its way arrives.
    if status is TeamStatus.EN_ROUTE and arrival(
        position, destination, area=DrawnArea.of(drive.area), now=now, policy=policy
    ):
        return TeamStatus.ON_SCENE
    is_moving = position.speed_ms is not None and position.speed_ms > policy.slow_ms
    return TeamStatus.EN_ROUTE if is_moving else status


def arrival(
    position: PositionReport,
    destination: LonLat,
    *,
    area: AreaPort | None,
    now: datetime,
    policy: ArrivalPolicy,
) -> bool:
    """
    Tell whether a team has arrived.

    It has when it is within the arrival radius of the destination, or slow inside a
    caller area of a few streets, where the destination is only a point chosen to show.
    In a larger area a slow car waits at a light: there the crew says itself that it is
    with the child. An old or coarse fix, or an unknown speed, proves nothing.
    """
    if age_s(position, now) > policy.fix_age_max_s:
        return False
    if (position.accuracy_m or 0.0) > policy.accuracy_max_m:
        return False
    if distance_m(*position.place, *destination) <= policy.arrival_radius_m:
        return True
    is_slow = position.speed_ms is not None and position.speed_ms <= policy.slow_ms
    if area is None or not is_slow or area.radius_m > policy.area_radius_max_m:
        return False
    return area.contains(position.place)
