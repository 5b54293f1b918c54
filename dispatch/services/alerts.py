"""An assignment as an alert: what has come of it at the team, and what the team says to it."""

from uuid import UUID

from sqlalchemy import Connection, Engine, func

from dispatch.errors import IllegalTransitionError
from dispatch.field import AlertAnswer, Receipt
from dispatch.incidents import IncidentAction, next_state
from dispatch.repository import assignments, incidents
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from dispatch.services.closing import free_team
from dispatch.services.field_work import held_open, told
from dispatch.views import AssignmentView
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, ConflictError
from geodata.said import coded, said
from teams.availability import TeamAction, is_under_way


def confirm_alert(
    engine: Engine, scope: Scope, assignment_id: UUID, receipt: Receipt
) -> AssignmentView:
    """
    Take in that an alert has come to the team's phone, or was opened there; once each.

    What was read was delivered. Raises as `field_work.held_open`.
    """
    with scoped(engine, scope) as connection, held_open(connection, scope, assignment_id) as held:
        bound, _ = held
        missing = [Receipt.DELIVERED] if bound.delivered_at is None else []
        if receipt is Receipt.READ and bound.read_at is None:
            missing.append(Receipt.READ)
        for one in missing:
            assignments.change_assignment(
                connection, bound.id, **{f"{one.value}_at": func.present_moment()}
            )
            told(connection, scope, bound, f"alert_{one.value}")
        return found.assignment_view(connection, assignment_id)


def answer_alert(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    answer: AlertAnswer,
    *,
    reason: str | None = None,
    incident_id: UUID | None = None,
) -> AssignmentView:
    """
    Take in what a team says to its alert: by its page, or on the radio to a dispatcher.

    Declining takes a reason and ends the assignment: without another team the incident is open
    again, and the team is not proposed for it any more. Said again it is the same.

    Raises
    ------
    BadInputError
        `decline_reason_required`.
    ConflictError
        `alert_answered`: the other answer was given before.
    IllegalTransitionError
        `already_released`; `on_the_scene`: who is there does not decline.
    """
    reason = (reason or "").strip() or None
    if answer is AlertAnswer.DECLINED and reason is None:
        raise BadInputError(
            "decline_reason_required",
            said("a team that declines says why"),
            said("a word is enough: the next team is chosen by it"),
        )
    with scoped(engine, scope) as connection:
        known = found.assignment_view(connection, assignment_id)
        if known.answer == answer.value:
            return known
        with held_open(connection, scope, assignment_id, of_incident=incident_id) as (bound, case):
            # Answered between our two looks, or long ago.
            if bound.answer is not None:
                return _answered(bound, answer)
            if answer is AlertAnswer.ACCEPTED:
                accept_by(connection, scope, bound)
                told(connection, scope, bound, "alert_accepted")
            else:
                _decline(connection, scope, bound, case, reason or "")
        return found.assignment_view(connection, assignment_id)


def accept_by(connection: Connection, scope: Scope, bound: AssignmentView) -> None:
    """Write the acceptance of a bound team that has not answered yet; setting off is one, too."""
    if bound.answer is not None:
        return
    assignments.change_assignment(
        connection, bound.id,
        answer=AlertAnswer.ACCEPTED.value, answered_at=func.present_moment(),
        answered_by=scope.actor,
    )  # fmt: skip


def _decline(
    connection: Connection,
    scope: Scope,
    bound: AssignmentView,
    locked: LockedIncident,
    reason: str,
) -> None:
    team = found.locked_team(connection, bound.team_id).team
    if not is_under_way(team.status):
        raise IllegalTransitionError(
            "on_the_scene",
            said(
                "a team that is {status} does not decline", status=coded("team.status", team.status)
            ),
            said("it leaves the scene, or a dispatcher releases it"),
        )
    assignments.change_assignment(
        connection, bound.id,
        answer=AlertAnswer.DECLINED.value, answered_at=func.present_moment(),
        answered_by=scope.actor, decline_reason=reason,
    )  # fmt: skip
    others = assignments.list_other_statuses(connection, locked.id, bound.team_id)
    state = next_state(locked.state, IncidentAction.RELEASE, remaining=others)
    payload = {
        "assignment_id": str(bound.id), "team_id": str(bound.team_id), "callsign": bound.callsign,
    }  # fmt: skip
    change = IncidentChange("alert_declined", reason, payload)
    incidents.change_incident(connection, scope, locked, change, state=state.value)
    audit(
        connection, scope, "field.alert_declined", object_type="incident",
        object_id=locked.id, county=locked.county, detail={"team_id": str(bound.team_id)},
    )  # fmt: skip
    free_team(connection, bound, TeamAction.RELEASE, reason=f"declined: {reason}")


def _answered(bound: AssignmentView, answer: AlertAnswer) -> AssignmentView:
    if bound.answer == answer.value:
        return bound
    raise ConflictError(
        "alert_answered",
        said(
            "{callsign} has {answer} already, said by {actor}",
            callsign=bound.callsign or said("the team"),
            answer=coded("alert.answer", bound.answer or ""),
            actor=bound.answered_by or "",
        ),
        said("a dispatcher releases a team that cannot go after all"),
    )
