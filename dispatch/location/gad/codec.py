"""
The octets of 3GPP TS 23.032 (GAD), both ways, without any judgement of the content.

The shape is in the HIGH nibble of the first octet (Annex A; Table 2a only says "bits
4 3 2 1"). Latitudes are sign and magnitude, longitudes two's complement; the
high-accuracy shapes (11 to 14) use 32 bits of two's complement for both and 22 for the
altitude. The scalable ones (13 and 14, Release 16) say in the top bit of a confidence
octet which of two scales the uncertainty beside it is on.

Every octet that carries a code stays a code here (`Gad`), so that reading and writing
are exact inverses; metres are derived from it. Places are EPSG:4326 degrees.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from dispatch.errors import UnreadableReportError
from geodata.points import LonLat
from geodata.said import said

INNER_STEP_M = 5.0
"""Step of the inner radius of an arc (section 6.6). Some decoders take it for metres."""

_MAX_ANGLE_CODE = 179
_SHIFT = 1e-6
"""Part of a step by which a number may miss it, from dividing and multiplying."""


class GadKind(IntEnum):
    """Type of shape, the high nibble of the first octet (Table 2a)."""

    POINT = 0
    CIRCLE = 1
    ELLIPSE = 3
    POLYGON = 5
    POINT_ALTITUDE = 8
    ELLIPSOID = 9
    ARC = 10
    PRECISE_ELLIPSE = 11
    PRECISE_ELLIPSOID = 12
    SCALABLE_ELLIPSE = 13
    SCALABLE_ELLIPSOID = 14


OCTETS = {
    GadKind.POINT: 7, GadKind.CIRCLE: 8, GadKind.ELLIPSE: 11, GadKind.POINT_ALTITUDE: 9,
    GadKind.ELLIPSOID: 14, GadKind.ARC: 13, GadKind.PRECISE_ELLIPSE: 13,
    GadKind.PRECISE_ELLIPSOID: 18, GadKind.SCALABLE_ELLIPSE: 13, GadKind.SCALABLE_ELLIPSOID: 18,
}  # fmt: skip
_SCALABLE = {GadKind.SCALABLE_ELLIPSE, GadKind.SCALABLE_ELLIPSOID}
_PRECISE = {GadKind.PRECISE_ELLIPSE, GadKind.PRECISE_ELLIPSOID, *_SCALABLE}
PRECISE_SOLIDS = {GadKind.PRECISE_ELLIPSOID, GadKind.SCALABLE_ELLIPSOID}
SOLIDS = {GadKind.ELLIPSOID, *PRECISE_SOLIDS}
_WITH_ELLIPSE = {GadKind.ELLIPSE, GadKind.ELLIPSOID, *_PRECISE}
_ALTITUDE_MASK = 0x3FFFFF


@dataclass(frozen=True, slots=True)
class Gad:
    """
    One description, octet by octet.

    `major` and `minor` are uncertainty codes (K); `major` is also the radius of a circle
    and the thickness of an arc. `orientation_deg` counts whole degrees, `inner` steps of
    5 m, `offset` and `included` steps of 2 degrees. `confidence` is per cent as sent: 0
    and more than 100 mean "no information". `altitude_m` is positive upwards. `is_extended`
    and `altitude_is_extended` choose the longer scale of the scalable shapes.
    """

    kind: GadKind
    places: tuple[LonLat, ...]
    altitude_m: float = 0.0
    major: int = 0
    minor: int = 0
    orientation_deg: int = 0
    altitude_code: int = 0
    inner: int = 0
    offset: int = 0
    included: int = 0
    confidence: int = 0
    altitude_confidence: int = 0
    spare: int = 0
    is_extended: bool = False
    altitude_is_extended: bool = False

    @property
    def is_precise(self) -> bool:
        """Tell whether this is one of the high-accuracy shapes."""
        return self.kind in _PRECISE

    @property
    def major_m(self) -> float:
        """Semi-major axis, radius or thickness, metres."""
        return uncertainty_m(self.major, self._scale(extended=self.is_extended))

    @property
    def minor_m(self) -> float:
        """Semi-minor axis, metres."""
        return uncertainty_m(self.minor, self._scale(extended=self.is_extended))

    @property
    def altitude_uncertainty_m(self) -> float:
        """Uncertainty of the altitude, metres."""
        if self.is_precise:
            scale = self._scale(extended=self.altitude_is_extended)
            return uncertainty_m(self.altitude_code, scale)
        return uncertainty_m(self.altitude_code, ALTITUDE)

    def _scale(self, *, extended: bool) -> "Scale":
        if not self.is_precise:
            return ORDINARY
        return EXTENDED if extended else PRECISE

    @property
    def inner_m(self) -> float:
        """Inner radius of an arc, metres."""
        return self.inner * INNER_STEP_M

    @property
    def start_deg(self) -> float:
        """First bearing of an arc: the code N stands for 2N and up."""
        return 2.0 * self.offset

    @property
    def opening_deg(self) -> float:
        """Opening of an arc: the code N stands for up to 2(N+1), and the edge is taken."""
        return 2.0 * (self.included + 1)


class Scale(NamedTuple):
    """The scale ``c ((1 + x)^K - 1)`` on which a code K stands for metres (section 6.2)."""

    c: float
    x: float


ORDINARY = Scale(10.0, 0.1)
PRECISE = Scale(0.3, 0.02)
EXTENDED = Scale(0.3, 0.02594)
ALTITUDE = Scale(45.0, 0.025)


def uncertainty_m(code: int, scale: Scale = ORDINARY) -> float:
    """Return the metres of an uncertainty code K."""
    return float(scale.c * ((1.0 + scale.x) ** code - 1.0))


# ── reading ───────────────────────────────────────────────────────────────────
def decode(octets: bytes) -> Gad:
    """
    Read the octets of one description.

    Raises
    ------
    UnreadableReportError
        `low_nibble`, `unknown_shape`, `bad_length`, `reserved_value` or `bad_polygon`.
    """
    if not octets:
        raise UnreadableReportError(
            "bad_length", said("no octets at all"), said("send 7 to 91 octets")
        )
    kind, spare = _kind(octets[0])
    if kind is GadKind.POLYGON:
        return _decode_polygon(octets, spare)
    if len(octets) != OCTETS[kind]:
        hint = said("this shape has {octets} octets", octets=OCTETS[kind])
        raise UnreadableReportError("bad_length", said("{count} octets", count=len(octets)), hint)
    if kind in _PRECISE:
        place = LonLat(
            int.from_bytes(octets[5:9], "big", signed=True) * 180.0 / 2**31,
            int.from_bytes(octets[1:5], "big", signed=True) * 90.0 / 2**31,
        )
        return _decode_precise(kind, place, octets[9:], spare)
    return _decode_ordinary(kind, _place(octets[1:7]), octets[7:], spare)


def _kind(first: int) -> tuple[GadKind, int]:
    high, spare = first >> 4, first & 0x0F
    if high == 0 and spare:
        raise UnreadableReportError(
            "low_nibble",
            said("the type of shape is in the low nibble"),
            said("3GPP TS 23.032 Annex A: the type is in the high nibble; the sender is wrong"),
        )
    try:
        return GadKind(high), spare
    except ValueError as error:
        hint = said("types 0, 1, 3, 5 and 8 to 14 are read")
        raise UnreadableReportError(
            "unknown_shape", said("type of shape {code}", code=high), hint
        ) from error


def _place(octets: bytes) -> LonLat:
    written = int.from_bytes(octets[:3], "big")
    magnitude = (written & 0x7FFFFF) * 90.0 / 2**23
    lon = int.from_bytes(octets[3:6], "big", signed=True) * 360.0 / 2**24
    return LonLat(lon, -magnitude if written & 0x800000 else magnitude)


def _decode_polygon(octets: bytes, count: int) -> Gad:
    if count < 3:
        hint = said("a polygon has 3 to 15 points")
        raise UnreadableReportError(
            "bad_polygon", said("a polygon of {count} points", count=count), hint
        )
    if len(octets) != 1 + 6 * count:
        hint = said("{count} points take {octets} octets", count=count, octets=1 + 6 * count)
        raise UnreadableReportError("bad_length", said("{count} octets", count=len(octets)), hint)
    places = tuple(_place(octets[i : i + 6]) for i in range(1, len(octets), 6))
    return Gad(GadKind.POLYGON, places)


def _decode_ordinary(kind: GadKind, place: LonLat, rest: bytes, spare: int) -> Gad:
    places = (place,)
    if kind is GadKind.CIRCLE:
        return Gad(kind, places, major=rest[0] & 0x7F, spare=spare)
    if kind is GadKind.ELLIPSE:
        return Gad(
            kind, places, major=rest[0] & 0x7F, minor=rest[1] & 0x7F,
            orientation_deg=_angle(said("orientation"), rest[2]), confidence=rest[3] & 0x7F,
            spare=spare,
        )  # fmt: skip
    if kind is GadKind.ARC:
        return Gad(
            kind, places, inner=int.from_bytes(rest[:2], "big"), major=rest[2] & 0x7F,
            offset=_angle(said("offset angle"), rest[3]),
            included=_angle(said("included angle"), rest[4]),
            confidence=rest[5] & 0x7F, spare=spare,
        )  # fmt: skip
    altitude = 0.0 if kind is GadKind.POINT else _altitude(rest[:2])
    if kind is GadKind.ELLIPSOID:
        return Gad(
            kind, places, altitude_m=altitude, major=rest[2] & 0x7F, minor=rest[3] & 0x7F,
            orientation_deg=_angle(said("orientation"), rest[4]), altitude_code=rest[5] & 0x7F,
            confidence=rest[6] & 0x7F, spare=spare,
        )  # fmt: skip
    return Gad(kind, places, altitude_m=altitude, spare=spare)


def _altitude(octets: bytes) -> float:
    written = int.from_bytes(octets, "big")
    return float(-(written & 0x7FFF) if written & 0x8000 else written)


def _decode_precise(kind: GadKind, place: LonLat, rest: bytes, spare: int) -> Gad:
    altitude, altitude_code, vertical = 0.0, 0, 0
    if kind in PRECISE_SOLIDS:
        altitude = _precise_altitude(rest[:3])
        altitude_code, vertical = rest[7], rest[8]
        rest = rest[3:7]
    is_scalable = kind in _SCALABLE
    return Gad(
        kind, (place,), altitude_m=altitude, major=rest[0], minor=rest[1],
        orientation_deg=_angle(said("orientation"), rest[2]), confidence=rest[3] & 0x7F,
        altitude_code=altitude_code, altitude_confidence=vertical & 0x7F, spare=spare,
        is_extended=is_scalable and rest[3] > 0x7F,
        altitude_is_extended=is_scalable and vertical > 0x7F,
    )  # fmt: skip


def _precise_altitude(octets: bytes) -> float:
    """Read 22 bits of two's complement in steps of 1/128 m; the two above them are spare."""
    steps = int.from_bytes(octets, "big") & _ALTITUDE_MASK
    return (steps - (_ALTITUDE_MASK + 1 if steps > _ALTITUDE_MASK >> 1 else 0)) / 128.0


