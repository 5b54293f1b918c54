"""
Reads the project's own JSON location report (docs/location-formats.md).

Coordinates are longitude first, as in GeoJSON; lengths metres, angles degrees
clockwise from north, confidence 0 to 1, time RFC 3339 with its zone.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from dispatch.errors import BrokenReportError, UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Envelope, Notes, check_clock, clean_text, decode_text
from dispatch.location.confidence import LEAST, MISSING
from dispatch.model import LocationReport
from geodata.areas.shapes import Point, Shape
from geodata.areas.uncertainty import PDFS
from geodata.errors import BadCoordinateError, BadShapeError, RefusedError
from geodata.instants import checked_instant
from geodata.numbering import read_number
from geodata.points import LonLat
from geodata.said import said

_FIELDS = frozenset(
    {"shape", "location", "confidence", "pdf", "caller", "number", "time", "source", "trigger"}
)
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

Members = Mapping[str, Any]


class JsonReportParser:
    """The reader for `--format json`."""

    name = "json"

    def recognises(self, head: str, content_type: str) -> bool:
        """Tell by the first bracket, or by the content type of anything that is not XML."""
        return head.startswith(("{", "[")) or ("json" in content_type and head[:1] != "<")

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one report object."""
        notes = Notes()
        members = _load(decode_text(envelope.raw, notes))
        if unknown := sorted(members.keys() - _FIELDS)[:5]:
            shown = ", ".join(clean_text(name, limit=40) for name in unknown)
            notes.add("unknown_field", f"these fields mean nothing here: {shown}")
        place = _place_members(members)
        stated = place.get("shape")
        shape = None if stated is None else areas.usable(read_shape(stated, notes), notes)
        caller = _caller(members, notes)
        if stated is None:
            _check_is_call(members)
            notes.add("no_location", "the report holds no location")
        measured_at = _time(members.get("time"), notes)
        check_clock(measured_at, envelope.received_at, notes)
        return LocationReport(
            format=self.name,
            shape=shape,
            confidence=_confidence(place.get("confidence"), shape, notes),
            pdf=_pdf(place.get("pdf")),
            caller=caller,
            measured_at=measured_at,
            source=_text("source", members),
            trigger=_text("trigger", members),
            warnings=notes.all(),
        )


# ── the document ──────────────────────────────────────────────────────────────
def _load(text: str) -> Members:
    try:
        document = json.loads(text, parse_constant=_not_finite, object_pairs_hook=_object)
    except RecursionError as error:
        hint = said("a location report nests five levels")
        raise UnreadableReportError("too_deep", said("the JSON nests too deeply"), hint) from error
    except UnreadableReportError:
        raise
    except ValueError as error:
        raise BrokenReportError(
            "malformed_json",
            said("the message is not valid JSON in line {line:d}", line=error.lineno)
            if isinstance(error, json.JSONDecodeError)
            else said("the message is not valid JSON"),
            said("UTF-8 JSON, one object, no comments, no trailing comma"),
        ) from error
    if not isinstance(document, dict):
        hint = said('send one object: {{"shape": ..., "confidence": 0.95}}')
        raise BrokenReportError("malformed_json", said("the report is not a JSON object"), hint)
    return document


def _not_finite(name: str) -> NoReturn:
    hint = said("NaN and Infinity are not JSON; leave out what is not known")
    raise UnreadableReportError("not_finite", said("the message holds {name}", name=name), hint)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        hint = said("two readers could take two different places from it")
        raise UnreadableReportError("duplicate_field", said("a field is given twice"), hint)
    return members


def _place_members(members: Members) -> Members:
    """Return what holds `shape`, `confidence` and `pdf`: the report, or its `location`."""
    inner = members.get("location")
    if members.get("shape") is None and isinstance(inner, dict):
        return {**members, **inner}
    return members


def _check_is_call(members: Members) -> None:
    """Refuse what names neither a place nor a caller, were it one who withholds the number."""
    if all(members.get(name) in (None, "") for name in ("caller", "number")):
        hint = said('give "shape", or at least "caller"')
        raise UnreadableReportError(
            "missing_shape", said("the report holds neither a shape nor a number"), hint
        )


# ── its fields ────────────────────────────────────────────────────────────────
def _caller(members: Members, notes: Notes) -> str | None:
    value = members.get("caller")
    value = members.get("number") if value is None else value
    if value is None or value == "":
        return None
    try:
        return read_number(value[:64] if isinstance(value, str) else "").e164
    except RefusedError:
        # A call with a place is a call, whatever stands where its number should.
        notes.add("bad_number", "the caller's number cannot be read and was left out")
        return None


