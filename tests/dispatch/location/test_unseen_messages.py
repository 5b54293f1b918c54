"""Messages as gateways mangle them: the same report, with a warning where something was guessed."""

import re

import pytest

from dispatch.location.aml.packed import pack
from dispatch.location.gad.reader import write_gad
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES

MLP = (CASES / "operator_messages" / "emerep_circle.xml").read_bytes()
CIVIC = (CASES / "operator_messages" / "emerep_civic_only.xml").read_text(encoding="utf-8")
AML = (
    'A"ML=1;lt=+44.43000;lg=+26.10000;rd=50;top=20260717141935;lc=90;pm=W;'
    "si=226101234567890;ei=1234567890123456;mcc=226;mnc=10;ml=129"
)
HERE = Circle(LonLat(26.1, 44.43), 50.0)


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


def refusal(raw: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        read_report(raw)
    return refused.value.code


def with_prefix(raw: bytes) -> bytes:
    named = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1m:\2", raw)
    return named.replace(b"<m:svc_result", b'<m:svc_result xmlns:m="urn:x"', 1)


# ── MLP ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + MLP,
        b"\r\n\r\n" + MLP,
        MLP.replace(b"\n", b"\r\n"),
        MLP.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        MLP.decode().replace("UTF-8", "windows-1250").encode("windows-1250"),
        with_prefix(MLP),
        MLP.replace(b"<radius>", b"<!-- r --><?pi x?><radius><!-- a -->"),
        MLP.replace(b"<radius>1500</radius>", b"<radius><![CDATA[1500]]></radius>"),
    ],
    ids=["bom", "blanks", "crlf", "utf-16", "windows-1250", "prefix", "comments", "cdata"],
)
def test_the_same_message_in_another_dress_is_the_same_report(raw: bytes) -> None:
    assert read_report(raw) == read_report(MLP)


@pytest.mark.parametrize("change", [bytes.upper, bytes.lower])
def test_names_in_another_case_are_read_with_a_warning(change) -> None:  # type: ignore[no-untyped-def]
    raw = re.sub(rb"</?[A-Za-z_]+", lambda found: change(found[0]), MLP)
    report = read_report(raw.replace(b"utc_off", b"UTC_OFF").replace(b"pos_method", b"POS_METHOD"))
    plain = read_report(MLP)
    assert (report.shape, report.measured_at, report.source, report.caller) == (
        plain.shape, plain.measured_at, plain.source, plain.caller
    )  # fmt: skip
    assert codes(report) == ["name_case"]


def test_romanian_text_that_is_not_utf_8_keeps_its_letters() -> None:
    report = read_report(CIVIC.replace("ș", "ş").encode("windows-1250"))
    assert report.extras["civic_A3"] == "Negreşti"
    assert report.extras["civic_RD"] == "Strada Mihail Kogălniceanu"
    assert "not_utf8" in codes(report)


@pytest.mark.parametrize(
    "number",
    ["+40721234567", "0040721234567", "40721234567", "0721234567", "tel:+40721234567",
     "+40 721 234 567", "721234567", "+40 (0)721.234.567"],
)  # fmt: skip
def test_a_number_in_any_spelling_is_one_number(number: str) -> None:
    raw = re.sub(rb"<msid>[^<]*", b"<msid>" + number.encode(), MLP)
    assert read_report(raw).caller == "+40721234567"
    assert read_report(f'{{"caller": "{number}"}}'.encode()).caller == "+40721234567"


@pytest.mark.parametrize("utc_off", ["+0200", "+0300"])
def test_summer_and_winter_time_are_both_taken_off(utc_off: str) -> None:
    hour = 19 if utc_off == "+0200" else 18
    report = read_report(MLP.replace(b"+0200", utc_off.encode()))
    assert report.measured_at is not None
    assert report.measured_at.hour == hour


# ── axes ──────────────────────────────────────────────────────────────────────
def exchanged_gad() -> bytes:
    return write_gad(Circle(LonLat(44.43, 26.1), 500.0)).hex().encode()


@pytest.mark.parametrize(
    "raw",
    [
        re.sub(rb"<X>.*?</Y>", b"<X>26.1</X><Y>44.43</Y>", MLP),
        b'{"shape": {"type": "Circle", "center": [44.43, 26.1], "radius_m": 500}}',
        b'{"shape": {"type": "Box", "bbox": [44.4, 26.0, 44.5, 26.1]}}',
        AML.replace("44.43", "99.99").replace("26.10", "44.43").replace("99.99", "26.10").encode(),
        b"geo:26.1,44.43;u=35",
        exchanged_gad(),
    ],
    ids=["mlp", "json", "box", "aml", "geo", "gad"],
)
def test_a_place_in_romania_only_the_other_way_round_is_refused(raw: bytes) -> None:
    assert refusal(raw) == "swapped_lon_lat"


