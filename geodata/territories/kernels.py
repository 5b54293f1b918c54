# mypy: disable-error-code="untyped-decorator, no-any-return"
"""
Whose ground a point or an area is: exact, compiled.

Areas go by Green's theorem. The part of an area in one county is bounded by pieces of
the county's border inside the area and by pieces of the area's outline inside the
county; half the sum of the cross products along both is the part's area. Each border
piece is visited once and counts for the county on its left and against the one on its
right, so the parts always add up to the whole, abroad included.

Coordinates are EPSG:3035 metres; inside the integrals they are relative to the area's
centre, to keep the digits. County indexes follow `CODES`, -1 is abroad: as an index it
is the last slot of an array of 48.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.areas.circle_kernels import VERTICES, fill_ring, to_equal_area
from geodata.kernels import PATIENCE, kernel
from geodata.territories.grid import CELL_M, MIXED, BorderGrid, count_pieces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# No border piece's middle is farther than this from any of its points.
_REACH_M = 501.0
# Crossings are accepted this far beyond an end: one too many does no harm, one too few does.
_TOUCH_M = 1e-7
# Lines closer and more parallel than this leave the side of a piece to rounding.
_ALONG_M = 1e-3
_ALONG_SINE = 1e-6

FINE = 0
DEGENERATE = 1
# Room for crossings; an outline with more is left to GEOS, like one along a border.
_MAX_SPLITS = 4096
# Radii below this are points.
_POINT_M = 0.01
# The projection stretches lengths by at most 0.8 % over Romania.
_STRETCH = 1.02


class Area(NamedTuple):
    """
    An outline for the kernels.

    `ring` holds the vertices relative to `center`, exterior counter-clockwise, holes
    clockwise; `after` each vertex's successor in its ring; `radii` a disc around the
    centre that is inside the outline, and one that holds it.
    """

    ring: Floats
    after: Ints
    center: tuple[float, float]
    radii: tuple[float, float]


def _steps_of_area(grid: BorderGrid, area: Area, _parts: Floats) -> int:
    return len(area.ring) * (1 + count_pieces(grid, area.center, area.radii[1] + _REACH_M))


def _steps_of_circles(
    grid: BorderGrid, circles: tuple[Floats, Floats, Floats], *_: NDArray[Any]
) -> int:
    # Of many it is too much, however little border each has.
    if len(circles[0]) > 64:
        return PATIENCE
    pieces = (
        count_pieces(grid, to_equal_area(lon, lat), radius * _STRETCH + _REACH_M)
        for lon, lat, radius in zip(*circles, strict=True)
    )
    return sum(VERTICES * (16 + count) for count in pieces)


@kernel
def locate(grid: BorderGrid, x: float, y: float) -> int:
    """
    Return the county of a place (EPSG:3035 metres), -1 abroad.

    The search runs eastwards to the next border: the county on its west side is the answer.
    """
    column = math.floor((x - grid.x0) / CELL_M)
    row = math.floor((y - grid.y0) / CELL_M)
    if column < 0 or row < 0 or row >= grid.rows:
        return -1
    for c in range(column, grid.columns):
        cell = row * grid.columns + c
        if grid.owner[cell] != MIXED:
            return grid.owner[cell]
        nearest = grid.x0 + (c + 1) * CELL_M
        lean = math.inf
        found = MIXED
        for j in range(grid.touch_start[cell], grid.touch_start[cell + 1]):
            i = grid.touch[j]
            ay, by = grid.ay[i], grid.by[i]
            # Half-open: of two pieces that meet at this height exactly one is crossed.
            if (ay <= y) == (by <= y):
                continue
            slope = (grid.bx[i] - grid.ax[i]) / (by - ay)
            crossing = grid.ax[i] + (y - ay) * slope
            # Where several borders meet at just this height, all cross in the same place.
            # Above it, the one that leans furthest west comes first.
            if x <= crossing and (crossing < nearest or (crossing == nearest and slope < lean)):
                nearest, lean = crossing, slope
                found = grid.left[i] if by > ay else grid.right[i]
        if found != MIXED:
            return found
    return -1


@kernel(steps=lambda grid: 4 * len(grid.owner))
def fill_owners(grid: BorderGrid) -> None:
    """Write the county of every cell without border into `grid.owner`."""
    for row in range(grid.rows):
        y = grid.y0 + (row + 0.5) * CELL_M
        # From east to west, so that `locate` stops at the neighbour that was filled before.
        for column in range(grid.columns - 1, -1, -1):
            cell = row * grid.columns + column
            if grid.touch_start[cell] == grid.touch_start[cell + 1]:
                grid.owner[cell] = locate(grid, grid.x0 + (column + 0.5) * CELL_M, y)


@kernel(steps=lambda _grid, lons, *_: 8 * len(lons))
def locate_many(grid: BorderGrid, lons: Floats, lats: Floats, found: NDArray[np.int16]) -> None:
    """Write the county of each place, given in degrees."""
    for i in range(len(lons)):
        x, y = to_equal_area(lons[i], lats[i])
        found[i] = locate(grid, x, y)


@kernel
def _distance2(ax: float, ay: float, bx: float, by: float) -> float:
    """Squared distance of a segment from the centre."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    t = min(1.0, max(0.0, -(ax * dx + ay * dy) / length2)) if length2 > 0.0 else 0.0
    x, y = ax + t * dx, ay + t * dy
    return x * x + y * y


