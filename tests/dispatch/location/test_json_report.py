"""Our own JSON: every shape, every field, every refusal."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dispatch.answers.location import report_answer, shape_answer
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.errors import RefusedError
from geodata.points import LonLat

BUCHAREST = LonLat(26.1025, 44.4353)
CENTER = list(BUCHAREST)
CIRCLE = {"type": "Circle", "center": CENTER, "radius_m": 1500}
SQUARE = [[26.0, 44.4], [26.1, 44.4], [26.1, 44.5], [26.0, 44.5], [26.0, 44.4]]

ELLIPSE = {
    "type": "Ellipse",
    "center": CENTER,
    "semi_major_m": 900,
    "semi_minor_m": 300,
    "orientation_deg": 45,
}
ARC_BAND = {
    "type": "ArcBand",
    "center": CENTER,
    "inner_radius_m": 1100,
    "outer_radius_m": 1650,
    "start_angle_deg": 300,
    "opening_angle_deg": 120,
}
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}


def read(**members: Any) -> LocationReport:
    return read_report(json.dumps(members).encode())


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


def refusal(raw: bytes | dict[str, Any]) -> RefusedError:
    body = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    with pytest.raises(RefusedError) as caught:
        read_report(body, format="json")
    assert caught.value.message
    assert caught.value.hint
    return caught.value


# ── what is read ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"type": "Point", "coordinates": CENTER}, Point(BUCHAREST)),
        (CIRCLE, Circle(BUCHAREST, 1500.0)),
        ({"type": "Circle", "coordinates": CENTER, "radius_m": 7.5}, Circle(BUCHAREST, 7.5)),
        ({"type": "Circle", "center": [*CENTER, 85.0], "radius_m": 9}, Circle(BUCHAREST, 9.0)),
        (ELLIPSE, Ellipse(BUCHAREST, 900.0, 300.0, 45.0)),
        (ARC_BAND, ArcBand(BUCHAREST, 1100.0, 1650.0, 300.0, 120.0)),
        (POLYGON, Polygon(tuple(LonLat(*p) for p in SQUARE[:-1]))),
    ],
)
def test_every_shape_is_read(shape: dict[str, Any], expected: Shape) -> None:
    assert read(shape=shape, confidence=0.9).shape == expected


def test_every_field_is_read() -> None:
    report = read(
        shape=CIRCLE,
        confidence=0.67,
        pdf="normal",
        caller="0721 234 567",
        time="2026-02-14T21:30:05+02:00",
        source="STS",
    )
    assert (report.format, report.confidence, report.pdf) == ("json", 0.67, "normal")
    assert report.caller == "+40721234567"
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
    assert report.source == "STS"
    assert not report.warnings


def test_number_is_another_name_for_caller() -> None:
    assert read(shape=CIRCLE, number="+40721234567").caller == "+40721234567"


def test_a_number_alone_is_a_report_without_a_place() -> None:
    report = read(caller="+40235312345")
    assert report.shape is None
    assert codes(report) == ["no_location"]


@pytest.mark.parametrize("shape", [CIRCLE, ELLIPSE, ARC_BAND, POLYGON])
def test_what_is_written_is_read_again(shape: dict[str, Any]) -> None:
    first = read(shape=shape, confidence=0.9, caller="+40721234567", time="2026-02-14T19:30:05Z")
    again = read_report(json.dumps(report_answer(first)).encode())
    assert (again.shape, again.confidence, again.measured_at) == (
        first.shape,
        first.confidence,
        first.measured_at,
    )


def test_the_answer_location_is_read_as_a_report() -> None:
    place = {"shape": shape_answer(Circle(BUCHAREST, 1500.0)), "confidence": 0.95}
    assert read(location=place).shape == Circle(BUCHAREST, 1500.0)


# ── what is repaired ──────────────────────────────────────────────────────────
def test_a_missing_confidence_is_noted() -> None:
    report = read(shape=CIRCLE)
    assert report.confidence is None
    assert codes(report) == ["confidence_missing"]


def test_a_misspelt_field_is_noted() -> None:
    report = read(shape=CIRCLE, confidense=0.9)
    assert codes(report) == ["unknown_field", "confidence_missing"]
    assert "confidense" in report.warnings[0].message


def test_zero_zero_is_no_place() -> None:
    report = read(shape={"type": "Circle", "center": [0, 0], "radius_m": 10}, confidence=0.9)
    assert report.shape is None
    assert codes(report) == ["fake_coordinate"]


def test_a_point_is_noted_as_having_no_uncertainty() -> None:
    report = read(shape={"type": "Point", "coordinates": CENTER}, confidence=0.9)
    assert codes(report) == ["no_uncertainty"]


def test_an_open_ring_is_closed() -> None:
    report = read(shape={"type": "Polygon", "coordinates": [SQUARE[:-1]]}, confidence=0.9)
    assert isinstance(report.shape, Polygon)
    assert codes(report) == ["ring_closed"]


def test_exchanged_axes_of_an_ellipse_are_put_right() -> None:
    shape = {**ELLIPSE, "semi_major_m": 300, "semi_minor_m": 900}
    report = read(shape=shape, confidence=0.9)
    assert report.shape == Ellipse(BUCHAREST, 900.0, 300.0, 135.0)
    assert codes(report) == ["axes_exchanged"]


def test_a_full_disc_given_as_an_arc_band_is_a_circle() -> None:
    shape = {**ARC_BAND, "inner_radius_m": 0, "opening_angle_deg": 360}
    assert read(shape=shape, confidence=0.9).shape == Circle(BUCHAREST, 1650.0)


def test_a_sliver_that_crosses_itself_is_cut_off() -> None:
    ring = [*SQUARE[:3], [26.05, 44.5], [26.05, 44.50001], [26.0500001, 44.49999], *SQUARE[3:]]
    report = read(shape={"type": "Polygon", "coordinates": [ring]}, confidence=0.9)
    assert codes(report) == ["polygon_mended"]


@pytest.mark.parametrize("hours", [2, 3])
def test_local_time_written_as_utc_is_noticed(hours: int) -> None:
    arrived = datetime(2026, 2, 14, 19, 30, tzinfo=UTC)
    body = {"shape": CIRCLE, "confidence": 0.9, "time": f"2026-02-14T{19 + hours}:29:00Z"}
    report = read_report(json.dumps(body).encode(), received_at=arrived)
    assert codes(report) == ["time_zone_suspect"]


@pytest.mark.parametrize(
    ("time", "code"),
    [("2026-02-14T19:50:00Z", "time_in_future"), ("2026-02-14T18:00:00Z", "time_old")],
)
def test_a_time_that_cannot_be_is_noticed(time: str, code: str) -> None:
    body = {"shape": CIRCLE, "confidence": 0.9, "time": time}
    arrived = datetime(2026, 2, 14, 19, 30, tzinfo=UTC)
    assert codes(read_report(json.dumps(body).encode(), received_at=arrived)) == [code]


def test_text_that_no_database_holds_is_cleaned() -> None:
    report = read(shape=CIRCLE, confidence=0.9, source="S\u0000T\ud800S\n" + "x" * 5000)
    assert report.source is not None
    assert report.source.startswith("STS x")
    assert len(report.source) == 200


# ── what is refused ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ({**CIRCLE, "center": [44.4353, 26.1025]}, "swapped_lon_lat"),
        ({**CIRCLE, "center": [999, 44.4]}, "out_of_range"),
        ({**CIRCLE, "center": ["x", 44.4]}, "not_a_number"),
        ({**CIRCLE, "center": [26.1]}, "bad_coordinates"),
        ({**CIRCLE, "center": None}, "bad_coordinates"),
        ({**CIRCLE, "radius_m": -5}, "bad_radius"),
        ({**CIRCLE, "radius_m": 0}, "bad_radius"),
        ({**CIRCLE, "radius_m": 200_001}, "bad_radius"),
        ({**CIRCLE, "radius_m": True}, "bad_radius"),
        ({"type": "Circle", "center": CENTER}, "bad_radius"),
        ({**ARC_BAND, "inner_radius_m": 1650}, "bad_radius"),
        ({**ARC_BAND, "opening_angle_deg": 0}, "bad_angle"),
        ({**ARC_BAND, "opening_angle_deg": 361}, "bad_angle"),
        ({**ELLIPSE, "orientation_deg": None}, "bad_angle"),
        ({"type": "Blob"}, "unknown_shape"),
        ({"type": ["Circle"]}, "unknown_shape"),
        ("Circle", "bad_shape"),
        ({"type": "Polygon", "coordinates": CENTER}, "bad_coordinates"),
        ({"type": "Polygon", "coordinates": []}, "bad_polygon"),
        ({"type": "Polygon", "coordinates": [SQUARE[:2]]}, "bad_polygon"),
        ({"type": "Polygon", "coordinates": [[[26, 44], [26.1, 44], [26.2, 44]]]}, "bad_polygon"),
        ({"type": "Polygon", "coordinates": [[[10, 40], [40, 40], [40, 50]]]}, "area_too_large"),
        (
            {"type": "Polygon", "coordinates": [[[179.9, 44], [-179.9, 44], [-179.9, 45]]]},
            "area_too_large",
        ),
    ],
)
def test_a_bad_shape_is_refused_by_its_own_code(shape: Any, code: str) -> None:
    assert refusal({"shape": shape, "confidence": 0.95}).code == code


def test_a_bow_tie_is_refused() -> None:
    ring = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    assert refusal({"shape": shape, "confidence": 0.95}).code == "self_intersecting"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"confidence": 95}, "bad_confidence"),
        ({"confidence": 0}, "bad_confidence"),
        ({"confidence": -1}, "bad_confidence"),
        ({"confidence": "0.95"}, "bad_confidence"),
        ({"confidence": True}, "bad_confidence"),
        ({"pdf": "gaussian"}, "bad_pdf"),
    ],
)
def test_a_bad_field_is_refused_by_its_own_code(members: dict[str, Any], code: str) -> None:
    assert refusal({"shape": CIRCLE, "confidence": 0.95, **members}).code == code


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"caller": "12"}, "bad_number"),
        ({"caller": 40721234567}, "bad_number"),
        ({"caller": "anonymous"}, "bad_number"),
        ({"caller": "withheld"}, "bad_number"),
        ({"caller": "+"}, "bad_number"),
        ({"caller": ["+40721234567"]}, "bad_number"),
        ({"caller": {"number": "+40721234567"}}, "bad_number"),
        ({"caller": True}, "bad_number"),
        ({"caller": "sip:anonymous@anonymous.invalid"}, "bad_number"),
        ({"number": "număr ascuns"}, "bad_number"),
        ({"number": "0" * 60}, "bad_number"),
        ({"time": "2026-02-14T21:30:05"}, "bad_time"),
        ({"time": "yesterday"}, "bad_time"),
        ({"time": 1770000000}, "bad_time"),
        ({"time": "2026-02-30T21:30:05Z"}, "bad_time"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "bad_time"),
    ],
)
def test_a_bad_number_or_time_does_not_spoil_the_place(members: dict[str, Any], code: str) -> None:
    report = read(shape=CIRCLE, confidence=0.95, **members)
    assert report.shape == Circle(BUCHAREST, 1500.0)
    assert (report.caller, report.measured_at) == (None, None)
    assert codes(report) == [code]


def test_a_call_that_withholds_its_number_and_has_no_place_is_a_call() -> None:
    report = read(caller="anonymous")
    assert (report.shape, report.caller) == (None, None)
    assert codes(report) == ["bad_number", "no_location"]


def test_per_cent_gets_a_hint_with_the_share() -> None:
    assert "0.95" in refusal({"shape": CIRCLE, "confidence": 95}).hint


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_numbers_that_are_none_are_refused(word: bytes) -> None:
    body = b'{"shape":{"type":"Circle","center":[26.1,%s],"radius_m":5},"confidence":0.9}' % word
    assert refusal(body).code == "not_finite"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "malformed_json"),
        (b"[1, 2]", "malformed_json"),
        (b'{"a": 1,}', "malformed_json"),
        (b'{"shape": "\xff\xfe"}', "bad_shape"),
        (b'{"a": ' + b"9" * 5000 + b"}", "malformed_json"),
        (b'{"a":' * 90_000, "too_deep"),
        (b"[" * 900_000, "too_deep"),
        (b'{"confidence": 0.9, "confidence": 0.1}', "duplicate_field"),
        (b"{}", "missing_shape"),
        (b'{"confidence": 0.9}', "missing_shape"),
    ],
)
def test_a_damaged_document_is_refused_by_its_own_code(raw: bytes, code: str) -> None:
    assert refusal(raw).code == code


def test_bad_json_says_in_which_line() -> None:
    assert "line 2" in refusal(b'{"confidence": 0.9,\n oops}').message
