"""
How likely each county and locality is, given one or several areas of the same call.

Bayes over places: every place where a caller may be has a weight (residents, people near home,
people anywhere: `geodata.people.caller_cloud`), and every area a likelihood there, inside or
beyond its edge (`geodata.areas.likelihood`). Areas of one call multiply place by place, so
that the people in them count once. Checked on drawn callers: docs/calibration.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.location.civic_area import CIVIC_AREA
from dispatch.model import LocationReport
from geodata.areas.likelihood import (
    EdgeTrust,
    StatedArea,
    centre_of,
    core_m,
    likelihood,
    search_m,
    size_likelihood,
)
from geodata.areas.shapes import Shape
from geodata.people.caller_cloud import Places, joined_places
from geodata.people.population import Population
from geodata.reference.codes import CODES

Floats = NDArray[np.float64]

# A county that the area does not touch is named only from this probability on, or every
# answer would list counties far away.
_NAMED_FROM = 0.005


@dataclass(frozen=True, slots=True)
class Posterior:
    """
    How the caller's places fall to the counties, by code; empty where nobody can be.

    `places` and their `mass` are what it was summed from, `mass` as parts of 1.
    """

    counties: Mapping[str, float]
    places: Places
    mass: Floats

    def by_locality(self) -> dict[int, float]:
        """
        Return the probability of localities by index.

        They do not sum to 1: the rest is for callers who are not in any locality.
        """
        at_home = self.places.locality >= 0
        rows, of = np.unique(self.places.locality[at_home], return_inverse=True)
        sums = np.bincount(of, self.mass[at_home], minlength=len(rows))
        return {int(row): float(part) for row, part in zip(rows, sums, strict=True) if part > 0.0}


def stated_area(report: LocationReport, shape: Shape) -> StatedArea:
    """Return the area of a report: what a network states, or the ground of a named place."""
    is_named = report.format == "spoken" or any(w.code == CIVIC_AREA for w in report.warnings)
    return StatedArea(shape, report.confidence, report.pdf, is_named)


def posterior(
    areas: Sequence[StatedArea],
    population: Population,
    trust: EdgeTrust,
    *,
    by_place: bool = False,
) -> Posterior:
    """
    Weigh the places around the smallest of the areas by the likelihood of all of them.

    Parameters
    ----------
    areas
        At least one; of the same call, from independent measurements.
    by_place
        The localities are wanted too, even where there is one county only.
    """
    least = min(areas, key=lambda area: core_m(area.shape))
    # Each part of an area gets places of its own. Places spread over all parts together would
    # leave a small village without any.
    parts = [(part, share, _places_of(part, population, trust)) for part, share in least.parts()]
    places = joined_places([found for _, _, found in parts])
    county = places.county
    # The common case: all places lie in one county, whatever their weights. The two ends are
    # compared first because that is cheap and mostly tells.
    if len(county) and county[0] == county[-1] and (county == county[0]).all() and not by_place:
        return Posterior({CODES[county[0]]: 1.0}, places, np.zeros(len(county)))
    mass = places.weight * np.concatenate(
        [share * likelihood(part, p.lons, p.lats, trust) for part, share, p in parts]
    )
    for area in areas:
        if area is not least:
            mass *= likelihood(area, places.lons, places.lats, trust)
        # Networks build small cells where many people are, so the size of a cell says
        # something about the place too.
        mass *= size_likelihood(area, places.crowd, trust)
    total = float(mass.sum())
    if total <= 0.0:
        return Posterior({}, places, mass)
    mass /= total
    by_county = np.bincount(county, mass, minlength=len(CODES))
    counties = {CODES[i]: float(by_county[i]) for i in np.flatnonzero(by_county)}
    return Posterior(counties, places, mass)


def _places_of(area: StatedArea, population: Population, trust: EdgeTrust) -> Places:
    shape = area.shape
    return population.callers_near(
        centre_of(shape), core_m(shape), search_m(shape, area.trusted(trust))
    )


def named(found: Mapping[str, float], area: Mapping[str, float]) -> dict[str, float]:
    """
    Return the counties worth naming: those the area touches and those that are likely.

    Parameters
    ----------
    found
        Probabilities by county; where there are none, the shares of the ground serve.
    area
        Shares of the area's ground by county. Where it touches none, the answer is empty.
    """
    if not area:
        return {}
    kept = {c: p for c, p in found.items() if c in area or p >= _NAMED_FROM}
    total = sum(kept.values())
    if total <= 0.0:
        kept, total = dict(area), sum(area.values())
    return {code: kept.get(code, 0.0) / total for code in sorted({*kept, *area})}
