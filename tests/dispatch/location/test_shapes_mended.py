"""What senders exchange in shapes: units of angle, holes and shells, corners, dimensions."""

import json
import math
from typing import Any

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Box, Ellipse, Polygon
from geodata.errors import RefusedError
from geodata.points import LonLat

PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
    ' xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"{}>'
    "<tuple id='a'><status><gp:geopriv><gp:location-info{}>{}</gp:location-info></gp:geopriv>"
    "</status></tuple></presence>"
)
EPSG = "urn:ogc:def:crs:EPSG::4326"
ELLIPSE = (
    f'<gs:Ellipse srsName="{EPSG}"><gml:pos>46.77 23.6</gml:pos>'
    '<gs:semiMajorAxis uom="urn:ogc:def:uom:EPSG::9001">900</gs:semiMajorAxis>'
    '<gs:semiMinorAxis uom="urn:ogc:def:uom:EPSG::9001">300</gs:semiMinorAxis>'
    '<gs:orientation uom="{}">{}</gs:orientation></gs:Ellipse>'
)
SQUARE = [[26.0, 44.4], [26.1, 44.4], [26.1, 44.5], [26.0, 44.5]]


def pidf(shape: str, root: str = "", info: str = "") -> LocationReport:
    return read_report(PIDF.format(root, info, shape).encode())


def from_json(**shape: Any) -> LocationReport:
    return read_report(json.dumps({"shape": shape, "confidence": 0.95}).encode())


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


# ── units of angle ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("unit", ["urn:ogc:def:uom:EPSG::9101", "#rad", "radians", "EPSG:9101"])
@pytest.mark.parametrize("degrees", [43.2, 7.0, 30.0, 90.0, 135.0, 179.0])
def test_more_than_a_turn_in_radians_was_degrees(unit: str, degrees: float) -> None:
    report = pidf(ELLIPSE.format(unit, degrees))
    assert isinstance(report.shape, Ellipse)
    assert report.shape.orientation_deg == pytest.approx(degrees)
    assert "uom_mismatch" in codes(report)


@pytest.mark.parametrize("radians", [0.0, 0.5, 1.0, 1.5708, 3.0])
def test_an_angle_in_radians_is_read_as_such(radians: float) -> None:
    report = pidf(ELLIPSE.format("urn:ogc:def:uom:EPSG::9101", radians))
    assert isinstance(report.shape, Ellipse)
    assert report.shape.orientation_deg == pytest.approx(math.degrees(radians))
    assert "uom_mismatch" not in codes(report)


@pytest.mark.parametrize(("start", "opening"), [(20, 120), (60, 120), (300, 90)])
def test_the_angles_of_an_mlp_arc_are_mended_too(start: float, opening: float) -> None:
    raw = (
        "<slia><pos><pd><shape><CircularArcArea><coord><X>46.77</X><Y>23.6</Y></coord>"
        f"<inRadius>100</inRadius><outRadius>900</outRadius><startAngle>{start}</startAngle>"
        f"<stopAngle>{opening}</stopAngle><angularUnit>Radians</angularUnit>"
        "</CircularArcArea></shape></pd></pos></slia>"
    )
    report = read_report(raw.encode())
    assert isinstance(report.shape, ArcBand)
    assert (report.shape.start_angle_deg, report.shape.opening_angle_deg) == (start, opening)
    assert "uom_mismatch" in codes(report)


# ── holes ─────────────────────────────────────────────────────────────────────
def scaled(factor: float) -> list[list[float]]:
    return [[26.05 + factor * (x - 26.05), 44.45 + factor * (y - 44.45)] for x, y in SQUARE]


HALVES = [
    [[26.0, 44.4], [26.05, 44.4], [26.05, 44.5], [26.0, 44.5]],
    [[26.05, 44.4], [26.1, 44.4], [26.1, 44.5], [26.05, 44.5]],
]


@pytest.mark.parametrize(
    "holes",
    [[SQUARE], [SQUARE[::-1]], [SQUARE[2:] + SQUARE[:2]], [[*SQUARE, SQUARE[0]]], [scaled(1.1)],
     [scaled(3.0)], [scaled(1.00001)], [scaled(0.99999)], HALVES, [SQUARE, scaled(0.1)],
     [scaled(0.8), scaled(0.8)]],
)  # fmt: skip
def test_holes_that_leave_nothing_are_refused(holes: list[list[list[float]]]) -> None:
    with pytest.raises(RefusedError) as caught:
        from_json(type="Polygon", coordinates=[SQUARE, *holes])
    assert caught.value.code == "bad_polygon"


@pytest.mark.parametrize("factor", [0.1, 0.5, 0.9, 0.99])
def test_a_hole_inside_its_shell_stays(factor: float) -> None:
    shape = from_json(type="Polygon", coordinates=[SQUARE, scaled(factor)]).shape
    assert isinstance(shape, Polygon)
    assert len(shape.holes) == 1


# ── boxes ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("bbox", "is_exchanged"),
    [([27.5, 46.5, 27.8, 46.75], False), ([27.8, 46.5, 27.5, 46.75], True),
     ([27.5, 46.75, 27.8, 46.5], True), ([27.8, 46.75, 27.5, 46.5], True)],
)  # fmt: skip
@pytest.mark.parametrize("way", ["json", "gml"])
def test_a_box_with_exchanged_bounds_is_put_right_and_said(
    bbox: list[float], is_exchanged: bool, way: str
) -> None:
    west, south, east, north = bbox
    corners = f"<gml:lowerCorner>{south} {west}</gml:lowerCorner>"
    corners += f"<gml:upperCorner>{north} {east}</gml:upperCorner>"
    gml = f'<gml:Envelope srsName="{EPSG}">{corners}</gml:Envelope>'
    report = from_json(type="Box", bbox=bbox) if way == "json" else pidf(gml)
    assert report.shape == Box(LonLat(27.5, 46.5), LonLat(27.8, 46.75))
    assert ("box_exchanged" in codes(report)) == is_exchanged


# ── dimensions ────────────────────────────────────────────────────────────────
FLAT = "44.4 26 44.4 26.1 44.5 26.1 44.5 26 44.4 26"
HIGH = "44.4 26 80 44.4 26.1 80 44.5 26.1 80 44.5 26 80 44.4 26 80"
PLACES = ("root", "info", "polygon", "exterior", "ring", "list")


@pytest.mark.parametrize(("dimension", "places"), [("2", FLAT), ("3", HIGH)])
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("system", ["4326", "4979"])
def test_the_dimension_is_inherited_from_whatever_is_around(
    dimension: str, places: str, where: str, system: str
) -> None:
    at = {name: f' srsDimension="{dimension}"' if name == where else "" for name in PLACES}
    report = pidf(
        f'<gml:Polygon srsName="urn:ogc:def:crs:EPSG::{system}"{at["polygon"]}>'
        f"<gml:exterior{at['exterior']}><gml:LinearRing{at['ring']}>"
        f"<gml:posList{at['list']}>{places}</gml:posList>"
        "</gml:LinearRing></gml:exterior></gml:Polygon>",
        root=at["root"], info=at["info"],
    )  # fmt: skip
    assert isinstance(report.shape, Polygon)
    assert len(report.shape.exterior) == 4
