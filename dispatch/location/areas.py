"""
Builds the shapes of a message from untrusted numbers, for every format alike.

Each function returns a shape that is an area on Earth, or refuses it with a code;
what had to be repaired is noted. Degrees EPSG:4326, longitude first; metres.
"""

import math
from collections.abc import Sequence

import shapely

from dispatch.location.base import MAX_POINTS, Notes
from geodata.areas.parts import joined
from geodata.areas.repair import cross_more_often, made_valid
from geodata.areas.shapes import (
    ArcBand,
    Box,
    Circle,
    Ellipse,
    MultiPolygon,
    Point,
    Polygon,
    Shape,
    SimpleShape,
    parts_of,
)
from geodata.areas.uncertainty import Ring, outline, reach_m
from geodata.errors import BadShapeError
from geodata.numbers import read_decimal
from geodata.points import LonLat
from geodata.said import said

MAX_RADIUS_M = 200_000.0
"""No cell reaches further: GSM ends at 35 km, extended range at 120 km, LTE at 100 km."""

MAX_POLYGON_REACH_M = 600_000.0
"""From the middle of the country to any corner of it is less than 400 km."""

MIN_LENGTH_M = 0.01
"""No positioning of a phone is finer; below it the area is lost in rounding."""

MAX_PARTS = 100
# A hundred circles around one place meet about ten thousand times; joining more takes seconds.
_MOST_CROSSINGS_OF_PARTS = 50_000
"""Parts of one area. A village name that many villages share has some thirty."""

_REPAIRED_SHARE = 0.99
_MIN_OPENING_DEG = 0.01
_TURN_RAD = 2.0 * math.pi + 1e-3
_ALL_OF_IT = 0.9999
_MIN_AREA_DEG2 = 1e-12


def read_length(name: str, value: object, *, zero: bool = False) -> float:
    """
    Return a length in metres.

    Raises
    ------
    BadShapeError
        `bad_radius` or `not_finite`.
    """
    number = read_number(name, value, code="bad_radius")
    if number < 0.0 or (number < MIN_LENGTH_M and not zero):
        hint = said("a length in metres greater than 0; for an exact place send a Point")
        raise BadShapeError(
            "bad_radius", said("{name} is {number:g} m", name=name, number=number), hint
        )
    if number > MAX_RADIUS_M:
        hint = said("metres, at most {max_radius_m:,.0f}", max_radius_m=MAX_RADIUS_M)
        raise BadShapeError(
            "bad_radius", said("{name} of {number:g} m is no cell", name=name, number=number), hint
        )
    return number


