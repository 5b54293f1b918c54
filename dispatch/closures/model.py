"""A closure of roads as it was recorded, and what it meant then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from geodata.points import LonLat
from geodata.roads.closures import Closure


class ClosureState(StrEnum):
    """Where a closure stands at one moment."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class RoadClosure:
    """
    One recorded closure or slow-down.

    Attributes
    ----------
    county
        Of whoever recorded it; it holds for everybody's routes.
    counties
        On whose ground the roads lie: any of them may take it back, and all are told.
    area, way_ids, spot
        Which roads: see `geodata.roads.closures.Closure`.
    factor
        Speed as a share of the usual one; None: closed.
    meant
        What it meant on the map of the moment it was recorded
        (`geodata.roads.meaning.Meaning.as_dict`).
    ended_at, ended_by, end_reason
        When, by whom and why it was taken back before its time; never deleted.
    """

    id: UUID
    county: str
    reason: str
    valid_from: datetime
    valid_until: datetime | None
    recorded_by: str
    recorded_at: datetime
    counties: tuple[str, ...] = ()
    area: BaseGeometry | None = None
    way_ids: tuple[int, ...] = ()
    spot: LonLat | None = None
    factor: float | None = None
    meant: Mapping[str, Any] = field(default_factory=dict)
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None

    def state_at(self, at: datetime) -> ClosureState:
        """Where it stands at an aware instant."""
        ends = [end for end in (self.valid_until, self.ended_at) if end is not None]
        if ends and min(ends) <= at:
            return ClosureState.OVER
        return ClosureState.UPCOMING if at < self.valid_from else ClosureState.ACTIVE

    def as_closure(self) -> Closure:
        """Return what the road index needs to know; for one that was not taken back."""
        return Closure(
            id=str(self.id),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            area=self.area,
            way_ids=self.way_ids,
            spot=self.spot,
            factor=self.factor,
        )
