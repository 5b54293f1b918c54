"""Messages between a desk and a team that is bound: written, delivered, read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from dispatch.field import LONGEST_MESSAGE, Receipt, TeamMessage
from dispatch.repository import messages
from dispatch.roles import Role
from dispatch.services import found
from dispatch.services.field_work import announce_bound, held_open, told
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError
from geodata.said import said


def send_message(
    engine: Engine, scope: Scope, assignment_id: UUID, text: str, *, incident_id: UUID | None = None
) -> TeamMessage:
    """
    Write to a team that is bound, or as that team to the desk of its case.

    Raises
    ------
    BadInputError
        `message_too_long`, `message_empty`.
    NotAllowedError
        `case_of_other_county`: to a county that has only lent the team.
    ConflictError, IllegalTransitionError
        As `field_work.held_open`.
    """
    body = text.strip()
    if not body:
        raise BadInputError("message_empty", said("the message is empty"), said("write a word"))
    if len(body) > LONGEST_MESSAGE:
        raise BadInputError(
            "message_too_long",
            said("the message has {length} characters", length=len(body)),
            said("at most {most}: send the rest in another one", most=LONGEST_MESSAGE),
        )
    from_team = scope.role == Role.TEAM
    with scoped(engine, scope) as connection:
        known = found.assignment_view(connection, assignment_id)
        if not from_team and known.county not in scope.counties:
            raise NotAllowedError(
                "case_of_other_county",
                said("the case is of {county}, which writes to the team", county=known.county),
                said("ask {county}", county=known.county),
            )
        with held_open(connection, scope, assignment_id, of_incident=incident_id) as (bound, _):
            made = messages.insert_message(
                connection, bound.id, sent_by=scope.actor, from_team=from_team, body=body
            )
            messages.tell_changed(connection, bound.id)
            # The words stay in the message's own row: timelines and trails are read more widely.
            told(connection, scope, bound, "message", payload={"message_id": str(made)})
            return next(
                one for one in messages.list_messages(connection, bound.id) if one.id == made
            )


def list_messages(engine: Engine, scope: Scope, assignment_id: UUID) -> list[TeamMessage]:
    """List what was written to and by a team on one case, oldest first; the reading is audited."""
    with scoped(engine, scope) as connection:
        bound = found.assignment_view(connection, assignment_id)
        audit(
            connection, scope, "messages.read", object_type="incident",
            object_id=bound.incident_id, county=bound.county,
            detail={"assignment_id": str(bound.id)},
        )  # fmt: skip
        return messages.list_messages(connection, assignment_id)


def confirm_messages(
    engine: Engine, scope: Scope, assignment_id: UUID, receipt: Receipt, *, until: datetime
) -> list[TeamMessage]:
    """
    Take in that the other side's messages, sent until then, were delivered here or read.

    Also of a case that has ended; a team reads none of those any more.
    """
    from_team = scope.role != Role.TEAM
    with scoped(engine, scope) as connection:
        bound = found.assignment_view(connection, assignment_id)
        new = messages.receive_messages(
            connection, assignment_id, receipt, from_team=from_team, until=until, by=scope.actor
        )
        if new:
            messages.tell_changed(connection, assignment_id)
            announce_bound(connection, bound)
        return messages.list_messages(connection, assignment_id)
