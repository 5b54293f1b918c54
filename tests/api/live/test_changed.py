"""What changed is asked for by its id, under the same rights as the lists."""

from typing import Any

import httpx
import pytest

from tests.conftest_d.api import VASLUI, ApiServer, code_of, report_of, send_report

pytestmark = pytest.mark.integration


def changed(desk: httpx.Client, **ids: Any) -> dict[str, Any]:
    answer = desk.get("/v1/changed", params=ids)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def kinds(told: dict[str, Any]) -> list[str]:
    return sorted(feature["properties"]["kind"] for feature in told["map"]["features"])


@pytest.mark.parametrize("by", ["incident", "call"])
def test_rows_and_features_are_those_of_the_lists(by: str, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    made = send_report(desk)
    send_report(desk)
    told = changed(desk, **{by: made[f"{by}_id"]})
    case = made["incident_id"]
    assert told["incidents"] == [
        row for row in desk.get("/v1/incidents").json() if row["id"] == case
    ]
    calls = desk.get("/v1/calls", params={"open_only": True}).json()
    expected = [row for row in calls if row["id"] == made["call_id"]]
    assert told["calls"] == (expected if by == "call" else [])
    whole = desk.get("/v1/map/features").json()["features"]
    assert told["map"]["features"] == [
        one for one in whole if one["properties"].get("incident_id") == case
    ]
    assert told["looked_at"]["incidents"] == [case]


@pytest.mark.parametrize("by", ["incident", "team", "assignment"])
def test_a_bound_team_comes_with_its_case(by: str, api: ApiServer) -> None:
    desk, team = api.desk("dispatcher", "B3"), str(api.new_team("B3"))
    case = send_report(desk)["incident_id"]
    bound = desk.post(
        f"/v1/incidents/{case}/assignments", json={"team_id": team, "reason": "x"}
    ).json()
    ids = {"incident": case, "team": team, "assignment": bound["id"]}
    told = changed(desk, **{by: ids[by]})
    assert told["looked_at"]["teams"] == [team]
    assert kinds(told).count("team") == 1
    assert ("incident" in kinds(told)) is (by != "team")
    desk.post(f"/v1/assignments/{bound['id']}/release", json={"reason": "x"})
    after = changed(desk, **{by: ids[by]})
    assert "route" not in kinds(after)
    if by == "assignment":
        # Released, it still leads to both ends.
        assert after["looked_at"]["teams"] == [team]
        assert after["looked_at"]["incidents"] == [case]


@pytest.mark.parametrize("end", ["close", "misdial", "transfer"])
def test_what_is_gone_was_looked_at_and_has_no_row(end: str, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    made = send_report(desk)
    wish = {
        "close": {"resolution": "child_safe"},
        "misdial": {},
        "transfer": {"to": "county", "county": "VS", "reason": "x", "at_once": True},
    }[end]
    assert desk.post(f"/v1/incidents/{made['incident_id']}/{end}", json=wish).is_success
    told = changed(desk, incident=made["incident_id"], call=made["call_id"])
    assert told["looked_at"]["incidents"] == [made["incident_id"]]
    assert told["incidents"] == []
    assert kinds(told) == []


@pytest.mark.parametrize("by", ["incident", "call", "team"])
def test_another_county_learns_nothing(by: str, api: ApiServer) -> None:
    theirs = send_report(api.desk("dispatcher", "VS"), report_of(VASLUI))
    ids = {
        "incident": theirs["incident_id"],
        "call": theirs["call_id"],
        "team": str(api.new_team("VS", at=VASLUI)),
    }
    told = changed(api.desk("dispatcher", "B3"), **{by: ids[by]})
    assert (told["incidents"], told["calls"], kinds(told)) == ([], [], [])


@pytest.mark.parametrize("role", ["planner", "administrator", "team"])
def test_roles_without_detail_see_no_case(role: str, api: ApiServer) -> None:
    made = send_report(api.desk("dispatcher", "B3"))
    desk = api.desk(role, "B3")
    told = changed(desk, incident=made["incident_id"], call=made["call_id"])
    assert (told["incidents"], told["calls"], kinds(told)) == ([], [], [])


@pytest.mark.parametrize("number", [201, 500])
def test_more_than_a_page_asks_for_is_refused(number: int, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    ids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(number)]
    assert code_of(desk.get("/v1/changed", params={"incident": ids})) == (422, "invalid_request")
    assert changed(desk, incident=ids[:200])["incidents"] == []


def test_a_look_at_changes_is_audited(api: ApiServer) -> None:
    desk = api.desk("supervisor", "B3")
    made = send_report(desk)
    changed(desk, incident=made["incident_id"])
    entries = desk.get("/v1/audit", params={"limit": 50}).json()
    assert any("changed" in str(entry) for entry in entries)


@pytest.mark.parametrize("path", ["/v1/map/features", "/v1/incidents", "/", "/static/map/view.js"])
def test_long_answers_are_packed_for_who_takes_it(path: str, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    for _ in range(3):
        send_report(desk)
    packed = desk.get(path, headers={"accept-encoding": "gzip"}, follow_redirects=True)
    assert packed.headers["content-encoding"] == "gzip"
    plain = desk.get(path, headers={"accept-encoding": "identity"}, follow_redirects=True)
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()


def test_the_stream_and_tokens_are_never_packed(api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    gzip = {"accept-encoding": "gzip"}
    with desk.stream("GET", "/v1/stream", headers=gzip) as stream:
        assert "content-encoding" not in stream.headers
        assert next(stream.iter_lines())
    assert "content-encoding" not in desk.post("/v1/tokens", headers=gzip).headers
