"""
The 13,746 localities of the SIRUTA register and the 6 sectors of Bucharest.

Where each is, in which county, and how many people live there (estimate of the
resident population 2021 that adds up to the census of every county).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from geodata.crs import distance_m
from geodata.points import LonLat
from geodata.reference import files

# A degree of longitude at the equator in degrees of latitude at 46°, by the ellipsoid's radii.
_EAST_PER_NORTH = 1.0033


@dataclass(frozen=True, slots=True)
class Locality:
    """A town, village or sector: SIRUTA code, commune or town (`uat`), county code, people."""

    siruta: int
    name: str
    uat: str
    county: str
    place: LonLat
    population: float
    built_km2: float = 0.0

    @property
    def label(self) -> str:
        """The name with what tells it from its namesakes: commune and county code."""
        inside = "" if self.uat in {self.name, "București"} else f"{self.uat}, "
        return f"{self.name} ({inside}{self.county})"


class Localities:
    """All localities, sorted by SIRUTA code, with the nearest to a place."""

    def __init__(self, rows: Sequence[Locality]) -> None:
        self._rows = tuple(rows)
        self._by_siruta = {row.siruta: row for row in rows}

    @cached_property
    def _label_points(self) -> NDArray[np.float64]:
        """Longitudes and latitudes, degrees."""
        return np.array([row.place for row in self._rows]).T

    def all(self) -> Sequence[Locality]:
        """Return every locality, and the sectors, sorted by SIRUTA code."""
        return self._rows

    def get(self, siruta: int) -> Locality | None:
        """Return the locality with this SIRUTA code, None if there is none."""
        return self._by_siruta.get(siruta)

    def nearest(self, place: LonLat, count: int = 5) -> list[tuple[Locality, float]]:
        """Return the localities whose label points are nearest, with the distance in metres."""
        # Distances on the plane are right to 0.1 % out to 200 km: a few more candidates keep the
        # order exact. All are compared, which takes less than a millisecond.
        wanted = min(count + 8, len(self._rows))
        lons, lats = self._label_points
        east = (lons - place.lon) * np.cos(np.radians((lats + place.lat) / 2.0)) * _EAST_PER_NORTH
        found = np.argpartition(east**2 + (lats - place.lat) ** 2, wanted - 1)[:wanted]
        rows = [self._rows[i] for i in found]
        ranked = ((row, distance_m(*place, *row.place)) for row in rows)
        return sorted(ranked, key=lambda pair: (pair[1], pair[0].siruta))[:count]


@lru_cache(maxsize=1)
def load_localities() -> Localities:
    """Read the localities, once per process."""
    return Localities([_locality(row) for row in files.read_rows(files.LOCALITIES)])


def _locality(row: dict[str, str]) -> Locality:
    return Locality(
        siruta=int(row["siruta"]),
        name=row["name"],
        uat=row["uat"],
        county=row["county"],
        place=LonLat(float(row["lon"]), float(row["lat"])),
        population=float(row["population"]),
        built_km2=float(row["built_km2"]),
    )
