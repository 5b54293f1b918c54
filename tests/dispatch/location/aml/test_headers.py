"""Data SMS with a user-data header: any header by its length, ports and concatenated parts."""

import base64
from collections.abc import Callable

import pytest

from dispatch.location.aml.packed import pack
from dispatch.location.reader import read_report
from geodata.areas.shapes import Circle
from geodata.errors import RefusedError
from geodata.points import LonLat

FIRST = 'A"ML=1;lt=+44.43527;lg=+026.10250;rd=50;top=20260214193005;lc=90;pm=W;mcc=226;mnc=05;ml=92'
PLACE = Circle(LonLat(26.1025, 44.43527), 50.0)

PORTS = bytes.fromhex("05040b840000")
HEADERS = {
    "ports": PORTS,
    "other ports": bytes.fromhex("05040b840b84"),
    "short ports": bytes.fromhex("04028400"),
    "one part": bytes.fromhex("0003070101"),
    "one part, long reference": bytes.fromhex("080401020101"),
    "ports, one part": PORTS + bytes.fromhex("0003070101"),
    "one part, ports": bytes.fromhex("0003070101") + PORTS,
    "ports, long reference": PORTS + bytes.fromhex("080401020101"),
    "ports, unknown element": PORTS + bytes.fromhex("700100"),
    "ports, empty element": PORTS + bytes.fromhex("7000"),
    "ports, national alphabet": PORTS + bytes.fromhex("240113"),
    "ports, long element": PORTS + bytes.fromhex("7109000102030405060708"),
}


def septets(header: bytes, text: str) -> bytes:
    """Put text at the next septet behind a header, as 3GPP TS 23.040 wants it."""
    whole = bytes([len(header), *header])
    filling = -len(whole) * 8 % 7
    bits = int.from_bytes(pack(text), "little") << filling
    return whole + bits.to_bytes((len(text) * 7 + filling + 7) // 8, "little")


def octet_aligned(header: bytes, text: str) -> bytes:
    return bytes([len(header), *header]) + pack(text)


def unpacked(header: bytes, text: str) -> bytes:
    return bytes([len(header), *header]) + text.encode()


def as_hex(octets: bytes) -> bytes:
    return octets.hex().encode()


def spaced(octets: bytes) -> bytes:
    return octets.hex(" ").upper().encode()


CODINGS = [septets, octet_aligned, unpacked]
FORMS = [bytes, as_hex, spaced, base64.b64encode]


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("code", CODINGS)
@pytest.mark.parametrize("form", FORMS)
def test_a_header_is_passed_over_by_its_length(
    name: str, code: Callable[[bytes, str], bytes], form: Callable[[bytes], bytes]
) -> None:
    report = read_report(form(code(HEADERS[name], FIRST)), format="aml")
    assert report.shape == PLACE
    assert report == read_report(FIRST.encode())


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("code", CODINGS)
@pytest.mark.parametrize("form", FORMS)
def test_a_message_with_a_header_is_recognised(
    name: str, code: Callable[[bytes, str], bytes], form: Callable[[bytes], bytes]
) -> None:
    assert read_report(form(code(HEADERS[name], FIRST))).format == "aml"


def parts(code: Callable[[bytes, str], bytes], header: bytes, *, wide: bool) -> list[bytes]:
    texts = [FIRST[:30], FIRST[30:61], FIRST[61:]]
    found = []
    for i, text in enumerate(texts, 1):
        element = bytes([8, 4, 1, 2, 3, i]) if wide else bytes([0, 3, 9, 3, i])
        found.append(code(header + element, text))
    return found


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("header", [b"", PORTS, bytes.fromhex("04028400")])
@pytest.mark.parametrize("code", CODINGS)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("form", [as_hex, spaced, base64.b64encode])
def test_parts_behind_any_header_become_one_message_in_any_order(
    wide: bool,
    header: bytes,
    code: Callable[[bytes, str], bytes],
    order: tuple[int, ...],
    form: Callable[[bytes], bytes],
) -> None:
    made = parts(code, header, wide=wide)
    raw = b"\r\n".join(form(made[i]) for i in order)
    assert read_report(raw).shape == PLACE


@pytest.mark.parametrize("left_out", [0, 1, 2])
@pytest.mark.parametrize("code", CODINGS)
def test_a_missing_part_is_said(left_out: int, code: Callable[[bytes, str], bytes]) -> None:
    made = parts(code, PORTS, wide=False)
    del made[left_out]
    with pytest.raises(RefusedError) as caught:
        read_report(b"\n".join(map(as_hex, made)))
    assert caught.value.code == "truncated_message"


@pytest.mark.parametrize(
    "raw",
    ["06050b840b84", "ff0504" + "00" * 20, "0605ff0b840000" + pack(FIRST).hex(),
     "0605040b840000", "0605040b840000" + "00" * 30, "0500030a0300" + pack(FIRST).hex(),
     "0500030a0205" + pack(FIRST).hex()],
)  # fmt: skip
def test_a_header_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(RefusedError):
        read_report(raw.encode(), format="aml")
