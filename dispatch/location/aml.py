"""
Reads Advanced Mobile Location (ETSI TS 103 625): what a phone itself knows of its place.

Four ways lead here: the text SMS of version 1 and 2, the packed data SMS (octets,
hexadecimal or base64) and the HTTPS form. A phone that gets no 2xx answer sends
again, so the listener answers 2xx to everything, whatever becomes of it here.
"""

from datetime import datetime

from dispatch.location.aml_form import is_form, read_form
from dispatch.location.aml_packed import PACKED_START, packed_octets, unpack
from dispatch.location.aml_sms import AML_START, read_sms
from dispatch.location.base import Envelope, Notes
from dispatch.model import LocationReport
from geodata.shapes import Circle, Point

DedupeKey = tuple[str | None, datetime | None, float, float]

_PACKED_HEADS = ("415193d9", "0x415193d9", "qvgt2", PACKED_START.decode("latin-1").lower())


class AmlParser:
    """The reader for `--format aml`; a key given here counts where the envelope has none."""

    name = "aml"

    def __init__(self, hmac_key: bytes | None = None) -> None:
        self._hmac_key = hmac_key

    def recognises(self, head: str, content_type: str) -> bool:
        """Take the header of an SMS, packed or not, and a form with AML fields."""
        del content_type
        return bool(AML_START.match(head)) or head.startswith(_PACKED_HEADS) or is_form(head)

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one message of any of the four ways."""
        notes = Notes()
        octets = packed_octets(envelope.raw)
        if octets is not None:
            return read_sms(unpack(octets[:2_000]), envelope, notes)
        if is_form(envelope.raw[:400].decode("latin-1").strip().lower()):
            return read_form(envelope, envelope.hmac_key or self._hmac_key, notes)
        return read_sms(envelope.raw.decode("utf-8", errors="replace"), envelope, notes)


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
