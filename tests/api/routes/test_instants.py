"""Times of other centuries over HTTP: each is refused, and everything else answers on."""

import httpx
import pytest

from tests.conftest_d.api import ApiServer, code_of, send_report

pytestmark = pytest.mark.integration

ABSURD = [
    "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
]  # fmt: skip


@pytest.mark.parametrize("at", ABSURD)
def test_a_phone_with_an_absurd_clock_stops_nobody(api: ApiServer, at: str) -> None:
    team = api.new_team("B3")
    phone, desk = api.desk("team", "B3", team_id=team), api.desk("dispatcher", "B3")
    fix = {"lon": 26.16, "lat": 44.415, "fix_at": "2026-02-13T20:00:00Z", "device_at": at}
    answer = phone.post(f"/v1/teams/{team}/positions", json=[fix, fix | {"fix_at": at}])
    assert [one["outcome"] for one in answer.json()["outcomes"]] == ["refused"] * 2
    assert desk.get("/v1/teams").status_code == 200
    assert desk.get("/v1/map/features").status_code == 200


@pytest.mark.parametrize("at", ABSURD)
@pytest.mark.parametrize("field", ["valid_from", "valid_until"])
def test_a_closure_of_another_century_is_refused(
    dispatcher: httpx.Client, field: str, at: str
) -> None:
    wish = {"spot": {"lon": 26.1, "lat": 44.43}, "reason": "x", field: at}
    assert dispatcher.post("/v1/road-closures", json=wish).status_code == 422
    assert dispatcher.get("/v1/road-closures").status_code == 200


@pytest.mark.parametrize("at", ABSURD)
def test_a_track_is_asked_for_in_this_century(api: ApiServer, at: str) -> None:
    team = api.new_team("B3")
    desk = api.desk("supervisor", "B3")
    for wish in ({"since": at}, {"since": "2026-01-01T00:00:00Z", "until": at}):
        asked = desk.get(f"/v1/teams/{team}/track", params=wish)
        assert code_of(asked) == (422, "invalid_request")


@pytest.mark.parametrize("at", ABSURD)
def test_nobody_is_missing_since_another_century(dispatcher: httpx.Client, at: str) -> None:
    incident = send_report(dispatcher)["incident_id"]
    wish = {"name": "x", "missing_since": at, "last_seen": "x", "zone_name": "x"}
    answer = dispatcher.post(f"/v1/incidents/{incident}/missing-child-drafts", json=wish)
    assert code_of(answer) == (422, "invalid_request")
