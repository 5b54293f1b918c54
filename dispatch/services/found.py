"""Objects that must be there and unchanged, or the refusal that says so."""

from uuid import UUID

from sqlalchemy import Connection

from dispatch.errors import NotFoundError, VersionConflictError
from dispatch.repository import assignments, calls, incidents
from dispatch.repository.calls import RawReport
from dispatch.repository.incidents import LockedIncident
from dispatch.views import AssignmentView, CallView, IncidentView
from geodata.said import said
from teams import repository as teams
from teams.repository import TeamRow


def not_found(what: str) -> NotFoundError:
    """Say that something is not there, or not for this scope: the two look the same."""
    return NotFoundError(
        "not_found",
        said("there is no such {what}", what=what),
        said("it may belong to a county that is not yours"),
    )


def version_conflict(what: str, expected: int, actual: int) -> VersionConflictError:
    """Say that somebody else was faster."""
    return VersionConflictError(
        "version_conflict",
        said(
            "the {what} was changed meanwhile (version {actual:d}, you saw {expected:d})",
            what=what,
            actual=actual,
            expected=expected,
        ),
        said("load it again, then decide"),
    )


def incident_view(connection: Connection, incident_id: UUID) -> IncidentView:
    """Return a visible incident."""
    view = incidents.find_incident(connection, incident_id)
    if view is None:
        raise not_found(said("incident"))
    return view


def call_view(connection: Connection, call_id: UUID) -> CallView:
    """Return a visible call."""
    view = calls.find_call(connection, call_id)
    if view is None:
        raise not_found(said("call"))
    return view


def raw_report(connection: Connection, raw_id: UUID) -> RawReport:
    """Lock a visible stored message."""
    raw = calls.lock_raw(connection, raw_id)
    if raw is None:
        raise not_found(said("location report"))
    return raw


def assignment_view(connection: Connection, assignment_id: UUID) -> AssignmentView:
    """Return a visible assignment."""
    view = assignments.find_assignment(connection, assignment_id)
    if view is None:
        raise not_found(said("assignment"))
    return view


def locked_incident(
    connection: Connection, incident_id: UUID, expected_version: int | None = None
) -> LockedIncident:
    """Lock a visible incident, of the version that the caller saw."""
    locked = incidents.lock_incident(connection, incident_id)
    if locked is None:
        raise not_found(said("incident"))
    check_version(said("incident"), expected_version, locked.version)
    return locked


def locked_team(connection: Connection, team_id: UUID) -> TeamRow:
    """Lock a visible team."""
    row = teams.lock_team(connection, team_id)
    if row is None:
        raise not_found(said("team"))
    return row


def check_version(what: str, expected: int | None, actual: int) -> None:
    """Refuse when the caller saw another version; None means the caller does not mind."""
    if expected is not None and expected != actual:
        raise version_conflict(what, expected, actual)
