"""Closures over HTTP on a drive through Bucharest, and what they do to its time."""

from datetime import UTC, datetime
from typing import Any

import httpx

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer
from tests.conftest_d.drives import seconds_between


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
    at = datetime(2026, 11, 25, 9, tzinfo=UTC)
    return seconds_between(api.services.travel, start, end, at=at)


def close_spot(api: ApiServer, desk: httpx.Client, **facts: Any) -> dict[str, Any]:
    wish = {"spot": spot_on_the_way(api), "reason": "works", **facts}
    answer = desk.post("/v1/road-closures", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def is_applied(desk: httpx.Client, closure: dict[str, Any]) -> bool:
    return bool(desk.get(f"/v1/road-closures/{closure['id']}").json()["applied"])


def end(desk: httpx.Client, closure: dict[str, Any]) -> httpx.Response:
    return desk.post(f"/v1/road-closures/{closure['id']}/end", json={"reason": "nisip ridicat"})
