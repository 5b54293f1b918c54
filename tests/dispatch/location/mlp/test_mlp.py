"""OMA MLP: the standard's own forms, and the result codes."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from lxml import etree

from dispatch.location.mlp.results import advice_code
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon
from geodata.errors import RefusedError
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "operator_messages"
BUCHAREST = (26.0 + 6 / 60 + 9 / 3600, 44.0 + 26 / 60 + 7 / 3600)
AT = datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)


def read(name: str) -> LocationReport:
    return read_report((MESSAGES / f"{name}.xml").read_bytes())


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


# ── messages ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["emerep_circle", "emerep_circle_bare", "emerep_released"])
def test_a_circle_is_read_wrapped_or_bare(name: str) -> None:
    report = read(name)
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx(BUCHAREST)
    assert report.shape.radius_m == 1500.0
    assert not report.warnings


def test_everything_else_of_a_message_is_read() -> None:
    report = read("emerep_circle")
    assert (report.format, report.confidence, report.caller) == ("mlp", 0.95, "+40721234567")
    assert report.measured_at == AT
    assert (report.source, report.trigger) == ("CELL", "EME_ORG")
    assert report.extras == {
        "service": "emerep",
        "version": "3.5.0",
        "result_type": "FINAL",
        "cell": "226-05-703-26034",
    }


def test_the_end_of_a_call_is_told_from_its_start() -> None:
    assert read("emerep_released").trigger == "EME_REL"


def test_the_example_of_the_standard_is_read() -> None:
    report = read("emerep_standard_example")
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((45.430772, 30.462583), abs=1e-6)
    assert report.measured_at == datetime(2002, 6, 22, 22, 0, 3, tzinfo=UTC)


def test_a_namespace_changes_nothing() -> None:
    report = read("emerep_namespace")
    assert isinstance(report.shape, Circle)
    assert report.shape.radius_m == 800.0
    assert report.extras["cell"] == "226-05-703-26034"


@pytest.mark.parametrize("name", ["eme_lia_circle", "eme_lia_bare"])
def test_an_immediate_answer_is_read(name: str) -> None:
    report = read(name)
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((27.729167, 46.638333), abs=1e-6)
    assert report.measured_at == AT
    assert report.trigger is None


def test_the_final_position_wins_over_the_intermediate_one() -> None:
    report = read("eme_lia_two_positions")
    assert isinstance(report.shape, Circle)
    assert report.shape.radius_m == 60.0
    assert report.source == "A-GNSS"
    assert codes(report) == {"several_positions"}


def test_an_ellipse_is_read() -> None:
    shape = read("emerep_ellipse").shape
    assert isinstance(shape, Ellipse)
    assert (shape.semi_major_m, shape.semi_minor_m, shape.orientation_deg) == (2500, 900, 30)


def test_stop_angle_is_the_opening_of_an_arc() -> None:
    shape = read("emerep_arc").shape
    assert isinstance(shape, ArcBand)
    assert (shape.inner_radius_m, shape.outer_radius_m) == (1100, 2200)
    assert (shape.start_angle_deg, shape.opening_angle_deg) == (60, 120)


def test_an_open_polygon_is_read_without_complaint() -> None:
    report = read("emerep_polygon")
    assert isinstance(report.shape, Polygon)
    assert len(report.shape.exterior) == 4
    assert not report.warnings


def test_a_point_is_read_with_two_doubts() -> None:
    report = read("emerep_point")
    assert isinstance(report.shape, Point)
    assert codes(report) == {"no_uncertainty", "confidence_missing"}


def test_an_address_without_a_shape_is_kept_and_gives_its_ground() -> None:
    report = read("emerep_civic_only")
    assert isinstance(report.shape, Circle)
    assert report.extras["civic_A3"] == "Negrești"
    assert codes(report) == {"civic_as_area"}


# ── results ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "result", "advice"),
    [
        ("error_absent_subscriber", "5", "ask_caller"),
        ("error_landline_no_fix", "6", "ask_caller"),
        ("error_unauthorised", "3", "tell_supervisor"),
        ("error_congestion", "101", "retry_later"),
        ("error_format", "105", "report_fault"),
        ("error_vendor_code", "571", "ask_caller"),
        ("error_gem", "1", "retry_later"),
    ],
)
def test_an_error_is_a_report_with_advice(name: str, result: str, advice: str) -> None:
    report = read(name)
    assert report.shape is None
    assert report.result_code == result
    assert codes(report) == {"network_result", advice}


def test_the_number_survives_a_failed_location() -> None:
    assert read("error_landline_no_fix").caller == "+40235312345"


@pytest.mark.parametrize(
    ("results", "advice"),
    [
        (("4", "5", "6", "7", "201"), "ask_caller"),
        (("3", "202", "204"), "tell_supervisor"),
        (("1", "2", "101", "203", "207", "208"), "retry_later"),
        (tuple(map(str, range(103, 114))), "report_fault"),
        (("", "x", "9999"), "ask_caller"),
    ],
)
def test_every_result_code_has_its_advice(results: tuple[str, ...], advice: str) -> None:
    assert {advice_code(result) for result in results} == {advice}


def test_a_request_is_not_an_answer() -> None:
    with pytest.raises(RefusedError) as caught:
        read("request_eme_lir")
    assert caught.value.code == "not_an_answer"


def test_xml_of_another_kind_is_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(b"<html><body>Proxy error</body></html>")
    assert caught.value.code == "unknown_format"


# ── against the published DTD ─────────────────────────────────────────────────
def test_our_own_messages_are_valid_mlp(shared_data: Path) -> None:
    folder = shared_data / "messages" / "mlp" / "dtd"
    names = ("MLP_v3_5.dtd", "MLP_ID_QOP_RES_SHAPE_v3_4.dtd")
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    text = "\n".join(texts).replace('#FIXED "3.4.0"', '#FIXED "3.5.0"')
    # Two published models are ambiguous in XML 1.0; this says the same without that.
    text = text.replace("shape | civicloc | (shape, civicloc)", "(shape, civicloc?) | civicloc")
    text = text.replace("(mcc, mnc, lte_ci)| (mcc, mnc, nr_ci)", "(mcc, mnc, (lte_ci | nr_ci))")
    dtd = etree.DTD(StringIO(text))
    for pattern in ("emerep_[ceap]*.xml", "eme_lia*.xml", "error_[acflu]*.xml"):
        for file in MESSAGES.glob(pattern):
            assert dtd.validate(etree.parse(file)), (file.name, dtd.error_log.last_error)
