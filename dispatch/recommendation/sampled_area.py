"""
Weighted places that stand for an area: where in it the caller may be, and how likely.

Who lives in the area decides; where nobody lives the ground does. Places are EPSG:4326.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseMultipartGeometry

from dispatch.errors import BadDemandError
from dispatch.ports import Floats
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import outlines
from geodata.people.population import Population, Rings
from geodata.points import LonLat
from geodata.said import said


@dataclass(frozen=True, slots=True)
class SampledArea:
    """Places that stand for an area, with weights that sum to 1."""

    points: tuple[LonLat, ...]
    weights: Floats

    @classmethod
    def of(cls, points: Sequence[LonLat], weights: ArrayLike) -> "SampledArea":
        """
        Build from any non-negative weights; all zero means all equal.

        Raises
        ------
        BadDemandError
            `no_area_points` or `bad_area_weights`.
        """
        values = np.asarray(weights, dtype=np.float64)
        if len(points) == 0:
            raise BadDemandError(
                "no_area_points", said("the area has no points"), said("sample at least its centre")
            )
        if values.shape != (len(points),) or not np.isfinite(values).all() or (values < 0).any():
            raise BadDemandError(
                "bad_area_weights",
                said("the weights do not fit the points of the area"),
                said("one finite weight of at least 0 per point"),
            )
        total = float(values.sum())
        shares = values / total if total > 0 else np.full(len(points), 1 / len(points))
        return cls(tuple(points), shares)

    @classmethod
    def of_place(cls, place: LonLat) -> "SampledArea":
        """Return one place that stands for itself."""
        return cls((place,), np.ones(1))

    def middle(self) -> LonLat:
        """Return the point nearest to the weighted mean: the one a map can show."""
        places = np.asarray(self.points, dtype=np.float64)
        offset = places - self.weights @ places
        # A degree of longitude is shorter than one of latitude by the cosine.
        offset[:, 0] *= np.cos(np.radians(places[:, 1]))
        return LonLat(*self.points[int(np.argmin((offset**2).sum(axis=1)))])


def sampled_area(
    population: Population, area: Mapping[str, Any] | None, center: LonLat | None
) -> SampledArea:
    """
    Return points of a GeoJSON area weighted by the people who live there.

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
    return SampledArea.of_place(center)


def sampled_shape(population: Population, area: Shape) -> SampledArea:
    """Return points of a shape weighted by the people who live there."""
    if isinstance(area, Point):
        return SampledArea.of_place(area.center)
    return _sampled(population, outlines(area))


def _sampled(population: Population, parts: Sequence[Rings]) -> SampledArea:
    lons, lats, weights = population.sample_parts(parts)
    points = [LonLat(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]
    return SampledArea.of(points, weights)


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
