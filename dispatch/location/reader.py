"""
The door for location reports: limits first, then the format, then its reader.

To add a format, write its reader and add it to `PARSERS`.
"""

import re
from datetime import datetime

from dispatch.errors import BrokenReportError, OversizedReportError, UnreadableReportError
from dispatch.location.aml.reader import AmlParser
from dispatch.location.areas import check_point_count
from dispatch.location.base import MAX_BYTES, Envelope, ReportParser
from dispatch.location.cells.area import CellParser, place_cell
from dispatch.location.cells.table import CellTable
from dispatch.location.civic_area import place_civic
from dispatch.location.gad.reader import GadParser
from dispatch.location.internet.geo_uri import GeoUriParser
from dispatch.location.internet.held import HeldParser
from dispatch.location.internet.pidf_lo import PidfLoParser
from dispatch.location.internet.sip import SipParser
from dispatch.location.json_report import JsonReportParser
from dispatch.location.mlp.reader import MlpParser
from dispatch.location.spoken.reader import SpokenParser
from dispatch.model import LocationReport
from geodata.said import said

PARSERS: tuple[ReportParser, ...] = (
    JsonReportParser(),
    PidfLoParser(),
    HeldParser(),
    SipParser(),
    AmlParser(),
    GadParser(),
    GeoUriParser(),
    CellParser(),
    SpokenParser(),
    # Takes any XML, so it comes after the readers that know their own by the root element.
    MlpParser(),
)
FORMATS: tuple[str, ...] = ("auto", *(parser.name for parser in PARSERS))

# Both ways in which a message of many megabytes lists its corners. Only the start is
# searched, so that the refusal of a large body costs the same whatever its size.
_POINT_SEPARATOR = re.compile(rb"\]\s{0,80},\s{0,80}\[|<coord\b|<(?:\w{1,20}:)?pos\b")
_SEARCHED_BYTES = 2_000_000
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_report(
    raw: bytes,
    *,
    content_type: str | None = None,
    format: str = "auto",  # noqa: A002 - the name that the command line and the API show
    received_at: datetime | None = None,
    hmac_key: bytes | None = None,
    cells: CellTable | None = None,
) -> LocationReport:
    """
    Read a location report of any known format.

    Parameters
    ----------
    raw
        The message, byte for byte.
    content_type
        What the sender calls it; only used where the bytes leave a doubt.
    format
        One of `FORMATS`; `auto` recognises it.
    received_at
        When it arrived (aware), to find time-zone mistakes; not needed.
    hmac_key
        Key of the signature of AML forms; without it they are marked `unverified`.
    cells
        Where cells are, for a report that names one and has no place.

    Returns
    -------
    report
        With `shape` None where the network found no place and gave no address either.

    Raises
    ------
    RefusedError
        Every other outcome: `empty_message`, `too_large`, `too_many_points`,
        `unknown_format` and the codes of the formats (docs/location-formats.md).

    Examples
    --------
    >>> report = read_report(b"geo:44.4353,26.1025;u=35")
    >>> report.format, report.shape
    ('geo', Circle(center=LonLat(lon=26.1025, lat=44.4353), radius_m=35.0))

    What the message leaves open is noted, never invented:

    >>> [warning.code for warning in report.warnings]
    ['confidence_missing']
    """
    envelope = Envelope(raw, content_type or "", received_at, hmac_key)
    return read_with(recognise(envelope, format), envelope, cells)


def recognise(envelope: Envelope, format: str = "auto") -> ReportParser:  # noqa: A002
    """
    Return the reader of a message, from its first characters; reads nothing.

    Raises
    ------
    UnreadableReportError
        `empty_message`, `too_large`, `too_many_points` or `unknown_format`.
    """
    if format not in FORMATS:
        hint = said("one of: {choices}", choices=", ".join(FORMATS))
        raise UnreadableReportError(
            "unknown_format", said("no format is called {format!r:.40}", format=format), hint
        )
    check_size(envelope.raw)
    named = next((parser for parser in PARSERS if parser.name == format), None)
    found = named or recognise_or_none(envelope.raw, envelope.content_type)
    if found is not None:
        return found
    raise UnreadableReportError(
        "unknown_format",
        said("the message is in no known format"),
        said(
            "send JSON or OMA MLP XML, or name the format ({formats})",
            formats=", ".join(FORMATS[1:]),
        ),
    )


def recognise_or_none(raw: bytes, content_type: str) -> ReportParser | None:
    """Return the reader of a message by its first characters, None for no known format."""
    head, kind = _head(raw), content_type.lower()
    return next((parser for parser in PARSERS if parser.recognises(head, kind)), None)


def read_with(
    parser: ReportParser, envelope: Envelope, cells: CellTable | None = None
) -> LocationReport:
    """
    Read a message with the reader that `recognise` has found, and place what it only names.

    Raises
    ------
    RefusedError
        As `read_report`.
    """
    report = parser.read(envelope)
    return place_civic(report if cells is None else place_cell(report, cells))


def check_size(raw: bytes) -> None:
    """Refuse a message that is empty, has too many corners, or is too large."""
    if not raw.strip(b" \t\r\n\0"):
        hint = said("send the location report as the body")
        raise BrokenReportError("empty_message", said("the message is empty"), hint)
    if len(raw) <= MAX_BYTES:
        return
    start = raw[:_SEARCHED_BYTES]
    check_point_count(sum(1 for _ in _POINT_SEPARATOR.finditer(start)))
    raise OversizedReportError(
        "too_large",
        said("the message has {count:,} bytes", count=len(raw)),
        said("at most {max_bytes:,}; a location report has a few thousand", max_bytes=MAX_BYTES),
    )


def _head(raw: bytes) -> str:
    """First characters of the message in lower case, whatever its encoding."""
    start = raw[:400]
    for bom in _BOMS:
        start = start.removeprefix(bom)
    return start.replace(b"\0", b"").decode("latin-1").strip().lower()
