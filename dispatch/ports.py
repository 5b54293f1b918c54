"""
What the decisions need from the outside, as protocols; nothing here does anything.

`geodata.travel.travel_times.TravelTimes` fulfils `TravelTimePort` and `DrivePort` in the running
system, a straight-line fake does in the tests.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geodata.points import LonLat

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class RoutePort(Protocol):
    """One way on the road, EPSG:4326; `seconds` is None when there is none."""

    @property
    def places(self) -> Sequence[LonLat]:
        """The way, from origin to destination."""
        ...

    @property
    def seconds(self) -> float | None:
        """Time on the way."""
        ...

    @property
    def distance_m(self) -> float | None:
        """Length of the way."""
        ...

    @property
    def source(self) -> str:
        """`road` or `estimate`."""
        ...


class DrivePort(Protocol):
    """The way of one drive under the road times in use; `at` is an aware datetime, UTC."""

    def follow(self) -> None:
        """Take up the road times that were published last, and wait for them."""
        ...

    def route(self, origin: LonLat, destination: LonLat, *, at: datetime) -> RoutePort:
        """Return the way from one place to another."""
        ...

    def profile_name(self, at: datetime) -> str:
        """Name the speed profile in force at that moment."""
        ...


class TravelTimePort(Protocol):
    """Times on the road at one moment; `at` is an aware datetime, UTC."""

    def matrix(
        self, origins: Sequence[LonLat], destinations: Sequence[LonLat], *, at: datetime
    ) -> tuple[Floats, Bools]:
        """Return seconds (origins, destinations), NaN = unreachable, and which are estimates."""
        ...

    def route(self, origin: LonLat, destination: LonLat, *, at: datetime) -> RoutePort:
        """Return the way from one place to another."""
        ...

    def closures_near(self, origins: Sequence[LonLat], destination: LonLat) -> Sequence[int]:
        """Count, per origin, the road closures in force that may matter on its way."""
        ...

    def profile_name(self, at: datetime) -> str:
        """Name the speed profile in force at that moment."""
        ...
