"""The measures of answers whose truth is known, and the tables they are printed in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_plot import Bin

Floats = NDArray[np.float64]
SURE = 0.95


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
    fewer: float | None = None


def score(name: str, answers: Answers, against: float | None = None) -> Score:
    """
    Return the measures of a method that says how sure it is.

    Parameters
    ----------
    against
        Share of wrong owners of another method; `fewer` is how much of it this one spares.
    """
    sure = answers.said >= SURE
    wrong = float(1.0 - answers.right.mean())
    return Score(
        name,
        len(answers.right),
        wrong=wrong,
        ece=calibration_error(bins_of(answers)),
        sure=float(sure.mean()),
        right_when_sure=float(answers.right[sure].mean()) if sure.any() else None,
        ambiguous=float(answers.asks.mean()),
        fewer=1.0 - wrong / against if against else None,
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


def print_scores(title: str, rows: Sequence[Score]) -> None:
    """Print one table."""
    print(f"\n{title}")
    head = ("calls", "wrong", "fewer", "ECE", ">= 0.95", "right then", "ambiguous")
    print(f"{'':<52}" + "".join(f"{name:>11}" for name in head))
    for row in rows:
        shares = (row.wrong, row.fewer, row.ece, row.sure, row.right_when_sure, row.ambiguous)
        cells = "".join(f"{'' if v is None else f'{v:.2%}':>11}" for v in shares)
        print(f"{row.name:<52}{row.calls:>11,}{cells}", flush=True)


def print_reliability(title: str, bins: Sequence[Bin]) -> None:
    """Print what was said and what was right, bin by bin."""
    print(f"\nReliability, {title}: said, right, calls")
    for b in bins:
        print(f"  {b.said:7.1%} {b.right:7.1%} {b.count:>8,}")
