"""Isochrones over HTTP: for planners and those who send teams, one at a time."""

import threading

import httpx
import pytest

from api.background.planning_desk import PlanningDesk
from geodata.errors import RefusedError
from tests.conftest_d.api import ApiServer, code_of

PLACE = {"lon": "26.1025", "lat": "44.427"}


@pytest.fixture(scope="module")
def planner(api: ApiServer) -> httpx.Client:
    return api.desk("planner", "B3")


def test_a_planner_gets_rings_with_people(planner: httpx.Client) -> None:
    answer = planner.get("/v1/isochrones", params=PLACE | {"minutes": "5,10"})
    assert answer.status_code == 200, answer.text
    wide, narrow, base = answer.json()["features"]
    assert (wide["properties"]["minutes"], narrow["properties"]["minutes"]) == (10, 5)
    assert wide["properties"]["persons"] > narrow["properties"]["persons"] > 1000
    assert wide["geometry"]["type"] == "MultiPolygon"
    assert "hours" in wide["properties"]["profile"]
    assert base["properties"]["kind"] == "base"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"lon": "44.4", "lat": "26.1"}, (422, "swapped_lon_lat")),
        ({"lon": "29.9", "lat": "43.9"}, (404, "off_the_roads")),
        (PLACE | {"minutes": "10,x"}, (422, "bad_minutes")),
        (PLACE | {"minutes": "1000"}, (422, "bad_minutes")),
        ({"lon": "26.1"}, (422, "invalid_request")),
    ],
)
def test_an_unusable_question_is_refused(
    planner: httpx.Client, query: dict[str, str], expected: tuple[int, str]
) -> None:
    assert code_of(planner.get("/v1/isochrones", params=query)) == expected


def test_who_waits_too_long_is_told_so_and_the_next_gets_in() -> None:
    desk = PlanningDesk(patience_s=0.05)
    with desk.turn(), pytest.raises(RefusedError) as caught, desk.turn():
        pass
    assert caught.value.code == "planning_busy"
    with desk.turn():
        pass


def test_more_than_a_few_never_wait() -> None:
    desk = PlanningDesk(patience_s=30.0)
    refused = threading.Event()

    def ask() -> None:
        try:
            with desk.turn():
                pass
        except RefusedError:
            refused.set()

    with desk.turn():
        waiting = [threading.Thread(target=ask) for _ in range(5)]
        for thread in waiting:
            thread.start()
        assert refused.wait(10)
    for thread in waiting:
        thread.join()
