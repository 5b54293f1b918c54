"""
Reads HELD: what a location information server (LIS) answers about a device.

A `locationResponse` holds a PIDF-LO, addresses where it can be fetched, or both; an
`error` is a report without a place that says what to do.

Standards: RFC 5985 (HELD), RFC 6155 (device identity), RFC 6753 (dereferencing).
"""

from datetime import datetime

from lxml import etree

from dispatch.errors import UnreadableReportError
from dispatch.location.base import Envelope, Notes, clean_text
from dispatch.location.internet.pidf_lo import read_timestamp, report_of, root_name
from dispatch.location.xml.safe_xml import find, find_all, local_name, read_xml, text_of
from dispatch.model import LocationReport
from geodata.said import said

HELD = "urn:ietf:params:xml:ns:geopriv:held"
_MOST_URIS = 8
_LONGEST_URI = 500

_RETRY = {"generalLisError", "timeout"}
_OUR_FAULT = {"requestError", "xmlError", "unsupportedMessage", "cannotProvideLiType",
              "badIdentifier"}  # fmt: skip


class HeldParser:
    """The reader for `--format held`."""

    name = "held"

    def recognises(self, head: str, content_type: str) -> bool:
        """Tell by the root element, or by the content type."""
        if head[:1] != "<":
            return False
        root = root_name(head)
        is_error = root == "error" and "geopriv:held" in head
        is_answer = root in {"locationresponse", "locationrequest"}
        return is_error or is_answer or "held+xml" in content_type

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one answer of a location server."""
        notes = Notes()
        root = read_xml(envelope.raw, notes)
        kind = local_name(root)
        if kind == "error":
            return _error(root, notes)
        if kind == "locationRequest":
            hint = said("send the answer (locationResponse), not the request")
            raise UnreadableReportError(
                "not_an_answer", said("the message asks for a location"), hint
            )
        if kind != "locationResponse":
            hint = said("the root element is locationResponse or error")
            raise UnreadableReportError("unknown_format", said("this is no HELD answer"), hint)
        return _response(root, envelope, notes)


def _error(root: etree._Element, notes: Notes) -> LocationReport:
    code = clean_text(root.get("code") or "unknown", limit=40) or "unknown"
    said = " ".join(clean_text(m.text or "", limit=100) for m in find_all(root, "message")[:1])
    notes.add("network_result", f"the location server answered {code}: {said}".rstrip(": "))
    if code in _RETRY:
        notes.add("retry_later", "the location server is in trouble: ask again in a few seconds")
    elif code in _OUR_FAULT:
        notes.add("report_fault", "the location server rejects our request: report it as a fault")
    else:
        notes.add("ask_caller", "the network has no fix: ask the caller where they are")
    wanted = text_of(root, "requiredIdentifiers")
    extras = {"required_identifiers": clean_text(wanted, limit=100)} if wanted else {}
    return LocationReport("held", None, None, result_code=code, warnings=notes.all(), extras=extras)


def _response(root: etree._Element, envelope: Envelope, notes: Notes) -> LocationReport:
    extras = _references(root, envelope.received_at, notes)
    presence = find(root, "presence")
    if presence is not None:
        report = report_of(presence, envelope, notes, format_name="held")
        return LocationReport(
            format="held",
            shape=report.shape,
            confidence=report.confidence,
            pdf=report.pdf,
            caller=report.caller,
            measured_at=report.measured_at,
            source=report.source,
            warnings=report.warnings,
            extras={**report.extras, **extras},
        )
    if extras:
        notes.add("location_by_reference", "the answer holds an address where the location is")
    else:
        notes.add("no_location", "the answer holds neither a location nor an address of one")
    return LocationReport("held", None, None, warnings=notes.all(), extras=extras)


def _references(root: etree._Element, received_at: datetime | None, notes: Notes) -> dict[str, str]:
    uris = find(root, "locationUriSet")
    if uris is None:
        return {}
    found = [clean_text(u.text or "", limit=_LONGEST_URI) for u in find_all(uris, "locationURI")]
    extras = reference_extras([uri for uri in found if uri])
    if extras and (expires := uris.get("expires")):
        extras["location_uri_expires"] = clean_text(expires, limit=40)
        until = read_timestamp(expires.strip(), notes)
        if until is not None and received_at is not None and until < received_at:
            notes.add("location_uri_expired", "the address of the location has run out")
    return extras


def reference_extras(uris: list[str]) -> dict[str, str]:
    """Return addresses as `location_uri`, `location_uri_2`, ... in their order."""
    names = ("location_uri" if i == 0 else f"location_uri_{i + 1}" for i in range(_MOST_URIS))
    return dict(zip(names, uris, strict=False))
