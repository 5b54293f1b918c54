"""Places of teams that moved come to the roads together, each of them once."""

import asyncio
import json
from uuid import uuid4

import psycopg
import pytest

from api.live.hub import Hub
from api.live.listener import GATHER_S, Listener
from api.metrics import Metrics
from geodata.database.engine import conninfo
from geodata.points import LonLat
from teams.notices import CHANNEL
from tests.conftest_d.database import Database
from tests.conftest_d.waiting import finished

A, B, C = LonLat(26.1, 44.4), LonLat(26.2, 44.5), LonLat(23.6, 46.8)


def notice_of(*places: LonLat) -> str:
    items = [
        {"id": str(uuid4()), "county": "B3", "counties": ["B3"], "lon": one.lon, "lat": one.lat}
        for one in places
    ]
    return json.dumps({"k": "positions", "items": items})


async def told(url: str, *bursts: list[str]) -> list[list[LonLat]]:
    """Send bursts of notices, with pauses between them; what came to the roads at a time."""
    calls: list[list[LonLat]] = []
    listener = Listener(conninfo(url), Hub(Metrics()), on_moved=calls.append)
    listening = asyncio.create_task(listener.run())
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as sender:
        while not listener.is_connected:
            await asyncio.sleep(0.01)
        for burst in bursts:
            so_far = len(calls)
            await sender.execute(
                "SELECT count(pg_notify(%s, one)) FROM unnest(%s::text[]) AS one", (CHANNEL, burst)
            )
            while len(calls) == so_far:
                await asyncio.sleep(0.01)
            # Whatever of the burst was not in it would come now.
            await asyncio.sleep(2 * GATHER_S)
    listening.cancel()
    return calls


@pytest.mark.parametrize(
    ("bursts", "expected"),
    [
        ([[notice_of(A)]], [[A]]),
        ([[notice_of(A), notice_of(B), notice_of(A, C)]], [[A, B, C]]),
        ([[notice_of(A)] * 5, [notice_of(A), notice_of(B)]], [[A], [A, B]]),
    ],
    ids=["one", "a burst", "one burst after another"],
)
def test_places_come_together_and_once(
    database: Database, bursts: list[list[str]], expected: list[list[LonLat]]
) -> None:
    assert finished(told(database.url, *bursts)) == expected
