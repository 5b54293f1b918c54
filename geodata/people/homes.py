"""
Where people live as weighted points, for questions about everybody at once.

The same ground as `geodata.people.population`: a locality is a disc of its built area around
its label point, cut at the border of its own county, a sector of Bucharest its whole
territory. One point stands for at most `PEOPLE_PER_POINT` residents; a locality's points
are the same ones every time and carry its people exactly. EPSG:4326.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.reference.codes import CODES, SECTORS
from geodata.territories.localities import Localities, Locality, load_localities
from geodata.territories.shares import Territories, load_territories

PEOPLE_PER_POINT = 250.0
"""Two or three streets of a town; a village has a handful of points."""

Floats = NDArray[np.float64]

# A hamlet whose built area was not measured is given a hectare.
_LEAST_BUILT_KM2 = 0.01
# Steps of the R2 sequence (M. Roberts, 2018), an even spread of any length.
_R2 = np.array([0.7548776662466927, 0.5698402909980532])


@dataclass(frozen=True, slots=True)
class Homes:
    """Points with the residents each stands for; `county` is the index of a code in `CODES`."""

    lon: Floats
    lat: Floats
    persons: Floats
    county: NDArray[np.int16]

    def persons_by_county(self, chosen: NDArray[np.bool_]) -> dict[str, float]:
        """Return the residents at the chosen points by county code; only counties with any."""
        people = np.bincount(
            self.county[chosen], weights=self.persons[chosen], minlength=len(CODES)
        )
        return {CODES[i]: float(people[i]) for i in np.flatnonzero(people > 0.0)}


def spread_homes(localities: Localities, territories: Territories) -> Homes:
    """Lay points for all residents on the ground."""
    villages = [row for row in localities.all() if row.county not in SECTORS]
    sectors = [row for row in localities.all() if row.county in SECTORS]
    parts = [_in_villages(villages, territories)]
    parts += [_in_sector(row, territories) for row in sectors]
    lon, lat, persons, county = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Homes(lon, lat, persons, county.astype(np.int16))


@lru_cache(maxsize=1)
def load_homes() -> Homes:
    """Spread the residents of the reference data, once per process."""
    return spread_homes(load_localities(), load_territories())


Columns = tuple[Floats, Floats, Floats, NDArray[np.int64]]


def _in_villages(rows: list[Locality], territories: Territories) -> Columns:
    people = np.array([row.population for row in rows])
    label_lon, label_lat = np.array([row.place for row in rows]).T
    own = np.array([CODES.index(row.county) for row in rows])
    built_m2 = np.array([max(row.built_km2, _LEAST_BUILT_KM2) for row in rows]) * 1e6
    count = np.maximum(1, np.ceil(people / PEOPLE_PER_POINT)).astype(np.int64)
    row = np.repeat(np.arange(len(rows)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    x, y = project(label_lon, label_lat, WGS84, EQUAL_AREA)
    across, up = _in_disc(nth, count[row])
    radius = np.sqrt(built_m2 / np.pi)[row]
    lon, lat = project(x[row] + radius * across, y[row] + radius * up, EQUAL_AREA, WGS84)
    stray = territories.find_many(lon, lat) != own[row]
    # Points that would lie in another county go back to the label point, so that every county
    # keeps its people.
    lon[stray], lat[stray] = label_lon[row][stray], label_lat[row][stray]
    return lon, lat, (people / count)[row], own[row]


def _in_disc(nth: NDArray[np.int64], count: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return point number `nth` of `count` in a disc of radius 1; one alone is its centre."""
    radius = np.where(count > 1, np.sqrt((nth + 0.5) / count), 0.0)
    # Turning by the golden angle puts points with neighbouring numbers far apart.
    angle = nth * np.pi * (3.0 - np.sqrt(5.0))
    return radius * np.cos(angle), radius * np.sin(angle)


def _in_sector(row: Locality, territories: Territories) -> Columns:
    code = CODES.index(row.county)
    ground = territories.polygons[code]
    shapely.prepare(ground)
    wanted = max(1, int(np.ceil(row.population / PEOPLE_PER_POINT)))
    west, south, east, north = ground.bounds
    tries = int(2 * wanted * (east - west) * (north - south) / ground.area) + 16
    spread = (0.5 + np.arange(1, tries + 1)[:, None] * _R2) % 1.0
    places = np.array([west, south]) + spread * np.array([east - west, north - south])
    places = places[shapely.contains_xy(ground, places[:, 0], places[:, 1])][:wanted]
    lon, lat = project(places[:, 0], places[:, 1], EQUAL_AREA, WGS84)
    count = len(places)
    return lon, lat, np.full(count, row.population / count), np.full(count, code)
