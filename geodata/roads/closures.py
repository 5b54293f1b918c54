"""
Closed and slowed roads: drawn areas or named pieces, each with its time of validity.

Pure: closures and an instant give the weights of all arcs. An area closes every
piece of road that runs through it, in both directions and from end to end, and
slows only the share of a piece inside it; a line means all of every piece it
crosses. A place at a closed road is put on the nearest open one; where there is
none near enough, it cannot be reached: "unreachable" is the answer, not a guess.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.roads.network import E7, FAR, Floats, Int32s, RoadNetwork
from geodata.roads.snapping import Snapper
from geodata.said import said

Found = tuple[NDArray[np.int64], Floats]
"""Numbers of pieces, and the share of each that is meant."""

SPOT_REACH_M = 60.0
"""
Metres. A spot farther than this from every road means no road.

A finger on a phone's map is no finer than that at the zoom where streets show.
"""

# Half the width that a drawn line gets: about 2 cm, twice the resolution of the map.
_LINE_DEG = 2e-7


@dataclass(frozen=True, slots=True)
class Closure:
    """
    One closure or slow-down.

    Attributes
    ----------
    id
        Its name elsewhere.
    valid_from, valid_until
        Aware instants; valid from the first up to, not including, the second.
        None: until it is taken back.
    area
        Polygon, line or several of one kind in EPSG:4326 whose roads are meant, or None.
    pieces
        Numbers of pieces of the network at hand. They change with every import.
    way_ids
        OpenStreetMap ways; these last.
    spot
        A place that means the nearest piece of road; lasts as long as the road.
    factor
        Speed as a share of the usual one, above 0 and below 1; None: closed.
    """

    id: str
    valid_from: datetime
    valid_until: datetime | None = None
    area: BaseGeometry | None = None
    pieces: tuple[int, ...] = ()
    way_ids: tuple[int, ...] = ()
    spot: LonLat | None = None
    factor: float | None = None

    def __post_init__(self) -> None:
        """
        Refuse what cannot be meant.

        Raises
        ------
        RefusedError
            `bad_factor`, `naive_time`, `bad_validity`, `no_roads_named` or `bad_area`.
        """
        if self.factor is not None and not (math.isfinite(self.factor) and 0 < self.factor < 1):
            raise BadInputError(
                "bad_factor",
                said("{factor} is no share of a speed", factor=self.factor),
                said("above 0 and below 1"),
            )
        ends = (
            [self.valid_from] if self.valid_until is None else [self.valid_from, self.valid_until]
        )
        if any(end.tzinfo is None for end in ends):
            raise BadInputError(
                "naive_time", said("a validity has no time zone"), said("send an offset or Z")
            )
        if len(ends) == 2 and ends[1] <= ends[0]:
            raise BadInputError(
                "bad_validity", said("it ends before it begins"), said("swap the two times")
            )
        if self.area is None and self.spot is None and not self.pieces and not self.way_ids:
            raise BadInputError(
                "no_roads_named", said("no area and no roads are given"), said("draw an area")
            )
        if self.area is not None and (self.area.is_empty or not self.area.is_valid):
            raise BadInputError(
                "bad_area", said("the area is empty or crosses itself"), said("draw it again")
            )

    def active_at(self, at: datetime) -> bool:
        """Whether it holds at the aware instant `at`."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


def close(
    network: RoadNetwork,
    grid: Snapper,
    open_ms: Int32s,
    closures: Iterable[Closure],
    at: datetime,
) -> Int32s:
    """
    Weights under all closures that hold at `at`; where several meet, the slowest.

    Parameters
    ----------
    network, grid
        The roads, and the grid over all of them.
    open_ms
        Weights without any closure; not changed.
    """
    pieces, slower = find_slower(network, closures, at, lambda one: find_pieces(network, grid, one))
    weights = open_ms.copy()
    pairs = weights.reshape(-1, 2)
    pairs[pieces] = slow_down(pairs[pieces], slower)
    return weights


def find_slower(
    network: RoadNetwork,
    closures: Iterable[Closure],
    at: datetime,
    find: Callable[[Closure], Found],
) -> tuple[NDArray[np.int64], Floats]:
    """
    Pieces that are slower than usual at `at`, rising, and how many times longer they take.

    Infinity: closed. Where several closures meet, the slowest counts. `find` gives the pieces
    of a closure (`find_pieces`, or what somebody remembers of it).
    """
    named, longer = [np.zeros(0, np.int64)], [np.zeros(0)]
    for closure in closures:
        if closure.active_at(at):
            pieces, inside = _with_copies(network, *find(closure))
            # Only the part inside is driven slower; the rest of the piece keeps its speed.
            shut = np.full(len(pieces), np.inf)
            slow = shut if closure.factor is None else 1 + inside * (1 / closure.factor - 1)
            named.append(pieces)
            longer.append(slow)
    all_pieces, row = np.unique(np.concatenate(named), return_inverse=True)
    slower = np.ones(len(all_pieces))
    # Closures do not multiply: a slow road that is flooded is flooded.
    np.maximum.at(slower, row, np.concatenate(longer))
    return all_pieces[slower > 1], slower[slower > 1]


