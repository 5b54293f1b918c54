"""
Exact shares of an area by jurisdiction, in EPSG:3035 (equal-area).

Circles are geodesic: 180 vertices, pushed out so that the polygon has the circle's area.
On the polygon the shares are exact to rounding (about 1e-12); they agree with GEOS and
PostGIS on the same polygon.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geodata.areas.circle_kernels import INTERPOLATION
from geodata.areas.outline import Outline, circle_outline, outline_of_circle, read_outline
from geodata.crs import EQUAL_AREA
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.reference.borders import build_area, lines_by_code, read_borders
from geodata.reference.codes import CODES
from geodata.reference.worked_out import Arrays, kept
from geodata.said import said
from geodata.territories.grid import BorderGrid, build_grid
from geodata.territories.kernels import (
    DEGENERATE,
    Area,
    fill_owners,
    locate_many,
    parts_of_area,
    parts_of_circles,
)

__all__ = ["AreaShares", "Territories", "combined", "load_territories", "outline_of_circle"]

Floats = NDArray[np.float64]

# Shares below this are rounding, not ground.
_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class AreaShares:
    """
    An area (m2) and how it falls to the counties.

    `by_county` holds Ao/Au for every county touched, largest first; `outside` is the
    share abroad or at sea. Together they are 1.
    """

    area_m2: float
    by_county: Mapping[str, float]
    outside: float


def combined(parts: Sequence[AreaShares]) -> AreaShares:
    """Return the shares of areas without common ground as those of one area."""
    total = math.fsum(part.area_m2 for part in parts)
    by_county: dict[str, float] = {}
    for part in parts:
        for code, share in part.by_county.items():
            by_county[code] = by_county.get(code, 0.0) + share * (part.area_m2 / total)
    ranked = sorted(by_county.items(), key=lambda item: (-item[1], item[0]))
    outside = math.fsum(part.outside * (part.area_m2 / total) for part in parts)
    return AreaShares(total, dict(ranked), min(1.0, outside))


class Territories:
    """The ground of the 47 jurisdictions, indexed for exact questions about areas."""

    def __init__(self, grid: BorderGrid) -> None:
        self.grid = grid

    def find_many(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int16]:
        """Return the index into `CODES` of the county of each place (degrees), -1 outside."""
        x = np.ascontiguousarray(np.atleast_1d(lons), dtype=np.float64)
        y = np.ascontiguousarray(np.atleast_1d(lats), dtype=np.float64)
        found = np.full(len(x), -1, dtype=np.int16)
        locate_many(self.grid, x, y, found)
        return found

    def shares_of_circle(self, center: LonLat, radius_m: float) -> AreaShares:
        """
        Return the shares of a geodesic circle; a radius of 0 is a point.

        Raises
        ------
        BadShapeError
            `bad_radius`: negative or not finite.
        """
        shares = self._circles([center.lon], [center.lat], [radius_m])[0]
        return _as_shares(shares, circle_outline(center, radius_m).area_m2)

    def shares_of_circles(self, lons: ArrayLike, lats: ArrayLike, radii_m: ArrayLike) -> Floats:
        """
        Return Ao/Au of many geodesic circles, (n, 47) in the order of `CODES`.

        What a row lacks of 1 lies outside the country. About 15 microseconds for a
        circle of up to 35 km.
        """
        return self._circles(lons, lats, radii_m)[:, :-1]

    def shares_of_polygon(self, exterior: ArrayLike, holes: Sequence[ArrayLike] = ()) -> AreaShares:
        """
        Return the shares of a simple polygon.

        Parameters
        ----------
        exterior
            (n, 2) longitudes and latitudes in degrees, closed or not, either direction;
            edges are straight in degrees.
        holes
            Rings inside the exterior, in the same form.

        Raises
        ------
        BadShapeError
            `bad_ring`: fewer than three places, not finite, or no area.
        """
        outline = read_outline(exterior, holes)
        return _as_shares(self.parts_of(outline) / outline.area_m2, outline.area_m2)

    def ground_around(
        self, exterior: ArrayLike, holes: Sequence[ArrayLike] = (), *, margin_m: float
    ) -> dict[str, float]:
        """Return the ground (m2) by county within `margin_m` of a polygon as in the shares."""
        area = read_outline(exterior, holes).polygon().buffer(margin_m)
        ground = shapely.area(shapely.intersection(self.polygons, area))
        return {CODES[i]: float(ground[i]) for i in np.flatnonzero(ground)}

    def parts_of(self, outline: Outline) -> Floats:
        """Return the area (m2) of an outline's part in each county; the last of 48 is abroad."""
        return np.asarray(np.sum([self._parts_of_tile(tile) for tile in outline.tiles()], axis=0))

    def _parts_of_tile(self, outline: Outline) -> Floats:
        parts = np.zeros(len(CODES) + 1)
        area = Area(outline.ring, outline.after, outline.center, outline.radii)
        if parts_of_area(self.grid, area, parts) == DEGENERATE:
            return self._parts_by_overlay(outline.polygon())
        return parts

    @cached_property
    def polygons(self) -> NDArray[np.object_]:
        """The jurisdictions as EPSG:3035 geometries in the order of `CODES`."""
        lines = lines_by_code((b.left, b.right, b.projected(EQUAL_AREA)) for b in read_borders())
        return np.array([build_area(lines[code]) for code in CODES], dtype=object)

    def _circles(self, lons: ArrayLike, lats: ArrayLike, radii_m: ArrayLike) -> Floats:
        x, y, r = (
            np.ascontiguousarray(np.atleast_1d(a), dtype=np.float64) for a in (lons, lats, radii_m)
        )
        if not (np.isfinite(r).all() and np.isfinite(x).all() and np.isfinite(y).all()):
            raise BadShapeError(
                "bad_radius", said("centre or radius is not finite"), said("send numbers")
            )
        if (r < 0).any():
            raise BadShapeError(
                "bad_radius", said("a radius is negative"), said("send metres, 0 or more")
            )
        parts = np.zeros((len(x), len(CODES) + 1))
        status = np.zeros(len(x), dtype=np.int8)
        parts_of_circles(self.grid, (x, y, r), INTERPOLATION, parts, status)
        for k in np.flatnonzero(status == DEGENERATE):
            outline = circle_outline(LonLat(x[k], y[k]), r[k])
            parts[k] = self._parts_by_overlay(outline.polygon())
        # Areas become shares. A circle without a border holds a single 1 already.
        parts /= parts.sum(axis=1, keepdims=True)
        parts[np.abs(parts) < _NOTHING] = 0.0
        return parts

    def _parts_by_overlay(self, area: BaseGeometry) -> Floats:
        """Ask GEOS: for an outline that runs along a border, as a county's own outline does."""
        parts = np.zeros(len(CODES) + 1)
        parts[:-1] = shapely.area(shapely.intersection(self.polygons, area))
        parts[-1] = area.area - parts.sum()
        return parts


