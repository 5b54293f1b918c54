"""
When the ETA of a team is computed again, and which number is one.

From where and when each open assignment's ETA was last computed is kept in memory only:
losing it costs one more question to the road, nothing else. Times are seconds.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dispatch.policy import ArrivalPolicy
from geodata.crs import distance_m
from geodata.points import LonLat
from teams.model import PositionReport

# More open assignments than the whole country has teams.
_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class EtaBasis:
    """What the ETA in force was computed from: the team's place, and when."""

    place: LonLat
    at: datetime


class EtaMemory:
    """From where and when each open assignment's ETA was last computed; thread-safe."""

    def __init__(self) -> None:
        self._bases: OrderedDict[UUID, EtaBasis] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, assignment_id: UUID) -> EtaBasis | None:
        """Return the basis, or None when this process has not computed one."""
        with self._lock:
            return self._bases.get(assignment_id)

    def clear(self) -> None:
        """Forget all: the roads changed, so every ETA is due at the team's next fix."""
        with self._lock:
            self._bases.clear()

    def keep(self, assignment_id: UUID, basis: EtaBasis) -> None:
        """Remember a basis; the oldest is forgotten."""
        with self._lock:
            self._bases[assignment_id] = basis
            while len(self._bases) > _REMEMBERED:
                self._bases.popitem(last=False)


def needs_new_eta(
    basis: EtaBasis | None, position: PositionReport, *, now: datetime, policy: ArrivalPolicy
) -> bool:
    """Tell whether the team has moved, or time has passed, enough to ask the road again."""
    if basis is None:
        return True
    if (now - basis.at).total_seconds() >= policy.eta_refresh_s:
        return True
    return distance_m(*basis.place, *position.place) > policy.eta_refresh_m


def sane_eta(seconds: float | None, policy: ArrivalPolicy) -> float | None:
    """Return remaining seconds, or None where the number cannot be an ETA."""
    if seconds is None or not 0 <= seconds <= policy.eta_max_s:
        return None
    return seconds
