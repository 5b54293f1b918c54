"""What a map draws: features of the moment, and the stream that keeps them fresh."""

import time
from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.sse import ServerSentEvent

from api.access.drawn_for import check_drawn_for
from api.access.permissions import Permission, may
from api.access.security import Principal
from api.live.event_stream import EventStream
from api.live.hub import Frame, Signal, StreamClient
from api.live.snapshot import drawn, map_features
from api.routes.parameters import PROBLEMS, Looks, Now, Parts, ReadsMap, SignedIn
from api.schemas.answers import CallAnswer, IncidentAnswer
from api.schemas.changed import ChangedAnswer, LookedAt
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.roles import viewer_of
from geodata.database.engine import Scope
from geodata.errors import DatabaseUnavailableError, TooManyRequestsError
from geodata.said import said

router = APIRouter(prefix="/v1", tags=["map"], responses=PROBLEMS)

# A browser that lost the stream tries again after this long.
_RETRY_MS = 2_000
# A script cannot see comments, so the sign of life is an event. It comes however much else is
# sent: a page has to know that it will come before it can conclude anything from its absence.
_PING_S = 5.0
# A page that was told of more reads its lists anew.
_MOST_TOLD = 200


@router.get("/map/features")
def read_features(parts: Parts, scope: ReadsMap, looks: Looks, moment: Now) -> dict[str, Any]:
    """
    Return caller areas, incidents, teams and routes as GeoJSON, redacted by role.

    The reading is audited.
    """
    features = map_features(parts, scope, now=moment)
    looks.at("map", len(features["features"]))
    return features


def told_of(
    incident: Annotated[list[UUID] | None, Query(max_length=_MOST_TOLD)] = None,
    team: Annotated[list[UUID] | None, Query(max_length=_MOST_TOLD)] = None,
    call: Annotated[list[UUID] | None, Query(max_length=_MOST_TOLD)] = None,
    assignment: Annotated[list[UUID] | None, Query(max_length=_MOST_TOLD)] = None,
) -> use_cases.Told:
    """Read of what the stream told a page."""
    return use_cases.Told(incident or (), team or (), call or (), assignment or ())


@router.get("/changed")
def read_changed(
    parts: Parts,
    scope: ReadsMap,
    looks: Looks,
    moment: Now,
    told: Annotated[use_cases.Told, Depends(told_of)],
) -> ChangedAnswer:
    """
    Return what those things are now, after the stream's `change` named them; audited.

    Rows and features are those of the lists and of `/v1/map/features`, under the same rights. What
    is in `looked_at` and has no row is closed, or not for this scope any more.
    """
    # Read before the rows, so that a change in between is sent twice rather than lost.
    sequence = parts.hub.sequence
    reads = partial(may, scope.role)
    changed = use_cases.what_changed(
        parts.engine, scope, told, with_calls=reads(Permission.READ_CALLS)
    )
    shown = changed.incidents if reads(Permission.READ_INCIDENTS) else []
    # Numbers by county can be told of a whole only; who sees nothing else asks for that.
    whole = viewer_of(scope).sees_counts
    seen = ([], []) if whole else (changed.incidents, changed.teams)
    looks.at("changed", len(shown) + len(changed.calls))
    return ChangedAnswer(
        looked_at=LookedAt.model_validate(changed.looked_at),
        incidents=tuple(IncidentAnswer.of(view) for view in shown),
        calls=tuple(CallAnswer.listed(view) for view in changed.calls),
        map=drawn(scope, *seen, now=moment, sequence=sequence),
    )


def room_for_stream(parts: Parts, principal: SignedIn) -> None:
    """
    Admit one more stream of an account; before the answer begins, so that it can be refused.

    Raises
    ------
    TooManyRequestsError
        `too_many_streams`.
    """
    most = parts.settings.live.streams_per_account
    if parts.hub.streams_of(principal.account.username) >= most:
        raise TooManyRequestsError(
            "too_many_streams",
            said("this account has {number:d} live pages open already", number=most),
            said("close some of them, or sign in with an account of your own"),
        )


def for_whom_drawn(principal: SignedIn, drawn_for: Annotated[str | None, Query()] = None) -> None:
    """
    Admit the stream of a page; a browser sends no header of ours with it, so the address says it.

    Raises
    ------
    ConflictError
        `other_session`.
    """
    check_drawn_for(drawn_for, principal.account)


@router.get(
    "/stream",
    status_code=200,
    response_class=EventStream,
    dependencies=[Depends(for_whom_drawn), Depends(room_for_stream)],
)
async def stream(parts: Parts, scope: ReadsMap, principal: SignedIn) -> EventStream:
    """
    Stream events: `snapshot` (features), `position` (array), `change` (ask again), `ping`.

    Every connection starts with a snapshot, so a `Last-Event-ID` is not needed. The
    stream ends when the session does. Its snapshots and its end are audited.
    """
    return EventStream(_joined(parts, scope, principal))


async def _joined(
    parts: Services, scope: Scope, principal: Principal
) -> AsyncGenerator[ServerSentEvent, None]:
    opened_at, name = time.monotonic(), principal.account.username
    with parts.hub.joined(viewer_of(scope), principal.session, name) as client:
        try:
            async for event in _events(parts, principal, client):
                yield event
        finally:
            # Nothing is awaited here: whoever left has cancelled this task.
            parts.looks.note_end(scope, "stream", round(time.monotonic() - opened_at))


async def _events(
    parts: Services, principal: Principal, client: StreamClient
) -> AsyncGenerator[ServerSentEvent, None]:
    interval_s = parts.settings.live.session_check_s
    checked_at = pinged_at = time.monotonic()
    while True:
        item = await client.next(min(interval_s, _PING_S))
        if item is Signal.CLOSED:
            return
        if _passed(checked_at, interval_s):
            checked_at = time.monotonic()
            if not await parts.stream_pool.run(partial(_is_valid, parts, principal)):
                return
        event = await _event_of(item, parts, principal)
        if event is not None:
            yield event
        # No ping says "all is well" while what the stream lives on is stuck.
        is_fed = parts.hub.pulse.is_well and parts.listener.pulse.is_well
        if is_fed and _passed(pinged_at, _PING_S):
            pinged_at = time.monotonic()
            yield ServerSentEvent(event="ping", raw_data="{}")


async def _event_of(
    item: Frame | Signal, parts: Services, principal: Principal
) -> ServerSentEvent | None:
    if isinstance(item, Frame):
        return ServerSentEvent(event=item.event, raw_data=item.data)
    if item is Signal.SNAPSHOT:
        scope = principal.scope
        taken = await parts.snapshots.take(viewer_of(scope), partial(_drawn_now, parts, scope))
        # Shared or not, each session's look is its own.
        looked = partial(parts.looks.note, scope, principal.session, "stream", taken.rows)
        await parts.stream_pool.run(looked)
        return ServerSentEvent(
            event="snapshot", raw_data=taken.text, id=str(taken.sequence), retry=_RETRY_MS
        )
    return None


def _drawn_now(parts: Services, scope: Scope) -> dict[str, Any]:
    # The clock is read when it is the turn of this reading, not when it was asked for.
    return map_features(parts, scope, now=parts.clock())


def _passed(since: float, seconds: float) -> bool:
    return time.monotonic() - since >= seconds


def _is_valid(parts: Services, principal: Principal) -> bool:
    try:
        return use_cases.find_session(parts.engine, principal.token) is not None
    except DatabaseUnavailableError:
        # A database that restarts is no revocation; the next look decides.
        return True
