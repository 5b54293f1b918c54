"""
On whose ground the roads of a closure lie, and whether a scope may close them.

A county closes roads on its own ground. A border follows no junction, so some slack is
needed, and it is small enough that nobody loses a street by it:

- The piece is the smallest part that is closed. One with at least half of its length on own
  ground is own, however far its other end reaches.
- Other pieces may come along in a drawing at the border: at most `BORDER_M` of road in all,
  all of it no farther than that from own ground, and less than the own road.
- The drawing itself reaches no farther than `BORDER_M` beyond own ground, so that a road which
  only the next map knows is not closed either.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure, find_pieces
from geodata.roads.index import RoadIndex
from geodata.roads.network import E7, RoadNetwork
from geodata.said import said
from geodata.territories.shares import Territories, load_territories

BORDER_M = 500.0
"""
Metres that a closure may reach beyond own ground.

A road along a border changes sides every few hundred metres, and a finger on a map of a
whole county is no finer; the next village is farther away.
"""

_STEP_M = 25.0
_DEG_M = 111_320.0
# Shorter than this is the width of a road on the border, not ground.
_LEAST_M = 1.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RoadGround:
    """
    Where the roads of a closure lie.

    `metres` holds the length (m) of each of `pieces` in each county, (n, 47) in the order of
    `CODES`; what lies abroad is nobody's and not counted.
    """

    pieces: NDArray[np.int64]
    metres: Floats

    @property
    def by_county(self) -> Mapping[str, float]:
        """Metres of road in every county that has any, the most first."""
        total = self.metres.sum(axis=0)
        order = sorted(np.flatnonzero(total >= _LEAST_M), key=lambda i: (-total[i], i))
        return {CODES[i]: float(total[i]) for i in order}


def find_ground(
    index: RoadIndex, closure: Closure, territories: Territories | None = None
) -> RoadGround:
    """Return where the roads lie that a closure means on a map, by the exact borders."""
    pieces, _ = find_pieces(index.network, index.grids.whole, closure)
    metres = np.zeros((len(pieces), len(CODES)))
    if len(pieces):
        which, lon, lat, length = _steps(index.network, pieces)
        owner = (territories or load_territories()).find_many(lon, lat)
        inside = owner >= 0
        np.add.at(metres, (which[inside], owner[inside]), length[inside])
    return RoadGround(pieces, metres)


@dataclass(frozen=True, slots=True)
class Survey:
    """
    Where a closure lies as its writer sees it.

    `concerned` are the counties with roads of it, own ones first; `others` those into which it
    reaches farther than the slack at a border, and whose ground it is then.
    """

    ground: RoadGround
    concerned: tuple[str, ...]
    others: tuple[str, ...]


def survey(index: RoadIndex, scope: Scope, closure: Closure) -> Survey:
    """
    Find the counties concerned by a closure, and those beyond the ground of the scope.

    Raises
    ------
    NotAllowedError
        `forbidden_role` for an account without any county.
    BadInputError
        `roads_abroad`: none of the roads lies in a county.
    """
    if not scope.counties:
        raise NotAllowedError(
            "forbidden_role", said("the account belongs to no county"), said("ask an administrator")
        )
    territories = load_territories()
    ground = find_ground(index, closure, territories)
    if not ground.by_county:
        raise BadInputError(
            "roads_abroad",
            said("the roads lie in no county of the country"),
            said("draw on the ground of your county"),
        )
    foreign = [code for code in ground.by_county if code not in scope.counties]
    own = [code for code in ground.by_county if code in scope.counties]
    others = foreign if _reach_beyond(index.network, scope.counties, ground, territories) else []
    if closure.area is not None:
        others = [*others, *_drawn_beyond(closure.area, scope.counties, territories)]
    return Survey(ground, (*own, *foreign), tuple(dict.fromkeys(others)))


def counties_to_close(index: RoadIndex, scope: Scope, closure: Closure) -> tuple[str, ...]:
    """
    Return the counties concerned by a closure that the scope may record, its own first.

    Raises
    ------
    NotAllowedError
        `roads_of_other_counties`, and what `survey` refuses.
    BadInputError
        See `survey`.
    """
    found = survey(index, scope, closure)
    if found.others:
        by_county = found.ground.by_county
        foreign = {code: m for code, m in by_county.items() if code not in scope.counties}
        raise _not_own(found.others, foreign)
    return found.concerned


def counties_concerned(
    index: RoadIndex, closure: Closure, first: Collection[str]
) -> tuple[str, ...]:
    """Return the counties with roads of a closure, those of `first` before the others."""
    by_county = find_ground(index, closure).by_county
    return tuple(sorted(by_county, key=lambda code: code not in first))


def _not_own(others: Collection[str], foreign: Mapping[str, float]) -> NotAllowedError:
    names = ", ".join(others)
    return NotAllowedError(
        "roads_of_other_counties",
        said(
            "{length_km:.1f} km of these roads, or a part of the drawing, lie in {counties}",
            length_km=sum(foreign.values()) / 1000,
            counties=names,
        ),
        said(
            "draw on the ground of your own county only, or send a closure request: "
            "your part is closed at once and {counties} decides about the rest",
            counties=names,
        ),
        counties=names,
    )


# ── roads ─────────────────────────────────────────────────────────────────────
def _reach_beyond(
    network: RoadNetwork, own: Collection[str], ground: RoadGround, territories: Territories
) -> bool:
    """Tell whether more foreign road is meant than the slack at a border allows."""
    is_own = np.isin(CODES, list(own))
    own_m, foreign_m = ground.metres[:, is_own].sum(axis=1), ground.metres[:, ~is_own].sum(axis=1)
    beyond = foreign_m > own_m
    if not beyond.any():
        return False
    if foreign_m[beyond].sum() > min(BORDER_M, float(own_m.sum())):
        return True
    _, lon, lat, _ = _steps(network, ground.pieces[beyond])
    owner = territories.find_many(lon, lat)
    foreign = (owner >= 0) & ~is_own[owner]
    places = shapely.points(*project(lon[foreign], lat[foreign], WGS84, EQUAL_AREA))
    nearest = np.min([shapely.distance(place, places) for place in _grounds(own, territories)], 0)
    return bool((nearest > BORDER_M).any())


def _steps(
    network: RoadNetwork, pieces: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    """Short steps along pieces: whose (index into `pieces`), their middles (deg), length (m)."""
    first, last = network.shape_first[pieces], network.shape_first[pieces + 1]
    counts = np.asarray(last - first - 1, np.int64)
    which = np.repeat(np.arange(len(pieces)), counts)
    start = np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    lon, lat = network.shape_lon_e7[start] * E7, network.shape_lat_e7[start] * E7
    wide = network.shape_lon_e7[start + 1] * E7 - lon
    high = network.shape_lat_e7[start + 1] * E7 - lat
    length = _DEG_M * np.hypot(wide * np.cos(np.radians(lat)), high)
    parts = np.maximum(1, np.ceil(length / _STEP_M)).astype(np.int64)
    of = np.repeat(np.arange(len(parts)), parts)
    at = (np.arange(len(of)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[of]
    places = lon[of] + at * wide[of], lat[of] + at * high[of]
    return which[of], *places, length[of] / parts[of]


# ── the drawing ───────────────────────────────────────────────────────────────
def _drawn_beyond(drawn: BaseGeometry, own: Collection[str], territories: Territories) -> list[str]:
    """List the counties into which a drawing reaches farther than the slack at a border."""
    flat = shapely.transform(drawn, _projected)
    near = shapely.box(*shapely.bounds(shapely.buffer(flat, 2 * BORDER_M)))
    grounds = [shapely.intersection(ground, near) for ground in _grounds(own, territories)]
    # Rounded corners of a buffer lie a little inside the circle.
    allowed = shapely.buffer(shapely.union_all(grounds), BORDER_M, quad_segs=32)
    beyond = shapely.difference(flat, allowed)
    if beyond.is_empty:
        return []
    others = zip(CODES, territories.polygons, strict=True)
    return [
        code
        for code, ground in others
        if code not in own and not shapely.intersection(ground, beyond).is_empty
    ]


def _grounds(own: Collection[str], territories: Territories) -> list[BaseGeometry]:
    both = zip(CODES, territories.polygons, strict=True)
    return [ground for code, ground in both if code in own]


def _projected(places: Floats) -> Floats:
    return np.column_stack(project(places[:, 0], places[:, 1], WGS84, EQUAL_AREA))
