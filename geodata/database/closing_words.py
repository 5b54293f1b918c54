"""
What a transaction says last: its audit entries and its notices, collected until it commits.

Both are queues of one for the whole database (the chain of entries, the order of notices), so
nobody stands in them before everything else is done; and all notices go in one statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert, text

from geodata.database.metadata import audit_entry

_ENTRIES, _NOTICES = "audit_pending", "notices_pending"
# An array that is unrolled keeps its order, and the listeners get the notices in it.
_NOTIFY = text(
    "SELECT count(pg_notify(channel, payload))"
    " FROM unnest(cast(:channels AS text[]), cast(:payloads AS text[])) AS t(channel, payload)"
)


def add_entry(connection: Connection, entry: dict[str, Any]) -> None:
    """Keep a row of the audit trail until the end."""
    connection.info[_ENTRIES].append(entry)


def add_notice(connection: Connection, channel: str, payload: str) -> None:
    """Keep a notice until the end; without `collected` around it there is nobody to send it."""
    connection.info[_NOTICES].append((channel, payload))


@contextmanager
def collected(connection: Connection) -> Iterator[None]:
    """Collect what is said inside, and say it last: first the notices, then the entries."""
    entries: list[dict[str, Any]] = []
    notices: list[tuple[str, str]] = []
    connection.info[_ENTRIES], connection.info[_NOTICES] = entries, notices
    try:
        yield
        if notices:
            channels, payloads = zip(*notices, strict=True)
            connection.execute(_NOTIFY, {"channels": list(channels), "payloads": list(payloads)})
        if entries:
            connection.execute(insert(audit_entry), entries)
    finally:
        # Of a connection that was lost, `info` cannot be read any more, and trying to would
        # hide why it was lost; it is gone with the connection.
        if not connection.invalidated:
            connection.info.pop(_ENTRIES, None)
            connection.info.pop(_NOTICES, None)
