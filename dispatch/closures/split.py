"""
What of a closure lies on own ground, and what each other county is asked to close.

A piece belongs to one county only, by the rule of `dispatch.closures.ground`: it is own with at
least half of its length on own ground, and else of the county in which most of it lies. A drawing
is cut along the borders so that each county's share means its own pieces, also on the next map.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from dispatch.closures.ground import RoadGround, Survey
from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure, find_pieces
from geodata.roads.index import RoadIndex
from geodata.territories.shares import Territories, load_territories

Numbers = NDArray[np.int64]

# A cut keeps this far from the border, so that it touches nobody else's ground.
_INSIDE_M = 2.0
# Half the width of the gap that leaves a neighbour's road out of a drawing.
_GAP_M = 1.0
# Ground around a drawing that is looked at; a straight edge of 500 km bends by 3 km.
_AROUND_DEG = 0.1


@dataclass(frozen=True, slots=True)
class Split:
    """The own share of a closure, None where no road of it is own, and that of each other."""

    own: Closure | None
    asked: Mapping[str, Closure]


def split_closure(
    index: RoadIndex, closure: Closure, survey: Survey, counties: Collection[str]
) -> Split:
    """
    Split a surveyed closure between own ground (`counties`) and that of all others.

    What lies within the slack of a border stays whole and asks nobody.
    """
    if not survey.others:
        return Split(closure, {})
    territories = load_territories()
    owners = _owners(survey.ground, counties)
    cutter = _Cutter(index, closure, survey.ground.pieces, territories)
    own = cutter.share(owners == _OWN, counties)
    others = {
        CODES[owner]: cutter.share(owners == owner, (CODES[owner],))
        for owner in np.unique(owners[owners >= 0])
    }
    return Split(own, {code: share for code, share in others.items() if share is not None})


_OWN, _ABROAD = -1, -2


def _owners(ground: RoadGround, counties: Collection[str]) -> Numbers:
    """Index into `CODES` of whom each piece belongs to, `_OWN`, or `_ABROAD`."""
    is_own = np.isin(CODES, list(counties))
    own_m, all_m = ground.metres[:, is_own].sum(axis=1), ground.metres.sum(axis=1)
    foreign = np.where(is_own, 0.0, ground.metres)
    owners: Numbers = np.argmax(foreign, axis=1).astype(np.int64)
    owners[2 * own_m >= all_m] = _OWN
    owners[all_m <= 0] = _ABROAD
    return owners


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Cuts one closure; `pieces` are all that it means."""

    index: RoadIndex
    closure: Closure
    pieces: Numbers
    territories: Territories

    def share(self, wanted: NDArray[np.bool_], counties: Collection[str]) -> Closure | None:
        """Return the closure that means the wanted pieces alone, None when there are none."""
        if not wanted.any():
            return None
        mine, rest = self.pieces[wanted], self.pieces[~wanted]
        ground = self._ground(counties)
        ways = self._whole_ways(mine, rest)
        spot = self.closure.spot
        if spot is not None and not ground.contains(shapely.Point(spot)):
            spot = None
        area = None if self.closure.area is None else self._cut(self.closure.area, ground, rest)
        named = self._covered(area, ways, spot)
        missed = mine[~np.isin(mine, named)]
        if len(missed):
            area = self._with_middles(area, missed, ground)
        return replace(self.closure, area=area, way_ids=ways, spot=spot)

    def _covered(
        self, area: BaseGeometry | None, ways: tuple[int, ...], spot: LonLat | None
    ) -> Numbers:
        if area is None and not ways and spot is None:
            return np.zeros(0, np.int64)
        share = replace(self.closure, area=area, way_ids=ways, spot=spot)
        pieces, _ = find_pieces(self.index.network, self.index.grids.whole, share)
        return pieces

    def _whole_ways(self, mine: Numbers, rest: Numbers) -> tuple[int, ...]:
        way_id = self.index.network.way_id
        named = np.array(self.closure.way_ids, np.int64)
        meant = np.intersect1d(named, way_id[mine])
        return tuple(int(way) for way in np.setdiff1d(meant, way_id[rest]))

    def _ground(self, counties: Collection[str]) -> BaseGeometry:
        """The ground of counties around the closure, EPSG:4326, a little inside its borders."""
        lines = [self.index.network.line(int(piece)) for piece in self.pieces]
        places = np.concatenate([*lines, *_corners(self.closure.area)])
        low, high = places.min(axis=0) - _AROUND_DEG, places.max(axis=0) + _AROUND_DEG
        near = _to_metres(shapely.segmentize(shapely.box(*low, *high), 0.05))
        both = zip(CODES, self.territories.polygons, strict=True)
        grounds = [shapely.intersection(one, near) for code, one in both if code in counties]
        return _to_degrees(shapely.buffer(shapely.union_all(grounds), -_INSIDE_M))

    def _cut(self, area: BaseGeometry, ground: BaseGeometry, rest: Numbers) -> BaseGeometry | None:
        inside = shapely.intersection(area, ground)
        lines = _lines(self.index, rest)
        meeting = lines[shapely.intersects(lines, inside)]
        if len(meeting):
            gaps = shapely.buffer(_to_metres(shapely.union_all(meeting)), _GAP_M, quad_segs=2)
            inside = shapely.difference(inside, _to_degrees(gaps))
        return _only(inside, int(shapely.get_dimensions(area)))

    def _with_middles(
        self, area: BaseGeometry | None, missed: Numbers, ground: BaseGeometry
    ) -> BaseGeometry | None:
        """Add the middle of every missed piece on that ground: it meets no other road's end."""
        lines = [_middle(line, ground) for line in _lines(self.index, missed)]
        strokes = shapely.union_all(lines)
        if area is not None and shapely.get_dimensions(area) == 2:
            strips = _to_degrees(shapely.buffer(_to_metres(strokes), _GAP_M, quad_segs=2))
            return shapely.union_all([area, strips])
        return strokes if area is None else _only(shapely.union_all([area, strokes]), 1)


def _middle(line: shapely.LineString, ground: BaseGeometry) -> BaseGeometry:
    there = shapely.get_parts(_only(shapely.intersection(line, ground), 1))
    # A piece that hardly enters the inner ground stands for itself.
    longest: shapely.LineString = max(there, key=shapely.length, default=line)
    return substring(longest, 0.3, 0.7, normalized=True)


def _lines(index: RoadIndex, pieces: Numbers) -> NDArray[np.object_]:
    lines = [shapely.LineString(index.network.line(int(piece))) for piece in pieces]
    return np.array(lines, dtype=object)


def _only(shape: BaseGeometry, dimensions: int) -> BaseGeometry | None:
    """Leave out what touches only: points of an area, points of a line."""
    parts = shapely.get_parts(shape)
    kept = parts[(shapely.get_dimensions(parts) == dimensions) & ~shapely.is_empty(parts)]
    return shapely.union_all(kept) if len(kept) else None


def _corners(area: BaseGeometry | None) -> list[NDArray[np.float64]]:
    return [] if area is None else [shapely.get_coordinates(area)]


def _to_metres(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda at: _moved(at, WGS84, EQUAL_AREA))


def _to_degrees(shape: BaseGeometry) -> BaseGeometry:
    # Rounding of the projection may fold a corner over.
    return shapely.make_valid(shapely.transform(shape, lambda at: _moved(at, EQUAL_AREA, WGS84)))


def _moved(at: NDArray[np.float64], source: int, target: int) -> NDArray[np.float64]:
    return np.column_stack(project(at[:, 0], at[:, 1], source, target))
