"""Several reports of one call: further ones, the caller's words, and who learns what."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from geodata.database.engine import connect_owner
from geodata.points import LonLat
from tests.conftest_d.api import TITAN, VASLUI, ApiServer, code_of, report_of, send_report

# On the border of Sectors 2 and 3.
BORDER = LonLat(26.1410, 44.4336)
PANTELIMON = LonLat(26.205, 44.4495)  # in Ilfov, beside Sector 3
_numbers = count(700_500_000)


@pytest.fixture
def number() -> str:
    return f"+40{next(_numbers)}"


@pytest.fixture
def gateway(api: ApiServer) -> httpx.Client:
    """Sit where all messages of the networks come in."""
    return api.desk("operator")


def add(desk: httpx.Client, call: dict[str, Any], raw: bytes | str, **query: str) -> httpx.Response:
    return desk.post(f"/v1/calls/{call['call_id']}/reports", content=raw, params=query)


def say(desk: httpx.Client, call: dict[str, Any], words: str) -> dict[str, Any]:
    answer = add(desk, call, words, format="spoken")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def actions(answer: dict[str, Any]) -> list[str]:
    return [step["action"] for step in answer["steps"]]


def incident(desk: httpx.Client, call: dict[str, Any]) -> dict[str, Any]:
    return dict(desk.get(f"/v1/incidents/{call['incident_id']}").json())


def kinds(desk: httpx.Client, call: dict[str, Any]) -> list[str]:
    return [row["kind"] for row in desk.get(f"/v1/incidents/{call['incident_id']}/timeline").json()]


@pytest.fixture
def later(api: ApiServer) -> Iterator[Any]:
    """Let time pass for one call without waiting."""
    owner = connect_owner(api.services.addresses.owner)

    def passes(call: dict[str, Any], minutes: float) -> None:
        with owner.begin() as connection:
            connection.execute(
                text(
                    "UPDATE location_report SET received_at = received_at - :time"
                    " WHERE call_id = :call"
                ),
                {"time": timedelta(minutes=minutes), "call": call["call_id"]},
            )

    yield passes
    owner.dispose()


# ── the same call ─────────────────────────────────────────────────────────────
def test_an_update_of_the_same_number_is_the_same_call(
    dispatcher: httpx.Client, number: str
) -> None:
    first = send_report(dispatcher, report_of(BORDER, radius_m=2500, caller=number))
    second = send_report(dispatcher, report_of(TITAN, radius_m=300, caller=number))
    assert (second["call_id"], second["further"]) == (first["call_id"], True)
    assert actions(second) == ["first", "narrowed"]
    assert incident(dispatcher, first)["call_count"] == 1
    assert kinds(dispatcher, first) == ["opened", "report_heard"]


def test_the_fused_area_becomes_the_incidents(dispatcher: httpx.Client, number: str) -> None:
    first = send_report(dispatcher, report_of(TITAN, radius_m=2500, caller=number))
    wide = incident(dispatcher, first)
    second = send_report(dispatcher, report_of(TITAN, radius_m=300, caller=number))
    narrow = incident(dispatcher, first)
    assert narrow["version"] == wide["version"] + 1
    assert narrow["area"] != wide["area"]
    assert narrow["area_confidence"] == pytest.approx(second["location"]["confidence"], abs=1e-6)


def test_the_same_message_once_more_changes_nothing(dispatcher: httpx.Client, number: str) -> None:
    raw = report_of(caller=number)
    first = send_report(dispatcher, raw)
    before = incident(dispatcher, first)
    again = send_report(dispatcher, raw)
    assert (again["call_id"], again["repeated"]) == (first["call_id"], True)
    assert actions(again) == ["first"]
    assert incident(dispatcher, first) == before


def test_minutes_later_the_same_number_is_a_new_call_of_the_same_incident(
    dispatcher: httpx.Client, number: str, later: Any
) -> None:
    first = send_report(dispatcher, report_of(caller=number))
    later(first, 4)
    second = send_report(dispatcher, report_of(caller=number))
    assert second["call_id"] != first["call_id"]
    assert (second["joined"], second["further"]) == (True, False)
    assert second["incident_id"] == first["incident_id"]


def test_the_end_of_a_call_as_told_by_the_network_is_no_new_call(
    dispatcher: httpx.Client, number: str, later: Any
) -> None:
    first = send_report(dispatcher, report_of(TITAN, radius_m=900, caller=number))
    later(first, 12)
    end = json.loads(report_of(TITAN, radius_m=400, caller=number)) | {"trigger": "EME_REL"}
    assert send_report(dispatcher, json.dumps(end).encode())["call_id"] == first["call_id"]


def test_a_closed_call_is_not_added_to(dispatcher: httpx.Client, number: str) -> None:
    first = send_report(dispatcher, report_of(caller=number))
    dispatcher.post(f"/v1/calls/{first['call_id']}/misdial").raise_for_status()
    second = send_report(dispatcher, report_of(TITAN, radius_m=400, caller=number))
    assert second["call_id"] != first["call_id"]


def test_earlier_answers_are_kept(api: ApiServer, dispatcher: httpx.Client, number: str) -> None:
    first = send_report(dispatcher, report_of(TITAN, radius_m=2500, caller=number))
    say(dispatcher, first, "sunt în sectorul 3")
    owner = connect_owner(api.services.addresses.owner)
    query = text("SELECT answer FROM county_assignment WHERE call_id = :call ORDER BY n")
    with owner.connect() as connection:
        stored = list(connection.execute(query, {"call": first["call_id"]}).scalars())
    owner.dispose()
    assert [len(answer["steps"]) for answer in stored] == [1, 2]
    assert stored[0]["location"] == first["location"]


def test_of_many_updates_at_once_none_is_lost(dispatcher: httpx.Client, number: str) -> None:
    first = send_report(dispatcher, report_of(TITAN, radius_m=3000, caller=number))
    raws = [report_of(TITAN, radius_m=2900 - 200 * i, caller=number) for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda raw: send_report(dispatcher, raw), raws))
    assert {answer["call_id"] for answer in answers} == {first["call_id"]}
    assert sorted(len(answer["steps"]) for answer in answers) == list(range(2, 10))
    call = dispatcher.get(f"/v1/calls/{first['call_id']}").json()
    assert len(call["answer"]["steps"]) == 9


def test_two_first_reports_at_once_open_one_incident(dispatcher: httpx.Client, number: str) -> None:
    raws = [report_of(TITAN, radius_m=500 + i, caller=number) for i in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda raw: send_report(dispatcher, raw), raws))
    assert len({answer["call_id"] for answer in answers}) == 1
    assert len({answer["incident_id"] for answer in answers}) == 1


# ── words ─────────────────────────────────────────────────────────────────────
def test_the_callers_words_are_added_to_a_call(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher, report_of(BORDER, radius_m=3000))
    assert call["ambiguous"]
    answer = say(dispatcher, call, "stau în sectorul 3, în cartierul Titan")
    assert answer["steps"][-1]["source"] == "caller"
    shown = incident(dispatcher, call)["belief"]
    assert shown["steps"][-1]["said"] == "stau în sectorul 3, în cartierul Titan"
    assert "caller" not in json.dumps(shown["steps"][0]["reason"])


def test_words_without_a_place_are_kept_and_change_nothing(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    answer = say(dispatcher, call, "tata mă bate")
    assert (answer["owner"], actions(answer)) == (call["owner"], ["first", "ignored"])
    assert "no_place_named" in {warning["code"] for warning in answer["warnings"]}
    assert incident(dispatcher, call)["belief"]["steps"][-1]["said"] == "tata mă bate"


def test_a_guessed_name_elsewhere_is_kept_and_changes_nothing(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    answer = say(dispatcher, call, "stau în vasluy")
    assert (answer["owner"], actions(answer)) == (call["owner"], ["first", "ignored"])


def test_an_incident_shows_no_number_with_its_belief(dispatcher: httpx.Client, number: str) -> None:
    call = send_report(dispatcher, report_of(caller=number))
    say(dispatcher, call, "sunt în sectorul 3")
    assert number not in dispatcher.get(f"/v1/incidents/{call['incident_id']}").text


def test_a_call_without_a_place_gets_its_incident_from_the_words(
    api: ApiServer, number: str
) -> None:
    desk = api.desk("dispatcher", "VS")
    call = send_report(desk, json.dumps({"caller": number}).encode())
    assert (call["owner"], call["incident_id"]) == (None, None)
    answer = say(desk, call, "sunt în comuna Zorleni, lângă Bârlad, județul Vaslui")
    assert (answer["owner"], answer["call_id"]) == ("VS", call["call_id"])
    assert incident(desk, answer)["county"] == "VS"


def test_what_cannot_be_read_is_refused_and_leaves_the_call_as_it_was(
    dispatcher: httpx.Client,
) -> None:
    call = send_report(dispatcher)
    before = incident(dispatcher, call)
    assert code_of(add(dispatcher, call, b"hello")) == (422, "unknown_format")
    assert incident(dispatcher, call) == before


# ── another county ────────────────────────────────────────────────────────────
def test_another_county_is_told_and_nothing_moves(
    gateway: httpx.Client, dispatcher: httpx.Client, number: str
) -> None:
    first = send_report(gateway, report_of(TITAN, radius_m=300, caller=number))
    second = send_report(gateway, report_of(VASLUI, radius_m=300, caller=number))
    assert (second["owner"], second["incident_id"]) == ("VS", first["incident_id"])
    assert second["conflict"]["set_aside"]["owner"] == "B3"
    shown = incident(dispatcher, first)
    assert (shown["county"], shown["belief_owner"]) == ("B3", "VS")
    assert shown["county_in_doubt"]
    assert shown["belief_share"] > 0.9
    assert shown["belief"]["conflict"]["kept"]["owner"] == "VS"
    last = dispatcher.get(f"/v1/incidents/{first['incident_id']}/timeline").json()[-1]
    assert (last["kind"], last["payload"]["county"]) == ("other_county_believed", "VS")


def test_after_the_transfer_both_counties_agree(
    gateway: httpx.Client, dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    first = send_report(gateway, report_of(TITAN, radius_m=300, caller=number))
    send_report(gateway, report_of(VASLUI, radius_m=300, caller=number))
    wish = {"to": "county", "county": "VS", "reason": "new information", "at_once": True}
    dispatcher.post(f"/v1/incidents/{first['incident_id']}/transfer", json=wish)
    shown = incident(foreigner, first)
    assert (shown["county"], shown["belief_owner"]) == ("VS", "VS")
    assert not shown["county_in_doubt"]
    answer = send_report(gateway, report_of(VASLUI, radius_m=200, caller=number))
    assert answer["call_id"] == first["call_id"]
    assert len(say(foreigner, first, "în orașul Vaslui")["steps"]) == 4


def test_what_comes_after_a_transfer_is_not_read_by_the_old_county(
    gateway: httpx.Client, dispatcher: httpx.Client, number: str
) -> None:
    first = send_report(gateway, report_of(TITAN, radius_m=300, caller=number))
    wish = {"to": "county", "county": "VS", "reason": "the child lives there", "at_once": True}
    dispatcher.post(f"/v1/incidents/{first['incident_id']}/transfer", json=wish)
    send_report(gateway, report_of(VASLUI, radius_m=300, caller=number))
    call = dispatcher.get(f"/v1/calls/{first['call_id']}").json()
    assert (call["owner"], len(call["answer"]["steps"])) == ("B3", 1)


def test_a_transfer_that_a_person_decided_is_not_doubted_by_what_was_known_before(
    gateway: httpx.Client, dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    first = send_report(gateway, report_of(TITAN, radius_m=300, caller=number))
    wish = {"to": "county", "county": "VS", "reason": "the child lives there", "at_once": True}
    dispatcher.post(f"/v1/incidents/{first['incident_id']}/transfer", json=wish)
    assert not incident(foreigner, first)["county_in_doubt"]
    send_report(gateway, report_of(TITAN, radius_m=200, caller=number))
    assert incident(foreigner, first)["county_in_doubt"]


def test_a_format_that_nobody_knows_is_refused(dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    assert code_of(add(dispatcher, call, report_of(), format="bogus")) == (422, "unknown_format")


# ── who learns what ───────────────────────────────────────────────────────────
def test_a_number_is_no_key_to_another_countys_child(
    dispatcher: httpx.Client, foreigner: httpx.Client, number: str
) -> None:
    secret = send_report(dispatcher, report_of(TITAN, radius_m=300, caller=number))
    answer = send_report(foreigner, json.dumps({"caller": number}).encode())
    assert answer["call_id"] != secret["call_id"]
    assert (answer["joined"], answer["further"], answer["incident_id"]) == (False, False, None)
    assert answer["location"]["shape"] is None
    assert [step["report"]["shape"] for step in answer["steps"]] == [None]
    assert answer["owner"] is None
    again = send_report(foreigner, json.dumps({"caller": number}).encode())
    assert again["location"]["shape"] is None


def test_who_took_a_call_for_another_county_may_add_to_it_and_not_read_it(
    dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    call = send_report(dispatcher, report_of(VASLUI, radius_m=3000))
    answer = say(dispatcher, call, "în orașul Vaslui")
    assert actions(answer)[0] == "first"
    assert len(answer["steps"]) == 2
    assert code_of(dispatcher.get(f"/v1/calls/{call['call_id']}"))[0] == 404
    assert len(incident(foreigner, call)["belief"]["steps"]) == 2


def test_a_stranger_adds_nothing(foreigner: httpx.Client, dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    assert code_of(add(foreigner, call, "sunt în Vaslui", format="spoken")) == (404, "not_found")


def test_an_added_report_is_audited(api: ApiServer, dispatcher: httpx.Client) -> None:
    call = send_report(dispatcher)
    say(dispatcher, call, "sunt în sectorul 3")
    entries = api.desk("supervisor").get("/v1/audit?limit=10").json()
    assert {"call.report_added"} <= {
        entry["action"] for entry in entries if entry["object_id"] == call["call_id"]
    }
