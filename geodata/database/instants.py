"""
Reading a `timestamptz` never fails: what makes no sense comes out as the nearest bound.

PostgreSQL knows infinity, years before Christ and years after 9999; the driver refuses
them, and with them the whole list that one such row stands in. The bounds are those of
`geodata.instants`; constraints keep such values out, this is for whatever gets past them.
"""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.datetime import TimestamptzLoader

from geodata.instants import FIRST_INSTANT, LAST_INSTANT


def bound_instants(connection: "psycopg.Connection[Any]") -> None:
    """Let a connection read every `timestamptz` as an instant that makes sense."""
    connection.adapters.register_loader("timestamptz", _BoundedLoader)


class _BoundedLoader(Loader):
    """The driver's own loader, and a bound where that one gives up."""

    format = Format.TEXT

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        fast = psycopg.adapters.get_loader(oid, Format.TEXT) or TimestamptzLoader
        self._loader = fast(oid, context)

    def load(self, data: Buffer) -> datetime:
        """Return the instant, aware, within the bounds."""
        try:
            read: datetime = self._loader.load(data)
        except psycopg.DataError:
            text = bytes(data)
            is_early = text.endswith(b"BC") or text.startswith((b"-", b"0"))
            return FIRST_INSTANT if is_early else LAST_INSTANT
        return min(max(read, FIRST_INSTANT), LAST_INSTANT)
