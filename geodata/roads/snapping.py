"""
Put a place onto a road: the nearest point of any piece.

A place is projected onto the piece's line, not moved to a junction, and the
part of the piece driven counts. Both directions of the piece stay possible;
the index decides which of them a car may use.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from geodata.points import LonLat
from geodata.roads import snapping_kernels as kernels
from geodata.roads.network import E7, Floats, Int32s, RoadNetwork
from geodata.roads.tags import FERRY, LANE

CELL_DEG = 0.002
"""Side of a grid cell, about 160 x 220 m in Romania: a handful of segments in town."""

# Cells are counted as larger by this share of their side, about 2 cm. Without it, rounding
# could leave a segment that runs along an edge in neither of the two cells.
_MARGIN = 1e-4

# Side of a grid of one cell, degrees. It is wider than the whole world, so every segment that
# is put into it is looked at, wherever the place lies (`Snapper.snap_open`).
_WORLD_DEG = 400.0


@dataclass(frozen=True, slots=True)
class Snapped:
    """
    A place on the road.

    Attributes
    ----------
    arc
        Road piece it lies on (both directions of it; see `RoadNetwork`).
    fraction
        Share of the piece's length from its drawn start, 0 to 1.
    distance_m
        From the place asked for to `place`.
    place
        The point on the road, EPSG:4326.
    """

    arc: int
    fraction: float
    distance_m: float
    place: LonLat


@dataclass(frozen=True, slots=True)
class SnappedMany:
    """Columns of `Snapped` for many places; `piece` is -1 where no road is near enough."""

    piece: Int32s
    fraction: Floats
    distance_m: Floats
    lon: Floats
    lat: Floats

    def get(self, i: int) -> Snapped | None:
        """Entry `i`, or None where nothing is near enough."""
        if self.piece[i] < 0:
            return None
        place = LonLat(float(self.lon[i]), float(self.lat[i]))
        return Snapped(
            int(self.piece[i]), float(self.fraction[i]), float(self.distance_m[i]), place
        )

    def take(self, rows: NDArray[np.integer[Any]]) -> Self:
        """Return the given entries, in the given order."""
        return type(self)(*(getattr(self, column.name)[rows] for column in fields(self)))

    def replace(self, rows: NDArray[np.integer[Any]], others: Self) -> None:
        """Overwrite the given entries with `others`, in place."""
        for column in fields(self):
            getattr(self, column.name)[rows] = getattr(others, column.name)


class Nearby(NamedTuple):
    """Nearest segments of places: first point (-1: none), share along it, metres to it."""

    segment: NDArray[np.int64]
    share: Floats
    distance_m: Floats


@dataclass(frozen=True, slots=True)
class Snapper:
    """
    Grid over all line segments of a network.

    Attributes
    ----------
    bits, before
        A bit for each cell that holds anything, 32 to a word; how many such
        cells come before each word. Most cells of a country are empty.
    cell_first, cell_items
        Segments of each such cell.
    allowed
        A bit for each segment that may be found, 8 to a byte; empty: all may.
    """

    network: RoadNetwork
    bits: NDArray[np.uint32]
    before: Int32s
    cell_first: Int32s
    cell_items: Int32s
    corner: tuple[float, float]
    size: tuple[int, int]
    allowed: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    cell_deg: float = CELL_DEG

    @classmethod
    def build(cls, network: RoadNetwork) -> Self:
        """Enter every segment into all cells it runs through."""
        lon = np.asarray(network.shape_lon_e7 * E7)
        lat = np.asarray(network.shape_lat_e7 * E7)
        west, south = float(lon.min()), float(lat.min())
        x, y = (lon - west) / CELL_DEG, (lat - south) / CELL_DEG
        columns, rows = int(x.max()) + 1, int(y.max()) + 1
        cells, items = _cover(x, y, _segments(network), columns)
        order = np.argsort(cells, kind="stable")
        counts = np.bincount(cells, minlength=columns * rows)
        bits, before = _mark(counts > 0)
        return cls(
            network=network,
            bits=bits,
            before=before,
            cell_first=np.concatenate([[0], np.cumsum(counts[counts > 0])]).astype(np.int32),
            cell_items=items[order].astype(np.int32),
            corner=(west, south),
            size=(columns, rows),
        )

    def only(self, pieces: NDArray[np.bool_]) -> Self:
        """Return the same grid for some of the pieces."""
        points = np.repeat(pieces, np.diff(self.network.shape_first))
        return self.among(np.packbits(points, bitorder="little"))

    def among(self, allowed: NDArray[np.uint8]) -> Self:
        """Return the same grid for the segments of other bits."""
        return replace(self, allowed=allowed)

    def snap(self, lons: Floats, lats: Floats, *, max_distance_m: float) -> SnappedMany:
        """Nearest road point of every place (WGS84 degrees) within `max_distance_m`."""
        found = self._search(lons, lats, max_distance_m, self.allowed, kinds=1)
        return self.describe(Nearby(*(column[0] for column in found)))

    def snap_kinds(
        self, lons: Floats, lats: Floats, *, max_distance_m: float, second: NDArray[np.uint8]
    ) -> Nearby:
        """
        Nearest point of each of three kinds: allowed segments, those of the bits, all others.

        What is farther than an allowed segment may be missing. Columns have shape (3, places).
        """
        return self._search(lons, lats, max_distance_m, second, kinds=3)

    def _search(
        self,
        lons: Floats,
        lats: Floats,
        max_distance_m: float,
        second: NDArray[np.uint8],
        *,
        kinds: int,
    ) -> Nearby:
        shape = (kinds, len(lons))
        found = Nearby(np.empty(shape, np.int64), np.empty(shape), np.empty(shape))
        lines = (self.network.shape_lon_e7, self.network.shape_lat_e7)
        cells = (self.bits, self.before, self.cell_first, self.cell_items, self.allowed, second)
        grid = (*cells, *self.corner, self.cell_deg, *self.size)
        kernels.nearest_segments((lons, lats), float(max_distance_m), grid, lines, (*found,))
        return found

    def snap_open(
        self, lon: float, lat: float, *, max_distance_m: float, closed: NDArray[np.bool_]
    ) -> SnappedMany:
        """Nearest point of one place on a piece that is not `closed`; slower than `snap`."""
        segments = self.find_segments(box_around(lon, lat, max_distance_m))
        pieces = self.pieces_of(segments)
        return self.snap_among(lon, lat, segments[~closed[pieces]], max_distance_m=max_distance_m)

    def pieces_of(self, segments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Pieces that segments belong to."""
        # A segment is named by its first point, so the piece is the last one that starts at or
        # before it.
        first = self.network.shape_first
        return np.asarray(np.searchsorted(first, segments, side="right") - 1, dtype=np.int64)

    def snap_among(
        self, lon: float, lat: float, segments: NDArray[np.int64], *, max_distance_m: float
    ) -> SnappedMany:
        """Nearest point of one place on some of the segments."""
        items = segments.astype(np.int32)
        # The kernel searches grids only. The segments left over become a grid of one cell,
        # so that both searches share one measure of distance.
        one_cell = replace(
            self,
            allowed=np.zeros(0, np.uint8),
            bits=np.array([1], np.uint32),
            before=np.zeros(1, np.int32),
            cell_first=np.array([0, len(items)], np.int32),
            cell_items=items,
            corner=(lon - _WORLD_DEG / 2, lat - _WORLD_DEG / 2),
            size=(1, 1),
            cell_deg=_WORLD_DEG,
        )
        return one_cell.snap(np.array([lon]), np.array([lat]), max_distance_m=max_distance_m)

    def find_segments(self, bounds: tuple[float, float, float, float]) -> NDArray[np.int64]:
        """Segments in the cells under a box (west, south, east, north), rising."""
        west, south, east, north = bounds
        columns, rows = self.size
        left, right = (int((lon - self.corner[0]) // CELL_DEG) for lon in (west, east))
        low, high = (int((lat - self.corner[1]) // CELL_DEG) for lat in (south, north))
        left, right = max(left, 0), min(right, columns - 1)
        found = [np.zeros(0, np.int64)]
        for row in range(max(low, 0), min(high, rows - 1) + 1):
            if left <= right:
                start, stop = row * columns + left, row * columns + right + 1
                cells = slice(*(self.cell_first[self._entry(cell)] for cell in (start, stop)))
                found.append(self.cell_items[cells].astype(np.int64))
        segments = np.unique(np.concatenate(found))
        if len(self.allowed):
            segments = segments[(self.allowed[segments >> 3] >> (segments & 7)) & 1 > 0]
        return segments

    def _entry(self, cell: int) -> int:
        """Count the cells before this one that hold anything: the index into `cell_first`."""
        word, bit = cell >> 5, cell & 31
        if word == len(self.bits):
            return len(self.cell_first) - 1
        return int(self.before[word]) + (int(self.bits[word]) & ((1 << bit) - 1)).bit_count()

    def describe(self, nearby: Nearby) -> SnappedMany:
        """Pieces and places of nearest segments, one of each place."""
        segment, share, distance = nearby
        network, hit = self.network, segment >= 0
        start = np.where(hit, segment, 0)
        piece = self.pieces_of(start)

        lines = (network.shape_first, network.shape_lon_e7, network.shape_lat_e7)
        fraction = np.empty(len(start))
        kernels.shares_of_points(piece, start, share, lines, fraction)

        def along(values: NDArray[np.generic]) -> Floats:
            a, b = values[start].astype(np.float64), values[start + 1].astype(np.float64)
            return np.asarray(a + share * (b - a))

        return SnappedMany(
            piece=np.where(hit, piece, -1).astype(np.int32),
            fraction=np.clip(fraction, 0.0, 1.0),
            distance_m=np.where(hit, distance, np.inf),
            lon=along(network.shape_lon_e7) * E7,
            lat=along(network.shape_lat_e7) * E7,
        )


def box_around(lon: float, lat: float, metres: float) -> tuple[float, float, float, float]:
    """Box (degrees) that holds everything within some metres, and a little more."""
    up = metres / 110_000.0
    # 110 km is less than any degree of latitude has, so the box is never too small.
    across = up / max(float(np.cos(np.radians(lat))), 0.01)
    return lon - across, lat - up, lon + across, lat + up


def _segments(network: RoadNetwork) -> NDArray[np.int64]:
    """First point of every segment: all points but the last of each piece."""
    # Nobody is put onto a ferry's line: a car near the water stands on the bank. Nor onto a
    # lane that is kept for what lies behind it. The extra pieces of turn restrictions are
    # left out too, because they copy real ones.
    chosen = (np.arange(network.piece_count) < network.own_piece_count) & (
        network.road_class != FERRY
    )
    chosen &= network.flags & LANE == 0
    is_start = np.repeat(chosen, np.diff(network.shape_first))
    # The last point of a piece and the first of the next are no segment.
    is_start[network.shape_first[1:] - 1] = False
    return np.flatnonzero(is_start)


def _cover(
    x: Floats, y: Floats, segments: NDArray[np.int64], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All (cell, segment) pairs where the segment runs through the cell; ends in cells."""
    column, row = x.astype(np.int64), y.astype(np.int64)
    left = np.minimum(column[segments], column[segments + 1])
    low = np.minimum(row[segments], row[segments + 1])
    wide = np.abs(column[segments] - column[segments + 1]) + 1
    high = np.abs(row[segments] - row[segments + 1]) + 1
    count = wide * high
    entry = np.repeat(np.arange(len(segments)), count)
    nth = np.arange(len(entry)) - np.repeat(np.cumsum(count) - count, count)
    cell_x, cell_y = left[entry] + nth % wide[entry], low[entry] + nth // wide[entry]
    start = segments[entry]
    along, up = x[start + 1] - x[start], y[start + 1] - y[start]
    # A line runs through a cell when the cell's middle is near enough to it. The cross
    # product measures that distance times the line's length, so nothing is divided.
    aside = (cell_x + 0.5 - x[start]) * up - (cell_y + 0.5 - y[start]) * along
    through = np.abs(aside) <= (np.abs(along) + np.abs(up)) * (0.5 + _MARGIN) + _MARGIN
    return (cell_y * columns + cell_x)[through], start[through]


def _mark(used: NDArray[np.bool_]) -> tuple[NDArray[np.uint32], Int32s]:
    """Cells as bits, 32 to a word, and how many are set before each word."""
    words = -(-len(used) // 32)
    padded = np.zeros(words * 32, bool)
    padded[: len(used)] = used
    bits = np.packbits(padded, bitorder="little").view("<u4").astype(np.uint32)
    counts = padded.reshape(words, 32).sum(axis=1)
    return bits, (np.cumsum(counts) - counts).astype(np.int32)


def piece_shares(network: RoadNetwork, piece: int) -> Floats:
    """Share of the piece's length at which each of its points lies, 0 first and 1 last."""
    part = slice(network.shape_first[piece], network.shape_first[piece + 1])
    lon, lat = network.shape_lon_e7[part], network.shape_lat_e7[part]
    shares = np.empty(len(lon))
    kernels.walk(lon, lat, shares)
    return shares
