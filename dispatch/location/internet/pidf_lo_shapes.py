"""
Reads the GML shapes of PIDF-LO, and of LoST, which speaks the same.

`pos` is latitude first, WGS84 degrees. Solids are projected onto the ground: a sphere
is its circle, an ellipsoid the ellipse of its horizontal axes, a prism its base. The GML
for several parts and for a box, which the standard does not list, is read too.

Standard: RFC 5491 section 5.2 (GEOSHAPE 1.0); the older `gml:coordinates` of RFC 4119.
"""

import math
import re
from collections.abc import Callable

from lxml import etree

from dispatch.errors import UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Notes
from dispatch.location.mlp.values import read_coord
from dispatch.location.xml.safe_xml import find, find_all, local_name, text_of
from geodata.areas.shapes import Point, Shape
from geodata.errors import BadCoordinateError, BadShapeError
from geodata.numbers import read_decimal
from geodata.points import LonLat
from geodata.said import said

GML = "http://www.opengis.net/gml"
GEOSHAPE = "http://www.opengis.net/pidflo/1.0"

_OF_GML = {"Point", "Polygon", "MultiSurface", "MultiPolygon", "Envelope"}
_MEMBERS = {"surfaceMember", "surfaceMembers", "polygonMember", "polygonMembers"}
_CRS_NAMES = {
    "urn:ogc:def:crs:epsg::4326": 2,
    "urn:ogc:def:crs:epsg::4979": 3,
    "epsg:4326": 2,
    "epsg:4979": 3,
    "http://www.opengis.net/def/crs/epsg/0/4326": 2,
    "http://www.opengis.net/def/crs/epsg/0/4979": 3,
}
_CRS_CODE = re.compile(r"epsg\D{1,10}(\d{4,6})$")
_UNIT_CODE = re.compile(r"(?:epsg\D{0,10})?(\d{4})$")
_LENGTHS = {"9001": 1.0, "9002": 0.3048, "9036": 1000.0, "m": 1.0, "metre": 1.0, "meter": 1.0,
            "km": 1000.0, "ft": 0.3048, "foot": 0.3048}  # fmt: skip
_ANGLES = {"9102": 1.0, "9122": 1.0, "9101": math.degrees(1.0), "deg": 1.0, "degree": 1.0,
           "rad": math.degrees(1.0), "radian": math.degrees(1.0)}  # fmt: skip
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,9},\d{1,20}", re.ASCII)
_DECIMAL_POINT = re.compile(r"[+-]?\d{1,9}\.\d{0,20}", re.ASCII)


def shape_elements(holder: etree._Element) -> list[etree._Element]:
    """Return the shapes directly inside an element, also behind the old `gml:location`."""
    inner = [child for child in holder if local_name(child) != "location"]
    for wrapper in holder:
        if local_name(wrapper) == "location":
            inner.extend(wrapper)
    return [element for element in inner if local_name(element) in SHAPES]


def read_shape(element: etree._Element, notes: Notes) -> Shape:
    """
    Read one shape element.

    Raises
    ------
    BadShapeError
        `unknown_shape`, `unsupported_crs`, `unsupported_unit`, `bad_radius`, `bad_angle`,
        `bad_polygon`, `self_intersecting`, `area_too_large` or `too_many_points`.
    BadCoordinateError
        `bad_coordinates`, `out_of_range` or `swapped_lon_lat`.
    UnreadableReportError
        `missing_element`: the standard demands it and nothing can stand for it.
    """
    reader = SHAPES.get(local_name(element))
    if reader is None:
        name = f"{local_name(element)!r:.40}"
        hint = said("one of: {choices}", choices=", ".join(SHAPES))
        raise BadShapeError("unknown_shape", said("the shape {name} is not read", name=name), hint)
    _check_namespace(element, notes)
    return reader(element, notes)


def altitude_m(element: etree._Element) -> str | None:
    """Return the height of the first place as it is written, metres; None without one."""
    first = next(iter(find_all(element, "pos")), None)
    tokens = [] if first is None else (first.text or "").split()
    return tokens[2][:20] if len(tokens) == 3 else None


def _check_namespace(element: etree._Element, notes: Notes) -> None:
    wanted = GML if local_name(element) in _OF_GML else GEOSHAPE
    if etree.QName(element).namespace != wanted:
        notes.add("shape_namespace", f"{local_name(element)} stands in a wrong namespace")


# ── places ────────────────────────────────────────────────────────────────────
def _dimension(element: etree._Element, notes: Notes) -> int:
    """Number of axes by the reference system of the element or of what is around it."""
    around = (element, *element.iterancestors())
    name = next((found for e in around if (found := e.get("srsName"))), None)
    inside = (found for e in element.iter() if (found := e.get("srsName")))
    name = name or next(inside, None)
    if name is None:
        notes.add("crs_missing", "no reference system is named; WGS84 degrees are assumed")
        return 2
    plain = name.strip().lower()
    if plain in _CRS_NAMES:
        return _CRS_NAMES[plain]
    found_code = _CRS_CODE.search(plain)
    if found_code and found_code[1] in {"4326", "4979"}:
        notes.add("crs_misspelt", f"the reference system {name:.60} was read as WGS84")
        return 2 if found_code[1] == "4326" else 3
    hint = said("WGS84 degrees: urn:ogc:def:crs:EPSG::4326")
    raise BadShapeError(
        "unsupported_crs", said("the system {name!r:.60} is not read", name=name), hint
    )


