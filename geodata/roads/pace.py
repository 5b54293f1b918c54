"""
From the times of a road index to real ones: the hour, the fixed seconds, the range.

The one place that does it: matrices, routes, maps of reach and coverage ask here, so that
they agree to the second.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import FAR, Floats

DETOUR = 1.37
"""Median driven distance / straight line over 877 rides in Bucharest."""

TOWN_M, TOWN_KPH, COUNTRY_KPH = 10_000.0, 50.0, 70.0
"""An estimate drives its first metres as in a city and the rest as in the country."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """
    Nine of ten drives expected to take up to `to_s` seconds take at most `share` times that.

    `to_s` None: however long. `drives` stand behind it; 0 marks an assumption.
    """

    to_s: float | None
    share: float
    drives: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """
    What turns times of an index into real ones at an hour.

    Attributes
    ----------
    factor
        Free flow / real time; times of the index are divided by it.
    start_s
        Fixed seconds of a drive: setting off, parking, first and last metres. Once for each
        drive, none for a drive of no length.
    town
        What an estimate multiplies the free flow of a city by (`geodata.roads.belts`).
    late
        Shares from the shortest drives to the longest.
    """

    factor: float
    start_s: float = 0.0
    town: float = 1.0
    late: tuple[Lateness, ...] = ()

    def seconds(self, times_ms: NDArray[np.integer]) -> Floats:
        """Real seconds of times of the index (any shape); NaN where there is no way."""
        moved = np.where(times_ms > 0, self.start_s, 0.0) + times_ms / (1000.0 * self.factor)
        return np.asarray(np.where(times_ms < FAR, moved, np.nan))

    def limit_ms(self, minutes: float) -> int:
        """Return the time of the index that is driven within real minutes, at least 1 ms."""
        return max(1, round((minutes * 60 - self.start_s) * 1000 * self.factor))

    def estimate_s(self, straight_m: Floats) -> Floats:
        """Estimated real seconds over geodesic distances (m), without a road behind them."""
        driven = straight_m * DETOUR
        town = np.minimum(driven, TOWN_M)
        hours = town / TOWN_KPH * self.town / self.factor + (driven - town) / COUNTRY_KPH
        return np.asarray(np.where(driven > 0, self.start_s, 0.0) + hours * 3.6)

    def late_s(self, seconds: Floats) -> Floats:
        """
        Seconds that nine of ten drives expected to take `seconds` do not exceed.

        Never less for a longer drive than for a shorter one. NaN and infinity stay.
        """
        late = np.array(seconds, np.float64)
        begins, floor = 0.0, 0.0
        for one in self.late:
            ends = np.inf if one.to_s is None else one.to_s
            mine = (seconds > begins) & (seconds <= ends)
            # Where a longer class is surer than the one before, its first drives keep the
            # latest of that one: raising a bound keeps it true.
            late[mine] = np.maximum(seconds[mine] * one.share, floor)
            begins, floor = ends, max(floor, ends * one.share)
        return late
