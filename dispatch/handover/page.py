"""
The hand-over as one printed page in Romanian, for a receiver without an EIDO interface.

The words (`page_lines`) are apart from the drawing (`write_page`): the same lines can be
read out on the phone. PDF by fpdf2 with an embedded font, because the fonts every reader
has lack ș and ț.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from dispatch.errors import HandoverRefusedError
from dispatch.handover.case import HandoverCase, check_case
from dispatch.words.catalogue import Catalogue, Language, load_catalogue
from geodata.areas.uncertainty import centroid, reach_m
from geodata.points import LonLat
from geodata.said import said

_FONT = "handover"
_MARGIN_MM, _LABEL_MM = 18.0, 46.0
# Points; below the last nobody reads a page in a moving car.
_SIZES = (11.0, 9.5, 8.0)


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is known about it."""

    label: str
    text: str


def page_lines(case: HandoverCase) -> list[Line]:
    """
    Return the lines of the page, the most urgent first.

    Raises
    ------
    HandoverRefusedError
        The case is not fit to leave.
    """
    check_case(case)
    words = _words()
    unknown = words.word("handover.page.unknown")
    known = {
        "danger": case.danger,
        "caller": case.caller or unknown,
        "child": _child(case, words) or unknown,
        "place": _where(case, words),
        "places": ", ".join(case.places) or unknown,
        "county": case.county_name or unknown,
        "opened": _moment(case.opened_at, words),
        "sender": f"{case.agency}, {case.agent}; 119",
    }
    facts = [Line(words.word(f"handover.page.{name}"), text) for name, text in known.items()]
    return [*facts, *(Line(words.word("handover.page.note"), note) for note in case.notes)]


def write_page(case: HandoverCase, *, font: Path, bold: Path, key: str) -> bytes:
    """
    Return the page as PDF; always one page, the same bytes for the same case.

    Parameters
    ----------
    font, bold
        TrueType files that have Romanian letters (DejaVu Sans and its bold).
    key
        Idempotency key of the delivery; its start is printed to tell pages apart.

    Raises
    ------
    HandoverRefusedError
        `font_missing`, or the case is not fit to leave.
    """
    lines = page_lines(case)
    if not font.is_file() or not bold.is_file():
        hint = said("run the set-up again")
        raise HandoverRefusedError(
            "font_missing", said("the font {font} is missing", font=font.name), hint
        )
    sized = [(lines, size) for size in _SIZES]
    # Even in small print not all notes fit on the page, so the last ones are left out.
    cut = [(_cut(lines, kept), _SIZES[-1]) for kept in range(len(case.notes) - 1, -1, -1)]
    pdf = _drawn(case, lines, (font, bold), key, _SIZES[0])
    for some, size in [*sized[1:], *cut]:
        if pdf.page_no() == 1:
            break
        _close_fonts(pdf)
        pdf = _drawn(case, some, (font, bold), key, size)
    return _finished(pdf)


def _finished(pdf: FPDF) -> bytes:
    try:
        return bytes(pdf.output())
    finally:
        _close_fonts(pdf)


def _close_fonts(pdf: FPDF) -> None:
    # fpdf2 reads fonts lazily and leaves their files open.
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()


def _drawn(
    case: HandoverCase, lines: Sequence[Line], fonts: tuple[Path, Path], key: str, size: float
) -> FPDF:
    words = _words()
    pdf = FPDF(format="A4")
    pdf.set_creation_date(case.at)
    pdf.set_title(words.word("handover.page.document", incident=case.incident))
    pdf.set_author("dispatch119")
    pdf.set_lang("ro-RO")
    pdf.add_font(_FONT, "", fonts[0])
    pdf.add_font(_FONT, "B", fonts[1])
    pdf.set_margin(_MARGIN_MM)
    pdf.set_auto_page_break(True, margin=_MARGIN_MM)
    pdf.add_page()
    pdf.set_font(_FONT, "B", 17)
    pdf.cell(h=9, text=words.word("handover.page.title"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_font(_FONT, "", 9)
    stamp = words.word(
        "handover.page.stamp",
        incident=case.incident,
        version=case.version,
        time=_moment(case.at, words),
    )
    pdf.cell(h=5, text=stamp, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(4)
    for line in lines:
        _row(pdf, line, size)
    pdf.ln(2)
    pdf.set_font(_FONT, "", 7)
    foot = words.word("handover.page.foot", key=key[:16])
    pdf.multi_cell(0, 4, foot, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return pdf


def _row(pdf: FPDF, line: Line, size: float) -> None:
    height = size * 0.52
    pdf.set_font(_FONT, "B", size)
    pdf.cell(_LABEL_MM, height, line.label)
    pdf.set_font(_FONT, "", size)
    pdf.multi_cell(0, height, line.text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(height * 0.35)


def _cut(lines: Sequence[Line], kept: int) -> list[Line]:
    """Keep the facts and the first notes, and say how many are missing."""
    words = _words()
    label = words.word("handover.page.note")
    facts = [line for line in lines if line.label != label]
    notes = [line for line in lines if line.label == label]
    missing = words.word("handover.page.notes_left_out", n=len(notes) - kept)
    return [*facts, *notes[:kept], Line(label, missing)]


def _child(case: HandoverCase, words: Catalogue) -> str:
    child = case.child
    if child is None:
        return ""
    age = None if child.age_years is None else words.word("child.age", n=child.age_years)
    return ", ".join(part for part in (child.name, age, child.sex) if part)


def _where(case: HandoverCase, words: Catalogue) -> str:
    if case.location is None:
        return words.word("handover.page.no_place")
    middle, reach = centroid(case.location.shape), reach_m(case.location.shape)
    # Rounded up: an area never shrinks by being written down.
    km = f"{words.fixed(math.ceil(reach / 100) / 10, 1)} km"
    return words.word(
        "handover.page.area",
        place=_degrees(middle, words),
        size=km if reach >= 1000 else f"{words.number(math.ceil(reach))} m",
        confidence=words.share(case.location.confidence),
    )


def _degrees(place: LonLat, words: Catalogue) -> str:
    # With a point in every language: these figures are typed into maps.
    lat, lon = f"{place.lat:.5f}", f"{place.lon:.5f}"
    return words.word("handover.page.degrees", lat=lat, lon=lon)


def _moment(at: datetime, words: Catalogue) -> str:
    return words.word("handover.page.time", date=words.date(at), time=words.time(at))


def _words() -> Catalogue:
    # Whoever receives the page reads Romanian.
    return load_catalogue(Language.RO)
