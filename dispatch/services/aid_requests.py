"""
Asking a neighbour centre for one of its teams: asked, accepted, refused, taken back, lapsed.

Until it accepts, the other centre learns where (an area), how urgent and how far, and nothing
else of the case. By accepting it sends its team; the county that asked keeps the case.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from dispatch.errors import IllegalTransitionError
from dispatch.field import AidAnswer, AidRequest
from dispatch.incidents import IncidentAction, next_state
from dispatch.model import Candidate
from dispatch.notices import announce
from dispatch.policy import FIELD_WORK, FieldPolicy, by_priority
from dispatch.repository import aid_requests, incidents
from dispatch.repository.field_events import tell_of
from dispatch.services import found
from dispatch.services.assignments import bind_lent
from geodata.database import sqlstates
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError, NotAllowedError
from geodata.said import coded, said

KEPT = timedelta(hours=1)
"""How long an answer stays on both desks."""


def ask_for_team(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    team_id: UUID,
    *,
    candidate: Candidate | None = None,
    within: timedelta | None = None,
    expected_version: int | None = None,
    policy: FieldPolicy = FIELD_WORK,
) -> AidRequest:
    """
    Ask a neighbour centre for a team, until the time is over.

    Parameters
    ----------
    candidate
        How far the team is, as the ranking says.
    within
        30 seconds to 30 minutes; None: by the priority of the incident.

    Raises
    ------
    ConflictError
        `team_out_of_reach`: not of a neighbour; `aid_asked_already`.
    BadInputError
        `bad_time_limit`.
    NotFoundError, IllegalTransitionError, VersionConflictError
        About the incident and the team.
    """
    if within is not None and not timedelta(seconds=30) <= within <= timedelta(minutes=30):
        raise BadInputError(
            "bad_time_limit",
            said("the other centre has from 30 seconds to 30 minutes"),
            said("leave the time out, and it follows from the urgency"),
        )
    with scoped(engine, scope) as connection:
        locked = found.locked_incident(connection, incident_id, expected_version)
        next_state(locked.state, IncidentAction.ASSIGN)
        for lapsed in aid_requests.lapse_requests(
            connection, by=scope.actor, incident_id=incident_id
        ):
            _tell(connection, scope, _request(connection, lapsed), "lapsed")
        priority = incidents.priority_of(connection, incident_id)
        time = candidate.travel_time if candidate else None
        try:
            with connection.begin_nested():
                made = aid_requests.insert_request(
                    connection, incident_id, team_id=team_id, asked_by=scope.actor,
                    within=within or by_priority(policy.aid_answer_s, priority),
                    travel_s=time.seconds if time else None,
                    distance_m=time.distance_m if time else None,
                )  # fmt: skip
        except DBAPIError as error:
            refusal = _refusal(sqlstates.sqlstate(error))
            if refusal is None:
                raise
            raise refusal from error
        row = _request(connection, made)
        _tell(connection, scope, row, "asked")
        return row


def list_aid_requests(engine: Engine, scope: Scope) -> list[AidRequest]:
    """List what waits of what the scope's counties asked and are asked, and late answers."""
    with scoped(engine, scope) as connection:
        return aid_requests.list_requests(connection, KEPT)


def accept_aid(engine: Engine, scope: Scope, request_id: UUID) -> AidRequest:
    """
    Send the team that was asked for: it is bound and alerted in the same step.

    Raises
    ------
    NotAllowedError
        `aid_of_other_county`.
    IllegalTransitionError
        `aid_answered`, `aid_lapsed`, `aid_over`: the case was closed or passed on meanwhile.
    AlreadyAssignedError, TeamNotFreeError
        Its own county, or another, has sent the team meanwhile.
    """
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=False)
        with widened(connection, scope, known.county):
            locked = incidents.lock_incident(connection, known.incident_id)
            if locked is None or locked.county != known.county or locked.state == "closed":
                raise _over()
            bound = bind_lent(
                connection, scope, locked, known.team_id,
                travel_s=known.travel_s, asked_by=known.asked_by,
            )  # fmt: skip
        _answer(connection, scope, known, AidAnswer.ACCEPTED, assignment_id=bound.id)
        return _request(connection, known.id)


