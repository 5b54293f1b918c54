"""AML: text SMS of both versions, packed SMS, signed forms."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location.aml.form import sign
from dispatch.location.aml.packed import pack, unpack
from dispatch.location.aml.reader import AmlParser, dedupe_key
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point
from geodata.errors import RefusedError

FIRST = (
    'A"ML=1;lt=+44.43527;lg=+026.10250;rd=50;top=20260214193005;lc=90;pm=W;'
    "si=226051234567890;ei=123456789012345;mcc=226;mnc=05;ml=129"
)
SECOND = (
    'A"ML=2;en=+112;et=1771097405;lo=44.43527,26.1025,35.5;lt=-20;lc=68;lz=80.5,9;ls=G;nc=22610'
)
FORM = (
    b"v=1&device_number=%2B40721234567&location_latitude=44.43527&location_longitude=26.1025"
    b"&location_time=1771097405000&location_accuracy=10.4&location_source=gps"
    b"&location_confidence=0.83"
)
KEY = b"AML"


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


def code_of(message: str | bytes, **options: bytes) -> str:
    raw = message.encode() if isinstance(message, str) else message
    with pytest.raises(RefusedError) as caught:
        read_report(raw, **options)  # type: ignore[arg-type]
    return caught.value.code


# ── version 1 ─────────────────────────────────────────────────────────────────
def test_the_first_version_is_read() -> None:
    report = read_report(FIRST.encode())
    assert report.shape == Circle((26.1025, 44.43527), 50.0)  # type: ignore[arg-type]
    assert (report.format, report.confidence, report.source) == ("aml", 0.9, "WIFI")
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
    assert report.extras == {"version": "1", "network": "226-05"}
    assert not report.warnings


def test_no_subscriber_or_device_number_is_kept() -> None:
    assert "226051234567890" not in repr(read_report(FIRST.encode()))


def test_keys_come_in_any_order_and_unknown_ones_are_passed_over() -> None:
    report = read_report(b'A"ML=1;zz=1;rd=50;lc=90;lg=26.1;lt=44.4;ml=48')
    assert report.shape == Circle((26.1, 44.4), 50.0)  # type: ignore[arg-type]


def test_a_wrong_length_is_a_warning() -> None:
    report = read_report(FIRST.replace("ml=129", "ml=126").encode())
    assert report.shape is not None
    assert codes(report) == ["length_mismatch"]


@pytest.mark.parametrize("field", ["rd=50", "pm=W"])
def test_a_phone_without_a_place_says_so(field: str) -> None:
    message = FIRST.replace(field, field[:3] + "N")
    report = read_report(message.encode())
    assert report.shape is None
    assert "no_location" in codes(report)


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        ("lc=90", "lc=00", "confidence_unusable"),
        ("lc=90;", "xx=99;", "confidence_missing"),
        ("top=20260214193005", "top=20260214193099", "bad_time"),
        ("rd=50", "rd=00", "zero_radius"),
        ("+44.43527;lg=+026.10250", "+00.00000;lg=+000.00000", "fake_coordinate"),
        ("si=2", "lt=2", "repeated_field"),
        (";ml=129", ";pad=0", "length_missing"),
    ],
)
def test_a_quirk_is_read_with_a_warning(old: str, new: str, warning: str) -> None:
    assert warning in codes(read_report(FIRST.replace(old, new).encode()))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('A"ML=3;lt=44.4;lg=26.1;rd=50', "unsupported_version"),
        ('A"ML=1;lt=44.4;lg=26.1;rd=5', "truncated_message"),
        ('A"ML=1;lt=26.1;lg=44.4;rd=50;ml=32', "swapped_lon_lat"),
        ('A"ML=1;lt=44.4;rd=50;ml=23', "bad_coordinates"),
        ('A"ML=1;lt=x;lg=26.1;rd=50;ml=30', "not_a_number"),
        ('A"ML=1;lt=44.4;lg=26.1;rd=-5;ml=32', "bad_radius"),
        ('A"ML=1;' + "a=1;" * 600, "malformed_aml"),
    ],
)
def test_what_would_mislead_is_refused(message: str, code: str) -> None:
    assert code_of(message) == code


def test_local_time_written_as_utc_is_noticed() -> None:
    arrived = datetime(2026, 2, 14, 17, 30, 10, tzinfo=UTC)
    assert codes(read_report(FIRST.encode(), received_at=arrived)) == ["time_zone_suspect"]


# ── version 2 ─────────────────────────────────────────────────────────────────
def test_the_second_version_is_read() -> None:
    report = read_report(SECOND.encode())
    assert report.shape == Circle((26.1025, 44.43527), 35.5)  # type: ignore[arg-type]
    assert (report.confidence, report.source) == (0.68, "GNSS")
    assert report.measured_at == datetime(2026, 2, 14, 19, 29, 45, tzinfo=UTC)
    assert report.extras == {"version": "2", "network": "226-10", "altitude_m": "80.5"}


def test_an_accuracy_of_0_is_unknown() -> None:
    report = read_report(SECOND.replace("35.5", "0").encode())
    assert isinstance(report.shape, Point)
    assert codes(report) == ["zero_radius", "no_uncertainty"]


def test_an_age_at_its_limit_is_old() -> None:
    assert codes(read_report(SECOND.replace("lt=-20", "lt=-9999").encode())) == ["time_old"]


# ── packed ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("form", [bytes, lambda octets: octets.hex().encode(), base64.b64encode])
def test_a_packed_message_is_the_same_in_every_form(form) -> None:  # type: ignore[no-untyped-def]
    assert read_report(form(pack(FIRST))) == read_report(FIRST.encode())


@given(text=st.text("ABCabc019;=+-.,\"'@_$ ", max_size=160).map(lambda t: t.rstrip("@")))
def test_packing_and_unpacking_are_inverse(text: str) -> None:
    assert unpack(pack(text)) == text


# ── forms ─────────────────────────────────────────────────────────────────────
def test_a_form_is_read() -> None:
    report = read_report(FORM)
    assert report.shape == Circle((26.1025, 44.43527), 10.4)  # type: ignore[arg-type]
    assert (report.caller, report.confidence, report.source) == ("+40721234567", 0.83, "GPS")
    assert report.measured_at == datetime(2026, 2, 14, 19, 30, 5, tzinfo=UTC)
    assert codes(report) == ["unverified"]


def test_a_signed_form_is_verified() -> None:
    assert not read_report(sign(FORM, KEY), hmac_key=KEY).warnings
    assert not AmlParser(KEY).read(_envelope(sign(FORM, KEY))).warnings


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (sign(FORM, b"other"), "bad_signature"),
        (sign(FORM, KEY).replace(b"44.4", b"45.4"), "bad_signature"),
        (FORM, "missing_signature"),
    ],
)
def test_a_form_that_is_not_signed_by_our_key_is_refused(raw: bytes, code: str) -> None:
    assert code_of(raw, hmac_key=KEY) == code


@pytest.mark.parametrize(
    ("old", "new", "confidence", "warnings"),
    [
        (b"location_confidence=0.83", b"location_certainty=83", 0.83, []),
        (b"confidence=0.83", b"confidence=83", 0.83, ["confidence_as_percent"]),
        (b"confidence=0.83", b"confidence=0", None, ["confidence_unusable"]),
        (b"&location_confidence=0.83", b"", None, ["confidence_missing"]),
        (b"%2B40721234567", b"nobody", 0.83, ["bad_number"]),
        (b"1771097405000", b"yesterday", 0.83, ["bad_time"]),
    ],
)
def test_older_and_odd_forms_are_read(
    old: bytes, new: bytes, confidence: float | None, warnings: list[str]
) -> None:
    report = read_report(FORM.replace(old, new))
    assert report.confidence == confidence
    assert sorted(codes(report)) == sorted(["unverified", *warnings])


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (FORM + b"&location_latitude=45", "duplicate_field"),
        (b"location_latitude=44.4", "bad_coordinates"),
        (b"device_os=AOS" + b"&x=1" * 200, "malformed_aml"),
    ],
)
def test_a_bad_form_is_refused(raw: bytes, code: str) -> None:
    assert code_of(raw) == code


def test_two_deliveries_of_one_place_have_one_key() -> None:
    again = FORM.replace(b"26.1025", b"26.102500").replace(b"v=1&", b"")
    assert dedupe_key(read_report(FORM)) == dedupe_key(read_report(again))
    assert dedupe_key(read_report(FORM)) != dedupe_key(read_report(FIRST.encode()))


def _envelope(raw: bytes):  # type: ignore[no-untyped-def]
    from dispatch.location.base import Envelope

    return Envelope(raw)


# ── samples, and anything at all ──────────────────────────────────────────────
def test_the_public_samples_are_read(shared_data: Path) -> None:
    lines = (shared_data / "messages" / "aml" / "aml_samples.tsv").read_text().splitlines()[1:]
    reports = {line.split("\t")[0]: read_report(line.split("\t")[1].encode()) for line in lines}
    assert reports["sms_v1_null_location"].shape is None
    radii = {name: r.shape.radius_m for name, r in reports.items() if isinstance(r.shape, Circle)}
    assert radii == {"sms_v2": 2000.1, "datasms_hex_7bit": 20.0, "https_form": 10.4,
                     "sms_v1_classic": 50.0}  # fmt: skip
    assert not reports["sms_v1_classic"].warnings


FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["lt", "lg", "rd", "top", "lc", "pm", "ml", "lo", "et", "nc", "ls", "mcc"]),
        st.text(max_size=16) | st.floats().map(str) | st.integers().map(str),
    ),
    max_size=12,
)


@given(version=st.sampled_from("123"), fields=FIELDS)
@settings(max_examples=300, deadline=None)
def test_any_fields_give_a_result_or_a_refusal(version: str, fields: list[tuple[str, str]]) -> None:
    text = f'A"ML={version};' + ";".join(f"{name}={value}" for name, value in fields)
    _result_or_refusal(text.encode("utf-8", "surrogatepass"))


@given(data=st.data(), raw=st.sampled_from([FIRST.encode(), SECOND.encode(), FORM]))
@settings(max_examples=300, deadline=None)
def test_any_damage_gives_a_result_or_a_refusal(data: st.DataObject, raw: bytes) -> None:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 30)))
    _result_or_refusal(raw[:start] + data.draw(st.binary(max_size=12)) + raw[end:])


@given(octets=st.binary(max_size=200))
def test_any_packed_octets_give_a_result_or_a_refusal(octets: bytes) -> None:
    _result_or_refusal(bytes.fromhex("415193d9") + octets)


def _result_or_refusal(raw: bytes) -> None:
    try:
        outcome = read_report(raw, format="aml").format
    except RefusedError as refused:
        outcome = refused.code
    assert outcome
