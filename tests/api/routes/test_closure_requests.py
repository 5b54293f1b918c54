"""Closure requests over HTTP: sectors of Bucharest ask each other, answer, and are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from tests.conftest_d.api import ApiServer, code_of
from tests.conftest_d.closures import end, is_applied
from tests.conftest_d.waiting import wait_until

REQUESTS = "/v1/closure-requests"
NOWHERE = f"{REQUESTS}/00000000-0000-0000-0000-000000000000"


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"area": {"type": "Polygon", "coordinates": [ring]}}


# Sector 3, with sector 4 south of the river; with sector 5 to the west; sector 4 alone.
TWO = box(26.106, 44.412, 26.125, 44.424)
THREE = box(26.085, 44.415, 26.125, 44.4235)
LINE = {"area": {"type": "LineString", "coordinates": [[26.113, 44.43], [26.113, 44.40]]}}
FOREIGN = box(26.110, 44.400, 26.118, 44.406)


def ask(desk: httpx.Client, **wish: Any) -> dict[str, Any]:
    answer = desk.post(REQUESTS, json={"reason": "flood", "factor": 0.9, **wish})
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


def answer(desk: httpx.Client, request: dict[str, Any], what: str, **wish: Any) -> httpx.Response:
    return desk.post(f"{REQUESTS}/{request['id']}/{what}", json=wish)


def listed(desk: httpx.Client, state: str = "waiting") -> list[str]:
    return [row["id"] for row in desk.get(f"{REQUESTS}?state={state}").json()]


def seen(desk: httpx.Client, request: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = desk.get(f"{REQUESTS}/{request['id']}").json()
    return row


@pytest.fixture
def four(api: ApiServer) -> httpx.Client:
    return api.desk("dispatcher", "B4")


@pytest.mark.parametrize(
    ("wish", "own", "asked"),
    [
        (TWO, True, {"B4"}),
        (THREE, True, {"B4", "B5"}),
        (FOREIGN, False, {"B4"}),
        (LINE, True, {"B4"}),
    ],
)  # fmt: skip
def test_a_preview_says_what_is_closed_and_who_is_asked_and_asking_does_it(
    dispatcher: httpx.Client, wish: dict[str, Any], own: bool, asked: set[str]
) -> None:
    before = listed(dispatcher)
    shown = dispatcher.post(f"{REQUESTS}/preview", json={**wish, "reason": "?"}).json()
    assert listed(dispatcher) == before
    assert ((shown["own"] is not None), {share["counties"][0] for share in shown["asked"]}) == (
        own,
        asked,
    )
    made = ask(dispatcher, **wish)
    assert {row["county"] for row in made["requests"]} == asked
    assert (made["closure"] is not None) == own
    shares = {share["counties"][0]: share["meant"]["pieces"] for share in shown["asked"]}
    for row in made["requests"]:
        assert row["meant"]["pieces"] == shares[row["county"]] > 0
        assert row["roads"] is None or row["roads"]["type"] == "MultiLineString"
        answer(dispatcher, row, "withdraw").raise_for_status()
    if own:
        assert made["closure"]["county"] == "B3"
        end(dispatcher, made["closure"]).raise_for_status()


def test_a_road_that_is_tapped_on_foreign_ground_is_asked_for(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    network = api.services.travel.index.network
    inside = (
        (np.abs(network.lon - 26.114) < 0.003) & (np.abs(network.lat - 44.403) < 0.002)
    ).nonzero()[0]
    for node in inside[:3]:
        spot = {"lon": float(network.lon[node]), "lat": float(network.lat[node])}
        made = ask(dispatcher, spot=spot)
        (request,) = made["requests"]
        assert (made["closure"], request["county"], request["meant"]["pieces"]) == (None, "B4", 1)
        answer(dispatcher, request, "withdraw").raise_for_status()


def test_what_is_own_asks_nobody(dispatcher: httpx.Client) -> None:
    made = ask(dispatcher, spot={"lon": 26.16, "lat": 44.415})
    assert made["requests"] == []
    assert made["closure"]["counties"] == ["B3"]
    end(dispatcher, made["closure"]).raise_for_status()


def test_what_is_accepted_changes_the_routes_and_ends_on_the_ground_it_lies_on(
    api: ApiServer, dispatcher: httpx.Client, four: httpx.Client
) -> None:
    made = ask(dispatcher, **TWO)
    (request,) = made["requests"]
    assert listed(four) == [request["id"]]
    accepted = answer(four, request, "accept").json()
    closure = accepted["closure"]
    assert (accepted["request"]["state"], closure["county"]) == ("accepted", "B4")
    wait_until(lambda: is_applied(dispatcher, closure))
    assert closure["id"] in api.services.travel.in_force.ids
    if "B3" not in closure["counties"]:
        assert code_of(end(dispatcher, closure)) == (403, "closure_of_other_county")
    end(four, closure).raise_for_status()
    told = seen(dispatcher, request)
    assert (told["state"], told["ended_by"]) == ("ended", "dispatcher-b4")
    assert told["end_reason"] == "nisip ridicat"
    end(dispatcher, made["closure"]).raise_for_status()
    for county in ("B3", "B4"):
        trail = api.desk("supervisor", county).get("/v1/audit").json()
        actions = [row["action"] for row in trail if row["object_id"] == request["id"]]
        assert actions == [f"closure_request.{did}" for did in ("ended", "accepted", "asked")]


def test_a_refusal_reaches_the_asker_with_its_reason(
    dispatcher: httpx.Client, four: httpx.Client
) -> None:
    (request,) = ask(dispatcher, **FOREIGN)["requests"]
    for empty in ({}, {"reason": ""}, {"reason": "  "}):
        assert code_of(answer(four, request, "refuse", **empty)) == (422, "invalid_request")
    answer(four, request, "refuse", reason="drum liber").raise_for_status()
    told = seen(dispatcher, request)
    assert (told["state"], told["answer_reason"], told["answered_by"]) == (
        "refused", "drum liber", "dispatcher-b4",
    )  # fmt: skip
    assert code_of(answer(four, request, "accept")) == (409, "request_answered")
    assert code_of(answer(dispatcher, request, "withdraw")) == (409, "request_answered")


def test_a_national_account_answers_for_every_county(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    national = api.desk("supervisor")
    for request in ask(dispatcher, **THREE)["requests"]:
        closure = answer(national, request, "accept").json()["closure"]
        assert closure["county"] == request["county"]
        end(national, closure).raise_for_status()


def test_it_expires_with_the_own_closure_and_with_its_time(
    dispatcher: httpx.Client, four: httpx.Client
) -> None:
    made = ask(dispatcher, **TWO)
    end(dispatcher, made["closure"]).raise_for_status()
    soon = datetime.now(UTC) + timedelta(seconds=2)
    (short,) = ask(dispatcher, **FOREIGN, valid_until=soon.isoformat())["requests"]
    wait_until(lambda: seen(four, short)["state"] == "expired")
    for request in (made["requests"][0], short):
        assert seen(dispatcher, request)["state"] == "expired"
        assert request["id"] not in listed(four)
        assert request["id"] in listed(four, "expired")
        assert code_of(answer(four, request, "accept")) == (409, "request_expired")


def test_of_two_who_accept_at_once_one_does(api: ApiServer, dispatcher: httpx.Client) -> None:
    (request,) = ask(dispatcher, **FOREIGN)["requests"]
    desks = [api.desk("dispatcher", "B4"), api.desk("supervisor", "B4"), api.desk("supervisor")]
    with ThreadPoolExecutor(len(desks)) as pool:
        answers = list(pool.map(lambda desk: answer(desk, request, "accept"), desks))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    (done,) = [one.json() for one in answers if one.status_code == 200]
    end(desks[0], done["closure"]).raise_for_status()


@pytest.mark.parametrize("role", ["operator", "team", "planner", "administrator"])
def test_other_roles_are_refused_at_every_address(
    api: ApiServer, dispatcher: httpx.Client, role: str
) -> None:
    (request,) = ask(dispatcher, **FOREIGN)["requests"]
    desk, one = api.desk(role, "B4"), f"{REQUESTS}/{request['id']}"
    wish = {**FOREIGN, "reason": "flood"}
    for sent in (
        desk.post(REQUESTS, json=wish),
        desk.post(f"{REQUESTS}/preview", json=wish),
        desk.get(REQUESTS),
        desk.get(one),
        desk.post(f"{one}/accept"),
        desk.post(f"{one}/refuse", json={"reason": "x"}),
        desk.post(f"{one}/withdraw"),
    ):
        assert code_of(sent) == (403, "forbidden_role")
    assert seen(dispatcher, request)["state"] == "waiting"
    answer(dispatcher, request, "withdraw").raise_for_status()


def test_counties_that_are_not_part_of_it_know_nothing(
    dispatcher: httpx.Client, foreigner: httpx.Client, four: httpx.Client
) -> None:
    (request,) = ask(dispatcher, **FOREIGN)["requests"]
    for address in (f"{REQUESTS}/{request['id']}", NOWHERE):
        assert code_of(foreigner.get(address)) == (404, "not_found")
        assert code_of(foreigner.post(f"{address}/accept")) == (404, "not_found")
        assert code_of(foreigner.post(f"{address}/refuse", json={"reason": "x"})) == (
            404,
            "not_found",
        )
        assert code_of(foreigner.post(f"{address}/withdraw")) == (404, "not_found")
    assert request["id"] not in listed(foreigner, "all")
    assert code_of(answer(dispatcher, request, "accept")) == (403, "request_to_other_county")
    assert code_of(answer(four, request, "withdraw")) == (403, "request_of_other_county")
    answer(dispatcher, request, "withdraw").raise_for_status()