def refuse_aid(engine: Engine, scope: Scope, request_id: UUID, *, reason: str) -> AidRequest:
    """Refuse to send a team; whoever asked reads the reason. Raises as `accept_aid`."""
    if not reason.strip():
        raise BadInputError(
            "refusal_reason_required",
            said("a refusal says why"),
            said("a word is enough: the next team is chosen by it"),
        )
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=False)
        _answer(connection, scope, known, AidAnswer.REFUSED, reason=reason.strip())
        return _request(connection, known.id)


def withdraw_aid(engine: Engine, scope: Scope, request_id: UUID) -> AidRequest:
    """Take back a request before it is answered; only the county that asked."""
    with scoped(engine, scope) as connection:
        known = _waiting(connection, scope, request_id, of_asker=True)
        _answer(connection, scope, known, AidAnswer.WITHDRAWN)
        return _request(connection, known.id)


def lapse_aid(connection: Connection, scope: Scope) -> int:
    """Note of every request whose time is over that nobody answered; how many."""
    lapsed = aid_requests.lapse_requests(connection, by=scope.actor)
    for request_id in lapsed:
        _tell(connection, scope, _request(connection, request_id), "lapsed")
    return len(lapsed)


def _waiting(
    connection: Connection, scope: Scope, request_id: UUID, *, of_asker: bool
) -> AidRequest:
    known = _request(connection, request_id)
    answers = known.county if of_asker else known.team_county
    if answers not in scope.counties:
        raise NotAllowedError(
            "aid_of_other_county",
            said("{county} says that", county=answers),
            said("ask {county}", county=answers),
        )
    if known.answer is not None:
        raise _answered(known)
    if not known.waits:
        raise IllegalTransitionError(
            "aid_lapsed",
            said("the time for an answer is over"),
            said("call the other centre; it may ask again"),
        )
    return known


def _answer(
    connection: Connection,
    scope: Scope,
    known: AidRequest,
    answer: AidAnswer,
    *,
    reason: str | None = None,
    assignment_id: UUID | None = None,
) -> None:
    # Of two answers at once the second waits here, and everything it wrote is undone.
    with widened(connection, scope, known.county):
        answered = aid_requests.answer_request(
            connection, known.id, answer, by=scope.actor, reason=reason, assignment_id=assignment_id
        )
    if not answered:
        raise _answered(_request(connection, known.id))
    _tell(connection, scope, known, answer.value, reason=reason)


def _tell(
    connection: Connection,
    scope: Scope,
    row: AidRequest,
    what: str,
    *,
    reason: str | None = None,
) -> None:
    with widened(connection, scope, row.county):
        # A case that was passed on meanwhile has a timeline that is not this county's any more.
        if incidents.find_county(connection, row.incident_id) == row.county:
            payload = {"team_id": str(row.team_id), "callsign": row.callsign}
            tell_of(
                connection, scope, row.incident_id, f"aid_{what}", reason=reason, payload=payload
            )
            announce(connection, "incident", row.incident_id, counties=[row.county])
    announce(connection, "aid_request", row.id, counties=[row.team_county, row.county])
    for county in (row.county, row.team_county):
        audit(
            connection, scope, f"aid_request.{what}", object_type="aid_request",
            object_id=row.id, county=county,
            detail={"asked": row.team_county, "asked_from": row.county},
        )  # fmt: skip


def _refusal(state: str | None) -> Exception | None:
    if state == sqlstates.UNIQUE_VIOLATION:
        return ConflictError(
            "aid_asked_already",
            said("the other centre is asked for this team already"),
            said("wait for its answer, or take the request back"),
        )
    if state == sqlstates.FOREIGN_KEY_VIOLATION:
        return found.not_found(said("team"))
    if state == sqlstates.INSUFFICIENT_PRIVILEGE:
        return ConflictError(
            "team_out_of_reach",
            said("the team belongs to a county that is no neighbour"),
            said("ask its county, or choose a nearer team"),
        )
    return None


def _answered(known: AidRequest) -> IllegalTransitionError:
    return IllegalTransitionError(
        "aid_answered",
        said(
            "the request is {answer} already, by {actor}",
            answer=coded("aid.answer", known.answer or ""),
            actor=known.answered_by or "",
        ),
        said("load the list again"),
    )


def _over() -> IllegalTransitionError:
    return IllegalTransitionError(
        "aid_over",
        said("the case is closed or with another county by now"),
        said("nothing is left to send; the team stays free"),
    )


def _request(connection: Connection, request_id: UUID) -> AidRequest:
    return found.present(aid_requests.find_request(connection, request_id), said("request"))
