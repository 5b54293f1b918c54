"""Objects that must be there and unchanged, or the refusal that says so."""

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from dispatch.errors import VersionConflictError
from dispatch.repository import assignments, calls, incidents
from dispatch.repository.calls import RawReport
from dispatch.repository.incidents import LockedIncident
from dispatch.views import AssignmentView, CallView, IncidentView, TeamView
from geodata.errors import NotFoundError
from geodata.said import said
from teams import repository as teams
from teams.repository import TeamRow

RowT = TypeVar("RowT")


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
        version=str(actual),
    )


def present(row: RowT | None, what: str) -> RowT:
    """Return what was found, or refuse with `not_found`."""
    if row is None:
        raise not_found(what)
    return row


def incident_view(connection: Connection, incident_id: UUID) -> IncidentView:
    """Return a visible incident."""
    return present(incidents.find_incident(connection, incident_id), said("incident"))


def call_view(connection: Connection, call_id: UUID) -> CallView:
    """Return a visible call."""
    return present(calls.find_call(connection, call_id), said("call"))


def raw_report(connection: Connection, raw_id: UUID) -> RawReport:
    """Lock a visible stored message."""
    return present(calls.lock_raw(connection, raw_id), said("location report"))


def raw_report_in_turn(
    connection: Connection, raw_id: UUID, caller: str | None, since: datetime
) -> tuple[RawReport, UUID | None]:
    """Lock a visible stored message in its caller's turn; see `calls.take_turn_of_report`."""
    taken = calls.take_turn_of_report(connection, raw_id, caller, since)
    return present(taken, said("location report"))


def assignment_view(connection: Connection, assignment_id: UUID) -> AssignmentView:
    """Return a visible assignment."""
    return present(assignments.find_assignment(connection, assignment_id), said("assignment"))


def team_view(connection: Connection, team_id: UUID) -> TeamView:
    """Return a visible team with its open assignment."""
    row = teams.find_teams(connection, [team_id]).get(team_id)
    if row is None:
        raise not_found(said("team"))
    return view_of_team(row, assignments.find_open_of_team(connection, team_id))


def view_of_team(row: TeamRow, bound: AssignmentView | None) -> TeamView:
    """Return what a team's row and its open assignment say together."""
    return TeamView(row.team, row.lent_to, row.updated_at, bound)


def locked_incident(
    connection: Connection, incident_id: UUID, expected_version: int | None = None
) -> LockedIncident:
    """Lock a visible incident, of the version that the caller saw."""
    locked = present(incidents.lock_incident(connection, incident_id), said("incident"))
    check_version(said("incident"), expected_version, locked.version)
    return locked


def locked_team(connection: Connection, team_id: UUID) -> TeamRow:
    """Lock a visible team."""
    return present(teams.lock_team(connection, team_id), said("team"))


def check_version(what: str, expected: int | None, actual: int) -> None:
    """Refuse when the caller saw another version; None means the caller does not mind."""
    if expected is not None and expected != actual:
        raise version_conflict(what, expected, actual)
