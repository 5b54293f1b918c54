"""
Areas whose outline crosses itself, made valid in a bounded time.

What GEOS needs to mend or to join areas grows with the number of times that their edges meet,
and with the cube of it where an outline crosses itself. Anybody may send an area, so the
meetings are counted first: an outline that crosses itself often does not bound an area.
"""

from collections.abc import Iterable

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.errors import BadShapeError
from geodata.said import said

MOST_CROSSINGS = 40
"""Slivers at the corners of a rounded outline make a few."""

_EDGES_AT_ONCE = 16


def made_valid(area: BaseGeometry) -> BaseGeometry:
    """
    Return the area as it is if it is valid, else what its outline encloses.

    Raises
    ------
    BadShapeError
        `self_intersecting`: it crosses itself, or has holes in doubt, more than
        `MOST_CROSSINGS` times.
    """
    if area.is_valid:
        return area
    rings = len(shapely.get_rings(area)) - len(shapely.get_parts(area))
    if rings > MOST_CROSSINGS or cross_more_often([area], MOST_CROSSINGS):
        raise BadShapeError(
            "self_intersecting",
            said("the outline crosses itself"),
            said("list the corners in order around the area"),
        )
    return shapely.make_valid(area)


def cross_more_often(areas: Iterable[BaseGeometry], most: int) -> bool:
    """
    Tell whether the edges of areas meet each other more than `most` times.

    Edges are compared a few at a time by a spatial index, and the search ends as soon as the
    bound is passed: near-linear in the number of corners, however wild the outlines are.
    """
    rings = [shapely.get_coordinates(ring) for area in areas for ring in shapely.get_rings(area)]
    ends = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    edges = np.asarray(shapely.linestrings(ends), dtype=object)
    index = shapely.STRtree(edges)
    meetings = 0
    for start in range(0, len(edges), _EDGES_AT_ONCE):
        some = edges[start : start + _EDGES_AT_ONCE]
        # Each edge meets itself and its two neighbours.
        meetings += len(index.query(some, predicate="intersects")[0]) - 3 * len(some)
        if meetings > 2 * most:
            return True
    return False
