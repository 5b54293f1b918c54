"""SIP: the Geolocation header, its bodies, and what is wrong with them."""

import base64
import re

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "internet_messages"
INVITE = (MESSAGES / "sip_invite.txt").read_bytes()
VASLUI = Circle(LonLat(27.728, 46.64), 500.0)
PIDF = INVITE[INVITE.index(b"<?xml") : INVITE.index(b"--b-1--")]
LIS = "https://lis.operator.example/0a1b2c3d4e5f"


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_call_with_a_location_in_its_body_is_read(line_end: bytes) -> None:
    report = read_report(INVITE.replace(b"\n", line_end))
    assert (report.format, report.shape) == ("sip", VASLUI)
    assert (report.caller, report.source) == ("+40721234567", "TA")
    assert codes(report) == {"confidence_missing"}


def test_the_reference_beside_the_value_is_kept() -> None:
    extras = read_report(INVITE).extras
    assert extras["location_uri"] == LIS
    assert extras["geolocation_routing"] == "yes"


def test_the_example_of_the_rfc_is_read_with_its_misplaced_blank_lines() -> None:
    report = read_report((MESSAGES / "sip_rfc6442.txt").read_bytes())
    assert report.shape == Point(LonLat(-97.16054, 32.86726))
    assert (report.source, report.caller) == ("802.11", None)
    assert report.extras["geolocation_routing"] == "no"


def test_header_lines_alone_give_a_reference() -> None:
    report = read_report(f"Geolocation: <{LIS}>\r\n".encode())
    assert (report.format, report.shape) == ("sip", None)
    assert report.extras == {"location_uri": LIS, "geolocation_routing": "no"}
    assert codes(report) == {"location_by_reference"}


def test_a_bare_multipart_body_is_read() -> None:
    body = INVITE[INVITE.index(b"--b-1") :]
    by_type = read_report(body, content_type='multipart/mixed; boundary="b-1"')
    assert by_type.shape == read_report(body).shape == VASLUI
    assert "body_not_named" in codes(by_type)


def test_a_single_body_needs_no_multipart() -> None:
    head = b"INVITE sip:119@x.example SIP/2.0\nf: <sip:+40721234567@x.example>\n"
    named = b"c: application/pidf+xml\nGeolocation: <cid:a>\nContent-ID: <a>\n\n"
    report = read_report(head + named + PIDF)
    assert (report.shape, report.caller) == (VASLUI, "+40721234567")


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_transfer_encodings_are_undone(encoding: str) -> None:
    coded = base64.encodebytes(PIDF) if encoding == "base64" else PIDF.replace(b"=", b"=3D")
    name = f"Content-Transfer-Encoding: {encoding}\nContent-ID: <phone+1"
    raw = INVITE.replace(PIDF, coded).replace(b"Content-ID: <phone+1", name.encode())
    assert read_report(raw).shape == VASLUI


def test_a_name_without_a_body_is_said_and_the_other_body_read() -> None:
    report = read_report(INVITE.replace(b"Content-ID: <phone+1", b"Content-ID: <phone+2"))
    assert report.shape == VASLUI
    assert {"cid_not_found", "body_not_named"} <= codes(report)


def test_of_two_bodies_the_one_named_first_counts() -> None:
    second = PIDF.replace(b"46.64 27.728", b"44.43 26.10")
    part = b"--b-1\nContent-Type: application/pidf+xml\nContent-ID: <two>\n\n" + second
    raw = INVITE.replace(b"--b-1--", part + b"--b-1--").replace(
        b"Geolocation: <cid:phone", b"Geolocation: <cid:two>, <cid:phone"
    )
    report = read_report(raw)
    assert report.shape == Circle(LonLat(26.10, 44.43), 500.0)
    assert "several_locations" in codes(report)


@pytest.mark.parametrize("target", ["tel:119", "urn:service:counseling.children", "sips:a@b"])
def test_a_call_may_go_to_a_number_or_a_service(target: str) -> None:
    raw = INVITE.replace(b"sip:119@helpline.example SIP/2.0", f"{target} SIP/2.0".encode())
    assert read_report(raw).shape == VASLUI


def test_a_body_that_cannot_be_read_does_not_spoil_another() -> None:
    part = b"--b-1\nContent-Type: application/pidf+xml\nContent-ID: <two>\n\n<presence\n"
    raw = INVITE.replace(b"--b-1--", part + b"--b-1--").replace(
        b"Geolocation: <cid:phone", b"Geolocation: <cid:two>, <cid:phone"
    )
    report = read_report(raw)
    assert report.shape == VASLUI
    assert "body_unreadable" in codes(report)


def test_a_call_without_a_location_is_still_a_report_with_its_number() -> None:
    raw = b"INVITE sip:119@x.example SIP/2.0\nP-Asserted-Identity: <tel:+40235312345>\n\n"
    report = read_report(raw)
    assert (report.shape, report.caller) == (None, "+40235312345")
    assert codes(report) == {"no_location"}


