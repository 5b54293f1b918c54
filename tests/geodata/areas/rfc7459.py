"""The formulas of RFC 7459, section 5.5, to hold our own areas against."""

import math


def circle_overlap_m2(r: float, big_r: float, distance_m: float) -> float:
    """Return the common area of two circles (square metres), section 5.5.1."""
    if distance_m >= r + big_r:
        return 0.0
    if distance_m <= abs(r - big_r):
        return math.pi * min(r, big_r) ** 2
    a = (r**2 - big_r**2 + distance_m**2) / (2.0 * distance_m)
    lens = r**2 * math.acos(a / r) + big_r**2 * math.acos((distance_m - a) / big_r)
    return lens - distance_m * math.sqrt(max(r**2 - a**2, 0.0))


def probability_inside(overlap_m2: float, uncertainty_m2: float, confidence: float) -> float:
    """Return ``Pi = Co * Ao / Au``."""
    return confidence * overlap_m2 / uncertainty_m2
