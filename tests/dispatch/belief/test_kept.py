"""A call is a call: what cannot be read leaves its number, a warning, and a question."""

import pytest

from dispatch.belief.hearing import Hearing, Message, Reading
from dispatch.belief.kept import number_in, read_or_keep
from dispatch.ground import load_ground
from geodata.errors import RefusedError
from tests.conftest_d.recommending import NOW

NUMBER = "+40721234567"
CIRCLE = '{"type": "Circle", "center": [26.1, 44.4], "radius_m": %s}'
MLP = "<emerep><eme_event><eme_pos><msid>40721234567</msid><pd><shape>%s</shape></pd></eme_pos>"
PIDF = '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="tel:+40721234567">%s'
SIP = "INVITE sip:119@x SIP/2.0\r\nFrom: <sip:+40721234567@op>;tag=1\r\n"

UNREADABLE = [
    f'{{"caller": "{NUMBER}", "shape": {CIRCLE % -5}}}',
    f'{{"caller": "{NUMBER}", "shape": {CIRCLE % "NaN"}}}',
    f'{{"caller": "{NUMBER}", "shape": {CIRCLE % 5}, "confidence": 95}}',
    f'{{"caller": "{NUMBER}", "shape": {CIRCLE % 5}, "pdf": "gaussian"}}',
    '{"caller": "0721 234 567", "shape": {"type": "Cir',
    f'{{"number": "0721.234.567", "shape": {CIRCLE % 5},}}',
    f'{{"caller": "{NUMBER}", "caller": "{NUMBER}", "shape": {CIRCLE % 5}}}',
    f"{{'caller': '{NUMBER}', 'shape': None}}",
    f'[{{"caller": "{NUMBER}"}}]',
    f'{{"caller": "{NUMBER}", "shape": "here"}}',
    MLP % "<CircularArea><coord><X>46</X></coord></CircularArea>",
    MLP % "<CircularArea><coord><X>46</X><Y>27</Y></coord><radius>1",
    MLP % "<Blob/>" + "</eme_event></emerep>",
    (MLP % "").replace("<msid>", '<msid type="MSISDN">') + "<",
    PIDF % "<tuple>",
    PIDF.replace("tel:", "sip:").replace("567", "567@op") % "&nbsp;</presence>",
    "device_number=%2B40721234567&location_latitude=north&location_longitude=26.1",
    "device_number=0721234567&location_latitude=44.4",
    "location_latitude=44.4&device_number=40721234567&location_longitude=260.1",
    f"{SIP}Content-Type: multipart/mixed\r\n\r\nno boundary",
]
FORGED = "device_number=0721234567&location_latitude=44.4&location_longitude=26.1"


def read(text: str, caller: str | None = None, hearing: Hearing | None = None) -> Reading:
    message = Message(text.encode(), NOW)
    return read_or_keep(hearing or Hearing(load_ground()), message, caller=caller)


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_message_that_cannot_be_read_keeps_its_number_and_the_caller_is_asked(
    text: str,
) -> None:
    report = read(text).report
    assert (report.shape, report.caller) == (None, NUMBER)
    codes = {warning.code for warning in report.warnings}
    assert "ask_caller" in codes
    assert codes & {"report_unreadable", "body_unreadable"}


@pytest.mark.parametrize(
    "text",
    ["hello", "", "{", "<a>", "<", "\0\0", "geo:x,y", "a04110", '{"shape": 3}', '<!ENTITY x "y">'],
)
def test_whatever_comes_with_a_number_beside_it_is_a_call(text: str) -> None:
    report = read(text, NUMBER).report
    assert (report.shape, report.caller) == (None, NUMBER)
    assert [warning.code for warning in report.warnings] == ["report_unreadable", "ask_caller"]


@pytest.mark.parametrize("text", ["hello", "", "{", '{"shape": 3}', '{"shape": 3, "caller": "x"}'])
def test_what_cannot_be_read_and_leaves_no_number_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        read(text)


@pytest.mark.parametrize("text", [FORGED, f"{FORGED}&hmac=00"])
def test_a_forged_form_is_nobody_s_call(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read(text, NUMBER, Hearing(load_ground(), hmac_key=b"key"))
    assert caught.value.code in {"missing_signature", "bad_signature"}


def test_a_request_for_a_location_is_no_call() -> None:
    with pytest.raises(RefusedError) as caught:
        read("<svc_init><eme_lir><msid>40721234567</msid></eme_lir></svc_init>")
    assert caught.value.code == "not_an_answer"


def test_what_can_be_read_is_read() -> None:
    report = read(f'{{"caller": "{NUMBER}", "shape": {CIRCLE % 5}}}').report
    assert report.shape is not None


def test_two_numbers_are_none() -> None:
    assert number_in(b'{"caller": "0721234567"}\n{"caller": "0721234568"') is None