def _time(value: object, notes: Notes) -> datetime | None:
    if value is None:
        return None
    try:
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise ValueError("not RFC 3339")
        return checked_instant(datetime.fromisoformat(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None


def _confidence(value: object, shape: Shape | None, notes: Notes) -> float | None:
    if value is None:
        if shape is not None:
            notes.add(*MISSING)
        return None
    number = areas.read_number(said("confidence"), value, code="bad_confidence")
    if not isinstance(value, str) and LEAST <= number <= 1.0:
        return number
    hint = said("a number from 0.01 to 1, such as 0.95")
    if 1.0 < number <= 100.0:
        hint = said(
            "confidence is a share: write {share:g}, not {percent:g}",
            share=number / 100.0,
            percent=number,
        )
    raise BadShapeError(
        "bad_confidence", said("{confidence:g} is no confidence", confidence=number), hint
    )


def _pdf(value: object) -> str:
    if value is None:
        return "rectangular"
    if not isinstance(value, str) or value not in PDFS:
        hint = said("one of: {choices}", choices=", ".join(PDFS))
        raise BadShapeError("bad_pdf", said("the distribution is not known"), hint)
    return value


def _text(name: str, members: Members) -> str | None:
    value = members.get(name)
    return clean_text(value) if isinstance(value, str) else None


# ── its shape ─────────────────────────────────────────────────────────────────
def read_shape(value: object, notes: Notes) -> Shape:
    """
    Read one shape object of the documented JSON.

    Raises
    ------
    BadShapeError, BadCoordinateError
        `bad_shape`, `unknown_shape`, `bad_coordinates` and the codes of `areas`.
    """
    if not isinstance(value, dict):
        raise BadShapeError(
            "bad_shape", said("the shape is not an object"), said('give {{"type": "Circle", …}}')
        )
    kind = value.get("type")
    reader = _BY_LOWER.get(kind.lower()) if isinstance(kind, str) else None
    if reader is None:
        hint = said("one of: {choices}", choices=", ".join(_SHAPES))
        raise BadShapeError("unknown_shape", said("the type of the shape is not known"), hint)
    return reader(value, notes)


def _center(shape: Members) -> LonLat:
    value = shape.get("center")
    value = shape.get("coordinates") if value is None else value
    if isinstance(value, dict):
        return LonLat.checked(value.get("lon", value.get("lng")), value.get("lat"))
    return _position(value)


def _position(value: object) -> LonLat:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        hint = said("[longitude, latitude]")
        raise BadCoordinateError("bad_coordinates", said("a place is not a pair of numbers"), hint)
    return LonLat.checked(value[0], value[1])


def _point(shape: Members, _notes: Notes) -> Shape:
    return Point(_center(shape))


def _circle(shape: Members, _notes: Notes) -> Shape:
    return areas.circle(_center(shape), shape.get("radius_m", shape.get("radius")))


def _ellipse(shape: Members, notes: Notes) -> Shape:
    major, minor = shape.get("semi_major_m"), shape.get("semi_minor_m")
    return areas.ellipse(_center(shape), major, minor, shape.get("orientation_deg"), notes)


def _arc_band(shape: Members, notes: Notes) -> Shape:
    radii = shape.get("inner_radius_m"), shape.get("outer_radius_m")
    angles = shape.get("start_angle_deg"), shape.get("opening_angle_deg")
    return areas.arc_band(_center(shape), radii, angles, notes)


def _polygon(shape: Members, notes: Notes) -> Shape:
    rings = shape.get("coordinates")
    if not isinstance(rings, list) or not all(isinstance(ring, list) for ring in rings):
        hint = said("a list of rings, each a list of [longitude, latitude] (GeoJSON)")
        raise BadCoordinateError("bad_coordinates", said("the polygon has no rings"), hint)
    areas.check_point_count(sum(len(ring) for ring in rings))
    return areas.polygon([[_position(place) for place in ring] for ring in rings], notes)


def _multi_polygon(shape: Members, notes: Notes) -> Shape:
    parts = shape.get("coordinates")
    if not isinstance(parts, list) or not parts:
        hint = said("a list of polygons, each a list of rings (GeoJSON)")
        raise BadCoordinateError("bad_coordinates", said("the multipolygon has no parts"), hint)
    rings = (ring for part in parts if isinstance(part, list) for ring in part)
    areas.check_point_count(sum(len(ring) for ring in rings if isinstance(ring, list)))
    return areas.several([_polygon({"coordinates": part}, notes) for part in parts], notes)


def _box(shape: Members, notes: Notes) -> Shape:
    bounds = shape.get("bbox")
    if not isinstance(bounds, list) or len(bounds) != 4:
        hint = said("[west, south, east, north], as in GeoJSON")
        raise BadCoordinateError("bad_coordinates", said("the box has no four bounds"), hint)
    return areas.box(LonLat.checked(*bounds[:2]), LonLat.checked(*bounds[2:]), notes)


_SHAPES: dict[str, Callable[[Members, Notes], Shape]] = {
    "Point": _point,
    "Circle": _circle,
    "Ellipse": _ellipse,
    "ArcBand": _arc_band,
    "Polygon": _polygon,
    "Box": _box,
    "MultiPolygon": _multi_polygon,
}
_BY_LOWER = {name.lower(): reader for name, reader in _SHAPES.items()}
