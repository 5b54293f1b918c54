"""
The AML message over HTTPS: a form, signed with HMAC-SHA1 at its end.

Every field is optional. The signature covers all bytes before `&hmac=`; its key is
agreed with the sender. Device numbers (IMEI, IMSI, ICCID) are not kept.
"""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from dispatch.errors import UnreadableReportError
from dispatch.location import areas, confidence
from dispatch.location.aml.sms import circle_or_point, read_percent, with_point
from dispatch.location.base import Envelope, Notes, check_clock, clean_text
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Shape
from geodata.errors import BadCoordinateError, RefusedError
from geodata.instants import checked_instant
from geodata.numbering import read_number
from geodata.numbers import read_decimal
from geodata.points import LonLat
from geodata.said import said

MAX_FIELDS = 100
_SIGNATURE = b"&hmac="
_MILLISECONDS = re.compile(r"\d{1,15}", re.ASCII)
_KNOWN = re.compile(r"location_|device_|cell_|emergency_number|thunderbird_version|hmac")
_KEPT = {
    "v": "version", "location_altitude": "altitude_m", "location_floor": "floor",
    "location_vertical_accuracy": "altitude_uncertainty_m", "cell_id": "cell_id",
    "emergency_number": "emergency_number", "device_languages": "language",
    "adr_carcrash_time": "carcrash_time",
}  # fmt: skip


def is_form(head: str) -> bool:
    """Tell from the first characters whether this is such a form."""
    names = re.findall(r"(?:^|&)([a-z_]{1,40})=", head)
    return any(_KNOWN.match(name) for name in names)


def read_form(envelope: Envelope, key: bytes | None, notes: Notes) -> LocationReport:
    """
    Read one form.

    Raises
    ------
    UnreadableReportError
        `malformed_aml`, `duplicate_field`, `missing_signature` or `bad_signature`.
    BadCoordinateError, BadShapeError
        A place or radius that is none.
    """
    raw = envelope.raw.strip(b" \t\r\n\0")
    fields = _fields(raw)
    check_signature(raw, key, notes)
    shape = _shape(fields, notes)
    measured_at = _time(fields.get("location_time"), notes)
    check_clock(measured_at, envelope.received_at, notes)
    if shape is None:
        notes.add("no_location", "the phone found no place")
    source = clean_text(fields.get("location_source", ""), limit=20).upper()
    return LocationReport(
        "aml",
        shape,
        _confidence(fields, shape, notes),
        caller=_caller(fields.get("device_number"), notes),
        measured_at=measured_at,
        source=source or None,
        warnings=notes.all(),
        extras=_extras(fields),
    )


def _fields(raw: bytes) -> dict[str, str]:
    text = raw.decode("utf-8", errors="replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        hint = said("at most {max_fields} fields", max_fields=MAX_FIELDS)
        raise UnreadableReportError(
            "malformed_aml", said("the form has too many fields"), hint
        ) from error
    fields = dict(pairs)
    if not any(_KNOWN.match(name) for name in fields):
        hint = said("location_latitude, location_longitude, device_number, ...")
        raise UnreadableReportError("malformed_aml", said("the form has no AML field"), hint)
    if len(fields) != len(pairs):
        hint = said("each field once")
        raise UnreadableReportError("duplicate_field", said("a field stands there twice"), hint)
    return fields


# ── the signature ─────────────────────────────────────────────────────────────
def sign(body: bytes, key: bytes) -> bytes:
    """Return the form with its signature at the end, in hexadecimal."""
    return body + _SIGNATURE + hmac.new(key, body, hashlib.sha1).hexdigest().encode()


def check_signature(raw: bytes, key: bytes | None, notes: Notes) -> None:
    """
    Compare the signature, in hexadecimal or base64, with the one our key gives.

    Without a key the form is read with the warning `unverified`. With one, a form
    that is not signed is refused like one that is signed wrongly: otherwise a forger
    would only have to leave the signature out.

    Raises
    ------
    UnreadableReportError
        `missing_signature` or `bad_signature`.
    """
    if key is None:
        notes.add("unverified", "no key is configured: anyone can have sent this")
        return
    body, separator, written = raw.rpartition(_SIGNATURE)
    if not separator:
        hint = said("the form ends in &hmac= and the HMAC-SHA1 of all before it")
        raise UnreadableReportError("missing_signature", said("the form is not signed"), hint)
    digest = hmac.new(key, body, hashlib.sha1).digest()
    stated = written.strip().replace(b"%3D", b"=").replace(b"%2B", b"+").replace(b"%2F", b"/")
    is_hex = hmac.compare_digest(stated.lower(), digest.hex().encode())
    if not is_hex and not hmac.compare_digest(stated, base64.b64encode(digest)):
        hint = said("check that both sides use the same key")
        raise UnreadableReportError("bad_signature", said("the signature is wrong"), hint)


# ── fields ────────────────────────────────────────────────────────────────────
def _shape(fields: dict[str, str], notes: Notes) -> Shape | None:
    names = ("location_latitude", "location_longitude", "location_accuracy")
    lat, lon, accuracy = (with_point(fields.get(name), notes) for name in names)
    if not lat and not lon:
        return None
    if not lat or not lon:
        hint = said("give both location_latitude and location_longitude")
        raise BadCoordinateError("bad_coordinates", said("the place lacks a coordinate"), hint)
    center = LonLat.checked(lon, lat)
    return areas.usable(circle_or_point(center, accuracy, notes), notes)


def _confidence(fields: dict[str, str], shape: Shape | None, notes: Notes) -> float | None:
    text = fields.get("location_confidence")
    if not text:
        return read_percent(fields.get("location_certainty"), shape, notes)
    try:
        value = read_decimal(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if 1.0 < value <= 100.0:
        notes.add("confidence_as_percent", "location_confidence was per cent, not a share")
        return read_percent(text, shape, notes)
    if 0.0 < value <= 1.0 and isinstance(shape, Circle):
        return max(value, confidence.LEAST)
    return read_percent("0", shape, notes)


def _time(text: str | None, notes: Notes) -> datetime | None:
    if not text or text == "0":
        return None
    try:
        if not _MILLISECONDS.fullmatch(text):
            raise ValueError("not milliseconds")
        return checked_instant(datetime.fromtimestamp(int(text) / 1000.0, UTC))
    except (ValueError, OverflowError, OSError):
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None


def _caller(text: str | None, notes: Notes) -> str | None:
    if not text:
        return None
    try:
        return read_number(text[:64]).e164
    except RefusedError:
        notes.add("bad_number", "the caller's number cannot be read and was left out")
        return None


def _extras(fields: dict[str, str]) -> dict[str, str]:
    extras = {name: clean_text(fields.get(field, ""), limit=60) for field, name in _KEPT.items()}
    for name, kind in (("network", "network"), ("home_network", "home")):
        parts = (fields.get(f"cell_{kind}_mcc"), fields.get(f"cell_{kind}_mnc"))
        extras[name] = clean_text("-".join(filter(None, parts)), limit=10)
    return {name: value for name, value in extras.items() if value}
