"""
Closure requests: what one county asks another to close on its ground, and the answers.

The asker's own share is closed at once; every other share waits until its county accepts or
refuses it, no longer than the closure itself. Only the two counties of a request see it. Change,
audit entries in both trails and notices to both commit together.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.closures import request_repository as repository
from dispatch.closures.model import RoadClosure
from dispatch.closures.requests import ClosureRequest, RequestAnswer, RequestState
from dispatch.closures.shares import ClosureShare
from dispatch.errors import IllegalTransitionError
from dispatch.services import found
from dispatch.services.road_closures import (
    announce_request,
    audit_request,
    check_not_over,
    check_times,
    write_closure,
)
from geodata.database import sqlstates
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError
from geodata.roads.closures import Closure
from geodata.said import said

MOST_WAITING = 200
"""Requests of one county that wait at once: whoever is asked must still be able to read them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The own closure, None where no road of it was own, and the requests to the others."""

    closure: RoadClosure | None
    requests: tuple[ClosureRequest, ...]


def ask_to_close(
    engine: Engine,
    scope: Scope,
    own: ClosureShare | None,
    others: Sequence[ClosureShare],
    *,
    reason: str,
) -> Asked:
    """
    Close the own share and ask the counties of the other shares, all or nothing.

    Raises
    ------
    RefusedError
        `too_many_closure_requests`, and what `record_road_closure` refuses.
    """
    for share in (*([own] if own else []), *others):
        check_times(share.closure)
    with scoped(engine, scope) as connection:
        made = None
        if own is not None:
            made = write_closure(
                connection, scope, own.closure, counties=own.counties, reason=reason,
                meant=own.meaning.as_dict(),
            )  # fmt: skip
        asked_from = made.county if made else scope.counties[0]
        _check_room(connection, asked_from, len(others))
        rows = [_ask(connection, scope, share, asked_from, made, reason) for share in others]
        return Asked(made, tuple(rows))


def list_closure_requests(
    engine: Engine, scope: Scope, *, states: Collection[str] | None = None, limit: int = 500
) -> list[ClosureRequest]:
    """List what the scope's counties asked and are asked, what waits first; None: all states."""
    with scoped(engine, scope) as connection:
        now = moment_of(connection)
        # States follow from the clock, so the rows are read before they are told apart.
        rows = repository.list_requests(connection, now, limit=10 * limit)
        return [row for row in rows if states is None or row.state_at(now) in states][:limit]


def get_closure_request(engine: Engine, scope: Scope, request_id: UUID) -> ClosureRequest:
    """Return one request that the scope may see."""
    with scoped(engine, scope) as connection:
        return _request(connection, request_id)


def accept_closure_request(
    engine: Engine,
    scope: Scope,
    request_id: UUID,
    *,
    find: Callable[[Closure, str], ClosureShare],
) -> tuple[ClosureRequest, RoadClosure]:
    """
    Close on the ground of the county asked what it was asked to, from now on.

    `find` says what a closure is of a county on the map in use (`dispatch.closures.shares`).

    Raises
    ------
    NotAllowedError
        `request_to_other_county`.
    IllegalTransitionError
        `request_answered`, `request_expired`.
    RefusedError
        What `record_road_closure` refuses.
    """
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=False)
        share = find(known.as_closure(moment_of(connection)), known.county)
        made = write_closure(
            connection, scope, share.closure, counties=share.counties, reason=known.reason,
            meant=share.meaning.as_dict(),
        )  # fmt: skip
        row = _answer(connection, scope, known, RequestAnswer.ACCEPTED, closure=made.id)
        return row, made


def refuse_closure_request(
    engine: Engine, scope: Scope, request_id: UUID, *, reason: str
) -> ClosureRequest:
    """Refuse what the scope's county was asked; raises as `accept_closure_request`."""
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=False)
        return _answer(connection, scope, known, RequestAnswer.REFUSED, reason=reason)


def withdraw_closure_request(
    engine: Engine, scope: Scope, request_id: UUID, *, reason: str | None = None
) -> ClosureRequest:
    """Take back a request before it is answered; `request_of_other_county` to all but the asker."""
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=True)
        return _answer(connection, scope, known, RequestAnswer.WITHDRAWN, reason=reason)


def _ask(
    connection: Connection,
    scope: Scope,
    share: ClosureShare,
    asked_from: str,
    own: RoadClosure | None,
    reason: str,
) -> ClosureRequest:
    check_not_over(connection, share.closure)
    try:
        with connection.begin_nested():
            made = repository.insert_request(
                connection, share.closure, meant=share.meaning.as_dict(), county=share.counties[0],
                asked_from=asked_from, asked_by=scope.actor, reason=reason,
                own_closure=own.id if own else None,
            )  # fmt: skip
    except DBAPIError as error:
        if sqlstates.sqlstate(error) != sqlstates.INSUFFICIENT_PRIVILEGE:
            raise
        raise NotAllowedError(
            "roads_of_other_counties",
            said("the drawing lies on ground of other counties"),
            said("draw on the ground of the county that is asked"),
        ) from error
    row = _request(connection, made)
    audit_request(connection, scope, row, "asked")
    announce_request(connection, row)
    return row


def _waiting(
    connection: Connection, scope: Scope, request_id: UUID, *, of_asker: bool
) -> ClosureRequest:
    known = _request(connection, request_id)
    if of_asker and known.asked_from not in scope.counties:
        raise NotAllowedError(
            "request_of_other_county",
            said("the request was made by {county}", county=known.asked_from),
            said("refuse it instead"),
        )
    if not of_asker and known.county not in scope.counties:
        raise NotAllowedError(
            "request_to_other_county",
            said("{county} was asked, and answers", county=known.county),
            said("ask {county}, or take the request back", county=known.county),
        )
    state = known.state_at(moment_of(connection))
    if state is RequestState.EXPIRED:
        raise IllegalTransitionError(
            "request_expired",
            said("the closure that was asked for is over"),
            said("close the roads on your own ground where they are still impassable"),
        )
    if state is not RequestState.WAITING:
        raise _answered()
    return known


def _answered() -> IllegalTransitionError:
    return IllegalTransitionError(
        "request_answered", said("the request is answered already"), said("load the list again")
    )


def _answer(
    connection: Connection,
    scope: Scope,
    known: ClosureRequest,
    answer: RequestAnswer,
    *,
    reason: str | None = None,
    closure: UUID | None = None,
) -> ClosureRequest:
    # Of two answers at once the second waits here, and everything it wrote is undone.
    if not repository.answer_request(
        connection, known.id, answer, by=scope.actor, reason=reason, closure=closure
    ):
        raise _answered()
    row = _request(connection, known.id)
    audit_request(connection, scope, row, answer.value)
    announce_request(connection, row)
    return row


def _check_room(connection: Connection, county: str, more: int) -> None:
    waiting = repository.count_waiting(connection, moment_of(connection), county)
    if waiting + more > MOST_WAITING:
        raise BadInputError(
            "too_many_closure_requests",
            said("{count} requests of {county} wait already", count=waiting, county=county),
            said("take back what is no longer needed, or wait for answers"),
        )


def _request(connection: Connection, request_id: UUID) -> ClosureRequest:
    return found.present(repository.find_request(connection, request_id), said("closure request"))
