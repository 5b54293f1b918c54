"""
Reads PIDF-LO: the location object of the Internet's emergency services.

Of several locations RFC 5491 (rule 8) names the one that counts: the first `device`
with a location, then the first `tuple`, and a `person` only as a last resort, because
people mistype where they are. Within it the coarse shape stands first (rule 7).

Standards: RFC 4119, 5139 (civic), 5491 (shapes, precedence), 7459 (confidence).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from lxml import etree

from dispatch.errors import UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Envelope, Notes, check_clock, clean_text
from dispatch.location.confidence import read_percent
from dispatch.location.internet.pidf_lo_shapes import SHAPES, altitude_m, read_shape, shape_elements
from dispatch.location.xml.safe_xml import find, find_all, local_name, read_xml, text_of
from dispatch.model import LocationReport
from geodata.areas.shapes import Point, Shape
from geodata.errors import BadShapeError, RefusedError
from geodata.instants import checked_instant
from geodata.numbering import read_number
from geodata.said import said

CIVIC = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
_HOLDERS = ("device", "tuple", "person")
_PDFS = {"normal", "rectangular", "unknown"}
_MOST_CIVIC = 40
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_NUMBER_OF = re.compile(
    r"\s*(?:tel|sips?|pres):(\+?[\d.()-]{3,30})(?:[@;>?]|\s*$)", re.ASCII | re.IGNORECASE
)
# The group is atomic: the text before the root is matched in one way only, so that a hostile
# message cannot make the search try them all.
_ROOT_NAME = re.compile(
    r"(?>(?:\s+|\ufeff|ï»¿|<\?[^>]*\?>|<!doctype[^>]*>|<!--.*?-->)*)"
    r"<(?:[\w.-]{1,60}:)?([\w.-]{1,60})",
    re.DOTALL,
)


def root_name(head: str) -> str:
    """Return the name of the root element without its prefix, from the first characters."""
    found = _ROOT_NAME.match(head)
    return found[1] if found else ""


class PidfLoParser:
    """The reader for `--format pidf-lo`."""

    name = "pidf-lo"

    def recognises(self, head: str, content_type: str) -> bool:
        """Tell by the root element `presence`, or by the content type."""
        return root_name(head) == "presence" or (head[:1] == "<" and "pidf+xml" in content_type)

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one presence document."""
        notes = Notes()
        root = read_xml(envelope.raw, notes)
        if local_name(root) != "presence":
            hint = said("the root element is presence")
            raise UnreadableReportError("unknown_format", said("this is no PIDF-LO document"), hint)
        return report_of(root, envelope, notes, format_name=self.name)


def report_of(
    presence: etree._Element, envelope: Envelope, notes: Notes, *, format_name: str
) -> LocationReport:
    """Read a `presence` element, wherever it stood; with `shape` None when it has no shape."""
    areas.check_point_count(len(find_all(presence, "pos")))
    chosen = _chosen(presence, notes)
    if chosen is None:
        notes.add("no_location", "the document holds no location")
        caller = caller_of(presence.get("entity"), notes)
        return LocationReport(format_name, None, None, caller=caller, warnings=notes.all())
    measured_at = read_timestamp(text_of(chosen.holder, "timestamp"), notes)
    check_clock(measured_at, envelope.received_at, notes)
    shape = _shape(chosen.info, notes)
    confidence, pdf = _confidence(chosen.info, shape, notes)
    source = text_of(chosen.geopriv, "method")
    extras, caller = _extras(chosen, envelope, notes), caller_of(presence.get("entity"), notes)
    return LocationReport(
        format=format_name,
        shape=shape,
        confidence=confidence,
        pdf=pdf,
        caller=caller,
        measured_at=measured_at,
        source=clean_text(source) if source else None,
        warnings=notes.all(),
        extras=extras,
    )


# ── which location counts ─────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Chosen:
    """A location with what stands around it."""

    holder: etree._Element
    geopriv: etree._Element
    info: etree._Element


def _chosen(presence: etree._Element, notes: Notes) -> _Chosen | None:
    found = [
        place
        for geopriv in find_all(presence, "geopriv")
        if (place := _placed(geopriv)) is not None
    ]
    if len(found) > 1:
        notes.add("several_locations", f"of {len(found)} locations RFC 5491 (rule 8) picked one")
    # Sorting is stable: within one kind of holder the order of the document decides.
    ranked = sorted(found, key=lambda place: _HOLDERS.index(local_name(place.holder)))
    if ranked and local_name(ranked[0].holder) == "person":
        notes.add("person_location", "the only location was entered by or for a person")
    return ranked[0] if ranked else None


