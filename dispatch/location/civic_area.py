"""
From a civic address to the ground it names, for reports that bring an address and no area.

Addresses of Romania have the county in A1 and the locality in A3 (RFC 5139; MLP writes the
same names). They are read like a caller's words (`spoken`), so spelling does not matter.
An address that contradicts itself (`civic_names`) is the ground of both sides.
"""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.location.base import Notes
from dispatch.location.civic_names import load_civic_places
from dispatch.location.spoken.area import territory
from dispatch.location.spoken.names import fold
from dispatch.location.spoken.reader import read_words
from dispatch.model import LocationReport

CIVIC_AREA = "civic_as_area"
"""The warning of a report whose area is the ground of its address."""

CIVIC_CONTRADICTION = "civic_contradiction"
"""The warning of a report whose address names a county and a place that is not in it."""

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
    address = civic_of(report)
    against = load_civic_places().find(address).against
    if against:
        return _contradicting(report, address, against)
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


def _contradicting(
    report: LocationReport, address: Mapping[str, str], against: Mapping[str, float]
) -> LocationReport:
    """Give a report the ground of both sides of an address that contradicts itself."""
    shares = load_civic_places().find(address).shares()
    named = sorted((code for code in shares if code not in against), key=lambda c: -shares[c])
    others = sorted(against, key=lambda code: -against[code])
    notes = Notes()
    notes.extend(tuple(w for w in report.warnings if w.code != "no_location"))
    notes.add(CIVIC_AREA, "no area is stated; the ground of the civic address was taken")
    notes.add(
        CIVIC_CONTRADICTION,
        f"the address names {'/'.join(named[:6])} and a place in {'/'.join(others[:6])}: ask",
    )
    return replace(
        report,
        shape=territory(sorted(shares)),
        confidence=0.95,
        warnings=notes.all(),
    )


def contradicting_counties(report: LocationReport) -> dict[str, float]:
    """Return the shares of the counties of an address that contradicts itself, else nothing."""
    if all(warning.code != CIVIC_CONTRADICTION for warning in report.warnings):
        return {}
    return load_civic_places().find(civic_of(report)).shares()


def civic_of(report: LocationReport) -> dict[str, str]:
    """Return the civic address of a report by the names of RFC 5139."""
    elements = report.extras.items()
    return {n.removeprefix("civic_"): t for n, t in elements if n.startswith("civic_")}


def _words(report: LocationReport) -> str:
    civic = civic_of(report)
    if fold(civic.get("country", "")) not in _HERE:
        return ""
    names = [civic[name] for name in _SMALLEST_FIRST if name in civic]
    county = civic.get("A1", "")
    if fold(county) in _CAPITAL:
        names.append("București")
    elif county:
        names.append(county if fold(county).startswith("jud") else f"județul {county}")
    return ", ".join(names)
