"""
How fast a car really drives: class speeds times the hour of the day.

Free-flow class speeds (km/h): motorway 110, trunk 70, primary, secondary and
tertiary 50, everything else 40. Free flow is optimistic: the factor of the
hour is free-flow time / real driven time, the median over 877 real car rides
in Bucharest, February to July 2026, fitted together with these class speeds.
On rides not used for the fit it brings the median absolute error of the
driving time from 57 % to 19 %. Real time = free-flow time / factor, so one
scalar serves the whole graph.

Source: `bucharest_hour_factors.csv` of the project's source data (aggregates
only), read on 2026-11-22. Outside Bucharest the factor is a guess on the safe side.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RefusedError
from geodata.roads.network import FAR, Int32s, RoadNetwork
from geodata.roads.tags import ROAD_CLASSES

LOCAL_TIME = ZoneInfo("Europe/Bucharest")

CLASS_SPEEDS_KPH = {"motorway": 110.0, "trunk": 70.0} | dict.fromkeys(
    ("primary", "secondary", "tertiary"), 50.0
)
OTHER_SPEED_KPH = 40.0


@dataclass(frozen=True, slots=True)
class HourBand:
    """Local hours `first` to `last` (inclusive), free-flow / real time, rides behind it."""

    first: int
    last: int
    factor: float
    rides: int

    @property
    def name(self) -> str:
        """Name shown beside every ETA."""
        return f"Bucharest hours {self.first:02}-{self.last:02}, {self.rides} rides"


HOUR_BANDS = (
    HourBand(0, 5, 0.516, 112),
    HourBand(6, 9, 0.344, 19),
    HourBand(10, 13, 0.312, 50),
    HourBand(14, 17, 0.338, 105),
    HourBand(18, 19, 0.385, 174),
    HourBand(20, 21, 0.437, 212),
    HourBand(22, 23, 0.523, 205),
)


def find_band(at: datetime) -> HourBand:
    """
    Band of the day that holds the instant `at` in Romanian local time.

    Raises
    ------
    RefusedError
        `naive_time` when `at` carries no time zone.
    """
    if at.tzinfo is None:
        raise RefusedError("naive_time", "the time has no time zone", "send it with an offset or Z")
    hour = at.astimezone(LOCAL_TIME).hour
    return next(band for band in HOUR_BANDS if hour <= band.last)


def speeds_kph(network: RoadNetwork) -> NDArray[np.float64]:
    """Free-flow speed of each piece by its class, km/h."""
    table = np.array([CLASS_SPEEDS_KPH.get(name, OTHER_SPEED_KPH) for name in ROAD_CLASSES])
    return np.asarray(table[network.road_class])


def free_flow_ms(network: RoadNetwork) -> Int32s:
    """
    Free-flow time of every arc in whole milliseconds, at least 1; FAR where barred.

    Returns
    -------
    weights
        Shape (2 * pieces,), in the order of arc numbers.
    """
    ms = np.maximum(1, np.rint(network.length_cm * 36.0 / speeds_kph(network))).astype(np.int32)
    return np.where(network.drivable, ms[:, None], FAR).astype(np.int32).ravel()