def test_exchanged_axes_with_letters_are_said() -> None:
    raw = re.sub(rb"<X>.*?</Y>", b"<X>26 06 09N</X><Y>44 25 36E</Y>", MLP)
    assert codes(read_report(raw)) == ["swapped_suspect"]


# ── AML ───────────────────────────────────────────────────────────────────────
def spelt(separator: str) -> bytes:
    return pack(AML).hex(separator).encode()


@pytest.mark.parametrize(
    "raw",
    [
        AML.encode(),
        b"\xef\xbb\xbf" + AML.encode() + b"\r\n",
        AML.replace("rd=50", "rd=5\r\n0").encode(),
        AML.encode("utf-16"),
        AML.encode("utf-16-be"),
        AML.encode().hex().encode(),
        spelt(" "),
        spelt(":").upper(),
        b"\r\n".join(pack(AML).hex().encode()[i : i + 32] for i in range(0, 240, 32)),
    ],
    ids=["text", "bom", "broken line", "utf-16", "ucs-2", "hex text", "blanks", "colons", "lines"],
)
def test_an_aml_message_in_any_wrapping_is_the_same_report(raw: bytes) -> None:
    report = read_report(raw)
    assert (report.shape, report.confidence, report.source) == (HERE, 0.9, "WIFI")


def test_unknown_keys_and_other_capitals_are_passed_over() -> None:
    report = read_report(AML.lower().replace(";ml=129", ";zz=1;foo=bar;ml=142").encode())
    assert (report.shape, codes(report)) == (HERE, [])


def test_decimal_commas_are_read_with_a_warning() -> None:
    report = read_report(AML.replace("+44.43000;lg=+26.10000", "+44,43000;lg=+26,10000").encode())
    assert (report.shape, codes(report)) == (HERE, ["decimal_comma"])


def test_of_two_messages_in_one_the_newest_with_a_place_counts() -> None:
    older = AML.replace("141935", "141925").replace("rd=50", "rd=90")
    nothing = AML.replace("141935", "141945").replace("rd=50", "rd=N").replace("pm=W", "pm=N")
    for text in (older + AML + nothing, f"{AML}\r\n{nothing}\r\n{older}"):
        report = read_report(text.encode())
        assert report.shape == HERE
        assert "several_positions" in codes(report)


def parts(reference: str, sizes: tuple[int, int]) -> list[bytes]:
    """Cut a long message into parts as TS 23.040 does: header, filling, septets."""
    header_bits = 8 * len(bytes.fromhex(reference)) + 16
    filling = -header_bits % 7
    texts = AML[: sizes[0]], AML[sizes[0] :]
    found = []
    for number, text in enumerate(texts, 1):
        bits = int.from_bytes(pack(text), "little") << filling
        body = bits.to_bytes((7 * len(text) + filling + 7) // 8, "little")
        found.append(f"{reference}02{number:02x}{body.hex()}".encode())
    return found


@pytest.mark.parametrize("digits", [16, 17, 21, 39, 41])
def test_hexadecimal_text_of_any_length_is_read_or_refused(digits: int) -> None:
    assert refusal(b"2" * digits) in {"unknown_format", "bad_length", "bad_polygon"}


@pytest.mark.parametrize("reference", ["050003aa", "0608041234"])
def test_the_parts_of_a_long_message_are_joined_in_their_order(reference: str) -> None:
    first, second = parts(reference, (61, 68))
    for raw in (first + b"\n" + second, second + b"\r\n" + first):
        report = read_report(raw)
        assert (report.shape, report.extras["network"]) == (HERE, "226-10")
    assert refusal(first) == refusal(second) == "truncated_message"


# ── the others ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfGEO:44.43,26.1;U=50\r\n",
        b'{"shape": {"type": "circle", "center": {"lat": 44.43, "lng": 26.1}, "radius": 50}}',
    ],
)
def test_capitals_and_marks_do_not_matter_elsewhere(raw: bytes) -> None:
    assert read_report(raw).shape == HERE


@pytest.mark.parametrize(
    "raw", [b"\xef\xbb\xbfCGI: 226-10-703-26034 ; TA=3\r\n", b"226 10 703 26034"]
)
def test_cells_are_read_with_blanks_and_marks(raw: bytes) -> None:
    assert read_report(raw).extras["cell"] == "226-10-703-26034"


def test_json_that_is_not_utf_8_is_read_with_a_warning() -> None:
    report = read_report('{"caller": "0721234567", "source": "ţară"}'.encode("windows-1250"))
    assert report.source == "ţară"
    assert "not_utf8" in codes(report)
