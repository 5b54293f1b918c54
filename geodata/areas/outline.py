"""
The outline of an area in the form the compiled kernels read: EPSG:3035, around a centre.

Coordinates relative to the centre keep the digits that areas need.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geodata.areas.circle_kernels import INTERPOLATION, VERTICES, fill_ring
from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

Floats = NDArray[np.float64]

MANY_VERTICES = 1024
"""From here on an outline is cut into tiles: kernels visit each vertex for each of many things."""

_TILE_VERTICES = 1024
# Halving so often leaves a tile a thousandth of the area's width.
_MOST_HALVINGS = 20
_LEAST_TILE_M2 = 1e-6

# Edges are straight in degrees; a projected chord of this length (1 km) is off by under 2 cm.
_LONGEST_EDGE_DEG = 0.01


@dataclass(frozen=True, slots=True)
class Outline:
    """
    An area's rings: exterior counter-clockwise, then holes clockwise, none closed.

    `ring` is (n, 2) metres relative to `center`; `after` is each vertex's successor in its
    own ring; `radii` is a disc around the centre inside the area (0: none known) and one
    that holds it; `area_m2` is the enclosed area. A tile has its `ground`, because it can have
    several exteriors.
    """

    ring: Floats
    after: NDArray[np.int64]
    center: tuple[float, float]
    radii: tuple[float, float]
    area_m2: float
    ground: BaseGeometry | None = None

    def polygon(self) -> BaseGeometry:
        """Return the same area as an EPSG:3035 geometry: a polygon, or a tile's several."""
        if self.ground is not None:
            return self.ground
        ends = np.flatnonzero(self.after <= np.arange(len(self.after))) + 1
        rings = np.split(self.ring + np.asarray(self.center), ends[:-1])
        return shapely.Polygon(rings[0], rings[1:])

    def tiles(self) -> "list[Outline]":
        """
        Return outlines of few vertices that make up the same area, this one if it has few.

        What adds up over ground can be summed over them. The time grows with the vertices and
        not with their square, whatever a stranger draws.
        """
        if len(self.ring) <= MANY_VERTICES:
            return [self]
        return [_tile(ground) for ground in _tiles(self.polygon())]


def circle_outline(center: LonLat, radius_m: float) -> Outline:
    """Return the outline of a geodesic circle: 180 vertices, and the area of the circle."""
    ring = np.empty((VERTICES, 2))
    x, y = fill_ring(center.lon, center.lat, radius_m, INTERPOLATION, ring)
    after = (np.arange(VERTICES) + 1) % VERTICES
    middles = 0.5 * (ring + ring[after])
    # The middle of an edge is within 1e-6 of the edge's nearest point.
    inner = float(np.hypot(middles[:, 0], middles[:, 1]).min()) * (1 - 1e-5)
    outer = float(np.hypot(ring[:, 0], ring[:, 1]).max())
    return Outline(ring, after, (x, y), (inner, outer), _area(ring, after))


def outline_of_circle(center: LonLat, radius_m: float) -> Floats:
    """Return the outline the shares of a circle are computed on: (180, 2), EPSG:3035 metres."""
    outline = circle_outline(center, radius_m)
    return np.asarray(outline.ring + np.asarray(outline.center))


def read_outline(exterior: ArrayLike, holes: Sequence[ArrayLike] = ()) -> Outline:
    """
    Read a polygon given in degrees.

    Parameters
    ----------
    exterior
        (n, 2) longitudes and latitudes, closed or not, either direction; edges are
        straight in degrees.
    holes
        Rings inside the exterior, in the same form.

    Raises
    ------
    BadShapeError
        `bad_ring`: fewer than three places, not finite, or no area.
    """
    rings = [_ring(exterior, is_hole=False), *(_ring(hole, is_hole=True) for hole in holes)]
    middle = 0.5 * (rings[0].min(axis=0) + rings[0].max(axis=0))
    local = np.ascontiguousarray(np.vstack(rings) - middle)
    after = _following(rings)
    area = _area(local, after)
    if not area > 0.0:
        raise BadShapeError(
            "bad_ring", said("the polygon encloses no area"), said("check its places")
        )
    radii = (
        _inner_radius(local, after, shapely.Polygon(rings[0], rings[1:]), middle),
        float(np.hypot(local[:, 0], local[:, 1]).max()),
    )
    return Outline(local, after, (float(middle[0]), float(middle[1])), radii, area)