def slow_down(pairs: Int32s, slower: Floats) -> Int32s:
    """Milliseconds of both directions of pieces (rows) that take so many times longer."""
    times = np.rint(np.minimum(pairs * slower[:, None], FAR))
    return np.asarray(times.astype(np.int32))


def _with_copies(
    network: RoadNetwork, pieces: NDArray[np.int64], share: Floats
) -> tuple[NDArray[np.int64], Floats]:
    """Add the extra pieces of turn restrictions that stand for the same roads."""
    copies = network.copies_of(pieces).astype(np.int64)
    if not len(copies):
        return pieces, share
    source = network.source_piece[copies - network.own_piece_count]
    rising = np.argsort(pieces)
    of_source = rising[np.searchsorted(pieces, source, sorter=rising)]
    return np.concatenate([pieces, copies]), np.concatenate([share, share[of_source]])


def next_change(closures: Iterable[Closure], after: datetime) -> datetime | None:
    """First instant after `after` at which a closure begins or ends."""
    ends = [end for one in closures for end in (one.valid_from, one.valid_until)]
    return min((end for end in ends if end is not None and end > after), default=None)


def find_pieces(network: RoadNetwork, grid: Snapper, closure: Closure) -> Found:
    """
    Pieces that a closure means, and the share of each that it covers.

    Raises
    ------
    RefusedError
        `unknown_piece`.
    """
    named = np.array(closure.pieces, np.int64)
    if len(named) and not (named.min() >= 0 and named.max() < network.piece_count):
        raise BadInputError(
            "unknown_piece",
            said("the network has no piece of that number"),
            said("draw an area instead"),
        )
    if closure.way_ids:
        ways = np.flatnonzero(np.isin(network.way_id, closure.way_ids))
        named = np.union1d(named, ways[ways < network.own_piece_count])
    if closure.spot is not None:
        named = np.union1d(named, _nearest_piece(grid, closure.spot))
    share = np.ones(len(named))
    if closure.area is None:
        return named, share
    crossed, inside = _cross(network, grid, closure.area)
    rest = ~np.isin(crossed, named)
    return np.concatenate([named, crossed[rest]]), np.concatenate([share, inside[rest]])


def _nearest_piece(grid: Snapper, spot: LonLat) -> NDArray[np.int64]:
    lons, lats = np.array([spot.lon]), np.array([spot.lat])
    piece = grid.snap(lons, lats, max_distance_m=SPOT_REACH_M).piece.astype(np.int64)
    return np.asarray(piece[piece >= 0])


def _cross(
    network: RoadNetwork, grid: Snapper, area: BaseGeometry
) -> tuple[NDArray[np.int64], Floats]:
    """Pieces that run through an area, and the share of their length inside; all across a line."""
    is_line = area.geom_type in {"LineString", "MultiLineString"}
    # A line without width, drawn through a junction, would only touch the roads that end
    # there. With a width it crosses them.
    area = area.buffer(_LINE_DEG) if is_line else area
    segments = grid.find_segments(area.bounds)
    pieces = np.unique(np.searchsorted(network.shape_first, segments, side="right") - 1)
    first, last = network.shape_first[pieces], network.shape_first[pieces + 1]
    counts = last - first
    # The points of all pieces as one array of indexes, without a loop over the pieces.
    start = np.repeat(first - (np.cumsum(counts) - counts), counts)
    points = start + np.arange(int(counts.sum()))
    places = np.stack([network.shape_lon_e7[points], network.shape_lat_e7[points]], axis=1) * E7
    lines: NDArray[np.object_] = np.asarray(
        shapely.linestrings(places, indices=np.repeat(np.arange(len(pieces)), counts))
    )
    shapely.prepare(area)
    # A road that only touches the area's border does not run through it.
    hit = shapely.intersects(area, lines) & ~shapely.touches(area, lines)
    if is_line:
        return pieces[hit], np.ones(int(hit.sum()))
    inside = shapely.length(shapely.intersection(lines[hit], area))
    whole = shapely.length(lines[hit])
    return pieces[hit], np.where(whole > 0, inside / np.where(whole > 0, whole, 1), 1.0)
