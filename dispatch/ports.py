"""
What dispatch needs from the outside, as protocols; nothing here does anything.

`geodata.travel.travel_times.TravelTimes` fulfils `TravelTimePort` and `DrivePort` in the running
system, a straight-line fake does in the tests; `api.clients` fulfils `LocationServersPort`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from geodata.points import LonLat, Origin

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_T = TypeVar("_T")


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

    def route(self, origin: Origin, destination: LonLat, *, at: datetime) -> RoutePort:
        """Return the way from one place to another."""
        ...

    def profile_name(self, at: datetime) -> str:
        """Name the speed profile in force at that moment."""
        ...


class TravelTimePort(Protocol):
    """Times on the road at one moment; `at` is an aware datetime, UTC."""

    def matrix(
        self, origins: Sequence[Origin], destinations: Sequence[LonLat], *, at: datetime
    ) -> tuple[Floats, Bools]:
        """Return seconds (origins, destinations), NaN = unreachable, and which are estimates."""
        ...

    def route(self, origin: Origin, destination: LonLat, *, at: datetime) -> RoutePort:
        """Return the way from one place to another."""
        ...

    def off_road_m(self, places: Sequence[LonLat]) -> Floats:
        """Metres from each place to the road on which a drive to it ends; inf: none is near."""
        ...

    def closures_near(self, origins: Sequence[Origin], destination: LonLat) -> Sequence[int]:
        """Count, per origin, the road closures in force that may matter on its way."""
        ...

    def late_s(self, seconds: Floats, *, at: datetime) -> Floats:
        """Return the seconds that nine of ten drives expected to take `seconds` do not exceed."""
        ...

    def profile_name(self, at: datetime) -> str:
        """Name the speed profile in force at that moment."""
        ...


class UncoveringPort(Protocol):
    """Counts who is left without a team when one of the waiting teams goes."""

    @property
    def minutes(self) -> float:
        """From when on a team is not near."""
        ...

    def persons_left(
        self, starts: Sequence[Origin], counties: Collection[str], *, at: datetime
    ) -> Sequence[float]:
        """Return, for each waiting team, the residents of the counties whom nobody else reaches."""
        ...


class LocationAnswerPort(Protocol):
    """What a location server has answered, unread."""

    @property
    def content_type(self) -> str:
        """What the server calls it."""
        ...

    @property
    def body(self) -> bytes:
        """The answer, byte for byte."""
        ...


class LocationServersPort(Protocol):
    """
    The location servers of others that this installation may ask.

    Their failures are `LocationServerError`s: `uri_not_supported`, `host_not_allowed`,
    `upstream_timeout`, `upstream_unreachable`, `upstream_too_large`, `upstream_failed`.
    """

    def reference_in(self, extras: Mapping[str, str]) -> str | None:
        """Return the address in a report that is to be fetched; None without one."""
        ...

    async def fetch(self, uri: str) -> LocationAnswerPort:
        """Fetch what an address stands for."""
        ...

    async def ask(self, number: str) -> LocationAnswerPort:
        """Ask the operator where a number is; refused with `no_location_server` without one."""
        ...


class TallyPort(Protocol):
    """Counts messages; numbers only, nothing of what they say."""

    def count_report(self, report_format: str, /) -> None:
        """Note a message that was read and believed."""
        ...

    def count_refusal(self, code: str, /) -> None:
        """Note a message that was refused."""
        ...


class InThread(Protocol):
    """Runs a blocking call in a thread, and gives its result to the event loop."""

    async def __call__(self, call: Callable[[], _T], /) -> _T:
        """Run it."""
        ...
