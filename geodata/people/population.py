"""
Where people live: each locality's residents spread evenly over its built-up ground.

A locality is a disc of its built area around its label point, cut at the border of its
own county; a sector of Bucharest is its whole territory. Shares of discs are exact, so
the smallest area gets its due; there is no raster. People: estimate of the resident
population 2021 (sums to the census of each county). Geometry in EPSG:3035.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geodata.areas.outline import Outline, read_outline
from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.people.caller_cloud import CallerCloud, Places
from geodata.people.population_kernels import overlaps
from geodata.points import LonLat
from geodata.reference.codes import CODES, SECTORS
from geodata.reference.worked_out import Arrays, Keeper, keep_nothing, kept
from geodata.territories.localities import Locality, load_localities
from geodata.territories.shares import Territories, load_territories

Floats = NDArray[np.float64]
Rings = tuple[Floats, tuple[Floats, ...]]
Ints = NDArray[np.int64]

# A hamlet whose built area was not measured is given a hectare.
_LEAST_BUILT_KM2 = 0.01
# Below this share of a disc in its own county the label point is taken to be misplaced,
# and the disc is not cut (2 localities).
_MISPLACED = 0.01
_WHOLE = 1 - 1e-9
# A part of an area with less than this of its people gets no place of its own.
_LEAST_PART = 0.01
# Generators of the two-dimensional R2 sequence (M. Roberts, 2018), an even spread of any length.
_R2 = np.array([0.7548776662466927, 0.5698402909980532])
_MAX_TRIES = 8192
# The cloud's places are too far apart for areas smaller than this.
_FINE_UP_TO_M = 1_500.0


@dataclass(frozen=True, slots=True)
class _Residents:
    """
    The people inside an area, place by place.

    `place` counts the localities, then the six sectors; `county` is the index of a code.
    """

    place: Ints
    people: Floats
    county: Ints


class Population:
    """Residents by place."""

    def __init__(
        self,
        localities: Sequence[Locality],
        territories: Territories,
        keeper: Keeper = keep_nothing,
    ) -> None:
        self._territories, self._localities = territories, tuple(localities)
        self._keeper = keeper
        villages = [row for row in localities if row.county not in SECTORS]
        sectors = {row.county: row for row in localities if row.county in SECTORS}
        self._rows = (*villages, *(sectors[code] for code in SECTORS))
        self._people = np.array([row.population for row in villages])
        self._county = np.array([CODES.index(row.county) for row in villages])
        built = keeper("built_ground", lambda: _built_ground(villages, self._county, territories))
        self._discs, self._is_cut = built["discs"], built["is_cut"]
        self._sector_area, self._sector_bounds = built["sector_area"], built["sector_bounds"]
        self._cut_ground: dict[int, shapely.Geometry] = {}
        self._sectors = np.array([CODES.index(code) for code in SECTORS])
        self._sector_people = np.array([sectors[code].population for code in SECTORS])

    @cached_property
    def cloud(self) -> CallerCloud:
        """Where callers may be before anything is heard; half a second where it is not kept."""
        return CallerCloud(self._localities, self._territories, self._keeper)

    def locality(self, index: int) -> Locality:
        """Return the locality that `Places.locality` counts."""
        return self._localities[index]

    def callers_near(self, center: LonLat, core_m: float, reach_m: float) -> Places:
        """
        Return weighted places where a caller may be.

        Parameters
        ----------
        core_m
            How far the area itself goes; for a small one the density is computed at close places.
        reach_m
            How far anybody is looked for.
        """
        if core_m <= _FINE_UP_TO_M:
            return self.cloud.fine(center, core_m, reach_m)
        return self.cloud.around(center, reach_m)

    def persons_by_county(
        self, exterior: ArrayLike, holes: Sequence[ArrayLike] = ()
    ) -> dict[str, float]:
        """
        Return how many residents an area holds, by county code; only counties with any.

        Parameters
        ----------
        exterior, holes
            Rings of longitudes and latitudes, degrees; edges are straight in degrees.

        Raises
        ------
        BadShapeError
            `bad_ring`: not a polygon.
        """
        return _by_county(self._residents(read_outline(exterior, holes)))

    def sample(
        self, exterior: ArrayLike, holes: Sequence[ArrayLike] = (), *, count: int = 16
    ) -> tuple[Floats, Floats, Floats]:
        """
        Return places where the people of an area live, the same ones every time.

        Returns
        -------
        lons, lats, weights
            `count` places inside the area, degrees; each stands for the same number of
            residents, so the weights are equal and sum to 1. Where nobody lives the
            places are spread evenly over the area.
        """
        outline = read_outline(exterior, holes)
        area = outline.polygon()
        shapely.prepare(area)
        residents = self._residents(outline)
        xy = self._spread(residents, outline, count) if residents.people.sum() > 0 else None
        if xy is None:
            xy = _even_places(area, area.bounds, count)
        lons, lats = project(xy[:, 0], xy[:, 1], EQUAL_AREA, WGS84)
        return lons, lats, np.full(count, 1.0 / count)

    def sample_parts(
        self, parts: Sequence[Rings], *, count: int = 16
    ) -> tuple[Floats, Floats, Floats]:
        """
        Return the same for an area of several parts (exterior and holes of each).

        Every part that holds 1 % of the people or more has places of its own, and these
        weigh as many people as it has; where nobody lives at all, ground counts.
        """
        if len(parts) == 1:
            return self.sample(*parts[0], count=count)
        read = [read_outline(*part) for part in parts]
        people = np.array([self._residents(outline).people.sum() for outline in read])
        if people.sum() == 0.0:
            people = np.array([outline.area_m2 for outline in read])
        share = people / people.sum()
        # The largest part is always kept, also where all of them are small.
        share[share < min(_LEAST_PART, share.max())] = 0.0
        share /= share.sum()
        found = [
            (*self.sample(*part, count=max(1, round(count * held)))[:2], held)
            for part, held in zip(parts, share, strict=True)
            if held > 0.0
        ]
        weights = [np.full(len(lons), held / len(lons)) for lons, _, held in found]
        lons = np.concatenate([lons for lons, _, _ in found])
        return lons, np.concatenate([lats for _, lats, _ in found]), np.concatenate(weights)

    def _residents(self, outline: Outline) -> _Residents:
        place, share = self._covered(outline)
        people = self._people[place] * share
        county = self._county[place]
        if not self._touches_sectors(outline):
            return _Residents(place, people, county)
        parts = self._territories.parts_of(outline)[self._sectors]
        in_sectors = self._sector_people * np.clip(parts / self._sector_area, 0.0, 1.0)
        return _Residents(
            np.concatenate([place, len(self._people) + np.arange(len(SECTORS))]),
            np.concatenate([people, in_sectors]),
            np.concatenate([county, self._sectors]),
        )

    def _covered(self, outline: Outline) -> tuple[Ints, Floats]:
        """Return the localities an outline covers, and the share of each one's ground."""
        tiles, discs = outline.tiles(), self._discs
        covered = np.zeros(len(discs))
        place, part = np.empty(len(discs), dtype=np.int64), np.empty(len(discs))
        for tile in tiles:
            count = overlaps(tile.ring, tile.after, tile.center, discs, place, part)
            covered[place[:count]] += part[:count]
        found = np.flatnonzero(covered)
        share = np.minimum(1.0, covered[found])
        partly = np.flatnonzero(self._is_cut[found] & (share < _WHOLE))
        if len(partly):
            ground = np.array([self._ground(k) for k in found[partly]], dtype=object)
            share[partly] = _common_m2(ground, tiles) / shapely.area(ground)
        return found, share

    def _ground(self, place: int) -> shapely.Geometry:
        """Return a locality's ground that is cut by its county's border; kept once asked for."""
        if place not in self._cut_ground:
            x, y, radius = self._discs[place]
            disc = shapely.Point(x, y).buffer(radius, quad_segs=16)
            county = self._territories.polygons[self._county[place]]
            # The county is cut to the disc's box first: its whole border has thousands of points.
            near: shapely.Geometry = shapely.clip_by_rect(county, *disc.bounds)
            self._cut_ground[place] = shapely.intersection(disc, near)
        return self._cut_ground[place]

    def _touches_sectors(self, outline: Outline) -> bool:
        west, south, east, north = self._sector_bounds
        (x, y), radius = outline.center, outline.radii[1]
        return bool(west - radius < x < east + radius and south - radius < y < north + radius)

    def _spread(self, residents: _Residents, outline: Outline, count: int) -> Floats | None:
        """Draw places systematically along the people, then evenly within each place's ground."""
        ends = np.cumsum(residents.people)
        # Systematic sampling: equal steps along the people, so that no chance is involved and each
        # place stands for the same number.
        drawn = np.searchsorted(ends, (np.arange(count) + 0.5) / count * ends[-1])
        parts = []
        tiles = shapely.STRtree([tile.polygon() for tile in outline.tiles()])
        for index, times in zip(*np.unique(drawn, return_counts=True), strict=True):
            ground = self._ground_of(int(residents.place[index]))
            inside = _common(ground, tiles)
            if inside.area == 0.0:
                return None
            shapely.prepare(inside)
            parts.append(_even_places(inside, inside.bounds, int(times)))
        return np.vstack(parts)

    def _ground_of(self, place: int) -> shapely.Geometry:
        if place >= len(self._people):
            sector = self._sectors[place - len(self._people)]
            ground: shapely.Geometry = self._territories.polygons[sector]
            return ground
        if self._is_cut[place]:
            return self._ground(place)
        x, y, radius = self._discs[place]
        return shapely.Point(x, y).buffer(radius, quad_segs=16)


