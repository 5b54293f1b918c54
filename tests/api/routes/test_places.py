"""Places over HTTP: looked up, confirmed, asked about across a border; who is at a case."""

from typing import Any

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, code_of, report_of, send_report

CALLER = LonLat(26.152, 44.420)
ADDRESS, OBOR = LonLat(26.130, 44.425), LonLat(26.125, 44.452)


@pytest.fixture
def case(dispatcher: httpx.Client) -> str:
    """Open a case of Sector 3; return its address."""
    made = send_report(dispatcher, report_of(CALLER, radius_m=400))
    return f"/v1/incidents/{made['incident_id']}"


def wish(place: LonLat, **more: Any) -> dict[str, Any]:
    return {"lon": place.lon, "lat": place.lat} | more


def test_the_ranking_follows_the_confirmed_place_and_comes_back(
    api: ApiServer, dispatcher: httpx.Client, case: str
) -> None:
    near_caller, near_address = api.new_team("B3", at=CALLER), api.new_team("B3", at=ADDRESS)
    ours = {str(near_caller), str(near_address)}

    def first() -> str:
        ranked = dispatcher.get(f"{case}/recommendation").json()["candidates"]
        return str(next(row["team_id"] for row in ranked if row["team_id"] in ours))

    assert first() == str(near_caller)
    shown = dispatcher.post(f"{case}/place", json=wish(ADDRESS, address="Bd. Decebal 5")).json()
    assert shown["confirmed"]["place"] == {"lon": ADDRESS.lon, "lat": ADDRESS.lat}
    assert (shown["confirmed"]["address"], shown["confirmed"]["by"]) == (
        "Bd. Decebal 5", "dispatcher-b3",
    )  # fmt: skip
    assert first() == str(near_address)
    # The same in the list and on the map.
    listed = {row["id"]: row for row in dispatcher.get("/v1/incidents").json()}
    assert listed[shown["id"]]["confirmed"] == shown["confirmed"]
    features = dispatcher.get("/v1/map/features").json()["features"]
    marker = next(
        row for row in features
        if row["properties"]["kind"] == "incident"
        and row["properties"]["incident_id"] == shown["id"]
    )  # fmt: skip
    assert marker["geometry"]["coordinates"] == pytest.approx(list(ADDRESS))
    dispatcher.post(f"{case}/place/withdraw", json={"reason": "another street"}).raise_for_status()
    assert first() == str(near_caller)


def test_a_team_on_its_way_is_sent_to_the_confirmed_place_at_once(
    api: ApiServer, dispatcher: httpx.Client, case: str
) -> None:
    team = str(api.new_team("B3", at=LonLat(26.17, 44.41)))
    bound = dispatcher.post(f"{case}/assignments", json={"team_id": team, "reason": "x"}).json()

    def way() -> tuple[LonLat, str]:
        (row,) = dispatcher.get(case).json()["assignments"]
        return LonLat(*row["route"]["coordinates"][-1]), row["eta_at"]

    before, eta = way()
    assert bound["eta_at"] == eta
    dispatcher.post(f"{case}/place", json=wish(ADDRESS)).raise_for_status()
    after, later = way()
    assert after == pytest.approx(ADDRESS, abs=0.002)
    assert before != pytest.approx(ADDRESS, abs=0.002)
    assert later > eta
    dispatcher.post(f"{case}/place/withdraw", json={"reason": "wrong"}).raise_for_status()
    assert way()[0] == pytest.approx(before, abs=0.002)


def test_another_county_is_asked_about_with_its_code(dispatcher: httpx.Client, case: str) -> None:
    refused = dispatcher.post(f"{case}/place", json=wish(OBOR))
    assert code_of(refused) == (409, "place_in_other_county")
    assert refused.json()["county"] == "B2"
    kept = dispatcher.post(
        f"{case}/place", json=wish(OBOR, abroad="B2", reason="e pe drum încoace")
    )
    assert (kept.status_code, kept.json()["county"]) == (200, "B3")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (wish(LonLat(27.9, 43.2)), "outside_country"),
        ({"lon": 44.42, "lat": 26.15}, "swapped_lon_lat"),
        ({"lon": "east", "lat": 44}, "not_a_number"),
        (wish(ADDRESS, address=""), "invalid_request"),
        (wish(ADDRESS, expected_version=99), "version_conflict"),
    ],
)
def test_what_is_no_place_is_refused(
    dispatcher: httpx.Client, case: str, body: dict[str, Any], code: str
) -> None:
    assert code_of(dispatcher.post(f"{case}/place", json=body))[1] == code
    assert dispatcher.get(case).json()["confirmed"] is None


def test_places_are_found_with_what_was_left_out(dispatcher: httpx.Client) -> None:
    found = dispatcher.get(
        "/v1/places", params={"q": "str. Baba Novac nr 12", "county": "B3"}
    ).json()
    first = found["places"][0]
    assert (first["kind"], first["name"], first["county"]) == ("street", "Strada Baba Novac", "B3")
    assert found["left_out"] == "nr 12"
    place = first["place"]
    at = dispatcher.get("/v1/places/at", params=place).json()
    assert (at["county"], at["street"]) == ("B3", "Strada Baba Novac")
    assert dispatcher.get("/v1/places", params={"q": "xyzzy"}).json()["places"] == []
    assert code_of(dispatcher.get("/v1/places", params={"q": ""}))[1] == "invalid_request"


def test_two_at_an_incident_see_each_other_until_one_leaves(
    api: ApiServer, dispatcher: httpx.Client, case: str
) -> None:
    colleague = api.desk("operator", "B3", "IF")
    assert dispatcher.put(f"{case}/presence", json={}).json() == []
    (seen,) = colleague.put(f"{case}/presence", json={"is_writing": True}).json()
    assert (seen["actor"], seen["is_writing"]) == ("dispatcher-b3", False)
    (seen,) = dispatcher.put(f"{case}/presence", json={}).json()
    assert (seen["actor"], seen["is_writing"]) == ("operator-b3-if", True)
    assert colleague.delete(f"{case}/presence").status_code == 204
    assert dispatcher.put(f"{case}/presence", json={}).json() == []
    stranger = api.desk("dispatcher", "VS")
    assert code_of(stranger.put(f"{case}/presence", json={})) == (404, "not_found")


def test_another_team_instead_over_http(
    api: ApiServer, dispatcher: httpx.Client, case: str
) -> None:
    old, new = str(api.new_team("B3")), str(api.new_team("B3"))
    bound = dispatcher.post(f"{case}/assignments", json={"team_id": old, "reason": "x"}).json()
    path, body = f"/v1/assignments/{bound['id']}/reassign", {"team_id": new, "reason": "pană"}
    after = dispatcher.post(path, json=body)
    assert (after.status_code, after.json()["team_id"]) == (201, new)
    assert code_of(dispatcher.post(path, json=body)) == (409, "team_already_here")
    other = body | {"team_id": str(api.new_team("B3"))}
    assert code_of(dispatcher.post(path, json=other)) == (409, "already_released")