@kernel
def _sort(values: Floats, count: int) -> None:
    """Sort in place by insertion: the quickest way for a handful of numbers."""
    for i in range(1, count):
        value = values[i]
        j = i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


@kernel
def _is_inside(area: Area, x: float, y: float) -> bool:
    ring, after = area.ring, area.after
    inside = False
    for i in range(len(ring)):
        j = after[i]
        if (ring[i, 1] <= y) != (ring[j, 1] <= y):
            t = (y - ring[i, 1]) / (ring[j, 1] - ring[i, 1])
            if ring[i, 0] + t * (ring[j, 0] - ring[i, 0]) > x:
                inside = not inside
    return inside


@kernel
def _cross_outline(
    area: Area, piece: Floats, cuts: Floats, splits: Floats, known: int
) -> tuple[int, int]:
    """
    Note where a border piece crosses the outline: `cuts` along the piece (0 to 1),
    `splits`, of which `known` are there already, along the outline (edge number plus 0
    to 1). Returns how many of each; -1 when the two run along each other, so that no
    crossing point is to be trusted.
    """
    ring, after = area.ring, area.after
    ax, ay = piece[0], piece[1]
    dx, dy = piece[2] - ax, piece[3] - ay
    length = math.hypot(dx, dy)
    # Most edges are nowhere near the piece; boxes sort them out before any division.
    west, east = min(ax, piece[2]) - _ALONG_M, max(ax, piece[2]) + _ALONG_M
    south, north = min(ay, piece[3]) - _ALONG_M, max(ay, piece[3]) + _ALONG_M
    count = 0
    for i in range(len(ring)):
        px, py = ring[i, 0], ring[i, 1]
        qx, qy = ring[after[i], 0], ring[after[i], 1]
        if (px < west and qx < west) or (px > east and qx > east):
            continue
        if (py < south and qy < south) or (py > north and qy > north):
            continue
        ex, ey = qx - px, qy - py
        edge = math.hypot(ex, ey)
        wx, wy = px - ax, py - ay
        turn = dx * ey - dy * ex
        aside = wx * dy - wy * dx
        if abs(turn) <= _ALONG_SINE * length * edge:
            if abs(aside) <= _ALONG_M * length:
                return -1, known
            continue
        # Both parameters by Cramer's rule: t along the piece, u along the edge, 0 to 1 on each.
        t = (wx * ey - wy * ex) / turn
        u = aside / turn
        off_piece = (abs(t - 0.5) - 0.5) * length
        off_edge = (abs(u - 0.5) - 0.5) * edge
        if max(off_piece, off_edge) <= _TOUCH_M:
            # No room left: GEOS takes the outline, as it does one along a border.
            if known == len(splits):
                return -1, known
            cuts[count] = min(max(t, 0.0), 1.0)
            splits[known] = i + min(max(u, 0.0), 1.0)
            count += 1
            known += 1
    return count, known


