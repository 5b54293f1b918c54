"""What lives on road times: labels, ETAs, recommendations and pages follow every change."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy import Engine

from api.background.road_keeper import RoadKeeper, Sources
from dispatch import services as use_cases
from dispatch.closures.standing import bring_up_to_date, read_wanted
from geodata.database.engine import conninfo
from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.profile_file import write_profile
from geodata.roads.profiles import BUCHAREST_HOURS, FREE_FLOW, SpeedProfile
from geodata.roads.publishing.bundled import ensure_index
from geodata.roads.publishing.index_directory import open_index, read_generation
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.travel.travel_times import BUNDLED_INDEX
from teams.model import PositionReport
from tests.conftest_d.api import (
    ADMIN,
    TITAN,
    ApiServer,
    report_of,
    running_server,
    send_report,
)
from tests.conftest_d.closures import end, is_applied
from tests.conftest_d.command_line import CommandLine
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.drives import seconds_between
from tests.conftest_d.under_way import CALLER, HOME, assigned, assignment
from tests.conftest_d.waiting import wait_until


def close_middle(api: ApiServer, desk: httpx.Client, route: list[list[float]]) -> dict[str, Any]:
    """Close a box over the middle of a route."""
    lon, lat = route[len(route) // 2]
    box = [[lon - 2e-3, lat - 2e-3], [lon + 2e-3, lat - 2e-3], [lon + 2e-3, lat + 2e-3],
           [lon - 2e-3, lat + 2e-3], [lon - 2e-3, lat - 2e-3]]  # fmt: skip
    wish = {"area": {"type": "Polygon", "coordinates": [box]}, "reason": "accident"}
    answer = desk.post("/v1/road-closures", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_the_eta_and_route_of_a_team_under_way_follow_a_closure(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    bound = assigned(api, dispatcher)
    route = bound["route"]["coordinates"]
    made = close_middle(api, dispatcher, route)
    wait_until(lambda: assignment(dispatcher, bound)["route"]["coordinates"] != route)
    fresh = assignment(dispatcher, bound)
    assert fresh["eta_s"] is not None
    assert fresh["eta_profile"] == api.services.travel.profile_name(datetime.now(UTC))
    end(dispatcher, made).raise_for_status()
    back = wait_until(
        lambda: assignment(dispatcher, bound)["route"]["coordinates"][1:-1] == route[1:-1]
    )
    assert back
    dispatcher.post(f"/v1/assignments/{bound['id']}/release", json={"reason": "test"})


def test_reasons_name_the_closures_near_the_way(api: ApiServer, dispatcher: httpx.Client) -> None:
    team = str(api.new_team("B3", at=HOME))
    incident = send_report(dispatcher, report_of(CALLER, radius_m=60))["incident_id"]

    def candidate() -> dict[str, Any]:
        answer = dispatcher.get(f"/v1/incidents/{incident}/recommendation").json()
        return next(row for row in answer["candidates"] if row["team_id"] == team)

    assert "closures_in_force" not in candidate()["reasons"]
    route = api.services.travel.route(HOME, CALLER, at=datetime.now(UTC)).places
    made = close_middle(api, dispatcher, [list(place) for place in route])
    wait_until(lambda: is_applied(dispatcher, made))
    told = candidate()
    assert "closures_in_force" in told["reasons"]
    assert told["travel_time"]["closures"] == 1
    assert "road closures in force near the way: 1" in told["explanation"]["en"]
    assert "închideri de drum în vigoare lângă traseu: 1" in told["explanation"]["ro"]
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: "closures_in_force" not in candidate()["reasons"])


def test_every_open_page_hears_that_roads_changed(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    heard: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        with foreigner.stream("GET", "/v1/stream", timeout=60) as stream:
            for line in stream.iter_lines():
                heard.append(line)
                ready.set()
                if '"kind":"roads"' in line:
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert ready.wait(60)
    route = api.services.travel.route(HOME, CALLER, at=datetime.now(UTC)).places
    made = close_middle(api, dispatcher, [list(place) for place in route])
    listener.join(timeout=60)
    assert any('"kind":"closure"' in line and made["id"] in line for line in heard)
    assert any('"kind":"roads"' in line for line in heard)
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: not api.services.travel.in_force.ids)


def test_a_position_gets_its_label_when_it_arrives_not_when_it_is_asked_about(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    travel = api.services.travel
    team = api.new_team("B3", at=TITAN)
    incident = send_report(dispatcher)["incident_id"]
    dispatcher.get(f"/v1/incidents/{incident}/recommendation").raise_for_status()
    before = travel.labels_computed
    place = LonLat(TITAN.lon + 1.23456789e-4, TITAN.lat)
    now = datetime.now(UTC)
    use_cases.record_positions(
        api.services.engine, ADMIN, [PositionReport(team, place, now, now, accuracy_m=5.0)]
    )
    wait_until(lambda: travel.labels_computed > before)
    assert travel.labels_computed == before + 1
    answer = dispatcher.get(f"/v1/incidents/{incident}/recommendation").json()
    assert str(team) in [row["team_id"] for row in answer["candidates"]]
    assert travel.labels_computed == before + 1


def test_a_team_in_the_sea_gets_an_estimate_that_says_so(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    team = str(api.new_team("B3", at=LonLat(29.6, 43.9)))
    incident = send_report(dispatcher)["incident_id"]
    answer = dispatcher.get(f"/v1/incidents/{incident}/recommendation").json()
    row = next(row for row in answer["candidates"] if row["team_id"] == team)
    assert row["travel_time"]["source"] == "estimate"
    assert row["travel_time"]["closures"] == 0
    assert "estimated_time" in row["reasons"]
    assert "(estimate)" in row["explanation"]["en"]


def test_a_team_that_a_closure_cuts_off_is_left_out_and_told_why(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    network = api.services.travel.index.network
    middle = float((network.lat.min() + network.lat.max()) / 2)
    west, east = float(network.lon.min()) - 0.01, float(network.lon.max()) + 0.01
    north = str(api.new_team("B3", at=LonLat(26.1, middle + 0.05)))
    south = LonLat(26.16, min(44.415, middle - 0.01))
    incident = send_report(dispatcher, report_of(south, radius_m=60))["incident_id"]
    line = {"type": "LineString", "coordinates": [[west, middle], [east, middle]]}
    # The line crosses several counties: somebody who works for all of them draws it.
    everywhere = api.desk("supervisor")
    made = everywhere.post("/v1/road-closures", json={"area": line, "reason": "flood"}).json()
    wait_until(lambda: is_applied(dispatcher, made))
    answer = dispatcher.get(f"/v1/incidents/{incident}/recommendation").json()
    row = next(row for row in answer["excluded"] if row["team_id"] == north)
    assert row["reasons"] == ["unreachable"]
    assert "closures in force near the way: 1" in row["explanation"]["en"]
    end(everywhere, made).raise_for_status()
    wait_until(lambda: not api.services.travel.in_force.ids)


def test_a_team_under_way_that_is_cut_off_has_no_eta_and_no_road_drawn(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    bound = assigned(api, dispatcher)
    # Round its destination: nothing on the map leads there any more.
    lon, lat = bound["route"]["coordinates"][-1]
    ring = [[lon + x * 8e-3, lat + y * 6e-3] for x, y in
            ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]  # fmt: skip
    wish = {"area": {"type": "LineString", "coordinates": ring}, "reason": "flood"}
    made = dispatcher.post("/v1/road-closures", json=wish).json()
    wait_until(lambda: assignment(dispatcher, bound)["eta_s"] is None)
    cut = assignment(dispatcher, bound)
    assert (cut["eta_at"], cut["eta_source"]) == (None, "estimate")
    assert len(cut["route"]["coordinates"]) == 2
    end(dispatcher, made).raise_for_status()
    wait_until(lambda: assignment(dispatcher, bound)["eta_s"])
    assert assignment(dispatcher, bound)["eta_source"] == "road"
    dispatcher.post(f"/v1/assignments/{bound['id']}/release", json={"reason": "test"})


def test_a_second_server_of_the_same_installation_follows_the_first(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    with running_server(api.services.settings) as (_, other):
        route = api.services.travel.route(HOME, CALLER, at=datetime.now(UTC)).places
        made = close_middle(api, dispatcher, [list(place) for place in route])
        wait_until(lambda: other.travel.in_force.ids == {made["id"]})
        at, both = datetime.now(UTC), (api.services, other)
        times = [seconds_between(one.travel, HOME, CALLER, at=at) for one in both]
        assert times[0] == pytest.approx(times[1])
        # One worker for both: the first leads.
        assert other.roads is not None
        assert other.roads.worker is None
        end(dispatcher, made).raise_for_status()
        wait_until(lambda: not other.travel.in_force.ids)


# ── who leads, and what a start finds ─────────────────────────────────────────
@pytest.fixture
def root(tmp_path: Path) -> Path:
    ensure_index(tmp_path / "roads", BUNDLED_INDEX)
    return tmp_path / "roads"


def record(engine: Engine, spot: LonLat) -> str:
    closure = Closure("new", datetime.now(UTC), spot=spot)
    made = use_cases.record_road_closure(
        engine, scope_of_county("B3"), closure, counties=("B3",), reason="test", meant={}
    )
    return str(made.id)


def test_of_two_keepers_one_leads_and_the_other_takes_over(database: Database, root: Path) -> None:
    sources = Sources(database.app, conninfo(database.app_url), root, lambda: datetime.now(UTC))
    published: list[str] = []
    first, second = (RoadKeeper(sources, lambda n=n: published.append(n)) for n in "ab")
    with first:
        wait_until(lambda: first.worker)
        second.__enter__()
        one = record(database.app, HOME)
        wait_until(lambda: RoadIndexHolder(root).in_force.ids == {one})
        assert second.worker is None
        assert set(published) == {"a"}
    try:
        wait_until(lambda: second.worker)
        two = record(database.app, CALLER)
        wait_until(lambda: RoadIndexHolder(root).in_force.ids == {one, two})
        wait_until(lambda: published[-1] == "b")
    finally:
        second.__exit__()


def test_a_start_publishes_what_is_in_force_and_a_second_one_nothing(
    database: Database, root: Path
) -> None:
    now = datetime.now(UTC)
    # Also when nothing is closed: from then on the state says so.
    assert not bring_up_to_date(database.app, root, now) or RoadIndexHolder(root).in_force.at
    assert not bring_up_to_date(database.app, root, now)
    one = record(database.app, HOME)
    assert bring_up_to_date(database.app, root, now + timedelta(seconds=1))
    assert RoadIndexHolder(root).in_force.ids == {one}
    state = read_generation(root)
    assert not bring_up_to_date(database.app, root, now + timedelta(seconds=2))
    assert read_generation(root) == state
    write_profile(root, SpeedProfile("other", "drawn", FREE_FLOW.bands))
    assert bring_up_to_date(database.app, root, now + timedelta(seconds=3))
    assert RoadIndexHolder(root).in_force.profile.name == "other"


def test_closures_published_from_the_database_equal_a_fresh_build(
    database: Database, root: Path
) -> None:
    rng = np.random.default_rng(4)
    _, open_roads = open_index(root)
    for node in rng.integers(0, open_roads.network.node_count, 12):
        record(database.app, open_roads.network.node_place(int(node)))
    at = datetime.now(UTC) + timedelta(seconds=1)
    bring_up_to_date(database.app, root, at)
    _, closed = open_index(root)
    closures = read_wanted(database.app, root, at).closures
    free = BUCHAREST_HOURS.weights_ms(open_roads.network, open_roads.closed_ms(closures, at))
    fresh = open_roads.with_weights(free)
    assert closed.weights_ms.tolist() == fresh.weights_ms.tolist()
    for mine, theirs in zip(
        (*closed.metric.times, *closed.metric.vias),
        (*fresh.metric.times, *fresh.metric.vias),
        strict=True,
    ):
        assert np.array_equal(mine, theirs)


# ── speeds of the hours ───────────────────────────────────────────────────────
def drive_at(api: ApiServer, factor: float, days: int) -> list[PositionReport]:
    """Fixes every twenty seconds of teams that drive at a share of free flow."""
    travel, reports = api.services.travel, []
    team = api.new_team("B3")
    for day in range(days):
        begin = datetime.now(UTC).replace(hour=9, minute=0, second=0) - timedelta(days=day + 1)
        route = travel.route(LonLat(26.03, 44.43), LonLat(26.17, 44.42), at=begin)
        free_s = (route.seconds or 0) * travel.in_force.profile.find_band(begin).factor
        places = np.array(route.places)
        steps = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(places, axis=0).T))])
        for lap in range(4):
            start = begin + timedelta(seconds=lap * free_s / factor + 120 * lap)
            for second in np.arange(0, free_s / factor, 20):
                along = second / (free_s / factor) * steps[-1]
                lon, lat = (float(np.interp(along, steps, places[:, axis])) for axis in (0, 1))
                at = start + timedelta(seconds=float(second))
                reports.append(PositionReport(team, LonLat(lon, lat), at, at, accuracy_m=5.0))
    return reports


def test_speeds_are_learnt_from_tracks_and_used_from_then_on(
    api: ApiServer, command_line: type[CommandLine]
) -> None:
    engine, now = api.services.engine, datetime.now(UTC)
    settings = api.services.settings.database
    shell = command_line(
        {
            "DISPATCH119_DATABASE_URL": str(settings.database_url),
            "DISPATCH119_DATA_DIR": str(settings.data_dir),
        }
    )
    use_cases.record_positions(engine, ADMIN, drive_at(api, 0.9, 4), now=now)
    used = shell.run("roads", "refit", "--json")
    assert used.code == 0, used.out + used.err
    assert used.json["error_after"] < used.json["error_before"]
    assert (used.json["tracks"], used.json["used"]) == (4, True)
    assert "own tracks" in used.json["profile"]["source"]
    wait_until(lambda: "refitted" in api.services.travel.profile_name(now))
    trail = api.desk("supervisor").get("/v1/audit").json()
    assert "roads.tracks_read" in [row["action"] for row in trail]
    (settings.data_dir / "roads" / "speed_profile.json").unlink()
    wait_until(lambda: "refitted" not in api.services.travel.profile_name(now))