@lru_cache(maxsize=1)
def load_population() -> Population:
    """Lay the localities' residents on the ground, once per process."""
    return Population(load_localities().all(), load_territories(), kept)


def _built_ground(villages: Sequence[Locality], county: Ints, territories: Territories) -> Arrays:
    """Return each village's disc (x, y, radius in metres), if its county cuts it; the sectors."""
    lon = np.array([row.place.lon for row in villages])
    lat = np.array([row.place.lat for row in villages])
    built = np.array([max(row.built_km2, _LEAST_BUILT_KM2) for row in villages])
    radius = np.sqrt(built * 1e6 / np.pi)
    own = territories.shares_of_circles(lon, lat, radius)[np.arange(len(villages)), county]
    x, y = project(lon, lat, WGS84, EQUAL_AREA)
    is_cut = (own < _WHOLE) & (own > _MISPLACED)
    sectors = territories.polygons[[CODES.index(code) for code in SECTORS]]
    return {
        "discs": np.column_stack([x, y, radius]),
        "is_cut": is_cut,
        "sector_area": shapely.area(sectors),
        "sector_bounds": shapely.total_bounds(sectors),
    }


def _common(ground: shapely.Geometry, tiles: shapely.STRtree) -> BaseGeometry:
    """Return what a ground has in common with the tiles of an area."""
    near = tiles.geometries[np.sort(tiles.query(ground))]
    pieces = shapely.intersection(ground, near)
    common: BaseGeometry = pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)
    return common


