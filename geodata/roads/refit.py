"""
Fit a speed profile to drives as they were: hours, belts, fixed seconds and ranges.

What is minimised is the sum of |predicted - driven| / driven, so that a single stop at a
kiosk or a short drive counts no more than any other. With all but one figure held, the best
value of that one is a weighted median; the figures take turns until none moves. A figure
with too few drives behind it keeps its old value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geodata.errors import BadInputError
from geodata.roads.network import Floats
from geodata.roads.pace import Lateness
from geodata.roads.profiles import BUCHAREST_HOURS, MOST_START_S, SpeedProfile
from geodata.said import said

LEAST_DRIVES = 20
"""Drives that a figure must have behind it to be fitted; others keep the old one."""

IN_BELT_SHARE = 0.2
"""Share of its free flow from which on a drive says something about a belt."""

INSIDE = 0.9
"""Of the drives on which a range is tested, it should hold so many."""

LENGTHS_M = (2_000.0, 5_000.0, 12_000.0)
"""Edges of the classes of length for which errors are told."""

_TURNS, _STILL = 60, 1e-6
_FACTOR_MIN, _FACTOR_MAX = 0.2, 5.0


@dataclass(frozen=True, slots=True)
class Drive:
    """
    One drive as it was: when it began, seconds it took, and seconds at free flow.

    Attributes
    ----------
    track
        Drives of the same track (one vehicle, one day) carry the same number.
    by_belt_s
        Free flow by the belts of the profile that is fitted, and beyond them; empty: all
        of it beyond.
    length_m
        Metres driven.
    is_whole
        From standing to standing, with its fixed seconds; else a leg out of the middle.
    """

    began: datetime
    driven_s: float
    free_flow_s: float
    track: int = 0
    by_belt_s: tuple[float, ...] = ()
    length_m: float = 0.0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class ClassError:
    """
    Held-out drives of one length or one hour: how many, median error and bias, before and after.

    `bias` is the median of (predicted - driven) / driven: above 0, predictions are too long.
    """

    name: str
    drives: int
    error_before: float
    error_after: float
    bias_before: float
    bias_after: float


@dataclass(frozen=True, slots=True)
class Refit:
    """
    A fitted profile and what it is worth.

    Errors are medians of |predicted - driven| / driven over the `held_out` drives, which
    were NOT used for the fit; `inside_before` and `inside_after` the shares of the whole
    ones among them (`whole_held_out`) that ended within the range, None without any.
    """

    profile: SpeedProfile
    drives: int
    tracks: int
    held_out: int
    error_before: float
    error_after: float
    classes: tuple[ClassError, ...] = ()
    whole_held_out: int = 0
    inside_before: float | None = None
    inside_after: float | None = None


def refit(drives: Iterable[Drive], profile: SpeedProfile = BUCHAREST_HOURS) -> Refit:
    """
    Fit a profile to drives; a figure with too few of them keeps its own value.

    The errors are measured with figures fitted on every second track and
    tested on the others (on every second drive where there is one track
    only); the profile returned is then fitted on all, its ranges on the errors that each half
    has under the fit of the other.

    Raises
    ------
    RefusedError
        `too_few_drives`: fewer than 2 * LEAST_DRIVES usable ones.
    """
    usable = sorted(
        (one for one in drives if one.driven_s > 0 and one.free_flow_s > 0),
        key=lambda one: (one.began, one.track),
    )
    if len(usable) < 2 * LEAST_DRIVES:
        raise BadInputError(
            "too_few_drives",
            said("{count} drives are too few to fit speeds", count=len(usable)),
            said("at least {least} are needed", least=2 * LEAST_DRIVES),
        )
    taught, held_out = _split(usable)
    trained = _fit(taught, profile)
    trained = replace(trained, late=_late([(taught, trained)], profile))
    other = _fit(held_out, profile)
    unseen = [(held_out, trained), (taught, other)]
    fitted = replace(_fit(usable, profile), late=_late(unseen, profile))
    whole = [one for one in held_out if one.is_whole]
    return Refit(
        profile=fitted,
        drives=len(usable),
        tracks=len({one.track for one in usable}),
        held_out=len(held_out),
        error_before=median_error(held_out, profile),
        error_after=median_error(held_out, trained),
        classes=_classes(held_out, profile, trained),
        whole_held_out=len(whole),
        inside_before=share_inside(whole, profile) if whole else None,
        inside_after=share_inside(whole, trained) if whole else None,
    )


def predict_s(drives: Sequence[Drive], profile: SpeedProfile) -> Floats:
    """Seconds that a profile expects of each drive."""
    table = _Table.of(drives, profile)
    return table.predict(_Figures.of(profile))


def median_error(drives: Sequence[Drive], profile: SpeedProfile) -> float:
    """Median of |predicted - driven| / driven."""
    return float(np.median(np.abs(_errors(drives, profile))))


def share_inside(drives: Sequence[Drive], profile: SpeedProfile) -> float:
    """Share of drives that took no longer than the end of their range."""
    late = profile.pace_at(drives[0].began).late_s(predict_s(drives, profile))
    return float(np.mean(np.array([one.driven_s for one in drives]) <= late))


def _split(drives: Sequence[Drive]) -> tuple[Sequence[Drive], Sequence[Drive]]:
    """Halves to learn from and to test on; a track is never in both where there are several."""
    tracks = list(dict.fromkeys(one.track for one in drives))
    if len(tracks) < 2:
        return drives[::2], drives[1::2]
    # Drives of one track are alike. Splitting a track would test on what was learnt.
    kept = set(tracks[::2])
    return (
        [one for one in drives if one.track in kept],
        [one for one in drives if one.track not in kept],
    )


# ── the fit ───────────────────────────────────────────────────────────────────
@dataclass(slots=True)
class _Figures:
    """Fixed seconds, factor of each belt and of beyond (always 1), real / free flow by band."""

    start_s: float
    belts: Floats
    slower: Floats

    @classmethod
    def of(cls, profile: SpeedProfile) -> "_Figures":
        belts = np.array([*(belt.factor for belt in profile.belts), 1.0])
        return cls(profile.start_s, belts, 1.0 / np.array([b.factor for b in profile.bands]))


@dataclass(frozen=True, slots=True)
class _Table:
    """Drives as columns: band, free flow by belt (s), seconds taken, whether whole (0 or 1)."""

    band: NDArray[np.int64]
    free_s: Floats
    driven_s: Floats
    whole: Floats

    @classmethod
    def of(cls, drives: Sequence[Drive], profile: SpeedProfile) -> "_Table":
        bands = {band: number for number, band in enumerate(profile.bands)}
        beyond = (0.0,) * len(profile.belts)
        return cls(
            np.array([bands[profile.find_band(one.began)] for one in drives]),
            np.array([one.by_belt_s or (*beyond, one.free_flow_s) for one in drives]),
            np.array([one.driven_s for one in drives]),
            np.array([float(one.is_whole) for one in drives]),
        )

    def predict(self, figures: _Figures) -> Floats:
        moving = (self.free_s @ figures.belts) * figures.slower[self.band]
        return np.asarray(figures.start_s * self.whole + moving)


def _fit(drives: Sequence[Drive], profile: SpeedProfile) -> SpeedProfile:
    table, figures = _Table.of(drives, profile), _Figures.of(profile)
    in_band = np.bincount(table.band, minlength=len(profile.bands))
    shares = table.free_s / table.free_s.sum(axis=1, keepdims=True)
    in_belt = (shares >= IN_BELT_SHARE).sum(axis=0)
    whole = int(table.whole.sum())
    bands = np.flatnonzero(in_band >= LEAST_DRIVES)
    belts = np.flatnonzero(in_belt[:-1] >= LEAST_DRIVES)
    for _ in range(_TURNS):
        before = table.predict(figures)
        for band in bands.tolist():
            _turn_band(table, figures, band)
        for belt in belts.tolist():
            _turn_belt(table, figures, belt)
        if whole >= LEAST_DRIVES:
            _turn_start(table, figures)
        if np.abs(table.predict(figures) - before).max() < _STILL * before.max():
            break
    fitted_bands = [
        replace(band, factor=float(1 / figures.slower[i]), drives=int(in_band[i]))
        if i in bands
        else band
        for i, band in enumerate(profile.bands)
    ]
    fitted_belts = [
        replace(belt, factor=float(figures.belts[i]), drives=int(in_belt[i]))
        if i in belts
        else belt
        for i, belt in enumerate(profile.belts)
    ]
    name = f"{profile.name.removesuffix(', refitted')}, refitted"
    return replace(
        profile, name=name, source=f"{len(drives)} own drives", start_s=figures.start_s,
        bands=tuple(fitted_bands), belts=tuple(fitted_belts),
    )  # fmt: skip


def _turn_band(table: _Table, figures: _Figures, band: int) -> None:
    mine = table.band == band
    moving = table.free_s[mine] @ figures.belts
    left = table.driven_s[mine] - figures.start_s * table.whole[mine]
    best = _best(moving, left, table.driven_s[mine])
    figures.slower[band] = np.clip(best, 1 / _FACTOR_MAX, 1 / (_FACTOR_MIN / 4))


def _turn_belt(table: _Table, figures: _Figures, belt: int) -> None:
    each = table.free_s[:, belt] * figures.slower[table.band]
    mine = each > 0
    left = table.driven_s - (table.predict(figures) - each * figures.belts[belt])
    best = _best(each[mine], left[mine], table.driven_s[mine])
    figures.belts[belt] = np.clip(best, _FACTOR_MIN, _FACTOR_MAX)


def _turn_start(table: _Table, figures: _Figures) -> None:
    mine = table.whole > 0
    left = (table.driven_s - table.predict(figures))[mine] + figures.start_s
    best = _best(np.ones(int(mine.sum())), left, table.driven_s[mine])
    figures.start_s = float(np.clip(best, 0.0, MOST_START_S))


def _best(per_unit: Floats, left: Floats, driven: Floats) -> float:
    """Value x that minimises sum |x * per_unit - left| / driven: a weighted median."""
    values, weights = left / per_unit, per_unit / driven
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


# ── ranges ────────────────────────────────────────────────────────────────────
def _late(
    halves: Sequence[tuple[Sequence[Drive], SpeedProfile]], profile: SpeedProfile
) -> tuple[Lateness, ...]:
    """Shares that hold nine of ten whole drives, by the time expected under the halves' fits."""
    whole = [([one for one in drives if one.is_whole], fit) for drives, fit in halves]
    pairs = [(predict_s(drives, fit), drives) for drives, fit in whole if drives]
    if not pairs:
        return profile.late
    expected = np.concatenate([predicted for predicted, _ in pairs])
    driven = np.array([one.driven_s for _, drives in pairs for one in drives])
    ratio, late, begins = driven / np.maximum(expected, 1.0), [], 0.0
    for one in profile.late:
        ends = np.inf if one.to_s is None else one.to_s
        mine = np.sort(ratio[(expected > begins) & (expected <= ends)])
        begins = ends
        if len(mine) < LEAST_DRIVES:
            late.append(one)
            continue
        # One more than the share asks for: so many hold a further drive in nine cases of ten.
        rank = min(len(mine), int(np.ceil((len(mine) + 1) * INSIDE)))
        late.append(Lateness(one.to_s, max(1.0, float(mine[rank - 1])), len(mine)))
    return tuple(late)


