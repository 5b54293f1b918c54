"""
Reads and writes the area descriptions of 3GPP TS 23.032 (GAD), as in LCS and MAP.

They come as raw octets, as hexadecimal text (blanks, colons, hyphens, commas and `0x`
allowed) or as base64. Raw octets look like anything, so their sender has to name the
format or the content type; text is recognised by itself.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable

from dispatch.errors import UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Envelope, Notes
from dispatch.location.confidence import unusable
from dispatch.location.gad.codec import (
    INNER_STEP_M,
    OCTETS,
    PRECISE_SOLIDS,
    SOLIDS,
    Gad,
    GadKind,
    decode,
    encode,
    uncertainty_m,
)
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Box, Circle, Ellipse, MultiPolygon, Point, Polygon, Shape
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

_HEX = re.compile(r"(?:(?:0x)?[0-9a-f]{2}[\s:,-]*)+", re.IGNORECASE)
_NOT_HEX = re.compile(r"0x|[\s:,-]", re.IGNORECASE)
# Letters with digits or padding: no word that a caller says, and no number.
_BASE64_TEXT = re.compile(r"(?=[^a-z]*[a-z])(?=[^0-9+/=]*[0-9+/=])[a-z0-9+/]{10,124}={0,2}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+={0,2}\s*")
_LENGTHS = {*OCTETS.values(), *range(19, 92, 6)}
_MAX_OCTETS = 91
_LEAST_AXIS_M = 1.0
_MOST_HALVED = 90
_WHOLE_PERCENT = 100


class GadParser:
    """The reader for `--format gad`."""

    name = "gad"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take hexadecimal text whose first octet and length fit a shape."""
        if "3gpp" in content_type or "gad" in content_type.rsplit("/", maxsplit=1)[-1]:
            return True
        if _HEX.fullmatch(head) is None:
            return _BASE64_TEXT.fullmatch(head) is not None and _octets_of(head) in _LENGTHS
        octets = _from_hex(head)
        kind = octets[0] >> 4
        return kind in set(GadKind) and len(octets) in _LENGTHS

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one description; a confidence of 0 or over 100 says nothing."""
        notes = Notes()
        gad = decode(read_octets(envelope.raw))
        for place in gad.places:
            LonLat.checked(*place)
        if gad.kind in SOLIDS and 0 < gad.orientation_deg < _MOST_HALVED and gad.major != gad.minor:
            notes.add("orientation_in_doubt", "some senders halve the orientation of this shape")
        if gad.spare:
            notes.add("spare_bits", "spare bits beside the type of shape are set; ignored")
        shape = areas.usable(_SHAPES[gad.kind](gad, notes), notes)
        confidence = None if shape is None or isinstance(shape, Point) else _confidence(gad, notes)
        return LocationReport("gad", shape, confidence, warnings=notes.all(), extras=_extras(gad))


def _from_hex(text: str) -> bytes:
    return bytes.fromhex(_NOT_HEX.sub("", text))


def _octets_of(base64_text: str) -> int:
    return len(base64_text.rstrip("=")) * 3 // 4


def read_octets(raw: bytes) -> bytes:
    """
    Return the octets of raw, hexadecimal or base64 input.

    Raises
    ------
    UnreadableReportError
        `bad_length`: more than any description has.
    """
    octets = raw
    text = raw[:1000].removeprefix(b"\xef\xbb\xbf").decode("latin-1").strip()
    if _HEX.fullmatch(text):
        octets = _from_hex(text)
    elif len(raw) > 7 and _BASE64.fullmatch(raw[:1000]):
        try:
            octets = base64.b64decode(b"".join(raw.split()), validate=True)
        except binascii.Error:
            octets = raw
    if len(octets) > _MAX_OCTETS:
        hint = said("a description has at most {most}", most=_MAX_OCTETS)
        raise UnreadableReportError("bad_length", said("{count} octets", count=len(octets)), hint)
    return octets


def _confidence(gad: Gad, notes: Notes) -> float | None:
    if gad.kind in {GadKind.CIRCLE, GadKind.POLYGON}:
        notes.add("confidence_missing", "this shape carries no confidence; 95 % is assumed")
        return None
    if 1 <= gad.confidence <= 100:
        return gad.confidence / 100.0
    notes.add(*unusable())
    return None


def _extras(gad: Gad) -> dict[str, str]:
    extras = {"kind": gad.kind.name.lower()}
    if gad.kind in SOLIDS or gad.kind is GadKind.POINT_ALTITUDE:
        extras["altitude_m"] = f"{gad.altitude_m:g}"
    if gad.kind in SOLIDS:
        extras["altitude_uncertainty_m"] = f"{gad.altitude_uncertainty_m:.2f}"
    if gad.kind in PRECISE_SOLIDS and 1 <= gad.altitude_confidence <= _WHOLE_PERCENT:
        extras["altitude_confidence"] = f"{gad.altitude_confidence / 100.0:g}"
    return extras


# ── shapes ────────────────────────────────────────────────────────────────────
def _point(gad: Gad, _notes: Notes) -> Shape:
    return Point(gad.places[0])


def _circle(gad: Gad, notes: Notes) -> Shape:
    if gad.major == 0:
        notes.add("zero_radius", "a radius of 0 was read as a place of unknown uncertainty")
        return Point(gad.places[0])
    return areas.circle(gad.places[0], gad.major_m)


def _ellipse(gad: Gad, notes: Notes) -> Shape:
    if gad.major == gad.minor == 0:
        return _circle(gad, notes)
    if 0 in {gad.major, gad.minor}:
        notes.add("zero_axis", "an axis of 0 was read as 1 m, the least that can be said")
    major, minor = (axis or _LEAST_AXIS_M for axis in (gad.major_m, gad.minor_m))
    return areas.ellipse(gad.places[0], major, minor, gad.orientation_deg, notes)


def _arc(gad: Gad, notes: Notes) -> Shape:
    thickness = gad.major_m
    if thickness == 0.0:
        notes.add("zero_thickness", "an arc without thickness was given the step of its radius")
        thickness = INNER_STEP_M
    radii = (gad.inner_m, gad.inner_m + thickness)
    return areas.arc_band(gad.places[0], radii, (gad.start_deg, gad.opening_deg), notes)


def _polygon(gad: Gad, notes: Notes) -> Shape:
    # The standard leaves the outline open: no warning.
    return areas.polygon([[*gad.places, gad.places[0]]], notes)


_SHAPES: dict[GadKind, Callable[[Gad, Notes], Shape]] = {
    GadKind.POINT: _point,
    GadKind.POINT_ALTITUDE: _point,
    GadKind.CIRCLE: _circle,
    GadKind.ELLIPSE: _ellipse,
    GadKind.ELLIPSOID: _ellipse,
    GadKind.PRECISE_ELLIPSE: _ellipse,
    GadKind.PRECISE_ELLIPSOID: _ellipse,
    GadKind.SCALABLE_ELLIPSE: _ellipse,
    GadKind.SCALABLE_ELLIPSOID: _ellipse,
    GadKind.ARC: _arc,
    GadKind.POLYGON: _polygon,
}


# ── writing ───────────────────────────────────────────────────────────────────
def write_gad(shape: Shape, confidence: float | None = None) -> bytes:
    """
    Write a shape, rounding outward: what is read back holds what was written.

    Places move by less than 2.4 m, to the lower edge of their step. A circle and a
    polygon carry no confidence; where one is given, a circle is written as an ellipse.

    Raises
    ------
    BadShapeError
        `bad_radius`: beyond the largest code; `too_many_points` or `bad_polygon`: a polygon
        of more than 15 points, or with holes.
    """
    percent = 0 if confidence is None else max(1, min(100, int(confidence * 100.0)))
    if isinstance(shape, Point):
        return encode(Gad(GadKind.POINT, (shape.center,)))
    if isinstance(shape, Circle) and percent:
        shape = Ellipse(shape.center, shape.radius_m, shape.radius_m, 0.0)
    if isinstance(shape, Circle):
        return encode(Gad(GadKind.CIRCLE, (shape.center,), major=_code(shape.radius_m)))
    if isinstance(shape, Ellipse):
        return encode(
            Gad(
                GadKind.ELLIPSE, (shape.center,), major=_code(shape.semi_major_m),
                minor=_code(shape.semi_minor_m), confidence=percent,
                orientation_deg=round(shape.orientation_deg) % 180,
            )
        )  # fmt: skip
    if isinstance(shape, ArcBand):
        return encode(_written_arc(shape, percent))
    if isinstance(shape, MultiPolygon):
        raise BadShapeError(
            "bad_polygon", said("GAD knows one area only"), said("send the parts singly")
        )
    return encode(_written_polygon(Polygon(shape.corners) if isinstance(shape, Box) else shape))


def _written_arc(shape: ArcBand, percent: int) -> Gad:
    inner = int(shape.inner_radius_m / INNER_STEP_M + 1e-6)
    if inner > 0xFFFF:
        raise BadShapeError(
            "bad_radius", said("the inner radius is too large"), said("at most 327,675 m")
        )
    offset = int(shape.start_angle_deg / 2.0 + 1e-6)
    end = shape.start_angle_deg + shape.opening_angle_deg
    included = min(math.ceil((end - 2.0 * offset) / 2.0 - 1e-6), 180) - 1
    thickness = shape.outer_radius_m - inner * INNER_STEP_M
    return Gad(
        GadKind.ARC, (shape.center,), inner=inner, major=_code(thickness),
        offset=offset % 180, included=max(included, 0), confidence=percent,
    )  # fmt: skip


def _written_polygon(shape: Polygon) -> Gad:
    if shape.holes:
        raise BadShapeError(
            "bad_polygon", said("GAD knows no holes"), said("send the exterior only")
        )
    if len(shape.exterior) > 15:
        raise BadShapeError(
            "too_many_points", said("GAD holds 15 points"), said("simplify the outline")
        )
    return Gad(GadKind.POLYGON, shape.exterior)


def _code(metres: float) -> int:
    """Return the smallest code that stands for at least so many metres."""
    code = max(0, math.ceil(math.log1p(metres / 10.0) / math.log(1.1) - 1e-6))
    if code > 127:
        hint = said("at most {most_m:,.0f} m", most_m=uncertainty_m(127))
        raise BadShapeError(
            "bad_radius", said("{metres:g} m is beyond the largest code", metres=metres), hint
        )
    return code
