"""A location report over HTTP becomes a call and an incident, or is refused."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, code_of, report_of, send_report


def polygon_of(corners: int) -> bytes:
    """A polygon report with so many corners, as short as JSON allows."""
    ring = ",".join(["[26,44]"] * corners)
    return f'{{"shape":{{"type":"Polygon","coordinates":[[{ring}]]}}}}'.encode()


def circle(center: str) -> bytes:
    return f'{{"shape":{{"type":"Circle","center":{center},"radius_m":100}}}}'.encode()


def last_refusal(desk: httpx.Client) -> dict[str, Any]:
    entries = desk.get("/v1/audit?limit=20").json()
    return next(entry for entry in entries if entry["action"] == "report.refused")


BILLION_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><svc_result>&b;</svc_result>'

REFUSED = {
    "NaN": (circle("[NaN,44.4]"), 422, "not_finite"),
    "swapped axes": (circle("[44.4,26.1]"), 422, "swapped_lon_lat"),
    "10 MB": (b" " * 10_000_000 + b"{}", 413, "too_large"),
    "a million corners": (polygon_of(1_000_000), 422, "too_many_points"),
    "a hundred thousand corners": (polygon_of(100_000), 422, "too_many_points"),
    "nothing": (b"", 400, "empty_message"),
    "no known format": (b"hello", 422, "unknown_format"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_with_its_own_code_and_hint(
    case: str, dispatcher: httpx.Client
) -> None:
    raw, status, code = REFUSED[case]
    answer = dispatcher.post("/v1/location-reports", content=raw)
    assert code_of(answer) == (status, code)
    assert answer.json()["hint"]


def test_xml_with_entities_is_refused(dispatcher: httpx.Client) -> None:
    answer = dispatcher.post("/v1/location-reports", content=BILLION_LAUGHS)
    assert answer.status_code == 422
    assert "hint" in answer.json()


def test_a_report_becomes_a_call_and_an_incident_of_the_owning_county(
    dispatcher: httpx.Client,
) -> None:
    answer = send_report(dispatcher)
    assert answer["owner"] == "B3"
    assert answer["counties"][0]["code"] == "B3"
    assert answer["joined"] is False
    incident = dispatcher.get(f"/v1/incidents/{answer['incident_id']}").json()
    assert (incident["county"], incident["state"], incident["call_count"]) == ("B3", "open", 1)


def test_a_call_for_another_county_is_taken_but_belongs_to_that_county(
    dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    answer = send_report(dispatcher, report_of(LonLat(27.728, 46.640)))
    assert answer["owner"] == "VS"
    assert foreigner.get(f"/v1/incidents/{answer['incident_id']}").status_code == 200
    assert code_of(dispatcher.get(f"/v1/incidents/{answer['incident_id']}"))[0] == 404


def test_a_place_abroad_has_no_owner_and_is_still_a_call(dispatcher: httpx.Client) -> None:
    answer = send_report(dispatcher, report_of(LonLat(25.6, 43.0)))
    assert (answer["owner"], answer["incident_id"]) == (None, None)
    opened = dispatcher.post(
        f"/v1/calls/{answer['call_id']}/open", json={"county": "B3", "reason": "caller said so"}
    )
    assert opened.json()["county"] == "B3"


def test_a_refused_message_is_kept_and_its_refusal_audited(api: ApiServer) -> None:
    desk = api.desk("supervisor")
    desk.post("/v1/location-reports", content=b"hello")
    entry = last_refusal(desk)
    assert entry["detail"]["code"] == "unknown_format"
    assert entry["object_id"]


def test_the_refusal_of_an_oversized_message_is_audited(api: ApiServer) -> None:
    desk = api.desk("supervisor")
    desk.post("/v1/location-reports", content=b" " * 2_000_000)
    assert last_refusal(desk)["detail"] == {"code": "too_large", "stored": False}


def test_a_body_without_announced_length_is_cut_off_too(dispatcher: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 50_000

    answer = dispatcher.post("/v1/location-reports", content=endless())
    assert code_of(answer) == (413, "too_large")


def test_other_endpoints_refuse_a_large_body_as_well(dispatcher: httpx.Client) -> None:
    body = json.dumps({"username": "x" * 2_000_000})
    answer = dispatcher.post(
        "/v1/tokens", content=body, headers={"content-type": "application/json"}
    )
    assert code_of(answer) == (413, "too_large")


def test_intake_is_never_slowed_down(api: ApiServer, dispatcher: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send_report(dispatcher), range(40)))
    assert len({answer["call_id"] for answer in answers}) == 40


def test_a_list_masks_the_number_and_one_call_shows_it(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher, report_of(caller="+40700999002"))
    listed = {row["id"]: row for row in dispatcher.get("/v1/calls").json()}[call["call_id"]]
    assert listed["caller"] == "+40••••••002"
    assert dispatcher.get(f"/v1/calls/{call['call_id']}").json()["caller"] == "+40700999002"


def test_a_misdial_takes_one_request(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    marked = dispatcher.post(f"/v1/calls/{call['call_id']}/misdial").json()
    assert marked["is_misdial"] is True
    assert marked["incident_state"] == "closed"


def test_a_call_can_be_moved_into_another_incident(dispatcher: httpx.Client) -> None:
    first, second = send_report(dispatcher), send_report(dispatcher)
    wish = {"incident_id": first["incident_id"], "reason": "same child"}
    joined = dispatcher.post(f"/v1/calls/{second['call_id']}/join", json=wish).json()
    assert (joined["id"], joined["call_count"]) == (first["incident_id"], 2)


def test_a_caller_in_one_of_two_places_is_kept_drawn_and_ranked_with_both(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    api.new_team("B3")
    corners = [[0.0, 0.0], [0.004, 0.0], [0.004, 0.004], [0.0, 0.004], [0.0, 0.0]]
    parts = [[[[26.16 + x, 44.41 + y] for x, y in corners]],
             [[[26.18 + x, 44.43 + y] for x, y in corners]]]  # fmt: skip
    shape = {"type": "MultiPolygon", "coordinates": parts}
    raw = json.dumps({"caller": "+40700999777", "shape": shape, "confidence": 0.95}).encode()
    answer = send_report(dispatcher, raw)
    assert answer["owner"] == "B3"
    incident = dispatcher.get(f"/v1/incidents/{answer['incident_id']}").json()
    drawn = dispatcher.get("/v1/map/features").json()["features"]
    areas = [f["geometry"] for f in drawn if f["properties"]["kind"] == "caller_area"
             and f["properties"]["number"] == incident["number"]]  # fmt: skip
    assert [area["type"] for area in areas] == ["MultiPolygon"]
    assert len(areas[0]["coordinates"]) == 2
    ranked = dispatcher.get(f"/v1/incidents/{answer['incident_id']}/recommendation").json()
    assert ranked["candidates"]
