"""
What a state of the road index was made with: the closures in force and the speed profile.

Kept beside the times themselves, so that whoever follows the directory learns both
in one step and never says one thing while answering another.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.closures import Closure, Found
from geodata.roads.network import E7, RoadNetwork
from geodata.roads.profiles import BUCHAREST_HOURS, SpeedProfile

NEAR_DEG = 0.02
"""Degrees, about 2 km: a closure this far outside the box between two places may still matter."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class ClosureInForce:
    """One closure that a state was made with: its name elsewhere, and the box of its roads."""

    id: str
    box: Box


@dataclass(frozen=True, slots=True)
class InForce:
    """
    What a state was made with.

    `at` is the instant for which it was made, None for times straight from an
    import or a build, under which nothing is closed. `hours` are the factors of the
    hours whose times were published, the first one's as the index itself; empty where
    the times serve every hour, or hold none yet (`geodata.roads.hours`).
    """

    at: datetime | None = None
    closures: tuple[ClosureInForce, ...] = ()
    profile: SpeedProfile = BUCHAREST_HOURS
    hours: tuple[float, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Names of the closures."""
        return frozenset(one.id for one in self.closures)

    def says_the_same(self, other: "InForce") -> bool:
        """Tell whether the times are those of another state; instant and hours do not count."""
        return replace(self, at=None, hours=()) == replace(other, at=None, hours=())

    def count_near(self, origin: LonLat, destination: LonLat) -> int:
        """
        Count the closures that may matter for a drive.

        Those whose roads meet the box between the two places, grown by half its
        size and 2 km. A way round seldom leaves that box, and a closure far away is no news.
        """
        west, east = sorted((origin.lon, destination.lon))
        south, north = sorted((origin.lat, destination.lat))
        across, up = (east - west) / 2 + NEAR_DEG, (north - south) / 2 + NEAR_DEG
        near = (west - across, south - up, east + across, north + up)
        return sum(_meet(one.box, near) for one in self.closures)

    def as_notes(self) -> dict[str, Any]:
        """Return the JSON form that lies beside the times."""
        return {
            "at": self.at.isoformat() if self.at else None,
            "closures": [{"id": one.id, "box": list(one.box)} for one in self.closures],
            "speeds": self.profile.as_dict(),
            "hours": list(self.hours),
        }

    @classmethod
    def from_notes(cls, notes: Mapping[str, Any] | None) -> Self:
        """Rebuild from the JSON form; nothing, or what cannot be read, is the plain state."""
        try:
            if not notes or "speeds" not in notes:
                return cls()
            closures = tuple(
                ClosureInForce(str(one["id"]), _box(one["box"])) for one in notes["closures"]
            )
            at = datetime.fromisoformat(notes["at"]) if notes.get("at") else None
            hours = tuple(float(one) for one in notes.get("hours", ()))
            return cls(at, closures, SpeedProfile.from_dict(notes["speeds"]), hours)
        except (KeyError, TypeError, ValueError, RefusedError):
            return cls()


def gather(
    network: RoadNetwork,
    closures: Iterable[Closure],
    at: datetime,
    *,
    find: Callable[[Closure], Found],
    profile: SpeedProfile = BUCHAREST_HOURS,
    hours: tuple[float, ...] = (),
) -> InForce:
    """
    Collect what the closures that hold at `at` mean on a network.

    Those that mean no road of it are left out. `find` gives the pieces of one.
    """
    held = [
        ClosureInForce(closure.id, box_of(network, pieces))
        for closure in closures
        if closure.active_at(at) and len(pieces := find(closure)[0])
    ]
    return InForce(at, tuple(held), profile, hours)


def box_of(network: RoadNetwork, pieces: NDArray[np.int64]) -> Box:
    """Box of the junctions of some pieces, degrees: west, south, east, north."""
    nodes = np.concatenate([network.tail[pieces], network.head[pieces]])
    lon, lat = network.node_lon_e7[nodes], network.node_lat_e7[nodes]
    corners = (lon.min(), lat.min(), lon.max(), lat.max())
    west, south, east, north = (round(float(value) * E7, 6) for value in corners)
    return west, south, east, north


def _box(values: Sequence[float]) -> Box:
    west, south, east, north = (float(value) for value in values)
    return west, south, east, north


def _meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
