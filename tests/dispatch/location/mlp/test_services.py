"""OMA MLP: the standard services, areas of several parts, and codes by class."""

import pytest

from dispatch.location.mlp.results import advice_code, result_name
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Box, Circle, Ellipse, MultiPolygon
from geodata.areas.uncertainty import area_m2
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "operator_messages"


def read(name: str) -> LocationReport:
    return read_report((MESSAGES / f"{name}.xml").read_bytes())


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


def test_a_standard_answer_is_read() -> None:
    report = read("slia_circle")
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((27.729167, 46.638333), abs=1e-6)
    assert (report.confidence, report.extras["service"]) == (0.8, "slia")


def test_a_standard_report_of_failure_has_the_same_advice() -> None:
    report = read("slirep_poserr")
    assert (report.shape, report.result_code, report.caller) == (None, "5", "+40721234567")
    assert "ask_caller" in codes(report)


def test_a_triggered_report_is_read() -> None:
    report = read("tlrep_ellipse")
    assert isinstance(report.shape, Ellipse)
    assert (report.shape.semi_major_m, report.extras["service"]) == (2500.0, "tlrep")


def test_a_box_is_read_from_any_two_opposite_corners() -> None:
    shape = read("slrep_box").shape
    assert shape == Box(LonLat(27.5, 46.5), LonLat(27.5 + 1 / 3, 46.75))


def test_parts_that_touch_are_one_polygon() -> None:
    report = read("slia_multipolygon_touching")
    assert report.shape is not None
    assert area_m2(report.shape) == pytest.approx(2 * 7747.0 * 11_115.0, rel=0.01)
    assert not report.warnings


def test_parts_that_are_apart_are_kept_apart_with_a_warning() -> None:
    report = read("slia_multipolygon_apart")
    assert isinstance(report.shape, MultiPolygon)
    areas = [area_m2(part) for part in report.shape.parts]
    assert areas == pytest.approx([7747.0 * 11_115.0] * 2, rel=0.01)
    assert codes(report) == ["several_parts"]


def test_a_line_is_the_circle_over_its_ends() -> None:
    report = read("slia_linestring")
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((27.01, 46.0))
    assert report.shape.radius_m == pytest.approx(774.5, abs=1.0)
    assert codes(report) == ["line_as_area"]


def test_the_kind_of_a_serving_cell_is_kept() -> None:
    extras = read("slia_lte_cell").extras
    assert (extras["cell"], extras["cell_kind"]) == ("226-05-26034200", "ecgi")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<coord><X>46 30 00N</X><Y>27 30 00E</Y></coord>", "", "bad_polygon"),
        ("46 30 00N", "46 45 00N", "bad_polygon"),
        ("Box", "MultiPolygon", "unknown_shape"),
    ],
)
def test_a_box_without_area_is_refused(old: str, new: str, code: str) -> None:
    text = (MESSAGES / "slrep_box.xml").read_text().replace(old, new)
    with pytest.raises(RefusedError) as caught:
        read_report(text.encode())
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("result", "name", "advice"),
    [
        ("5", "ABSENT SUBSCRIBER", "ask_caller"),
        ("602", "an error of the location client", "report_fault"),
        ("571", "a code of the operator's own", "ask_caller"),
        ("350", "an unknown code", "ask_caller"),
        ("what", "an unknown code", "ask_caller"),
    ],
)
def test_a_code_without_a_name_is_named_by_its_class(result: str, name: str, advice: str) -> None:
    assert (result_name(result), advice_code(result)) == (name, advice)


def test_an_address_of_the_location_is_kept() -> None:
    raw = (MESSAGES / "emerep_civic_only.xml").read_text(encoding="utf-8")
    start, end = raw.index("<pd>"), raw.index("</pd>") + len("</pd>")
    uri = "<location_uri>https://lis.operator.example/abc</location_uri>"
    report = read_report((raw[:start] + uri + raw[end:]).encode())
    assert report.extras["location_uri"] == "https://lis.operator.example/abc"
    assert codes(report) == ["location_by_reference"]