@lru_cache(maxsize=1)
def load_territories() -> Territories:
    """
    Index the compiled borders, once per process.

    Examples
    --------
    A circle of 2 km at the southern edge of Bucharest:

    >>> shares = load_territories().shares_of_circle(LonLat(26.1, 44.36), 2000.0)
    >>> {code: round(share, 3) for code, share in shares.by_county.items()}
    {'IF': 0.666, 'B4': 0.305, 'B5': 0.029}
    >>> round(shares.area_m2 / 1e6, 2), shares.outside
    (12.57, 0.0)
    """
    stored = kept("border_grid", _filled_grid)
    numbers = {name: stored[name].item() for name in ("x0", "y0", "columns", "rows")}
    return Territories(BorderGrid(**{**stored, **numbers}))


def _filled_grid() -> Arrays:
    grid = build_grid()
    fill_owners(grid)
    return {name: np.asarray(value) for name, value in grid._asdict().items()}


def _as_shares(shares: Floats, area_m2: float) -> AreaShares:
    shares = np.where(np.abs(shares) < _NOTHING, 0.0, shares)
    order = sorted(np.flatnonzero(shares[:-1] > 0.0), key=lambda i: (-shares[i], i))
    by_county = {CODES[i]: min(1.0, float(shares[i])) for i in order}
    return AreaShares(area_m2, by_county, min(1.0, max(0.0, float(shares[-1]))))
