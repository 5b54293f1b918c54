"""
Is a call's county right as often as it is said to be? `make bench-county`

Callers come from a density that is not the model's own (`calibration_truth`). The policy's
constants were fitted on seeds 1 to 99; this measures on others. A call counts as wrong
when its owner is not the county in which the caller is.

    python -m benchmarks.county_calibration [CALLS [PLOT.svg]]
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_plot import Bin, reliability_svg
from benchmarks.calibration_truth import BASE, VARIANTS, Calls, Truth, draw_calls
from dispatch.belief import BeliefGround, fuse
from dispatch.belief_model import Evidence
from dispatch.jurisdiction import locate
from dispatch.model import CountyAssignment, LocationReport
from geodata.counties import load_counties
from geodata.population import load_population
from geodata.reference.codes import CODES
from geodata.territories import load_territories
from geodata.uncertainty import centroid

Floats = NDArray[np.float64]
TEST_SEED = 20_260
SURE = 0.95
_START = datetime(2026, 1, 1, tzinfo=UTC)
_UPDATE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Answers:
    """One method's answers: whether each was right, how sure it was, whether it asks."""

    right: NDArray[np.bool_]
    said: Floats
    asks: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Score:
    """How well a method did; `ece` and below are None for methods that say no probability."""

    name: str
    calls: int
    wrong: float
    ece: float | None = None
    sure: float | None = None
    right_when_sure: float | None = None
    ambiguous: float | None = None


def run(
    calls: int = 20_000, seed: int = TEST_SEED, plot: Path | None = None, few: int = 3_000
) -> list[Score]:
    """
    Measure, print the tables and return the rows.

    Parameters
    ----------
    plot
        Where to write the reliability curve, if anywhere.
    few
        Calls with which fused evidence and the other truths are measured.
    """
    start = time.perf_counter()
    few = min(few, calls)
    drawn = draw_calls(BASE, calls, seed)
    _print_cells(drawn)
    found = [_by_start(drawn, i) for i in range(calls)]
    ours = _answers(drawn, found)
    rows = [
        _plain("landline prefix alone (every call from a landline)", drawn, calls, _prefix),
        _plain("centroid in polygon", drawn, calls, _centroid),
        _plain("area share (RFC 7459)", drawn, calls, lambda _, i: _largest_share(found[i])),
        score("dispatch119", ours),
        _plain("update, 10 s later: centroid in polygon", drawn, few, _centroid_of_update),
        score("start and update fused", ask(drawn, few, _by_update)),
        score("... and a landline prefix", ask(drawn, few, _by_update_and_number)),
    ]
    _print("Drawn callers, base truth", rows)
    _print_reliability(bins_of(ours))
    if plot is not None:
        title = "Is the county right as often as we say?"
        subtitle = f"{calls:,} drawn calls, bins of at least 20; bars: 95 % interval"
        plot.write_text(reliability_svg(bins_of(ours), title, subtitle), encoding="utf-8")
    variants = [pair for truth in VARIANTS for pair in _sensitivity(truth, few, seed)]
    _print("Other truths (first line centroid in polygon, second ours)", variants)
    print(f"{time.perf_counter() - start:.0f} s")
    return [*rows, *variants]


def _sensitivity(truth: Truth, count: int, seed: int) -> tuple[Score, Score]:
    drawn = draw_calls(truth, count, seed)
    ours = score(f"  {truth.name}", ask(drawn, count, _by_start))
    return _plain(truth.name, drawn, count, _centroid), ours


# ── the methods ───────────────────────────────────────────────────────────────
def _ground() -> BeliefGround:
    return BeliefGround(load_counties(), load_territories(), load_population())


def _located(report: LocationReport) -> CountyAssignment:
    ground = _ground()
    return locate(
        report,
        counties=ground.counties,
        territories=ground.territories,
        population=ground.population,
    )[1]


def _by_start(calls: Calls, i: int) -> CountyAssignment:
    return _located(calls.reports[i])


def _by_update(calls: Calls, i: int) -> CountyAssignment:
    heard = [Evidence(calls.reports[i], _START), Evidence(calls.updates[i], _START + _UPDATE)]
    return fuse(heard, _ground()).assignment


