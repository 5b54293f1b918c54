"""
Reads and writes geo: URIs (RFC 5870): `geo:44.4353,26.1025;u=35`.

Latitude first. `u` is the uncertainty in metres in every direction, without a
confidence. Phones write the query form `geo:0,0?q=44.4353,26.1025(Label)`, which
is no part of the standard and is read with a warning.
"""

import re
from urllib.parse import unquote

from dispatch.errors import UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Envelope, Notes, clean_text, decode_text
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point, Shape
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import said

_NUMBER = r"[+-]?\d{1,3}(?:\.\d{1,20})?"
_PLACE = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,([+-]?\d{{1,6}}(?:\.\d{{1,20}})?))?", re.ASCII)
_QUERY = re.compile(rf"q=\s*({_NUMBER}),\s*({_NUMBER})(?![\d.])", re.ASCII)
_MAX_CHARACTERS = 2_000


class GeoUriParser:
    """The reader for `--format geo`."""

    name = "geo"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take what begins with the scheme, in angle brackets or without."""
        del content_type
        return head.removeprefix("<").startswith("geo:")

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one URI; unknown parameters are kept as they are."""
        notes = Notes()
        text = decode_text(envelope.raw, notes).strip(" \t\r\n\0<>\ufeff")
        body = text[4:] if text[:4].lower() == "geo:" else text
        if len(body) > _MAX_CHARACTERS:
            raise _malformed(said("the URI has more than 2,000 characters"))
        path, _, query = body.partition("?")
        place, *parameters = path.split(";")
        extras = _parameters(parameters)
        center, altitude = _center(place, query, notes)
        if altitude is not None:
            extras["altitude_m"] = altitude
        shape = areas.usable(_shape(center, extras.pop("u", None), notes), notes)
        if isinstance(shape, Circle):
            notes.add("confidence_missing", "u carries no confidence; 95 % is assumed (RFC 7459)")
        return LocationReport("geo", shape, None, warnings=notes.all(), extras=extras)


def _malformed(message: str) -> UnreadableReportError:
    return UnreadableReportError("malformed_geo_uri", message, said("geo:44.4353,26.1025;u=35"))


def _parameters(parts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts[:20]:
        name, _, value = part.partition("=")
        name = clean_text(name.lower(), limit=20)
        if name in found:
            raise _malformed(said("the parameter {name!r} stands there twice", name=name))
        found[name] = clean_text(unquote(value, errors="replace"), limit=60)
    crs = found.pop("crs", "wgs84").lower()
    if crs != "wgs84":
        hint = said("WGS84 degrees, crs=wgs84")
        raise BadShapeError("unsupported_crs", said("crs={crs} is not read", crs=crs), hint)
    found.pop("", None)
    return found


def _center(place: str, query: str, notes: Notes) -> tuple[LonLat, str | None]:
    found = _PLACE.fullmatch(unquote(place, errors="replace").strip())
    if found is None:
        raise _malformed(said("no latitude and longitude after geo:"))
    asked = _QUERY.match(unquote(query.replace("+", " "), errors="replace"))
    if asked is not None and float(found[1]) == float(found[2]) == 0.0:
        notes.add("geo_query", "the place was taken from the query of a phone's link")
        return LonLat.checked(asked[2], asked[1]), None
    return LonLat.checked(found[2], found[1]), found[3]


def _shape(center: LonLat, uncertainty: str | None, notes: Notes) -> Shape:
    if uncertainty is None:
        return Point(center)
    radius = areas.read_number("u", uncertainty, code="bad_radius")
    if radius == 0.0:
        notes.add("zero_radius", "a radius of 0 was read as a place of unknown uncertainty")
        return Point(center)
    return areas.circle(center, radius)
