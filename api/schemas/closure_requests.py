"""Closure requests over HTTP: what is sent, and what is answered."""

from datetime import datetime
from typing import Self
from uuid import UUID

import orjson
import shapely
from pydantic import Field

from api.schemas.answers import Answer, GeoJson, Place
from api.schemas.requests import Request
from api.schemas.road_closures import MeantAnswer, PreviewAnswer, RoadClosureAnswer
from dispatch.closures.requests import ClosureRequest, RequestState


class RefuseRequest(Request):
    """Why the roads are not closed: whoever asked reads it."""

    reason: str = Field(min_length=1, max_length=500)


class WithdrawRequest(Request):
    """Why a request is taken back."""

    reason: str | None = Field(default=None, max_length=500)


class ClosureRequestAnswer(Answer):
    """
    A request to close or slow roads on the ground of `county`.

    `state`: `waiting`; `accepted` (then `closure` is in force), `refused`, `withdrawn`;
    `expired` without an answer; `ended` once what was accepted is over, with `ended_by` and
    `end_reason` where a person ended it. `own_closure` is what the asker closed on own ground.
    """

    id: UUID
    state: RequestState
    county: str
    asked_from: str
    asked_by: str
    asked_at: datetime
    area: GeoJson | None
    way_ids: tuple[int, ...]
    spot: Place | None
    factor: float | None
    reason: str
    valid_from: datetime
    valid_until: datetime | None
    meant: MeantAnswer
    roads: GeoJson | None
    own_closure: UUID | None
    answered_by: str | None
    answered_at: datetime | None
    answer_reason: str | None
    closure: UUID | None
    ended_at: datetime | None
    ended_by: str | None
    end_reason: str | None

    @classmethod
    def of(cls, row: ClosureRequest, now: datetime, roads: GeoJson | None) -> Self:
        """Build from the record; `roads` draws the pieces meant, of what still waits."""
        return cls(
            **{name: getattr(row, name) for name in _PLAIN},
            state=row.state_at(now),
            area=None if row.area is None else orjson.loads(shapely.to_geojson(row.area)),
            spot=Place.model_validate(row.spot) if row.spot else None,
            meant=MeantAnswer.model_validate(dict(row.meant)),
            roads=roads,
        )


_PLAIN = (
    "id", "county", "asked_from", "asked_by", "asked_at", "way_ids", "factor", "reason",
    "valid_from", "valid_until", "own_closure", "answered_by", "answered_at", "answer_reason",
    "closure", "ended_at", "ended_by", "end_reason",
)  # fmt: skip


class AskedAnswer(Answer):
    """What is closed on own ground at once (null: nothing), and what the others were asked."""

    closure: RoadClosureAnswer | None
    requests: tuple[ClosureRequestAnswer, ...]


class AcceptedAnswer(Answer):
    """The answered request, and what is closed by it."""

    request: ClosureRequestAnswer
    closure: RoadClosureAnswer


class AskedPreviewAnswer(Answer):
    """What would be closed on own ground at once (null: nothing), and asked of each county."""

    own: PreviewAnswer | None
    asked: tuple[PreviewAnswer, ...]