def _center(element: etree._Element, notes: Notes) -> LonLat:
    _dimension(element, notes)
    old = find(element, "coordinates")
    if old is not None:
        return _old_coordinates(old, notes)
    text = text_of(element, "pos")
    if text is None:
        raise _missing(element, "pos")
    return _place(_numbers(text, notes))


def _place(numbers: list[float]) -> LonLat:
    if len(numbers) not in {2, 3}:
        hint = said("latitude and longitude in degrees, separated by a blank")
        raise BadCoordinateError(
            "bad_coordinates", said("a pos of {count} numbers", count=len(numbers)), hint
        )
    return LonLat.checked(numbers[1], numbers[0])


def _numbers(text: str, notes: Notes) -> list[float]:
    """Read the numbers of a pos or posList, whichever commas somebody has put into it."""
    tokens = text.split()
    if "," in text:
        notes.add("comma_in_pos", "commas in a place were read as separators or decimal points")
        decimal = [token for token in tokens if _DECIMAL_COMMA.fullmatch(token)]
        others = [token for token in tokens if not _DECIMAL_COMMA.fullmatch(token)]
        if len(tokens) > 1 and decimal and all(_DECIMAL_POINT.fullmatch(o) for o in others):
            tokens = [token.replace(",", ".") for token in tokens]
        elif len(tokens) > 1 and decimal and not any("," in other for other in others):
            # "46,77 23" is a place with a decimal comma, or a place and its height.
            raise _no_numbers()
        else:
            tokens = text.replace(",", " ").split()
    areas.check_point_count(len(tokens) // 3)
    return [_number(token) for token in tokens]


def _number(token: str) -> float:
    try:
        number = read_decimal(token)
    except ValueError as error:
        raise _no_numbers() from error
    if not math.isfinite(number):
        raise _no_numbers()
    return number


def _no_numbers() -> BadCoordinateError:
    hint = said("decimal degrees, latitude first: 44.4353 26.1025")
    return BadCoordinateError("bad_coordinates", said("a place cannot be read as numbers"), hint)


def _old_coordinates(element: etree._Element, notes: Notes) -> LonLat:
    """Read `37:46:30N 122:25:10W` of RFC 4119; letters say which axis is which."""
    notes.add("deprecated_coordinates", "gml:coordinates is read, but RFC 5491 has replaced it")
    tokens = (element.text or "").replace(",", " ").split()
    if len(tokens) not in {2, 3}:
        hint = said("37:46:30N 122:25:10W, or better gml:pos")
        raise BadCoordinateError("bad_coordinates", said("gml:coordinates cannot be read"), hint)
    coord = etree.Element("coord")
    for name, token in zip(("X", "Y"), tokens, strict=False):
        etree.SubElement(coord, name).text = token
    return read_coord(coord, notes)


# ── measures ──────────────────────────────────────────────────────────────────
def _missing(element: etree._Element, name: str) -> UnreadableReportError:
    return UnreadableReportError(
        "missing_element",
        said("{element} has no {name}", element=local_name(element), name=name),
        said("the area is unknown without it; ask the sender for it"),
    )


def _measured(element: etree._Element, name: str, code: str, notes: Notes) -> tuple[float, str]:
    """Return the number of a child and the unit as written, bare."""
    child, text = find(element, name), text_of(element, name)
    if child is None or text is None:
        raise _missing(element, name)
    if _THOUSANDS.fullmatch(text):
        # A comma may be a decimal point or separate thousands. Taken for a point, 1,275 m would
        # be a thousandth of the stated length, so it is refused.
        hint = said("a plain number with a decimal point")
        raise BadShapeError(
            code, said("{name} of {text} could mean two numbers", name=name, text=text), hint
        )
    if "," in text:
        notes.add("decimal_comma", "a comma was read as the decimal point")
    number = areas.read_number(name, text.replace(",", "."), code=code)
    unit = (child.get("uom") or "").strip().lower().lstrip("#")
    found = _UNIT_CODE.search(unit)
    return number, found[1] if found else unit.removesuffix("s")


def _length(element: etree._Element, name: str, notes: Notes) -> float:
    number, unit = _measured(element, name, "bad_radius", notes)
    if not unit:
        notes.add("uom_missing", "a unit is missing; metres and degrees are assumed")
        return number
    if unit not in _LENGTHS:
        hint = said("metres: urn:ogc:def:uom:EPSG::9001")
        raise BadShapeError(
            "unsupported_unit", said("{name} in {unit:.20} is not read", name=name, unit=unit), hint
        )
    return number * _LENGTHS[unit]


def _angle(element: etree._Element, name: str, notes: Notes) -> float:
    number, unit = _measured(element, name, "bad_angle", notes)
    if not unit:
        notes.add("uom_missing", "a unit is missing; metres and degrees are assumed")
        return number
    if unit in _LENGTHS:
        # An angle cannot be a length. The sender has counted up from 9001 (metre) to 9002,
        # which is a foot.
        notes.add("uom_mismatch", f"{name} was given in a unit of length; read as degrees")
        return number
    if unit not in _ANGLES:
        hint = said("degrees: urn:ogc:def:uom:EPSG::9102")
        raise BadShapeError(
            "unsupported_unit", said("{name} in {unit:.20} is not read", name=name, unit=unit), hint
        )
    return areas.degrees_of(number, _ANGLES[unit], name, notes)


# ── shapes ────────────────────────────────────────────────────────────────────
def _point(element: etree._Element, notes: Notes) -> Shape:
    return Point(_center(element, notes))


def _circle(element: etree._Element, notes: Notes) -> Shape:
    center, radius = _center(element, notes), _length(element, "radius", notes)
    if radius == 0.0:
        notes.add("zero_radius", "a radius of 0 was read as a place of unknown uncertainty")
        return Point(center)
    return areas.circle(center, radius)


def _ellipse(element: etree._Element, notes: Notes) -> Shape:
    center = _center(element, notes)
    major = _length(element, "semiMajorAxis", notes)
    minor = _length(element, "semiMinorAxis", notes)
    return areas.ellipse(center, major, minor, _angle(element, "orientation", notes), notes)


def _arc_band(element: etree._Element, notes: Notes) -> Shape:
    radii = (_length(element, "innerRadius", notes), _length(element, "outerRadius", notes))
    angles = (_angle(element, "startAngle", notes), _angle(element, "openingAngle", notes))
    return areas.arc_band(_center(element, notes), radii, angles, notes)


def _polygon(element: etree._Element, notes: Notes) -> Shape:
    dimension = _dimension(element, notes)
    boundaries = [find(element, "exterior")]
    boundaries += [child for child in element if local_name(child) == "interior"]
    rings = [ring for boundary in boundaries if (ring := find(boundary, "LinearRing")) is not None]
    if not rings or find(element, "exterior") is None:
        raise _missing(element, "exterior")
    return areas.polygon([_ring(ring, dimension, notes) for ring in rings], notes)


def _ring(ring: etree._Element, dimension: int, notes: Notes) -> list[LonLat]:
    listed = find(ring, "posList")
    if listed is None:
        places = find_all(ring, "pos")
        areas.check_point_count(len(places))
        return [_place(_numbers(pos.text or "", notes)) for pos in places]
    numbers = _numbers(listed.text or "", notes)
    around = (listed, *listed.iterancestors())
    stated = next((found for e in around if (found := e.get("srsDimension"))), None)
    step = int(stated) if stated in {"2", "3"} else dimension
    if len(numbers) % step:
        hint = said("{count} numbers for each corner", count=step)
        raise BadCoordinateError(
            "bad_coordinates", said("posList ends in the middle of a place"), hint
        )
    return [_place(numbers[i : i + step]) for i in range(0, len(numbers), step)]


def _prism(element: etree._Element, notes: Notes) -> Shape:
    base = find(element, "base")
    inner = shape_elements(base) if base is not None else []
    if not inner:
        raise _missing(element, "base")
    if local_name(inner[0]) == "Prism":
        raise BadShapeError(
            "unknown_shape", said("a prism stands on a prism"), said("a flat shape as base")
        )
    return read_shape(inner[0], notes)


def _several(element: etree._Element, notes: Notes) -> Shape:
    members = [member for member in element if local_name(member) in _MEMBERS]
    parts = [child for member in members for child in shape_elements(member)]
    if not parts:
        raise _missing(element, "surfaceMember")
    if any(local_name(part) in {"MultiSurface", "MultiPolygon"} for part in parts):
        raise BadShapeError(
            "unknown_shape", said("several parts within several parts"), said("list polygons")
        )
    if len(parts) > areas.MAX_PARTS:
        hint = said("at most {max_parts}", max_parts=areas.MAX_PARTS)
        raise BadShapeError("too_many_points", said("{count} parts", count=len(parts)), hint)
    return areas.several([read_shape(part, notes) for part in parts], notes)


def _envelope(element: etree._Element, notes: Notes) -> Shape:
    _dimension(element, notes)
    corners = [text_of(element, name) for name in ("lowerCorner", "upperCorner")]
    if not all(corners):
        raise _missing(element, "lowerCorner")
    low, high = (_place(_numbers(corner or "", notes)) for corner in corners)
    return areas.box(low, high, notes)


SHAPES: dict[str, Callable[[etree._Element, Notes], Shape]] = {
    "Point": _point,
    "Circle": _circle,
    "Ellipse": _ellipse,
    "ArcBand": _arc_band,
    "Polygon": _polygon,
    "Sphere": _circle,
    "Ellipsoid": _ellipse,
    "Prism": _prism,
    "MultiSurface": _several,
    "MultiPolygon": _several,
    "Envelope": _envelope,
}
"""The readers by element name; the LoST profile `geodetic-2d` takes the flat ones of RFC 5491."""
