"""
Is a call's county right as often as it is said to be? `make bench-county`

Callers come from worlds that are not the model's own (`calibration_truth`). The constants were
chosen on seeds 1 to 99; this measures on others. A call counts as wrong when its owner is
not the county in which the caller is. The last word has an answer that knows the truth
(`calibration_oracle`): nobody can be wrong less often.

    python -m benchmarks.county_calibration [CALLS [PLOT.svg]]
"""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks import spoken
from benchmarks.calibration_oracle import Known, answer, answer_both, know_the_draw, know_the_law
from benchmarks.calibration_plot import Bin, Curve, reliability_svg
from benchmarks.calibration_question import Asking, ask_callers
from benchmarks.calibration_scores import (
    Answers,
    Score,
    bins_of,
    print_reliability,
    print_scores,
    score,
)
from benchmarks.calibration_truth import BASE, VARIANTS, Calls, Truth, draw_calls
from dispatch.belief.fusion import fuse
from dispatch.belief.model import Evidence, FusionPolicy
from dispatch.ground import load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.jurisdiction.policy import DEFAULT_POLICY, JurisdictionPolicy
from dispatch.model import CountyAssignment, LocationReport
from geodata.areas.uncertainty import centroid
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties

TEST_SEED = 20_260
_ORACLE_PLACES = 1_500_000
_WORKERS = 2
_ASKS_BELOW = 0.80
_START = datetime(2026, 1, 1, tzinfo=UTC)
_UPDATE = timedelta(seconds=10)
# Only the county is judged: naming the places takes most of the time of an answer.
_COUNTY_ONLY = FusionPolicy(jurisdiction=JurisdictionPolicy(names_places=False))


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many calls are drawn for what."""

    calls: int = 20_000
    fused: int = 3_000
    variant: int = 10_000
    variant_fused: int = 2_000
    oracle: int = 10_000
    oracle_places: int = _ORACLE_PLACES


@dataclass(frozen=True, slots=True)
class Result:
    """The tables: base truth, other truths (three rows each), and what asking brings."""

    base: tuple[Score, ...]
    variants: tuple[Score, ...]
    asking: Asking


def run(
    sizes: Sizes,
    seed: int = TEST_SEED,
    plot: Path | None = None,
    truths: Sequence[Truth] = VARIANTS,
) -> Result:
    """
    Measure, print the tables and return them.

    Parameters
    ----------
    plot
        Where to write the reliability curve, if anywhere.
    """
    start = time.perf_counter()
    drawn = draw_calls(BASE, sizes.calls, seed)
    _print_cells(drawn)
    found = [by_start(drawn, i) for i in range(sizes.calls)]
    ours, fused = _answers(drawn, found), ask(drawn, sizes.fused, by_update)
    base = [*_of_one(drawn, found, ours), *_of_update(drawn, sizes, fused)]
    base += _oracles(drawn, sizes)
    print_scores("Drawn callers, base truth", base)
    print_reliability("one area", bins_of(ours))
    print_reliability("start and update fused", bins_of(fused))
    asking = ask_callers(drawn, min(4 * sizes.fused, sizes.calls), load_ground())
    _print_asking(asking)
    others = _others(sizes, seed, truths)
    rows = [row for scores, _ in others for row in scores]
    print_scores("Other truths: centroid of the start, ours, start and update fused", rows)
    if plot is not None:
        curves = [Curve(truth.name, b) for truth, (_, b) in zip(truths, others, strict=True)]
        plot.write_text(_drawing(bins_of(ours), bins_of(fused), curves, sizes), encoding="utf-8")
    print(f"\n{time.perf_counter() - start:.0f} s")
    return Result(tuple(base), tuple(rows), asking)


def _of_one(drawn: Calls, found: Sequence[CountyAssignment], ours: Answers) -> list[Score]:
    count = len(found)
    centre = by_centroid(drawn, count)
    return [
        _plain("landline prefix alone (every call from a landline)", drawn, count, _prefix),
        centre,
        _plain("area share (RFC 7459)", drawn, count, lambda _, i: _largest_share(found[i])),
        score("dispatch119", ours, centre.wrong),
    ]


def _of_update(drawn: Calls, sizes: Sizes, fused: Answers) -> list[Score]:
    few = sizes.fused
    centre = _plain("update, 10 s later: centroid in polygon", drawn, few, _centroid_of_update)
    number = ask(drawn, few, by_update_and_number)
    return [
        centre,
        score("start and update fused", fused, centre.wrong),
        score("... and a landline prefix", number, centre.wrong),
    ]


def _oracles(drawn: Calls, sizes: Sizes) -> list[Score]:
    count = min(sizes.oracle, sizes.calls)
    against = by_centroid(drawn, count).wrong
    both = _plain("", drawn, sizes.fused, _centroid_of_update).wrong
    rows = []
    for name, known in (
        ("knows the law of the truth", know_the_law(BASE, sizes.oracle_places)),
        ("knows the draw", know_the_draw(BASE, drawn.world, sizes.oracle_places)),
    ):
        rows.append(score(f"{name}: one area", _known(drawn, count, known), against))
        rows.append(score("  start and update", _known(drawn, sizes.fused, known, both=True), both))
    return rows


def _known(drawn: Calls, count: int, known: Known, *, both: bool = False) -> Answers:
    if both:
        pairs = zip(drawn.reports[:count], drawn.updates[:count], strict=True)
        chances = np.array([answer_both(known, a, b) for a, b in pairs])
    else:
        chances = np.array([answer(known, report) for report in drawn.reports[:count]])
    said = chances.max(axis=1)
    return Answers(chances.argmax(axis=1) == drawn.counties[:count], said, said < _ASKS_BELOW)


def _others(
    sizes: Sizes, seed: int, truths: Sequence[Truth]
) -> list[tuple[list[Score], list[Bin]]]:
    count = len(truths)
    with ProcessPoolExecutor(_WORKERS) as pool:
        return list(pool.map(_other_truth, truths, [sizes] * count, [seed] * count))


def _other_truth(truth: Truth, sizes: Sizes, seed: int) -> tuple[list[Score], list[Bin]]:
    drawn = draw_calls(truth, sizes.variant, seed)
    name = f"{truth.name}{' (fitted on)' if truth.fitted else ''}"
    centre = by_centroid(drawn, sizes.variant, name)
    ours = ask(drawn, sizes.variant, by_start)
    few = sizes.variant_fused
    later = _plain("", drawn, few, _centroid_of_update).wrong
    fused = score("  fused (against the update's centroid)", ask(drawn, few, by_update), later)
    return [centre, score("  dispatch119", ours, centre.wrong), fused], bins_of(ours, 10)


def _drawing(ours: list[Bin], fused: list[Bin], others: list[Curve], sizes: Sizes) -> str:
    title = "Is the county right as often as we say?"
    subtitle = f"{sizes.calls:,} drawn calls, bins of at least 20; bars: 95 % interval"
    main = [Curve("one area", ours), Curve("start and update fused", fused)]
    return reliability_svg(main, others, title, subtitle)


# ── the methods ───────────────────────────────────────────────────────────────
def _located(
    report: LocationReport, policy: JurisdictionPolicy = DEFAULT_POLICY
) -> CountyAssignment:
    return locate(report, load_ground(), policy=replace(policy, names_places=False))[1]


def by_start(calls: Calls, i: int, policy: JurisdictionPolicy = DEFAULT_POLICY) -> CountyAssignment:
    """Answer a call by its start message."""
    return _located(calls.reports[i], policy)


def by_update(calls: Calls, i: int) -> CountyAssignment:
    """Answer a call by its start message and the update."""
    heard = [Evidence(calls.reports[i], _START), Evidence(calls.updates[i], _START + _UPDATE)]
    return fuse(heard, load_ground(), _COUNTY_ONLY).assignment


def by_update_and_number(calls: Calls, i: int) -> CountyAssignment:
    """Answer a call by both and a landline prefix."""
    number = LocationReport("number", None, None, caller=calls.numbers[i])
    heard = [
        Evidence(number, _START),
        Evidence(calls.reports[i], _START),
        Evidence(calls.updates[i], _START + _UPDATE),
    ]
    return fuse(heard, load_ground(), _COUNTY_ONLY).assignment


def _prefix(calls: Calls, i: int) -> str | None:
    return _located(LocationReport("number", None, None, caller=calls.numbers[i])).owner


def _centroid(calls: Calls, i: int) -> str | None:
    return _at_centroid(calls.reports[i])


def _centroid_of_update(calls: Calls, i: int) -> str | None:
    return _at_centroid(calls.updates[i])


def _at_centroid(report: LocationReport) -> str | None:
    """Take the county at the centroid; where that is abroad, the one with the largest share."""
    assert report.shape is not None
    code = load_counties().find_at(centroid(report.shape))
    return code or _largest_share(_located(report))


def _largest_share(assignment: CountyAssignment) -> str | None:
    found = assignment.counties
    return max(found, key=lambda share: share.area_share).code if found else None


# ── answers ───────────────────────────────────────────────────────────────────
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


def by_centroid(calls: Calls, count: int, name: str = "centroid in polygon") -> Score:
    """Score the centroid of the start message."""
    return _plain(name, calls, count, _centroid)


def _plain(
    name: str, calls: Calls, count: int, method: Callable[[Calls, int], str | None]
) -> Score:
    found = [method(calls, i) for i in range(count)]
    truth = [CODES[code] for code in calls.counties[:count]]
    right = sum(a == b for a, b in zip(found, truth, strict=True))
    return Score(name, count, 1.0 - right / count)


def _print_cells(calls: Calls) -> None:
    over = [float((calls.cell_km2 > km2).mean()) for km2 in (12.5, 50.0)]
    print(f"Cells: {over[0]:.0%} over 12.5 km2, {over[1]:.0%} over 50 km2")


def _print_asking(asking: Asking) -> None:
    print(f"\nAsking {asking.calls:,} ambiguous calls (one area)")
    print(f"  owner right before the answer {asking.before:.1%}, after it {asking.after:.1%}")
    print(f"  named a listed locality {asking.listed:.1%}, then right {asking.right_listed:.1%}")
    print(f"  does not know {asking.unknown:.1%}")


if __name__ == "__main__":
    sizes_ = Sizes()
    if len(sys.argv) > 1:
        wanted = int(sys.argv[1])
        sizes_ = replace(sizes_, calls=wanted, fused=min(sizes_.fused, wanted))
    spoken.run()
    run(sizes_, plot=Path(sys.argv[2]) if len(sys.argv) > 2 else None)
