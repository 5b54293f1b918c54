"""Supervision over HTTP: centres, search, trail, export, four eyes; and what is not told."""

from collections.abc import Iterator

import httpx
import pytest

from geodata.database.audit_file import verify_lines
from tests.conftest_d.api import ApiServer, code_of, report_of, send_report

SEARCH = "/v1/incidents/search"


@pytest.fixture
def supervisor(api: ApiServer) -> httpx.Client:
    return api.desk("supervisor", "B3")


@pytest.fixture
def two_persons(api: ApiServer, supervisor: httpx.Client) -> Iterator[tuple[httpx.Client, ...]]:
    """Let Sector 3 want a second person for the time of a test."""
    rule = "/v1/closing-policies/B3"
    assert supervisor.put(rule, json={"four_eyes": True}).is_success
    yield api.desk("dispatcher", "B3"), api.desk("operator", "B3")
    assert supervisor.put(rule, json={"four_eyes": False}).is_success


# ── centres ───────────────────────────────────────────────────────────────────
def test_centres_are_told_by_name_with_counts_and_nothing_of_anybody(
    api: ApiServer, supervisor: httpx.Client
):
    number = "+40700639911"
    sent = send_report(supervisor, report_of(caller=number))
    answer = supervisor.get("/v1/centres")
    (centre,) = answer.json()["centres"]
    assert (centre["county"], centre["name"]) == ("B3", "București, Sectorul 3")
    assert centre["level"] in {"waiting", "alarm"}
    assert centre["without_team"]["count"] >= 1
    assert answer.json()["of_none"] is None
    for secret in (number, number[-9:], sent["incident_number"], sent["incident_id"], '"lon"'):
        assert secret not in answer.text
    nation = api.desk("supervisor").get("/v1/centres").json()
    assert len(nation["centres"]) == 47
    assert set(nation["of_none"]) == {"ringing", "missed", "calls"}
    ranks = ["alarm", "waiting", "busy", "calm"]
    levels = [ranks.index(one["level"]) for one in nation["centres"]]
    assert levels == sorted(levels)
    seen = [entry["action"] for entry in supervisor.get("/v1/audit").json()]
    assert "list.centres" in seen


# ── search ────────────────────────────────────────────────────────────────────
def test_a_search_finds_page_by_page(dispatcher: httpx.Client):
    word = "cuvântrar"
    cases = []
    for _ in range(3):
        case = send_report(dispatcher)["incident_id"]
        note = {"text": f"{word} spus de copil"}
        assert dispatcher.post(f"/v1/incidents/{case}/notes", json=note).is_success
        cases.append(case)
    first = dispatcher.post(SEARCH, json={"words": "CUVANTRAR", "limit": 2}).json()
    assert [one["id"] for one in first["cases"]] == cases[:0:-1]
    assert first["cases"][0]["excerpt"].startswith(word)
    rest = dispatcher.post(SEARCH, json={"words": "CUVANTRAR", "after": first["next"]}).json()
    assert ([one["id"] for one in rest["cases"]], rest["next"]) == (cases[:1], None)


def test_a_search_by_what_the_caller_said_finds_the_street(dispatcher: httpx.Client):
    sent = send_report(dispatcher)
    told = dispatcher.post(
        f"/v1/calls/{sent['call_id']}/reports?format=spoken",
        content="stau pe strada Zăvoiului lângă școală".encode(),
    )
    assert told.is_success, told.text
    for wish in ({"place": "zavoi"}, {"words": "scoala zavoiului"}):
        found = dispatcher.post(SEARCH, json=wish).json()["cases"]
        assert [one["id"] for one in found] == [sent["incident_id"]]


@pytest.mark.parametrize(
    "wish",
    [
        {"limit": 0},
        {"limit": 201},
        {"words": ""},
        {"words": "x" * 201},
        {"caller": "drop table"},
        {"opened_from": "2026-01-01T00:00:00"},
        {"states": ["gone"]},
        {"after": {"opened_at": "x", "id": "y"}},
        {"unknown": 1},
        {"words": "a\u0000b"},
    ],
)
def test_a_wish_of_another_form_is_refused(dispatcher: httpx.Client, wish: dict[str, object]):
    assert code_of(dispatcher.post(SEARCH, json=wish))[0] == 422


def test_signs_alone_are_refused_in_both_languages(dispatcher: httpx.Client):
    for language, part in (("ro", "niciun cuvânt"), ("en", "no word")):
        answer = dispatcher.post(
            SEARCH, json={"words": "!!"}, headers={"Accept-Language": language}
        )
        assert code_of(answer) == (422, "no_words")
        assert part in answer.json()["detail"]