def _angle(name: str, octet: int) -> int:
    if octet > _MAX_ANGLE_CODE:
        hint = said("0 to 179; the rest is reserved")
        raise UnreadableReportError(
            "reserved_value", said("{name} {octet} is reserved", name=name, octet=octet), hint
        )
    return octet


# ── writing ───────────────────────────────────────────────────────────────────
def encode(gad: Gad) -> bytes:
    """Write the octets; `decode` gives the same description, places on its grid."""
    if gad.kind is GadKind.POLYGON:
        head = bytes([gad.kind << 4 | len(gad.places)])
        return head + b"".join(map(_place_octets, gad.places))
    head, place = bytes([gad.kind << 4 | gad.spare]), gad.places[0]
    if gad.kind in _PRECISE:
        head += _signed(place.lat * 2**31 / 90.0, 4) + _signed(place.lon * 2**31 / 180.0, 4)
    else:
        head += _place_octets(place)
    return head + _altitude_octets(gad) + _tail(gad)


def _tail(gad: Gad) -> bytes:
    if gad.kind is GadKind.CIRCLE:
        return bytes([gad.major])
    if gad.kind is GadKind.ARC:
        sector = bytes([gad.major, gad.offset, gad.included, gad.confidence])
        return gad.inner.to_bytes(2, "big") + sector
    if gad.kind not in _WITH_ELLIPSE:
        return b""
    axes = bytes([gad.major, gad.minor, gad.orientation_deg])
    if gad.kind is GadKind.ELLIPSOID:
        return axes + bytes([gad.altitude_code, gad.confidence])
    horizontal = gad.confidence | (0x80 if gad.is_extended else 0)
    if gad.kind in PRECISE_SOLIDS:
        vertical = gad.altitude_confidence | (0x80 if gad.altitude_is_extended else 0)
        return axes + bytes([horizontal, gad.altitude_code, vertical])
    return axes + bytes([horizontal])


