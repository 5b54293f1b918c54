"""
The dispatcher's page in a real Chromium, beside moving teams and steady changes.

Shown are how long a call takes from its POST until its row is on the screen, what the page costs
its own processor, what it weighs, and what one change costs when ten pages are open. The server,
the browser and the traffic share this machine; the ratios between two runs are what to read.
"""

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from api.access.security import COOKIE
from api.database import utc_now
from api.demo.stage import Stage, national_scope, prepared_stage
from api.settings import Settings
from dispatch import services as use_cases
from geodata.points import LonLat
from maps.pages.screenshot import find_browser
from teams.model import PositionReport

TEAMS, OPEN_CASES, PAGES = 500, 300, 10
SECONDS = 30.0
CHANGES_A_SECOND = 12
# One of so many changes is a new call; the others are notes in cases that are open.
_NEW_ONE_IN = 4
_MOVES_A_SECOND = 100
_FIRST = LonLat(26.10, 44.43)

# When each row first stood in the list, after the frame in which it did.
_WATCH = """() => {
    window.rowsSeen = {};
    const look = () => requestAnimationFrame(() => {
        const now = Date.now();
        for (const card of document.querySelectorAll("[data-part=list] [data-incident]")) {
            window.rowsSeen[card.dataset.incident] ??= now;
        }
    });
    const list = document.querySelector("[data-part=list]");
    new MutationObserver(look).observe(list, { childList: true, subtree: true });
    look();
}"""
_WEIGHT = """() => {
    const all = [...performance.getEntriesByType("navigation"),
        ...performance.getEntriesByType("resource")];
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const sum = (name) => all.reduce((total, entry) => total + (entry[name] ?? 0), 0);
    return { paint: paint?.startTime ?? null, sent: sum("transferSize"),
        plain: sum("decodedBodySize"), requests: all.length };
}"""


def run(seed: int = 119, *, teams: int = TEAMS, seconds: float = SECONDS) -> None:
    """Open the page, let everything move, print what it took."""
    browser = find_browser()
    if browser is None:
        raise SystemExit("this benchmark needs an installed Chromium")
    with tempfile.TemporaryDirectory(prefix="d119-bench-") as folder:
        settings = Settings()
        database = settings.database.model_copy(
            update={"database_url": None, "data_dir": Path(folder)}
        )
        own = settings.model_copy(update={"database": database})
        with (
            prepared_stage(own, utc_now, seed=seed) as stage,
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
            sync_playwright() as playwright,
        ):
            moving = _more_teams(stage, teams)
            _open_cases(stage)
            chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            _measure(stage, pool, _desk(stage, chromium), moving, seconds)
            _print_one_change(stage, [_desk(stage, chromium) for _ in range(PAGES)])
            chromium.close()


def _measure(
    stage: Stage,
    pool: ProcessPoolExecutor,
    context: BrowserContext,
    moving: Sequence[UUID],
    seconds: float,
) -> None:
    desk = stage.desks["supervisor"]
    page, first = _opened(stage, context)
    print(
        f"\npage: first paint {first['paint']:.0f} ms, {first['requests']} requests,"
        f" {first['sent'] / 1024:.0f} KiB sent ({first['plain'] / 1024:.0f} unpacked)"
    )
    page.evaluate(_WATCH)
    probe = context.new_cdp_session(page)
    probe.send("Performance.enable")
    asked = _Requests(page)
    with _moving(stage, moving):
        page.wait_for_timeout(5_000)
        before, asked_before = _times(probe), len(asked.urls)
        quiet = 10.0
        page.wait_for_timeout(quiet * 1000)
        _print_cost(f"{len(moving)} teams moving", before, _times(probe), quiet)
        before, asked_before = _times(probe), len(asked.urls)
        began = time.monotonic()
        told = pool.submit(make_changes, stage.base_url, desk.token, seconds)
        while not told.done():
            page.wait_for_timeout(250)
        taken = time.monotonic() - began
        _print_cost(f"and {CHANGES_A_SECOND} changes a second", before, _times(probe), taken)
        requests = (len(asked.urls) - asked_before) / taken
        page.wait_for_timeout(10_000)
    _print_waits(told.result(), page.evaluate("window.rowsSeen"), requests)
    page.close()


def _print_cost(name: str, before: "_Times", after: "_Times", seconds: float) -> None:
    per_minute = 60 / seconds
    print(
        f"{name:<32} of a minute: tasks {(after.task - before.task) * per_minute:5.1f} s,"
        f" scripts {(after.script - before.script) * per_minute:5.1f} s,"
        f" layout and style {(after.layout - before.layout) * per_minute:5.1f} s"
    )


def _print_waits(posted: dict[str, float], seen: dict[str, float], requests: float) -> None:
    waits = [seen[number] / 1000 - at for number, at in posted.items() if number in seen]
    never = len(posted) - len(waits)
    middle, late = np.percentile(waits, [50, 95]) if waits else (float("nan"),) * 2
    print(
        f"from POST to row: p50 {middle:.2f} s, p95 {late:.2f} s, max {max(waits, default=0):.2f} s"
        f" of {len(posted)} calls, {never} never; {requests:.1f} requests a second"
    )


def _print_one_change(stage: Stage, contexts: Sequence[BrowserContext]) -> None:
    desk = stage.desks["supervisor"]
    pages = [_opened(stage, context)[0] for context in contexts]
    pages[0].wait_for_timeout(5_000)
    asked = [_Requests(page) for page in pages]
    with httpx.Client(base_url=stage.base_url, headers=_bearer(desk.token), timeout=60) as client:
        case = client.get("/v1/incidents", params={"limit": 1}).json()[0]["id"]
        client.post(f"/v1/incidents/{case}/notes", json={"text": "x"}).raise_for_status()
    pages[0].wait_for_timeout(5_000)
    print(
        f"one change seen by {PAGES} pages: {sum(len(one.urls) for one in asked)} requests,"
        f" {sum(sum(one.bytes) for one in asked) / 1024:.0f} KiB"
    )


