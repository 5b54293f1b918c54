"""
Does the answer to the question settle the county? The caller's answer is drawn from its place.

A caller in Bucharest names its sector, another one the nearest town or village, which near a
border may be one of the neighbouring county. Three in ten do not know where they are on a road,
in a field or in Bucharest, one in ten in a locality. Who names a locality that the question does
not list is the hard case: only what is not listed is left for each county.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.calibration_truth import Calls
from dispatch.ground import Ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.jurisdiction.places import Asked, likely_places, what_to_ask
from dispatch.jurisdiction.policy import JurisdictionPolicy
from dispatch.model import CountyAssignment, LikelyPlace
from geodata.areas.likelihood import StatedArea
from geodata.crs import distance_m
from geodata.points import LonLat
from geodata.reference.codes import CODES, SECTORS
from geodata.territories.localities import Localities, Locality

_UNSURE, _UNSURE_AWAY = 0.1, 0.3
_HOME_M = 1_000.0
_COUNTY_ONLY = JurisdictionPolicy(names_places=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """
    Of the calls that ask: how often the owner was right before and after the answer.

    `listed` is how often the answer was one that the question names, `unknown` how often there
    was none, `right_listed` how often the owner is right when it was.
    """

    calls: int
    before: float
    after: float
    listed: float
    unknown: float
    right_listed: float


def ask_callers(calls: Calls, count: int, ground: Ground, seed: int = 1) -> Asking:
    """Ask those of the first calls whose county is ambiguous."""
    random, localities = np.random.default_rng(seed), ground.localities
    before, after, listed, unknown = [], [], [], []
    for i in range(count):
        report = calls.reports[i]
        _, assignment = locate(report, ground, policy=_COUNTY_ONLY)
        if not assignment.ambiguous or report.shape is None:
            continue
        stated = StatedArea(report.shape, report.confidence, report.pdf)
        trust = _COUNTY_ONLY.trust
        places = likely_places(stated, assignment, ground.population, localities, trust)
        asked = what_to_ask(stated.shape, assignment, places, localities)
        said = _said(calls, i, localities, random)
        owner = assignment.owner if said is None else after_answer(assignment, asked, places, said)
        truth = CODES[calls.counties[i]]
        before.append(assignment.owner == truth)
        after.append(owner == truth)
        listed.append(said is not None and bool(_counties_of(asked, said)))
        unknown.append(said is None)
    right = np.array(after)[np.array(listed)]
    means = [float(np.mean(v)) for v in (before, after, listed, unknown)]
    return Asking(len(before), *means, float(right.mean()))


def _said(
    calls: Calls, i: int, localities: Localities, random: np.random.Generator
) -> Locality | None:
    place = LonLat(float(calls.lons[i]), float(calls.lats[i]))
    code = CODES[calls.counties[i]]
    draw = random.random()
    if code in SECTORS:
        own = next(row for row in localities.all() if row.county == code)
        return None if draw < _UNSURE_AWAY else own
    row, _ = localities.nearest(place, 1)[0]
    home = 1000.0 * np.sqrt(row.built_km2 / np.pi) + _HOME_M
    away = distance_m(*place, *row.place) > home
    return None if draw < (_UNSURE_AWAY if away else _UNSURE) else row


def _counties_of(asked: Asked, said: Locality) -> list[str]:
    if said.county in SECTORS:
        return [said.county] if said.county in asked.counties else []
    return [code for code, names in asked.named.items() if said.name in names]


def after_answer(
    assignment: CountyAssignment, asked: Asked, places: tuple[LikelyPlace, ...], said: Locality
) -> str | None:
    """Return the owner when the caller has named a locality: as listed, or what is left."""
    chances = {share.code: share.population_share for share in assignment.counties}
    listed = _counties_of(asked, said)
    if listed:
        return max(listed, key=lambda code: chances.get(code, 0.0))
    for place in places:
        if place.name in asked.named.get(place.county, ()):
            chances[place.county] = chances.get(place.county, 0.0) - (place.probability or 0.0)
    return max(chances, key=lambda code: chances[code], default=None)
