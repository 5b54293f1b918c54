"""Closed and slowed roads: record, list, take back. In force for everybody's routes."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.routes.parameters import PROBLEMS, ClosesRoads, Now, Parts, ReadsClosures
from api.schemas.road_closures import (
    EndRequest,
    PreviewAnswer,
    RoadClosureAnswer,
    RoadClosureRequest,
)
from dispatch import services as use_cases
from dispatch.closures.ground import counties_to_close
from dispatch.closures.model import RoadClosure
from dispatch.closures.on_the_map import standing_of
from geodata.roads.meaning import draw_pieces, find_meaning

_STATES: dict[str, frozenset[str] | None] = {
    "standing": frozenset({"active", "upcoming"}),
    "all": None,
}

router = APIRouter(prefix="/v1/road-closures", tags=["roads"], responses=PROBLEMS)


@router.post("", status_code=201)
def record(
    wish: RoadClosureRequest, parts: Parts, scope: ClosesRoads, now: Now
) -> RoadClosureAnswer:
    """
    Close or slow roads for a time.

    Only on ground of your own counties, with some slack at the border; `counties` are those
    in which the roads lie, each of which may take it back. Answers at once with what is meant;
    routes follow within a second or two (`applied`), and every open page is told when they do.
    """
    closure = wish.closure(now)
    meaning = find_meaning(parts.travel.index, closure)
    row = use_cases.record_road_closure(
        parts.engine,
        scope,
        closure,
        counties=counties_to_close(parts.travel.index, scope, closure),
        reason=wish.reason,
        meant=meaning.as_dict(),
    )
    return _answer(parts, row, now)


@router.post("/preview")
def preview(wish: RoadClosureRequest, parts: Parts, scope: ClosesRoads, now: Now) -> PreviewAnswer:
    """Say what a closure would mean, and record nothing; refuses what recording would refuse."""
    closure, index = wish.closure(now), parts.travel.index
    meaning = find_meaning(index, closure)
    counties = counties_to_close(index, scope, closure)
    return PreviewAnswer.of(meaning, draw_pieces(index, closure), counties)


@router.get("")
def list_closures(
    parts: Parts,
    scope: ReadsClosures,
    now: Now,
    state: Literal["active", "upcoming", "standing", "over", "all"] = "active",
    limit: Annotated[int, Query(ge=1, le=2000)] = 1000,
) -> list[RoadClosureAnswer]:
    """
    List closures: those in force, those to come, both (`standing`), those over, or all.

    Those over, and all, come newest first.
    """
    rows = use_cases.list_road_closures(
        parts.engine, scope, states=_STATES.get(state, {state}), limit=limit
    )
    return [_answer(parts, row, now) for row in rows]


@router.get("/{closure_id}")
def get_closure(
    closure_id: UUID, parts: Parts, scope: ReadsClosures, now: Now
) -> RoadClosureAnswer:
    """Return one closure, whatever became of it."""
    return _answer(parts, use_cases.get_road_closure(parts.engine, scope, closure_id), now)


@router.post("/{closure_id}/end")
def end_closure(
    closure_id: UUID,
    parts: Parts,
    scope: ClosesRoads,
    wish: Annotated[EndRequest | None, Body()] = None,
) -> RoadClosureAnswer:
    """Take back a closure with roads in your counties: they are open again. Its record stays."""
    reason = wish.reason if wish else None
    row = use_cases.end_road_closure(parts.engine, scope, closure_id, reason=reason)
    # Not the moment of the request: it was not over yet then.
    return _answer(parts, row, parts.clock())


def _answer(parts: Parts, row: RoadClosure, now: datetime) -> RoadClosureAnswer:
    return RoadClosureAnswer.of(row, standing_of(parts.travel, parts.drawings, row, now))
