"""
Rows of the localities table from the places of a map.

What a map does not know is taken over from the bundled register by its code: the built-up
area, and the people where no `population` is tagged. Bucharest counts by sector, so the
settlements inside the sectors are left out and each sector is a row of its own.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.reference import files
from geodata.reference.build.names import with_commas
from geodata.reference.build.osm_reader import AdminArea, Place
from geodata.reference.codes import SECTORS

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of the bundled register: localities by code, sectors by county code."""

    by_siruta: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    sectors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def bundled(cls) -> Self:
        """Read the register that ships with the project."""
        rows = files.read_rows(files.LOCALITIES)
        return cls(
            {int(row["siruta"]): row for row in rows},
            {row["county"]: row for row in rows if row["county"] in SECTORS},
        )


def localities(
    places: list[Place],
    grounds: Mapping[str, AdminArea],
    communes: list[AdminArea],
    known: Known,
) -> tuple[list[Row], Counter[str]]:
    """Rows sorted by register code, and what is missing from the places."""
    points = shapely.points([(p.lon, p.lat) for p in places]) if places else np.array([])
    codes, counts = list(grounds), Counter[str]()
    county = _containing([a.ground for a in grounds.values()], points)
    ranked = sorted(communes, key=lambda a: (-a.level, -a.osm_id))
    commune = _containing([a.ground for a in ranked], points)
    rows: dict[int, Row] = {}
    for place, in_county, in_commune in zip(places, county, commune, strict=True):
        if in_county < 0:
            counts["outside"] += 1
            continue
        if codes[in_county] in known.sectors:
            counts["in_sectors"] += 1
            continue
        uat = with_commas(ranked[in_commune].name) if in_commune >= 0 else None
        row = _row(place, codes[in_county], uat, known, counts)
        siruta = int(str(row["siruta"]))
        if siruta in rows:
            counts["there_twice"] += 1
            if float(str(rows[siruta]["population"])) >= float(str(row["population"])):
                continue
        rows[siruta] = row
    return [rows[key] for key in sorted(rows)], counts


def _row(place: Place, county: str, uat: str | None, known: Known, counts: Counter[str]) -> Row:
    siruta, people = _siruta(place), people_of(place.tags)
    counts["without_siruta"] += siruta < 0
    bundled = known.by_siruta.get(siruta, {})
    if people is None and "population" in bundled:
        counts["people_from_bundled"] += 1
    elif people is None:
        counts["without_population"] += 1
    name = with_commas(place.tags.get("name", ""))
    number = float(bundled.get("population", 0)) if people is None else people
    return {
        "siruta": siruta,
        "name": name,
        "uat": uat or name,
        "county": county,
        "lon": f"{place.lon:.5f}",
        "lat": f"{place.lat:.5f}",
        "population": f"{number:.1f}",
        "built_km2": bundled.get("built_km2", "0.000"),
    }


def sector_rows(grounds: Mapping[str, AdminArea], known: Known) -> list[Row]:
    """One row for each sector of Bucharest: the people its area is tagged with, else known."""
    rows: list[Row] = []
    for code, row in sorted(known.sectors.items()):
        if code in grounds:
            people = people_of(grounds[code].tags)
            number = row["population"] if people is None else f"{people:.1f}"
            rows.append({**row, "siruta": int(row["siruta"]), "population": number})
    return rows


def _containing(grounds: list[BaseGeometry], points: "np.ndarray[Any, Any]") -> list[int]:
    """Index of the last ground around each point, -1 where there is none."""
    found = np.full(len(points), -1)
    if len(points) and grounds:
        point, ground = shapely.STRtree(grounds).query(points, predicate="intersects")
        np.maximum.at(found, point, ground)
    whole: list[int] = found.tolist()
    return whole


def people_of(tags: Mapping[str, str]) -> int | None:
    """Return the number of people a `population` tag gives, None where it is no number."""
    digits = re.sub(r"[\s.,'\u00a0]", "", tags.get("population", ""))
    return int(digits) if digits.isdecimal() else None


def _siruta(place: Place) -> int:
    text = place.tags.get("siruta:code", "")
    return int(text) if text.isdecimal() else -place.osm_id
