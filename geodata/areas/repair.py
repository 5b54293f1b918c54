"""
Areas whose outline crosses itself, made valid in a bounded time.

GEOS takes a time that grows with the square of the crossings, and these grow with the square of
the corners. So they are counted first, and an outline with many of them is refused: who draws
one does not bound an area.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.areas.crossing_kernels import count_crossings
from geodata.errors import BadShapeError
from geodata.said import said

MOST_CROSSINGS = 40
"""Slivers at the corners of a rounded outline make a few."""


def made_valid(area: BaseGeometry) -> BaseGeometry:
    """
    Return the area as it is if it is valid, else what its outline encloses.

    Raises
    ------
    BadShapeError
        `self_intersecting`: it crosses itself more than `MOST_CROSSINGS` times.
    """
    if area.is_valid:
        return area
    if count_crossings(_edges(area), MOST_CROSSINGS) > MOST_CROSSINGS:
        raise BadShapeError(
            "self_intersecting",
            said("the outline crosses itself"),
            said("list the corners in order around the area"),
        )
    return shapely.make_valid(area)


def _edges(area: BaseGeometry) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return every edge once, (n, 4), swept along the axis on which the edges are shorter."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(area)]
    edges = np.concatenate([np.hstack([ring[:-1], ring[1:]]) for ring in rings])
    long_x, long_y = np.abs(edges[:, :2] - edges[:, 2:]).sum(axis=0)
    if long_x > long_y:
        edges = edges[:, [1, 0, 3, 2]]
    return np.ascontiguousarray(edges[np.argsort(np.minimum(edges[:, 0], edges[:, 2]))])
