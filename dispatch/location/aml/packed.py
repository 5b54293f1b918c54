"""
The packing of data SMS (3GPP TS 23.038 and 23.040), as far as AML messages need it.

Septets are packed from the low bit up. The default alphabet equals ASCII in letters,
digits and most signs; the few others are in the table below. A message longer than one
SMS comes in parts, each behind a header that says which part it is; one part a line, in
any order.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from dispatch.errors import UnreadableReportError
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

# Header of a part: length, then the element "concatenated" with an 8-bit or 16-bit reference.
_HEADERS = {bytes.fromhex("050003"): 6, bytes.fromhex("060804"): 7}


@dataclass(frozen=True, slots=True)
class _Part:
    number: int
    total: int
    text: str


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
    UnreadableReportError
        `truncated_message`: a part of several is missing.
    """
    for octets in (raw, _from_hex(raw), _from_base64(raw)):
        if octets is None:
            continue
        if octets.startswith(PACKED_START):
            return unpack(octets[:MAX_OCTETS])
        if octets is not raw and octets.startswith(TEXT_START):
            return octets[:MAX_OCTETS].decode("latin-1")
    return _joined(raw)


def is_packed(head: str) -> bool:
    """Tell from the first characters, in lower case, whether this may be one."""
    if head.startswith(("qvgt2", "qsjnt", PACKED_START.decode("latin-1").lower())):
        return True
    plain = _NOT_HEX.sub(b"", head[:60].encode("latin-1", errors="replace"))
    start = bytes.fromhex(plain[:16].decode()) if re.fullmatch(rb"[0-9a-f]{16,}", plain) else b""
    return start.startswith((PACKED_START, TEXT_START)) or start[:3] in _HEADERS


def _joined(raw: bytes) -> str | None:
    """Return the parts of a message in their order."""
    parts = [_part(octets) for line in raw.splitlines() if (octets := _from_hex(line))]
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    by_number = {part.number: part.text for part in found}
    if set(by_number) != set(range(1, found[0].total + 1)):
        raise UnreadableReportError(
            "truncated_message",
            said(
                "{count} of {total} parts of the message are here",
                count=len(by_number),
                total=found[0].total,
            ),
            said("send all parts, one a line; a cut-off radius would mislead"),
        )
    return "".join(by_number[number] for number in sorted(by_number))


def _part(octets: bytes) -> _Part | None:
    length = _HEADERS.get(octets[:3])
    if length is None or len(octets) <= length:
        return None
    # Text begins at the next septet behind the header.
    filling = -length * 8 % 7
    text = unpack(octets[length:MAX_OCTETS], filling)
    return _Part(octets[length - 1], octets[length - 2], text)


def _from_hex(raw: bytes) -> bytes | None:
    plain = raw.removeprefix(b"\xef\xbb\xbf").strip()
    return bytes.fromhex(_NOT_HEX.sub(b"", plain).decode()) if _HEX.fullmatch(plain) else None


def _from_base64(raw: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return None
