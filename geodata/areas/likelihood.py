"""
How likely a network is to state an area, for a caller at a given place.

The caller can also stand outside a stated area. It holds the caller as often as is stated, less
a discount, because networks state too much. The others stand beyond its edge, fewer with every
metre, or beside a sector: at the right distance, in the wrong direction. Everything is computed
in local metres around the area's middle, true to a part in a thousand within 100 km.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.areas.likelihood_kernels import (
    local_metres,
    of_band,
    of_ellipse,
    of_outline,
)
from geodata.areas.outline import MANY_VERTICES
from geodata.areas.shapes import (
    ArcBand,
    Circle,
    Ellipse,
    MultiPolygon,
    Shape,
    SimpleShape,
    parts_of,
)
from geodata.areas.uncertainty import DEFAULT_CONFIDENCE, area_m2, centroid, outline, reach_m
from geodata.crs import GEOD
from geodata.points import LonLat

Floats = NDArray[np.float64]

_VERTICES = 90
# After so many mean distances beyond the edge nobody is left (0.7 %).
_LAST = 5.0
# ln(area / km2) of Romanian cells: 58 % are over 12.5 km2, 25 % over 50 km2.
_CELL_MIDDLE, _CELL_SPREAD = 2.843, 1.586
_LEAST_CELL_M = 500.0
# Corners of the edge that distances are measured to, where an outline has very many.
_SIMPLE_VERTICES = 256


@dataclass(frozen=True, slots=True)
class EdgeTrust:
    """
    How far areas are trusted.

    Attributes
    ----------
    discount
        Part of the stated confidence that is not believed.
    tail
        How far outsiders stand beyond the edge on average, in radii of the area.
    steps
        The same for a band of timing advance, in its own thickness.
    aside
        Part of a sector's outsiders who stand in another direction than it says.
    most
        No area is believed to hold its callers more often.
    crowding
        Correlation between how many people are around a place and how small its cell: networks
        build cells by demand. 0 lets the size of an area say nothing about the place.
    """

    discount: float = 0.07
    tail: float = 0.4
    steps: float = 1.5
    aside: float = 0.5
    most: float = 0.97
    crowding: float = 0.3


DEFAULT_TRUST = EdgeTrust()
NAMED_TRUST = EdgeTrust(tail=0.05, most=0.99, crowding=0.0)
"""
For the ground of a place that somebody names: its edge is a border, and who says "Ilfov" is not
across it in Bucharest as who is served by a cell there may be.
"""


@dataclass(frozen=True, slots=True)
class StatedArea:
    """
    An area with an extent (not a point) as a network states it.

    `is_named` where it is the ground of a place that somebody names (`NAMED_TRUST`).
    """

    shape: Shape
    confidence: float | None = None
    pdf: str = "rectangular"
    is_named: bool = False

    def inside(self, trust: EdgeTrust = DEFAULT_TRUST) -> float:
        """Return how often the caller is believed to be inside, 0 to 1."""
        if self.is_named:
            # What its confidence lacks is doubt about which place is meant, not about its edge.
            return NAMED_TRUST.most
        stated = DEFAULT_CONFIDENCE if self.confidence is None else self.confidence
        return min(trust.most, max(0.05, stated * (1.0 - trust.discount)))

    def trusted(self, trust: EdgeTrust) -> EdgeTrust:
        """Return how far this area is trusted, where networks are trusted as `trust`."""
        return NAMED_TRUST if self.is_named else trust

    def parts(self) -> "list[tuple[StatedArea, float]]":
        """Return its parts as areas of their own, each with its share of the ground."""
        shapes = parts_of(self.shape)
        if len(shapes) == 1:
            return [(self, 1.0)]
        sizes = [area_m2(shape) for shape in shapes]
        total = math.fsum(sizes)
        return [
            (replace(self, shape=shape), size / total)
            for shape, size in zip(shapes, sizes, strict=True)
        ]


def centre_of(shape: Shape) -> LonLat:
    """Return the place that an area's likelihood is measured from: of a band its mast."""
    return shape.center if isinstance(shape, ArcBand) else centroid(shape)


def core_m(shape: Shape) -> float:
    """Return how far an area itself goes from there, metres."""
    return shape.outer_radius_m if isinstance(shape, ArcBand) else reach_m(shape)


def search_m(shape: Shape, trust: EdgeTrust = DEFAULT_TRUST) -> float:
    """Return how far from there anybody is looked for, metres."""
    if isinstance(shape, ArcBand):
        return shape.outer_radius_m + _LAST * _band_tail_m(shape, trust)
    return reach_m(shape) * (1.0 + _LAST * trust.tail)


def likelihood(
    area: StatedArea, lons: Floats, lats: Floats, trust: EdgeTrust = DEFAULT_TRUST
) -> Floats:
    """
    Return the likelihood of an area for a caller at each place, 1/m2.

    Parameters
    ----------
    lons, lats
        Degrees. For several parts it is the mean of theirs, by their ground.
    """
    if isinstance(area.shape, MultiPolygon):
        parts = [share * likelihood(part, lons, lats, trust) for part, share in area.parts()]
        return np.asarray(np.sum(parts, axis=0))
    return _of_one(area.shape, area, lons, lats, area.trusted(trust))


