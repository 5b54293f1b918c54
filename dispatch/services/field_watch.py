"""
What the clock does in the field: alerts without an answer, overdue check-ins, lapsed requests.

The times are rows, so nothing is lost with a server; of two servers that look at once one
takes each row.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, func

from dispatch.field import AlarmKind
from dispatch.policy import FIELD_WORK, FieldPolicy
from dispatch.repository import assignments
from dispatch.roles import Role
from dispatch.services import found
from dispatch.services.aid_requests import lapse_aid
from dispatch.services.alarms import raise_alarm
from dispatch.services.field_work import told
from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.reference.codes import CODES

WATCH = Scope("watch", Role.DISPATCHER, tuple(CODES))
"""In whose name the clock writes: no person's."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """How much one look has found: alerts, check-ins, requests."""

    alerts: int = 0
    check_ins: int = 0
    requests: int = 0


def note_overdue(engine: Engine, *, policy: FieldPolicy | None = None) -> Overdue:
    """Raise what is overdue, once each, in one transaction for each kind."""
    bounds = policy or FIELD_WORK
    return Overdue(
        _note_unanswered(engine), _raise_check_ins(engine, bounds), _lapse_requests(engine)
    )


def _note_unanswered(engine: Engine) -> int:
    with scoped(engine, WATCH) as connection:
        late = assignments.list_unanswered(connection, moment_of(connection))
        for one in late:
            assignments.change_assignment(connection, one.id, unanswered_at=func.present_moment())
            told(connection, WATCH, one, "alert_unanswered")
        return len(late)


def _raise_check_ins(engine: Engine, policy: FieldPolicy) -> int:
    with scoped(engine, WATCH) as connection:
        before = moment_of(connection) - timedelta(seconds=policy.check_in_grace_s)
        late = assignments.list_overdue_check_ins(connection, before)
        for one in late:
            team = found.team_view(connection, one.team_id).team
            raise_alarm(connection, WATCH, AlarmKind.CHECK_IN, team, one)
        return len(late)


def _lapse_requests(engine: Engine) -> int:
    with scoped(engine, WATCH) as connection:
        return lapse_aid(connection, WATCH)
