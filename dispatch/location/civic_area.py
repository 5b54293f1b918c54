"""
From a civic address to the ground it names, for reports that bring an address and no area.

Addresses of Romania have the county in A1 and the locality in A3 (RFC 5139; MLP writes the
same names). They are read like a caller's words (`spoken`), so spelling does not matter.
"""

from dataclasses import replace

from dispatch.location.base import Notes
from dispatch.location.spoken.names import fold
from dispatch.location.spoken.reader import read_words
from dispatch.model import LocationReport

CIVIC_AREA = "civic_as_area"
"""The warning of a report whose area is the ground of its address."""

_HERE = {"", "ro", "rou", "romania"}
_CAPITAL = {"bucuresti", "bucharest", "municipiul bucuresti", "b"}
_SMALLEST_FIRST = ("A6", "A5", "A4", "A3", "A2")


def place_civic(report: LocationReport) -> LocationReport:
    """
    Give a report without a place the ground of its civic address.

    A report that has a place, an address abroad or none that names a place comes back as
    it is.
    """
    words = _words(report)
    if report.shape is not None or not words:
        return report
    found = read_words(words)
    if found.report.shape is None:
        return report
    notes = Notes()
    notes.extend(tuple(w for w in report.warnings if w.code != "no_location"))
    notes.add(CIVIC_AREA, "no area is stated; the ground of the civic address was taken")
    notes.extend(found.report.warnings)
    return replace(
        report,
        shape=found.report.shape,
        confidence=found.report.confidence,
        pdf=found.report.pdf,
        warnings=notes.all(),
        extras={**found.report.extras, **report.extras},
    )


def _words(report: LocationReport) -> str:
    civic = {
        n.removeprefix("civic_"): t for n, t in report.extras.items() if n.startswith("civic_")
    }
    if fold(civic.get("country", "")) not in _HERE:
        return ""
    names = [civic[name] for name in _SMALLEST_FIRST if name in civic]
    county = civic.get("A1", "")
    if fold(county) in _CAPITAL:
        names.append("București")
    elif county:
        names.append(county if fold(county).startswith("jud") else f"județul {county}")
    return ", ".join(names)
