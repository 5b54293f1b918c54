"""In which counties an area lies, and how likely each of them is; decides nothing."""

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

_VERTICES = 360
# Every border lies within 420 km of this place. What is far beyond is not worth an overlay,
# and must not reach it: outlines near a pole or the antimeridian mean nothing in a plane.
_COUNTRY_CENTER = LonLat(25.0, 45.9)
_COUNTRY_REACH_M = 700_000.0
_NO_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class GroundShares:
    """What the ground says about one area; `decided_by` where the policy does not."""

    area: Mapping[str, float]
    posterior: Mapping[str, float]
    outside: float
    at_border: bool = False
    decided_by: str | None = None


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
    found = named(posterior([stated], ground.population, policy.trust).counties, inside)
    return GroundShares(area=inside, posterior=found, outside=max(0.0, 1.0 - sum(inside.values())))


def _is_far_away(shape: Shape) -> bool:
    away = distance_m(*_COUNTRY_CENTER, *centroid(shape))
    return away - reach_m(shape) > _COUNTRY_REACH_M


def _point_shares(place: LonLat, ground: Ground, policy: JurisdictionPolicy) -> GroundShares:
    around = ground.territories.shares_of_circle(place, policy.border_m)
    code = ground.counties.find_at(place)
    if code is not None:
        at_border = len(around.by_county) > 1
        return GroundShares({code: 1.0}, {code: 1.0}, 0.0, at_border=at_border)
    covered = sum(around.by_county.values())
    near = {code: share / covered for code, share in around.by_county.items()}
    return GroundShares(
        {}, near, 1.0, at_border=True, decided_by="border_tolerance" if near else None
    )


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
