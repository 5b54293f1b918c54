"""
The full path over HTTP: location report in, county and incident out, teams ranked.

Eight clients at once on the real application with its real database; each pass is
one POST of a location report and one GET of the recommendation of its incident.
"""

import itertools
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from api.database import utc_now
from api.demo.crew import SECTORS
from api.demo.desk import Desk
from api.demo.drive import standing_fix
from api.demo.stage import Stage, prepared_stage
from api.settings import Settings

CLIENTS = 8
PASSES = 400
_STEPS = ("report", "recommendation", "both")


@dataclass(frozen=True, slots=True)
class Row:
    """One step of the path: median and 99th percentile, milliseconds."""

    step: str
    p50_ms: float
    p99_ms: float


def run(seed: int = 119, *, passes: int = PASSES) -> list[Row]:
    """Time the path; print a table and return it."""
    with tempfile.TemporaryDirectory(prefix="d119-bench-") as folder:
        settings = Settings()
        database = settings.database.model_copy(
            update={"database_url": None, "data_dir": Path(folder)}
        )
        own = settings.model_copy(update={"database": database})
        with prepared_stage(own, utc_now, seed=seed) as stage:
            _report_all_teams(stage)
            _timed(stage, range(CLIENTS), seed)
            started = time.perf_counter()
            times = _timed(stage, range(passes), seed)
            seconds = time.perf_counter() - started
    rows = [
        Row(step, *(float(np.percentile(times[:, i], q)) for q in (50, 99)))
        for i, step in enumerate(_STEPS)
    ]
    _show(rows, passes, seconds)
    return rows


def _report_all_teams(stage: Stage) -> None:
    for team in stage.teams:
        stage.desks[f"team-{team.callsign.lower()}"].report_positions(
            stage.team_ids[team.callsign], [standing_fix(team.place, utc_now())]
        )


def _timed(stage: Stage, numbers: range, seed: int) -> np.ndarray:
    local = threading.local()
    token = stage.desks["supervisor"].token
    counter = itertools.count()
    draw = np.random.default_rng(seed)
    counties = stage.services.ground.counties
    seats = [counties.get(code).seat for code in SECTORS]
    offsets = draw.uniform(-0.02, 0.02, size=(len(numbers), 2))
    radii = draw.uniform(200, 4000, size=len(numbers))

    def once(i: int) -> tuple[float, float, float]:
        if not hasattr(local, "desk"):
            local.desk = Desk(stage.base_url, token, f"bench-{next(counter)}")
        seat = seats[i % len(seats)]
        report = {
            "caller": f"+407{i % 90_000_000 + 10_000_000:08d}",
            "source": "bench",
            "confidence": 0.9,
            "shape": {
                "type": "Circle",
                "center": [seat.lon + offsets[i, 0], seat.lat + offsets[i, 1]],
                "radius_m": radii[i],
            },
        }
        start = time.perf_counter()
        answer = local.desk.post("/location-reports", report)
        middle = time.perf_counter()
        local.desk.recommendation(answer["incident_id"])
        end = time.perf_counter()
        return (middle - start) * 1e3, (end - middle) * 1e3, (end - start) * 1e3

    with ThreadPoolExecutor(CLIENTS) as pool:
        return np.array(list(pool.map(once, range(len(numbers)))))


def _show(rows: list[Row], passes: int, seconds: float) -> None:
    print(f"\nfull path over HTTP, {CLIENTS} clients, {passes} passes")
    print(f"{'step':<18}{'p50 ms':>10}{'p99 ms':>10}")
    for row in rows:
        print(f"{row.step:<18}{row.p50_ms:>10.1f}{row.p99_ms:>10.1f}")
    print(f"{passes / seconds:.0f} passes a second; clients and server share this machine")
