"""Queries to a LoST server on the compiled reference data, and a look at its answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lxml import etree

from dispatch.ground import load_ground
from dispatch.lost_protocol.build import build_lost_server
from dispatch.lost_protocol.model import LostConfig
from dispatch.lost_protocol.server import LostServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHILDREN = "urn:service:counseling.children"
_SPACES = (
    'xmlns="urn:ietf:params:xml:ns:lost1" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:gs="http://www.opengis.net/pidflo/1.0" '
    'xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"'
)


def query(kind: str, inside: str = "", **attributes: str) -> bytes:
    named = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<{kind} {_SPACES} {named}>{inside}</{kind}>".encode()


def find(
    location: str, *, service: str = CHILDREN, profile: str = "geodetic-2d", **attributes: str
) -> bytes:
    inside = f'<location id="here" profile="{profile}">{location}</location>'
    return query("findService", f"{inside}<service>{service}</service>", **attributes)


def point(lat: float, lon: float, crs: str = "urn:ogc:def:crs:EPSG::4326") -> str:
    return f'<gml:Point srsName="{crs}"><gml:pos>{lat} {lon}</gml:pos></gml:Point>'


def circle(lat: float, lon: float, radius_m: float) -> str:
    return (
        f'<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{lat} {lon}</gml:pos>'
        f'<gs:radius uom="urn:ogc:def:uom:EPSG::9001">{radius_m}</gs:radius></gs:Circle>'
    )


def civic(**elements: str) -> str:
    leaves = "".join(f"<ca:{name}>{text}</ca:{name}>" for name, text in elements.items())
    return f"<ca:civicAddress>{leaves}</ca:civicAddress>"


VASLUI = point(46.64, 27.728)
BUDAPEST = point(47.5, 19.04)
OURS = "lost.dispatch119.example"

ERRORS = {
    "no XML": (b"<findService", "badRequest"),
    "nothing": (b"", "badRequest"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "b">]>' + query("listServices"), "badRequest"),
    "too large": (query("listServices", " " * 200_001), "badRequest"),
    "another document": (query("findServiceResponse"), "badRequest"),
    "another namespace": (b"<listServices/>", "badRequest"),
    "no service": (query("findService", f'<location id="a">{VASLUI}</location>'), "badRequest"),
    "no location": (query("findService", f"<service>{CHILDREN}</service>"), "badRequest"),
    "no id": (find(VASLUI).replace(b'id="here"', b""), "badRequest"),
    "bad boolean": (find(VASLUI, recursive="perhaps"), "badRequest"),
    "bad boundary": (find(VASLUI, serviceBoundary="both"), "badRequest"),
    "no key": (query("getServiceBoundary"), "badRequest"),
    "bad via": (query("listServices", '<path><via source="a b"/></path>'), "badRequest"),
    "unknown key": (query("getServiceBoundary", key="0" * 32), "notFound"),
    "abroad": (find(BUDAPEST), "notFound"),
    "off the Earth": (find(point(146.6, 27.7)), "locationInvalid"),
    "swapped": (find(point(27.7, 46.6)), "locationInvalid"),
    "0/0": (find(point(0, 0)), "locationInvalid"),
    "another system": (find(point(46.6, 27.7, "EPSG:32635")), "locationInvalid"),
    "no shape": (find(civic(A1="Cluj")), "locationInvalid"),
    "no address": (find(VASLUI, profile="civic"), "locationInvalid"),
    "unknown profile": (find(VASLUI, profile="prism"), "locationProfileUnrecognized"),
    "loop": (query("listServices", f'<path><via source="{OURS}"/></path>'), "loop"),
}


@dataclass(frozen=True)
class Desk:
    """Asks the server and looks at its answer without namespaces; checks it by a schema."""

    server: LostServer
    check: Callable[[etree._Element], None] = field(default=lambda root: None)

    def ask(self, raw: bytes, *, language: str = "en") -> etree._Element:
        root = etree.fromstring(self.server.answer(raw, now=NOW, language=language))
        self.check(root)
        return root

    def error(self, raw: bytes, *, language: str = "en") -> str:
        root = self.ask(raw, language=language)
        assert etree.QName(root).localname == "errors"
        return str(etree.QName(root[0]).localname)


def values(root: etree._Element, path: str) -> list[str]:
    """Texts or attributes by a path of local names: ``mapping/service``, ``mapping/@expires``."""
    steps = (
        step if step.startswith("@") else f"*[local-name()='{step}']" for step in path.split("/")
    )
    found = root.xpath("/".join(steps))
    return [item if isinstance(item, str) else (item.text or "") for item in found]


def kinds(root: etree._Element, path: str) -> list[str]:
    """Local names of the children of an element."""
    steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
    return [etree.QName(child).localname for child in root.xpath(f"{steps}/*")]


def make_server(**config: object) -> LostServer:
    return build_lost_server(load_ground(), LostConfig(**config))  # type: ignore[arg-type]
