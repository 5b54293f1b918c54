"""PIDF-LO, HELD, SIP and LoST: damaged and hostile messages end in a result or a refusal."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dispatch.location.reader import read_report
from dispatch.lost_protocol.model import LostError
from dispatch.lost_protocol.requests import read_query
from dispatch.model import LocationReport
from geodata.errors import RefusedError
from tests.conftest_d.folders import CASES, ROOT

FILES = sorted((CASES / "internet_messages").iterdir())
PIDF = next(file for file in FILES if file.name == "pidf_circle.xml").read_bytes()
SIP = next(file for file in FILES if file.name == "sip_invite.txt").read_bytes()
TEXTS = [found.span(1) for found in re.finditer(rb">([^<>]+)<", PIDF)]
QUERY = (
    b'<findService xmlns="urn:ietf:params:xml:ns:lost1" xmlns:g="http://www.opengis.net/gml">'
    b'<location id="a" profile="geodetic-2d"><g:Point srsName="urn:ogc:def:crs:EPSG::4326">'
    b"<g:pos>46.64 27.728</g:pos></g:Point></location>"
    b"<service>urn:service:counseling.children</service></findService>"
)


def result_or_refusal(raw: bytes, name: str = "auto") -> LocationReport | RefusedError:
    outcome: LocationReport | RefusedError
    try:
        outcome = read_report(raw, format=name)
    except RefusedError as refused:
        outcome = refused
    assert isinstance(outcome, LocationReport) or (outcome.code and outcome.message)
    return outcome


def damaged(data: st.DataObject, raw: bytes) -> bytes:
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 80)))
    return raw[:start] + data.draw(st.binary(max_size=20)) + raw[end:]


@given(data=st.data(), file=st.sampled_from(FILES))
@settings(max_examples=300, deadline=None)
def test_any_damage_gives_a_result_or_a_refusal(data: st.DataObject, file: Path) -> None:
    result_or_refusal(damaged(data, file.read_bytes()))


@given(raw=st.binary(max_size=300), name=st.sampled_from(["pidf-lo", "held", "sip"]))
@settings(deadline=None)
def test_any_bytes_give_a_result_or_a_refusal(raw: bytes, name: str) -> None:
    result_or_refusal(raw, name)


@given(text=st.text(max_size=30), span=st.sampled_from(TEXTS))
@settings(max_examples=300, deadline=None)
def test_any_text_in_an_element_gives_a_result_or_a_refusal(
    text: str, span: tuple[int, int]
) -> None:
    result_or_refusal(PIDF[: span[0]] + text.encode("utf-8", "surrogatepass") + PIDF[span[1] :])


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_any_damaged_query_is_read_or_a_bad_request(data: st.DataObject) -> None:
    code = ""
    try:
        read_query(damaged(data, QUERY))
    except LostError as error:
        code = error.code
    assert code in {"", "badRequest"}


HOSTILE = {
    "attributes of blanks": b"<presence" + b' xmlns="' + b" " * 900_000,
    "many namespaces": b"<presence" + b' xmlns:a=" x' * 80_000,
    "many prefixes": b"<presence>" + b"<a:b/>" * 150_000 + b"</presence>",
    "open comments": b"<!--" * 200_000,
    "many header lines": b"Geolocation: <a>\n" + b" \n" * 450_000,
    "many locations": b"Geolocation: " + b"<cid:a>," * 120_000,
    "many parts": SIP.replace(b"v=0", b"--b-1\n" * 150_000),
    "long numbers": PIDF.replace(b"850.24", b"8" * 900_000),
    "many places": PIDF.replace(b"46.7712", b"46.7 " * 190_000),
    "deep elements": b"<presence>" * 90_000,
    "deep boundaries": b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 15_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_messages_cost_little(case: str) -> None:
    start = time.thread_time()
    outcome = result_or_refusal(HOSTILE[case])
    assert time.thread_time() - start < 5.0
    if isinstance(outcome, LocationReport):
        assert outcome.shape is None


def test_a_laugh_inside_a_part_is_refused_as_outside() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]><presence>&b;&b;</presence>'
    outcome = result_or_refusal(SIP[: SIP.index(b"<?xml")] + bomb + b"\n--b-1--\n")
    assert isinstance(outcome, RefusedError)
    assert outcome.code == "xml_entities"


def test_no_file_of_this_machine_is_read() -> None:
    raw = PIDF.replace(b"<presence", b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><presence', 1)
    outcome = result_or_refusal(raw)
    assert isinstance(outcome, LocationReport)
    assert "root:" not in str(outcome)
    assert etree.fromstring(PIDF) is not None


def test_the_documented_examples_are_read() -> None:
    page = ROOT / "docs" / "location-formats-pidf.md"
    message, query = re.findall(r"```xml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    report = read_report(message.encode())
    assert (report.format, report.confidence, report.pdf) == ("pidf-lo", 0.67, "normal")
    assert not report.warnings
    assert read_query(query.encode()).service == "urn:service:counseling.children"