def read_number(name: str, value: object, *, code: str) -> float:
    """
    Return a finite number from a number or a text with one.

    Raises
    ------
    BadShapeError
        `code`, or `not_finite`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadShapeError(
            code,
            said("{name} is missing or not a number", name=name),
            said("give {name} as a number", name=name),
        )
    try:
        number = read_decimal(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError) as error:
        raise BadShapeError(
            code,
            said("{name} is not a number", name=name),
            said("give {name} as a number", name=name),
        ) from error
    if not math.isfinite(number):
        hint = said("NaN and infinity measure nothing")
        raise BadShapeError("not_finite", said("{name} is not a finite number", name=name), hint)
    return number


def degrees_of(number: float, degrees_per_unit: float, name: str, notes: Notes) -> float:
    """Return an angle in degrees; more than a full turn of radians were degrees all along."""
    if degrees_per_unit != 1.0 and abs(number) > _TURN_RAD:
        notes.add("uom_mismatch", f"{name} is more than a turn in its unit; read as degrees")
        return number
    return number * degrees_per_unit


def circle(center: LonLat, radius: object) -> Circle:
    """Build a circle; a radius of 0 is refused."""
    return Circle(center, read_length(said("radius"), radius))


def ellipse(
    center: LonLat, semi_major: object, semi_minor: object, orientation: object, notes: Notes
) -> Ellipse:
    """Build an ellipse; exchanged axes are put right and the orientation is brought to 0-180."""
    major = read_length(said("semi-major axis"), semi_major)
    minor = read_length(said("semi-minor axis"), semi_minor)
    angle = read_number(said("orientation"), orientation, code="bad_angle")
    if major < minor:
        major, minor, angle = minor, major, angle + 90.0
        notes.add("axes_exchanged", "the semi-major axis was the shorter one; exchanged")
    if not 0.0 <= angle <= 180.0:
        notes.add("angle_reduced", "the orientation was brought into 0-180 degrees")
    return Ellipse(center, major, minor, angle % 180.0)


def arc_band(
    center: LonLat, radii: tuple[object, object], angles: tuple[object, object], notes: Notes
) -> ArcBand | Circle:
    """
    Build an arc band from (inner, outer) metres and (start, opening) degrees.

    A full turn without a hole is a circle.
    """
    inner = read_length(said("inner radius"), radii[0], zero=True)
    outer = read_length(said("outer radius"), radii[1])
    if inner > outer - MIN_LENGTH_M:
        hint = said("the outer radius is the larger one")
        raise BadShapeError(
            "bad_radius",
            said("inner {inner:g} m, outer {outer:g} m", inner=inner, outer=outer),
            hint,
        )
    start = read_number(said("start angle"), angles[0], code="bad_angle")
    opening = read_number(said("opening angle"), angles[1], code="bad_angle")
    if not _MIN_OPENING_DEG <= opening <= 360.0:
        hint = said("the opening angle is more than 0 and at most 360 degrees")
        raise BadShapeError(
            "bad_angle", said("the band opens {opening:g} degrees", opening=opening), hint
        )
    if not 0.0 <= start <= 360.0:
        notes.add("angle_reduced", "the start angle was brought into 0-360 degrees")
    if opening == 360.0 and inner == 0.0:
        return Circle(center, outer)
    return ArcBand(center, inner, outer, start % 360.0, opening)


def check_point_count(count: int) -> None:
    """Refuse an area of more than `MAX_POINTS` corners with `too_many_points`."""
    if count > MAX_POINTS:
        raise BadShapeError(
            "too_many_points",
            said("the area has more than {max_points:,} corners", max_points=MAX_POINTS),
            said(
                "simplify it to at most {max_points:,}; operators send 3 to 15",
                max_points=MAX_POINTS,
            ),
        )


def polygon(rings: Sequence[Sequence[LonLat]], notes: Notes) -> Polygon:
    """
    Build a polygon from its exterior and holes, closed or not, in either direction.

    An outline that crosses itself by a sliver is mended; one that does not bound a
    single area (a bow tie) is refused, because half of it would be guessed.

    Raises
    ------
    BadShapeError
        `too_many_points`, `bad_polygon`, `self_intersecting` or `area_too_large`.
    """
    check_point_count(sum(len(ring) for ring in rings))
    if not rings:
        raise BadShapeError(
            "bad_polygon", said("the polygon has no outline"), said("give its corners")
        )
    exterior, *holes = (_open_ring(ring, notes) for ring in rings)
    _check_holes(exterior, holes)
    area = shapely.Polygon(exterior, holes)
    if not area.is_valid:
        area = _mended(area, notes)
    if area.area < _MIN_AREA_DEG2:
        raise BadShapeError(
            "bad_polygon", said("the polygon has no area"), said("three corners not in line")
        )
    shape = Polygon(_corners(area.exterior), tuple(_corners(hole) for hole in area.interiors))
    west, _, east, _ = area.bounds
    _check_reach(shape, shape.exterior[0], east - west)
    return shape


def _check_reach(shape: Shape, start: LonLat, width_deg: float) -> None:
    """Refuse what is wider than the country, or wraps around the Earth."""
    if width_deg > 180.0 or reach_m(shape, start) > 2.0 * MAX_POLYGON_REACH_M:
        hint = said("Romania is 750 km wide")
        raise BadShapeError("area_too_large", said("the area is larger than the country"), hint)


def _open_ring(ring: Sequence[LonLat], notes: Notes) -> list[LonLat]:
    corners = [place for i, place in enumerate(ring) if i == 0 or place != ring[i - 1]]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    elif corners:
        notes.add("ring_closed", "the outline was not closed; its ends were joined")
    if len(corners) < 3:
        hint = said("at least three different corners")
        raise BadShapeError(
            "bad_polygon", said("an outline of {count} corners", count=len(corners)), hint
        )
    return corners


def _check_holes(exterior: Sequence[LonLat], holes: Sequence[Sequence[LonLat]]) -> None:
    """Refuse holes as large as the area itself: nothing of it would be left."""
    whole = _ground_deg2(exterior)
    if holes and sum(map(_ground_deg2, holes)) >= _ALL_OF_IT * whole > 0.0:
        hint = said("leave the hole out, or send the outline that was meant")
        raise BadShapeError("bad_polygon", said("the holes leave nothing of the area"), hint)


def _ground_deg2(ring: Sequence[LonLat]) -> float:
    """Return what a ring encloses (square degrees), reckoned from its first corner."""
    x0, y0 = ring[0]
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return abs(sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in pairs)) / 2.0


def _mended(area: shapely.Polygon, notes: Notes) -> shapely.Polygon:
    parts = [p for p in shapely.get_parts(made_valid(area)) if p.area > 0.0]
    if not parts:
        return shapely.Polygon()
    whole = sum(part.area for part in parts)
    largest = max(parts, key=lambda part: part.area)
    if not isinstance(largest, shapely.Polygon) or largest.area < _REPAIRED_SHARE * whole:
        hint = said("list the corners in order around the area")
        raise BadShapeError("self_intersecting", said("the outline crosses itself"), hint)
    notes.add("polygon_mended", "the outline crossed itself by a sliver, which was cut off")
    return largest


def _corners(ring: shapely.LinearRing) -> tuple[LonLat, ...]:
    return tuple(LonLat(float(x), float(y)) for x, y in ring.coords[:-1])


def box(one: LonLat, other: LonLat, notes: Notes) -> Box:
    """
    Build a box from its south-west and north-east corners; exchanged ones are put right.

    Raises
    ------
    BadShapeError
        `bad_polygon` or `area_too_large`.
    """
    if one.lon > other.lon or one.lat > other.lat:
        notes.add("box_exchanged", "the box had east before west or north before south")
    (west, east), (south, north) = (sorted(axis) for axis in zip(one, other, strict=True))
    if (east - west) * (north - south) < _MIN_AREA_DEG2:
        hint = said("two opposite corners, west of east and south of north")
        raise BadShapeError("bad_polygon", said("the box has no area"), hint)
    shape = Box(LonLat(west, south), LonLat(east, north))
    _check_reach(shape, shape.south_west, east - west)
    return shape


def several(shapes: Sequence[Shape], notes: Notes) -> Shape:
    """
    Build one area from several shapes: the caller is in one of them.

    Shapes that touch or overlap become one polygon, so that no ground counts twice;
    places without an extent say nothing about an area and are left out.

    Raises
    ------
    BadShapeError
        `too_many_points`, `bad_polygon` or `area_too_large`.
    """
    if len(shapes) > MAX_PARTS:
        hint = said("at most {max_parts}", max_parts=MAX_PARTS)
        raise BadShapeError("too_many_points", said("{count} parts", count=len(shapes)), hint)
    if len(shapes) == 1:
        return shapes[0]
    extended = [part for shape in shapes for part in parts_of(shape) if not _is_point(part)]
    if not extended:
        raise BadShapeError(
            "bad_polygon", said("no part of the shape has an area"), said("give corners")
        )
    check_point_count(sum(len(part.exterior) for part in extended if isinstance(part, Polygon)))
    polygons = [_as_polygon(part) for part in extended]
    outlines = [shapely.Polygon(one.exterior, one.holes) for one in polygons]
    if cross_more_often(outlines, _MOST_CROSSINGS_OF_PARTS):
        hint = said("send one area, or parts that do not cross")
        raise BadShapeError("self_intersecting", said("the parts cross each other"), hint)
    whole = joined(polygons)
    if isinstance(whole, MultiPolygon):
        start = whole.parts[0].exterior[0]
        lons = [place.lon for part in whole.parts for place in part.exterior]
        _check_reach(whole, start, max(lons) - min(lons))
        count = len(whole.parts)
        notes.add("several_parts", f"the area has {count} parts; the caller is in one of them")
    return whole


def _is_point(shape: Shape) -> bool:
    return isinstance(shape, Point)


def _as_polygon(part: SimpleShape) -> Polygon:
    if isinstance(part, Polygon):
        return part
    exterior, holes = outline(part)
    return Polygon(_ring_corners(exterior), tuple(_ring_corners(hole) for hole in holes))


def _ring_corners(ring: Ring) -> tuple[LonLat, ...]:
    return tuple(LonLat(float(lon), float(lat)) for lon, lat in ring)


def usable(shape: Shape, notes: Notes) -> Shape | None:
    """
    Return the shape, or None for the place 0/0 that live networks send for "unknown".

    A point is noted as having no uncertainty: that is missing knowledge, not exactness.
    """
    if isinstance(shape, Point | Circle | Ellipse | ArcBand) and shape.center == (0.0, 0.0):
        notes.add("fake_coordinate", "0/0 is what networks send when they know no place; ignored")
        return None
    if isinstance(shape, Point):
        notes.add("no_uncertainty", "the place comes without an uncertainty, which is not zero")
    return shape
