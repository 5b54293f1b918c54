"""
The drives of assigned teams: what following them reads, and the ETA that it writes.

The reads are not audited: a machine looks at every fix, which is no reading by a person
and would bury the trail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from dispatch.notices import announce
from dispatch.repository import assignments, drives
from dispatch.repository.geometry import line_element
from dispatch.services import found
from dispatch.views import AssignmentView, DriveView
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope
from geodata.points import LonLat


def find_drive(engine: Engine, scope: Scope, team_id: UUID) -> DriveView | None:
    """Return the drive of a team; None without an assignment, a position or a right to see them."""
    with scoped(engine, scope) as connection:
        return drives.find_drive(connection, team_id)


def list_drives(engine: Engine, scope: Scope) -> list[DriveView]:
    """List the drives of the scope's teams, by county and call sign."""
    with scoped(engine, scope) as connection:
        return drives.list_drives(connection)


def record_eta(
    engine: Engine,
    scope: Scope,
    assignment_id: UUID,
    *,
    eta_s: float | None,
    eta_at: datetime | None,
    source: str,
    profile: str | None = None,
    route: Sequence[LonLat] | None = None,
) -> AssignmentView:
    """
    Write a newer ETA (seconds left, and the clock time) of an open assignment.

    `profile` names the speeds that it was computed with.
    No event and no new version: the timeline tells what people did.
    """
    with scoped(engine, scope) as connection:
        bound = found.assignment_view(connection, assignment_id)
        with widened(connection, scope, bound.county):
            values: dict[str, Any] = {
                "eta_s": eta_s,
                "eta_at": eta_at,
                "eta_source": source,
                "eta_profile": profile,
            }
            if route is not None:
                values["route"] = line_element(route)
            if bound.released_at is None:
                assignments.change_assignment(connection, assignment_id, **values)
                counties = [bound.county, bound.team_county]
                announce(connection, "assignment", bound.id, counties=counties)
        return found.assignment_view(connection, assignment_id)
