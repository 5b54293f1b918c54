"""Who has an incident on the screen: the last heartbeat of each person, gone when it is old."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from dispatch.views import PresenceView
from geodata.database.scope import Scope

_TELL = text("""
INSERT INTO incident_presence (incident_id, actor, seen_at, is_writing)
VALUES (:incident, :actor, present_moment(), :writing)
ON CONFLICT (incident_id, actor)
DO UPDATE SET seen_at = excluded.seen_at, is_writing = excluded.is_writing
""")
_LIST = text("""
SELECT actor, seen_at, is_writing FROM incident_presence
WHERE incident_id = :incident AND actor <> :actor AND seen_at > present_moment() - :within
ORDER BY actor
""")
_VISIBLE = text("SELECT EXISTS (SELECT FROM incident WHERE id = :incident)")
_LEAVE = text("DELETE FROM incident_presence WHERE incident_id = :incident AND actor = :actor")
_SWEEP = text(
    "DELETE FROM incident_presence WHERE seen_at < present_moment() - interval '10 minutes'"
)


def is_visible(connection: Connection, incident_id: UUID) -> bool:
    """Tell whether the scope sees an incident; without reading it."""
    return bool(connection.execute(_VISIBLE, {"incident": incident_id}).scalar_one())


def tell_presence(
    connection: Connection, scope: Scope, incident_id: UUID, *, is_writing: bool
) -> None:
    """Note that the scope's person has a visible incident on the screen now."""
    connection.execute(
        _TELL, {"incident": incident_id, "actor": scope.actor, "writing": is_writing}
    )
    connection.execute(_SWEEP)


def end_presence(connection: Connection, scope: Scope, incident_id: UUID) -> None:
    """Note that the scope's person has left it."""
    connection.execute(_LEAVE, {"incident": incident_id, "actor": scope.actor})


def list_others(
    connection: Connection, scope: Scope, incident_id: UUID, *, within: timedelta
) -> Sequence[PresenceView]:
    """List who else was seen at a visible incident within a time, by name."""
    wanted = {"incident": incident_id, "actor": scope.actor, "within": within}
    return [PresenceView(**row) for row in connection.execute(_LIST, wanted).mappings()]
