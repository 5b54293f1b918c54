"""
Judges what is believed of a caller's words against what was meant.

`said/` holds the sentences: all our own, of no real call.
"""

from datetime import UTC, datetime
from pathlib import Path

from dispatch.belief.hearing import Hearing, Message
from dispatch.model import LocationReport

SAID = Path(__file__).parent / "said"
CLAUSES = {
    "clauses.txt": "written with the rules",
    "clauses_apart.txt": "kept apart, measured once",
    "clauses_second.txt": "second set, mended since",
    "clauses_third.txt": "third set, 44 of 55 measured once",
    "clauses_fourth.txt": "fourth set, measured once",
}
"""Files of sentences with what is meant, and how they were used."""

START = datetime(2026, 11, 27, 16, tzinfo=UTC)
RIGHT, ASKED, NOTHING, ASTRAY, WRONG = "right", "asked", "nothing", "astray", "wrong and clear"


def rows(path: Path) -> list[tuple[str, str]]:
    """Return sentences with what is meant, as `benchmarks/said/clauses.txt` explains."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [(said, meant) for said, _, meant in (line.partition(" | ") for line in lines)]


def judge(hearing: Hearing, words: str, meant: str) -> tuple[str, list[str]]:
    """Return the verdict, and the counties that should be shown as denied and are not."""
    belief = hearing.believe([Message(words.encode(), START, format="spoken")])
    found, report = belief.assignment, belief.steps[0].report
    wanted, *denied = meant.split()
    aside = " ".join(report.extras.get(key, "") for key in ("denied",))
    lost = [code for code in denied if f"({code[1:]})" not in aside]
    codes = {share.code for share in found.counties}
    if found.owner is None:
        has_said = wanted == "-" or (wanted == "abroad" and "abroad" in _codes(report))
        return (RIGHT if has_said else NOTHING), lost
    of = set(wanted.split("/"))
    if not found.ambiguous:
        return (RIGHT if of == {found.owner} else WRONG), lost
    if len(of) > 1:
        return (RIGHT if len(of & codes) > 1 else ASTRAY), lost
    return (ASKED if wanted == "-" or of & codes else ASTRAY), lost


def _codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}
