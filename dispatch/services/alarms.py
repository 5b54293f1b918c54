"""
Alarms of teams: an SOS, or a check-in that did not come.

To acknowledge an alarm is to look after it; to settle it is to say why it is over.

On the desks of the team's county and of the county whose case it is on, and on every national
view, until somebody acknowledges; open until the team says that it is well or a person says
why it is over. Whoever acknowledged and goes home hands it over: it sounds again.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, func
from sqlalchemy.exc import IntegrityError

from dispatch.field import Alarm, AlarmKind, LastPlace
from dispatch.notices import announce
from dispatch.policy import FIELD_WORK, FieldPolicy
from dispatch.repository import alarms, assignments
from dispatch.repository.field_events import tell_of
from dispatch.services import found
from dispatch.views import AssignmentView
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError
from geodata.said import said
from teams.model import Team


def raise_sos(
    engine: Engine,
    scope: Scope,
    team_id: UUID,
    *,
    last: LastPlace | None = None,
    policy: FieldPolicy = FIELD_WORK,
) -> Alarm:
    """
    Raise the alarm of a team, with or without a case; again, it sounds again.

    `last` is where the phone says that it is; without it, where the team was heard of last.
    Nothing but an unknown team is refused: who asks for help has no time for forms.
    """
    with scoped(engine, scope) as connection:
        team = found.team_view(connection, team_id).team
        bound = assignments.find_open_of_team(connection, team_id)
        made = raise_alarm(connection, scope, AlarmKind.SOS, team, bound, last)
        return _alarm(connection, made, policy)


def raise_alarm(
    connection: Connection,
    scope: Scope,
    kind: AlarmKind,
    team: Team,
    bound: AssignmentView | None,
    last: LastPlace | None = None,
) -> UUID:
    """Raise an alarm in a transaction, or let the open one of its kind sound again."""
    place = _newest(last, _last_place(team))
    known = alarms.find_open(connection, team.id, kind)
    if known is None:
        try:
            with connection.begin_nested():
                made = alarms.insert_alarm(
                    connection, kind, team.id, county=team.county, raised_by=scope.actor,
                    assignment_id=bound.id if bound else None, last=place,
                )  # fmt: skip
        except IntegrityError:
            # Pressed twice at once: the other press has made it.
            known = alarms.find_open(connection, team.id, kind)
            if known is None:
                raise
    if known is not None:
        before = _alarm(connection, known, FIELD_WORK)
        was = None
        if before.place is not None and before.fix_at is not None:
            was = LastPlace(before.place, before.fix_at, before.accuracy_m)
        alarms.raise_again(connection, known, _newest(place, was))
        made = known
    what = "raised" if known is None else "raised_again"
    _tell_screens(connection, scope, made, f"{kind}_{what}", team.county, bound=bound)
    return made


def list_alarms(
    engine: Engine, scope: Scope, *, with_settled: bool = False, policy: FieldPolicy = FIELD_WORK
) -> list[Alarm]:
    """List the open alarms that the scope may hear, oldest first; `with_settled` all of them."""
    with scoped(engine, scope) as connection:
        return alarms.list_alarms(connection, _holds(policy), with_settled=with_settled)


def acknowledge_alarm(
    engine: Engine, scope: Scope, alarm_id: UUID, *, policy: FieldPolicy = FIELD_WORK
) -> Alarm:
    """
    Say that one looks after an alarm: it stops sounding, and stays open.

    Raises
    ------
    ConflictError
        `alarm_settled`.
    """
    with scoped(engine, scope) as connection:
        known = _open(connection, alarm_id, policy)
        if known.acknowledged_by == scope.actor and not known.sounds:
            return known
        alarms.change_alarm(
            connection, alarm_id,
            acknowledged_by=scope.actor, acknowledged_at=func.present_moment(),
        )  # fmt: skip
        _tell_of(connection, scope, known, "acknowledged")
        return _alarm(connection, alarm_id, policy)


def settle_alarm(
    engine: Engine, scope: Scope, alarm_id: UUID, *, reason: str, policy: FieldPolicy = FIELD_WORK
) -> Alarm:
    """
    Say why an alarm is over.

    Raises
    ------
    BadInputError
        `settle_reason_required`.
    ConflictError
        `alarm_settled`.
    """
    if not reason.strip():
        raise BadInputError(
            "settle_reason_required",
            said("an alarm is not over without a reason"),
            said("say how you know that the team is well"),
        )
    with scoped(engine, scope) as connection:
        known = _open(connection, alarm_id, policy)
        _settle(connection, scope, known, reason)
        return _alarm(connection, alarm_id, policy)


def settle_of_team(
    connection: Connection, scope: Scope, team_id: UUID, kind: AlarmKind, reason: str
) -> None:
    """Settle the open alarm of a team, if there is one, because the team was heard of."""
    known = alarms.find_open(connection, team_id, kind)
    if known is not None:
        _settle(connection, scope, _alarm(connection, known, FIELD_WORK), reason)


def hand_over_alarms(engine: Engine, scope: Scope) -> int:
    """Let sound again what a person had acknowledged who goes home now; how many."""
    with scoped(engine, scope) as connection:
        left = alarms.hand_over_alarms(connection, scope.actor)
        for alarm_id in left:
            _tell_of(connection, scope, _alarm(connection, alarm_id, FIELD_WORK), "handed_over")
        return len(left)


def _settle(connection: Connection, scope: Scope, known: Alarm, reason: str) -> None:
    alarms.change_alarm(
        connection, known.id,
        settled_by=scope.actor, settled_at=func.present_moment(), settle_reason=reason,
    )  # fmt: skip
    _tell_of(connection, scope, known, "settled", reason=reason)


def _tell_of(
    connection: Connection, scope: Scope, known: Alarm, what: str, *, reason: str | None = None
) -> None:
    bound = (
        None
        if known.assignment_id is None
        else assignments.find_assignment(connection, known.assignment_id)
    )
    _tell_screens(
        connection,
        scope,
        known.id,
        f"{known.kind}_{what}",
        known.county,
        bound=bound,
        reason=reason,
    )


def _tell_screens(
    connection: Connection,
    scope: Scope,
    alarm_id: UUID,
    what: str,
    home: str,
    *,
    bound: AssignmentView | None,
    reason: str | None = None,
) -> None:
    counties = list(dict.fromkeys([home, *([bound.county] if bound else [])]))
    announce(connection, "alarm", alarm_id, counties=counties)
    for county in counties:
        audit(
            connection, scope, f"alarm.{what}", object_type="team_alarm",
            object_id=alarm_id, county=county,
            detail={"assignment_id": str(bound.id)} if bound else {},
        )  # fmt: skip
    if bound is not None and bound.released_at is None:
        payload = {"team_id": str(bound.team_id), "callsign": bound.callsign}
        with widened(connection, scope, bound.county):
            tell_of(
                connection, scope, bound.incident_id, what,
                reason=reason, payload=payload,
            )  # fmt: skip
        announce(connection, "assignment", bound.id, counties=counties)


def _open(connection: Connection, alarm_id: UUID, policy: FieldPolicy) -> Alarm:
    known = _alarm(connection, alarm_id, policy)
    # The lock first, then the look: of two that settle one is told.
    alarms.find_open(connection, known.team_id, known.kind)
    known = _alarm(connection, alarm_id, policy)
    if known.settled_at is not None:
        raise ConflictError(
            "alarm_settled",
            said("the alarm is over: {reason}", reason=known.settle_reason or ""),
            said("load the list again"),
        )
    return known


def _alarm(connection: Connection, alarm_id: UUID, policy: FieldPolicy) -> Alarm:
    return found.present(alarms.find_alarm(connection, alarm_id, _holds(policy)), said("alarm"))


def _holds(policy: FieldPolicy) -> timedelta:
    return timedelta(seconds=policy.acknowledged_holds_s)


def _newest(*places: LastPlace | None) -> LastPlace | None:
    return max((one for one in places if one), key=lambda one: one.fix_at, default=None)


def _last_place(team: Team) -> LastPlace | None:
    last = team.position
    return None if last is None else LastPlace(last.place, last.fix_at, last.accuracy_m)
