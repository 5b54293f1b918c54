"""
The 13,746 localities of the SIRUTA register and the 6 sectors of Bucharest.

Where each is, in which county, and how many people live there (estimate of the
resident population 2021 that adds up to the census of every county).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

from geodata.crs import STEREO70, WGS84, distance_m, project
from geodata.points import LonLat
from geodata.reference import files


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
        self._tree = cKDTree(_metres([r.place.lon for r in rows], [r.place.lat for r in rows]))

    def all(self) -> Sequence[Locality]:
        """Return every locality, and the sectors, sorted by SIRUTA code."""
        return self._rows

    def get(self, siruta: int) -> Locality | None:
        """Return the locality with this SIRUTA code, None if there is none."""
        return self._by_siruta.get(siruta)

    def nearest(self, place: LonLat, count: int = 5) -> list[tuple[Locality, float]]:
        """Return the localities whose label points are nearest, with the distance in metres."""
        # Stereo 70 bends distances by 0.1 %: a few more candidates keep the order exact.
        wanted = min(count + 8, len(self._rows))
        _, found = self._tree.query(_metres([place.lon], [place.lat])[0], k=wanted)
        rows = [self._rows[i] for i in np.atleast_1d(found)]
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


def _metres(lons: Sequence[float], lats: Sequence[float]) -> np.ndarray[tuple[int, int]]:
    return np.column_stack(project(np.asarray(lons), np.asarray(lats), WGS84, STEREO70))
