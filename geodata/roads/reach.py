"""
Maps of reach: the nearest base of every junction, and the area within some minutes.

Times are free flow in whole milliseconds, like everything of the index; divide
a limit by the factor of the hour before asking (a real minute is factor x 60 s
of free flow).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.errors import BadInputError
from geodata.roads import labels
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, Floats, Int32s
from geodata.roads.routes import cut
from geodata.roads.snapping import SnappedMany
from geodata.said import said

CELL_M = 40.0
"""Side of a raster cell, metres: a border lies within about three of the last road reached."""

# 30 MB of booleans. The whole country in cells of 40 m would be eight times as many.
_MOST_CELLS = 30_000_000
_SIMPLIFY_CELLS = 0.75


@dataclass(frozen=True, slots=True)
class Catchments:
    """
    Times between every node and its nearest base.

    `times_ms` is FAR and `owner` (number of the base) -1 where there is no way.
    """

    times_ms: Int32s
    owner: Int32s


@dataclass(frozen=True, slots=True)
class Isochrone:
    """Area within `limit_ms` (EPSG:4326), and how many nodes of the network are in reach."""

    limit_ms: int
    area: shapely.MultiPolygon
    nodes: int


def find_catchments(index: RoadIndex, bases: SnappedMany, *, outward: bool = True) -> Catchments:
    """
    Nearest base of every node, driving from the bases (`outward`) or to them.

    Ties go to the base named first; a base without a road has none.
    """
    seeds = index.seeds(bases.piece, bases.fraction, outward=outward)
    return Catchments(*labels.nearest_bases(index.hierarchy, index.metric, seeds, outward=outward))


def find_isochrones(
    index: RoadIndex, places: SnappedMany, limits_ms: Sequence[int], *, outward: bool = True
) -> list[Isochrone]:
    """
    Areas that can be driven to from the nearest of the places (`outward`), or from where they can.

    Every road reached lies inside, to the metre where the time runs out; what
    is farther than about 130 m from all of them lies outside.

    Raises
    ------
    RefusedError
        `bad_limit`: not above 0, or a day and more.
    """
    if any(not 0 < limit < 86_400_000 for limit in limits_ms):
        raise BadInputError(
            "bad_limit", said("a limit is not between 0 and a day"), said("use minutes")
        )
    catchments = find_catchments(index, places, outward=outward)
    return [
        Isochrone(
            limit_ms=limit,
            area=_area(list(_reached(index, catchments.times_ms, places, limit, outward=outward))),
            nodes=int((catchments.times_ms <= limit).sum()),
        )
        for limit in limits_ms
    ]


def _reached(
    index: RoadIndex, times_ms: Int32s, places: SnappedMany, limit: int, *, outward: bool
) -> Iterator[Floats]:
    """Lines (lon, lat) of all roads and parts of roads within the limit."""
    share = _shares(index, times_ms, limit, outward=outward)
    whole = np.flatnonzero((share >= 1).any(axis=1))
    if len(whole):
        yield from _whole_lines(index, whole)
    part = np.flatnonzero((share > 0).any(axis=1) & (share < 1).all(axis=1))
    for piece, (ahead, back) in zip(part.tolist(), share[part].tolist(), strict=True):
        # A piece that is reached in part is reached from its ends: what is left of the limit
        # runs in from either. Driving to the places, it ends at either.
        spans = [(0.0, ahead), (1.0 - back, 1.0)] if outward else [(1.0 - ahead, 1.0), (0.0, back)]
        yield from (cut(index, piece, *span) for span in spans if span[0] < span[1])
    yield from _own_lines(index, places, limit, outward=outward)


def _shares(index: RoadIndex, times_ms: Int32s, limit: int, *, outward: bool) -> Floats:
    """Share of each own piece within reach, by the arc as drawn and the arc against."""
    network = index.network
    count = 2 * network.own_piece_count
    if outward:
        start = np.minimum(times_ms[network.arc_tail], times_ms[network.enter_node])[:count]
    else:
        start = times_ms[network.arc_head[:count]]
    weights = index.weights_ms[:count]
    left = np.where(weights < FAR, limit - start.astype(np.float64), 0.0)
    return np.asarray(np.clip(left / weights, 0.0, 1.0).reshape(-1, 2))


def _whole_lines(index: RoadIndex, pieces: NDArray[np.int64]) -> Iterator[Floats]:
    network = index.network
    chosen = np.zeros(network.piece_count, bool)
    chosen[pieces] = True
    points = np.repeat(chosen, np.diff(network.shape_first))
    columns = (network.shape_lon_e7[points], network.shape_lat_e7[points])
    lines = np.stack(columns, axis=1) * 1e-7
    breaks = np.cumsum(np.diff(network.shape_first)[pieces])[:-1]
    # All pieces as one run of points, which is far quicker than a line for each. NaN marks
    # a break: two points that no road joins.
    yield np.insert(lines, breaks, np.nan, axis=0)


def _own_lines(
    index: RoadIndex, places: SnappedMany, limit: int, *, outward: bool
) -> Iterator[Floats]:
    """The parts of the places' own pieces that are in reach without a junction."""
    pairs = index.weights_ms.reshape(-1, 2)
    for piece, at in zip(places.piece.tolist(), places.fraction.tolist(), strict=True):
        if piece < 0:
            continue
        ahead, back = np.where(pairs[piece] < FAR, limit / pairs[piece], 0.0).tolist()
        low, high = (back, ahead) if outward else (ahead, back)
        yield cut(index, piece, max(0.0, at - low), min(1.0, at + high))


