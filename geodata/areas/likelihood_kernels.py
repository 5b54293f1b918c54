# mypy: disable-error-code="untyped-decorator"
"""
How likely an area is for a caller at each of many places: compiled. Local metres, radians.

Each returns a density (1/m2) over places whose integral is 1: `inside` of it within the area,
the rest beyond the edge, thinning out with the distance.
"""

import math

import numpy as np
from numpy.typing import NDArray

from geodata.kernels import kernel

Floats = NDArray[np.float64]

# Callers outside a sector's opening grow fewer by e with this angle from its edge.
_ASIDE_RAD = math.radians(60.0)


# Mean distances from a band beyond which nobody is looked for: 0.2 % of outsiders are left.
_LAST = 6.0


@kernel(steps=lambda lons, *_: len(lons))
def local_metres(
    lons: Floats, lats: Floats, lon: float, lat: float, east: float, north: float
) -> tuple[Floats, Floats]:
    """Return metres east and north of a place; `east`, `north` are metres per radian there."""
    x, y = np.empty(len(lons)), np.empty(len(lons))
    cosine, sine = math.cos(math.radians(lat)), math.sin(math.radians(lat))
    for k in range(len(lons)):
        dlat = math.radians(lats[k] - lat)
        # The cosine at the middle latitude, by a series: exact enough over 100 km, and one sine
        # and cosine for all places.
        half = dlat / 2.0
        x[k] = (
            math.radians(lons[k] - lon) * east * (cosine * (1.0 - half * half / 2.0) - sine * half)
        )
        y[k] = dlat * north
    return x, y


@kernel(steps=lambda x, *_: len(x))
def of_ellipse(
    x: Floats, y: Floats, axes: tuple[float, float, float], inside: float, tail: float, normal: bool
) -> Floats:
    """
    Return the likelihood of an ellipse at (0, 0).

    `axes` are its two radii and the direction of the first, clockwise from north; `tail` is
    the mean distance of outsiders beyond the edge, in radii. A normal one thins out from its
    middle and holds `inside` within the ellipse.
    """
    found = np.empty(len(x))
    along, across, turn = axes
    sine, cosine, scale = math.sin(turn), math.cos(turn), along * across
    even = inside / (math.pi * scale)
    # Chosen so that the normal cloud holds `inside` within radius 1: 1 - exp(-1 / spread).
    spread = -1.0 / math.log(1.0 - inside)
    for k in range(len(x)):
        a, b = x[k] * sine + y[k] * cosine, x[k] * cosine - y[k] * sine
        u = math.sqrt((a / along) ** 2 + (b / across) ** 2)
        if normal:
            found[k] = math.exp(-u * u / spread) / (math.pi * spread * scale)
        elif u <= 1.0:
            found[k] = even
        else:
            beyond = (1.0 - inside) * math.exp(-(u - 1.0) / tail) / tail
            found[k] = beyond / (2.0 * math.pi * u * scale)
    return found


@kernel(steps=lambda x, *_: 2 * len(x))
def of_band(
    x: Floats,
    y: Floats,
    reach: tuple[float, float],
    turn: tuple[float, float],
    inside: float,
    outsiders: tuple[float, float],
) -> Floats:
    """
    Return the likelihood of an arc band around (0, 0).

    `reach` is its inner and outer radius, `turn` its start and opening, `outsiders` are
    `tail_m` and `aside`: of those outside, the part `aside` stands at the right distance in
    another direction, the others in the direction of the sector, nearer or farther, on
    average `tail_m` from the band.
    """
    found = np.empty(len(x))
    full = 2.0 * math.pi
    (inner, outer), (tail_m, aside) = reach, outsiders
    start, opening = turn[0], min(turn[1], full)
    ring = (outer * outer - inner * inner) / 2.0
    half = (full - opening) / 2.0
    if half <= 0.0:
        aside = 0.0
    even = inside / (opening * ring)
    swing = _ASIDE_RAD * (1.0 - math.exp(-half / _ASIDE_RAD))
    nearer = 0.5 if inner > 0.0 else 0.0
    for k in range(len(x)):
        # A metre at least: the density per area has r in its denominator.
        r = max(math.sqrt(x[k] * x[k] + y[k] * y[k]), 1.0)
        away = max(r - outer, inner - r)
        if away > _LAST * tail_m:
            found[k] = 0.0
            continue
        past = (math.atan2(x[k], y[k]) - start) % full
        turned = past > opening
        off = min(past - opening, full - past) if turned else 0.0
        by_angle = 1.0 / opening
        if turned:
            by_angle = math.exp(-off / _ASIDE_RAD) / (2.0 * swing) if half > 0.0 else 0.0
        if away <= 0.0:
            found[k] = (1.0 - inside) * aside * by_angle / ring if turned else even
            continue
        by_reach = (1.0 - nearer if r > outer else nearer) * math.exp(-away / tail_m) / (tail_m * r)
        found[k] = (1.0 - inside) * (1.0 - aside) * by_angle * by_reach * (0.1 if turned else 1.0)
    return found


@kernel(steps=lambda x, _y, ring, *_: 2 * len(x) * len(ring))
def of_outline(
    x: Floats,
    y: Floats,
    ring: Floats,
    after: NDArray[np.int64],
    size: tuple[float, float],
    trust: tuple[float, float],
) -> Floats:
    """
    Return the likelihood of a polygon: its rings' corners, and for each the next one.

    `size` is its area and perimeter, `trust` are `inside` and `tail_m`.
    """
    (area, perimeter), (inside, tail_m) = size, trust
    found = np.empty(len(x))
    # The integral of exp(-d / tail_m) outside a convex outline, so that the whole sums to 1.
    around = perimeter * tail_m + 2.0 * math.pi * tail_m * tail_m
    for k in range(len(x)):
        within, nearest = False, 1e300
        for i in range(len(ring)):
            j = after[i]
            px, py, qx, qy = ring[i, 0], ring[i, 1], ring[j, 0], ring[j, 1]
            ex, ey = qx - px, qy - py
            if (py > y[k]) != (qy > y[k]) and x[k] < px + (y[k] - py) * ex / ey:
                within = not within
            length2 = ex * ex + ey * ey
            part = 0.0
            if length2 > 0.0:
                part = min(max(((x[k] - px) * ex + (y[k] - py) * ey) / length2, 0.0), 1.0)
            dx, dy = x[k] - px - part * ex, y[k] - py - part * ey
            nearest = min(nearest, dx * dx + dy * dy)
        if within:
            found[k] = inside / area
        else:
            found[k] = (1.0 - inside) * math.exp(-math.sqrt(nearest) / tail_m) / around
    return found
