"""
The text of AML messages (ETSI TS 103 625), versions 1 and 2.

`A"ML=1;lt=+54.76397;lg=-0.18305;rd=50;top=20130717141935;lc=90;pm=W;...;ml=128`
`A"ML=2;en=+15555555555;et=1593187189;lo=-37.42175,-122.08461,2000.1;lt=-9999;lc=68;...`

Source: public pages of Android Emergency Location Service; the ETSI text was not seen.
Subscriber and device numbers (si, ei) are not kept: nothing is decided on them.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dispatch.errors import BrokenReportError, UnreadableReportError
from dispatch.location import areas, confidence
from dispatch.location.base import Envelope, Notes, check_clock, clean_text
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point, Shape
from geodata.errors import BadCoordinateError, RefusedError
from geodata.instants import checked_instant
from geodata.points import LonLat
from geodata.said import said

AML_START = re.compile(r"a\W{0,3}ml\s*=\s*(\d{1,3})\s*;", re.IGNORECASE | re.ASCII)
MAX_CHARACTERS = 2_000
"""Twelve times an SMS; real messages have 130."""

_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,3},\d{1,10}", re.ASCII)
_MOST_MESSAGES = 10
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{14}", re.ASCII)
_SECONDS = re.compile(r"[+-]?\d{1,12}", re.ASCII)
_METHODS = {
    "W": "WIFI", "G": "GNSS", "C": "CELL", "N": "NONE", "F": "FUSED", "U": "UNKNOWN",
}  # fmt: skip
_OLDEST_S = -9999
_CUT_OFF = {"lt", "lg", "lo", "rd", "lc"}


def read_sms(text: str, envelope: Envelope, notes: Notes) -> LocationReport:
    """
    Read the text of one message.

    Raises
    ------
    UnreadableReportError
        `malformed_aml`, `unsupported_version` or `truncated_message`.
    BadCoordinateError, BadShapeError
        A place or radius that is none.
    """
    # A gateway that joins the parts of an SMS may leave a line break between them.
    message = _LINE_BREAK.sub("", text.strip(" \t\r\n\0\ufeff"))
    starts = [found.start() for found in AML_START.finditer(message[:MAX_CHARACTERS])]
    if not starts or starts[0] > 0 or len(message) > MAX_CHARACTERS:
        hint = said('an AML message begins with A"ML=1; or A"ML=2;')
        raise UnreadableReportError("malformed_aml", said("this is no AML message"), hint)
    if len(starts) > 1:
        ends = [*starts[1:], len(message)]
        return _newest([message[a:b] for a, b in zip(starts, ends, strict=True)], envelope, notes)
    return _read_one(message, envelope, notes)


def _newest(messages: list[str], envelope: Envelope, notes: Notes) -> LocationReport:
    """Take the newest message of a call that has a place; a damaged one spoils no other."""
    found: list[LocationReport] = []
    refused: RefusedError | None = None
    for message in messages[:_MOST_MESSAGES]:
        try:
            found.append(_read_one(message, envelope, Notes()))
        except RefusedError as error:
            refused = refused or error
    if not found and refused is not None:
        raise refused
    notes.add("several_positions", f"of {len(messages)} messages the newest one was taken")
    best = max(found, key=lambda r: (r.shape is not None, r.measured_at or _LONG_AGO))
    notes.extend(best.warnings)
    return replace(best, warnings=notes.all())


def _read_one(message: str, envelope: Envelope, notes: Notes) -> LocationReport:
    start = AML_START.match(message)
    if start is None:
        hint = said('an AML message begins with A"ML=1; or A"ML=2;')
        raise UnreadableReportError("malformed_aml", said("this is no AML message"), hint)
    version = start[1]
    if version not in {"1", "2"}:
        hint = said("versions 1 and 2 are read")
        raise UnreadableReportError(
            "unsupported_version", said("AML version {version}", version=version), hint
        )
    fields = _fields(message[start.end() :], notes)
    if version == "1":
        _check_end(message, fields, notes)
        return _read_first(fields, envelope, notes)
    return _read_second(fields, envelope, notes)


def _fields(text: str, notes: Notes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        key = name.strip().lower()
        if not equals or not key:
            continue
        if key in fields:
            notes.add("repeated_field", "a field stands there twice; the first one was taken")
        fields.setdefault(key, value.strip())
    return fields


def _check_end(message: str, fields: dict[str, str], notes: Notes) -> None:
    """Compare the length, and refuse what may have lost the end of a number that matters."""
    stated = fields.get("ml", "")
    if stated == str(len(message)):
        return
    if stated:
        notes.add("length_mismatch", f"the message has {len(message)} characters, not as stated")
        return
    notes.add("length_missing", "the message does not state its length")
    if next(reversed(fields), "ml") in _CUT_OFF and not message.endswith(";"):
        raise BrokenReportError(
            "truncated_message",
            said("the message ends inside the place"),
            said("send the whole message; a cut-off radius would mislead"),
        )


# ── version 1 ─────────────────────────────────────────────────────────────────
def _read_first(fields: dict[str, str], envelope: Envelope, notes: Notes) -> LocationReport:
    method = fields.get("pm", "").upper()
    shape = None
    if method != "N" and fields.get("rd", "").upper() != "N":
        lat, lon, radius = (with_point(fields.get(name), notes) for name in ("lt", "lg", "rd"))
        shape = _circle((lat, lon), radius, notes)
    measured_at = _written_time(fields.get("top"), notes)
    network = "-".join(filter(None, (fields.get("mcc"), fields.get("mnc"))))
    return _report(fields, shape, measured_at, (method, network, "1"), envelope, notes)


def with_point(text: str | None, notes: Notes) -> str | None:
    """Return a number with a decimal comma as one with a point, with a warning."""
    if text is None or not _DECIMAL_COMMA.fullmatch(text):
        return text
    notes.add("decimal_comma", "a comma was read as the decimal point")
    return text.replace(",", ".")


def _written_time(text: str | None, notes: Notes) -> datetime | None:
    if not text:
        return None
    try:
        if not _TIME.fullmatch(text):
            raise ValueError("not yyyyMMddHHmmss")
        return checked_instant(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    except ValueError:
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None


# ── version 2 ─────────────────────────────────────────────────────────────────
def _read_second(fields: dict[str, str], envelope: Envelope, notes: Notes) -> LocationReport:
    method = fields.get("ls", "").upper()
    shape = None
    if fields.get("lo"):
        lat, lon, accuracy = (*fields["lo"].split(","), "", "")[:3]
        shape = _circle((lat, lon), accuracy or "0", notes)
    measured_at = _relative_time(fields.get("et"), fields.get("lt"), notes)
    code = fields.get("nc", "")
    network = f"{code[:3]}-{code[3:]}" if len(code) in {5, 6} and code.isdigit() else ""
    return _report(fields, shape, measured_at, (method, network, "2"), envelope, notes)


def _relative_time(start: str | None, offset: str | None, notes: Notes) -> datetime | None:
    """Add the age of the place to the start of the call, both in seconds."""
    if not start:
        return None
    try:
        if not _SECONDS.fullmatch(start) or not _SECONDS.fullmatch(offset or "0"):
            raise ValueError("not seconds")
        age_s = int(offset or "0")
        started_at = datetime.fromtimestamp(int(start), UTC)
        measured_at = checked_instant(started_at + timedelta(seconds=age_s))
    except (ValueError, OverflowError, OSError):
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None
    if age_s <= _OLDEST_S:
        notes.add("time_old", "the fix is at least 9,999 s older than the call")
    return measured_at


# ── both ──────────────────────────────────────────────────────────────────────
def _circle(place: tuple[str | None, str | None], radius: str | None, notes: Notes) -> Shape | None:
    lat, lon = place
    if not lat and not lon:
        return None
    if not lat or not lon:
        hint = said("give both lt and lg")
        raise BadCoordinateError("bad_coordinates", said("the place lacks a coordinate"), hint)
    return areas.usable(circle_or_point(LonLat.checked(lon, lat), radius, notes), notes)


def circle_or_point(center: LonLat, radius: str | None, notes: Notes) -> Shape:
    """Return a circle, or a point where the radius is absent or 0 ("unknown")."""
    metres = areas.read_number(said("radius"), radius, code="bad_radius") if radius else 0.0
    if metres != 0.0:
        return areas.circle(center, metres)
    if radius:
        notes.add("zero_radius", "a radius of 0 was read as a place of unknown uncertainty")
    return Point(center)


def read_percent(text: str | None, shape: Shape | None, notes: Notes) -> float | None:
    """Read a confidence in per cent as a share; None with a warning when it says nothing."""
    if not isinstance(shape, Circle):
        return None
    return confidence.read_percent(text or None, notes)


def _report(
    fields: dict[str, str],
    shape: Shape | None,
    measured_at: datetime | None,
    about: tuple[str, str, str],
    envelope: Envelope,
    notes: Notes,
) -> LocationReport:
    method, network, version = about
    check_clock(measured_at, envelope.received_at, notes)
    if shape is None:
        notes.add("no_location", "the phone found no place")
    extras = {"version": version, "network": clean_text(network, limit=10)}
    extras["language"] = clean_text(fields.get("lg", ""), limit=20) if version == "2" else ""
    extras["altitude_m"] = clean_text(fields.get("lz", "").partition(",")[0], limit=12)
    return LocationReport(
        "aml",
        shape,
        read_percent(fields.get("lc"), shape, notes),
        measured_at=measured_at,
        source=_METHODS.get(method, clean_text(method, limit=20) or None),
        warnings=notes.all(),
        extras={name: value for name, value in extras.items() if value},
    )