def _common_m2(grounds: NDArray[np.object_], tiles: Sequence[Outline]) -> Floats:
    """Return how much of each ground lies in the tiles of an area, m2."""
    tree = shapely.STRtree([tile.polygon() for tile in tiles])
    of, tile = tree.query(grounds)
    common = shapely.area(shapely.intersection(grounds[of], tree.geometries[tile]))
    return np.asarray(np.bincount(of, common, minlength=len(grounds)), dtype=np.float64)


def _by_county(residents: _Residents) -> dict[str, float]:
    people = np.bincount(residents.county, residents.people, minlength=len(CODES))
    return {CODES[i]: float(people[i]) for i in np.flatnonzero(people > 0.0)}


def _even_places(ground: shapely.Geometry, bounds: tuple[float, ...], count: int) -> Floats:
    """Return `count` places of the R2 sequence in the ground's box that lie on the ground."""
    west, south, east, north = bounds
    low, size = np.array([west, south]), np.array([east - west, north - south])
    tries = 4 * count
    while tries <= _MAX_TRIES:
        places = low + ((0.5 + np.arange(1, tries + 1)[:, None] * _R2) % 1.0) * size
        places = places[shapely.contains_xy(ground, places[:, 0], places[:, 1])]
        if len(places) >= count:
            return np.asarray(places[:count])
        tries *= 4
    # The ground is too thin to be hit. One point that certainly lies on it stands for all.
    return np.repeat(shapely.get_coordinates(shapely.point_on_surface(ground)), count, axis=0)
