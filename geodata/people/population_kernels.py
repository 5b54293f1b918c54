# mypy: disable-error-code="untyped-decorator"
"""
How much of each built-up disc lies inside an outline: exact, compiled. EPSG:3035 metres.

The overlap of a disc and a polygon is the sum, over the polygon's edges, of the signed
area between the disc's centre and the edge, cut off at the disc's rim.
"""

import math

import numpy as np
from numpy.typing import NDArray

from geodata.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def _sector(px: float, py: float, qx: float, qy: float, radius2: float) -> float:
    return 0.5 * radius2 * math.atan2(px * qy - py * qx, px * qx + py * qy)


@kernel
def _edge_part(px: float, py: float, qx: float, qy: float, radius2: float) -> float:
    """Signed area between the centre and one edge, inside the disc."""
    ex, ey = qx - px, qy - py
    length2 = ex * ex + ey * ey
    if length2 == 0.0:
        return 0.0
    along = -(px * ex + py * ey) / length2
    aside = px * qy - py * qx
    depth = radius2 - aside * aside / length2
    if depth <= 0.0:
        return _sector(px, py, qx, qy, radius2)
    half = math.sqrt(depth / length2)
    enter, leave = max(0.0, along - half), min(1.0, along + half)
    if enter >= leave:
        return _sector(px, py, qx, qy, radius2)
    area = 0.5 * (leave - enter) * aside
    if enter > 0.0:
        area += _sector(px, py, px + enter * ex, py + enter * ey, radius2)
    if leave < 1.0:
        area += _sector(px + leave * ex, py + leave * ey, qx, qy, radius2)
    return area


@kernel(steps=lambda ring, _after, _center, discs, *_: len(ring) + len(discs))
def overlaps(
    ring: Floats, after: Ints, center: tuple[float, float], discs: Floats, found: Ints, part: Floats
) -> int:
    """
    Find the discs (n, 3: x, y, radius) that an outline covers wholly or in part.

    Writes their indexes to `found` and the covered share of each, 0 to 1, to `part`;
    returns how many there are.
    """
    cx, cy = center
    west, east = ring[:, 0].min() + cx, ring[:, 0].max() + cx
    south, north = ring[:, 1].min() + cy, ring[:, 1].max() + cy
    count = 0
    for k in range(len(discs)):
        x, y, radius = discs[k, 0], discs[k, 1], discs[k, 2]
        if x + radius < west or x - radius > east or y + radius < south or y - radius > north:
            continue
        dx, dy, radius2 = cx - x, cy - y, radius * radius
        area = 0.0
        for i in range(len(ring)):
            j = after[i]
            area += _edge_part(
                ring[i, 0] + dx, ring[i, 1] + dy, ring[j, 0] + dx, ring[j, 1] + dy, radius2
            )
        share = area / (math.pi * radius2)
        if share > 1e-12:
            found[count] = k
            part[count] = min(1.0, share)
            count += 1
    return count
