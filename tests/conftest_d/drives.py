"""One drive asked of the travel times, for tests that are about a single pair of places."""

from datetime import datetime
from math import isnan

from geodata.points import LonLat
from geodata.travel.travel_times import TravelTimes


def seconds_between(
    travel: TravelTimes, origin: LonLat, destination: LonLat, *, at: datetime
) -> float | None:
    """Seconds of the drive, None where there is no way."""
    seconds, _ = travel.matrix([origin], [destination], at=at)
    found = float(seconds[0, 0])
    return None if isnan(found) else found


def is_by_road(travel: TravelTimes, origin: LonLat, destination: LonLat, *, at: datetime) -> bool:
    """Tell whether both places lie on the road network, so that the time is no estimate."""
    return not travel.matrix([origin], [destination], at=at)[1][0, 0]
