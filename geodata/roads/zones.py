"""
Where the hour of the day slows traffic: inside the big cities, and there alone.

The factors of the hour were measured in Bucharest. They say nothing of a county road at
noon, so each piece of road lies in one of two zones: *city* (the six sectors, and the
built-up ground of every other place with `CITY_PEOPLE` residents or more), where free flow
is divided by the factor, and *country*, towns and villages included, where a drive takes
the limit times `COUNTRY_SHARE` at every hour. `about["speeds"]` says
which networks have the two zones; the bundled one is the ground of the measured rides
and is city throughout. See `docs/decisions/0006-city-and-country-speeds.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.reference.codes import CODES, SECTORS
from geodata.roads.network import FAR, Floats, Int32s, RoadNetwork, piece_middles
from geodata.roads.tags import FERRY
from geodata.territories.localities import load_localities
from geodata.territories.shares import load_territories

ROMANIA = "romania"
"""Value of `about["speeds"]` of a network with two zones."""

CITY_PEOPLE = 100_000.0
"""Residents (2021) from which a place has the traffic of a city: Bucharest and 19 others."""

COUNTRY_SHARE = 0.78
"""
Driven speed / limit outside the big cities: 90 gives 70 km/h, what an estimate without a
road assumes too. An assumption; no ride has checked it.
"""


def has_two_zones(about: Mapping[str, Any]) -> bool:
    """Whether what is known about a network says that its times depend on hour and zone."""
    return about.get("speeds") == ROMANIA


def find_country_shares(network: RoadNetwork) -> Floats | None:
    """
    Driven speed / limit of each piece in the country, 0 in a city; None: all is city.

    A ferry keeps the time it has.
    """
    if not has_two_zones(network.about):
        return None
    country = np.where(network.road_class == FERRY, 1.0, COUNTRY_SHARE)
    return np.where(find_city(network), 0.0, country)


@dataclass(frozen=True)
class Country:
    """`find_country_shares` of a network with two zones; found when first needed."""

    network: RoadNetwork

    @cached_property
    def shares(self) -> Floats:
        """Driven speed / limit of each piece in the country, 0 in a city."""
        shares = find_country_shares(self.network)
        return np.zeros(self.network.piece_count) if shares is None else shares


def find_country(network: RoadNetwork) -> Country | None:
    """Return the country of a network with two zones; None: all is city."""
    return Country(network) if has_two_zones(network.about) else None


def find_city(network: RoadNetwork, pieces: NDArray[np.int64] | None = None) -> NDArray[np.bool_]:
    """Tell for each piece (of `pieces`, or all) whether its middle is in a big city; no ferry."""
    lon, lat = piece_middles(network, pieces)
    sectors = [CODES.index(code) for code in SECTORS]
    inside = np.isin(load_territories().find_many(lon, lat), sectors)
    x, y = project(lon, lat, WGS84, EQUAL_AREA)
    for at_x, at_y, radius in _city_discs():
        inside |= (x - at_x) ** 2 + (y - at_y) ** 2 <= radius**2
    classes = network.road_class if pieces is None else network.road_class[pieces]
    return np.asarray(inside & (classes != FERRY))


@lru_cache(maxsize=1)
def _city_discs() -> tuple[tuple[float, float, float], ...]:
    """Built-up ground of the cities other than Bucharest as discs in EPSG:3035, metres."""
    rows = [
        row
        for row in load_localities().all()
        if row.population >= CITY_PEOPLE and row.county not in SECTORS
    ]
    if not rows:
        return ()
    lon, lat = np.array([row.place for row in rows]).T
    x, y = project(lon, lat, WGS84, EQUAL_AREA)
    radius = np.sqrt(np.array([row.built_km2 for row in rows]) * 1e6 / np.pi)
    return tuple(zip(x.tolist(), y.tolist(), radius.tolist(), strict=True))


def scale_to_hour(weights_ms: Int32s, shares: Floats, factor: float) -> Int32s:
    """
    Return weights whose sum, divided by the factor of the hour, is real time in both zones.

    `shares` is what `find_country_shares` returned: city pieces keep their free flow,
    country ones are scaled so that the division leaves limit time / share. Barred arcs
    stay barred.
    """
    return scale_arcs(weights_ms, np.repeat(shares, 2), factor)


def rescale_to_hour(
    hour_ms: Int32s, free_ms: tuple[Int32s, Int32s], shares: Floats, factor: float
) -> Int32s:
    """
    Return what `scale_to_hour` gives for the second of two weights; `hour_ms` is the first's.

    Computed only where the two differ, so that a closed road costs no pass over all arcs.
    """
    before, after = free_ms
    arcs = np.flatnonzero(before != after)
    changed = hour_ms.copy()
    changed[arcs] = scale_arcs(after[arcs], shares[arcs // 2], factor)
    return changed


def scale_arcs(weights_ms: Int32s, shares: Floats, factor: float) -> Int32s:
    """Do the same for some arcs, each with the share of its own piece."""
    # A share of 0 marks a city piece, whose free flow stays: its ratio is 1.
    ratio = np.divide(factor, shares, out=np.ones_like(shares), where=shares > 0)
    scaled = np.clip(np.rint(weights_ms * ratio), 1, FAR - 1).astype(np.int32)
    return np.where(weights_ms < FAR, scaled, weights_ms)