def _of_one(
    shape: SimpleShape, area: StatedArea, lons: Floats, lats: Floats, trust: EdgeTrust
) -> Floats:
    inside = area.inside(trust)
    center = centre_of(shape)
    x, y = _local(center, lons, lats)
    if isinstance(shape, Circle):
        axes = (shape.radius_m, shape.radius_m, 0.0)
        return of_ellipse(x, y, axes, inside, trust.tail, area.pdf == "normal")
    if isinstance(shape, Ellipse):
        axes = (shape.semi_major_m, shape.semi_minor_m, math.radians(shape.orientation_deg))
        return of_ellipse(x, y, axes, inside, trust.tail, area.pdf == "normal")
    if isinstance(shape, ArcBand):
        reach = (shape.inner_radius_m, shape.outer_radius_m)
        turn = (math.radians(shape.start_angle_deg), math.radians(shape.opening_angle_deg))
        outsiders = (_band_tail_m(shape, trust), trust.aside)
        return of_band(x, y, reach, turn, inside, outsiders)
    return _of_outline(shape, center, x, y, inside, trust)


def size_likelihood(area: StatedArea, crowd: Floats, trust: EdgeTrust) -> Floats | float:
    """
    Return how likely a cell of this size is where so many people are around.

    The size of cells in Romania is lognormal through its two known points. An area of a few
    hundred metres is no cell, and a band of timing advance tells nothing of the size of its cell.
    """
    shape, rho = area.shape, area.trusted(trust).crowding
    is_band = isinstance(shape, ArcBand) and shape.inner_radius_m > 0.0
    if rho == 0.0 or is_band or core_m(shape) < _LEAST_CELL_M:
        return 1.0
    size = (math.log(area_m2(shape) * 1e-6) - _CELL_MIDDLE) / _CELL_SPREAD
    size = min(max(size, -2.0), 2.0)
    return np.exp(-0.5 * (size + rho * crowd) ** 2 / (1.0 - rho * rho))


def _of_outline(
    shape: SimpleShape, center: LonLat, x: Floats, y: Floats, inside: float, trust: EdgeTrust
) -> Floats:
    exterior, holes = outline(shape, vertices=_VERTICES)
    rings = [exterior, *holes]
    places = np.vstack(rings)
    ring = np.column_stack(_local(center, *np.ascontiguousarray(places.T)))
    after = np.concatenate([_next(r, s) for r, s in zip(rings, _starts(rings), strict=True)])
    step = ring[after] - ring
    perimeter = float(np.hypot(step[:, 0], step[:, 1]).sum())
    area = max(area_m2(shape), 1.0)
    tail_m = max(trust.tail * float(np.sqrt(area / np.pi)), 1.0)
    size, trusted = (area, perimeter), (inside, tail_m)
    if len(ring) > MANY_VERTICES:
        local = np.split(ring, _starts(rings)[1:])
        return _of_many_vertices(x, y, shapely.Polygon(local[0], local[1:]), size, trusted)
    return of_outline(x, y, ring, after, size, trusted)


def _of_many_vertices(
    x: Floats,
    y: Floats,
    ground: shapely.Polygon,
    size: tuple[float, float],
    trust: tuple[float, float],
) -> Floats:
    """
    Return what `of_outline` does, without comparing every place with every edge.

    Who is inside is exact. The distance of the others is that to a simpler edge: within a
    hundredth of their mean distance, more only where the outline is too crooked for that.
    """
    lines = (ground.exterior, *ground.interiors)
    rings = [shapely.get_coordinates(_simpler(line, 0.01 * trust[1]))[:-1] for line in lines]
    after = np.concatenate([_next(r, s) for r, s in zip(rings, _starts(rings), strict=True)])
    found = of_outline(x, y, np.vstack(rings), after, size, (0.0, trust[1])) * (1.0 - trust[0])
    within = _is_within(ground, x, y)
    found[~within & (found == 0.0)] = (1.0 - trust[0]) / _around(size[1], trust[1])
    found[within] = trust[0] / size[0]
    return found


def _is_within(ground: shapely.Polygon, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell which places are inside; GEOS is quick where few edges pass the height of a place."""
    lines = (ground.exterior, *ground.interiors)
    xy = np.vstack([np.abs(np.diff(shapely.get_coordinates(line), axis=0)) for line in lines])
    along_x, along_y = xy.sum(axis=0)
    if along_y > along_x:
        ground = shapely.transform(ground, lambda places: places[:, ::-1])
        x, y = y, x
    shapely.prepare(ground)
    return np.asarray(shapely.contains_xy(ground, x, y))


def _around(perimeter: float, tail_m: float) -> float:
    """Return what the density beyond an edge is divided by, as in `of_outline`."""
    return perimeter * tail_m + 2.0 * math.pi * tail_m * tail_m


def _simpler(edge: shapely.LinearRing, tolerance_m: float) -> shapely.LinearRing:
    simple = shapely.simplify(edge, tolerance_m, preserve_topology=True)
    while shapely.get_num_coordinates(simple) > _SIMPLE_VERTICES:
        tolerance_m *= 8.0
        simple = shapely.simplify(edge, tolerance_m, preserve_topology=False)
    return simple


def _starts(rings: list[Floats]) -> list[int]:
    return [0, *np.cumsum([len(r) for r in rings])[:-1].tolist()]


def _next(ring: Floats, start: int) -> NDArray[np.int64]:
    return start + (np.arange(len(ring)) + 1) % len(ring)


def _band_tail_m(shape: ArcBand, trust: EdgeTrust) -> float:
    thickness = shape.outer_radius_m - shape.inner_radius_m
    factor = trust.steps if shape.inner_radius_m > 0.0 else trust.tail
    return max(factor * thickness, 1.0)


def _local(center: LonLat, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
    """Metres east and north of a place; the ellipsoid's own radii at the middle latitude."""
    e2 = 1.0 - (GEOD.b / GEOD.a) ** 2
    w2 = 1.0 - e2 * math.sin(math.radians(center.lat)) ** 2
    north, east = GEOD.a * (1.0 - e2) / w2**1.5, GEOD.a / math.sqrt(w2)
    return local_metres(lons, lats, center.lon, center.lat, east, north)
