# mypy: disable-error-code="untyped-decorator"
"""Compiled search for the nearest road segment in a grid of cells."""

from typing import Any

import numpy as np

from geodata.kernels import kernel

# WGS84: equatorial radius in metres and first eccentricity squared (EPSG:7030).
_RADIUS_M = 6378137.0
_E2 = 6.69437999014e-3
_E7 = 1e-7
# Metres in a degree of longitude at 85 degrees north. No road lies beyond.
_SHORTEST_DEGREE_M = 9_700.0

Array = Any


@kernel
def _count_ones(word: Any) -> Any:
    """Count the ones among the 32 lowest bits, by adding neighbouring fields in parallel."""
    word = word - ((word >> 1) & 0x55555555)
    word = (word & 0x33333333) + ((word >> 2) & 0x33333333)
    word = (word + (word >> 4)) & 0x0F0F0F0F
    return ((word * 0x01010101) >> 24) & 0xFF


@kernel
def _entry(bits: Array, before: Array, place: int) -> Any:
    """Number of a cell among those that hold anything, -1 if it is empty."""
    word, bit = np.int64(bits[place >> 5]), place & 31
    if not (word >> bit) & 1:
        return -1
    return before[place >> 5] + _count_ones(word & ((1 << bit) - 1))


@kernel
def _has(bits: Array, place: int) -> Any:
    return (bits[place >> 3] >> (place & 7)) & 1


@kernel
def _metres_per_degree(lat: float) -> Any:
    """Metres in a degree of longitude and in one of latitude, on the ellipsoid."""
    sine = np.sin(np.radians(lat))
    bend = 1.0 - _E2 * sine * sine
    per_lon = np.radians(1.0) * _RADIUS_M * np.sqrt((1.0 - sine * sine) / bend)
    per_lat = np.radians(1.0) * _RADIUS_M * (1.0 - _E2) / (bend * np.sqrt(bend))
    return per_lon, per_lat


@kernel
def _project(place: Any, scale: Any, shape: Any, s: int) -> Any:
    """Square of the metres from a place to a segment, and the share of it that is nearest."""
    lon, lat = place
    per_lon, per_lat = scale
    shape_lon, shape_lat = shape
    # Distances are relative to the place itself, so that the plane that touches the ellipsoid
    # there is exact enough.
    ax = (shape_lon[s] * _E7 - lon) * per_lon
    ay = (shape_lat[s] * _E7 - lat) * per_lat
    dx = (shape_lon[s + 1] * _E7 - shape_lon[s] * _E7) * per_lon
    dy = (shape_lat[s + 1] * _E7 - shape_lat[s] * _E7) * per_lat
    size = dx * dx + dy * dy
    share = 0.0
    # Two points in one place make a segment without a direction.
    if size > 0.0:
        share = min(1.0, max(0.0, -(ax * dx + ay * dy) / size))
    ex, ey = ax + share * dx, ay + share * dy
    return ex * ex + ey * ey, share


@kernel
def _look_into(
    items: Array, place: Any, scale: Any, shape: Any, kinds: tuple[Array, Array], best: Any
) -> None:
    """Lower the best square of metres of each kind by the segments of one cell."""
    allowed, second = kinds
    away, segment, along = best
    for k in range(len(items)):
        s, kind = items[k], 0
        if len(allowed) > 0 and not _has(allowed, s):
            if len(away) == 1:
                continue
            kind = 2 - _has(second, s)
        square, share = _project(place, scale, shape, s)
        # The lower number wins a tie. Otherwise the answer would depend on the order in which
        # cells are visited.
        if square < away[kind] or (square == away[kind] and s < segment[kind]):
            away[kind], segment[kind], along[kind] = square, s, share


