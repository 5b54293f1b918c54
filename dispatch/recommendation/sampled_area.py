"""
Weighted places that stand for an area: where in it the caller may be, and how likely.

Who lives in the area decides; where nobody lives the ground does. Places are EPSG:4326.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseMultipartGeometry

from dispatch.errors import BadDemandError
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import outlines
from geodata.people.population import Population, Rings
from geodata.points import LonLat
from geodata.said import said


@dataclass(frozen=True, slots=True)
class SampledArea:
    """Places that stand for an area, and how likely the caller is at each."""

    points: tuple[LonLat, ...]
    weights: tuple[float, ...]


def sampled_area(
    population: Population, area: Mapping[str, Any] | None, center: LonLat | None
) -> SampledArea:
    """
    Return points of a GeoJSON area weighted by the people who live there, EPSG:4326.

    Without an area it is the centre alone.

    Raises
    ------
    BadDemandError
        `no_place`: neither is known.
    """
    parts = [_rings(polygon) for polygon in _polygons(area)]
    if parts:
        return _sampled(population, parts)
    if center is None:
        raise BadDemandError(
            "no_place",
            said("nobody knows where this incident is, so no team can be ranked"),
            said("ask the caller for a locality and open the incident with it"),
        )
    return SampledArea((center,), (1.0,))


def sampled_shape(population: Population, area: Shape) -> SampledArea:
    """Return points of a shape weighted by the people who live there, EPSG:4326."""
    if isinstance(area, Point):
        return SampledArea((area.center,), (1.0,))
    return _sampled(population, outlines(area))


def _sampled(population: Population, parts: Sequence[Rings]) -> SampledArea:
    lons, lats, weights = population.sample_parts(parts)
    points = tuple(LonLat(float(x), float(y)) for x, y in zip(lons, lats, strict=True))
    return SampledArea(points, tuple(float(weight) for weight in weights))


def _polygons(area: Mapping[str, Any] | None) -> list[Polygon]:
    """Return every part of an area: the caller can be in any of them."""
    geometry = shape(dict(area)) if area is not None else None
    parts = geometry.geoms if isinstance(geometry, BaseMultipartGeometry) else [geometry]
    return [part for part in parts if isinstance(part, Polygon) and not part.is_empty]


def _rings(polygon: Polygon) -> Rings:
    holes = tuple(_ring(hole.coords) for hole in polygon.interiors)
    return _ring(polygon.exterior.coords), holes


def _ring(coordinates: Any) -> NDArray[np.float64]:
    return np.asarray(coordinates, dtype=np.float64)[:, :2]
