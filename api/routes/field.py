"""A team on its way and on the scene: its alert, messages with it, its check-ins."""

from uuid import UUID

from fastapi import APIRouter

from api.routes.parameters import PROBLEMS, ConfirmsAlerts, Parts, WorksWithTeam
from api.schemas.answers import AssignmentAnswer
from api.schemas.field import (
    AlertAnswerRequest,
    CheckInRequest,
    CheckInTimerRequest,
    MessageAnswer,
    MessageReceiptRequest,
    MessageRequest,
    ReceiptRequest,
)
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/assignments/{assignment_id}", tags=["field"], responses=PROBLEMS)


@router.post("/receipt")
def confirm_alert(
    assignment_id: UUID, wish: ReceiptRequest, parts: Parts, scope: ConfirmsAlerts
) -> AssignmentAnswer:
    """Say that the alert has come to the team's phone, or was opened there."""
    view = use_cases.confirm_alert(parts.engine, scope, assignment_id, wish.receipt)
    return AssignmentAnswer.model_validate(view)


@router.post("/answer")
def answer_alert(
    assignment_id: UUID, wish: AlertAnswerRequest, parts: Parts, scope: WorksWithTeam
) -> AssignmentAnswer:
    """
    Accept or decline an alert: the team itself, or a dispatcher who has it on the radio.

    Declining ends the assignment; the team is not proposed for this incident any more.
    """
    view = use_cases.answer_alert(
        parts.engine,
        scope,
        assignment_id,
        wish.answer,
        reason=wish.reason,
        incident_id=wish.incident_id,
    )
    return AssignmentAnswer.model_validate(view)


@router.get("/messages")
def list_messages(assignment_id: UUID, parts: Parts, scope: WorksWithTeam) -> list[MessageAnswer]:
    """List what was written to and by a team on one case, oldest first; audited."""
    rows = use_cases.list_messages(parts.engine, scope, assignment_id)
    return [MessageAnswer.model_validate(row) for row in rows]


@router.post("/messages", status_code=201)
def send_message(
    assignment_id: UUID, wish: MessageRequest, parts: Parts, scope: WorksWithTeam
) -> MessageAnswer:
    """Write to a team that is bound, or as that team to its desk."""
    row = use_cases.send_message(
        parts.engine, scope, assignment_id, wish.text, incident_id=wish.incident_id
    )
    return MessageAnswer.model_validate(row)


@router.post("/messages/receipt")
def confirm_messages(
    assignment_id: UUID, wish: MessageReceiptRequest, parts: Parts, scope: WorksWithTeam
) -> list[MessageAnswer]:
    """Say that the other side's messages, sent until then, were delivered here or read."""
    rows = use_cases.confirm_messages(
        parts.engine, scope, assignment_id, wish.receipt, until=wish.until
    )
    return [MessageAnswer.model_validate(row) for row in rows]


@router.post("/check-in")
def check_in(
    assignment_id: UUID, wish: CheckInRequest, parts: Parts, scope: WorksWithTeam
) -> AssignmentAnswer:
    """Say that a team on the scene is well: the next round begins, an overdue alarm is over."""
    view = use_cases.check_in(
        parts.engine, scope, assignment_id, reason=wish.reason, incident_id=wish.incident_id
    )
    return AssignmentAnswer.model_validate(view)


@router.post("/check-in-timer")
def set_check_in(
    assignment_id: UUID, wish: CheckInTimerRequest, parts: Parts, scope: WorksWithTeam
) -> AssignmentAnswer:
    """Set how often a team on the scene checks in; 0 switches it off, for a reason."""
    view = use_cases.set_check_in(
        parts.engine,
        scope,
        assignment_id,
        wish.every,
        reason=wish.reason,
        incident_id=wish.incident_id,
    )
    return AssignmentAnswer.model_validate(view)
