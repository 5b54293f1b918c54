"""
Following a team to its incident: when its ETA is computed again, when it has arrived.

Arrival is detected from positions; a team's own report of it needs nothing of this.
Places are EPSG:4326, distances geodesic metres, times seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatch.policy import ArrivalPolicy
from geodata.crs import distance_m
from geodata.points import LonLat
from teams.model import PositionReport
from teams.positions import age_s


class AreaPort(Protocol):
    """A caller area that knows its inside; shapely prepared geometry needs a wrapper."""

    @property
    def radius_m(self) -> float:
        """Radius of the circle that is as large as the area."""
        ...

    def contains(self, place: LonLat) -> bool:
        """Tell whether a place, EPSG:4326, is inside or on the border."""
        ...


@dataclass(frozen=True, slots=True)
class EtaBasis:
    """What the ETA in force was computed from: the team's place, and when."""

    place: LonLat
    at: datetime


def needs_new_eta(
    basis: EtaBasis | None,
    position: PositionReport,
    now: datetime,
    policy: ArrivalPolicy | None = None,
) -> bool:
    """Tell whether the team has moved, or time has passed, enough to ask the road again."""
    bounds = policy or ArrivalPolicy()
    if basis is None:
        return True
    if (now - basis.at).total_seconds() >= bounds.eta_refresh_s:
        return True
    return distance_m(*basis.place, *position.place) > bounds.eta_refresh_m


def arrival(
    position: PositionReport,
    destination: LonLat,
    area: AreaPort | None,
    now: datetime,
    policy: ArrivalPolicy | None = None,
) -> bool:
    """
    Tell whether a team has arrived.

    It has when it is within the arrival radius of the destination, or slow inside a
    caller area of a few streets, where the destination is only a point chosen to show.
    In a larger area a slow car waits at a light: there the crew says itself that it is
    with the child. An old or coarse fix, or an unknown speed, proves nothing.
    """
    bounds = policy or ArrivalPolicy()
    if age_s(position, now) > bounds.fix_age_max_s:
        return False
    if (position.accuracy_m or 0.0) > bounds.accuracy_max_m:
        return False
    if distance_m(*position.place, *destination) <= bounds.arrival_radius_m:
        return True
    is_slow = position.speed_ms is not None and position.speed_ms <= bounds.slow_ms
    if area is None or not is_slow or area.radius_m > bounds.area_radius_max_m:
        return False
    return area.contains(position.place)


def sane_eta(seconds: float | None, policy: ArrivalPolicy | None = None) -> float | None:
    """Return remaining seconds, or None where the number cannot be an ETA."""
    bounds = policy or ArrivalPolicy()
    if seconds is None or not 0 <= seconds <= bounds.eta_max_s:
        return None
    return seconds
