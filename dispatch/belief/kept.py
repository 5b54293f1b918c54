"""
What is left of a message that cannot be read: that somebody calls, and from which number.

A call is a call. Where the number is known, from the message or from who sent it, an
unreadable place becomes a warning and the caller is asked; only a message that leaves no
number, or that nobody should act on, is refused.
"""

import re

from dispatch.belief.hearing import Hearing, Message, Reading
from dispatch.location.base import Notes, decode_text
from dispatch.location.reader import FORMATS, recognise_or_none
from dispatch.model import LocationReport
from geodata.errors import RefusedError, TooLargeError
from geodata.numbering import read_number

# A forged form is nobody's call, a request for a location is not one either, and the name of
# a format is a mistake of who sends.
_REFUSED = frozenset({"bad_signature", "missing_signature", "not_an_answer"})
_SEARCHED_BYTES = 100_000
_NUMBER = r"(\+?[\d][\d\s().-]{2,24})"
_NUMBERS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"p-asserted-identity\s{0,5}:[^\r\n]{0,200}?(?:tel|sips?):" + _NUMBER,
        r"^(?:from|f)\s{0,5}:[^\r\n]{0,200}?(?:tel|sips?):" + _NUMBER,
        r"[\"'](?:caller|number)[\"']\s{0,5}:\s{0,5}[\"']?" + _NUMBER,
        r"<(?:\w{1,20}:)?msid\b[^<>]{0,100}>\s{0,20}(?:tel:)?" + _NUMBER,
        r"\sentity\s{0,5}=\s{0,5}[\"'](?:tel|sips?):" + _NUMBER,
        r"(?:^|&)device_number=(?:%2B)?" + _NUMBER,
    )
)
_MULTILINE = re.compile(r"\r?\n")


def read_or_keep(hearing: Hearing, message: Message, *, caller: str | None = None) -> Reading:
    """
    Read a message; where that is refused and the number is known, keep the call.

    Parameters
    ----------
    caller
        The number as the sender gives it beside the message, E.164.

    Returns
    -------
    reading
        What the message says; else a report without a place, with the number and the warnings
        `report_unreadable` and `ask_caller`.

    Raises
    ------
    RefusedError
        That of `Hearing.read`, where no number is known, or the message is forged, a request,
        or too large.
    """
    try:
        return hearing.read(message)
    except RefusedError as refusal:
        number = caller or number_in(message.raw)
        if number is None or isinstance(refusal, TooLargeError) or refusal.code in _REFUSED:
            raise
        return Reading(_kept(message, number, refusal))


def _kept(message: Message, number: str, refusal: RefusedError) -> LocationReport:
    notes = Notes()
    text = f"the message cannot be read and only its number is kept: {refusal.message}"
    notes.add("report_unreadable", f"{text} [{refusal.code}]")
    notes.add("ask_caller", "the network has no fix: ask the caller where they are")
    parser = recognise_or_none(message.raw, message.content_type or "")
    stated = message.format if message.format in FORMATS[1:] else None
    name = stated or (parser.name if parser is not None else "unknown")
    return LocationReport(name, None, None, caller=number, warnings=notes.all())


def number_in(raw: bytes) -> str | None:
    """
    Return the caller's number of a message that cannot be read as a whole, E.164.

    It is looked for where the formats have it; two different numbers in one kind of field are
    none.

    Examples
    --------
    >>> number_in(b'{"caller": "0721 234 567", "shape": {"type": "Cir')
    '+40721234567'
    """
    text = decode_text(raw[:_SEARCHED_BYTES], Notes())
    for pattern in _NUMBERS:
        found = {number for line in _MULTILINE.split(text) for number in _read(pattern, line)}
        if len(found) == 1:
            return found.pop()
    return None


def _read(pattern: re.Pattern[str], line: str) -> list[str]:
    found = []
    for written in pattern.findall(line):
        plain = _international(written)
        try:
            found.append(read_number(plain).e164)
        except RefusedError:
            continue
    return found


def _international(written: str) -> str:
    """Give a bare international number its plus sign; MLP and forms leave it out."""
    digits = re.sub(r"[^\d+]", "", written)
    is_bare = digits.isdigit() and len(digits) > 10 and not digits.startswith("0")
    return f"+{digits}" if is_bare else digits
