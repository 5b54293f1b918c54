"""Many pages that come at once: few readings, nothing missed, and no more than allowed."""

from contextlib import ExitStack
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest

from tests.conftest_d.api import TITAN, ApiServer, code_of, report_of, send_report, visiting
from tests.conftest_d.waiting import wait_until


def first_snapshot(desk: httpx.Client, gate: Barrier, texts: list[str]) -> None:
    with visiting(str(desk.base_url), headers=desk.headers) as own:
        gate.wait()
        with own.stream("GET", "/v1/stream") as answer:
            texts.append(next(line for line in answer.iter_lines() if line.startswith("data: {")))


@pytest.mark.parametrize("pages", [2, 12, 30])
def test_pages_that_come_together_share_few_readings(api: ApiServer, pages: int) -> None:
    desk, gate, texts = api.desk("dispatcher", "B3"), Barrier(pages), list[str]()
    before = api.services.snapshots.readings
    threads = [Thread(target=first_snapshot, args=(desk, gate, texts)) for _ in range(pages)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(texts) == pages
    # One that was asked for first, and those that waited for it, some of them too late.
    assert api.services.snapshots.readings - before <= max(2, pages // 2)


@pytest.mark.parametrize("county", ["B3", "VS", "CJ"])
def test_nobody_gets_the_snapshot_of_another_county(api: ApiServer, county: str) -> None:
    mine = send_report(api.desk("dispatcher", "B3"), report_of(TITAN))
    texts: list[str] = []
    first_snapshot(api.desk("dispatcher", "B3"), Barrier(1), texts)
    first_snapshot(api.desk("dispatcher", county), Barrier(1), texts)
    assert mine["incident_number"] in texts[0]
    assert (mine["incident_number"] in texts[1]) == (county == "B3")


@pytest.mark.parametrize("role", ["dispatcher", "planner", "supervisor"])
def test_each_role_gets_its_own(api: ApiServer, role: str) -> None:
    mine = send_report(api.desk("dispatcher", "B3"), report_of(TITAN))
    texts: list[str] = []
    for one in ("dispatcher", role):
        first_snapshot(api.desk(one, "B3"), Barrier(1), texts)
    assert (mine["incident_number"] in texts[1]) == (role != "planner")


def test_what_happened_before_the_page_came_is_in_its_snapshot(api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    for _ in range(5):
        made, texts = send_report(desk, report_of(TITAN)), list[str]()
        first_snapshot(desk, Barrier(1), texts)
        assert made["incident_number"] in texts[0]


def test_one_stream_too_many_is_refused_and_others_go_on(
    api: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk: Any = api.desk("supervisor", "IF")
    monkeypatch.setattr(api.services.settings.live, "streams_per_account", 3)
    with ExitStack() as held:
        for _ in range(3):
            held.enter_context(desk.stream("GET", "/v1/stream", timeout=30))
        wait_until(lambda: api.services.hub.streams_of("supervisor-if") == 3)
        refused = desk.get("/v1/stream")
        assert code_of(refused) == (429, "too_many_streams")
        assert int(refused.headers["retry-after"]) > 0
        with api.desk("supervisor", "CL").stream("GET", "/v1/stream", timeout=30) as other:
            assert other.status_code == 200
