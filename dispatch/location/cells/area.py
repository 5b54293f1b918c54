"""
The area that a cell, and a timing advance, leave for a caller; and the reader for cells.

A cell alone is a circle around its antenna, or a sector of it where its bearing is
known. A timing advance makes a ring of it, one step thick, rounded to the nearest step
as in the example of RFC 5491 (section 5.2.5). Lengths metres, bearings degrees.
"""

import re
from dataclasses import replace

from dispatch.location import areas
from dispatch.location.base import Envelope, Notes, decode_text
from dispatch.location.cells.reader import CellIdentity, CellKind, read_identity
from dispatch.location.cells.table import Cell, CellTable
from dispatch.model import LocationReport
from geodata.areas.shapes import Shape
from geodata.errors import RefusedError

GSM_STEP_M = 553.5
"""Half the way of light in one bit of GSM (48/13 microseconds)."""

LTE_STEP_M = 78.07
"""Half the way of light in 16 Ts (16 / 30.72 MHz)."""

ASSUMED_RANGE_M = 10_000.0
"""Radius where a table gives none: an assumption, said in a warning (`assumed_range`)."""

ASSUMED_BEAMWIDTH_DEG = 120.0
"""Opening where only the bearing is known: three sectors to a mast."""

MOST_CELLS = 4
"""Cells of one report that are looked up, in their order, until one has a place."""

_STEPS = {"GSM": (GSM_STEP_M, 63), "LTE": (LTE_STEP_M, 1282)}
_PARAMETER = re.compile(r"[;\s]+ta\s*=\s*(\d{1,5})\s*", re.ASCII | re.IGNORECASE)
# With blanks between its numbers it must be a Romanian one: telephone numbers look alike.
_IDENTITY = re.compile(
    r"(?:cgi|sai|ecgi|ncgi|cell)[:=]|\d{3}[-,]\d{2,3}[-,]\d{1,11}|226\s\d{2}\s\d{1,11}\b"
)
_MAX_CHARACTERS = 200


def cell_area(cell: Cell, notes: Notes, *, timing_advance: int | None = None) -> Shape | None:
    """
    Return the area of a cell, None where its antenna's place is not known.

    Parameters
    ----------
    cell
        What the table says.
    notes
        Takes `cell_without_place`, `bad_timing_advance`, `assumed_range` and
        `assumed_beamwidth`.
    timing_advance
        Steps of GSM (0-63) or LTE (0-1282); other radios have none.
    """
    if cell.place is None:
        notes.add("cell_without_place", "the cell table has this cell without coordinates")
        return None
    inner, outer = _ring(cell, timing_advance, notes)
    if cell.azimuth_deg is None or (cell.beamwidth_deg or 0.0) >= 360.0:
        if inner == 0.0:
            return areas.circle(cell.place, outer)
        return areas.arc_band(cell.place, (inner, outer), (0.0, 360.0), notes)
    opening = cell.beamwidth_deg
    if opening is None:
        opening = ASSUMED_BEAMWIDTH_DEG
        notes.add("assumed_beamwidth", f"no opening is known; {opening:g} degrees are assumed")
    start = (cell.azimuth_deg - opening / 2.0) % 360.0
    return areas.arc_band(cell.place, (inner, outer), (start, opening), notes)


def _ring(cell: Cell, advance: int | None, notes: Notes) -> tuple[float, float]:
    step, largest = _STEPS.get(cell.radio, (0.0, -1))
    if advance is not None and 0 <= advance <= largest:
        return max(0.0, (advance - 0.5) * step), (advance + 0.5) * step
    if advance is not None:
        notes.add("bad_timing_advance", f"a timing advance of {advance} is none of {cell.radio}")
    if cell.range_m is None:
        notes.add("assumed_range", f"no range is known; {ASSUMED_RANGE_M:,.0f} m are assumed")
    return 0.0, cell.range_m or ASSUMED_RANGE_M


def place_cell(report: LocationReport, table: CellTable | None) -> LocationReport:
    """
    Give a report without a place the area of its serving cell.

    A report that has a place, or names no cell, comes back as it is. An unknown cell
    leaves it without a place, with the advice `ask_caller`.
    """
    if report.shape is not None or not report.extras.get("cell"):
        return report
    notes = Notes()
    notes.extend(report.warnings)
    shape: Shape | None = None
    confidence: float | None = None
    for end in ("", *(f"_{i}" for i in range(2, MOST_CELLS + 1))):
        if shape is None and (text := report.extras.get(f"cell{end}")):
            kind = _stated_kind(report.extras.get(f"cell_kind{end}", ""))
            shape, confidence = _area_of((text, kind), report, table, notes)
    if shape is None:
        notes.add("ask_caller", "the network has no fix: ask the caller where they are")
        return replace(report, warnings=notes.all())
    if confidence is None:
        notes.add("confidence_missing", "no confidence is stated; 95 % is assumed (RFC 7459)")
    source = report.source or "CELL"
    return replace(report, shape=shape, confidence=confidence, source=source, warnings=notes.all())


def _area_of(
    stated: tuple[str, CellKind | None],
    report: LocationReport,
    table: CellTable | None,
    notes: Notes,
) -> tuple[Shape | None, float | None]:
    if table is None:
        notes.add("no_cell_table", "no cell table is loaded: the cell cannot be looked up")
        return None, None
    try:
        wanted = read_identity(*stated)
    except RefusedError:
        notes.add("bad_cell", "the serving cell cannot be read")
        return None, None
    if wanted.is_placeholder:
        notes.add("no_cell", f"{wanted.text} is what networks send when they know no cell")
        return None, None
    cell = table.find(wanted)
    if cell is None:
        notes.add("unknown_cell", f"the cell table does not have {wanted.text}")
        return None, None
    advance = report.extras.get("timing_advance", "")
    steps = int(advance) if advance.isascii() and advance.isdigit() and len(advance) < 6 else None
    return cell_area(cell, notes, timing_advance=steps), cell.confidence


def _stated_kind(name: str) -> CellKind | None:
    return CellKind[name.upper()] if name.upper() in CellKind.__members__ else None


class CellParser:
    """
    The reader for `--format cell`: an identity, perhaps with `;ta=3` behind it.

    It finds no place by itself; `place_cell` does, with the table.
    """

    name = "cell"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take what looks like an identity from its first character."""
        del content_type
        return len(head) < _MAX_CHARACTERS and bool(_IDENTITY.match(head))

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one identity; raises `UnreadableReportError` (`bad_cell`)."""
        notes = Notes()
        text = decode_text(envelope.raw[:_MAX_CHARACTERS], notes).strip(" \r\n\t\0\ufeff")
        extras: dict[str, str] = {}
        if found := _PARAMETER.search(text):
            extras["timing_advance"] = found[1]
            text = text[: found.start()] + text[found.end() :]
        identity: CellIdentity = read_identity(text)
        extras |= {"cell": identity.text, "cell_kind": identity.kind.name.lower()}
        return LocationReport(
            "cell", None, None, source="CELL", warnings=notes.all(), extras=extras
        )