@kernel(steps=lambda places, *_: 2500 * len(places[0]))
def nearest_segments(
    places: tuple[Array, Array],
    limit_m: float,
    grid: tuple[Array, Array, Array, Array, Array, Array, float, float, float, int, int],
    shape: tuple[Array, Array],
    found: tuple[Array, Array, Array],
) -> None:
    """
    Find for each place the nearest segment of each kind within the limit.

    Distances are measured on the plane that touches the ellipsoid at the
    place: right to a millimetre within a kilometre. A segment is named by its
    first point in `shape` (1e-7 degrees) and ends at the next. `grid` = a bit
    for each cell that holds anything, 32 to a word; such cells before each
    word; first item of each such cell, items; a bit for each segment of the first
    kind (empty: all), a bit for each of the second; west, south, cell size in
    degrees, columns, rows. Those of neither are the third kind.
    `found` receives segment (-1: none), share along it, distance in metres, each of shape
    (kinds, places); of the second and third kind only what is no farther than the first
    kind counts. With one row only the first kind is looked for.
    """
    lons, lats = places
    bits, before, first, items, allowed, second, west, south, cell, columns, rows = grid
    count = len(found[0])
    best, best_segment, best_share = np.empty(count), np.empty(count, np.int64), np.empty(count)
    for q in range(len(lons)):
        place = lons[q], lats[q]
        scale = _metres_per_degree(lats[q])
        # Width of a ring in metres. Near a pole it would shrink to nothing and the search
        # would never end, hence the lower bound.
        step = cell * max(min(scale), _SHORTEST_DEGREE_M)
        column = int(np.floor((lons[q] - west) / cell))
        row = int(np.floor((lats[q] - south) / cell))
        best[:], best_segment[:], best_share[:] = limit_m * limit_m, -1, 0.0
        ring = 0
        # Rings of cells are searched outwards. Ring r holds nothing nearer than r - 1 cells,
        # because the place may lie anywhere in the middle cell; so the search may stop as
        # soon as that distance is beyond the best one found.
        while (ring - 1) * step <= np.sqrt(best[0]):
            for y in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                # The inner cells of a ring were searched before: of its middle rows only the
                # first and the last cell are new.
                on_edge = y == row - ring or y == row + ring
                stride = 1 if on_edge or ring == 0 else 2 * ring
                for x in range(column - ring, column + ring + 1, stride):
                    entry = _entry(bits, before, y * columns + x) if 0 <= x < columns else -1
                    if entry >= 0:
                        inside = items[first[entry] : first[entry + 1]]
                        kinds = (allowed, second)
                        found_here = (best, best_segment, best_share)
                        _look_into(inside, place, scale, shape, kinds, found_here)
            ring += 1
        found[0][:, q], found[1][:, q] = best_segment, best_share
        found[2][:, q] = np.sqrt(best)


@kernel(steps=lambda lon, *_: len(lon))
def walk(lon: Array, lat: Array, shares: Array) -> None:
    """Share of the length of a line (1e-7 degrees) at each of its points: 0 first, 1 last."""
    walked = 0.0
    shares[0] = 0.0
    for k in range(1, len(lon)):
        # Only the ratio of lengths matters here, so a sphere will do: a degree of longitude
        # shrinks with the cosine of the latitude.
        middle = 0.5 * _E7 * (np.float64(lat[k - 1]) + np.float64(lat[k]))
        across = (np.float64(lon[k]) - np.float64(lon[k - 1])) * np.cos(np.radians(middle))
        walked += np.hypot(across, np.float64(lat[k]) - np.float64(lat[k - 1]))
        shares[k] = walked
    if walked > 0.0:
        # Where all points of a line coincide, every share stays 0.
        shares /= walked


@kernel(steps=lambda pieces, *_: 16 * len(pieces))
def shares_of_points(
    pieces: Array, segments: Array, along: Array, lines: tuple[Array, Array, Array], out: Array
) -> None:
    """
    Share of its piece at which a point of a segment lies.

    `along` = share of the segment; `lines` = (first point of each piece, then
    longitudes and latitudes of all points).
    """
    first, lon, lat = lines
    for q in range(len(pieces)):
        start, stop = first[pieces[q]], first[pieces[q] + 1]
        shares = np.empty(stop - start, np.float64)
        walk(lon[start:stop], lat[start:stop], shares)
        at = segments[q] - start
        out[q] = shares[at] + along[q] * (shares[at + 1] - shares[at])
