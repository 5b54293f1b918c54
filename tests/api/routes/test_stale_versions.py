"""A write of a case that was changed since the person saw it is refused, and changes nothing."""

from typing import Any

import httpx
import pytest

from tests.conftest_d.api import ApiServer, code_of, send_report

_TRANSFER = "/v1/incidents/{incident}/transfer"
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "misdial": ("/v1/incidents/{incident}/misdial", {}),
    "close": ("/v1/incidents/{incident}/close", {"resolution": "child_safe"}),
    "to 112": (_TRANSFER, {"to": "112", "reason": "x"}),
    "to psychologists": (_TRANSFER, {"to": "psychologists", "reason": "x"}),
    "to a county": (_TRANSFER, {"to": "county", "county": "VS", "reason": "x"}),
    "note": ("/v1/incidents/{incident}/notes", {"text": "x"}),
    "hand-over": ("/v1/incidents/{incident}/handovers", {"danger": "x"}),
    "assign": ("/v1/incidents/{incident}/assignments", {"team_id": "{free}", "reason": "x"}),
    "release": ("/v1/assignments/{assignment}/release", {"reason": "x"}),
    "call misdial": ("/v1/calls/{call}/misdial", {}),
    "join": ("/v1/calls/{other_call}/join", {"incident_id": "{incident}", "reason": "x"}),
    "draft": (
        "/v1/incidents/{incident}/missing-child-drafts",
        {
            "name": "Ana", "missing_since": "2026-01-01T10:00:00Z", "last_seen": "parc",
            "zone_name": "Sectorul 3",
        },
    ),
}  # fmt: skip


def filled(value: Any, names: dict[str, str]) -> Any:
    return value.format(**names) if isinstance(value, str) else value


@pytest.mark.parametrize("write", WRITES)
def test_a_write_on_what_was_changed_meanwhile_is_refused(
    api: ApiServer, dispatcher: httpx.Client, write: str
) -> None:
    made, other = send_report(dispatcher), send_report(dispatcher)
    incident = f"/v1/incidents/{made['incident_id']}"
    names = {
        "incident": made["incident_id"], "call": made["call_id"], "other_call": other["call_id"],
        "free": str(api.new_team("B3")), "assignment": "",
    }  # fmt: skip
    if write == "release":
        wish = {"team_id": names["free"], "reason": "x"}
        names["assignment"] = dispatcher.post(f"{incident}/assignments", json=wish).json()["id"]
    seen = dispatcher.get(incident).json()["version"]
    api.desk("operator", "B3").post(f"{incident}/notes", json={"text": "este lovit acum!"})
    before = dispatcher.get(incident).json()
    path, body = WRITES[write]
    sent = {name: filled(value, names) for name, value in body.items()}
    answer = dispatcher.post(path.format(**names), json=sent | {"expected_version": seen})
    assert code_of(answer) == (409, "version_conflict")
    assert answer.json()["version"] == str(before["version"])
    assert dispatcher.get(incident).json() == before
    again = dispatcher.post(path.format(**names), json=sent | {"expected_version": seen + 1})
    assert again.is_success, again.text


def test_a_reopening_of_what_was_changed_meanwhile_is_refused(dispatcher: httpx.Client) -> None:
    incident = f"/v1/incidents/{send_report(dispatcher)['incident_id']}"
    closed = dispatcher.post(f"{incident}/misdial").json()
    dispatcher.post(f"{incident}/notes", json={"text": "sună din nou"})
    wish = {"reason": "greșeală", "expected_version": closed["version"]}
    assert code_of(dispatcher.post(f"{incident}/reopen", json=wish)) == (409, "version_conflict")
    wish["expected_version"] += 1
    assert dispatcher.post(f"{incident}/reopen", json=wish).json()["state"] == "open"


def test_the_second_of_two_who_send_a_team_to_one_case_hears_that_it_is_there(
    api: ApiServer, dispatcher: httpx.Client
) -> None:
    incident = f"/v1/incidents/{send_report(dispatcher)['incident_id']}"
    wish = {"team_id": str(api.new_team("B3")), "reason": "x"}
    assert dispatcher.post(f"{incident}/assignments", json=wish).status_code == 201
    second = api.desk("supervisor", "B3").post(f"{incident}/assignments", json=wish)
    assert code_of(second) == (409, "team_already_here")
    assert second.json()["assigned_by"] == dispatcher.get("/v1/me").json()["username"]
