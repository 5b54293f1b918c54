"""PIDF-LO: the RFCs' own examples with their numbers, and messages of our own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.areas.uncertainty import scale_confidence
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "internet_messages"
MASSACHUSETTS = LonLat(-73.2512, 42.5463)
WOLLONGONG = LonLat(150.883, -34.407)
HEXAGON = Polygon(
    tuple(
        LonLat(*corner)
        for corner in (
            (-73.422, 43.311), (-73.322, 43.111), (-73.222, 43.111),
            (-73.122, 43.311), (-73.222, 43.411), (-73.322, 43.411),
        )
    )
)  # fmt: skip
PRISM = Polygon(
    tuple(
        LonLat(*corner)
        for corner in (
            (-73.248157, 42.556844), (-73.248157, 42.656844),
            (-73.348157, 42.656844), (-73.348157, 42.556844),
        )
    )
)  # fmt: skip
RFC_SHAPES: dict[str, Shape | None] = {
    "rfc4119_01": Point(LonLat(-(122 + 25 / 60 + 10 / 3600), 37.775)),
    "rfc4119_02": None,
    "rfc5491_01": Point(LonLat(153.2176, -43.5723)),
    "rfc5491_02": None,
    "rfc5491_03": Point(WOLLONGONG),
    "rfc5491_04": Point(WOLLONGONG),
    "rfc5491_05": HEXAGON,
    "rfc5491_06": HEXAGON,
    "rfc5491_07": Circle(MASSACHUSETTS, 850.24),
    "rfc5491_08": Ellipse(MASSACHUSETTS, 1275.0, 670.0, 43.2),
    "rfc5491_09": ArcBand(LonLat(153.2176, -43.5723), 3594.0, 4148.0, 20.0, 20.0),
    "rfc5491_10": Circle(MASSACHUSETTS, 850.24),
    "rfc5491_11": Ellipse(MASSACHUSETTS, 7.7156, 3.31, 90.0),
    "rfc5491_12": PRISM,
    "rfc7459_01": Circle(MASSACHUSETTS, 850.24),
}


def read(name: str, *, received_at: datetime | None = None) -> LocationReport:
    return read_report((MESSAGES / name).read_bytes(), received_at=received_at)


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


def document(location: str, *, around: str = "tuple") -> bytes:
    """A presence document with what stands inside its location-info."""
    return (
        '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@b.ro"'
        ' xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
        ' xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"'
        ' xmlns:con="urn:ietf:params:xml:ns:geopriv:conf">'
        f"<{around}><status><gp:geopriv><gp:location-info>{location}</gp:location-info>"
        f"</gp:geopriv></status></{around}></presence>"
    ).encode()


def circle(**changes: str) -> bytes:
    """A circle of 500 m near Cluj in which a test breaks one thing."""
    part = {"srs": "urn:ogc:def:crs:EPSG::4326", "pos": "46.77 23.62", "radius": "500", "after": "",
            "uom": "urn:ogc:def:uom:EPSG::9001", "gs": "gs"} | changes  # fmt: skip
    return document(
        '<{gs}:Circle srsName="{srs}"><gml:pos>{pos}</gml:pos>'
        '<{gs}:radius uom="{uom}">{radius}</{gs}:radius></{gs}:Circle>{after}'.format(**part)
    )


def refusal_of(raw: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read_report(raw)
    return caught.value.code


# ── the RFCs' own examples ────────────────────────────────────────────────────
@pytest.mark.parametrize("name", RFC_SHAPES)
def test_every_example_of_the_rfcs_gives_its_shape(name: str, shared_data: Path) -> None:
    raw = (shared_data / "messages" / "pidf-lo" / "rfc" / f"{name}_presence.xml").read_bytes()
    report, wanted = read_report(raw), RFC_SHAPES[name]
    assert report.format == "pidf-lo"
    assert type(report.shape) is type(wanted)
    if isinstance(wanted, Point):
        assert isinstance(report.shape, Point)
        assert report.shape.center == pytest.approx(wanted.center)
    else:
        assert report.shape == wanted


def test_no_example_of_the_rfcs_is_forgotten(shared_data: Path) -> None:
    folder = shared_data / "messages" / "pidf-lo" / "rfc"
    assert {file.name[:10] for file in folder.glob("*.xml")} == set(RFC_SHAPES)


def test_what_the_examples_break_is_said(shared_data: Path) -> None:
    folder = shared_data / "messages" / "pidf-lo" / "rfc"
    old = codes(read_report((folder / "rfc4119_01_presence.xml").read_bytes()))
    civic = read_report((folder / "rfc4119_02_presence.xml").read_bytes())
    assert {"deprecated_coordinates", "shape_namespace"} <= old
    assert {"namespace_trimmed", "no_location"} == codes(civic)
    assert civic.extras["civic_A1"] == "New York"


def test_a_misconfigured_person_does_not_win_over_the_device(shared_data: Path) -> None:
    raw = (shared_data / "messages/pidf-lo/rfc/rfc5491_02_presence.xml").read_bytes()
    report = read_report(raw)
    assert (report.source, report.extras["civic_A3"]) == ("GPS", "Wollongong")
    assert "several_locations" in codes(report)


def test_the_confidence_example_scales_as_rfc_7459_says(shared_data: Path) -> None:
    raw = (shared_data / "messages/pidf-lo/rfc/rfc7459_01_presence.xml").read_bytes()
    report = read_report(raw)
    assert (report.confidence, report.pdf) == (0.67, "normal")
    assert report.shape is not None
    scaled, confidence = scale_confidence(report.shape, report.confidence, pdf=report.pdf)
    assert confidence == 0.95
    # 850.24 * erfinv(sqrt .95) / erfinv(sqrt .67)
    assert isinstance(scaled, Circle)
    assert scaled.radius_m == pytest.approx(1_423.03, abs=0.01)


# ── a message of our own ──────────────────────────────────────────────────────
def test_everything_of_a_message_is_read() -> None:
    report = read("pidf_circle.xml")
    assert report.shape == Circle(LonLat(23.6236, 46.7712), 850.24)
    assert (report.confidence, report.pdf) == (0.67, "normal")
    assert (report.caller, report.source) == ("+40721234567", "Cell")
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
    assert not report.warnings


def test_what_stands_beside_the_area_is_kept() -> None:
    assert read("pidf_circle.xml").extras == {
        "civic_country": "RO",
        "civic_A1": "Cluj",
        "civic_A3": "Cluj-Napoca",
        "civic_FLR": "2",
        "element": "device",
        "retransmission_allowed": "no",
        "retention_expiry": "2026-02-15T19:30:05Z",
    }


def test_the_first_device_with_a_location_counts_wherever_it_stands() -> None:
    report = read("pidf_precedence.xml")
    assert report.shape == Point(LonLat(23.6, 46.7))
    assert {"several_locations", "no_uncertainty"} == codes(report)


def test_a_person_counts_as_a_last_resort() -> None:
    raw = circle().replace(b"<tuple>", b"<person>").replace(b"</tuple>", b"</person>")
    report = read_report(raw)
    assert "person_location" in codes(report)
    assert isinstance(report.shape, Circle)


def test_keeping_a_location_beyond_its_permission_is_said() -> None:
    late = datetime(2026, 2, 16, tzinfo=UTC)
    assert "retention_expired" in codes(read("pidf_circle.xml", received_at=late))


def test_the_coarse_shape_stands_first_and_counts() -> None:
    point = (
        '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>46.77 23.62</gml:pos></gml:Point>'
    )
    report = read_report(circle(after=point))
    assert report.shape == Circle(LonLat(23.62, 46.77), 500.0)
    assert "several_shapes" in codes(report)


# ── confidence ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("element", "confidence", "pdf", "warning"),
    [
        ('<con:confidence pdf="rectangular">80</con:confidence>', 0.8, "rectangular", None),
        ("<con:confidence>80</con:confidence>", 0.8, "unknown", None),
        ('<con:confidence pdf="gamma">80</con:confidence>', 0.8, "unknown", "bad_pdf"),
        ("<con:confidence>unknown</con:confidence>", None, "unknown", "confidence_unknown"),
        ("<con:confidence>0.67</con:confidence>", 0.67, "unknown", "confidence_as_share"),
        ("<con:confidence>nan</con:confidence>", None, "unknown", "confidence_unusable"),
        ("<con:confidence>0</con:confidence>", None, "unknown", "confidence_unusable"),
        ("", None, "rectangular", "confidence_missing"),
    ],
)
def test_confidence_is_read_with_its_distribution(
    element: str, confidence: float | None, pdf: str, warning: str | None
) -> None:
    report = read_report(circle(after=element))
    assert (report.confidence, report.pdf) == (confidence, pdf)
    assert codes(report) == ({warning} if warning else set())


# ── quirks ────────────────────────────────────────────────────────────────────
REPAIRED = {
    "comma between": (circle(pos="46.77,23.62"), "comma_in_pos"),
    "comma and blank": (circle(pos="46.77, 23.62"), "comma_in_pos"),
    "decimal commas": (circle(pos="46,77 23,62"), "comma_in_pos"),
    "lost colon": (circle(srs="urn:ogc:def::crs:EPSG::4326"), "crs_misspelt"),
    "one colon": (circle(srs="urn:ogc:def:crs:EPSG:4326"), "crs_misspelt"),
    "no system": (circle(srs=""), "crs_missing"),
    "no unit": (circle(uom=""), "uom_missing"),
    "decimal comma": (circle(radius="500,0"), "decimal_comma"),
    "shape under gml": (circle(gs="gml"), "shape_namespace"),
    "undeclared prefix": (circle(gs="p2"), "undeclared_prefix"),
    "blank in a namespace": (
        circle().replace(b'xmlns:gs="', b'xmlns:gs=" '),
        "namespace_trimmed",
    ),
}


@pytest.mark.parametrize("quirk", REPAIRED)
def test_a_quirk_is_repaired_and_said(quirk: str) -> None:
    raw, warning = REPAIRED[quirk]
    report = read_report(raw)
    assert report.shape == Circle(LonLat(23.62, 46.77), 500.0)
    assert warning in codes(report)


def test_degrees_in_feet_are_degrees() -> None:
    ellipse = (
        '<gs:Ellipse srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>46.77 23.62</gml:pos>'
        '<gs:semiMajorAxis uom="urn:ogc:def:uom:EPSG::9001">670</gs:semiMajorAxis>'
        '<gs:semiMinorAxis uom="urn:ogc:def:uom:EPSG::9001">1275</gs:semiMinorAxis>'
        '<gs:orientation uom="urn:ogc:def:uom:EPSG::9002">43.2</gs:orientation></gs:Ellipse>'
    )
    report = read_report(document(ellipse))
    assert report.shape == Ellipse(LonLat(23.62, 46.77), 1275.0, 670.0, pytest.approx(133.2))
    assert {"uom_mismatch", "axes_exchanged"} <= codes(report)


def test_feet_are_feet_where_a_length_is_meant() -> None:
    report = read_report(circle(uom="urn:ogc:def:uom:EPSG::9002"))
    assert report.shape == Circle(LonLat(23.62, 46.77), pytest.approx(152.4))


def test_an_open_ring_is_closed() -> None:
    ring = "46.7 23.6 46.7 23.7 46.8 23.7 46.8 23.6"
    raw = document(
        '<gml:Polygon srsName="EPSG:4326"><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    report = read_report(raw)
    assert isinstance(report.shape, Polygon)
    assert len(report.shape.exterior) == 4
    assert "ring_closed" in codes(report)


def test_zero_zero_is_no_place() -> None:
    report = read_report(circle(pos="0 0"))
    assert report.shape is None
    assert "fake_coordinate" in codes(report)


REFUSED = {
    "swapped": (circle(pos="23.62 46.77"), "swapped_lon_lat"),
    "off the Earth": (circle(pos="146.77 23.62"), "out_of_range"),
    "one number": (circle(pos="46.77"), "bad_coordinates"),
    "four numbers": (circle(pos="1 2 3 4"), "bad_coordinates"),
    "text": (circle(pos="Cluj Napoca"), "bad_coordinates"),
    "infinite": (circle(pos="inf 23.62"), "bad_coordinates"),
    "UTM": (circle(srs="urn:ogc:def:crs:EPSG::32635"), "unsupported_crs"),
    "longitude first": (circle(srs="urn:ogc:def:crs:OGC:1.3:CRS84"), "unsupported_crs"),
    "radius in degrees": (circle(uom="urn:ogc:def:uom:EPSG::9102"), "unsupported_unit"),
    "a comma for thousands": (circle(radius="1,275"), "bad_radius"),
    "negative radius": (circle(radius="-1"), "bad_radius"),
    "no radius": (circle(radius=""), "missing_element"),
    "no pos": (circle(pos=""), "missing_element"),
    "unknown shape": (document("<gml:Curve/>"), "unknown_shape"),
    "half a posList": (
        document(
            '<gml:Polygon srsName="EPSG:4326"><gml:exterior><gml:LinearRing><gml:posList>'
            "46 23 46</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
        ),
        "bad_coordinates",
    ),
    "prism without a base": (document('<gs:Prism srsName="EPSG:4979"/>'), "missing_element"),
    "cut off": (circle()[:-60], "truncated_message"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "b">]>' + circle(), "xml_entities"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_area_is_refused_with_a_code(case: str) -> None:
    raw, code = REFUSED[case]
    assert refusal_of(raw) == code


def test_too_many_corners_are_refused() -> None:
    numbers = "46.7 23.6 " * 15_001
    raw = document(
        '<gml:Polygon srsName="EPSG:4326"><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{numbers}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    assert refusal_of(raw) == "too_many_points"
