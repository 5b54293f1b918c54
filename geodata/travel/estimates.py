"""
Straight lines where no road says: how long they are, and how long on foot.

On foot: the detour of drives (`geodata.roads.pace`) at 5 km/h.
"""

from collections.abc import Sequence

import numpy as np

from geodata.crs import GEOD
from geodata.points import LonLat
from geodata.roads.network import Floats
from geodata.roads.pace import DETOUR

_WALKING_KPH = 5.0


def walking_s(straight_m: float) -> float:
    """Estimated time (s) on foot over a geodesic distance (m)."""
    return straight_m * DETOUR / _WALKING_KPH * 3.6


def straight_m(origins: Sequence[LonLat], destinations: Sequence[LonLat]) -> Floats:
    """Geodesic metres from each origin to the destination of the same number."""
    lon_a, lat_a = np.array(origins, np.float64).reshape(-1, 2).T
    lon_b, lat_b = np.array(destinations, np.float64).reshape(-1, 2).T
    return np.asarray(GEOD.inv(lon_a, lat_a, lon_b, lat_b)[2], dtype=np.float64)
