"""
In which localities the caller may be, in whose commune, and which of them to ask about.

The people living in an area share the probability of its county; the rest of it is for
callers who are on a road or in a field and so in no locality.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.jurisdiction.density import posterior
from dispatch.jurisdiction.hints import settling_places
from dispatch.model import CountyAssignment, LikelyPlace
from geodata.areas.likelihood import EdgeTrust, StatedArea
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import centroid
from geodata.crs import distance_m
from geodata.people.population import Population
from geodata.territories.localities import Localities, Locality

_MOST_PLACES = 8
_NEAREST = 3
_NAMED_FROM = 0.005
_NAMED_PER_COUNTY = 3
_NAMED_COUNTIES = 3


def likely_places(
    stated: StatedArea,
    assignment: CountyAssignment,
    population: Population,
    localities: Localities,
    trust: EdgeTrust,
) -> tuple[LikelyPlace, ...]:
    """
    Return every locality with at least 0.5 %, the likeliest first, else the three nearest.

    A locality gets its part of its county's probability; the rest of a county's probability is
    for callers on a road or in a field. A point has no area, so nothing can be said about
    probabilities: its three nearest localities are returned.
    """
    shape = stated.shape
    middle = centroid(shape)
    nearest = localities.nearest(middle, _NEAREST)
    if isinstance(shape, Point) or not assignment.counties:
        return tuple(_place(row, None, away) for row, away in nearest)
    found = posterior([stated], population, trust, by_place=True)
    chance = {share.code: share.population_share for share in assignment.counties}
    places = []
    for index, part in found.by_locality().items():
        row = population.locality(index)
        probability = chance.get(row.county, 0.0) * part / found.counties[row.county]
        if probability >= _NAMED_FROM:
            places.append(_place(row, probability, distance_m(*middle, *row.place)))
    if not places:
        return tuple(_place(row, None, away) for row, away in nearest)
    return tuple(sorted(places, key=lambda p: (-(p.probability or 0.0), p.siruta)))


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
@dataclass(frozen=True, slots=True)
class Asked:
    """
    What to ask an ambiguous call.

    `named` are the localities that settle it, by county code; `counties` those they decide
    between; `first` is the locality to ask about with yes or no before, if one is worth it.
    """

    counties: tuple[str, ...]
    named: Mapping[str, Sequence[str]]
    first: str | None


def what_to_ask(
    shape: Shape,
    assignment: CountyAssignment,
    places: Sequence[LikelyPlace],
    localities: Localities | None,
    *,
    closed_from: float = 1.0,
) -> Asked:
    """
    Choose the localities whose name settles the county.

    Parameters
    ----------
    closed_from
        A yes-or-no question comes first from this gain on (`best_closed_question`).
    """
    named = settling_places(shape, assignment, localities) | names_by_county(places)
    chances = {share.code: share.population_share for share in assignment.counties}
    closed = best_closed_question(chances, places)
    first = closed[0].name if closed and closed[1] >= closed_from else None
    return Asked(tuple(share.code for share in assignment.counties[:_NAMED_COUNTIES]), named, first)


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
    """Entropy expected after the answer: none after a yes; a no takes the place off its county."""
    yes = place.probability or 0.0
    left = dict(counties)
    left[place.county] = max(0.0, left.get(place.county, 0.0) - yes)
    return (1.0 - yes) * _entropy(left)


def _entropy(counties: Mapping[str, float]) -> float:
    total = sum(counties.values())
    parts = [value / total for value in counties.values() if value > 0.0] if total > 0.0 else []
    return -sum(part * math.log(part) for part in parts)
