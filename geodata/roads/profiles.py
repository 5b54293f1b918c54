"""
How long drives really take, by place and hour of the week: data with its source.

A profile divides the week into bands. The factor of a band is free-flow time /
real driven time: one scalar for the whole map, so another hour needs no other
index. What does not change with the hour is worked into the times of the roads, once: the
factors of the belts of a city (`geodata.roads.belts`) and of classes of road. Fixed seconds
of a drive and the range of its time are added when a question is answered
(`geodata.roads.pace`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import numpy as np

from geodata.errors import BadInputError, RefusedError
from geodata.roads import measured
from geodata.roads.belts import Belt, find_belts
from geodata.roads.network import FAR, Int32s, RoadNetwork
from geodata.roads.pace import Lateness, Pace
from geodata.roads.speeds import LOCAL_TIME
from geodata.roads.tags import CLASS_CODES, ROAD_CLASSES
from geodata.said import said

ALL_DAYS = (0, 1, 2, 3, 4, 5, 6)
_DIGITS = 4
MOST_START_S = 600.0
"""Fixed seconds of a drive, at most; more is no start but a wait."""


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
    def hours_name(self) -> str:
        """Which hours and days: "06-09", "00-23 of Sat+Sun"."""
        days = "" if self.days == ALL_DAYS else f" of {_days_name(self.days)}"
        return f"{self.first:02}-{self.last:02}{days}"

    @property
    def name(self) -> str:
        """Which hours and days, and what stands behind them: "06-09, 19 rides"."""
        return f"{self.hours_name}, {self.drives} rides"


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """
    What drives take: bands that cover the week once, belts of a city, fixed seconds, range.

    Attributes
    ----------
    class_factors
        Relative speed of road classes, 1 when not named.
    start_s, late
        See `geodata.roads.pace.Pace`.
    belts
        From the centre outwards; beyond the last, free flow is as it is.

    Raises
    ------
    RefusedError
        `bad_profile`: an hour without a band or with two, a factor that is no speed, belts
        or ranges out of order.
    """

    name: str
    source: str
    bands: tuple[WeekBand, ...]
    class_factors: Mapping[str, float] = field(default_factory=dict)
    start_s: float = 0.0
    belts: tuple[Belt, ...] = ()
    late: tuple[Lateness, ...] = measured.LATE

    def __post_init__(self) -> None:
        """Check that every hour of the week has one band and every factor is a speed."""
        covered = [
            (day, hour)
            for band in self.bands
            for day in band.days
            for hour in range(band.first, band.last + 1)
        ]
        factors = [
            *(band.factor for band in self.bands),
            *(belt.factor for belt in self.belts),
            *self.class_factors.values(),
        ]
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
        if not 0 <= self.start_s <= MOST_START_S:
            raise BadInputError(
                "bad_profile",
                said("the fixed seconds are not between 0 and {most:.0f}", most=MOST_START_S),
                said("mend them"),
            )
        if not _rise([belt.to_m for belt in self.belts]):
            raise BadInputError(
                "bad_profile",
                said("the belts do not follow each other outwards"),
                said("mend them"),
            )
        if not _are_ranges(self.late):
            raise BadInputError(
                "bad_profile",
                said("the ranges do not hold all drives, each with a share of 1 or more"),
                said("mend them"),
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

    def pace_at(self, at: datetime) -> Pace:
        """Return what turns times of an index into real ones at the aware instant `at`."""
        return Pace(self.find_band(at).factor, self.start_s, self.town_factor, self.late)

    @property
    def town_factor(self) -> float:
        """
        Factor of the belts for a drive in a city whose streets are not known.

        That of the outermost belt, which comes nearest to the drives of the bundled network.
        """
        return self.belts[-1].factor if self.belts else 1.0

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
            "start_s": round(self.start_s, 1),
            "belts": [
                {"to_m": one.to_m, "factor": round(one.factor, _DIGITS), "drives": one.drives}
                for one in self.belts
            ],
            "late": [
                {"to_s": one.to_s, "share": round(one.share, _DIGITS), "drives": one.drives}
                for one in self.late
            ],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """
        Rebuild from the JSON form.

        A profile written before there were belts says nothing of them: it has none, and no
        fixed seconds, which is what its factors were fitted with.

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
            return cls(
                str(content["name"]),
                str(content["source"]),
                bands,
                named,
                start_s=round(float(content.get("start_s", 0.0)), 1),
                belts=tuple(_belt(one) for one in content.get("belts", ())),
                late=tuple(_lateness(one) for one in content["late"])
                if "late" in content
                else measured.LATE,
            )
        except RefusedError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInputError(
                "bad_profile",
                said("the speed profile lacks a part"),
                said("see docs/roads-live.md"),
            ) from error

    @property
    def of_roads(self) -> tuple[Any, ...]:
        """What of the profile is worked into the times of roads: belts and classes."""
        belts = tuple((one.to_m, one.factor) for one in self.belts)
        return belts, tuple(sorted(self.class_factors.items()))

    def weights_ms(self, network: RoadNetwork, free_ms: Int32s) -> Int32s:
        """
        Return times of all arcs with belts and classes worked in; barred arcs stay barred.

        `free_ms` (2 * pieces, milliseconds) is free flow; itself when there is nothing to
        work in.
        """
        if not self.class_factors and not self.belts:
            return free_ms
        slower = 1.0 / np.array([self.class_factors.get(name, 1.0) for name in ROAD_CLASSES])
        by_belt = np.array([*(belt.factor for belt in self.belts), 1.0])
        belts = find_belts(network, [belt.to_m for belt in self.belts])
        ratio = slower[network.road_class] * by_belt[belts]
        scaled = np.rint(free_ms.reshape(-1, 2) * ratio[:, None])
        # Rounding must neither make a road free of time nor close it.
        scaled = np.clip(scaled, 1, FAR - 1).astype(np.int32).ravel()
        return np.where(free_ms < FAR, scaled, free_ms)


