"""Small builders with sane defaults; a test names only what it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import ArrayLike

from dispatch.model import Recommendation
from dispatch.ports import Bools, Floats
from dispatch.recommendation.ranking import recommend
from dispatch.recommendation.sampled_area import SampledArea
from geodata.crs import distance_m
from geodata.points import LonLat
from teams.model import PositionReport, Team, TeamStatus

NOW = datetime(2026, 3, 14, 22, 5, tzinfo=UTC)
HOME = LonLat(26.10, 44.43)
_SPACE = UUID("00000000-0000-0000-0000-000000000119")


def team_id(callsign: str) -> UUID:
    return uuid5(_SPACE, callsign)


def make_position(place: LonLat = HOME, *, age_s: float = 30.0, **changes: Any) -> PositionReport:
    at = NOW - timedelta(seconds=age_s)
    values: dict[str, Any] = {"team_id": team_id("B3-1"), "fix_at": at, "received_at": at}
    return PositionReport(place=place, **(values | changes))


def make_team(
    callsign: str = "B3-1", place: LonLat | None = HOME, *, age_s: float = 30.0, **changes: Any
) -> Team:
    """Build an available team of two; the county is the callsign up to the dash."""
    position = place and make_position(place, age_s=age_s, team_id=team_id(callsign))
    values: dict[str, Any] = {
        "id": team_id(callsign),
        "county": callsign.partition("-")[0],
        "status": TeamStatus.AVAILABLE,
        "staffing": 2,
        "position": position,
    }
    return Team(callsign=callsign, **(values | changes))


@dataclass(frozen=True)
class StraightRoads:
    """A fake of `TravelTimePort`: straight roads at one speed, with islands and estimates."""

    speed_ms: float = 10.0
    islands: frozenset[LonLat] = frozenset()
    unmapped: frozenset[LonLat] = frozenset()
    closures: int = 0
    late_share: float = 1.0
    off_road: float = 0.0
    asked: list[int] = field(default_factory=list, compare=False)

    def matrix(
        self, origins: Sequence[LonLat], destinations: Sequence[LonLat], *, at: datetime
    ) -> tuple[Floats, Bools]:
        self.asked.append(len(origins))
        seconds = [[self._seconds(a, b) for b in destinations] for a in origins]
        flags = [[bool({a, b} & self.unmapped) for b in destinations] for a in origins]
        return np.array(seconds, dtype=np.float64), np.array(flags, dtype=np.bool_)

    def _seconds(self, a: LonLat, b: LonLat) -> float:
        if (a in self.islands) != (b in self.islands):
            return float("nan")
        return distance_m(*a, *b) / self.speed_ms

    def route(self, origin: LonLat, destination: LonLat, *, at: datetime) -> Any:
        raise NotImplementedError("no decision asks for a route")

    def off_road_m(self, places: Sequence[LonLat]) -> Floats:
        return np.full(len(places), self.off_road)

    def closures_near(self, origins: Sequence[LonLat], destination: LonLat) -> list[int]:
        return [self.closures] * len(origins)

    def profile_name(self, at: datetime) -> str:
        return "straight roads"

    def late_s(self, seconds: Floats, *, at: datetime) -> Floats:
        return seconds * self.late_share


def ask(
    teams: Sequence[Team],
    *points: LonLat,
    area_weights: ArrayLike | None = None,
    **changes: Any,
) -> Recommendation:
    """Recommend for sector 3 of Bucharest, with the neighbours 2 and 4 and Ilfov."""
    places = points or (HOME,)
    weights = [1.0] * len(places) if area_weights is None else area_weights
    values: dict[str, Any] = {
        "area": SampledArea.of(places, weights),
        "owner": "B3",
        "neighbours": ("B2", "B4", "IF"),
        "travel": StraightRoads(),
        "now": NOW,
    }
    return recommend(teams=teams, **(values | changes))


def order(recommendation: Recommendation) -> list[str]:
    return [candidate.callsign for candidate in recommendation.candidates]
