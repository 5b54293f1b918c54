# mypy: disable-error-code="untyped-decorator"
"""Compiled search for the nearest road segment in a grid of cells."""

from typing import Any

import numpy as np
from numba import njit

# WGS84: equatorial radius in metres and first eccentricity squared.
_RADIUS_M = 6378137.0
_E2 = 6.69437999014e-3
_E7 = 1e-7
# A degree of longitude at 85 degrees north: no road lies beyond.
_SHORTEST_DEGREE_M = 9_700.0

Array = Any


@njit(cache=True, nogil=True)
def nearest_segments(
    places: tuple[Array, Array],
    limit_m: float,
    grid: tuple[Array, Array, float, float, float, int, int],
    shape: tuple[Array, Array],
    found: tuple[Array, Array, Array],
) -> None:
    """
    Find for each place the nearest segment within the limit.

    Distances are measured on the plane that touches the ellipsoid at the
    place: right to a millimetre within a kilometre. A segment is named by its
    first point in `shape` (1e-7 degrees) and ends at the next. `grid` = first
    item of each cell, items, west, south, cell size in degrees, columns, rows.
    `found` receives segment (-1: none), share along it, distance in metres.
    """
    lons, lats = places
    first, items, west, south, cell, columns, rows = grid
    shape_lon, shape_lat = shape
    for q in range(len(lons)):
        sine = np.sin(np.radians(lats[q]))
        bend = 1.0 - _E2 * sine * sine
        per_lon = np.radians(1.0) * _RADIUS_M * np.sqrt((1.0 - sine * sine) / bend)
        per_lat = np.radians(1.0) * _RADIUS_M * (1.0 - _E2) / (bend * np.sqrt(bend))
        # Near a pole a degree of longitude is nothing and the search would never end.
        step = cell * max(min(per_lon, per_lat), _SHORTEST_DEGREE_M)
        column = int(np.floor((lons[q] - west) / cell))
        row = int(np.floor((lats[q] - south) / cell))
        best, best_segment, best_share = limit_m * limit_m, -1, 0.0
        ring = 0
        # Cells of ring r hold everything closer than r - 1 whole cells at the least.
        while (ring - 1) * step <= np.sqrt(best):
            for y in range(max(0, row - ring), min(rows - 1, row + ring) + 1):
                on_edge = y == row - ring or y == row + ring
                stride = 1 if on_edge or ring == 0 else 2 * ring
                for x in range(column - ring, column + ring + 1, stride):
                    if x < 0 or x >= columns:
                        continue
                    for k in range(first[y * columns + x], first[y * columns + x + 1]):
                        s = items[k]
                        ax = (shape_lon[s] * _E7 - lons[q]) * per_lon
                        ay = (shape_lat[s] * _E7 - lats[q]) * per_lat
                        dx = (shape_lon[s + 1] * _E7 - shape_lon[s] * _E7) * per_lon
                        dy = (shape_lat[s + 1] * _E7 - shape_lat[s] * _E7) * per_lat
                        size = dx * dx + dy * dy
                        share = 0.0
                        if size > 0.0:
                            share = min(1.0, max(0.0, -(ax * dx + ay * dy) / size))
                        ex, ey = ax + share * dx, ay + share * dy
                        away = ex * ex + ey * ey
                        if away < best or (away == best and s < best_segment):
                            best, best_segment, best_share = away, s, share
            ring += 1
        found[0][q], found[1][q], found[2][q] = best_segment, best_share, np.sqrt(best)
