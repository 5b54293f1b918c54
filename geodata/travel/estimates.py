"""
What a drive takes where no road says: a straight line, a factor for detours, two speeds.

Geodesic distance x 1.37 (median driven distance / straight line over 877 rides in
Bucharest), the first 10 km as a city's at 50 km/h divided by the factor of the hour, the
rest at 70 km/h at every hour. On foot: the same detour at 5 km/h.
"""

from collections.abc import Sequence

import numpy as np

from geodata.crs import GEOD
from geodata.points import LonLat
from geodata.roads.network import Floats

DETOUR = 1.37
_TOWN_M, _TOWN_KPH, _COUNTRY_KPH = 10_000.0, 50.0, 70.0
_WALKING_KPH = 5.0


def estimate_s(straight_m: Floats, factor: float) -> Floats:
    """Estimated driving time (s) over a geodesic distance (m) at an hour factor."""
    driven = straight_m * DETOUR
    town = np.minimum(driven, _TOWN_M)
    hours = town / _TOWN_KPH / factor + (driven - town) / _COUNTRY_KPH
    return np.asarray(hours * 3.6)


def walking_s(straight_m: float) -> float:
    """Estimated time (s) on foot over a geodesic distance (m)."""
    return straight_m * DETOUR / _WALKING_KPH * 3.6


def straight_m(origins: Sequence[LonLat], destinations: Sequence[LonLat]) -> Floats:
    """Geodesic metres from each origin to the destination of the same number."""
    lon_a, lat_a = np.array(origins, np.float64).reshape(-1, 2).T
    lon_b, lat_b = np.array(destinations, np.float64).reshape(-1, 2).T
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2], dtype=np.float64)
