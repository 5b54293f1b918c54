"""
The 47 jurisdictions of the child-protection directorates: 41 counties and 6 sectors.

Names, seats, people, neighbours and ground, all EPSG:4326. Who owns a place is a
compiled grid lookup (under a microsecond); areas are the business of `territories`.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.reference import files
from geodata.reference.borders import OUTSIDE, build_area, lines_by_code, read_borders
from geodata.reference.codes import CODES
from geodata.said import said
from geodata.territories.shares import load_territories


@dataclass(frozen=True, slots=True)
class County:
    """
    One jurisdiction.

    `kind` is `county` or `sector`; `seat` is the county seat or the sector's centre (a
    label point, not an office door). `population` is resident, census 2021; `neighbours`
    share a border line.
    """

    code: str
    name: str
    kind: str
    seat: LonLat
    population: int
    area_km2: float
    neighbours: tuple[str, ...]


class Counties:
    """The jurisdictions by code and by place."""

    def __init__(self, by_code: dict[str, County]) -> None:
        self._by_code = by_code
        self.codes = tuple(by_code)
        self._geometries: dict[str, shapely.Geometry] = {}

    def get(self, code: str) -> County:
        """
        Return one jurisdiction.

        Raises
        ------
        BadInputError
            `unknown_county`: not one of the 47 codes.
        """
        try:
            return self._by_code[code]
        except KeyError:
            raise BadInputError(
                "unknown_county",
                said("no jurisdiction has the code {code!r}", code=code),
                said("codes are AB to VN for counties and B1 to B6 for the sectors of Bucharest"),
            ) from None

    def find_at(self, place: LonLat) -> str | None:
        """Return the code of the jurisdiction a place lies in, None outside the country."""
        index = self.find_many(place.lon, place.lat)[0]
        return None if index < 0 else self.codes[index]

    def find_many(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int16]:
        """Return the index into `codes` for each place, -1 outside the country."""
        return load_territories().find_many(lons, lats)

    def geometry(self, code: str) -> shapely.Geometry:
        """Return a jurisdiction's polygon, EPSG:4326; enclaves are holes."""
        self.get(code)
        if not self._geometries:
            lines = lines_by_code((b.left, b.right, b.lonlat) for b in read_borders())
            self._geometries = {c: build_area(lines[c]) for c in self.codes}
        return self._geometries[code]


@lru_cache(maxsize=1)
def load_counties() -> Counties:
    """
    Read the 47 jurisdictions, once per process.

    Examples
    --------
    >>> counties = load_counties()
    >>> counties.get("CJ").name
    'Cluj'
    >>> counties.find_at(LonLat(23.59, 46.77))
    'CJ'

    A place in the Black Sea is no county's:

    >>> counties.find_at(LonLat(29.5, 44.0)) is None
    True
    """
    neighbours = _neighbours()
    rows = {row["code"]: row for row in files.read_rows(files.COUNTIES)}
    return Counties({code: _county(rows[code], neighbours[code]) for code in CODES})


def _neighbours() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for border in read_borders():
        found[border.left].add(border.right)
        found[border.right].add(border.left)
    return {code: tuple(sorted(found[code] - {OUTSIDE})) for code in CODES}


def _county(row: dict[str, str], neighbours: tuple[str, ...]) -> County:
    return County(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        seat=LonLat(float(row["lon"]), float(row["lat"])),
        population=int(row["population"]),
        area_km2=float(row["area_km2"]),
        neighbours=neighbours,
    )