# ── the browser ───────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds of a page's main thread since it was opened."""

    task: float
    script: float
    layout: float


class _Requests:
    """What a page asks of the interface, and how many bytes of it come."""

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        self.bytes: list[int] = []
        page.on("request", lambda request: "/v1/" in request.url and self.urls.append(request.url))
        probe = page.context.new_cdp_session(page)
        probe.send("Network.enable")
        probe.on(
            "Network.loadingFinished", lambda told: self.bytes.append(told["encodedDataLength"])
        )


def _desk(stage: Stage, chromium: Browser) -> BrowserContext:
    """Sit down at a desk of its own: tabs of one browser share six connections."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    services = stage.services
    accounts = use_cases.list_accounts(services.accounts, national_scope(services))
    account = next(one for one in accounts if one.username == "supervisor")
    lifetime = timedelta(hours=1)
    token = use_cases.issue_token(services.accounts, account.id, kind="cookie", lifetime=lifetime)
    context.add_cookies([{"name": COOKIE, "value": token, "url": stage.base_url}])
    return context


def _opened(stage: Stage, context: BrowserContext) -> tuple[Page, dict[str, Any]]:
    page = context.new_page()
    page.goto(stage.base_url, timeout=60_000)
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    weight: dict[str, Any] = page.evaluate(_WEIGHT)
    return page, weight


def _times(probe: CDPSession) -> _Times:
    told = {one["name"]: one["value"] for one in probe.send("Performance.getMetrics")["metrics"]}
    layout = told["LayoutDuration"] + told["RecalcStyleDuration"]
    return _Times(told["TaskDuration"], told["ScriptDuration"], layout)


# ── what happens meanwhile ────────────────────────────────────────────────────
def _more_teams(stage: Stage, number: int) -> list[UUID]:
    """Create teams all over the country until there are so many; return those that move."""
    services, scope = stage.services, national_scope(stage.services)
    codes, made = services.ground.counties.codes, list(stage.team_ids.values())
    for n in count():
        if len(made) >= number:
            return made
        code = codes[n % len(codes)]
        view = use_cases.create_team(
            services.engine,
            scope,
            callsign=f"{code}-M{n}",
            county=code,
            base=services.ground.counties.get(code).seat,
        )
        made.append(view.team.id)
    raise AssertionError


@contextmanager
def _moving(stage: Stage, ids: Sequence[UUID]) -> Iterator[None]:
    """Let the teams report as they drive, so many reports a second, while inside."""
    stopped = threading.Event()
    services, scope = stage.services, national_scope(stage.services)
    known = {view.team.id: view.team for view in use_cases.list_teams(services.engine, scope)}
    places = {one: known[one].base or _FIRST for one in ids}
    some = max(1, _MOVES_A_SECOND // 4)

    def move() -> None:
        for turn in count():
            if stopped.wait(0.25):
                return
            now, reports = services.clock(), []
            for one in (ids[(turn * some + n) % len(ids)] for n in range(some)):
                places[one] = LonLat(places[one].lon + 4e-4, places[one].lat + 2e-4)
                reports.append(
                    PositionReport(
                        one, places[one], now, now, accuracy_m=10, speed_ms=11, heading_deg=60
                    )
                )
            use_cases.record_positions(services.engine, scope, reports, now=now)

    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _report(caller: int, place: LonLat) -> dict[str, Any]:
    shape = {"type": "Circle", "center": [place.lon, place.lat], "radius_m": 300}
    return {"caller": f"+4073{caller:07d}", "shape": shape}


def _open_cases(stage: Stage) -> None:
    counties = stage.services.ground.counties
    with httpx.Client(
        base_url=stage.base_url, headers=_bearer(stage.desks["supervisor"].token), timeout=60
    ) as desk:
        for n in range(OPEN_CASES):
            seat = counties.get(counties.codes[n % len(counties.codes)]).seat
            desk.post("/v1/location-reports", json=_report(n, seat)).raise_for_status()


def make_changes(base: str, token: str, seconds: float) -> dict[str, float]:
    """Post calls and notes at a steady pace; return each new case's number and POST time."""
    posted: dict[str, float] = {}
    began = time.monotonic()
    with httpx.Client(base_url=base, headers=_bearer(token), timeout=60) as desk:
        cases = [row["id"] for row in desk.get("/v1/incidents", params={"limit": 100}).json()]
        for n in range(int(seconds * CHANGES_A_SECOND)):
            time.sleep(max(0.0, began + n / CHANGES_A_SECOND - time.monotonic()))
            if n % _NEW_ONE_IN:
                path = f"/v1/incidents/{cases[n % len(cases)]}/notes"
                desk.post(path, json={"text": f"note {n}"}).raise_for_status()
                continue
            at = time.time()
            place = LonLat(_FIRST.lon + n % 20 * 0.004, _FIRST.lat + n % 17 * 0.003)
            answer = desk.post("/v1/location-reports", json=_report(100_000 + n, place))
            answer.raise_for_status()
            posted[answer.json()["incident_number"]] = at
    return posted


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="make bench-console", description=__doc__)
    parser.add_argument("--teams", type=int, default=TEAMS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    wish = parser.parse_args()
    run(teams=wish.teams, seconds=wish.seconds)
