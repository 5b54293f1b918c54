"""Closures over HTTP: drawn, in force for every route within moments, taken back, kept."""

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, code_of
from tests.conftest_d.closures import close_spot, end, is_applied, seconds_of, spot_on_the_way
from tests.conftest_d.drives import is_by_road, seconds_between
from tests.conftest_d.waiting import wait_until

HOUR = timedelta(hours=1)


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
    assert (ended["state"], ended["end_reason"]) == ("over", "nisip ridicat")
    wait_until(lambda: seconds_of(api) == before)
    assert is_applied(dispatcher, made)
    assert code_of(end(dispatcher, made)) == (409, "closure_over")
    history = dispatcher.get("/v1/road-closures?state=over").json()
    assert made["id"] in [row["id"] for row in history]


def test_a_slow_down_needs_a_share_of_a_speed(api: ApiServer, dispatcher: httpx.Client) -> None:
    before = seconds_of(api)
    made = close_spot(api, dispatcher, factor=0.1)
    wait_until(lambda: is_applied(dispatcher, made))
    assert (seconds_of(api) or 0) > (before or 0)
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: seconds_of(api) == before)


# One line each, so that the table can be read down its columns.
# ruff: noqa: E501
@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, "no_roads_named"),
        ({"spot": {"lon": 26.1, "lat": 44.43}, "way_ids": [1]}, "no_roads_named"),
        ({"spot": {"lon": 44.43, "lat": 26.1}}, "swapped_lon_lat"),
        ({"spot": {"lon": 29.6, "lat": 43.9}}, "no_road_there"),
        ({"way_ids": [999999999999]}, "no_road_there"),
        ({"spot": {"lon": 26.1, "lat": 44.43}, "factor": 1.5}, "bad_factor"),
        ({"spot": {"lon": 26.1, "lat": 44.43}, "valid_until": "2020-01-01T00:00:00Z"}, "bad_validity"),
        ({"area": {"type": "Point", "coordinates": [26.1, 44.4]}}, "bad_area"),
        ({"area": {"type": "Polygon", "coordinates": [[[26, 44], [26.1, 44.1], [26.1, 44], [26, 44.1], [26, 44]]]}}, "bad_area"),
        ({"area": {"type": "Polygon", "coordinates": [[[22, 44], [27, 44], [27, 47], [22, 47], [22, 44]]]}}, "area_too_large"),
        ({"area": {"type": "LineString", "coordinates": [[26 + i * 1e-4, 44.4] for i in range(501)]}}, "too_many_points"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_its_own_words(
    wish: dict[str, Any], code: str, dispatcher: httpx.Client
) -> None:
    answer = dispatcher.post("/v1/road-closures", json={**wish, "reason": "test"})
    assert code_of(answer) == (422, code)
    assert answer.json()["hint"]


def test_a_validity_in_the_past_is_refused(dispatcher: httpx.Client) -> None:
    wish = {
        "spot": {"lon": 26.1025, "lat": 44.4268},
        "valid_from": "2020-01-01T00:00:00Z",
        "valid_until": "2020-01-02T00:00:00Z",
        "reason": "test",
    }
    assert code_of(dispatcher.post("/v1/road-closures", json=wish)) == (422, "already_over")


def test_a_closure_to_come_holds_from_its_beginning_to_its_end(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    before, now = seconds_of(api), datetime.now(UTC)
    begin, finish = now + timedelta(seconds=3), now + timedelta(seconds=6)
    made = close_spot(api, dispatcher, valid_from=begin.isoformat(), valid_until=finish.isoformat())
    assert (made["state"], made["applied"]) == ("upcoming", True)
    upcoming = dispatcher.get("/v1/road-closures?state=standing").json()
    assert made["id"] in [row["id"] for row in upcoming]
    assert seconds_of(api) == before
    wait_until(lambda: seconds_of(api) != before)
    assert datetime.now(UTC) >= begin
    wait_until(lambda: seconds_of(api) == before)
    assert datetime.now(UTC) >= finish


def test_a_preview_says_what_is_meant_and_records_nothing(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    known = len(dispatcher.get("/v1/road-closures?state=all").json())
    wish = {"spot": spot_on_the_way(api), "reason": "?"}
    answer = dispatcher.post("/v1/road-closures/preview", json=wish).json()
    assert answer["meant"]["pieces"] == 1
    assert len(dispatcher.get("/v1/road-closures?state=all").json()) == known


def test_a_closure_that_cuts_the_map_in_two_is_taken_with_a_warning(api: ApiServer) -> None:
    network = api.services.travel.index.network
    middle = float((network.lat.min() + network.lat.max()) / 2)
    west, east = float(network.lon.min()) - 0.01, float(network.lon.max()) + 0.01
    wish = {
        "area": {"type": "LineString", "coordinates": [[west, middle], [east, middle]]},
        "reason": "flood",
    }
    dispatcher = api.desk("supervisor")
    answer = dispatcher.post("/v1/road-closures", json=wish)
    assert answer.status_code == 201
    made = answer.json()
    assert made["meant"]["cut_off_share"] > 0.2
    cut_off = f"{made['meant']['cut_off_nodes']:,}"
    assert cut_off in made["warning"]["en"]
    assert cut_off.replace(",", ".") in made["warning"]["ro"]
    assert set(made["warning"]) == {"ro", "en"}
    wait_until(lambda: is_applied(dispatcher, made))
    north, south = LonLat(26.10, middle + 0.04), LonLat(26.10, middle - 0.04)
    travel = api.services.travel
    assert seconds_between(travel, south, north, at=datetime.now(UTC)) is None
    assert is_by_road(travel, south, north, at=datetime.now(UTC))
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: seconds_between(travel, south, north, at=datetime.now(UTC)))


def test_everybody_reads_but_only_a_county_concerned_takes_back(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    made = close_spot(api, dispatcher)
    for role in ("operator", "team", "planner", "administrator"):
        shown = api.desk(role, "VS").get(f"/v1/road-closures/{made['id']}").json()
        assert shown["reason"] == "works"
    refused = end(foreigner, made)
    assert code_of(refused) == (403, "closure_of_other_county")
    assert "B3" in refused.json()["hint"]
    end(dispatcher, made).raise_for_status()
    trail = api.desk("supervisor", "B3").get("/v1/audit").json()
    actions = [row["action"] for row in trail if row["object_id"] == made["id"]]
    assert sorted(actions) == ["road_closure.ended", "road_closure.recorded"]


def test_a_closure_that_is_not_there_is_not_found(dispatcher: httpx.Client) -> None:
    nowhere = "/v1/road-closures/00000000-0000-0000-0000-000000000000"
    assert code_of(dispatcher.get(nowhere)) == (404, "not_found")
    assert code_of(dispatcher.post(f"{nowhere}/end")) == (404, "not_found")


def test_a_worker_killed_at_any_moment_is_started_again(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    keeper = wait_until(lambda: api.services.roads)
    worker = wait_until(lambda: keeper.worker)
    (pid,) = wait_until(lambda: worker.pids)
    before = seconds_of(api)
    os.kill(pid, signal.SIGKILL)
    # Also in the very moment in which nobody has noticed yet.
    made = close_spot(api, dispatcher)
    wait_until(lambda: is_applied(dispatcher, made))
    assert seconds_of(api) != before
    assert pid not in worker.pids
    (second,) = worker.pids
    os.kill(second, signal.SIGKILL)
    wait_until(lambda: worker.pids and second not in worker.pids)
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: seconds_of(api) == before)


AREA = {
    "type": "Polygon",
    "coordinates": [[[26.0, 44.35], [26.2, 44.35], [26.2, 44.5], [26.0, 44.5], [26.0, 44.35]]],
}


@pytest.mark.parametrize("address", ["/v1/road-closures", "/v1/road-closures/preview"])
@pytest.mark.parametrize(
    ("county", "wish"),
    [
        ("VS", {"area": AREA}),
        ("VS", {"spot": {"lon": 26.1025, "lat": 44.4268}}),
        ("VS", {"area": {"type": "LineString", "coordinates": [[26.0, 44.43], [26.2, 44.43]]}}),
        ("VS", {"area": AREA, "factor": 0.01}),
        ("B3", {"area": AREA}),
        ("IF", {"area": AREA}),
    ],
)
def test_nobody_closes_the_roads_of_another_county(
    api: ApiServer, address: str, county: str, wish: dict[str, Any]
) -> None:
    desk = api.desk("dispatcher", county)
    before = desk.get("/v1/road-closures?state=all").json()
    answer = desk.post(address, json={**wish, "reason": "flood"})
    assert code_of(answer) == (403, "roads_of_other_counties")
    assert county not in answer.json()["counties"]
    assert desk.get("/v1/road-closures?state=all").json() == before


def test_a_closure_says_in_which_counties_its_roads_lie_and_each_takes_it_back(
    api: ApiServer, foreigner: httpx.Client
) -> None:
    made = (
        api.desk("supervisor")
        .post("/v1/road-closures", json={"area": AREA, "factor": 0.5, "reason": "snow"})
        .json()
    )
    assert set(made["counties"]) >= {"B1", "B2", "B3", "B4", "B5", "B6"}
    assert code_of(end(foreigner, made)) == (403, "closure_of_other_county")
    assert end(api.desk("dispatcher", "B5"), made).json()["state"] == "over"
