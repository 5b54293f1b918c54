"""How an incident begins: opened, or joined by one more call; shared by every intake."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from dispatch.belief.model import Belief
from dispatch.model import CallerLocation
from dispatch.repository import incidents
from dispatch.repository.geometry import area_element, point_element
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.services import found
from geodata.areas.uncertainty import centroid
from geodata.database.scope import Scope

JOIN_WITHIN = timedelta(minutes=30)
"""
A number that calls again within this time is taken to call about the same child.

Lines drop, and a child that has to hide hangs up and calls again.
"""


def open_or_join(
    connection: Connection,
    scope: Scope,
    belief: Belief,
    caller: str | None,
    now: datetime,
) -> tuple[LockedIncident | None, bool]:
    """
    Open an incident of the county that owns a call, or join the caller's open one there.

    One that the scope may not know of is not joined: its county is asked (`offering`).
    The caller's turn (`calls.take_turn_of_report`) has been taken: two messages of one number
    at once would both find nothing and open two incidents.

    Returns
    -------
    incident
        Locked; None when no county owns the call.
    joined
        Whether it was open already.
    """
    owner = belief.assignment.owner
    if owner is None:
        return None, False
    if caller is not None:
        known = incidents.find_joinable(connection, scope, owner, caller, now - JOIN_WITHIN)
        if known is not None:
            return found.locked_incident(connection, known), True
    report = belief.steps[-1].report if belief.steps else None
    told = {"format": report.format, "source": report.source} if report else {}
    opened = incidents.insert_incident(
        connection,
        scope,
        owner,
        IncidentChange("opened", payload=told),
        opened_at=now,
        **place_columns(belief.location),
    )
    return opened, False


def place_columns(location: CallerLocation | None) -> dict[str, Any]:
    """Return a location as columns of an incident; none when nothing is known."""
    if location is None:
        return {}
    return {
        "area": area_element(location.shape),
        "center": point_element(centroid(location.shape)),
        "area_confidence": location.confidence,
    }
