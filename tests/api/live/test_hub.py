"""What the hub of events sends to whom, and when."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from api.live.hub import Frame, Hub, Signal, StreamClient, view_of_notice
from api.metrics import Metrics
from dispatch.roles import Viewer
from geodata.reference.codes import CODES
from teams.notices import Notice, read_notices
from tests.conftest_d.waiting import finished

TEAM = uuid4()


def viewer(role: str = "dispatcher", *counties: str) -> Viewer:
    team_id = TEAM if role == "team" else None
    return Viewer(role=role, counties=frozenset(counties or ("B3",)), team_id=team_id)


def change(county: str = "B3", kind: str = "incident", id_: str = "i1") -> Notice:
    return read_notices(json.dumps({"k": kind, "id": id_, "county": county, "v": 2}))[0]


def position(team: str = str(TEAM), county: str = "B3", lon: float = 26.1) -> Notice:
    row = {"id": team, "county": county, "lon": lon, "lat": 44.4}
    return read_notices(json.dumps({"k": "positions", "items": [row]}))[0]


@pytest.fixture
def hub() -> Hub:
    return Hub(Metrics(), queue_limit=4)


@pytest.fixture
def client(hub: Hub) -> Iterator[StreamClient]:
    with hub.joined(viewer(), "session-1") as joined:
        assert take(joined) is Signal.SNAPSHOT
        yield joined


def take(client: StreamClient) -> Frame | Signal:
    return finished(client.next(0.01))


def test_a_client_first_gets_a_snapshot(hub: Hub) -> None:
    with hub.joined(viewer(), "s") as joined:
        assert take(joined) is Signal.SNAPSHOT
        assert take(joined) is Signal.IDLE


def test_a_change_of_the_own_county_arrives(hub: Hub, client: StreamClient) -> None:
    hub.publish(change())
    frame = take(client)
    assert isinstance(frame, Frame)
    assert json.loads(frame.data) == {"kind": "incident", "id": "i1", "county": "B3", "v": 2}


def test_a_change_of_another_county_does_not_arrive(hub: Hub, client: StreamClient) -> None:
    hub.publish(change("VS"))
    assert take(client) is Signal.IDLE


@pytest.mark.parametrize("kind", ["call", "ringing", "incident"])
def test_what_is_of_no_county_arrives_where_the_whole_country_is_seen(kind: str) -> None:
    notice = read_notices(json.dumps({"k": kind, "id": "c1", "county": None, "v": None}))[0]
    assert view_of_notice(notice, viewer("dispatcher", *CODES)) == {
        "kind": kind, "id": "c1", "county": None, "v": None,
    }  # fmt: skip
    assert view_of_notice(notice, viewer("dispatcher", *CODES[1:])) is None
    assert view_of_notice(notice, viewer("dispatcher", "B3")) is None


def test_positions_leave_once_per_tick_and_only_the_latest(hub: Hub, client: StreamClient) -> None:
    hub.publish(position(lon=26.1))
    hub.publish(position(lon=26.2))
    assert take(client) is Signal.IDLE
    hub.flush_positions()
    frame = take(client)
    assert isinstance(frame, Frame)
    assert [row["lon"] for row in json.loads(frame.data)] == [26.2]


def test_a_position_of_another_county_does_not_arrive(hub: Hub, client: StreamClient) -> None:
    hub.publish(position(county="VS"))
    hub.flush_positions()
    assert take(client) is Signal.IDLE


def test_a_client_too_far_behind_gets_one_snapshot_instead(hub: Hub, client: StreamClient) -> None:
    for _ in range(9):
        hub.publish(change())
    assert take(client) is Signal.SNAPSHOT
    assert take(client) is Signal.IDLE


def test_changes_after_the_snapshot_was_asked_for_are_kept(hub: Hub, client: StreamClient) -> None:
    hub.resync()
    hub.publish(change())
    assert take(client) is Signal.SNAPSHOT
    hub.publish(change())
    assert isinstance(take(client), Frame)


def test_a_revoked_session_loses_its_stream(hub: Hub, client: StreamClient) -> None:
    hub.drop_session("session-1")
    assert take(client) is Signal.CLOSED


def test_a_stopping_server_ends_streams_that_come_late_too(hub: Hub) -> None:
    hub.close()
    with hub.joined(viewer(), "s") as joined:
        assert take(joined) is Signal.CLOSED


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_who_sees_no_child_learns_only_that_something_moved(role: str) -> None:
    assert view_of_notice(change(), viewer(role)) == {
        "kind": "incident",
        "id": None,
        "county": None,
        "v": None,
    }


def test_a_team_does_not_learn_which_incident_of_its_county_changed() -> None:
    seen = view_of_notice(change(), viewer("team"))
    assert seen is not None
    assert seen["id"] is None


def test_a_team_sees_its_own_status_and_no_other_teams() -> None:
    own = view_of_notice(change(kind="team", id_=str(TEAM)), viewer("team"))
    assert own is not None
    assert own["id"] == str(TEAM)
    assert view_of_notice(change(kind="team"), viewer("team")) is None


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_who_sees_no_detail_gets_no_positions(hub: Hub, role: str) -> None:
    with hub.joined(viewer(role), "s") as joined:
        take(joined)
        hub.publish(position())
        hub.flush_positions()
        assert take(joined) is Signal.IDLE