@kernel
def _part_inside(area: Area, piece: Floats, cuts: Floats, count: int) -> float:
    """Return the integral along those parts of a border piece that lie inside the outline."""
    ax, ay = piece[0], piece[1]
    dx, dy = piece[2] - ax, piece[3] - ay
    # Between two cuts a piece is wholly inside or wholly outside, so its middle decides.
    cuts[count], cuts[count + 1] = 0.0, 1.0
    _sort(cuts, count + 2)
    share = 0.0
    for k in range(count + 1):
        middle = 0.5 * (cuts[k] + cuts[k + 1])
        if cuts[k + 1] > cuts[k] and _is_inside(area, ax + middle * dx, ay + middle * dy):
            share += cuts[k + 1] - cuts[k]
    # Along a straight line the integral grows evenly, so a share of the length is enough.
    return 0.5 * share * (ax * dy - ay * dx)


@kernel
def _add_borders(grid: BorderGrid, area: Area, splits: Floats, parts: Floats) -> int:
    """
    Add the integrals along the borders inside the outline to `parts`, note where they
    split it, and return how many splits there are; -1 when it runs along a border.
    """
    x, y = area.center
    outer = area.radii[1]
    inner2, outer2 = area.radii[0] ** 2, (outer + _ALONG_M) ** 2
    first = max(0, math.floor((x - outer - _REACH_M - grid.x0) / CELL_M))
    last = min(grid.columns - 1, math.floor((x + outer + _REACH_M - grid.x0) / CELL_M))
    bottom = max(0, math.floor((y - outer - _REACH_M - grid.y0) / CELL_M))
    top = min(grid.rows - 1, math.floor((y + outer + _REACH_M - grid.y0) / CELL_M))
    cuts = np.empty(len(area.ring) + 2)
    piece = np.empty(4)
    known = 0
    if first > last:
        return known
    for row in range(bottom, top + 1):
        start = grid.home_start[row * grid.columns + first]
        end = grid.home_start[row * grid.columns + last + 1]
        for i in range(start, end):
            ax, ay = grid.ax[i] - x, grid.ay[i] - y
            bx, by = grid.bx[i] - x, grid.by[i] - y
            # Inside the inner disc, hence inside the outline: no crossing has to be looked for.
            if max(ax * ax + ay * ay, bx * bx + by * by) < inner2:
                part = 0.5 * (ax * by - ay * bx)
            elif _distance2(ax, ay, bx, by) > outer2:
                continue
            else:
                piece[0], piece[1], piece[2], piece[3] = ax, ay, bx, by
                count, known = _cross_outline(area, piece, cuts, splits, known)
                if count < 0:
                    return -1
                part = _part_inside(area, piece, cuts, count)
            # What one side gains the other loses, so the parts sum to the whole. Abroad (-1)
            # is the last slot of 48.
            parts[grid.left[i]] += part
            parts[grid.right[i]] -= part
    return known


@kernel
def _along(area: Area, sums: Floats, start: float, end: float) -> float:
    """Return twice the integral along the outline from one split to a later one."""
    ring, after = area.ring, area.after
    i = min(int(start), len(ring) - 1)
    j = min(int(end), len(ring) - 1)
    px = ring[i, 0] + (start - i) * (ring[after[i], 0] - ring[i, 0])
    py = ring[i, 1] + (start - i) * (ring[after[i], 1] - ring[i, 1])
    qx = ring[j, 0] + (end - j) * (ring[after[j], 0] - ring[j, 0])
    qy = ring[j, 1] + (end - j) * (ring[after[j], 1] - ring[j, 1])
    if i == j:
        return px * qy - py * qx
    nx, ny = ring[after[i], 0], ring[after[i], 1]
    to_next = px * ny - py * nx
    from_last = ring[j, 0] * qy - ring[j, 1] * qx
    return to_next + (sums[j] - sums[i + 1]) + from_last


