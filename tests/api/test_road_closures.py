"""Closures over HTTP: drawn, in force for every route within moments, taken back, kept."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, code_of

pytestmark = pytest.mark.integration

PATIENT_S = 60.0
HOUR = timedelta(hours=1)


def wait_until(is_so: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENT_S
    while not (found := is_so()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def a_drive(api: ApiServer) -> tuple[LonLat, LonLat]:
    """Two places of Bucharest on roads that everybody can reach."""
    return LonLat(26.1025, 44.4268), LonLat(26.1250, 44.4350)


def spot_on_the_way(api: ApiServer) -> dict[str, float]:
    start, end = a_drive(api)
    places = api.services.travel.route(start, end, at=datetime.now(UTC)).places
    middle = len(places) // 2
    a, b = places[middle], places[middle + 1]
    return {"lon": (a.lon + b.lon) / 2, "lat": (a.lat + b.lat) / 2}


def seconds_of(api: ApiServer) -> float | None:
    start, end = a_drive(api)
    return api.services.travel.find_leg(
        start, end, at=datetime(2026, 11, 25, 9, tzinfo=UTC)
    ).seconds


def close_spot(api: ApiServer, desk: httpx.Client, **facts: Any) -> dict[str, Any]:
    wish = {"spot": spot_on_the_way(api), "reason": "works", **facts}
    answer = desk.post("/v1/road-closures", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def is_applied(desk: httpx.Client, closure: dict[str, Any]) -> bool:
    return bool(desk.get(f"/v1/road-closures/{closure['id']}").json()["applied"])


def end(desk: httpx.Client, closure: dict[str, Any]) -> httpx.Response:
    return desk.post(f"/v1/road-closures/{closure['id']}/end", json={"reason": "open again"})


def test_a_closed_road_is_driven_round_until_it_is_taken_back(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    before = seconds_of(api)
    made = close_spot(api, dispatcher)
    assert (made["state"], made["meant"]["pieces"]) == ("active", 1)
    assert made["meant"]["length_km"] > 0
    assert made["roads"]["type"] == "MultiLineString"
    wait_until(lambda: is_applied(dispatcher, made))
    closed = seconds_of(api)
    assert closed is not None
    assert before is not None
    assert closed > before
    assert made["id"] in [row["id"] for row in dispatcher.get("/v1/road-closures").json()]
    ended = end(dispatcher, made).json()
    assert (ended["state"], ended["end_reason"]) == ("over", "open again")
    wait_until(lambda: seconds_of(api) == before)
    assert is_applied(dispatcher, made)
    assert code_of(end(dispatcher, made)) == (409, "closure_over")
    history = dispatcher.get("/v1/road-closures?state=over").json()
    assert made["id"] in [row["id"] for row in history]
