"""
Closures of roads: recorded and taken back by dispatchers, read by everybody, never deleted.

A closure belongs to the counties on whose ground its roads lie (`dispatch.closures.ground`):
each of them is told, finds it in its audit trail and may take it back. It is in force for
everybody's routes. Change, audit entries and notices commit together.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.closures import repository, request_repository
from dispatch.closures.model import ClosureState, RoadClosure
from dispatch.closures.requests import ClosureRequest
from dispatch.errors import IllegalTransitionError
from dispatch.notices import announce, announce_roads
from dispatch.services import found
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError
from geodata.instants import checked_instant
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure
from geodata.said import said

MOST_STANDING = 2_000
"""Closures at once. More than any winter needs, so a program that writes in a loop is stopped."""


def record_road_closure(
    engine: Engine,
    scope: Scope,
    closure: Closure,
    *,
    counties: Sequence[str],
    reason: str,
    meant: Mapping[str, Any],
) -> RoadClosure:
    """
    Record a closure or slow-down on the ground of the scope.

    `counties` are those concerned, the writer's first (`counties_to_close`); the database adds
    any other into which the drawing reaches. `meant` is what it means on the map in use
    (`geodata.roads.meaning`).

    Raises
    ------
    RefusedError
        `already_over`, `too_many_closures`, `bad_time`, `roads_of_other_counties`.
    """
    check_times(closure)
    with scoped(engine, scope) as connection:
        return write_closure(
            connection, scope, closure, counties=counties, reason=reason, meant=meant
        )


def check_times(closure: Closure) -> None:
    """
    Refuse times that no record takes.

    Raises
    ------
    BadInputError
        `bad_time`.
    """
    for end in (closure.valid_from, closure.valid_until):
        if end is not None:
            checked_instant(end)


def write_closure(
    connection: Connection,
    scope: Scope,
    closure: Closure,
    *,
    counties: Sequence[str],
    reason: str,
    meant: Mapping[str, Any],
) -> RoadClosure:
    """Record a closure inside a transaction; see `record_road_closure`."""
    check_not_over(connection, closure)
    _check_room(connection)
    made = _insert(
        connection, closure, meant=meant, county=counties[0], counties=list(counties),
        reason=reason, recorded_by=scope.actor,
    )  # fmt: skip
    what = "closed" if closure.factor is None else "slowed"
    row = _closure(connection, made)
    _tell(connection, scope, row, "recorded", {"roads": what})
    return row


def list_road_closures(
    engine: Engine, scope: Scope, *, states: Collection[str] | None = None, limit: int = 1000
) -> list[RoadClosure]:
    """List closures in the given states at this moment; None means those of all times."""
    with scoped(engine, scope) as connection:
        now = moment_of(connection)
        if states is not None and ClosureState.OVER not in states:
            rows = repository.list_standing(connection, now)
        else:
            rows = repository.list_closures(connection, limit=limit)
        return [row for row in rows if states is None or row.state_at(now) in states][:limit]


def get_road_closure(engine: Engine, scope: Scope, closure_id: UUID) -> RoadClosure:
    """Return one closure."""
    with scoped(engine, scope) as connection:
        return _closure(connection, closure_id)


def end_road_closure(
    engine: Engine, scope: Scope, closure_id: UUID, *, reason: str | None = None
) -> RoadClosure:
    """
    Take a closure back: the roads are open again.

    Raises
    ------
    NotFoundError
        There is none of that number.
    NotAllowedError
        `closure_of_other_county`: none of its roads lies on ground of the scope.
    IllegalTransitionError
        `closure_over`.
    """
    with scoped(engine, scope) as connection:
        known = _closure(connection, closure_id)
        if not {known.county, *known.counties} & set(scope.counties):
            names = ", ".join(known.counties)
            raise NotAllowedError(
                "closure_of_other_county",
                said(
                    "its roads lie in {counties}; it was recorded by {recorded_by} of {county}",
                    counties=names,
                    recorded_by=known.recorded_by,
                    county=known.county,
                ),
                said("ask {counties} to take it back", counties=names),
            )
        is_over = known.state_at(moment_of(connection)) is ClosureState.OVER
        if is_over or not repository.end_closure(
            connection, closure_id, by=scope.actor, reason=reason
        ):
            raise IllegalTransitionError(
                "closure_over", said("the closure is over already"), said("load the list again")
            )
        _tell(connection, scope, known, "ended", {})
        for request in request_repository.list_of_closure(connection, closure_id):
            announce_request(connection, request)
            if request.closure == closure_id:
                audit_request(connection, scope, request, "ended")
        return _closure(connection, closure_id)


def check_not_over(connection: Connection, closure: Closure) -> None:
    """
    Refuse what would have no effect.

    Raises
    ------
    BadInputError
        `already_over`.
    """
    if closure.valid_until is not None and closure.valid_until <= moment_of(connection):
        raise BadInputError(
            "already_over", said("it would be over already"), said("choose an end in the future")
        )


def announce_request(connection: Connection, request: ClosureRequest) -> None:
    """Tell both counties of a request, and nobody else, that something became of it."""
    counties = (request.county, request.asked_from)
    announce(connection, "closure_request", request.id, counties=counties)


def audit_request(
    connection: Connection, scope: Scope, request: ClosureRequest, action: str
) -> None:
    """Note what became of a request in the trails of both counties."""
    for county in (request.county, request.asked_from):
        audit(
            connection, scope, f"closure_request.{action}", object_type="closure_request",
            object_id=request.id, county=county,
            detail={"asked": request.county, "asked_from": request.asked_from},
        )  # fmt: skip


def _check_room(connection: Connection) -> None:
    if repository.count_standing(connection, moment_of(connection)) >= MOST_STANDING:
        raise BadInputError(
            "too_many_closures",
            said("there are {most} closures already", most=MOST_STANDING),
            said("take back what is over, or draw areas instead of single roads"),
        )


def _closure(connection: Connection, closure_id: UUID) -> RoadClosure:
    return found.present(repository.find_closure(connection, closure_id), said("closure"))


def _insert(connection: Connection, closure: Closure, **values: Any) -> UUID:
    try:
        with connection.begin_nested():
            return repository.insert_closure(connection, closure, **values)
    except DBAPIError as error:
        # Row security and the trigger on the drawing know the ground as well.
        if sqlstates.sqlstate(error) != sqlstates.INSUFFICIENT_PRIVILEGE:
            raise
        raise NotAllowedError(
            "roads_of_other_counties",
            said("the drawing lies on ground of other counties"),
            said("draw on the ground of your own county only"),
        ) from error


def _tell(
    connection: Connection,
    scope: Scope,
    row: RoadClosure,
    action: str,
    detail: Mapping[str, Any],
) -> None:
    concerned = tuple(dict.fromkeys((row.county, *row.counties)))
    # Of interest to everybody who looks at a map, in whatever county.
    announce(connection, "closure", row.id, counties=[*concerned, *CODES])
    announce_roads(connection)
    for county in concerned:
        audit(
            connection, scope, f"road_closure.{action}", object_type="road_closure",
            object_id=row.id, county=county, detail={**detail, "counties": list(concerned)},
        )  # fmt: skip
