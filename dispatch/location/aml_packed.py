"""
The 7-bit packing of data SMS (3GPP TS 23.038), as far as AML messages need it.

Septets are packed from the low bit up. The default alphabet equals ASCII in letters,
digits and most signs; the few others are in the table below.
"""

import base64
import binascii
import re

_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}\s*)+")
_OTHERS = {0x00: "@", 0x02: "$", 0x09: "Ç", 0x11: "_", 0x24: "¤", 0x40: "¡", 0x60: "¿"}
_ASCII_SAME = {*range(0x20, 0x24), *range(0x25, 0x40), *range(0x41, 0x5B), *range(0x61, 0x7B)}
_TO_TEXT = {c: chr(c) for c in (*_ASCII_SAME, 0x0A, 0x0D)} | _OTHERS
_TO_SEPTET = {text: septet for septet, text in _TO_TEXT.items()}

PACKED_START = bytes.fromhex("415193d9")
"""The first four octets of a packed message: `A"ML` and half of the equals sign."""


def unpack(octets: bytes) -> str:
    """Return the text; a septet outside the alphabet above becomes U+FFFD."""
    bits = int.from_bytes(octets, "little")
    count = len(octets) * 8 // 7
    septets = (bits >> (7 * i) & 0x7F for i in range(count))
    # A message of 8n+7 characters ends in seven bits of filling, which read as "@".
    return "".join(_TO_TEXT.get(septet, "\ufffd") for septet in septets).rstrip("@\r")


def pack(text: str) -> bytes:
    """Return the packed octets; raises `KeyError` for a sign outside the alphabet."""
    bits: int = sum(_TO_SEPTET[sign] << (7 * i) for i, sign in enumerate(text))
    return bits.to_bytes((len(text) * 7 + 7) // 8, "little")


def packed_octets(raw: bytes) -> bytes | None:
    """Return the octets of a packed AML message in raw, hexadecimal or base64 form, or None."""
    for octets in (raw, _from_hex(raw), _from_base64(raw)):
        if octets is not None and octets.startswith(PACKED_START):
            return octets
    return None


def _from_hex(raw: bytes) -> bytes | None:
    plain = raw.strip().removeprefix(b"0x")
    return bytes.fromhex(plain.decode("ascii")) if _HEX.fullmatch(plain) else None


def _from_base64(raw: bytes) -> bytes | None:
    try:
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except binascii.Error:
        return None
