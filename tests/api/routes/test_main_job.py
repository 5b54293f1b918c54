"""From a report to a resolution, over HTTP, as a dispatcher and a team's phone do it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import TITAN, ApiServer, code_of, send_report


@pytest.fixture
def incident_id(dispatcher: httpx.Client) -> str:
    return str(send_report(dispatcher)["incident_id"])


@pytest.fixture
def team_id(api: ApiServer) -> Iterator[UUID]:
    # Far enough to need a drive, near enough to be first.
    team_id = api.new_team("B3", at=LonLat(26.150, 44.425))
    yield team_id
    api.desk("supervisor", "B3").post(
        f"/v1/teams/{team_id}/status", json={"status": "out_of_service"}
    )


def assign(desk: httpx.Client, incident_id: str, team_id: object, **more: Any) -> httpx.Response:
    body = {"team_id": str(team_id), **more}
    return desk.post(f"/v1/incidents/{incident_id}/assignments", json=body)


def fix(place: LonLat, *, speed_ms: float = 0.0, ago_s: float = 0.0) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return {
        "lon": place.lon,
        "lat": place.lat,
        "fix_at": at.isoformat(),
        "accuracy_m": 8,
        "speed_ms": speed_ms,
    }


def test_the_recommendation_ranks_by_road_and_says_why(
    dispatcher: httpx.Client, incident_id: str, team_id: UUID
) -> None:
    answer = dispatcher.get(f"/v1/incidents/{incident_id}/recommendation").json()
    candidate = next(c for c in answer["candidates"] if c["team_id"] == str(team_id))
    assert candidate["travel_time"]["source"] == "road"
    assert candidate["travel_time"]["seconds"] > 0
    assert candidate["reasons"]
    assert set(candidate["explanation"]) == {"ro", "en"}


def test_following_the_proposal_needs_no_reason(
    dispatcher: httpx.Client, incident_id: str, team_id: UUID
) -> None:
    ranked = dispatcher.get(f"/v1/incidents/{incident_id}/recommendation").json()["candidates"]
    answer = assign(dispatcher, incident_id, ranked[0]["team_id"])
    assert answer.status_code == 201, answer.text
    assignment = answer.json()
    assert (assignment["proposed_rank"], assignment["override_reason"]) == (1, None)
    assert assignment["route"]["type"] == "LineString"
    assert assignment["eta_source"] == "road"


def test_another_team_than_the_proposed_one_needs_a_reason(
    dispatcher: httpx.Client, incident_id: str, team_id: UUID, api: ApiServer
) -> None:
    farther = api.new_team("B3", at=LonLat(26.10, 44.50))
    refused = assign(dispatcher, incident_id, farther)
    assert code_of(refused) == (422, "override_reason_required")
    taken = assign(dispatcher, incident_id, farther, reason="knows the family")
    assert taken.json()["override_reason"] == "knows the family"


def test_two_dispatchers_at_once_get_one_assignment_and_one_refusal(
    api: ApiServer, dispatcher: httpx.Client, team_id: UUID
) -> None:
    incidents = [str(send_report(dispatcher)["incident_id"]) for _ in range(2)]
    start = Barrier(2)

    def click(incident_id: str) -> httpx.Response:
        start.wait()
        return assign(dispatcher, incident_id, team_id, reason="mine")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(click, incidents), key=lambda answer: answer.status_code)
    assert [answer.status_code for answer in answers] == [201, 409]
    assert code_of(answers[1]) == (409, "team_already_assigned")


def test_a_team_drives_arrives_and_its_incident_moves_with_it(
    api: ApiServer, dispatcher: httpx.Client, incident_id: str, team_id: UUID
) -> None:
    assign(dispatcher, incident_id, team_id, reason="test")
    phone = api.desk("team", "B3", team_id=team_id)
    path = f"/v1/teams/{team_id}/positions"

    moving = phone.post(path, json=fix(LonLat(26.155, 44.420), speed_ms=9.0, ago_s=60))
    assert moving.json()["outcomes"][0]["outcome"] == "latest"
    assert phone.get(f"/v1/teams/{team_id}").json()["status"] == "en_route"

    place = dispatcher.get(f"/v1/incidents/{incident_id}").json()["center"]
    phone.post(path, json=fix(LonLat(place["lon"], place["lat"]), speed_ms=0.5))
    assert phone.get(f"/v1/teams/{team_id}").json()["status"] == "on_scene"
    assert dispatcher.get(f"/v1/incidents/{incident_id}").json()["state"] == "on_scene"


def test_a_phone_reports_for_its_own_team_only(api: ApiServer, team_id: UUID) -> None:
    other = api.new_team("B3", at=None)
    phone = api.desk("team", "B3", team_id=team_id)
    assert code_of(phone.post(f"/v1/teams/{other}/positions", json=fix(TITAN)))[0] == 404


def test_a_bad_fix_in_a_batch_does_not_lose_the_good_ones(api: ApiServer, team_id: UUID) -> None:
    phone = api.desk("team", "B3", team_id=team_id)
    good, bad = fix(TITAN), fix(LonLat(44.4, 26.1))
    answer = phone.post(f"/v1/teams/{team_id}/positions", json=[bad, good]).json()["outcomes"]
    assert [outcome["outcome"] for outcome in answer] == ["refused", "latest"]
    assert answer[0]["code"] == "swapped_lon_lat"


def test_a_single_bad_fix_is_refused(api: ApiServer, team_id: UUID) -> None:
    phone = api.desk("team", "B3", team_id=team_id)
    answer = phone.post(f"/v1/teams/{team_id}/positions", json=fix(LonLat(44.4, 26.1)))
    assert code_of(answer) == (422, "swapped_lon_lat")


def test_closing_demands_a_resolution(dispatcher: httpx.Client, incident_id: str) -> None:
    path = f"/v1/incidents/{incident_id}/close"
    assert code_of(dispatcher.post(path, json={})) == (422, "resolution_required")
    closed = dispatcher.post(path, json={"resolution": "child_safe", "note": "at home"}).json()
    assert (closed["state"], closed["resolution"]) == ("closed", "child_safe")
    assert code_of(dispatcher.post(path, json={"resolution": "other"}))[0] == 409


@pytest.mark.parametrize(
    ("to", "resolution"),
    [("112", "transferred_112"), ("psychologists", "transferred_psychologists")],
)
def test_a_transfer_closes_with_its_own_resolution(
    dispatcher: httpx.Client, incident_id: str, to: str, resolution: str
) -> None:
    answer = dispatcher.post(
        f"/v1/incidents/{incident_id}/transfer", json={"to": to, "reason": "needed"}
    )
    assert answer.json()["resolution"] == resolution


def test_a_transfer_to_another_county_takes_the_incident_away(
    dispatcher: httpx.Client, foreigner: httpx.Client, incident_id: str
) -> None:
    wish = {"to": "county", "county": "VS", "reason": "the child moved", "at_once": True}
    answer = dispatcher.post(f"/v1/incidents/{incident_id}/transfer", json=wish)
    assert answer.status_code == 204
    assert code_of(dispatcher.get(f"/v1/incidents/{incident_id}"))[0] == 404
    assert foreigner.get(f"/v1/incidents/{incident_id}").json()["county"] == "VS"


@pytest.mark.parametrize(
    ("decision", "wish", "owner"),
    [("accept", {}, "VS"), ("return", {"reason": "nu e la noi"}, "B3"), ("withdraw", {}, "B3")],
)
def test_a_county_that_is_asked_decides_and_the_case_stays_until_then(
    dispatcher: httpx.Client,
    foreigner: httpx.Client,
    incident_id: str,
    decision: str,
    wish: dict[str, Any],
    owner: str,
) -> None:
    path = f"/v1/incidents/{incident_id}"
    asked = {"to": "county", "county": "VS", "reason": "the child moved"}
    assert dispatcher.post(f"{path}/transfer", json=asked).json()["county"] == "B3"
    [offer] = [
        one
        for one in foreigner.get("/v1/transfer-offers").json()
        if one["incident_id"] == incident_id
    ]
    assert foreigner.get(path).json()["number"] == offer["incident_number"]
    who = dispatcher if decision == "withdraw" else foreigner
    done = who.post(f"/v1/transfer-offers/{offer['id']}/{decision}", json=wish)
    assert done.json()["decision"] == {
        "accept": "accepted", "return": "returned", "withdraw": "withdrawn",
    }[decision]  # fmt: skip
    seen = {name: one.get(path) for name, one in (("B3", dispatcher), ("VS", foreigner))}
    assert seen[owner].json()["county"] == owner
    assert {name for name, answer in seen.items() if answer.is_success} == {owner}


def test_who_looked_at_an_old_version_is_told(dispatcher: httpx.Client, incident_id: str) -> None:
    seen = dispatcher.get(f"/v1/incidents/{incident_id}").json()["version"]
    path = f"/v1/incidents/{incident_id}/notes"
    wish = {"text": "a note", "expected_version": seen}
    assert dispatcher.post(path, json=wish).status_code == 201
    assert code_of(dispatcher.post(path, json=wish)) == (409, "version_conflict")


def test_the_timeline_tells_who_did_what_and_why(
    dispatcher: httpx.Client, incident_id: str, team_id: UUID
) -> None:
    assign(dispatcher, incident_id, team_id, reason="knows the family")
    dispatcher.post(f"/v1/incidents/{incident_id}/notes", json={"text": "door code 12"})
    dispatcher.post(f"/v1/incidents/{incident_id}/close", json={"resolution": "child_safe"})
    events = dispatcher.get(f"/v1/incidents/{incident_id}/timeline").json()
    versions = [event["version"] for event in events]
    assert versions == sorted(versions)
    assert {event["actor"] for event in events} == {"dispatcher-b3"}
    assert "knows the family" in str(events)


def test_a_released_team_is_free_again(
    dispatcher: httpx.Client, incident_id: str, team_id: UUID
) -> None:
    assignment = assign(dispatcher, incident_id, team_id, reason="test").json()
    path = f"/v1/assignments/{assignment['id']}/release"
    released = dispatcher.post(path, json={"reason": "not needed"}).json()
    assert released["released_at"]
    assert dispatcher.get(f"/v1/teams/{team_id}").json()["assignment"] is None


def test_the_track_shows_where_a_team_was(
    api: ApiServer, dispatcher: httpx.Client, team_id: UUID
) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    track = dispatcher.get(f"/v1/teams/{team_id}/track", params={"since": since}).json()
    assert [round(fix["place"]["lon"], 3) for fix in track] == [26.150]


def test_an_unknown_field_is_named(dispatcher: httpx.Client, incident_id: str) -> None:
    answer = dispatcher.post(f"/v1/incidents/{incident_id}/close", json={"resolutoin": "other"})
    assert code_of(answer) == (422, "invalid_request")
    assert "resolutoin" in answer.json()["detail"]


def test_a_body_that_is_no_json_is_told_so(dispatcher: httpx.Client, incident_id: str) -> None:
    headers = {"content-type": "application/json"}
    path = f"/v1/incidents/{incident_id}/close"
    answer = dispatcher.post(path, content=b"{", headers=headers)
    assert code_of(answer) == (400, "invalid_json")
