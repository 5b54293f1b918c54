"""
In which localities the caller may be, in whose commune, and which of them to ask about.

The people living in an area share the probability of its county; the rest of it is for
callers who are on a road or in a field and so in no locality.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

from dispatch.model import CountyAssignment, LikelyPlace
from geodata.crs import distance_m
from geodata.localities import Localities, Locality
from geodata.points import LonLat
from geodata.shapes import Point, Shape
from geodata.uncertainty import Ring, area_m2, centroid, outlines

_VERTICES = 180
_MOST_PLACES = 8
_NEAREST = 3
_NAMED_FROM = 0.005
_NAMED_PER_COUNTY = 3


class LocalitiesPort(Protocol):
    """Localities of an area with their residents; `geodata.population.Population`."""

    def localities_in(
        self, exterior: Ring, holes: Sequence[Ring] = (), /
    ) -> list[tuple[Locality, float]]:
        """Return the localities an area covers, with the residents inside it."""
        ...


def likely_places(
    shape: Shape,
    assignment: CountyAssignment,
    population: LocalitiesPort,
    localities: Localities,
    *,
    people_away_per_km2: float,
) -> tuple[LikelyPlace, ...]:
    """
    Return every locality with at least 0.5 %, the likeliest first, else the three nearest.

    A point has no area and no probabilities: its three nearest localities.
    """
    middle = centroid(shape)
    found = [] if isinstance(shape, Point) else _inside(shape, assignment, population, middle)
    if not found:
        nearest = localities.nearest(middle, _NEAREST)
        return tuple(_place(row, None, away) for row, away in nearest)
    away = people_away_per_km2 * area_m2(shape) * 1e-6
    ground = {share.code: share.area_share for share in assignment.counties}
    people: dict[str, float] = {}
    for row, persons, _ in found:
        people[row.county] = people.get(row.county, 0.0) + persons
    chance = {share.code: share.population_share for share in assignment.counties}
    places = [
        _place(
            row,
            chance.get(row.county, 0.0)
            * persons
            / (people[row.county] + away * ground.get(row.county, 0.0)),
            distance,
        )
        for row, persons, distance in found
    ]
    named = [place for place in places if (place.probability or 0.0) >= _NAMED_FROM]
    return tuple(sorted(named, key=lambda p: (-(p.probability or 0.0), p.siruta)))


def _inside(
    shape: Shape, assignment: CountyAssignment, population: LocalitiesPort, middle: LonLat
) -> list[tuple[Locality, float, float]]:
    if not assignment.counties:
        return []
    persons_in: dict[Locality, float] = {}
    for rings in outlines(shape, vertices=_VERTICES):
        for row, persons in population.localities_in(*rings):
            persons_in[row] = persons_in.get(row, 0.0) + persons
    rows = persons_in.items()
    return [(row, persons, distance_m(*middle, *row.place)) for row, persons in rows]


def _place(row: Locality, probability: float | None, away_m: float) -> LikelyPlace:
    return LikelyPlace(row.siruta, row.name, row.uat, row.county, probability, away_m)


def likeliest(places: Sequence[LikelyPlace]) -> tuple[LikelyPlace, ...]:
    """Return those that are shown."""
    return tuple(places[:_MOST_PLACES])


def commune_of(places: Sequence[LikelyPlace]) -> tuple[str, str, float | None] | None:
    """Return the likeliest commune or town: its name, county code and probability."""
    if not places:
        return None
    if places[0].probability is None:
        return places[0].uat, places[0].county, None
    found: dict[tuple[str, str], float] = {}
    for place in places:
        key = (place.uat, place.county)
        found[key] = found.get(key, 0.0) + (place.probability or 0.0)
    (uat, county), chance = max(found.items(), key=lambda item: (item[1], item[0]))
    return uat, county, min(1.0, chance)


# ── what to ask ───────────────────────────────────────────────────────────────
def names_by_county(places: Sequence[LikelyPlace]) -> dict[str, list[str]]:
    """Return up to three localities of each county, the likeliest first."""
    named: dict[str, list[str]] = {}
    for place in places:
        names = named.setdefault(place.county, [])
        if place.name not in names and len(names) < _NAMED_PER_COUNTY:
            names.append(place.name)
    return named


def best_closed_question(
    counties: Mapping[str, float], places: Sequence[LikelyPlace]
) -> tuple[LikelyPlace, float] | None:
    """
    Return the locality whose "are you in …?" tells most about the county, and its gain.

    The gain is the part of the uncertainty about the county (entropy) that the answer yes or
    no is expected to remove, 0 to 1; None where there is nothing to learn or to ask about.
    """
    now = _entropy(counties)
    asked = [place for place in places if place.probability]
    if now <= 0.0 or not asked:
        return None
    gains = [(place, 1.0 - _expected_after(counties, place) / now) for place in asked]
    return max(gains, key=lambda pair: pair[1])


def _expected_after(counties: Mapping[str, float], place: LikelyPlace) -> float:
    """Entropy after the answer; a yes leaves none, a no takes the place out of its county."""
    yes = place.probability or 0.0
    left = dict(counties)
    left[place.county] = max(0.0, left.get(place.county, 0.0) - yes)
    return (1.0 - yes) * _entropy(left)


def _entropy(counties: Mapping[str, float]) -> float:
    total = sum(counties.values())
    parts = [value / total for value in counties.values() if value > 0.0] if total > 0.0 else []
    return -sum(part * math.log(part) for part in parts)