def test_a_geo_address_in_the_header_is_left_out() -> None:
    report = read_report(b"Geolocation: <geo:44.43,26.10;u=50>\n")
    assert "geo_uri_in_header" in codes(report)
    assert "location_uri" not in report.extras


def test_a_rejected_location_is_reported_as_a_fault() -> None:
    value = '300;code="Dereference Failure"'
    raw = f"SIP/2.0 424 Bad Location Information\r\nGeolocation-Error: {value}\r\n\r\n"
    report = read_report(raw.encode())
    assert report.result_code == "300"
    assert codes(report) == {"network_result", "report_fault"}


@pytest.mark.parametrize(
    "raw",
    [
        b"INVITE sip:a SIP/2.0\nContent-Type: multipart/mixed\n\nno boundary here",
        INVITE.replace(b"--b-1--", b"--b-1\n\nx\n" * 40),
        INVITE.replace(
            b"Content-ID: <ph", b"Content-Transfer-Encoding: base64\nContent-ID: <ph"
        ).replace(PIDF, b"A\n"),
    ],
    ids=["no boundary", "too many parts", "damaged base64"],
)
def test_a_damaged_message_without_a_number_is_refused(raw: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(re.sub(rb"(?m)^(?:From|P-Asserted-Identity):.*\r?\n", b"", raw))
    assert caught.value.code == "malformed_mime"


def test_a_body_with_entities_is_refused() -> None:
    raw = INVITE.replace(b"<presence", b'<!DOCTYPE a [<!ENTITY b "b">]><presence', 1)
    with pytest.raises(RefusedError) as caught:
        read_report(raw)
    assert caught.value.code == "xml_entities"


GARBLED = [
    INVITE.replace(PIDF, body)
    for body in (
        PIDF[:200],
        PIDF[: len(PIDF) // 2],
        PIDF[:-12],
        PIDF.replace(b"<presence", b"<presense", 1),
        PIDF.replace(b"4326", b"31700"),
        PIDF.replace(b"46", b"146"),
        PIDF.replace(b"46", b"forty-six"),
        PIDF.replace(b"radius", b"rad1us"),
        PIDF.replace(b"9001", b"9009"),
        b"<presence",
        b"<<<>>>",
        b"\xff\xfe\x00",
        b"{}",
        b"no xml at all",
        PIDF.replace(b">", b"", 3),
    )
] + [
    INVITE.replace(b"--b-1--", b"--b-1\n\nx\n" * 40),
    INVITE.replace(
        b"Content-ID: <ph", b"Content-Transfer-Encoding: base64\nContent-ID: <ph"
    ).replace(PIDF, b"A\n"),
]


@pytest.mark.parametrize("raw", GARBLED)
def test_a_call_with_a_garbled_body_keeps_its_number_and_is_to_be_asked(raw: bytes) -> None:
    report = read_report(raw, format="sip")
    assert report.caller == read_report(INVITE).caller is not None
    assert report.shape is None
    assert {"body_unreadable", "ask_caller"} <= codes(report)


@pytest.mark.parametrize(
    "name",
    [
        '"A <c>"', '"A, B"', '"<sip:+40721999999@x>"', '"a\\"b <x>"', '"tel:+40721999998"', '""',
        '"Ștefan <3"', '"Doe, J. <old> (new)"', "Ana", "Ana Maria", '"\\\\"', '"a" "b <c>"',
        '"sip:+40721999999@x, <tel:+40721999999>"', "", '"@"', '";tag=1"', '"+40 721 999 999"',
        '"<>"', '"> <"', '"Op. 119, <tel:119>"',
    ],
)  # fmt: skip
def test_a_name_in_quotes_is_no_address(name: str) -> None:
    raw = (
        "INVITE sip:119@x SIP/2.0\r\nFrom: <sip:+40721000001@phone>;tag=1\r\n"
        f"P-Asserted-Identity: {name} <sip:+40721000005@op>\r\n\r\n"
    )
    assert read_report(raw.encode()).caller == "+40721000005"


@pytest.mark.parametrize(
    "value",
    [
        '"A, B" <sip:a@b>, <tel:+40721000005>', "<sip:a@b>, <tel:+40721000005>",
        "<SIP:%2B40721000005@op>", "sip:+40721000005@op;user=phone", "<TEL:+40-721-000-005>",
        "tel:+40721000005, sip:a@b", "<sip:0721000005;phone-context=+40@op>",
    ],
)  # fmt: skip
def test_the_number_among_several_asserted_names_is_found(value: str) -> None:
    raw = f"INVITE sip:119@x SIP/2.0\r\nP-Asserted-Identity: {value}\r\n\r\n"
    assert read_report(raw.encode()).caller == "+40721000005"
