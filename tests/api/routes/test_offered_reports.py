"""A number is no key: a foreign report is a case of its own until the owner decides."""

import json
from itertools import count
from typing import Any

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import TITAN, VASLUI, ApiServer, code_of, report_of, send_report
from tests.conftest_d.waiting import wait_until

BARLAD = LonLat(27.67, 46.23)
CLUJ = LonLat(23.60, 46.77)
_numbers = count(700_610_000)


@pytest.fixture
def number() -> str:
    return f"+40{next(_numbers)}"


def incident(desk: httpx.Client, call: dict[str, Any]) -> dict[str, Any]:
    answer = desk.get(f"/v1/incidents/{call['incident_id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def offers(desk: httpx.Client, call: dict[str, Any]) -> list[dict[str, Any]]:
    answer = desk.get("/v1/offered-reports")
    assert answer.status_code == 200, answer.text
    return [row for row in answer.json() if row["known_call_id"] == call["call_id"]]


def offered(desk: httpx.Client, call: dict[str, Any]) -> dict[str, Any]:
    """Wait for the one offer to a call: it is made after its sender was answered."""
    wait_until(lambda: offers(desk, call))
    (offer,) = offers(desk, call)
    return offer


def decide(desk: httpx.Client, offer: dict[str, Any], decision: str, **why: str) -> httpx.Response:
    return desk.post(f"/v1/offered-reports/{offer['id']}/{decision}", json=why or None)


def kinds(desk: httpx.Client, call: dict[str, Any]) -> list[str]:
    return [row["kind"] for row in desk.get(f"/v1/incidents/{call['incident_id']}/timeline").json()]


# Its own ground, the ground of the case itself, ground of a third county, no place at all.
PLACES: list[LonLat | None] = [VASLUI, TITAN, CLUJ, None]


def report(number: str, place: LonLat | None) -> bytes:
    if place is None:
        return json.dumps({"caller": number}).encode()
    return report_of(place, radius_m=300, caller=number)


@pytest.mark.parametrize("place", PLACES)
def test_a_known_number_is_answered_as_one_that_nobody_knows(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str, place: LonLat | None
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    known = send_report(foreigner, report(number, place))
    unknown = send_report(foreigner, report(f"+40{next(_numbers)}", place))
    assert {known["joined"], known["further"], known["repeated"]} == {False}
    assert known["call_id"] != secret["call_id"]
    assert known["incident_id"] != secret["incident_id"] or secret["incident_id"] is None
    assert known["incident_number"] != secret["incident_number"]
    if place is not None:
        assert known["owner"] == unknown["owner"]
        assert known["location"]["shape"] == unknown["location"]["shape"]
    assert set(known) == set(unknown)
    assert len(known["steps"]) == len(unknown["steps"])


@pytest.mark.parametrize("place", PLACES)
def test_a_foreign_report_moves_nothing_by_itself(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str, place: LonLat | None
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    before = incident(dispatcher, secret)
    for _ in range(3):
        send_report(foreigner, report(number, place))
    assert incident(dispatcher, secret) == before
    offer = offered(dispatcher, secret)
    assert offer["offered_from"] == ["VS"]
    assert offer["offered_by"] == "dispatcher-vs"
    assert offer["incident_number"] == secret["incident_number"]
    assert offers(foreigner, secret) == []


@pytest.mark.parametrize("place", [VASLUI, BARLAD, CLUJ])
def test_taken_in_the_case_hears_it_and_the_other_case_stays(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client, number: str, place: LonLat
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    told = send_report(foreigner, report_of(place, radius_m=300, caller=number))
    offer = offered(dispatcher, secret)
    assert decide(dispatcher, offer, "take-in", reason="same child").status_code == 200
    shown = incident(dispatcher, secret)
    assert shown["belief_owner"] == told["owner"]
    assert len(shown["belief"]["steps"]) == 2
    assert kinds(dispatcher, secret)[-1] == "offer_taken_in"
    other = incident(api.desk("dispatcher", told["owner"]), told)
    assert other["state"] == "open"
    assert kinds(api.desk("dispatcher", told["owner"]), told)[-1] == "taken_in_elsewhere"
    assert offers(dispatcher, secret) == []


def test_taken_in_once_is_no_key_to_what_comes_later(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    told = send_report(foreigner, report_of(VASLUI, radius_m=300, caller=number))
    decide(dispatcher, offered(dispatcher, secret), "take-in")
    later = send_report(foreigner, report_of(VASLUI, radius_m=200, caller=number))
    assert later["call_id"] == told["call_id"]
    assert len(incident(dispatcher, secret)["belief"]["steps"]) == 2
    again = offered(dispatcher, secret)
    decide(dispatcher, again, "take-in")
    assert len(incident(dispatcher, secret)["belief"]["steps"]) == 3


def test_kept_apart_nothing_moves_and_nobody_is_asked_again(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    area = incident(dispatcher, secret)["area"]
    send_report(foreigner, report_of(VASLUI, radius_m=300, caller=number))
    offer = offered(dispatcher, secret)
    assert decide(dispatcher, offer, "keep-apart").status_code == 200
    send_report(foreigner, report_of(VASLUI, radius_m=250, caller=number))
    assert offers(dispatcher, secret) == []
    assert incident(dispatcher, secret)["area"] == area
    assert kinds(dispatcher, secret)[-1] == "offer_kept_apart"
    assert code_of(decide(dispatcher, offer, "take-in")) == (409, "offer_decided")


def test_the_networks_updates_stay_with_the_case(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    send_report(foreigner, report_of(VASLUI, radius_m=300, caller=number))
    offered(dispatcher, secret)
    update = send_report(api.desk("operator"), report_of(TITAN, radius_m=300, caller=number))
    assert update["call_id"] == secret["call_id"]


def test_only_the_owner_decides(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    send_report(foreigner, report_of(VASLUI, radius_m=300, caller=number))
    offer = offered(dispatcher, secret)
    for desk in (foreigner, api.desk("dispatcher", "CJ"), api.desk("operator", "IF", "VS")):
        for decision in ("take-in", "keep-apart"):
            assert code_of(decide(desk, offer, decision)) == (404, "not_found")
    assert offers(dispatcher, secret) == [offer]


def test_offer_and_decision_are_audited(
    api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    send_report(foreigner, report_of(VASLUI, radius_m=300, caller=number))
    offer = offered(dispatcher, secret)
    decide(dispatcher, offer, "keep-apart")
    entries = api.desk("supervisor", "B3").get("/v1/audit?limit=50").json()
    of_it = [(row["action"], row["actor"]) for row in entries if row["object_id"] == offer["id"]]
    assert sorted(of_it) == [
        ("report.kept_apart", "dispatcher-b3"), ("report.offered", "dispatcher-vs"),
    ]  # fmt: skip


def test_a_number_that_calls_again_does_not_join_a_foreign_case(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    """Also where the report names the very ground of the case it must not join."""
    secret = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    told = send_report(foreigner, report_of(TITAN, radius_m=300, caller=number))
    assert told["owner"] == "B3"
    assert told["incident_id"] != secret["incident_id"]
    assert offered(dispatcher, secret)["owner"] == "B3"
