"""The event stream over a real socket: who sees what, how fast, and when it ends."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, Queue
from typing import Any

import httpx
import pytest

from tests.conftest_d.api import TITAN, ApiServer, send_report, visiting


@dataclass
class Ear:
    """Listens to one stream in a thread; a (None, None) event is its end."""

    events: "Queue[tuple[str | None, Any]]" = field(default_factory=Queue)

    def listen(self, response: httpx.Response) -> None:
        name = None
        try:
            for line in response.iter_lines():
                kind, _, value = line.partition(": ")
                if kind == "event":
                    name = value
                elif kind == "data":
                    self.events.put((name, json.loads(value)))
        except httpx.HTTPError:
            pass
        self.events.put((None, None))

    def wait_for(self, name: str | None, *, within_s: float = 2.0) -> Any:
        """Return the data of the next event of that name."""
        deadline = time.monotonic() + within_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                heard, data = self.events.get(timeout=left)
            except Empty:
                break
            if heard == name:
                return data
        raise AssertionError(f"no {name} within {within_s} s")

    def heard_within(self, seconds: float) -> list[tuple[str | None, Any]]:
        """Return everything heard from now on."""
        time.sleep(seconds)
        heard = []
        while not self.events.empty():
            heard.append(self.events.get())
        return heard


@contextmanager
def listening(client: httpx.Client) -> Iterator[Ear]:
    ear = Ear()
    with client.stream("GET", "/v1/stream", timeout=30) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        thread = threading.Thread(target=ear.listen, args=(response,), daemon=True)
        thread.start()
        ear.wait_for("snapshot")
        yield ear


def test_a_second_client_sees_a_change_within_two_seconds(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    with listening(api.desk("operator", "B3")) as ear:
        incident_id = send_report(dispatcher)["incident_id"]
        change = ear.wait_for("change")
        while change["id"] != incident_id:
            change = ear.wait_for("change")
        assert (change["kind"], change["county"]) == ("incident", "B3")


def test_a_dispatcher_of_another_county_sees_nothing_of_it(
    dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    with listening(foreigner) as ear:
        send_report(dispatcher)
        assert ear.heard_within(1.0) == []


SPOTS = {"B4": [26.110, 44.400, 26.118, 44.406], "B5": [26.070, 44.400, 26.080, 44.406]}


@pytest.mark.parametrize("asked", [("B4",), ("B5",), ("B4", "B5")])
def test_only_the_counties_of_a_closure_request_hear_of_it(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client, asked: tuple[str, ...]
) -> None:
    for county in asked:
        west, south, east, north = SPOTS[county]
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        area = {"type": "Polygon", "coordinates": [ring]}
        with (
            listening(dispatcher) as asker,
            listening(api.desk("dispatcher", county)) as other,
            listening(foreigner) as far,
        ):
            wish = {"area": area, "factor": 0.9, "reason": "flood"}
            (request,) = dispatcher.post("/v1/closure-requests", json=wish).json()["requests"]
            refusal = {"reason": "no"}
            desk = api.desk("dispatcher", county)
            desk.post(f"/v1/closure-requests/{request['id']}/refuse", json=refusal)
            for ear in (asker, other):
                for _ in ("asked", "refused"):
                    change = ear.wait_for("change")
                    assert (change["kind"], change["id"]) == ("closure_request", request["id"])
            assert far.heard_within(0.5) == []


def test_a_position_reaches_the_map_of_its_county_only(
    api: ApiServer, foreigner: httpx.Client
) -> None:
    team_id = api.new_team("B3", at=None)
    phone = api.desk("team", "B3", team_id=team_id)
    fix = {"lon": TITAN.lon, "lat": TITAN.lat, "fix_at": datetime.now(UTC).isoformat()}
    with listening(api.desk("operator", "B3")) as near, listening(foreigner) as far:
        phone.post(f"/v1/teams/{team_id}/positions", json=fix)
        moved = near.wait_for("position")
        assert str(team_id) in {row["team_id"] for row in moved}
        assert far.heard_within(0.5) == []


def test_a_planner_learns_only_that_something_moved(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    with listening(api.desk("planner", "B3")) as ear:
        send_report(dispatcher)
        assert ear.wait_for("change")["id"] is None


def test_a_stream_ends_when_its_session_is_revoked(api: ApiServer) -> None:
    token = api.token("revoked", "operator", ("B3",))
    bearer = {"Authorization": f"Bearer {token}"}
    with (
        visiting(api.base_url, headers=bearer) as client,
        listening(client) as ear,
    ):
        httpx.delete(f"{api.base_url}/v1/sessions", headers=bearer)
        ear.wait_for(None)


def test_a_stream_ends_when_its_account_is_disabled(api: ApiServer) -> None:
    token = api.token("dismissed", "operator", ("B3",))
    bearer = {"Authorization": f"Bearer {token}"}
    administrator = api.desk("administrator")
    with (
        visiting(api.base_url, headers=bearer) as client,
        listening(client) as ear,
    ):
        administrator.post("/v1/accounts/dismissed/active", json={"active": False})
        ear.wait_for(None)


def test_the_snapshot_is_what_the_map_features_are(
    dispatcher: httpx.Client, api: ApiServer
) -> None:
    incident_id = send_report(dispatcher)["incident_id"]
    features = dispatcher.get("/v1/map/features").json()
    areas = [f for f in features["features"] if f["properties"]["kind"] == "caller_area"]
    assert incident_id in {area["properties"]["incident_id"] for area in areas}


def test_a_closed_incident_leaves_the_map(dispatcher: httpx.Client) -> None:
    incident_id = send_report(dispatcher)["incident_id"]
    dispatcher.post(f"/v1/incidents/{incident_id}/close", json={"resolution": "other"})
    assert incident_id not in dispatcher.get("/v1/map/features").text


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_who_sees_no_child_sees_no_place_on_the_map(
    api: ApiServer, dispatcher: httpx.Client, role: str
) -> None:
    send_report(dispatcher)
    features = api.desk(role, "B3").get("/v1/map/features").json()["features"]
    assert {feature["properties"]["kind"] for feature in features} <= {"county_count"}
