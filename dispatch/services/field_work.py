"""What all use cases of the field share: an assignment held open, and what is told of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from dispatch.errors import IllegalTransitionError
from dispatch.notices import announce
from dispatch.repository import assignments
from dispatch.repository.field_events import tell_of
from dispatch.repository.incidents import LockedIncident
from dispatch.services import found
from dispatch.views import AssignmentView
from geodata.database.audit import audit
from geodata.database.engine import widened
from geodata.database.scope import Scope
from geodata.errors import ConflictError
from geodata.said import said


@contextmanager
def held_open(
    connection: Connection, scope: Scope, assignment_id: UUID, *, of_incident: UUID | None = None
) -> Iterator[tuple[AssignmentView, LockedIncident]]:
    """
    Hold an open assignment and its incident, which nobody else changes meanwhile.

    Inside, the scope reaches the incident of the county that its team helps.

    Parameters
    ----------
    of_incident
        The case that was on the screen; another one is refused.

    Raises
    ------
    IllegalTransitionError
        `already_released`.
    ConflictError
        `other_case`: the assignment belongs to another case than the one on the screen.
    """
    bound = found.assignment_view(connection, assignment_id)
    if of_incident is not None and of_incident != bound.incident_id:
        raise ConflictError(
            "other_case",
            said("the team is on another case than the one on your screen"),
            said("nothing was sent; open the case again"),
        )
    if bound.released_at is not None:
        raise released()
    with widened(connection, scope, bound.county):
        # The incident first, always: two orders would be a deadlock.
        locked = found.locked_incident(connection, bound.incident_id)
        if not assignments.is_open(connection, assignment_id):
            raise released()
        yield found.assignment_view(connection, assignment_id), locked


def released() -> IllegalTransitionError:
    """Say that the team is not on the case any more."""
    return IllegalTransitionError(
        "already_released", said("the team has been released already"), ""
    )


def told(
    connection: Connection,
    scope: Scope,
    bound: AssignmentView,
    kind: str,
    *,
    reason: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Put a line about a team on the timeline of its case, into the trail, and on the screens."""
    facts = {"assignment_id": str(bound.id), "team_id": str(bound.team_id), **(payload or {})}
    line = {**facts, "callsign": bound.callsign}
    tell_of(connection, scope, bound.incident_id, kind, reason=reason, payload=line)
    audit(
        connection, scope, f"field.{kind}", object_type="incident",
        object_id=bound.incident_id, county=bound.county, detail=facts,
    )  # fmt: skip
    announce_bound(connection, bound)


def announce_bound(connection: Connection, bound: AssignmentView) -> None:
    """Tell the screens of both counties that something of an assignment changed."""
    announce(connection, "assignment", bound.id, counties=[bound.county, bound.team_county])