def _by_update_and_number(calls: Calls, i: int) -> CountyAssignment:
    number = LocationReport("number", None, None, caller=calls.numbers[i])
    heard = [
        Evidence(number, _START),
        Evidence(calls.reports[i], _START),
        Evidence(calls.updates[i], _START + _UPDATE),
    ]
    return fuse(heard, _ground()).assignment


def _prefix(calls: Calls, i: int) -> str | None:
    return _located(LocationReport("number", None, None, caller=calls.numbers[i])).owner


def _centroid(calls: Calls, i: int) -> str | None:
    return _at_centroid(calls.reports[i])


def _centroid_of_update(calls: Calls, i: int) -> str | None:
    return _at_centroid(calls.updates[i])


def _at_centroid(report: LocationReport) -> str | None:
    """Take the county at the centroid; where that is abroad, kindly the largest share."""
    assert report.shape is not None
    code = load_counties().find_at(centroid(report.shape))
    return code or _largest_share(_located(report))


def _largest_share(assignment: CountyAssignment) -> str | None:
    found = assignment.counties
    return max(found, key=lambda share: share.area_share).code if found else None


# ── scoring ───────────────────────────────────────────────────────────────────
def ask(calls: Calls, count: int, method: Callable[[Calls, int], CountyAssignment]) -> Answers:
    """Ask a method about the first calls."""
    return _answers(calls, [method(calls, i) for i in range(count)])


def _answers(calls: Calls, found: Sequence[CountyAssignment]) -> Answers:
    truth = [CODES[code] for code in calls.counties[: len(found)]]
    return Answers(
        right=np.array([a.owner == code for a, code in zip(found, truth, strict=True)]),
        said=np.array([a.counties[0].population_share if a.counties else 0.0 for a in found]),
        asks=np.array([a.ambiguous for a in found]),
    )


def score(name: str, answers: Answers) -> Score:
    """Return the measures of a method that says how sure it is."""
    sure = answers.said >= SURE
    return Score(
        name,
        len(answers.right),
        wrong=float(1.0 - answers.right.mean()),
        ece=calibration_error(bins_of(answers)),
        sure=float(sure.mean()),
        right_when_sure=float(answers.right[sure].mean()) if sure.any() else None,
        ambiguous=float(answers.asks.mean()),
    )


def bins_of(answers: Answers, count: int = 20) -> list[Bin]:
    """Sort answers into bins of equal width over the probability said."""
    at = np.minimum((answers.said * count).astype(int), count - 1)
    found = []
    for k in range(count):
        here = at == k
        if here.any():
            said, right = float(answers.said[here].mean()), float(answers.right[here].mean())
            found.append(Bin(int(here.sum()), said, right))
    return found


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean gap between said and right."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.said - b.right) for b in bins) / total


def _plain(
    name: str, calls: Calls, count: int, method: Callable[[Calls, int], str | None]
) -> Score:
    found = [method(calls, i) for i in range(count)]
    truth = [CODES[code] for code in calls.counties[:count]]
    right = sum(a == b for a, b in zip(found, truth, strict=True))
    return Score(name, count, 1.0 - right / count)


# ── tables ────────────────────────────────────────────────────────────────────
def _print_cells(calls: Calls) -> None:
    over = [float((calls.cell_km2 > km2).mean()) for km2 in (12.5, 50.0)]
    print(f"Cells: {over[0]:.0%} over 12.5 km2, {over[1]:.0%} over 50 km2")


def _print(title: str, rows: Sequence[Score]) -> None:
    print(f"\n{title}")
    head = ("calls", "wrong", "ECE", ">= 0.95", "right then", "ambiguous")
    print(f"{'':<52}" + "".join(f"{name:>11}" for name in head))
    for row in rows:
        shares = (row.wrong, row.ece, row.sure, row.right_when_sure, row.ambiguous)
        cells = "".join(f"{'' if v is None else f'{v:.2%}':>11}" for v in shares)
        print(f"{row.name:<52}{row.calls:>11,}{cells}")


def _print_reliability(bins: Sequence[Bin]) -> None:
    print("\nReliability: said, right, calls")
    for b in bins:
        print(f"  {b.said:7.1%} {b.right:7.1%} {b.count:>8,}")


if __name__ == "__main__":
    run(
        calls=int(sys.argv[1]) if len(sys.argv) > 1 else 20_000,
        plot=Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