# ── what it is worth ──────────────────────────────────────────────────────────
def _errors(drives: Sequence[Drive], profile: SpeedProfile) -> Floats:
    driven = np.array([one.driven_s for one in drives])
    return np.asarray((predict_s(drives, profile) - driven) / driven)


def _classes(
    drives: Sequence[Drive], before: SpeedProfile, after: SpeedProfile
) -> tuple[ClassError, ...]:
    errors = _errors(drives, before), _errors(drives, after)
    length = np.searchsorted(LENGTHS_M, [one.length_m for one in drives], side="right")
    band = np.array([before.bands.index(before.find_band(one.began)) for one in drives])
    lengths = [(_length_name(i), length == i) for i in range(len(LENGTHS_M) + 1)]
    hours = [(one.hours_name, band == i) for i, one in enumerate(before.bands)]
    return tuple(
        _class_error(name, errors, mine) for name, mine in (*lengths, *hours) if mine.any()
    )


def _class_error(name: str, errors: tuple[Floats, Floats], mine: NDArray[np.bool_]) -> ClassError:
    before, after = (one[mine] for one in errors)
    error = [float(np.median(np.abs(one))) for one in (before, after)]
    bias = [float(np.median(one)) for one in (before, after)]
    return ClassError(name, int(mine.sum()), *error, *bias)


def _length_name(number: int) -> str:
    edges = [f"{edge / 1000:g}" for edge in LENGTHS_M]
    if number == 0:
        return f"under {edges[0]} km"
    if number == len(edges):
        return f"over {edges[-1]} km"
    return f"{edges[number - 1]} to {edges[number]} km"
