"""
Speeds by the hour of the week: data with its source, and how to fit it anew.

A profile divides the week into bands. The factor of a band is free-flow time /
real driven time: one scalar for the whole map, so another hour needs no other
index. A profile may also scale classes of road against each other; that is
one customization. Both are shares of the free-flow speed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

import numpy as np

from geodata.errors import BadInputError, RefusedError
from geodata.roads.network import FAR, Int32s, RoadNetwork
from geodata.roads.speeds import HOUR_BANDS, LOCAL_TIME
from geodata.roads.tags import CLASS_CODES, ROAD_CLASSES
from geodata.said import said

ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)
_DIGITS = 4
LEAST_DRIVES = 20
"""Drives a band must have for its factor to be fitted; others keep the old one."""


@dataclass(frozen=True, slots=True)
class WeekBand:
    """Days (Monday 0) and local hours first to last (inclusive); factor; drives behind it."""

    days: tuple[int, ...]
    first: int
    last: int
    factor: float
    drives: int = 0

    def holds(self, at: datetime) -> bool:
        """Whether the local time `at` lies in the band."""
        return at.weekday() in self.days and self.first <= at.hour <= self.last

    @property
    def name(self) -> str:
        """Which hours and days, and what stands behind them: "06-09, 19 rides"."""
        days = "" if self.days == ALL_DAYS else f" of {_days_name(self.days)}"
        return f"{self.first:02}-{self.last:02}{days}, {self.drives} rides"


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """
    Bands that cover the week once, and the relative speed of road classes (1 when not named).

    Raises
    ------
    RefusedError
        `bad_profile`: an hour without a band or with two, or a factor that is no speed.
    """

    name: str
    source: str
    bands: tuple[WeekBand, ...]
    class_factors: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that every hour of the week has one band and every factor is a speed."""
        covered = [
            (day, hour)
            for band in self.bands
            for day in band.days
            for hour in range(band.first, band.last + 1)
        ]
        factors = [*(band.factor for band in self.bands), *self.class_factors.values()]
        if sorted(covered) != [(day, hour) for day in ALL_DAYS for hour in range(24)]:
            raise BadInputError(
                "bad_profile", said("the bands do not cover the week once"), said("mend them")
            )
        if not all(np.isfinite(factor) and factor > 0 for factor in factors):
            raise BadInputError(
                "bad_profile", said("a factor is not above 0"), said("mend the factors")
            )
        if unknown := set(self.class_factors) - set(CLASS_CODES):
            raise BadInputError(
                "bad_profile",
                said("no road class {road_class}", road_class=min(unknown)),
                said("mend it"),
            )

    def find_band(self, at: datetime) -> WeekBand:
        """
        Band of the aware instant `at`, in Romanian local time.

        Raises
        ------
        RefusedError
            `naive_time`.
        """
        if at.tzinfo is None:
            raise BadInputError(
                "naive_time", said("the time has no time zone"), said("send an offset or Z")
            )
        local = at.astimezone(LOCAL_TIME)
        return next(band for band in self.bands if band.holds(local))

    def name_at(self, at: datetime) -> str:
        """Name shown beside every ETA of that instant."""
        return f"{self.name} {self.find_band(at).name}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: what a profile file holds."""
        return {
            "name": self.name,
            "source": self.source,
            "bands": [
                {
                    "days": list(band.days),
                    "first": band.first,
                    "last": band.last,
                    "factor": round(band.factor, _DIGITS),
                    "drives": band.drives,
                }
                for band in self.bands
            ],
            "class_factors": dict(self.class_factors),
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """
        Rebuild from the JSON form.

        Raises
        ------
        RefusedError
            `bad_profile`.
        """
        try:
            bands = tuple(
                WeekBand(
                    tuple(int(day) for day in band["days"]),
                    int(band["first"]),
                    int(band["last"]),
                    # Rounded as `as_dict` writes it, so that reading back gives the same number:
                    # hours are found by their factor.
                    round(float(band["factor"]), _DIGITS),
                    int(band.get("drives", 0)),
                )
                for band in content["bands"]
            )
            named = {str(k): float(v) for k, v in content.get("class_factors", {}).items()}
            return cls(str(content["name"]), str(content["source"]), bands, named)
        except RefusedError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInputError(
                "bad_profile",
                said("the speed profile lacks a part"),
                said("see docs/roads-live.md"),
            ) from error

    def weights_ms(self, network: RoadNetwork, open_ms: Int32s) -> Int32s:
        """Weights of all arcs with the classes' relative speeds; `open_ms` itself without any."""
        if not self.class_factors:
            return open_ms
        table = np.array([self.class_factors.get(name, 1.0) for name in ROAD_CLASSES])
        scaled = np.rint(open_ms.reshape(-1, 2) / table[network.road_class][:, None])
        # Rounding must neither make a road free of time nor close it.
        scaled = np.clip(scaled, 1, FAR - 1).astype(np.int32).ravel()
        return np.where(open_ms < FAR, scaled, open_ms)


_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _days_name(days: tuple[int, ...]) -> str:
    named = [_DAY_NAMES[day] for day in days]
    is_run = len(days) > 2 and days == tuple(range(days[0], days[-1] + 1))
    return f"{named[0]}-{named[-1]}" if is_run else "+".join(named)


BUCHAREST_HOURS = SpeedProfile(
    name="Bucharest hours",
    source="877 car rides in Bucharest, February to July 2026",
    bands=tuple(WeekBand(ALL_DAYS, b.first, b.last, b.factor, b.rides) for b in HOUR_BANDS),
)
FREE_FLOW = SpeedProfile("free flow", "class speeds alone", (WeekBand(ALL_DAYS, 0, 23, 1.0),))


@dataclass(frozen=True, slots=True)
class Drive:
    """
    One drive as it was: when it began, seconds it took, and seconds at free flow.

    Drives of the same track (one vehicle, one day) carry the same number.
    """

    began: datetime
    driven_s: float
    free_flow_s: float
    track: int = 0


@dataclass(frozen=True, slots=True)
class Refit:
    """
    A fitted profile and what it is worth.

    Errors are medians of |predicted - driven| / driven over the `held_out` drives,
    which were NOT used for the fit.
    """

    profile: SpeedProfile
    drives: int
    tracks: int
    held_out: int
    error_before: float
    error_after: float


def refit(drives: Iterable[Drive], profile: SpeedProfile = BUCHAREST_HOURS) -> Refit:
    """
    Fit the factors of a profile's bands to drives; a band with too few keeps its own.

    The errors are measured with factors fitted on every second track and
    tested on the others (on every second drive where there is one track
    only); the profile returned is then fitted on all.

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
    return Refit(
        profile=_fit(usable, profile),
        drives=len(usable),
        tracks=len({one.track for one in usable}),
        held_out=len(held_out),
        error_before=median_error(held_out, profile),
        error_after=median_error(held_out, trained),
    )


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


def median_error(drives: Sequence[Drive], profile: SpeedProfile) -> float:
    """Median of |predicted - driven| / driven."""
    predicted = np.array([one.free_flow_s / profile.find_band(one.began).factor for one in drives])
    driven = np.array([one.driven_s for one in drives])
    return float(np.median(np.abs(predicted - driven) / driven))


def _fit(drives: Sequence[Drive], profile: SpeedProfile) -> SpeedProfile:
    ratios: dict[int, list[float]] = {}
    for one in drives:
        band = profile.bands.index(profile.find_band(one.began))
        # The median of the ratios and not the ratio of sums: a single stop must not count.
        ratios.setdefault(band, []).append(one.free_flow_s / one.driven_s)
    bands = [
        replace(band, factor=float(np.median(ratios[i])), drives=len(ratios[i]))
        if len(ratios.get(i, ())) >= LEAST_DRIVES
        else band
        for i, band in enumerate(profile.bands)
    ]
    name = f"{profile.name.removesuffix(', refitted')}, refitted"
    return replace(profile, name=name, source=f"{len(drives)} own drives", bands=tuple(bands))
