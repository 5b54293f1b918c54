"""Two people at one incident see each other: a heartbeat of each, forgotten in half a minute."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, Engine

from dispatch.repository import presence
from dispatch.services import found
from dispatch.views import PresenceView
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.said import said

PRESENT_FOR = timedelta(seconds=30)
"""Three heartbeats of a page: one that is lost makes nobody vanish, and nobody stays a ghost."""


def tell_presence(
    engine: Engine, scope: Scope, incident_id: UUID, *, is_writing: bool = False
) -> Sequence[PresenceView]:
    """
    Tell that one has an incident on the screen; returns who else has.

    Raises
    ------
    NotFoundError
        It is not there, or not for this scope.
    """
    with scoped(engine, scope) as connection:
        _seen(connection, incident_id)
        presence.tell_presence(connection, scope, incident_id, is_writing=is_writing)
        return presence.list_others(connection, scope, incident_id, within=PRESENT_FOR)


def end_presence(engine: Engine, scope: Scope, incident_id: UUID) -> None:
    """
    Tell that one has left an incident; nothing happens where one was not there.

    Raises
    ------
    NotFoundError
        It is not there, or not for this scope.
    """
    with scoped(engine, scope) as connection:
        _seen(connection, incident_id)
        presence.end_presence(connection, scope, incident_id)


def _seen(connection: Connection, incident_id: UUID) -> None:
    if not presence.is_visible(connection, incident_id):
        raise found.not_found(said("incident"))
