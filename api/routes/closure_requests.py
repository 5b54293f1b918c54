"""Requests to close roads on the ground of other counties: asked, answered, taken back."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query

from api.routes.parameters import PROBLEMS, ClosesRoads, Now, Parts
from api.schemas.closure_requests import (
    AcceptedAnswer,
    AskedAnswer,
    AskedPreviewAnswer,
    ClosureRequestAnswer,
    RefuseRequest,
    WithdrawRequest,
)
from api.schemas.road_closures import PreviewAnswer, RoadClosureAnswer, RoadClosureRequest
from dispatch import services as use_cases
from dispatch.closures.model import RoadClosure
from dispatch.closures.on_the_map import standing_of
from dispatch.closures.requests import ClosureRequest, RequestState
from dispatch.closures.shares import ClosureShare, Shares, find_shares, share_of
from geodata.roads.meaning import draw_pieces

router = APIRouter(prefix="/v1/closure-requests", tags=["roads"], responses=PROBLEMS)

_OPEN = frozenset({RequestState.WAITING})


@router.post("", status_code=201)
def ask(wish: RoadClosureRequest, parts: Parts, scope: ClosesRoads, now: Now) -> AskedAnswer:
    """
    Close roads that (partly) lie in other counties.

    What lies on your own ground is closed at once; each other county gets a request for its
    part and accepts or refuses it. Where everything is own, nobody is asked. All or nothing.
    """
    shares = find_shares(parts.travel.index, scope, wish.closure(now))
    asked = use_cases.ask_to_close(
        parts.engine, scope, shares.own, shares.others, reason=wish.reason
    )
    # Not the moment of the request: the database has written since.
    now = parts.clock()
    return AskedAnswer(
        closure=None if asked.closure is None else _closure(parts, asked.closure, now),
        requests=tuple(_answer(parts, row, now) for row in asked.requests),
    )


@router.post("/preview")
def preview(
    wish: RoadClosureRequest, parts: Parts, scope: ClosesRoads, now: Now
) -> AskedPreviewAnswer:
    """Say what would be closed and asked, and record nothing."""
    shares = find_shares(parts.travel.index, scope, wish.closure(now))
    return _preview(parts, shares)


@router.get("")
def list_requests(
    parts: Parts,
    scope: ClosesRoads,
    now: Now,
    state: Literal[
        "waiting", "accepted", "refused", "withdrawn", "expired", "ended", "all"
    ] = "waiting",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ClosureRequestAnswer]:
    """List what your counties asked and what they are asked: what waits first, then the newest."""
    states = None if state == "all" else frozenset({RequestState(state)})
    rows = use_cases.list_closure_requests(parts.engine, scope, states=states, limit=limit)
    return [_answer(parts, row, now) for row in rows]


@router.get("/{request_id}")
def get_request(
    request_id: UUID, parts: Parts, scope: ClosesRoads, now: Now
) -> ClosureRequestAnswer:
    """Return one request that your county made or was sent."""
    return _answer(parts, use_cases.get_closure_request(parts.engine, scope, request_id), now)


@router.post("/{request_id}/accept")
def accept(request_id: UUID, parts: Parts, scope: ClosesRoads) -> AcceptedAnswer:
    """Close on your ground what you were asked to, from now until when it was asked for."""
    row, made = use_cases.accept_closure_request(
        parts.engine,
        scope,
        request_id,
        find=lambda closure, county: share_of(parts.travel.index, closure, (county,)),
    )
    now = parts.clock()
    return AcceptedAnswer(request=_answer(parts, row, now), closure=_closure(parts, made, now))


@router.post("/{request_id}/refuse")
def refuse(
    request_id: UUID, wish: RefuseRequest, parts: Parts, scope: ClosesRoads
) -> ClosureRequestAnswer:
    """Refuse what your county was asked; whoever asked reads the reason."""
    row = use_cases.refuse_closure_request(parts.engine, scope, request_id, reason=wish.reason)
    return _answer(parts, row, parts.clock())


@router.post("/{request_id}/withdraw")
def withdraw(
    request_id: UUID,
    parts: Parts,
    scope: ClosesRoads,
    wish: Annotated[WithdrawRequest | None, Body()] = None,
) -> ClosureRequestAnswer:
    """Take back a request of your county that was not answered yet."""
    reason = wish.reason if wish else None
    row = use_cases.withdraw_closure_request(parts.engine, scope, request_id, reason=reason)
    return _answer(parts, row, parts.clock())


def _preview(parts: Parts, shares: Shares) -> AskedPreviewAnswer:
    def shown(share: ClosureShare) -> PreviewAnswer:
        roads = draw_pieces(parts.travel.index, share.closure)
        return PreviewAnswer.of(share.meaning, roads, tuple(share.counties))

    return AskedPreviewAnswer(
        own=None if shares.own is None else shown(shares.own),
        asked=tuple(shown(share) for share in shares.others),
    )


def _answer(parts: Parts, row: ClosureRequest, now: datetime) -> ClosureRequestAnswer:
    waits = row.state_at(now) in _OPEN
    roads = parts.drawings.get(parts.travel.index, row.id, row.as_closure) if waits else None
    return ClosureRequestAnswer.of(row, now, roads)


def _closure(parts: Parts, row: RoadClosure, now: datetime) -> RoadClosureAnswer:
    return RoadClosureAnswer.of(row, standing_of(parts.travel, parts.drawings, row, now))
