"""
Reads the location that a SIP call brings along: header `Geolocation` and its bodies.

A whole SIP request, its header lines alone, or a bare multipart body. Locations are
tried in the order in which the header names them; an address in the network
(`https:`, `sip:`) is kept for whoever may fetch it.

Standards: RFC 6442 (conveyance), RFC 2392 (cid), RFC 5491 rule 9 (document order).
"""

import re
from dataclasses import replace
from urllib.parse import unquote

from dispatch.errors import UnreadableReportError, UnsafeXmlError
from dispatch.location.base import Envelope, Notes, clean_text
from dispatch.location.internet.held import reference_extras
from dispatch.location.internet.ims import HEADERS, ims_extras
from dispatch.location.internet.pidf_lo import PidfLoParser, caller_of
from dispatch.location.internet.sip_mime import Part, leaves_of
from dispatch.model import LocationReport
from geodata.errors import RefusedError
from geodata.said import said

_START_LINE = re.compile(
    rb"(?:[A-Z]{1,20} (?:sips?|tel|urn):\S{1,300} SIP/2\.0|SIP/2\.0 \d{3}[^\r\n]{0,200})\r?\n"
)
_SIP_HEAD = re.compile(r"[a-z]{1,20} (?:sips?|tel|urn):\S{1,300} sip/2\.0|sip/2\.0 \d{3} ")
_LOCATION_VALUE = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_ADDRESS = re.compile(
    r"<\s*([^<>\s]{1,300})\s*>|(?:^|,)\s*((?:sips?|tel):[^\s;,>]{1,300})", re.IGNORECASE
)
# What people call themselves may hold brackets and commas; backslashes escape in it.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ERROR_VALUE = re.compile(r"(\d{1,3})\s*(?:;\s*code\s*=\s*)?\"?([^\"]{0,100})")
_FIRST_HEADERS = (
    "geolocation:", "geolocation-routing:", "geolocation-error:", "p-asserted-identity:",
    *(f"{name}:" for name in HEADERS),
)  # fmt: skip
_PIDF = "application/pidf+xml"
_MOST_VALUES = 10
_PARSER = PidfLoParser()


class SipParser:
    """The reader for `--format sip`."""

    name = "sip"

    def recognises(self, head: str, content_type: str) -> bool:
        """Tell by a SIP start line, a Geolocation header, or a multipart body."""
        if content_type.startswith(("multipart/", "message/sip")):
            return True
        is_header = head.startswith(_FIRST_HEADERS)
        is_multipart = head.startswith(("--", "content-type: multipart/")) and "content-" in head
        return is_header or is_multipart or _SIP_HEAD.match(head) is not None

    def read(self, envelope: Envelope) -> LocationReport:
        """Read a message; the first location that has an area counts."""
        notes = Notes()
        message = _message(envelope)
        extras = _header_extras(message, notes)
        caller = _caller(message, notes)
        found = _locations_of(message, envelope, caller, notes)
        report = next((report for report in found if report.shape is not None), None)
        report = report or next(iter(found), LocationReport(self.name, None, None))
        if len(found) > 1:
            notes.add("several_locations", f"of {len(found)} locations the first one counts")
        caller = caller or report.caller
        result = _geolocation_error(message, notes)
        _note_absence(report, extras, result, notes)
        notes.extend(report.warnings)
        return replace(
            report,
            format=self.name,
            caller=caller,
            result_code=result,
            warnings=notes.all(),
            extras={**report.extras, **extras},
        )


# ── the message ───────────────────────────────────────────────────────────────
def _message(envelope: Envelope) -> Part:
    raw = envelope.raw.lstrip(b"\r\n \t")
    start = _START_LINE.match(raw)
    if start is not None:
        return Part.read(raw[start.end() :])
    if raw.startswith(b"--"):
        content_type = envelope.content_type
        kind = content_type if content_type.lower().startswith("multipart/") else "multipart/mixed"
        return Part((("content-type", kind),), raw)
    part = Part.read(raw)
    if not part.headers:
        hint = said("a SIP request, its Geolocation header, or a multipart body")
        raise UnreadableReportError("malformed_mime", said("this is no SIP message"), hint)
    return part


