"""
Reads Advanced Mobile Location (ETSI TS 103 625): what a phone itself knows of its place.

Four ways lead here: the text SMS of version 1 and 2, the packed data SMS (octets,
hexadecimal or base64) and the HTTPS form. A phone that gets no 2xx answer sends
again, so the listener answers 2xx to everything, whatever becomes of it here.
"""

from datetime import datetime

from dispatch.location.aml.form import is_form, read_form
from dispatch.location.aml.packed import is_packed, packed_text
from dispatch.location.aml.sms import AML_START, read_sms
from dispatch.location.base import Envelope, Notes, decode_text
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point

DedupeKey = tuple[str | None, datetime | None, float, float]


class AmlParser:
    """The reader for `--format aml`; a key given here counts where the envelope has none."""

    name = "aml"

    def __init__(self, hmac_key: bytes | None = None) -> None:
        self._hmac_key = hmac_key

    def recognises(self, head: str, content_type: str) -> bool:
        """Take the header of an SMS, packed or not, and a form with AML fields."""
        del content_type
        plain = head.removeprefix("ï»¿")
        return bool(AML_START.match(plain)) or is_packed(plain) or is_form(plain)

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one message of any of the four ways."""
        notes = Notes()
        text = packed_text(envelope.raw)
        if text is not None:
            return read_sms(text, envelope, notes)
        if is_form(envelope.raw[:400].decode("latin-1").strip().lower()):
            return read_form(envelope, envelope.hmac_key or self._hmac_key, notes)
        return read_sms(decode_text(envelope.raw, notes), envelope, notes)


def dedupe_key(report: LocationReport) -> DedupeKey | None:
    """
    Return what two copies of one report have in common; None where there is no place.

    A call brings several messages (at its start, after ten seconds, at its end), and
    networks deliver some of them twice, by SMS and by HTTPS. The SMS carries no number.
    """
    if not isinstance(report.shape, Circle | Point):
        return None
    lon, lat = report.shape.center
    return report.caller, report.measured_at, round(lat, 5), round(lon, 5)
