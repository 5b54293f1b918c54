"""
What every reader of a location format has in common: its interface and its limits.

A reader is pure: bytes in, a `LocationReport` with warnings out, or a `RefusedError`
with a code. It knows no county, no database and no clock; where a cross-check
needs the time of arrival, the caller hands it in.
"""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from dispatch.model import LocationReport, Warning119

MAX_BYTES = 1_000_000
"""Real messages have 0.3 to 20 kB."""

MAX_POINTS = 10_000
"""Corners of one area. Real ones have 3 to 15; a county border has about 1,600."""

MAX_DEPTH = 40
"""Nested elements or brackets. The deepest message described by a standard has 12."""

MAX_TEXT = 200
"""Characters kept of any free text of a message."""

FALLBACK_ENCODING = "windows-1250"
"""What text that is not UTF-8 is in Romania: older systems write ă, ş and ţ so."""

_ZONE_MISTAKES = (timedelta(hours=2), timedelta(hours=3))
_CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(slots=True)
class Notes:
    """Collects the warnings of one message, each code once."""

    _found: dict[str, Warning119] = field(default_factory=dict)

    def add(self, code: str, message: str) -> None:
        """Note something repaired or doubtful."""
        self._found.setdefault(code, Warning119(code, message))

    def extend(self, warnings: tuple[Warning119, ...]) -> None:
        """Note everything that another step has found."""
        for warning in warnings:
            self.add(warning.code, warning.message)

    def all(self) -> tuple[Warning119, ...]:
        """Return the warnings in the order in which they were noted."""
        return tuple(self._found.values())


@dataclass(frozen=True, slots=True)
class Envelope:
    """
    A message as it arrived.

    `received_at` is when it came in (aware), or None when that is not known; `hmac_key`
    is what we agreed with the sender to check its signature with, where a format has one.
    """

    raw: bytes
    content_type: str = ""
    received_at: datetime | None = None
    hmac_key: bytes | None = None


class ReportParser(Protocol):
    """Reads one format. Readers are registered in `dispatch.location.reader`."""

    @property
    def name(self) -> str:
        """Name by which `--format` selects it."""
        ...

    def recognises(self, head: str, content_type: str) -> bool:
        """Tell from the first characters, without blanks before them, whether to try."""
        ...

    def read(self, envelope: Envelope) -> LocationReport:
        """
        Read a message that is within the limit of size.

        Raises
        ------
        RefusedError
            The message cannot be used; the code says why.
        """
        ...


def decode_text(raw: bytes, notes: Notes) -> str:
    """Return text in UTF-8, UTF-16 with or without its mark, or windows-1250 with a warning."""
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return raw.decode("utf-16", errors="replace")
    if raw[:1] == b"\0" and raw[1:2] != b"\0":
        return raw.decode("utf-16-be", errors="replace")
    if raw[1:2] == b"\0" and raw[:1] != b"\0" and raw[3:4] == b"\0":
        return raw.decode("utf-16-le", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.add("not_utf8", f"the text is not UTF-8 and was read as {FALLBACK_ENCODING}")
        return raw.decode(FALLBACK_ENCODING, errors="replace")


def clean_text(value: str, *, limit: int = MAX_TEXT) -> str:
    """
    Return one line of text that any database and terminal can hold.

    Control characters, lone surrogates and unassigned code points are dropped,
    because PostgreSQL refuses NUL and UTF-8 refuses surrogates.
    """
    one_line = " ".join(value[: 4 * limit].split())
    kept = (c for c in one_line if unicodedata.category(c) not in {"Cc", "Cs", "Cn"})
    return "".join(kept)[:limit]


def check_clock(measured_at: datetime | None, received_at: datetime | None, notes: Notes) -> None:
    """
    Compare the time of a fix with the time of arrival and note what looks wrong.

    A difference of two or three whole hours is a local time (EET, EEST) written as
    UTC or the other way round. The time is not changed: nothing is decided on it.
    """
    if measured_at is None or received_at is None:
        return
    difference = measured_at - received_at
    for mistake in _ZONE_MISTAKES:
        if abs(abs(difference) - mistake) <= _CLOCK_TOLERANCE:
            hours = int(mistake.total_seconds() // 3600)
            notes.add(
                "time_zone_suspect",
                f"the time of the fix is off by {hours} h: probably local time and UTC exchanged",
            )
            return
    if difference > _CLOCK_TOLERANCE:
        notes.add("time_in_future", "the time of the fix lies after its arrival")
    elif -difference > timedelta(hours=1):
        notes.add("time_old", "the fix is more than an hour older than the message")
