"""
How likely each county is, given an area: people, empty ground, and how far to trust the edge.

A cell's border is not a wall. The area counts as three nested ones (its core, itself, its
surroundings), each with a weight; in each of them a county's part is its residents plus a thin
even layer of people who are not at home. The constants were fitted on drawn callers and
checked on others: docs/calibration.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dispatch.jurisdiction_places import LocalitiesPort
from geodata.points import LonLat
from geodata.shapes import Circle, Shape
from geodata.territories import AreaShares, combined
from geodata.uncertainty import MAX_REACH_M, Ring, outlines, reach_m, scaled

_VERTICES = 180
_NO_SHARE = 1e-9
# A county the area itself does not touch is named from this probability on.
_NAMED_FROM = 0.005


class TerritoriesPort(Protocol):
    """Exact shares of an area per county; `geodata.territories.Territories`."""

    def shares_of_circle(self, center: LonLat, radius_m: float) -> AreaShares:
        """Return the shares of a geodesic circle."""
        ...

    def shares_of_polygon(self, exterior: Ring, holes: Sequence[Ring] = (), /) -> AreaShares:
        """Return the shares of a polygon, EPSG:4326."""
        ...


class PopulationPort(LocalitiesPort, Protocol):
    """People living in an area, per county and locality; `geodata.population.Population`."""

    def persons_by_county(
        self, exterior: Ring, holes: Sequence[Ring] = (), /
    ) -> Mapping[str, float]:
        """Return persons by county code."""
        ...

    def persons_in_circle(self, center: LonLat, radius_m: float) -> Mapping[str, float]:
        """Return the same for a geodesic circle."""
        ...


@dataclass(frozen=True, slots=True)
class Layer:
    """
    One of the nested areas.

    `km2` is the ground and `persons` the residents by county code, `weight` its part in the
    answer.
    """

    weight: float
    km2: Mapping[str, float]
    persons: Mapping[str, float]


def ground_shares(shape: Shape, territories: TerritoriesPort, *, vertices: int) -> AreaShares:
    """Return how an area (not a point) falls to the counties, exactly."""
    if isinstance(shape, Circle):
        return territories.shares_of_circle(shape.center, shape.radius_m)
    rings = outlines(shape, vertices=vertices)
    shares = [territories.shares_of_polygon(*part) for part in rings]
    return shares[0] if len(shares) == 1 else combined(shares)


def nested_posterior(
    shape: Shape,
    own: AreaShares,
    territories: TerritoriesPort,
    population: PopulationPort,
    *,
    nested: Iterable[tuple[float, float]],
    people_away_per_km2: float,
) -> dict[str, float]:
    """
    Return the probability of each county, given that the caller is inside the country.

    Parameters
    ----------
    own
        The shares of `shape` itself. Where no county has any, the answer is empty.
    nested
        Pairs of a factor on the shape's dimensions and a weight.
    people_away_per_km2
        The even layer.
    """
    inside = _touched(own)
    if not inside:
        return {}
    wanted = [(f, w) for f, w in nested if reach_m(shape) * f <= MAX_REACH_M]
    widest = max((f for f, _ in wanted), default=1.0)
    around = ground_shares(scaled(shape, widest), territories, vertices=_VERTICES)
    if len(_touched(around)) == 1 and len(inside) == 1:
        return dict.fromkeys(inside, 1.0)
    layers = [
        _layer(scaled(shape, factor) if factor != 1.0 else shape, weight, territories, population)
        for factor, weight in wanted
    ]
    found = posterior(layers, people_away_per_km2=people_away_per_km2)
    kept = {c: p for c, p in found.items() if c in inside or p >= _NAMED_FROM}
    total = sum(kept.values())
    return {code: kept.get(code, 0.0) / total for code in sorted({*kept, *inside})}


def posterior(layers: Sequence[Layer], *, people_away_per_km2: float) -> dict[str, float]:
    """
    Mix the layers: ``P = sum of weight * (persons + away * km2) / all of the layer``.

    Sums to 1; empty when no layer touches a county.
    """
    found: dict[str, float] = {}
    for layer in layers:
        people = {
            code: layer.persons.get(code, 0.0) + people_away_per_km2 * ground
            for code, ground in layer.km2.items()
        }
        total = sum(people.values())
        for code, part in people.items():
            found[code] = found.get(code, 0.0) + layer.weight * part / total
    total = sum(found.values())
    return {code: part / total for code, part in found.items()}


def _layer(
    shape: Shape, weight: float, territories: TerritoriesPort, population: PopulationPort
) -> Layer:
    shares = ground_shares(shape, territories, vertices=_VERTICES)
    touched = _touched(shares)
    km2 = {code: share * shares.area_m2 * 1e-6 for code, share in touched.items()}
    if len(touched) < 2:
        return Layer(weight, km2, {})
    if isinstance(shape, Circle):
        return Layer(weight, km2, population.persons_in_circle(shape.center, shape.radius_m))
    persons: dict[str, float] = {}
    for rings in outlines(shape, vertices=_VERTICES):
        for code, people in population.persons_by_county(*rings).items():
            persons[code] = persons.get(code, 0.0) + people
    return Layer(weight, km2, persons)


def _touched(shares: AreaShares) -> dict[str, float]:
    return {code: share for code, share in shares.by_county.items() if share > _NO_SHARE}
