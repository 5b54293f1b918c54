"""
The shapes of OMA MLP 3.x (section 5.3): all that a `shape` element can hold.

An area of several parts is one polygon where they touch, and otherwise keeps its parts.
"""

from collections.abc import Callable

import shapely
from lxml import etree

from dispatch.location import areas
from dispatch.location.base import Notes
from dispatch.location.mlp.values import (
    check_crs,
    degrees_per_unit,
    metres_per_unit,
    read_coord,
    read_measure,
)
from dispatch.location.xml.safe_xml import find, find_all, local_name
from geodata.areas.shapes import Point, Shape
from geodata.crs import distance_m
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

_LEAST_HULL_DEG2 = 1e-9


def read_shape(pd: etree._Element | None, notes: Notes) -> Shape | None:
    """
    Read the shape of a `pd` element; None where it has none, or only the fake place 0/0.

    Raises
    ------
    BadShapeError
        `unknown_shape`, `unsupported_crs`, `unsupported_unit` or a value that is no shape.
    UnreadableReportError
        `missing_element`.
    """
    holder = find(pd, "shape")
    children = [] if holder is None else [child for child in holder if local_name(child)]
    if not children:
        return None
    return areas.usable(_read(children[0], notes), notes)


def _read(element: etree._Element, notes: Notes) -> Shape:
    reader = _SHAPES.get(local_name(element))
    if reader is None:
        hint = said("one of: {choices}", choices=", ".join(_SHAPES))
        name = f"{local_name(element)!r:.40}"
        raise BadShapeError("unknown_shape", said("the shape {name} is not read", name=name), hint)
    check_crs(element, notes)
    return reader(element, notes)


def _point(element: etree._Element, notes: Notes) -> Shape:
    return Point(read_coord(find(element, "coord"), notes))


def _circle(element: etree._Element, notes: Notes) -> Shape:
    center = read_coord(find(element, "coord"), notes)
    radius = read_measure(element, "radius", metres_per_unit(element), "bad_radius")
    if radius == 0.0:
        notes.add("zero_radius", "a radius of 0 was read as a place of unknown uncertainty")
        return Point(center)
    return areas.circle(center, radius)


def _ellipse(element: etree._Element, notes: Notes) -> Shape:
    center, metre = read_coord(find(element, "coord"), notes), metres_per_unit(element)
    major = read_measure(element, "semiMajor", metre, "bad_radius")
    minor = read_measure(element, "semiMinor", metre, "bad_radius")
    angle = _angle(element, "angle", notes)
    return areas.ellipse(center, major, minor, angle, notes)


def _arc_area(element: etree._Element, notes: Notes) -> Shape:
    center, metre = read_coord(find(element, "coord"), notes), metres_per_unit(element)
    inner = read_measure(element, "inRadius", metre, "bad_radius")
    outer = read_measure(element, "outRadius", metre, "bad_radius")
    start = _angle(element, "startAngle", notes)
    # In spite of its name this is the opening between the radii, not a bearing.
    opening = _angle(element, "stopAngle", notes)
    return areas.arc_band(center, (inner, outer), (start, opening), notes)


def _angle(element: etree._Element, name: str, notes: Notes) -> float:
    number = read_measure(element, name, 1.0, "bad_angle")
    return areas.degrees_of(number, degrees_per_unit(element), name, notes)


def _polygon(element: etree._Element, notes: Notes) -> Shape:
    boundaries = [find(element, "outerBoundaryIs")]
    boundaries += [child for child in element if local_name(child) == "innerBoundaryIs"]
    rings = (find(boundary, "LinearRing") for boundary in boundaries)
    places = [
        [read_coord(coord, notes) for coord in ring if local_name(coord) == "coord"]
        for ring in rings
        if ring is not None
    ]
    # MLP leaves it open whether the last corner repeats the first: no warning.
    return areas.polygon([[*ring, *ring[:1]] for ring in places], notes)


def _box(element: etree._Element, notes: Notes) -> Shape:
    """Read two opposite corners, in whichever order they come."""
    corners = _coords(element, notes)
    if len(corners) != 2:
        hint = said("two opposite corners")
        raise BadShapeError(
            "bad_polygon", said("a box of {count} corners", count=len(corners)), hint
        )
    # MLP does not say which corner comes first: no warning.
    return areas.box(corners[0], corners[1], Notes())


def _ring(element: etree._Element, notes: Notes) -> Shape:
    corners = _coords(element, notes)
    return areas.polygon([[*corners, *corners[:1]]], notes)


def _coords(element: etree._Element, notes: Notes) -> list[LonLat]:
    return [read_coord(coord, notes) for coord in find_all(element, "coord")]


# ── several parts, and lines ──────────────────────────────────────────────────
def _line(element: etree._Element, notes: Notes) -> Shape:
    """Read lines and sets of points as the area around all their places."""
    notes.add("line_as_area", "lines and sets of points were read as the area around them")
    return _around(shapely.MultiPoint(_coords(element, notes)))


def _several(element: etree._Element, notes: Notes) -> Shape:
    """Read a MultiPolygon; its parts may be of any kind."""
    children = [child for child in element if local_name(child)]
    if len(children) > areas.MAX_PARTS:
        hint = said("at most {max_parts}", max_parts=areas.MAX_PARTS)
        raise BadShapeError("too_many_points", said("{count} parts", count=len(children)), hint)
    return areas.several([_read(child, notes) for child in children], notes)


def _corners(ring: shapely.LinearRing) -> list[LonLat]:
    return [LonLat(float(x), float(y)) for x, y in ring.coords]


def _around(places: shapely.Geometry) -> Shape:
    """Return the convex hull, or the circle over two ends where there is nothing to enclose."""
    hull = shapely.convex_hull(places)
    if isinstance(hull, shapely.Polygon) and hull.area > _LEAST_HULL_DEG2:
        return areas.polygon([_corners(hull.exterior)], Notes())
    if hull.is_empty:
        raise BadShapeError("bad_polygon", said("the shape has no place"), said("give its corners"))
    ends = [LonLat(float(x), float(y)) for x, y in shapely.get_coordinates(hull)]
    (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*ends, strict=True))
    center = LonLat((west + east) / 2.0, (south + north) / 2.0)
    radius = max(distance_m(*center, *end) for end in ends)
    return Point(center) if radius < areas.MIN_LENGTH_M else areas.circle(center, radius)


_SHAPES: dict[str, Callable[[etree._Element, Notes], Shape]] = {
    "CircularArea": _circle,
    "EllipticalArea": _ellipse,
    "CircularArcArea": _arc_area,
    "Polygon": _polygon,
    "Point": _point,
    "Box": _box,
    "LinearRing": _ring,
    "LineString": _line,
    "MultiLineString": _line,
    "MultiPoint": _line,
    "MultiPolygon": _several,
}
