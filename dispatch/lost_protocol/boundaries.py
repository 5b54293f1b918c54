"""
The service boundaries: the counties as GML polygons or civic addresses, and their keys.

A key is a digest of the borders, so it changes when they do and stays otherwise;
a client that has a boundary need not fetch it again (RFC 5222, section 5.6).
"""

import hashlib
from collections.abc import Iterator

import numpy as np
import shapely
from lxml import etree

from dispatch.location.internet.pidf_lo import CIVIC
from dispatch.location.internet.pidf_lo_shapes import GML
from dispatch.lost_protocol.civic import civic_boundary
from dispatch.lost_protocol.model import CIVIC_PROFILE, GEODETIC, LOST, LostError
from dispatch.words.catalogue import both
from geodata.reference import files
from geodata.territories.counties import Counties

_CRS = "urn:ogc:def:crs:EPSG::4326"


class Boundaries:
    """All boundaries by county and profile, drawn when first asked for."""

    def __init__(self, counties: Counties) -> None:
        self._counties = counties
        version = files.read_json(files.MANIFEST)["files"][files.BORDERS]["sha256"]
        self._keys = {
            (code, profile): _digest("boundary", version, code, profile)
            for code in counties.codes
            for profile in (GEODETIC, CIVIC_PROFILE)
        }
        self._by_key = {key: name for name, key in self._keys.items()}

    def key(self, code: str, profile: str) -> str:
        """Return the 128-bit name of a county's boundary in a profile."""
        return self._keys[code, profile]

    def named(self, key: str) -> tuple[str, str]:
        """
        Return county code and profile of a key.

        Raises
        ------
        LostError
            `notFound`.
        """
        found = self._by_key.get(key.strip().upper())
        if found is None:
            raise LostError("notFound", both("lost.error.unknown_key"))
        return found

    def element(self, code: str, profile: str) -> etree._Element:
        """Draw the `serviceBoundary` element of a county."""
        boundary = etree.Element(etree.QName(LOST, "serviceBoundary"), profile=profile)
        if profile == CIVIC_PROFILE:
            boundary.append(_civic(civic_boundary(code, self._counties)))
            return boundary
        # Several polygons of one boundary add up (section 5.5).
        boundary.extend(_polygons(self._counties.geometry(code)))
        return boundary


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32].upper()


def source_id(code: str, service: str) -> str:
    """Return the name of a mapping, which stays when its content changes."""
    return _digest("mapping", code, service).lower()


def _civic(elements: dict[str, str]) -> etree._Element:
    address = etree.Element(etree.QName(CIVIC, "civicAddress"), nsmap={None: CIVIC})
    for name, text in elements.items():
        etree.SubElement(address, etree.QName(CIVIC, name)).text = text
    return address


def _polygons(geometry: shapely.Geometry) -> Iterator[etree._Element]:
    for part in shapely.get_parts(geometry):
        outline = shapely.geometry.polygon.orient(part, 1.0)
        polygon = etree.Element(etree.QName(GML, "Polygon"), srsName=_CRS, nsmap={"gml": GML})
        _ring(etree.SubElement(polygon, etree.QName(GML, "exterior")), outline.exterior)
        for hole in outline.interiors:
            _ring(etree.SubElement(polygon, etree.QName(GML, "interior")), hole)
        yield polygon


def _ring(parent: etree._Element, ring: shapely.LinearRing) -> None:
    lon_lat = np.asarray(shapely.get_coordinates(ring))
    linear = etree.SubElement(parent, etree.QName(GML, "LinearRing"))
    listed = etree.SubElement(linear, etree.QName(GML, "posList"))
    listed.text = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in lon_lat)