@kernel
def _add_outline(grid: BorderGrid, area: Area, splits: Floats, known: int, parts: Floats) -> None:
    """Add the integral along each stretch of the outline to the county it runs through."""
    ring, after = area.ring, area.after
    x, y = area.center
    # Running sums along the outline, so that any stretch of it costs one subtraction.
    sums = np.zeros(len(ring) + 1)
    for i in range(len(ring)):
        j = after[i]
        sums[i + 1] = sums[i] + ring[i, 0] * ring[j, 1] - ring[i, 1] * ring[j, 0]
        if j <= i:
            # The ring ends here. It is split at its first vertex too, so that no stretch
            # wraps around the end of the arrays.
            splits[known], splits[known + 1] = j, i + 1
            known += 2
    _sort(splits, known)
    for k in range(known - 1):
        start, end = splits[k], splits[k + 1]
        if end <= start:
            continue
        middle = 0.5 * (start + end)
        i = int(middle)
        mx = ring[i, 0] + (middle - i) * (ring[after[i], 0] - ring[i, 0])
        my = ring[i, 1] + (middle - i) * (ring[after[i], 1] - ring[i, 1])
        parts[locate(grid, x + mx, y + my)] += 0.5 * _along(area, sums, start, end)


@kernel(steps=_steps_of_area)
def parts_of_area(grid: BorderGrid, area: Area, parts: Floats) -> int:
    """
    Add the area (m2) of the outline's part in each county to `parts` (48).

    Returns `FINE`, or `DEGENERATE` when the outline runs along a border.
    """
    splits = np.empty(_MAX_SPLITS + 2 * len(area.ring))
    known = _add_borders(grid, area, splits[:_MAX_SPLITS], parts)
    if known < 0:
        return DEGENERATE
    _add_outline(grid, area, splits, known, parts)
    return FINE


@kernel
def _is_borderless(grid: BorderGrid, x: float, y: float, reach: float) -> bool:
    first = max(0, math.floor((x - reach - grid.x0) / CELL_M))
    last = min(grid.columns - 1, math.floor((x + reach - grid.x0) / CELL_M))
    if first > last:
        return True
    bottom = max(0, math.floor((y - reach - grid.y0) / CELL_M))
    top = min(grid.rows - 1, math.floor((y + reach - grid.y0) / CELL_M))
    for row in range(bottom, top + 1):
        cell = row * grid.columns
        if grid.home_start[cell + first] != grid.home_start[cell + last + 1]:
            return False
    return True


@kernel(steps=_steps_of_circles)
def parts_of_circles(
    grid: BorderGrid,
    circles: tuple[Floats, Floats, Floats],
    matrix: Floats,
    parts: Floats,
    status: NDArray[np.int8],
) -> None:
    """
    Write the area of each circle's part in each county to `parts` (n, 48); a circle
    without border, or without extent, gets 1 for its county instead of an area.
    """
    lons, lats, radii = circles
    ring = np.empty((VERTICES, 2))
    after = np.empty(VERTICES, np.int64)
    for i in range(VERTICES):
        after[i] = (i + 1) % VERTICES
    for k in range(len(lons)):
        x, y = to_equal_area(lons[k], lats[k])
        # The common case: the whole circle lies in one county, and no outline is drawn.
        if radii[k] < _POINT_M or _is_borderless(grid, x, y, radii[k] * _STRETCH + _REACH_M):
            parts[k, locate(grid, x, y)] = 1.0
            continue
        center = fill_ring(lons[k], lats[k], radii[k], matrix, ring)
        inner2 = math.inf
        outer2 = 0.0
        for i in range(VERTICES):
            mx = 0.5 * (ring[i, 0] + ring[after[i], 0])
            my = 0.5 * (ring[i, 1] + ring[after[i], 1])
            inner2 = min(inner2, mx * mx + my * my)
            outer2 = max(outer2, ring[i, 0] ** 2 + ring[i, 1] ** 2)
        # An edge is nearest to the centre at its middle, which is true to 1e-6; the inner
        # disc is made smaller by ten times as much to be safe.
        span = (math.sqrt(inner2) * (1 - 1e-5), math.sqrt(outer2))
        status[k] = parts_of_area(grid, Area(ring, after, center, span), parts[k])
