"""A request to close roads on the ground of another county, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from geodata.points import LonLat
from geodata.roads.closures import Closure


class RequestAnswer(StrEnum):
    """What a person answered: the county asked, or the asker who takes it back."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestState(StrEnum):
    """Where a request stands at one moment."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClosureRequest:
    """
    What one county asks another to close or slow on its ground.

    Attributes
    ----------
    county
        The county asked.
    asked_from, asked_by, asked_at
        Whose request it is: county, person, time.
    area, way_ids, spot, factor, valid_from, valid_until
        As in `RoadClosure`, of the ground of the county asked alone.
    own_closure, own_ended_at
        What the asker closed on its own ground at the same time, and when that was taken back.
    answer, answered_by, answered_at, answer_reason
        What was answered, None while it waits.
    closure, ended_at, ended_by, end_reason
        What the county asked closed by accepting, and how that was taken back.
    """

    id: UUID
    county: str
    asked_from: str
    asked_by: str
    asked_at: datetime
    reason: str
    valid_from: datetime
    valid_until: datetime | None
    area: BaseGeometry | None = None
    way_ids: tuple[int, ...] = ()
    spot: LonLat | None = None
    factor: float | None = None
    meant: Mapping[str, Any] = field(default_factory=dict)
    own_closure: UUID | None = None
    own_ended_at: datetime | None = None
    answer: RequestAnswer | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    answer_reason: str | None = None
    closure: UUID | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None

    def state_at(self, at: datetime) -> RequestState:
        """Where it stands at an aware instant; it waits no longer than its closure holds."""
        is_past = self.valid_until is not None and self.valid_until <= at
        if self.answer is None:
            is_over = is_past or self.own_ended_at is not None
            return RequestState.EXPIRED if is_over else RequestState.WAITING
        if self.answer is RequestAnswer.ACCEPTED and (is_past or self.ended_at is not None):
            return RequestState.ENDED
        return RequestState(self.answer.value)

    def as_closure(self, now: datetime | None = None) -> Closure:
        """Return what is asked for; by accepting at `now` it holds from then on, not before."""
        return Closure(
            id=str(self.id),
            valid_from=self.valid_from if now is None else max(self.valid_from, now),
            valid_until=self.valid_until,
            area=self.area,
            way_ids=self.way_ids,
            spot=self.spot,
            factor=self.factor,
        )
