"""
Where in a city a piece of road lies: belts around the centre, in which streets are slower.

Class speeds and the hour are not enough: on rides in Bucharest the same class of street takes
twice its free flow near the centre and no more than it far out. A speed profile therefore
has a factor for each belt. Belts are given as distances from the centre of Bucharest; in
another big city they are scaled by the radius of its built-up ground, which is an
assumption until a refit on its own drives says more. Beyond the last belt, and everywhere
in the country, free flow stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.points import LonLat
from geodata.reference.codes import SECTORS
from geodata.roads.network import RoadNetwork, piece_middles
from geodata.roads.tags import FERRY
from geodata.roads.zones import CITY_PEOPLE, find_city, has_two_zones
from geodata.territories.localities import load_localities

BUCHAREST_CENTRE = LonLat(26.1025, 44.4355)
"""From where the belts of the measured rides are counted."""

BUCHAREST_KM2 = 240.0
"""Ground of the six sectors, nearly all of it built up; localities give none for a sector."""


@dataclass(frozen=True, slots=True)
class Belt:
    """
    Ground of a city up to `to_m` metres from its centre (as in Bucharest), outside inner belts.

    Free flow there is multiplied by `factor`; `drives` stand behind it.
    """

    to_m: float
    factor: float
    drives: int = 0


@dataclass(frozen=True, slots=True)
class _City:
    """Centre in EPSG:3844 (metres) and size of the built-up ground; Bucharest's is 1."""

    x: float
    y: float
    size: float


def find_belts(network: RoadNetwork, to_m: Sequence[float]) -> NDArray[np.int8]:
    """
    Return the number of the belt of each piece, by its middle.

    Parameters
    ----------
    network
        The roads.
    to_m
        Outer edges of the belts in Bucharest, metres, rising.

    Returns
    -------
    belts
        Shape (pieces,): 0 for the innermost, `len(to_m)` beyond all, for ferries and, on a
        network with two zones, in the country.
    """
    beyond = len(to_m)
    belts = np.full(network.piece_count, beyond, np.int8)
    lon, lat = piece_middles(network)
    x, y = project(lon, lat, WGS84, STEREO70)
    for city in _cities():
        # Only the box of the city is looked at: a country has a million pieces.
        reach = (max(to_m) if beyond else 0.0) * city.size
        near = np.flatnonzero((np.abs(x - city.x) <= reach) & (np.abs(y - city.y) <= reach))
        away_m = np.hypot(x[near] - city.x, y[near] - city.y) / city.size
        found = np.searchsorted(np.asarray(to_m), away_m, side="right").astype(np.int8)
        belts[near] = np.minimum(belts[near], found)
    inside = np.flatnonzero(belts < beyond)
    is_street = network.road_class[inside] != FERRY
    if has_two_zones(network.about):
        is_street &= find_city(network, inside)
    belts[inside[~is_street]] = beyond
    return belts


@lru_cache(maxsize=1)
def _cities() -> tuple[_City, ...]:
    """Bucharest first, then every other place with the traffic of a city."""
    others = [
        row
        for row in load_localities().all()
        if row.population >= CITY_PEOPLE and row.county not in SECTORS
    ]
    return (
        _city(BUCHAREST_CENTRE, 1.0),
        *(_city(row.place, float(np.sqrt(row.built_km2 / BUCHAREST_KM2))) for row in others),
    )


def _city(centre: LonLat, size: float) -> _City:
    x, y = project(np.array([centre.lon]), np.array([centre.lat]), WGS84, STEREO70)
    return _City(float(x[0]), float(y[0]), size)
