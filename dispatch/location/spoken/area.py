"""
The ground that a named place stands for: its circle inside its county, a county itself, or
the set of all places that the words can mean.
"""

from collections.abc import Sequence
from functools import lru_cache

import shapely

from geodata.areas.parts import as_geometry, from_geometry
from geodata.areas.shapes import Circle, MultiPolygon, Polygon, Shape, SimpleShape
from geodata.areas.uncertainty import outline
from geodata.points import LonLat
from geodata.territories.counties import load_counties

# Degrees, about 100 m. Nobody who names a county is known more exactly than that.
_SIMPLER_DEG = 0.001
_VERTICES = 72


def territory(counties: Sequence[str]) -> Shape:
    """Return the ground of counties: a circle around it would hold its neighbours' towns."""
    return from_geometry(_ground(tuple(counties)))


def circle_within(center: LonLat, radius_m: float, counties: Sequence[str]) -> Shape:
    """Return the circle of a place as far as its county goes, which its name says too."""
    circle = Circle(center, radius_m)
    ground, disc = _ground(tuple(counties)), _disc(circle)
    if shapely.contains(ground, disc):
        return circle
    inside = shapely.intersection(ground, disc)
    return circle if inside.area == 0.0 else from_geometry(inside)


def set_of(shapes: Sequence[Shape]) -> Shape:
    """Return all the places as one area: the caller is in one of them."""
    if len(shapes) == 1:
        return shapes[0]
    return from_geometry(shapely.union_all([_geometry(shape) for shape in shapes]))


def _geometry(shape: Shape) -> shapely.Geometry:
    return as_geometry(shape) if isinstance(shape, Polygon | MultiPolygon) else _disc(shape)


def _disc(shape: SimpleShape) -> shapely.Polygon:
    return shapely.Polygon(outline(shape, vertices=_VERTICES)[0])


@lru_cache(maxsize=64)
def _ground(counties: tuple[str, ...]) -> shapely.Geometry:
    found = load_counties()
    whole = shapely.union_all([found.geometry(code) for code in counties])
    ground: shapely.Geometry = shapely.simplify(whole, _SIMPLER_DEG)
    shapely.prepare(ground)
    return ground
