"""
Tell who listens that something changed: NOTIFY on one channel, in the same transaction.

LISTEN knows no row-level security, so a notice names the counties that may hear of it
and carries ids, never a child's data. The hub filters.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

CHANNEL = "dispatch119"
ROADS_CHANNEL = "dispatch119_roads"
"""Says only that the closures changed, so that a publisher of times need not hear positions."""

# PostgreSQL refuses payloads of 8000 bytes and more.
_LONGEST_BYTES = 7900

_NOTIFY = text(f"SELECT pg_notify('{CHANNEL}', :payload)")
_NOTIFY_ROADS = text(f"SELECT pg_notify('{ROADS_CHANNEL}', '')")


def announce(
    connection: Connection,
    kind: str,
    identity: UUID,
    *,
    counties: Iterable[str | None],
    version: int | None = None,
) -> None:
    """Announce a change of one `incident`, `assignment`, `team` or `call`."""
    hearing = list(dict.fromkeys(code for code in counties if code))
    notice = {
        "k": kind,
        "id": str(identity),
        "county": hearing[0] if hearing else None,
        "counties": hearing,
        "v": version,
    }
    connection.execute(_NOTIFY, {"payload": _compact(notice)})


def announce_roads(connection: Connection) -> None:
    """Tell whoever publishes road times that the closures or the speeds changed."""
    connection.execute(_NOTIFY_ROADS)


def announce_positions(connection: Connection, positions: Iterable[Mapping[str, Any]]) -> None:
    """Announce new latest positions, as few notices as their length allows."""
    payloads = [{"payload": payload} for payload in _chunks(positions)]
    if payloads:
        connection.execute(_NOTIFY, payloads)


def _chunks(items: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    head, tail = '{"k":"positions","items":[', "]}"
    held: list[str] = []
    size = len(head) + len(tail)
    for item in items:
        piece = _compact(item)
        if held and size + len(piece) + 1 > _LONGEST_BYTES:
            yield head + ",".join(held) + tail
            held, size = [], len(head) + len(tail)
        held.append(piece)
        size += len(piece) + 1
    if held:
        yield head + ",".join(held) + tail


def _compact(notice: Mapping[str, Any]) -> str:
    # `json.dumps` writes ASCII only, so the length in characters is the length in bytes.
    return json.dumps(notice, separators=(",", ":"))