def _belt(content: Mapping[str, Any]) -> Belt:
    factor = round(float(content["factor"]), _DIGITS)
    return Belt(float(content["to_m"]), factor, int(content.get("drives", 0)))


def _lateness(content: Mapping[str, Any]) -> Lateness:
    to_s = None if content["to_s"] is None else float(content["to_s"])
    share = round(float(content["share"]), _DIGITS)
    return Lateness(to_s, share, int(content.get("drives", 0)))


def _rise(edges: Sequence[float]) -> bool:
    """Whether edges are numbers above 0, each greater than the one before."""
    return bool(np.isfinite(edges).all() and (np.diff([0.0, *edges]) > 0).all())


def _are_ranges(late: Sequence[Lateness]) -> bool:
    if not late or late[-1].to_s is not None:
        return False
    inner = [one.to_s for one in late[:-1] if one.to_s is not None]
    shares = np.array([one.share for one in late])
    is_share = np.isfinite(shares).all() and (shares >= 1).all()
    return bool(is_share) and len(inner) == len(late) - 1 and _rise(inner)


_DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _days_name(days: tuple[int, ...]) -> str:
    named = [_DAY_NAMES[day] for day in days]
    is_run = len(days) > 2 and days == tuple(range(days[0], days[-1] + 1))
    return f"{named[0]}-{named[-1]}" if is_run else "+".join(named)


BUCHAREST_HOURS = SpeedProfile(
    name="Bucharest hours",
    source="877 car rides in Bucharest, February to July 2026; fixed seconds: 1,682 drives",
    bands=tuple(WeekBand(ALL_DAYS, *hours) for hours in measured.HOURS),
    start_s=measured.START_S,
    belts=measured.BELTS,
    late=measured.LATE,
)
FREE_FLOW = SpeedProfile("free flow", "class speeds alone", (WeekBand(ALL_DAYS, 0, 23, 1.0),))
