"""
Send notices to who listens: NOTIFY, in the same transaction as the change, at its end.

Knows how long a notice may be and nothing of what it says.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from geodata.database.closing_words import add_notice

# PostgreSQL refuses payloads of 8000 bytes and more.
_LONGEST_BYTES = 7900


def notify(connection: Connection, channel: str, notice: Mapping[str, Any] | None = None) -> None:
    """Send one notice on `channel`; without a text it only wakes whoever listens."""
    payload = "" if notice is None else _compact(notice)
    add_notice(connection, channel, payload)


def notify_in_pieces(
    connection: Connection,
    channel: str,
    envelope: Mapping[str, Any],
    key: str,
    items: Iterable[Mapping[str, Any]],
) -> None:
    """Send `envelope` with `items` under `key`, in as few notices as their length allows."""
    for piece in _pieces({**envelope, key: []}, items):
        add_notice(connection, channel, piece)


def _pieces(empty: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    whole = _compact(empty)
    head, tail = whole[:-2], whole[-2:]
    held: list[str] = []
    size = len(whole)
    for item in items:
        piece = _compact(item)
        if held and size + len(piece) + 1 > _LONGEST_BYTES:
            yield head + ",".join(held) + tail
            held, size = [], len(whole)
        held.append(piece)
        size += len(piece) + 1
    if held:
        yield head + ",".join(held) + tail


def _compact(notice: Mapping[str, Any]) -> str:
    # `json.dumps` writes ASCII only, so the length in characters is the length in bytes.
    return json.dumps(notice, separators=(",", ":"))
