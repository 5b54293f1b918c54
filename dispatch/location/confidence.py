"""
How sure a sender is of its area, read alike in every format that states it in per cent.

Where a message says nothing of use the confidence is None and a warning says so: the area
then counts with the 95 % of RFC 7459, section 4.1.
"""

import math

from dispatch.location.base import Notes
from geodata.numbers import read_decimal

MISSING = ("confidence_missing", "no confidence is stated; 95 % is assumed (RFC 7459)")
"""Warning for a message without a confidence."""

LEAST = 0.01
"""A confidence above 0 counts as this share at least."""


def unusable(name: str = "the confidence") -> tuple[str, str]:
    """Return the warning for a confidence that is there and says nothing; `name` is the field's."""
    return "confidence_unusable", f"{name} says nothing; 95 % is assumed (RFC 7459)"


def read_percent(
    text: str | None,
    notes: Notes,
    *,
    name: str = "the confidence",
    unknown_word: str | None = None,
) -> float | None:
    """
    Read a confidence in per cent as a share; None with a warning when it says nothing.

    0 means "no information", as in 3GPP TS 23.032. A value below 1 is a share that somebody
    forgot to multiply. A comma counts as the decimal point, and a per cent sign is allowed.

    Parameters
    ----------
    text
        What stands in the message; None where the field is not there.
    name
        What the format calls the field, for the warning.
    unknown_word
        What the format writes when the sender does not know.
    """
    if text is None:
        notes.add(*MISSING)
        return None
    plain = text.strip().rstrip("% ").replace(",", ".")
    if unknown_word is not None and plain.lower() == unknown_word:
        notes.add("confidence_unknown", "the sender does not know the confidence; 95 % is assumed")
        return None
    try:
        value = read_decimal(plain)
    except ValueError:
        value = math.nan
    if 0.0 < value < 1.0:
        notes.add("confidence_as_share", f"{name} was a share, not per cent")
        return max(value, LEAST)
    if 1.0 <= value <= 100.0:
        return value / 100.0
    notes.add(*unusable(name))
    return None
