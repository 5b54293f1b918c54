"""
The values of OMA MLP 3.x as operators really write them: coordinates, times, units.

Standard: OMA-TS-MLP-V3_5, section 5.3. X is the latitude and Y the longitude unless
letters say otherwise; `utc_off` is positive east of Greenwich and is subtracted.
"""

import math
import re
from datetime import UTC, datetime, timedelta, timezone

from lxml import etree

from dispatch.errors import UnreadableReportError
from dispatch.location.base import Notes
from dispatch.location.xml.safe_xml import local_name, text_of
from geodata.errors import BadCoordinateError, BadShapeError
from geodata.instants import checked_instant
from geodata.numbers import read_decimal
from geodata.points import LonLat, is_swapped
from geodata.said import said

_DECIMAL = re.compile(r"([+-])?(\d{1,3}(?:[.,]\d{0,40})?|[.,]\d{1,40})\s*°?\s*([NSEW])?", re.ASCII)
_SEXAGESIMAL = re.compile(
    r"([+-])?(\d{1,3})[\s°:]+(\d{1,2}(?:[.,]\d{1,20})?)(?:[\s':]+(\d{1,3}(?:[.,]\d{1,20})?))?"
    r"\s*[\"']*\s*([NSEW])?",
    re.ASCII,
)
_PACKED = re.compile(r"(\d{2,3})(\d\d)(\d\d(?:[.,]\d{1,20})?)([NSEW])", re.ASCII)
_TIME = re.compile(r"\d{14}", re.ASCII)
_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d)", re.ASCII)
_METRES = {"": 1.0, "m": 1.0, "meter": 1.0, "metre": 1.0, "km": 1000.0, "kilometer": 1000.0,
           "kilometre": 1000.0, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048}  # fmt: skip
_DEGREES = {"": 1.0, "degree": 1.0, "deg": 1.0, "radian": math.degrees(1.0),
            "rad": math.degrees(1.0)}  # fmt: skip
_WGS84_CODES = {"4326", "4979"}


# ── places ────────────────────────────────────────────────────────────────────
def read_coord(coord: etree._Element | None, notes: Notes) -> LonLat:
    """
    Read a `coord` element, degrees WGS84.

    Letters decide which axis is which; without them X is the latitude. Raises
    `BadCoordinateError` (`bad_coordinates`, `out_of_range`, `swapped_lon_lat`).
    """
    if coord is None:
        raise BadCoordinateError(
            "bad_coordinates", said("the shape has no coord"), said("give X and Y")
        )
    x, x_axis = _angle("X", text_of(coord, "X"), notes)
    y, y_axis = _angle("Y", text_of(coord, "Y"), notes)
    if x_axis in "EW" and y_axis in "NS" and x_axis and y_axis:
        notes.add("axes_by_letter", "X held the longitude and Y the latitude, as their letters say")
        return _lettered(x, y, notes)
    if (x_axis in "EW" and x_axis) or (y_axis in "NS" and y_axis):
        hint = said("one latitude with N or S, one longitude with E or W")
        raise BadCoordinateError("bad_coordinates", said("both axes carry the same letter"), hint)
    if x_axis and y_axis:
        return _lettered(y, x, notes)
    return LonLat.checked(y, x)


def _lettered(lon: float, lat: float, notes: Notes) -> LonLat:
    """
    Place whose axes the letters name; one in Romania only the other way round is noted.

    A sender that takes the wrong number for an axis writes the right letter behind it.
    """
    if abs(lon) > 180.0 or abs(lat) > 90.0:
        hint = said("longitude up to 180, latitude up to 90 degrees")
        raise BadCoordinateError(
            "out_of_range", said("{lon:g}, {lat:g} is not on Earth", lon=lon, lat=lat), hint
        )
    if is_swapped(lon, lat):
        notes.add("swapped_suspect", "in Romania only if the sender exchanged the axes; ask")
    return LonLat(lon, lat)


def _angle(name: str, text: str | None, notes: Notes) -> tuple[float, str]:
    value = (text or "").upper()
    if "," in value:
        notes.add("decimal_comma", "a comma was read as the decimal point")
    if found := _DECIMAL.fullmatch(value):
        return _signed(_decimal(found[2]), found[1] or "", found[3] or "")
    if found := _SEXAGESIMAL.fullmatch(value):
        degrees = _degrees(found[2], found[3], found[4] or "0", notes)
        return _signed(degrees, found[1] or "", found[5] or "")
    if found := _PACKED.fullmatch(value):
        return _signed(_degrees(found[1], found[2], found[3], notes), "", found[4])
    hint = said("DD MM SS.sssN and DDD MM SS.sssE, or decimal degrees")
    raise BadCoordinateError("bad_coordinates", said("{name} cannot be read", name=name), hint)


