"""
Reports beside a crowd: pages that come back together, and polygon queries to the LoST server.

The crowd and the one who reports are processes of their own; the server is this one. What is
shown is how long a report waits, and how long the pages take until each has its map.
"""

import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np

from api.database import utc_now
from api.demo.stage import Stage, prepared_stage
from api.settings import Settings

_REPORTS_S = 12.0
_LISTENERS = 200
_MANY_LISTENERS = 500
_QUERIES = 40
_CORNERS = 60


def run(seed: int = 119) -> None:
    """Time reports by themselves and beside each crowd; print a table."""
    with tempfile.TemporaryDirectory(prefix="d119-bench-") as folder:
        settings = Settings()
        database = settings.database.model_copy(
            update={"database_url": None, "data_dir": Path(folder)}
        )
        live = settings.live.model_copy(update={"streams_per_account": _MANY_LISTENERS})
        own = settings.model_copy(update={"database": database, "live": live})
        with prepared_stage(own, utc_now, seed=seed) as stage, _processes() as pool:
            _measure(stage, pool)


def _processes() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def _measure(stage: Stage, pool: ProcessPoolExecutor) -> None:
    base, token = stage.base_url, stage.desks["supervisor"].token
    pool.submit(report_for, base, token, 3.0, 0).result()
    print(f"\n{'reports beside':<34}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}  the crowd")
    few, many = _LISTENERS, _MANY_LISTENERS
    crowds: Sequence[tuple[str, Callable[[], Future[str]] | None]] = (
        ("nobody", None),
        (f"{few} pages coming back", lambda: pool.submit(come_back, base, token, few)),
        (f"{many} pages coming back", lambda: pool.submit(come_back, base, token, many)),
        (f"{_QUERIES} polygons at a time at /lost", lambda: pool.submit(ask_lost, base, _QUERIES)),
    )  # fmt: skip
    for number, (name, crowd) in enumerate(crowds, 1):
        told = crowd() if crowd else None
        times = np.array(pool.submit(report_for, base, token, _REPORTS_S, number).result()) * 1e3
        middle, late = np.percentile(times, [50, 95])
        what = told.result() if told else ""
        print(f"{name:<34}{middle:>9.0f}{late:>9.0f}{times.max():>9.0f}  {what}")


# ── in processes of their own ─────────────────────────────────────────────────
def report_for(base: str, token: str, seconds: float, series: int) -> list[float]:
    """Post reports one after the other, ten a second at most; return how long each took."""
    taken: list[float] = []
    headers = {"Authorization": f"Bearer {token}"}
    until = time.monotonic() + seconds
    with httpx.Client(base_url=base, headers=headers, timeout=120) as desk:
        while time.monotonic() < until:
            shape = {"type": "Circle", "center": [26.16, 44.415], "radius_m": 300}
            report = {"caller": f"+4071{series}{len(taken):06d}", "shape": shape}
            began = time.perf_counter()
            desk.post("/v1/location-reports", json=report).raise_for_status()
            taken.append(time.perf_counter() - began)
            time.sleep(max(0.0, 0.1 - taken[-1]))
    return taken


def come_back(base: str, token: str, number: int) -> str:
    """Open so many streams, lose them all, and open them again, twice."""
    return asyncio.run(_come_back(base, token, number))


async def _come_back(base: str, token: str, number: int) -> str:
    took = []
    for _ in range(3):
        began = time.perf_counter()
        streams = await asyncio.gather(*(_opened(base, token) for _ in range(number)))
        took.append(time.perf_counter() - began)
        for writer in streams:
            writer.close()
    return "all have their map after " + ", ".join(f"{one:.1f}" for one in took) + " s"


async def _opened(base: str, token: str) -> asyncio.StreamWriter:
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=2**24)
    writer.write(
        f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )
    async with asyncio.timeout(120):
        await reader.readuntil(b"event: snapshot")
    return writer


def ask_lost(base: str, number: int) -> str:
    """Ask with a polygon of many corners, so many at a time, for as long as reports come."""
    return asyncio.run(_ask_lost(base, number))


async def _ask_lost(base: str, number: int) -> str:
    query, statuses = _polygon_query(), dict[int, int]()
    until = time.monotonic() + _REPORTS_S

    async def ask(client: httpx.AsyncClient) -> None:
        while time.monotonic() < until:
            kind = {"Content-Type": "application/lost+xml"}
            answer = await client.post("/lost", content=query, headers=kind)
            statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1

    limits = httpx.Limits(max_connections=number)
    async with httpx.AsyncClient(base_url=base, timeout=120, limits=limits) as client:
        await asyncio.gather(*(ask(client) for _ in range(number)))
    return json.dumps(statuses)


def _polygon_query() -> str:
    turns = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    ring = [(44.43 + 0.2 * np.sin(turn), 26.1 + 0.3 * np.cos(turn)) for turn in turns]
    corners = "".join(f"<g:pos>{lat:.6f} {lon:.6f}</g:pos>" for lat, lon in [*ring, ring[0]])
    return (
        '<findService xmlns="urn:ietf:params:xml:ns:lost1" xmlns:g="http://www.opengis.net/gml">'
        '<location id="a" profile="geodetic-2d"><g:Polygon srsName="urn:ogc:def:crs:EPSG::4326">'
        f"<g:exterior><g:LinearRing>{corners}</g:LinearRing></g:exterior></g:Polygon></location>"
        "<service>urn:service:sos.police</service></findService>"
    )