def _tiles(area: BaseGeometry) -> list[BaseGeometry]:
    """Halve an area across its longer side until every piece has few vertices."""
    done, waiting = [], [(area, 0)]
    while waiting:
        piece, halvings = waiting.pop()
        if shapely.get_num_coordinates(piece) <= _TILE_VERTICES or halvings == _MOST_HALVINGS:
            done.append(piece)
            continue
        for half in _halves(piece.bounds):
            cut = shapely.clip_by_rect(piece, *half)
            if cut.area > _LEAST_TILE_M2:
                waiting.append((cut, halvings + 1))
    return done


def _halves(bounds: tuple[float, float, float, float]) -> list[tuple[float, float, float, float]]:
    west, south, east, north = bounds
    if east - west >= north - south:
        middle = 0.5 * (west + east)
        return [(west, south, middle, north), (middle, south, east, north)]
    middle = 0.5 * (south + north)
    return [(west, south, east, middle), (west, middle, east, north)]


def _tile(ground: BaseGeometry) -> Outline:
    parts = [p for p in shapely.get_parts(ground) if p.geom_type == "Polygon"]
    lines = shapely.get_rings(shapely.orient_polygons(parts))
    corners, of = shapely.get_coordinates(lines, return_index=True)
    # Each ring repeats its first corner at its end.
    is_last = np.append(of[1:] != of[:-1], True)
    west, south, east, north = ground.bounds
    middle = (0.5 * (west + east), 0.5 * (south + north))
    local = np.ascontiguousarray(corners[~is_last] - middle)
    reach = float(np.hypot(local[:, 0], local[:, 1]).max())
    after = _following_of(np.bincount(of) - 1)
    whole = shapely.MultiPolygon(parts)
    return Outline(local, after, middle, (0.0, reach), _area(local, after), whole)


def _ring(places: ArrayLike, *, is_hole: bool) -> Floats:
    """Return a ring as open EPSG:3035 vertices, exterior counter-clockwise, holes clockwise."""
    lonlat = np.asarray(places, dtype=np.float64)
    if lonlat.ndim != 2 or lonlat.shape[1] != 2 or not np.isfinite(lonlat).all():
        raise BadShapeError(
            "bad_ring", said("a ring is not a list of places"), said("send lon, lat pairs")
        )
    if len(lonlat) and (lonlat[0] == lonlat[-1]).all():
        lonlat = lonlat[:-1]
    if len(lonlat) < 3:
        raise BadShapeError(
            "bad_ring", said("a ring needs three places"), said("send at least three")
        )
    dense = _densified(lonlat)
    xy = np.column_stack(project(dense[:, 0], dense[:, 1], WGS84, EQUAL_AREA))
    local = xy - xy[0]
    is_ccw = _area(local, np.roll(np.arange(len(xy)), -1)) > 0
    return xy if is_ccw != is_hole else xy[::-1]


def _densified(lonlat: Floats) -> Floats:
    step = np.roll(lonlat, -1, axis=0) - lonlat
    count = np.maximum(1, np.ceil(np.abs(step).max(axis=1) / _LONGEST_EDGE_DEG)).astype(np.int64)
    edge = np.repeat(np.arange(len(step)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    return np.asarray(lonlat[edge] + step[edge] * (nth / count[edge])[:, None])


def _following(rings: Sequence[Floats]) -> NDArray[np.int64]:
    return _following_of([len(ring) for ring in rings])


def _following_of(counts: ArrayLike) -> NDArray[np.int64]:
    starts = np.append(0, np.cumsum(counts))
    after = np.arange(1, starts[-1] + 1)
    after[starts[1:] - 1] = starts[:-1]
    return after


def _area(ring: Floats, after: NDArray[np.int64]) -> float:
    cross = ring[:, 0] * ring[after, 1] - ring[:, 1] * ring[after, 0]
    return 0.5 * float(cross.sum())


def _inner_radius(
    local: Floats, after: NDArray[np.int64], area: shapely.Polygon, middle: Floats
) -> float:
    """Return the radius of a disc around the centre that no edge enters, 0 if not inside."""
    if not shapely.contains_xy(area, middle[0], middle[1]):
        return 0.0
    a, step = local, local[after] - local
    length2 = np.maximum(1e-12, (step * step).sum(axis=1))
    t = np.clip(-(a * step).sum(axis=1) / length2, 0.0, 1.0)
    foot = a + t[:, None] * step
    return float(np.hypot(foot[:, 0], foot[:, 1]).min()) * (1 - 1e-9)
