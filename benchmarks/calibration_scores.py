"""The measures of answers whose truth is known, and the tables they are printed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration_plot import Bin

Floats = NDArray[np.float64]
SURE = 0.95
_DRAWS = 200
_SPLITS = 60


@dataclass(frozen=True, slots=True)
class Answers:
    """One method's answers: whether each was right, how sure it was, whether it asks."""

    right: NDArray[np.bool_]
    said: Floats
    asks: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Score:
    """
    How well a method did; `ece` and below are None for methods that say no probability.

    `chance` is the calibration error that as many calls show by chance alone, `beyond` what
    is left of `ece` without it.
    """

    name: str
    calls: int
    wrong: float
    ece: float | None = None
    chance: float | None = None
    beyond: float | None = None
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
        chance=error_by_chance(answers),
        beyond=error_beyond_chance(answers),
        sure=float(sure.mean()),
        right_when_sure=float(answers.right[sure].mean()) if sure.any() else None,
        ambiguous=float(answers.asks.mean()),
        fewer=1.0 - wrong / against if against else None,
    )


def bins_of(answers: Answers, count: int = 20) -> list[Bin]:
    """Sort answers into bins of equal width over the probability said."""
    at = _bin_of(answers.said, count)
    found = []
    for k in range(count):
        here = at == k
        if here.any():
            said, right = float(answers.said[here].mean()), float(answers.right[here].mean())
            found.append(Bin(int(here.sum()), said, right))
    return found


def _bin_of(said: Floats, count: int = 20) -> NDArray[np.int64]:
    return np.minimum((said * count).astype(np.int64), count - 1)


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: the mean gap between said and right."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.said - b.right) for b in bins) / total


def error_by_chance(answers: Answers) -> float:
    """
    Return the mean calibration error of as many calls if every probability said were true.

    It is not 0: so few calls of a bin are never right exactly as often as was said.
    """
    random = np.random.default_rng(len(answers.said))
    errors = [
        calibration_error(bins_of(replace(answers, right=random.random(len(answers.said)) < said)))
        for said in [answers.said] * _DRAWS
    ]
    return float(np.mean(errors))


def error_beyond_chance(answers: Answers) -> float:
    """
    Return the calibration error without what chance adds: about 0 where every word is true.

    Half of the calls say on which side of the truth each bin is, the other half how far; the
    mean of many halvings. Where chance could turn a side it is a little too small, never too
    large in the mean; it can be just below 0.
    """
    random = np.random.default_rng(len(answers.said))
    at, gap = _bin_of(answers.said), answers.said - answers.right
    found = []
    for _ in range(_SPLITS):
        first = random.random(len(at)) < 0.5
        side = np.sign(np.bincount(at[first], gap[first], minlength=20))
        far = np.bincount(at[~first], gap[~first], minlength=20)
        found.append(float((side * far).sum() / max(1, int((~first).sum()))))
    return float(np.mean(found))


def print_scores(title: str, rows: Sequence[Score]) -> None:
    """Print one table."""
    print(f"\n{title}")
    head = (
        "calls",
        "wrong",
        "fewer",
        "ECE",
        "by chance",
        "beyond",
        ">= 0.95",
        "right then",
        "ambiguous",
    )
    print(f"{'':<52}" + "".join(f"{name:>11}" for name in head))
    for row in rows:
        shares = (row.wrong, row.fewer, row.ece, row.chance, row.beyond, row.sure)
        shares += (row.right_when_sure, row.ambiguous)
        cells = "".join(f"{'' if v is None else f'{v:.2%}':>11}" for v in shares)
        print(f"{row.name:<52}{row.calls:>11,}{cells}", flush=True)


def print_reliability(title: str, bins: Sequence[Bin]) -> None:
    """Print what was said and what was right, bin by bin."""
    print(f"\nReliability, {title}: said, right, calls")
    for b in bins:
        print(f"  {b.said:7.1%} {b.right:7.1%} {b.count:>8,}")
