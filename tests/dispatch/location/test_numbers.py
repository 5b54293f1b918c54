"""One grammar of numbers for all readers: what each of them takes, the others take too."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle
from geodata.errors import RefusedError
from geodata.points import LonLat

PLACE = LonLat(23.6, 46.77)
PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
    ' xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0">'
    "<tuple id='a'><status><gp:geopriv><gp:location-info>"
    '<gs:Circle srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{}</gml:pos>'
    '<gs:radius uom="urn:ogc:def:uom:EPSG::9001">{}</gs:radius></gs:Circle>'
    "</gp:location-info></gp:geopriv></status></tuple></presence>"
)
MLP = (
    "<slia><pos><pd><shape><CircularArea><coord><X>{}</X><Y>{}</Y></coord>"
    "<radius>{}</radius></CircularArea></shape></pd></pos></slia>"
)


def in_json(radius: str) -> LocationReport:
    shape = {"type": "Circle", "center": [23.6, 46.77], "radius_m": radius}
    return read_report(json.dumps({"shape": shape}).encode())


def in_mlp(radius: str) -> LocationReport:
    return read_report(MLP.format("46.77", "23.6", radius).encode())


def in_pidf(radius: str) -> LocationReport:
    return read_report(PIDF.format("46.77 23.6", radius).encode())


def in_sms(radius: str) -> LocationReport:
    return read_report(f'A"ML=1;lt=46.77;lg=23.6;rd={radius};pm=W;'.encode())


def in_form(radius: str) -> LocationReport:
    place = "location_latitude=46.77&location_longitude=23.6"
    return read_report(f"{place}&location_accuracy={quote(radius)}".encode())


READERS = [in_json, in_mlp, in_pidf, in_sms, in_form]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("text", "metres"),
    [("850", 850.0), ("850.", 850.0), ("850.25", 850.25), ("+850", 850.0), ("8.5e2", 850.0),
     ("8.5E+2", 850.0), (".5", 0.5), ("00850", 850.0), ("850.0000000000000000000001", 850.0)],
)  # fmt: skip
def test_what_xml_and_json_write_as_a_number_is_one_everywhere(
    read: Callable[[str], LocationReport], text: str, metres: float
) -> None:
    shape = read(text).shape
    assert isinstance(shape, Circle)
    assert (shape.center, shape.radius_m) == (PLACE, pytest.approx(metres))


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "text",
    ["1_000", "１０００", "٣٠", "0x10", "1e", "e5", ".", "+", "--5", "5-", "1 000", "1.2.3", "५०",
     "1e1_0", "850m", "½", "∞", "²5", "1..5", "1'000"],
)  # fmt: skip
def test_what_only_python_reads_as_a_number_is_none_anywhere(
    read: Callable[[str], LocationReport], text: str
) -> None:
    with pytest.raises(RefusedError):
        read(text)


# ── gml:pos ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "pos",
    ["46.77 23.6", "46,77 23.6", "46.77 23,6", "46,77 23,6", "46.77,23.6", "46.77, 23.6",
     "46.770 23.60", "4.677e1 23.6", "+46.77 +23.6", "46,770000 23.6000"],
)  # fmt: skip
def test_a_pos_with_commas_is_the_place_that_is_meant(pos: str) -> None:
    shape = read_report(PIDF.format(pos, "5").encode()).shape
    assert isinstance(shape, Circle)
    assert shape.center == pytest.approx(PLACE)


@pytest.mark.parametrize(
    "pos", ["46,77 23", "46 23,6", "46,77 23 100", "46,77 _ 23.6", "46,1_0 23.6"]
)
def test_a_pos_whose_commas_could_mean_two_places_is_refused(pos: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(PIDF.format(pos, "5").encode())
    assert caught.value.code == "bad_coordinates"


# ── MLP: signs and letters ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("x", "y"),
    [("-46 46 12.0N", "23 36 00E"), ("46 46 12.0N", "-23 36 00E"), ("+46 46 12S", "23 36 00E"),
     ("-46.77N", "23.6E"), ("46.77N", "-23.6E"), ("+46.77S", "23.6E"), ("46.77N", "+23.6W"),
     ("-46.77 N", "23.6 E"), ("-46° 46' 12\" N", "23 36 00E"), ("-46:46:12N", "23:36:00E"),
     ("-46 46.2N", "23 36.0E")],
)  # fmt: skip
def test_a_sign_that_contradicts_its_letter_is_refused(x: str, y: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(MLP.format(x, y, "5").encode())
    assert caught.value.code == "bad_coordinates"


@pytest.mark.parametrize(
    ("x", "y"),
    [("46 46 12.0N", "23 36 00E"), ("+46 46 12.0N", "+23 36 00E"), ("46.77", "23.6"),
     ("46.77N", "23.6E"), ("+46.77N", "23.6E"), ("46,77", "23,6"), ("464612.0N", "233600.0E")],
)  # fmt: skip
def test_a_sign_that_agrees_with_its_letter_is_read(x: str, y: str) -> None:
    shape = read_report(MLP.format(x, y, "5").encode()).shape
    assert isinstance(shape, Circle)
    assert shape.center == pytest.approx(PLACE)


def test_south_may_be_written_twice() -> None:
    shape = read_report(MLP.format("-46 46 12.0S", "23 36 00E", "5").encode()).shape
    assert isinstance(shape, Circle)
    assert shape.center.lat == pytest.approx(-46.77)


# ── AML ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("lat", ["46,77", "+46,77", "46,770000", "46.77"])
@pytest.mark.parametrize("lon", ["23,6", "+23,60000", "23.6"])
@pytest.mark.parametrize("accuracy", ["50", "50,0"])
def test_a_form_with_decimal_commas_is_mended_as_the_message_is(
    lat: str, lon: str, accuracy: str
) -> None:
    place = f"location_latitude={quote(lat)}&location_longitude={quote(lon)}"
    report = read_report(f"{place}&location_accuracy={quote(accuracy)}".encode())
    assert report.shape == Circle(PLACE, 50.0)
    has_comma = "," in lat + lon + accuracy
    assert ("decimal_comma" in {w.code for w in report.warnings}) == has_comma


@pytest.mark.parametrize("share", ["0.9", "0,9", "0.90", ".9", "0.9000"])
@pytest.mark.parametrize("version", ["1", "2"])
def test_a_confidence_below_one_is_a_share(share: str, version: str) -> None:
    place = "lt=46.77;lg=23.6;rd=50" if version == "1" else "lo=46.77,23.6,50"
    report = read_report(f'A"ML={version};{place};lc={share};pm=W;'.encode())
    assert report.confidence == pytest.approx(0.9)
    assert "confidence_as_share" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize(("text", "confidence"), [("90", 0.9), ("1", 0.01), ("100", 1.0)])
def test_a_confidence_from_one_on_is_per_cent(text: str, confidence: float) -> None:
    report = read_report(f'A"ML=1;lt=46.77;lg=23.6;rd=50;lc={text};pm=W;'.encode())
    assert report.confidence == pytest.approx(confidence)
