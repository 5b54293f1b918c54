"""
In which counties an area lies, and how likely each of them is; decides nothing.

Seafronts, piers, ferries and river banks lie outside every county's border: what is wholly
outside, in a strip along the coast or the border, belongs to the counties beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.ground import Ground
from dispatch.jurisdiction.density import named, posterior
from dispatch.jurisdiction.policy import JurisdictionPolicy
from geodata.areas.likelihood import StatedArea
from geodata.areas.shapes import Circle, Point, Shape
from geodata.areas.uncertainty import centroid, outlines, reach_m
from geodata.crs import distance_m
from geodata.points import LonLat
from geodata.territories.shares import AreaShares, Territories, combined

_Near = Mapping[str, float]

_VERTICES = 360
# Every border lies within 420 km of this place. What is far beyond is not worth an overlay,
# and must not reach it: outlines near a pole or the antimeridian mean nothing in a plane.
_COUNTRY_CENTER = LonLat(25.0, 45.9)
_COUNTRY_REACH_M = 700_000.0
_NO_SHARE = 1e-9
# East of this meridian and between these parallels, what is in no county is the Black Sea.
_SEA_FROM_LON, _SEA_LATS = 28.5, (43.74, 45.17)
# How far off a bare point may be, in parts of the tolerance: by maps, or by the phone. Each
# counts alike, so that what is close by counts most.
_POINT_ERRORS = (0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class GroundShares:
    """
    What the ground says about one area; `decided_by` where the policy does not.

    `tolerance_m` is how wide the strip is by which an area outside belongs to a county.
    """

    area: Mapping[str, float]
    posterior: Mapping[str, float]
    outside: float
    at_border: bool = False
    decided_by: str | None = None
    tolerance_m: float | None = None


def shares_of(
    shape: Shape, stated: StatedArea, ground: Ground, policy: JurisdictionPolicy
) -> GroundShares:
    """Return the counties of an area as it was scaled; `stated` is the same as it was told."""
    if _is_far_away(shape):
        return GroundShares({}, {}, 1.0)
    if isinstance(shape, Point):
        return _point_shares(shape.center, ground, policy)
    area = _exactly(shape, ground.territories)
    inside = _touched(area)
    if not inside:
        strip_m = _strip_m(centroid(shape), policy)
        return _outside_shares(_around(shape, strip_m, ground.territories), strip_m)
    found = named(posterior([stated], ground.population, policy.trust).counties, inside)
    return GroundShares(area=inside, posterior=found, outside=max(0.0, 1.0 - sum(inside.values())))


def _is_far_away(shape: Shape) -> bool:
    away = distance_m(*_COUNTRY_CENTER, *centroid(shape))
    return away - reach_m(shape) > _COUNTRY_REACH_M


def _point_shares(place: LonLat, ground: Ground, policy: JurisdictionPolicy) -> GroundShares:
    code = ground.counties.find_at(place)
    if code is None:
        strip_m = _strip_m(place, policy)
        around = ground.territories.shares_of_circle(place, strip_m).by_county
        return _outside_shares(around, strip_m)
    chances = _chances_at(place, code, ground.territories, policy.border_m)
    return GroundShares({code: 1.0}, chances, 0.0, at_border=len(chances) > 1)


def _chances_at(
    place: LonLat, code: str, territories: Territories, within_m: float
) -> Mapping[str, float]:
    """
    Return how likely each county is for a bare point, which is off by nobody knows how much.

    Its own county is never behind another, also where three of them meet.
    """
    radii = [part * within_m for part in _POINT_ERRORS]
    circles = [territories.shares_of_circle(place, radius).by_county for radius in radii]
    codes = {code: 0.0} | {other: 0.0 for circle in circles for other in circle}
    found = {c: sum(circle.get(c, 0.0) for circle in circles) for c in codes}
    found[code] = max(found.values())
    total = sum(found.values())
    return {c: share / total for c, share in found.items()}


# ── outside ───────────────────────────────────────────────────────────────────
def _outside_shares(around: _Near, strip_m: float) -> GroundShares:
    covered = sum(around.values())
    if covered <= 0.0:
        return GroundShares({}, {}, 1.0)
    near = {code: share / covered for code, share in around.items()}
    return GroundShares(
        {}, near, 1.0, at_border=True, decided_by="border_tolerance", tolerance_m=strip_m
    )


def _strip_m(place: LonLat, policy: JurisdictionPolicy) -> float:
    """Return how far outside a county somebody there may still belong to it."""
    at_sea = place.lon >= _SEA_FROM_LON and _SEA_LATS[0] <= place.lat <= _SEA_LATS[1]
    return policy.coast_m if at_sea else policy.border_m


def _around(shape: Shape, strip_m: float, territories: Territories) -> _Near:
    """Return the ground (m2) by county within a strip around an area."""
    found: dict[str, float] = {}
    for part in outlines(shape, vertices=_VERTICES):
        for code, area_m2 in territories.ground_around(*part, margin_m=strip_m).items():
            found[code] = found.get(code, 0.0) + area_m2
    return found


def _exactly(shape: Shape, territories: Territories) -> AreaShares:
    """Return how an area (not a point) falls to the counties, exactly."""
    if isinstance(shape, Circle):
        return territories.shares_of_circle(shape.center, shape.radius_m)
    rings = outlines(shape, vertices=_VERTICES)
    shares = [territories.shares_of_polygon(*part) for part in rings]
    return shares[0] if len(shares) == 1 else combined(shares)


def _touched(shares: AreaShares) -> dict[str, float]:
    """Return the shares of the counties that an area really touches."""
    return {code: share for code, share in shares.by_county.items() if share > _NO_SHARE}
