"""
What is told about a case: read with it, and how urgent it is by that.

The words themselves are kept by the database with every saving of a form. They change no version:
whoever sends a team meanwhile is not turned away because a colleague goes on typing. The triage
does, because what is done next depends on it.
"""

from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.call_form import PRIORITY, Told, most_urgent
from dispatch.model import IncidentState
from dispatch.notices import announce
from dispatch.repository import incidents, reports
from dispatch.repository import told as repository
from dispatch.repository.incidents import IncidentChange, LockedIncident
from dispatch.repository.reports import adding_to
from dispatch.services import found
from geodata.database.audit import audit
from geodata.database.engine import scoped, widened
from geodata.database.scope import Scope


def list_told(engine: Engine, scope: Scope, incident_id: UUID) -> list[Told]:
    """
    List what the calls of an incident say of it, the newest word first; the reading is audited.

    Also for the team on its way, which has to know what waits for it.

    Raises
    ------
    NotFoundError
        `not_found`.
    """
    with scoped(engine, scope) as connection:
        view = found.incident_view(connection, incident_id)
        audit(
            connection, scope, "incident.told_read",
            object_type="incident", object_id=incident_id, county=view.county,
        )  # fmt: skip
        return repository.list_told(connection, incident_id)


def follow_triage(connection: Connection, scope: Scope, locked: LockedIncident) -> None:
    """Make a locked incident as urgent as the most urgent of its calls; a closed one stays."""
    if locked.state is IncidentState.CLOSED:
        return
    triage = most_urgent(repository.list_triages(connection, locked.id))
    if triage is None or triage is repository.find_triage(connection, locked.id):
        return
    change = IncidentChange("triaged", payload={"triage": triage.value})
    incidents.change_incident(
        connection, scope, locked, change, triage=triage.value, priority=PRIORITY[triage]
    )


def tell_case(
    connection: Connection, scope: Scope, call_id: UUID, *, has_other_triage: bool
) -> None:
    """Tell the case of a call, wherever it is, that its form says something else now."""
    case = repository.find_case_of_call(connection, call_id)
    if case is None:
        return
    incident_id, county = case
    if has_other_triage and reports.hold_call(connection, call_id) is not None:
        with adding_to(connection, call_id), widened(connection, scope, county):
            follow_triage(connection, scope, found.locked_incident(connection, incident_id))
    announce(connection, "incident", incident_id, counties=[county])
