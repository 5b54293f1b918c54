"""HELD: answers and errors of location servers; the RFCs' own examples."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Point, Shape
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "internet_messages"
LIS = "https://ls.example.com:9768/357yc6s64ceyoiuy5ax3o"
# Shape, result code, first address of each example.
RFC_ANSWERS: dict[str, tuple[Shape | None, str | None, str | None]] = {
    "rfc5985_01_locationResponse": (Point(LonLat(150.88001, -34.407)), None, None),
    "rfc5985_02_error": (None, "locationUnknown", None),
    "rfc5985_03_locationResponse": (None, None, LIS),
    "rfc5985_04_error": (None, "locationUnknown", None),
    "rfc5985_06_locationResponse": (Circle(LonLat(150.882518, -34.407242), 30.0), None, LIS),
    "rfc6155_02_error": (None, "badIdentifier", None),
    "rfc6753_02_locationResponse": (Point(LonLat(150.88001, -34.407)), None, None),
    "rfc6753_03_presence": (None, None, None),
}
RFC_REQUESTS = ("rfc5985_05_locationRequest", "rfc6155_01_locationRequest",
                "rfc6753_01_locationRequest")  # fmt: skip


def read(name: str, *, received_at: datetime | None = None) -> LocationReport:
    return read_report((MESSAGES / name).read_bytes(), received_at=received_at)


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


@pytest.mark.parametrize("name", RFC_ANSWERS)
def test_every_answer_of_the_rfcs_is_read(name: str, shared_data: Path) -> None:
    report = read_report((shared_data / "messages/held/rfc" / f"{name}.xml").read_bytes())
    shape, result, uri = RFC_ANSWERS[name]
    assert (report.shape, report.result_code) == (shape, result)
    assert report.extras.get("location_uri") == uri


@pytest.mark.parametrize("name", RFC_REQUESTS)
def test_a_request_is_refused(name: str, shared_data: Path) -> None:
    raw = (shared_data / "messages/held/rfc" / f"{name}.xml").read_bytes()
    with pytest.raises(RefusedError) as caught:
        read_report(raw)
    assert caught.value.code == "not_an_answer"


def test_no_example_of_the_rfcs_is_forgotten(shared_data: Path) -> None:
    files = {file.stem for file in (shared_data / "messages/held/rfc").glob("*.xml")}
    assert files == {*RFC_ANSWERS, *RFC_REQUESTS}


def test_wanted_identifiers_are_named(shared_data: Path) -> None:
    report = read_report((shared_data / "messages/held/rfc/rfc6155_02_error.xml").read_bytes())
    assert report.extras == {"required_identifiers": "mac ip"}
    assert codes(report) == {"network_result", "report_fault"}


def test_a_location_by_value_and_by_reference_gives_both() -> None:
    report = read("held_both.xml")
    assert report.format == "held"
    assert report.shape == ArcBand(LonLat(25.95, 44.55), 1100.0, 2200.0, 60.0, 120.0)
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
    assert report.extras["location_uri"] == "https://lis.operator.example/0a1b2c3d4e5f"
    assert report.extras["location_uri_2"] == "sip:0a1b2c3d4e5f@lis.operator.example"


def test_a_reference_alone_is_a_report_without_a_place() -> None:
    report = read("held_reference.xml")
    assert report.shape is None
    assert codes(report) == {"location_by_reference"}
    assert report.extras["location_uri_expires"] == "2026-02-14T20:00:00.0Z"


def test_a_reference_that_has_run_out_is_said() -> None:
    report = read("held_reference.xml", received_at=datetime(2026, 2, 14, 20, 1, tzinfo=UTC))
    assert "location_uri_expired" in codes(report)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("locationUnknown", "ask_caller"),
        ("notLocatable", "ask_caller"),
        ("timeout", "retry_later"),
        ("generalLisError", "retry_later"),
        ("cannotProvideLiType", "report_fault"),
        ("unsupportedMessage", "report_fault"),
        ("somethingNew", "ask_caller"),
    ],
)
def test_an_error_says_what_to_do(code: str, advice: str) -> None:
    raw = f'<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="{code}"/>'.encode()
    report = read_report(raw)
    assert (report.format, report.shape, report.result_code) == ("held", None, code)
    assert codes(report) == {"network_result", advice}


def test_an_empty_answer_holds_no_location() -> None:
    raw = b'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held"/>'
    assert codes(read_report(raw)) == {"no_location"}
