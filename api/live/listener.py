"""
The one connection that listens for the database's notices and feeds the hub.

It reconnects by itself. After every (re)connect all clients get a snapshot, because
notices sent in between are gone.
"""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from psycopg import sql

from api.live.hub import Hub
from api.supervision import Pulse
from geodata.points import LonLat
from teams.notices import CHANNEL, Notice, read_notices

GATHER_S = 0.05
"""Seconds. Places of teams are passed on together: a thread for each costs more than its work."""

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_LOOK_AFTER_S = 10.0
_PATIENCE_S = 60.0

_log = logging.getLogger("dispatch119.live")


def driver_url(url: str) -> str:
    """Return a database address without SQLAlchemy's driver suffix."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"


class Listener:
    """
    Listens on `CHANNEL` of one database for one hub.

    `on_moved` gets the places of teams that moved, in a thread: those that came within
    `GATHER_S` together.
    """

    def __init__(
        self, url: str, hub: Hub, *, on_moved: Callable[[list[LonLat]], None] | None = None
    ) -> None:
        self._url = driver_url(url)
        self._hub = hub
        self._on_moved = on_moved
        self._moved: list[LonLat] = []
        self._telling: asyncio.Task[None] | None = None
        self.is_connected = False
        self.pulse = Pulse(_PATIENCE_S)

    async def run(self) -> None:
        """Listen until cancelled, through any number of lost connections."""
        attempt = 0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True
                ) as connection:
                    attempt = 0
                    await self._listen(connection)
            except (psycopg.Error, TimeoutError) as error:
                _log.warning(
                    "listening stopped", extra={"kind": type(error).__name__, "attempt": attempt}
                )
            finally:
                self.is_connected = False
            await asyncio.sleep(min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S))
            attempt = min(attempt + 1, 10)

    async def _listen(self, connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
        self.is_connected = True
        self.pulse.beat()
        self._hub.resync()
        while True:
            async for notice in connection.notifies(timeout=_LOOK_AFTER_S):
                self._take(notice.payload)
            # A connection may be lost without a word; asking over it brings that to light.
            async with asyncio.timeout(_LOOK_AFTER_S):
                await connection.execute("SELECT 1")
            self.pulse.beat()

    def _take(self, payload: str) -> None:
        try:
            notices = read_notices(payload)
        except ValueError:
            # A notice that cannot be read, or of a kind not known here: a snapshot is always right.
            _log.warning("notice not understood")
            self._hub.resync()
            return
        for notice in notices:
            self._hub.publish(notice)
        self._tell_moved(notices)

    def _tell_moved(self, notices: list[Notice]) -> None:
        moved = [one.position for one in notices if one.position is not None]
        if not moved or self._on_moved is None:
            return
        self._moved += [LonLat(float(one["lon"]), float(one["lat"])) for one in moved]
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell_gathered(self._on_moved))

    async def _tell_gathered(self, on_moved: Callable[[list[LonLat]], None]) -> None:
        try:
            await asyncio.sleep(GATHER_S)
            places, self._moved = list(dict.fromkeys(self._moved)), []
        finally:
            # What arrives from now on is for the next round.
            self._telling = None
        await asyncio.get_running_loop().run_in_executor(None, on_moved, places)