def _altitude_octets(gad: Gad) -> bytes:
    if gad.kind in PRECISE_SOLIDS:
        limit = _ALTITUDE_MASK >> 1
        steps = max(-limit - 1, min(int((gad.altitude_m * 128.0 + _SHIFT) // 1), limit))
        return (steps & _ALTITUDE_MASK).to_bytes(3, "big")
    if gad.kind not in {GadKind.POINT_ALTITUDE, GadKind.ELLIPSOID}:
        return b""
    magnitude = min(int(abs(gad.altitude_m) + _SHIFT), 0x7FFF)
    return (magnitude | (0x8000 if gad.altitude_m < 0 and magnitude else 0)).to_bytes(2, "big")


def _place_octets(place: LonLat) -> bytes:
    magnitude = min(int(abs(place.lat) * 2**23 / 90.0 + _SHIFT), 0x7FFFFF)
    sign = 0x800000 if place.lat < 0 and magnitude else 0
    return (magnitude | sign).to_bytes(3, "big") + _signed(place.lon * 2**24 / 360.0, 3)


def _signed(steps: float, octets: int) -> bytes:
    """Write the lower edge of a step as two's complement, within its range."""
    limit = 1 << (8 * octets - 1)
    step = int((steps + _SHIFT) // 1)
    return max(-limit, min(step, limit - 1)).to_bytes(octets, "big", signed=True)