# ── trail and export ──────────────────────────────────────────────────────────
def test_a_trail_shows_who_looked(
    dispatcher: httpx.Client, supervisor: httpx.Client, api: ApiServer
):
    case = send_report(dispatcher)["incident_id"]
    api.desk("operator", "B3").get(f"/v1/incidents/{case}")
    lines = supervisor.get(f"/v1/incidents/{case}/trail", params={"kind": "look"}).json()
    assert (lines[0]["actor"], lines[0]["action"], lines[0]["seat"]) == (
        "operator-b3", "incident.read", "B3",
    )  # fmt: skip
    whole = supervisor.get(f"/v1/incidents/{case}/trail").json()
    assert {"event", "look"} <= {line["kind"] for line in whole}


@pytest.mark.parametrize(("form", "kind"), [("jsonl", "application/x-ndjson"), ("csv", "text/csv")])
def test_an_export_is_a_file_that_verifies(
    dispatcher: httpx.Client, supervisor: httpx.Client, form: str, kind: str
):
    case = send_report(dispatcher)["incident_id"]
    for params in ({}, {"incident_id": case}, {"since": "2026-01-01T00:00:00+02:00"}):
        answer = supervisor.get("/v1/audit/export", params={**params, "format": form})
        assert answer.headers["content-type"].startswith(kind)
        assert f'.{form}"' in answer.headers["content-disposition"]
        verdict = verify_lines(answer.text.splitlines(keepends=True))
        assert (verdict.broken_at, verdict.is_whole) == (None, True)
        assert verdict.entries > 0


def test_an_export_of_another_countys_case_is_not_found(dispatcher: httpx.Client, api: ApiServer):
    case = send_report(dispatcher)["incident_id"]
    answer = api.desk("supervisor", "VS").get("/v1/audit/export", params={"incident_id": case})
    assert code_of(answer) == (404, "not_found")


# ── four eyes ─────────────────────────────────────────────────────────────────
def test_closing_waits_for_a_second_person(two_persons: tuple[httpx.Client, ...]):
    one, other = two_persons
    path = f"/v1/incidents/{send_report(one)['incident_id']}"
    proposed = one.post(f"{path}/close", json={"resolution": "child_safe", "note": "e bine"}).json()
    assert proposed["state"] == "open"
    assert proposed["closing"]["proposed_by"] == "dispatcher-b3"
    # On both desks the same.
    assert other.get(path).json()["closing"] == proposed["closing"]
    seen = {"expected_version": proposed["version"]}
    assert code_of(one.post(f"{path}/closing/confirm", json=seen)) == (403, "same_person")
    again = one.post(f"{path}/close", json={"resolution": "other"})
    assert code_of(again) == (409, "closing_proposed")
    old = {"expected_version": proposed["version"] - 1}
    assert code_of(other.post(f"{path}/closing/confirm", json=old)) == (409, "version_conflict")
    closed = other.post(f"{path}/closing/confirm", json=seen).json()
    assert (closed["state"], closed["resolution"], closed["closing"]) == (
        "closed", "child_safe", None,
    )  # fmt: skip


def test_a_proposal_is_returned_with_a_reason(two_persons: tuple[httpx.Client, ...]):
    one, other = two_persons
    path = f"/v1/incidents/{send_report(one)['incident_id']}"
    seen = one.post(f"{path}/close", json={"resolution": "child_safe"}).json()["version"]
    bare = other.post(f"{path}/closing/return", json={"reason": "", "expected_version": seen})
    assert bare.status_code == 422
    wish = {"reason": "sunați mama", "expected_version": seen}
    back = other.post(f"{path}/closing/return", json=wish).json()
    assert (back["state"], back["closing"]) == ("open", None)
    told = one.get(f"{path}/timeline").json()[-1]
    assert (told["kind"], told["reason"]) == ("close_returned", "sunați mama")
    gone = {"expected_version": back["version"]}
    assert code_of(other.post(f"{path}/closing/confirm", json=gone)) == (409, "nothing_proposed")


def test_an_administrator_sets_the_policy_of_their_county_alone(api: ApiServer):
    desk = api.desk("administrator", "IF")
    wish = {"four_eyes": True, "misdials_too": True}
    answer = desk.put("/v1/closing-policies/IF", json=wish).json()
    assert (answer["four_eyes"], answer["changed_by"]) == (True, "administrator-if")
    assert desk.get("/v1/closing-policies").json() == [answer]
    assert code_of(desk.put("/v1/closing-policies/VS", json=wish)) == (404, "not_found")
    desk.put("/v1/closing-policies/IF", json={"four_eyes": False})
