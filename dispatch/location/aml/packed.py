"""
The packing of data SMS (3GPP TS 23.038 and 23.040), as far as AML messages need it.

Septets are packed from the low bit up. The default alphabet equals ASCII in letters,
digits and most signs; the few others are in the table below. A message longer than one
SMS comes in parts, each behind a header that says which part it is; one part a line, in
any order. Any user-data header is passed over by its length: ports (AML's is 0b84), parts,
or both. Behind it text goes on at the next septet, at the next octet, or unpacked.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from dispatch.errors import BrokenReportError
from geodata.said import said

_HEX = re.compile(rb"(?:(?:0x)?[0-9a-f]{2}[\s:,-]*)+", re.IGNORECASE)
_NOT_HEX = re.compile(rb"0x|[\s:,-]", re.IGNORECASE)
_OTHERS = {0x00: "@", 0x02: "$", 0x09: "Ç", 0x11: "_", 0x24: "¤", 0x40: "¡", 0x60: "¿"}
_ASCII_SAME = {*range(0x20, 0x24), *range(0x25, 0x40), *range(0x41, 0x5B), *range(0x61, 0x7B)}
_TO_TEXT = {c: chr(c) for c in (*_ASCII_SAME, 0x0A, 0x0D)} | _OTHERS
_TO_SEPTET = {text: septet for septet, text in _TO_TEXT.items()}

PACKED_START = bytes.fromhex("415193d9")
"""The first four octets of a packed message: `A"ML` and half of the equals sign."""

TEXT_START = b'A"ML='
MAX_OCTETS = 2_000

_CONCATENATED_8, _CONCATENATED_16 = 0x00, 0x08
# Hexadecimal and base64 of the headers that data SMS have: ports, parts, or both.
_FIRST_ELEMENTS = {0x00: 3, 0x04: 2, 0x05: 4, 0x08: 4}
_LONGEST_HEADER = 60
# Three octets, the header's length and its first element, are four signs of base64.
_BASE64_STARTS = tuple(
    base64.b64encode(bytes([length, kind, size])).decode().lower()
    for length in range(2, _LONGEST_HEADER + 1)
    for kind, size in _FIRST_ELEMENTS.items()
)
_BASE64 = re.compile(r"[a-z0-9+/]{24,}={0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part: its header by length and place among the others, and what follows it."""

    reference: int
    number: int
    total: int
    length: int
    body: bytes

    @property
    def filling(self) -> int:
        """Bits between the header and the next septet."""
        return -self.length * 8 % 7

    def text(self, coding: str) -> str:
        """Return the text in one of the codings of `_coding`."""
        if coding == "octets":
            return self.body.decode("latin-1")
        return unpack(self.body, self.filling if coding == "septets" else 0)


def unpack(octets: bytes, skip_bits: int = 0) -> str:
    """Return the text; a septet outside the alphabet above becomes U+FFFD."""
    bits = int.from_bytes(octets, "little") >> skip_bits
    count = (len(octets) * 8 - skip_bits) // 7
    septets = (bits >> (7 * i) & 0x7F for i in range(count))
    # A message of 8n+7 characters ends in seven bits of filling, which read as "@".
    return "".join(_TO_TEXT.get(septet, "\ufffd") for septet in septets).rstrip("@\r")