def _area(lines: list[Floats]) -> shapely.MultiPolygon:
    """Area around lines: the cells they run through and their neighbours, rounded off."""
    # Imported here because scipy's image functions are slow to load, and
    # only isochrones need them.
    from scipy import ndimage

    if not lines:
        return shapely.MultiPolygon()
    run = np.concatenate([part for line in lines for part in (line, [[np.nan, np.nan]])])
    x, y = project(run[:, 0], run[:, 1], WGS84, STEREO70)
    x, y = (np.where(np.isfinite(x), axis, np.nan) for axis in (x, y))
    cell = CELL_M
    while np.nanmax(x) - np.nanmin(x) > 0 and _cells(x, cell) * _cells(y, cell) > _MOST_CELLS:
        # A larger area gets a coarser border rather than more memory.
        cell *= 2
    x, y = _densify(x, y, cell / 2)
    west, south = float(x.min()) - 2 * cell, float(y.min()) - 2 * cell
    column, row = ((x - west) // cell).astype(np.int64), ((y - south) // cell).astype(np.int64)
    mask = np.zeros((int(row.max()) + 3, int(column.max()) + 3), bool)
    mask[row, column] = True
    mask = ndimage.binary_dilation(mask, structure=np.ones((3, 3), bool))
    # Every road has a whole marked cell between itself and the border, so moving the border by
    # less than a cell cannot cut the road off.
    outline = shapely.simplify(_outline(mask, (west, south), cell), _SIMPLIFY_CELLS * cell)
    area = shapely.transform(shapely.make_valid(outline), _to_degrees)
    return shapely.MultiPolygon([p for p in shapely.get_parts(area) if p.geom_type == "Polygon"])


def _to_degrees(points: Floats) -> Floats:
    return np.stack(project(points[:, 0], points[:, 1], STEREO70, WGS84), axis=1)


def _cells(axis: Floats, cell: float) -> float:
    return float((np.nanmax(axis) - np.nanmin(axis)) / cell + 5)


def _densify(x: Floats, y: Floats, step: float) -> tuple[Floats, Floats]:
    """Points along the lines at most a step apart; breaks (NaN) are left out."""
    length = np.hypot(np.diff(x), np.diff(y))
    count = np.where(np.isfinite(length), np.ceil(length / step), 0).astype(np.int64)
    entry = np.repeat(np.arange(len(count)), count)
    nth = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
    share = nth / count[entry]
    real = np.isfinite(x)
    points = [a[entry] + share * (a[entry + 1] - a[entry]) for a in (x, y)]
    return np.concatenate([points[0], x[real]]), np.concatenate([points[1], y[real]])


def _outline(mask: NDArray[np.bool_], corner: tuple[float, float], cell: float) -> shapely.Geometry:
    """Union of the marked cells: runs of each row as boxes, joined."""
    edges = np.diff(mask.astype(np.int8), axis=1, prepend=0, append=0)
    row, start = np.nonzero(edges == 1)
    stop = np.nonzero(edges == -1)[1]
    west, east = corner[0] + start * cell, corner[0] + stop * cell
    south = corner[1] + row * cell
    return shapely.union_all(shapely.box(west, south, east, south + cell))
