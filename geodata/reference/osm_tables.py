"""Rows of the localities table from the places of a map."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.reference.build.names import with_commas
from geodata.reference.osm_reader import AdminArea, Place

Row = dict[str, object]


def localities(
    places: list[Place], grounds: Mapping[str, AdminArea], communes: list[AdminArea]
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
        people = people_of(place.tags)
        siruta = _siruta(place)
        counts["without_population"] += people is None
        counts["without_siruta"] += siruta < 0
        name = with_commas(place.tags.get("name", ""))
        rows[siruta] = {
            "siruta": siruta,
            "name": name,
            "uat": with_commas(ranked[in_commune].name) if in_commune >= 0 else name,
            "county": codes[in_county],
            "lon": f"{place.lon:.5f}",
            "lat": f"{place.lat:.5f}",
            "population": f"{people or 0:.1f}",
            "built_km2": "0.000",
        }
    return [rows[key] for key in sorted(rows)], counts


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