def _placed(geopriv: etree._Element) -> _Chosen | None:
    info = find(geopriv, "location-info")
    around = (up for up in geopriv.iterancestors() if local_name(up) in _HOLDERS)
    holder = next(around, None)
    if info is None or holder is None or not _holds_location(info):
        return None
    return _Chosen(holder, geopriv, info)


def _holds_location(info: etree._Element) -> bool:
    known = {*SHAPES, "location", "civicAddress"}
    strange = {"confidence", "usage-rules", "method", ""}
    return any(local_name(child) in known or local_name(child) not in strange for child in info)


# ── the area ──────────────────────────────────────────────────────────────────
def _shape(info: etree._Element, notes: Notes) -> Shape | None:
    found = shape_elements(info)
    if not found:
        _refuse_strange_shape(info)
        notes.add("no_location", "the location is an address, not an area; it is in extras")
        return None
    if len(found) > 1:
        notes.add("several_shapes", "of several shapes the first, coarse one counts (rule 7)")
    return areas.usable(read_shape(found[0], notes), notes)


def _refuse_strange_shape(info: etree._Element) -> None:
    if find(info, "civicAddress") is not None:
        return
    strange = next((local_name(child) for child in info if local_name(child)), "nothing")
    hint = said("one of: {choices}", choices=", ".join(SHAPES))
    raise BadShapeError(
        "unknown_shape", said("the shape {strange!r:.40} is not read", strange=strange), hint
    )


def _confidence(
    info: etree._Element, shape: Shape | None, notes: Notes
) -> tuple[float | None, str]:
    """
    Return confidence (0 to 1, None for the 95 % of RFC 5491) and distribution.

    A stated confidence without `pdf` has an unknown distribution (RFC 7459, section 4.1).
    """
    element = find(info, "confidence")
    if shape is None or isinstance(shape, Point):
        # A point has no area that a confidence could be about (RFC 7459, section 4.1).
        return None, "rectangular"
    if element is None:
        return read_percent(None, notes), "rectangular"
    pdf = (element.get("pdf") or "unknown").strip().lower()
    if pdf not in _PDFS:
        notes.add("bad_pdf", f"the distribution {pdf:.20} is not known and counts as unknown")
        pdf = "unknown"
    return read_percent(element.text or "", notes, unknown_word="unknown"), pdf


# ── what stands beside it ─────────────────────────────────────────────────────
def read_timestamp(text: str | None, notes: Notes) -> datetime | None:
    """Read RFC 3339 as aware UTC; None with a warning when it cannot be read."""
    if text is None:
        return None
    try:
        if not _RFC3339.fullmatch(text):
            raise ValueError("not RFC 3339 with a zone")
        return checked_instant(datetime.fromisoformat(text.upper())).astimezone(UTC)
    except ValueError:
        notes.add("bad_time", "the time of the fix cannot be read and was left out")
        return None


def caller_of(address: str | None, notes: Notes) -> str | None:
    """Return the E.164 number of a `tel:` or `sip:` address, None where it names none."""
    found = _NUMBER_OF.match(unquote(address or ""))
    if found is None:
        return None
    try:
        return read_number(found[1]).e164
    except RefusedError:
        # A number that cannot be read does not spoil the place beside it.
        notes.add("bad_number", "the caller's number cannot be read and was left out")
        return None


def _extras(chosen: _Chosen, envelope: Envelope, notes: Notes) -> dict[str, str]:
    extras = civic_extras(find(chosen.info, "civicAddress"))
    extras["element"] = local_name(chosen.holder)
    shapes = shape_elements(chosen.info)
    if shapes and (height := altitude_m(shapes[0])):
        extras["altitude_m"] = clean_text(height, limit=20)
    rules = find(chosen.geopriv, "usage-rules")
    for name in ("retransmission-allowed", "retention-expiry"):
        if text := text_of(rules, name):
            extras[name.replace("-", "_")] = clean_text(text, limit=40)
    _check_retention(extras.get("retention_expiry"), envelope.received_at, notes)
    return extras


def _check_retention(expiry: str | None, received_at: datetime | None, notes: Notes) -> None:
    until = read_timestamp(expiry, Notes())
    if until is not None and received_at is not None and until < received_at:
        notes.add("retention_expired", "the sender's permission to keep the location has run out")


def civic_extras(address: etree._Element | None) -> dict[str, str]:
    """Return the filled elements of a civic address as `civic_A1`, ... (RFC 5139)."""
    if address is None:
        return {}
    leaves = [(local_name(leaf), clean_text(leaf.text or "")) for leaf in address]
    return {f"civic_{name[:20]}": text for name, text in leaves[:_MOST_CIVIC] if name and text}
