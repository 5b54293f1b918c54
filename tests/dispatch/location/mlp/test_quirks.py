"""What live networks send against their own standard: repaired with a warning, or refused."""

from datetime import UTC, datetime

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Ellipse, Point
from geodata.errors import RefusedError
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "operator_messages"
TEMPLATE = (MESSAGES / "emerep_circle_bare.xml").read_text(encoding="utf-8")
BUCHAREST = (26.1025, 44.435278)


def read(name: str) -> LocationReport:
    return read_report((MESSAGES / f"quirk_{name}.xml").read_bytes())


def read_with(old: str, new: str) -> LocationReport:
    assert old in TEMPLATE
    return read_report(TEMPLATE.replace(old, new).encode())


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        ("decimal_degrees", []),
        ("unquoted_version", ["unquoted_attribute"]),
        ("servingcell", []),
        ("epsg_4325", ["epsg_4325"]),
        ("utc_off_unsigned", ["utc_off_unsigned"]),
        ("trailing_blank", []),
        ("unpadded_seconds", []),
        ("seconds_over_60", ["seconds_over_60"]),
        ("smart_quotes", ["smart_quotes"]),
        ("axes_exchanged_by_letter", ["axes_by_letter"]),
        ("no_confidence", ["confidence_missing"]),
        ("bad_time", ["bad_time"]),
        ("encrypted_number", ["number_encrypted"]),
    ],
)
def test_the_circle_survives_the_quirk(name: str, warnings: list[str]) -> None:
    report = read(name)
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx(BUCHAREST, abs=1e-6)
    assert report.shape.radius_m == 1500.0
    assert codes(report) == warnings


def test_the_other_spelling_of_the_serving_cell_is_read() -> None:
    assert read("servingcell").extras["cell"] == "226-05-703-26034"


def test_an_unsigned_offset_lies_east_of_greenwich() -> None:
    assert read("utc_off_unsigned").measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)


def test_an_unreadable_time_is_left_out() -> None:
    assert read("bad_time").measured_at is None


def test_an_encrypted_number_is_left_out() -> None:
    assert read("encrypted_number").caller is None


def test_southern_decimals_are_read() -> None:
    shape = read("southern_decimal").shape
    assert isinstance(shape, Circle)
    assert shape.center == (26.1025, -45.002102)


def test_an_ellipse_angle_of_240_is_one_of_60() -> None:
    report = read("angle_240")
    assert isinstance(report.shape, Ellipse)
    assert report.shape.orientation_deg == 60.0
    assert codes(report) == ["angle_reduced"]


@pytest.mark.parametrize(("name", "radius"), [("decimal_radius", 1500.75), ("feet", 1524.0)])
def test_the_radius_is_read_with_decimals_and_units(name: str, radius: float) -> None:
    shape = read(name).shape
    assert isinstance(shape, Circle)
    assert shape.radius_m == pytest.approx(radius)


def test_zero_zero_is_no_place() -> None:
    report = read("fake_coordinate")
    assert report.shape is None
    assert "fake_coordinate" in codes(report)


def test_a_radius_of_zero_is_a_place_of_unknown_uncertainty() -> None:
    report = read("zero_radius")
    assert isinstance(report.shape, Point)
    assert codes(report) == ["zero_radius", "no_uncertainty"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("truncated", "truncated_message"),
        ("arc_without_outer_radius", "missing_element"),
        ("swapped_decimals", "swapped_lon_lat"),
        ("utm_coordinates", "unsupported_crs"),
    ],
)
def test_what_cannot_be_repaired_is_refused(name: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read(name)
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize("end", range(120, len(TEMPLATE) - 8, 40))
def test_a_message_cut_anywhere_is_refused(end: int) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(TEMPLATE[:end].encode())
    assert caught.value.code == "truncated_message"


@pytest.mark.parametrize(
    "latitude",
    ["44 26 07.000N", "44 26 07N", "44°26'07\"N", "44:26:07N", "+44 26 07", "442607.000N",
     "44 26.1166667N", "44,4352778", "44 26 07,000 n"],
)  # fmt: skip
def test_a_latitude_is_read_in_every_notation(latitude: str) -> None:
    report = read_with("44 26 07.000N", latitude)
    assert isinstance(report.shape, Circle)
    assert report.shape.center.lat == pytest.approx(44.435278, abs=1e-6)


def test_south_and_west_are_negative() -> None:
    report = read_report(
        TEMPLATE.replace("44 26 07.000N", "44 26 07.000S").replace("09.000E", "09.000W").encode()
    )
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((-26.1025, -44.435278), abs=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("44 26 07.000N", "44 66 07.000N", "bad_coordinates"),
        ("44 26 07.000N", "north", "bad_coordinates"),
        ("44 26 07.000N", "", "bad_coordinates"),
        ("44 26 07.000N", "95 00 00.000N", "out_of_range"),
        ("26 06 09.000E", "26 06 09.000N", "bad_coordinates"),
        ("<radius>1500", "<radius>-1500", "bad_radius"),
        ("<radius>1500", "<radius>far", "bad_radius"),
        ("<radius>1500", "<radius>nan", "not_finite"),
        ("<radius>1500", "<radius>900000", "bad_radius"),
        ("</radius>", "</radius><distanceUnit>furlong</distanceUnit>", "unsupported_unit"),
        ("CircularArea", "Blob", "unknown_shape"),
    ],
)
def test_a_bad_value_is_refused_by_its_own_code(old: str, new: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_with(old, new)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("value", "confidence", "warnings"),
    [
        ("80", 0.8, []),
        ("67.5", 0.675, []),
        ("0.67", 0.67, ["confidence_as_share"]),
        ("0", None, ["confidence_unusable"]),
        ("127", None, ["confidence_unusable"]),
        ("high", None, ["confidence_unusable"]),
    ],
)
def test_the_confidence_is_read_or_left_out(
    value: str, confidence: float | None, warnings: list[str]
) -> None:
    report = read_with("<lev_conf>95<", f"<lev_conf>{value}<")
    assert report.confidence == confidence
    assert codes(report) == warnings


@pytest.mark.parametrize("msid", ["<msid>abc</msid>", "<msid>12</msid>"])
def test_an_unreadable_number_does_not_lose_the_place(msid: str) -> None:
    report = read_with("<msid>40721234567</msid>", msid)
    assert report.shape is not None
    assert (report.caller, codes(report)) == (None, ["bad_number"])


def test_a_device_number_is_not_a_telephone_number() -> None:
    report = read_with("<msid>", '<msid type="IMSI">')
    assert (report.caller, codes(report)) == (None, [])


@pytest.mark.parametrize("hours", [2, 3])
def test_a_clock_off_by_the_time_zone_is_noticed(hours: int) -> None:
    arrived = datetime(2026, 2, 14, 19 + hours, 30, 20, tzinfo=UTC)
    report = read_report(TEMPLATE.encode(), received_at=arrived)
    assert codes(report) == ["time_zone_suspect"]


@pytest.mark.parametrize("offset", ["+0200", "0200", "+02:00"])
def test_offsets_are_subtracted(offset: str) -> None:
    report = read_with('utc_off="+0200"', f'utc_off="{offset}"')
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
