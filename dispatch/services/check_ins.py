"""Check-ins: while a team is on the scene it says every few minutes that it is well."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine, func

from dispatch.field import LONGEST_ROUND, SHORTEST_ROUND, AlarmKind
from dispatch.repository import assignments
from dispatch.roles import Role
from dispatch.services import found
from dispatch.services.alarms import settle_of_team
from dispatch.services.field_work import held_open, told
from dispatch.views import AssignmentView
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError
from geodata.said import said


def check_in(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    *,
    reason: str | None = None,
    incident_id: UUID | None = None,
) -> AssignmentView:
    """
    Take in that a team is well; the next round begins now, and an overdue alarm is settled.

    Raises
    ------
    BadInputError
        `check_in_reason_required`: a person at a desk says how they know.
    ConflictError
        `not_on_scene`.
    """
    if scope.role != Role.TEAM and not (reason or "").strip():
        raise BadInputError(
            "check_in_reason_required",
            said("a person at a desk says how they know that the team is well"),
            said("for example: heard on the radio"),
        )
    with scoped(engine, scope) as connection:
        with held_open(connection, scope, assignment_id, of_incident=incident_id) as (bound, _):
            if bound.on_scene_at is None:
                raise ConflictError(
                    "not_on_scene",
                    said("check-ins are for teams on the scene"),
                    said("set its status first"),
                )
            every = bound.check_in_every_s or 0
            assignments.change_assignment(
                connection, bound.id,
                checked_in_at=func.present_moment(),
                check_in_due_at=moment_of(connection) + timedelta(seconds=every) if every else None,
            )  # fmt: skip
            told(connection, scope, bound, "checked_in", reason=reason)
            settle_of_team(
                connection, scope, bound.team_id, AlarmKind.CHECK_IN, reason or "check-in"
            )
        return found.assignment_view(connection, assignment_id)


def set_check_in(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    every: timedelta,
    *,
    reason: str | None = None,
    incident_id: UUID | None = None,
) -> AssignmentView:
    """
    Set how often a team checks in; zero switches it off, for a reason.

    Raises
    ------
    BadInputError
        `bad_check_in`: neither zero nor between two minutes and four hours;
        `check_in_off_needs_reason`.
    """
    off = every == timedelta(0)
    if not off and not SHORTEST_ROUND <= every <= LONGEST_ROUND:
        raise BadInputError(
            "bad_check_in",
            said("check-ins are every 2 to 240 minutes"),
            said("0 switches them off, for a reason"),
        )
    why = (reason or "").strip() or None
    if off and why is None:
        raise BadInputError(
            "check_in_off_needs_reason",
            said("check-ins are not switched off without a reason"),
            said("say why nobody has to ask after this team"),
        )
    with scoped(engine, scope) as connection:
        with held_open(connection, scope, assignment_id, of_incident=incident_id) as (bound, _):
            waits = bound.on_scene_at is not None and not off
            assignments.change_assignment(
                connection, bound.id,
                check_in_every_s=int(every.total_seconds()),
                check_in_off_reason=why if off else None,
                check_in_due_at=moment_of(connection) + every if waits else None,
            )  # fmt: skip
            minutes = int(every.total_seconds() // 60)
            told(connection, scope, bound, "check_in_set", reason=why, payload={"minutes": minutes})
        return found.assignment_view(connection, assignment_id)


def begin_check_ins(connection: Connection, bound: AssignmentView) -> None:
    """Begin the first round of a team that has just arrived."""
    if bound.check_in_every_s:
        due = moment_of(connection) + timedelta(seconds=bound.check_in_every_s)
        assignments.change_assignment(connection, bound.id, check_in_due_at=due)
