"""
The full path over HTTP: location report in, county and incident out, teams ranked; positions.

1, 8 and 32 clients at once on the real application with its real database. A pass is one POST
of a location report and one GET of the recommendation of its incident; positions are single
posts of a team's phone. How many statements each of them costs is counted in `tests`.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from time import process_time
from urllib.parse import urlsplit

import numpy as np

from api.database import utc_now
from api.demo.crew import SECTORS
from api.demo.drive import standing_fix
from api.demo.stage import Stage, prepared_stage
from api.settings import Settings
from benchmarks.http_client import Run, Task, run_clients

CLIENTS = (1, 8, 32)
PASSES = 400


@dataclass(frozen=True, slots=True)
class Row:
    """
    One kind of request with so many clients: medians and 99th percentiles in milliseconds.

    `processor_ms` is what a pass costs the server's process; other work on the machine changes
    it less than the rates.
    """

    kind: str
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    processor_ms: float


def run(seed: int = 119, *, passes: int = PASSES, clients: tuple[int, ...] = CLIENTS) -> list[Row]:
    """Time the path; print a table and return it."""
    with running_stage(seed) as stage:
        draw = Draw(stage, seed)
        kinds: dict[str, Callable[[int], list[Task]]] = {
            "report": draw.reports,
            "report, ranked teams": draw.passes,
            "position": draw.positions,
        }
        for tasks in kinds.values():
            _run(stage, tasks(40), 8)
        rows = [
            _row(stage, kind, tasks(passes if n > 1 else passes // 2), n)
            for kind, tasks in kinds.items()
            for n in clients
        ]
    _show(rows, passes)
    return rows


@contextmanager
def running_stage(seed: int) -> Iterator[Stage]:
    """Serve an installation of its own, with synthetic teams that have all told where they are."""
    with tempfile.TemporaryDirectory(prefix="d119-bench-") as folder:
        settings = Settings()
        database = settings.database.model_copy(
            update={"database_url": None, "data_dir": Path(folder)}
        )
        own = settings.model_copy(update={"database": database})
        with prepared_stage(own, utc_now, seed=seed) as stage:
            for team in stage.teams:
                stage.desks[f"team-{team.callsign.lower()}"].report_positions(
                    stage.team_ids[team.callsign],
                    [standing_fix(team.place, utc_now() - timedelta(minutes=1))],
                )
            yield stage


class Draw:
    """Draws requests, no two alike: other callers, other places, later fixes."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._draw = np.random.default_rng(seed)
        self._callers = count(10_000_000)
        self._fixes = count()
        self._start = utc_now()
        counties = stage.services.ground.counties
        self._seats = [counties.get(code).seat for code in SECTORS]

    def reports(self, n: int) -> list[Task]:
        """Draw reports about callers whom nobody has heard before."""
        return [self._report(None) for _ in range(n)]

    def passes(self, n: int) -> list[Task]:
        """Draw the same, each followed by the question who could go."""
        return [self._report("/v1/incidents/{}/recommendation") for _ in range(n)]

    def positions(self, n: int) -> list[Task]:
        """Draw single positions of all teams in turn, each newer than the one before."""
        return [self._position(i) for i in range(n)]

    def _report(self, then: str | None) -> Task:
        caller = next(self._callers)
        seat = self._seats[caller % len(self._seats)]
        east, north = self._draw.uniform(-0.02, 0.02, size=2)
        report = {
            "caller": f"+407{caller:08d}",
            "source": "bench",
            "confidence": 0.9,
            "shape": {
                "type": "Circle",
                "center": [seat.lon + east, seat.lat + north],
                "radius_m": self._draw.uniform(200, 4000),
            },
        }
        token = self._stage.desks["supervisor"].token
        return Task("/v1/location-reports", token, _json(report), then, "incident_id")

    def _position(self, i: int) -> Task:
        team = self._stage.teams[i % len(self._stage.teams)]
        # Newer than all before, and not of the future: the clock runs faster than these.
        at = self._start + timedelta(milliseconds=next(self._fixes))
        token = self._stage.desks[f"team-{team.callsign.lower()}"].token
        path = f"/v1/teams/{self._stage.team_ids[team.callsign]}/positions"
        return Task(path, token, _json(standing_fix(team.place, at)))


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


def _run(stage: Stage, tasks: list[Task], clients: int) -> Run:
    address = urlsplit(stage.base_url)
    return run_clients(str(address.hostname), int(address.port or 0), tasks, clients)


def _row(stage: Stage, kind: str, tasks: list[Task], clients: int) -> Row:
    # The clients are another process, and so is the database.
    before = process_time()
    run = _run(stage, tasks, clients)
    processor_ms = (process_time() - before) / len(tasks) * 1e3
    times = np.array(run.posts_ms)
    if run.gets_ms:
        times = times + np.array(run.gets_ms)
    p50, p99 = np.percentile(times, [50, 99])
    return Row(kind, clients, run.per_second, float(p50), float(p99), processor_ms)


def _show(rows: list[Row], passes: int) -> None:
    print(
        f"\nfull path over HTTP, {passes} passes; server, database and clients share this machine"
    )
    print(f"{'kind':<24}{'clients':>8}{'per s':>9}{'p50 ms':>10}{'p99 ms':>10}{'cpu ms':>9}")
    for row in rows:
        print(
            f"{row.kind:<24}{row.clients:>8}{row.per_second:>9.0f}"
            f"{row.p50_ms:>10.1f}{row.p99_ms:>10.1f}{row.processor_ms:>9.2f}"
        )
