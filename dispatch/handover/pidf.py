"""
Writes a caller location as PIDF-LO, by value, in the shapes of RFC 5491.

Latitude before longitude, EPSG:4326, metres, degrees clockwise from north; confidence after
RFC 7459. What is written is readable by `dispatch.location`; nothing is rounded inwards.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from lxml import etree

from dispatch.model import CallerLocation
from geodata.areas.shapes import ArcBand, Box, Circle, Ellipse, MultiPolygon, Point, Polygon, Shape
from geodata.areas.uncertainty import outline
from geodata.points import LonLat

_PIDF = "urn:ietf:params:xml:ns:pidf"
_GEOPRIV = "urn:ietf:params:xml:ns:pidf:geopriv10"
_POLICY = "urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"
_GML = "http://www.opengis.net/gml"
_SHAPES = "http://www.opengis.net/pidflo/1.0"
_CONFIDENCE = "urn:ietf:params:xml:ns:geopriv:conf"
_NAMESPACES = {
    None: _PIDF,
    "gp": _GEOPRIV,
    "gbp": _POLICY,
    "gml": _GML,
    "gs": _SHAPES,
    "con": _CONFIDENCE,
}
_CRS = "urn:ogc:def:crs:EPSG::4326"
_METRE = "urn:ogc:def:uom:EPSG::9001"
_DEGREE = "urn:ogc:def:uom:EPSG::9102"
# RFC 5491, 5.2.3: no polygon has more places, the repeated last one included.
_MOST_PLACES = 15


def write_pidf(location: CallerLocation, *, entity: str, at: datetime, tuple_id: str = "l1") -> str:
    """
    Return a PIDF-LO document without XML declaration, for embedding in JSON.

    Parameters
    ----------
    entity
        Whose place it is, a URI (`tel:+40…`, `urn:…`).
    at
        When the location was believed, aware.
    """
    root = etree.Element(f"{{{_PIDF}}}presence", nsmap=_NAMESPACES, entity=entity)
    holder = etree.SubElement(root, f"{{{_PIDF}}}tuple", id=tuple_id)
    status = etree.SubElement(holder, f"{{{_PIDF}}}status")
    geopriv = etree.SubElement(status, f"{{{_GEOPRIV}}}geopriv")
    info = etree.SubElement(geopriv, f"{{{_GEOPRIV}}}location-info")
    info.append(_element(location.shape))
    if not isinstance(location.shape, Point):
        confidence = etree.SubElement(info, f"{{{_CONFIDENCE}}}confidence", pdf="unknown")
        confidence.text = f"{100.0 * location.confidence:g}"
    rules = etree.SubElement(geopriv, f"{{{_GEOPRIV}}}usage-rules")
    # 112 sends police and ambulance, so it must be allowed to pass the place on.
    etree.SubElement(rules, f"{{{_POLICY}}}retransmission-allowed").text = "true"
    etree.SubElement(holder, f"{{{_PIDF}}}timestamp").text = (
        at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )
    return str(etree.tostring(root, encoding="unicode"))


def _element(shape: Shape) -> etree._Element:
    if isinstance(shape, MultiPolygon):
        return _surfaces(shape)
    if isinstance(shape, Polygon | Box):
        return _polygon(shape)
    names = {Point: "Point", Circle: "Circle", Ellipse: "Ellipse", ArcBand: "ArcBand"}
    space = _GML if isinstance(shape, Point) else _SHAPES
    element = etree.Element(f"{{{space}}}{names[type(shape)]}", srsName=_CRS)
    etree.SubElement(element, f"{{{_GML}}}pos").text = _place(shape.center)
    for name, value, unit in _measures(shape):
        etree.SubElement(element, f"{{{_SHAPES}}}{name}", uom=unit).text = f"{value:.10g}"
    return element


def _measures(shape: Shape) -> list[tuple[str, float, str]]:
    if isinstance(shape, Circle):
        return [("radius", shape.radius_m, _METRE)]
    if isinstance(shape, Ellipse):
        return [
            ("semiMajorAxis", shape.semi_major_m, _METRE),
            ("semiMinorAxis", shape.semi_minor_m, _METRE),
            ("orientation", shape.orientation_deg, _DEGREE),
        ]
    if isinstance(shape, ArcBand):
        return [
            ("innerRadius", shape.inner_radius_m, _METRE),
            ("outerRadius", shape.outer_radius_m, _METRE),
            ("startAngle", shape.start_angle_deg, _DEGREE),
            ("openingAngle", shape.opening_angle_deg, _DEGREE),
        ]
    return []


def _surfaces(shape: MultiPolygon) -> etree._Element:
    """Write the GML for several parts; RFC 5491 has no word for it (`is_standard_polygon`)."""
    several = etree.Element(f"{{{_GML}}}MultiSurface", srsName=_CRS)
    for part in shape.parts:
        etree.SubElement(several, f"{{{_GML}}}surfaceMember").append(_polygon(part))
    return several


def _polygon(shape: Polygon | Box) -> etree._Element:
    polygon = etree.Element(f"{{{_GML}}}Polygon", srsName=_CRS)
    exterior, holes = outline(shape)
    rings = [("exterior", exterior), *(("interior", hole) for hole in holes)]
    for name, places in rings:
        side = etree.SubElement(polygon, f"{{{_GML}}}{name}")
        ring = etree.SubElement(side, f"{{{_GML}}}LinearRing")
        for place in _closed([LonLat(float(x), float(y)) for x, y in places]):
            etree.SubElement(ring, f"{{{_GML}}}pos").text = _place(place)
    return polygon


def _closed(ring: Sequence[LonLat]) -> Sequence[LonLat]:
    return (*ring, ring[0])


def is_standard_polygon(shape: Shape) -> bool:
    """Tell whether RFC 5491 allows the area: one part, at most 14 different places, no hole."""
    if isinstance(shape, MultiPolygon):
        return False
    return not isinstance(shape, Polygon) or (
        len(shape.exterior) < _MOST_PLACES and not shape.holes
    )


def _place(place: LonLat) -> str:
    return f"{place.lat:.8f} {place.lon:.8f}"