def pack(text: str) -> bytes:
    """Return the packed octets; raises `KeyError` for a sign outside the alphabet."""
    bits: int = sum(_TO_SEPTET[sign] << (7 * i) for i, sign in enumerate(text))
    return bits.to_bytes((len(text) * 7 + 7) // 8, "little")


def packed_text(raw: bytes) -> str | None:
    """
    Return the text of a data SMS in raw, hexadecimal or base64 form, None for anything else.

    Raises
    ------
    BrokenReportError
        `truncated_message`: a part of several is missing.
    """
    forms = [octets for octets in (raw, _from_hex(raw), _from_base64(raw)) if octets is not None]
    for octets in forms:
        if octets.startswith(PACKED_START):
            return unpack(octets[:MAX_OCTETS])
        if octets is not raw and octets.startswith(TEXT_START):
            return octets[:MAX_OCTETS].decode("latin-1")
    lines = [line for line in raw.split(b"\n") if line.strip()]
    by_line = [_from_hex(line.strip()) or _from_base64(line.strip()) for line in lines]
    joined = _joined(by_line)
    return joined if joined is not None else next(filter(None, map(_joined, _alone(forms))), None)


def _alone(forms: list[bytes]) -> list[list[bytes | None]]:
    return [[octets] for octets in forms]


def is_packed(head: str) -> bool:
    """Tell from the first characters, in lower case, whether this may be one."""
    if head.startswith(("qvgt2", "qsjnt", PACKED_START.decode("latin-1").lower())):
        return True
    line = head.split("\n", maxsplit=1)[0].strip()
    if line.startswith(_BASE64_STARTS) and _BASE64.fullmatch(line):
        return True
    plain = _NOT_HEX.sub(b"", line[:120].encode("latin-1", errors="replace"))
    if not re.fullmatch(rb"[0-9a-f]{16,}", plain):
        return ord(head[:1] or " ") < 0x20 and any(start in head[:60] for start in _SHIFTED)
    octets = bytes.fromhex(plain[: len(plain) // 2 * 2].decode())
    if octets.startswith((PACKED_START, TEXT_START)):
        return True
    # The first element of a header: its kind has one length, and it ends within the header.
    length = _FIRST_ELEMENTS.get(octets[1])
    return length is not None and octets[2] == length <= octets[0] - 2 <= _LONGEST_HEADER


def _shifted_starts() -> list[str]:
    """Return how the start of a message looks behind each filling, as `head` shows it."""
    bits = int.from_bytes(pack('A"ML='), "little")
    octets = [(bits << filling).to_bytes(6, "little")[1:4] for filling in range(7)]
    return [TEXT_START.decode().lower(), *(o.decode("latin-1").lower() for o in octets)]


_SHIFTED = _shifted_starts()


def _joined(octets: list[bytes | None]) -> str | None:
    """Return the text of the parts in their order, None where one of them is no part."""
    parts = [None if one is None else _part(one) for one in octets]
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    first = min(found, key=lambda part: part.number)
    by_number = {p.number: p for p in found if p.reference == first.reference}
    coding = _coding(by_number[1]) if 1 in by_number else None
    if set(by_number) != set(range(1, first.total + 1)):
        raise BrokenReportError(
            "truncated_message",
            said(
                "{count} of {total} parts of the message are here",
                count=len(by_number),
                total=first.total,
            ),
            said("send all parts, one a line; a cut-off radius would mislead"),
        )
    if coding is None:
        return None
    return "".join(by_number[number].text(coding) for number in sorted(by_number))


def _coding(first: _Part) -> str | None:
    """Tell from the first part how the text stands behind the headers."""
    if first.body.startswith(TEXT_START):
        return "octets"
    start = TEXT_START.decode()
    for coding in ("septets", "packed"):
        if first.text(coding).startswith(start):
            return coding
    return None


def _part(octets: bytes) -> _Part | None:
    """Read the user-data header of a message (3GPP TS 23.040, section 9.2.3.24)."""
    end = octets[0] + 1 if octets else 0
    if not 3 <= end < len(octets):
        return None
    at, reference, total, number = 1, 0, 1, 1
    while at < end:
        kind, size = octets[at], octets[at + 1] if at + 1 < end else 0xFF
        data = octets[at + 2 : at + 2 + size]
        at += 2 + size
        if at > end:
            return None
        if kind == _CONCATENATED_8 and size == 3:
            reference, total, number = data
        elif kind == _CONCATENATED_16 and size == 4:
            reference, total, number = int.from_bytes(data[:2], "big"), data[2], data[3]
    if not 1 <= number <= total:
        return None
    return _Part(reference, number, total, end, octets[end:MAX_OCTETS])


def _from_hex(raw: bytes) -> bytes | None:
    plain = raw.removeprefix(b"\xef\xbb\xbf").strip()
    return bytes.fromhex(_NOT_HEX.sub(b"", plain).decode()) if _HEX.fullmatch(plain) else None


def _from_base64(raw: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return None