def _bodies(message: Part) -> list[Part]:
    bodies = leaves_of(message) if message.body.strip() else []
    return [body for body in bodies if body.body.strip()]


def _locations(message: Part) -> list[str]:
    values = ",".join(message.all("geolocation"))
    return _LOCATION_VALUE.findall(values)[:_MOST_VALUES]


def _locations_of(
    message: Part, envelope: Envelope, caller: str | None, notes: Notes
) -> list[LocationReport]:
    """Read the locations; of a call with a number, those that cannot be read are a warning."""
    try:
        return _by_value(message, envelope, notes)
    except RefusedError as error:
        if caller is None or isinstance(error, UnsafeXmlError):
            raise
        told = f"the location of the call cannot be read: {error.message} [{error.code}]"
        notes.add("body_unreadable", told)
        notes.add("ask_caller", "the network has no fix: ask the caller where they are")
        return []


def _by_value(message: Part, envelope: Envelope, notes: Notes) -> list[LocationReport]:
    """Read the locations in the message; one that cannot be read does not spoil another."""
    found: list[LocationReport] = []
    refused: RefusedError | None = None
    for body in _named_bodies(message, notes):
        inner = Envelope(body.decoded(), body.content_type, envelope.received_at)
        try:
            found.append(_PARSER.read(inner))
        except RefusedError as error:
            refused = refused or error
    if refused is not None and all(report.shape is None for report in found):
        raise refused
    if refused is not None:
        notes.add("body_unreadable", "another location of the message cannot be read")
    return found


def _named_bodies(message: Part, notes: Notes) -> list[Part]:
    """Bodies in the order of the header; without a header, those that are PIDF-LO."""
    bodies = _bodies(message)
    by_id = {body.content_id: body for body in bodies if body.content_id}
    wanted = [unquote(uri[4:]) for uri in _locations(message) if uri.lower().startswith("cid:")]
    named = [by_id[name] for name in wanted if name in by_id]
    if len(named) < len(wanted):
        notes.add("cid_not_found", "the header names a body part that is not in the message")
    if named:
        return named
    pidf = [body for body in bodies if body.content_type == _PIDF]
    if pidf:
        notes.add("body_not_named", "the location stands in a body that no header names")
    return pidf


# ── the header ────────────────────────────────────────────────────────────────
def _header_extras(message: Part, notes: Notes) -> dict[str, str]:
    references = [uri for uri in _locations(message) if not uri.lower().startswith("cid:")]
    if any(uri.lower().startswith("geo:") for uri in references):
        # RFC 6442, section 4.1: it carries no rules on keeping and passing on.
        notes.add("geo_uri_in_header", "a geo: address is not allowed here and was left out")
    kept = [clean_text(u, limit=500) for u in references if not u.lower().startswith("geo:")]
    routing = message.first("geolocation-routing").strip().lower()
    extras = reference_extras(kept)
    extras["geolocation_routing"] = "yes" if routing == "yes" else "no"
    return extras | ims_extras(message, notes)


def _caller(message: Part, notes: Notes) -> str | None:
    """Number that the network asserts, else the one the caller's device gives itself."""
    for name in ("p-asserted-identity", "from"):
        for value in message.all(name)[:4]:
            for found in _ADDRESS.finditer(_QUOTED.sub(" ", value)):
                number = caller_of(found[1] or found[2], notes)
                if number is not None:
                    return number
    return None


def _geolocation_error(message: Part, notes: Notes) -> str | None:
    found = _ERROR_VALUE.match(message.first("geolocation-error"))
    if found is None:
        return None
    code = found[1].zfill(3)
    notes.add("network_result", f"the other side answered {code}: {clean_text(found[2])}")
    notes.add("report_fault", "our location was rejected: report it as a fault")
    return code


def _note_absence(
    report: LocationReport, extras: dict[str, str], result: str | None, notes: Notes
) -> None:
    if report.shape is not None or report.warnings or result is not None or "cell" in extras:
        return
    if "location_uri" in extras:
        notes.add("location_by_reference", "the call brings an address where the location is")
    else:
        notes.add("no_location", "the call brings no location")
