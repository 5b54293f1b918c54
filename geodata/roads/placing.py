"""
Put places where drives start and end: on a road a drive can use, or on none that hides it.

The nearest road is not always the one. A drive starts where the rest of the network can
be reached and ends where it can be reached from there (`geodata.roads.fragments`). A
home beside a motorway is reached from its own street. And who stands on an island is
not on the far bank: such a place stays on its road, from which no way leads.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.points import LonLat
from geodata.roads.fragments import find_fast, find_leads
from geodata.roads.network import Floats, Int32s, RoadNetwork
from geodata.roads.snapping import Nearby, SnappedMany, Snapper, box_around
from geodata.roads.tags import BACKWARD, FORWARD

ON_ROAD_M = 15.0
"""Who is so near the middle of a motorway's carriageway is on it; no house stands there."""

CAR_APART_M, APART_M = 15.0, 40.0
"""
How far other streets must be, so that somebody so near a motorway is on it.

A car is on a road, so the motorway need only be nearer by so much; a caller may be in a house.
"""

WALKED_M = 30.0
"""
A road that leads on is taken before a nearer one that does not, if it is not farther than this.

A gate or a gap in the map is as wide as that; water without a bridge is wider.
"""

FIX_M = 30.0
"""How far the road may be from where a moving car says it is."""

# Cosine of 45 degrees: streets that cross at a right angle are told apart.
_LEAST_ALONG = 0.7071

Bits = NDArray[np.uint8]


@dataclass(frozen=True)
class Grids:
    """
    Grids over the pieces, which no closure changes; built at the first question if not given.

    Attributes
    ----------
    ready
        The grid over all pieces, where it is there already.
    masks
        `point_bits` and `piece_bits`, where they are.
    """

    network: RoadNetwork
    ready: Snapper | None = None
    masks: tuple[Bits, Bits] | None = None

    @cached_property
    def whole(self) -> Snapper:
        """All pieces."""
        return self.ready or Snapper.build(self.network)

    def streets(self, *, outward: bool) -> Snapper:
        """Roads that lead on (`outward`) or are come to, and that houses open onto."""
        return self._streets[0 if outward else 1]

    @cached_property
    def fast(self) -> Snapper:
        """Motorways and their like, whether they lead on or not."""
        return self.whole.among(self.point_bits[2])

    def leads(self, piece: Int32s, *, outward: bool) -> NDArray[np.bool_]:
        """Whether pieces lead to the rest (`outward`) or are reached from it; not for -1."""
        bits = self.piece_bits[0 if outward else 1]
        return np.asarray((piece >= 0) & ((bits[piece >> 3] >> (piece & 7)) & 1 > 0))

    @property
    def point_bits(self) -> Bits:
        """Bits of the points of streets outward, streets inward, motorways; (3, n)."""
        return self._masks[0]

    @property
    def piece_bits(self) -> Bits:
        """Bits of the pieces that leave and of those that are reached; (2, n)."""
        return self._masks[1]

    @cached_property
    def _masks(self) -> tuple[Bits, Bits]:
        return self.masks or _find_masks(self.network)

    @cached_property
    def _streets(self) -> tuple[Snapper, Snapper]:
        return self.whole.among(self.point_bits[0]), self.whole.among(self.point_bits[1])


def _find_masks(network: RoadNetwork) -> tuple[Bits, Bits]:
    leads, fast = find_leads(network), find_fast(network)
    points = np.diff(network.shape_first)
    chosen = (*(one & ~fast for one in leads), fast)
    of_points = [np.packbits(np.repeat(one, points), bitorder="little") for one in chosen]
    of_pieces = [np.packbits(one, bitorder="little") for one in leads]
    return np.stack(of_points), np.stack(of_pieces)


def place(
    grids: Grids,
    lons: Floats,
    lats: Floats,
    *,
    max_distance_m: float,
    outward: bool,
    is_car: bool,
) -> SnappedMany:
    """
    Road point at which a drive from (`outward`) or to each place starts or ends.

    `is_car`: the places are those of cars, not of people at home.
    """
    streets = grids.streets(outward=outward)
    # One search finds all three, for neither of the others is of interest beyond the street.
    near = streets.snap_kinds(lons, lats, max_distance_m=max_distance_m, second=grids.fast.allowed)
    has_street = near.segment[0] >= 0
    away = np.where(has_street, near.distance_m[0], np.inf)
    apart = near.distance_m[1] + CAR_APART_M if is_car else APART_M
    # Where nothing but a motorway is near it is that, however far.
    on_motorway = (near.segment[1] >= 0) & (
        ~has_street | ((near.distance_m[1] <= ON_ROAD_M) & (away >= apart))
    )
    away = np.where(on_motorway, near.distance_m[1], away)
    is_cut_off = (near.segment[2] >= 0) & (near.distance_m[2] + WALKED_M < away)
    kind = np.where(is_cut_off, 2, on_motorway.astype(np.int64))
    rows = np.arange(len(kind))
    chosen = Nearby(near.segment[kind, rows], near.share[kind, rows], near.distance_m[kind, rows])
    return streets.describe(chosen)


def find_on_heading(
    grids: Grids, at: LonLat, heading_deg: float, *, closed: NDArray[np.bool_]
) -> SnappedMany:
    """
    Nearest road on which a car at a place may drive in a direction; piece -1 if none is near.

    Of the carriageways of a motorway it is the one that the car is on, although its fix may
    lie on the other. Roads that are `closed` do not count.
    """
    grid, network = grids.whole, grids.network
    segments = grid.find_segments(box_around(*at, FIX_M))
    pieces = grid.pieces_of(segments)
    lon, lat = network.shape_lon_e7, network.shape_lat_e7
    east = (lon[segments + 1].astype(np.float64) - lon[segments]) * np.cos(np.radians(at.lat))
    north = lat[segments + 1].astype(np.float64) - lat[segments]
    # Cosine of the angle between the line as drawn and the heading.
    drive = np.radians(heading_deg)
    along = east * np.sin(drive) + north * np.cos(drive)
    length = np.hypot(east, north)
    ahead, back = (along >= _LEAST_ALONG * length), (along <= -_LEAST_ALONG * length)
    flags = network.flags[pieces]
    fits = (ahead & (flags & FORWARD != 0)) | (back & (flags & BACKWARD != 0))
    return grid.snap_among(*at, segments[fits & ~closed[pieces]], max_distance_m=FIX_M)