def _decimal(text: str) -> float:
    return read_decimal(text.replace(",", "."))


def _signed(degrees: float, sign: str, letter: str) -> tuple[float, str]:
    negative = sign == "-" or letter in {"S", "W"}
    if sign and letter and (sign == "-") != (letter in {"S", "W"}):
        hint = said("a sign or a letter, or both alike: -46 46 12.0S")
        raise BadCoordinateError(
            "bad_coordinates",
            said("the sign {sign} contradicts the letter {letter}", sign=sign, letter=letter),
            hint,
        )
    return (-degrees if negative else degrees), letter


def _degrees(degrees: str, minutes: str, seconds: str, notes: Notes) -> float:
    minute, second = _decimal(minutes), _decimal(seconds)
    if minute >= 60.0:
        hint = said("minutes run from 0 to 59")
        raise BadCoordinateError("bad_coordinates", said("{minute:g} minutes", minute=minute), hint)
    if second >= 60.0:
        notes.add("seconds_over_60", f"{second:g} seconds were carried over into the minutes")
    return int(degrees) + minute / 60.0 + second / 3600.0


def check_crs(shape: etree._Element, notes: Notes) -> None:
    """Refuse a reference system that is not WGS84 degrees with `unsupported_crs`."""
    name = shape.get("srsName") or ""
    found = re.search(r"(\d{4,6})\D{0,5}$", name)
    if found is None or found[1] in _WGS84_CODES:
        return
    if found[1] == "4325":
        notes.add("epsg_4325", "EPSG 4325 was read as 4326: same datum, a common slip")
        return
    hint = said("WGS84 degrees, EPSG 4326")
    raise BadShapeError("unsupported_crs", said("EPSG {code} is not read", code=found[1]), hint)


# ── units ─────────────────────────────────────────────────────────────────────
def metres_per_unit(shape: etree._Element) -> float:
    """Return the factor of `distanceUnit`; metre when absent."""
    return _unit(text_of(shape, "distanceUnit"), _METRES, said("metre, kilometre or feet"))


def degrees_per_unit(shape: etree._Element) -> float:
    """Return the factor of `angularUnit`; degree when absent."""
    return _unit(text_of(shape, "angularUnit"), _DEGREES, said("degrees or radians"))


def _unit(text: str | None, table: dict[str, float], hint: str) -> float:
    name = (text or "").strip().lower()
    factor = table.get(name, table.get(name.removesuffix("s")))
    if factor is None:
        raise BadShapeError(
            "unsupported_unit", said("the unit {name:.20} is not known", name=name), hint
        )
    return factor


def read_measure(shape: etree._Element, name: str, factor: float, code: str) -> float:
    """
    Read a number of a shape and bring it to metres or degrees.

    Raises
    ------
    UnreadableReportError
        `missing_element`: the standard demands it and nothing can stand for it.
    BadShapeError
        `code`: not a number.
    """
    text = text_of(shape, name)
    if text is None:
        raise UnreadableReportError(
            "missing_element",
            said("{element} has no {name}", element=local_name(shape), name=name),
            said("the area is unknown without it; ask the operator to send it"),
        )
    try:
        number = read_decimal(text.replace(",", ".")) * factor
    except ValueError as error:
        raise BadShapeError(
            code, said("{name} is not a number", name=name), said("a number")
        ) from error
    if not math.isfinite(number):
        raise BadShapeError(
            "not_finite", said("{name} is not a finite number", name=name), said("a number")
        )
    return number


# ── time ──────────────────────────────────────────────────────────────────────
def read_time(element: etree._Element | None, notes: Notes) -> datetime | None:
    """
    Read a `time` element as aware UTC; None with a warning when it cannot be read.

    A place without a usable time is still a place, so nothing is refused here.
    """
    text = text_of(element)
    if element is None or text is None:
        return None
    try:
        if not _TIME.fullmatch(text):
            raise ValueError("not yyyyMMddhhmmss")
        written = datetime(*_time_fields(text), tzinfo=_zone(element, notes))
        return checked_instant(written).astimezone(UTC)
    except ValueError:
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None


def _time_fields(text: str) -> tuple[int, int, int, int, int, int]:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    return year, month, day, int(text[8:10]), int(text[10:12]), int(text[12:14])


def _zone(element: etree._Element, notes: Notes) -> timezone:
    text = (element.get("utc_off") or "0000").strip()
    found = _OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        raise ValueError("utc_off outside 0000-1400")
    if not found[1] and text != "0000":
        notes.add("utc_off_unsigned", "utc_off had no sign and was read as east of Greenwich")
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)
