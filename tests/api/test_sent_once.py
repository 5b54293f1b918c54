"""An answer was lost and the request comes again: it is done once."""

import threading
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from geodata.database.engine import scoped
from tests.conftest_d.api import ADMIN, ApiServer, code_of, report_of, send_report

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(api: ApiServer) -> httpx.Client:
    """Sit down as a dispatcher of Sector 3."""
    return api.desk("dispatcher", "B3")


def keyed() -> dict[str, str]:
    """Return the header of a new key."""
    return {"Idempotency-Key": str(uuid4())}


def notes_of(desk: httpx.Client, incident: str) -> list[str]:
    timeline = desk.get(f"/v1/incidents/{incident}/timeline").json()
    return [row["reason"] for row in timeline if row["kind"] == "noted"]


def test_a_note_sent_twice_is_written_once(desk: httpx.Client) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    path, note = f"/v1/incidents/{case}/notes", {"text": "once"}
    first, again = (desk.post(path, json=note, headers=headers) for _ in range(2))
    assert (
        (again.status_code, again.json())
        == (first.status_code, first.json())
        == (201, again.json())
    )
    assert again.headers["idempotent-replay"] == "true"
    assert notes_of(desk, case) == ["once"]


def test_a_call_sent_twice_is_one_case(desk: httpx.Client) -> None:
    headers = keyed()
    # Without a number, nothing but the key tells that it is the same call.
    raw = report_of().replace(b'"caller"', b'"left_out"')
    answers = [
        desk.post("/v1/location-reports", content=raw, headers=headers).json() for _ in range(3)
    ]
    assert len({answer["incident_id"] for answer in answers}) == 1
    other = desk.post("/v1/location-reports", content=raw, headers=keyed()).json()
    assert other["incident_id"] != answers[0]["incident_id"]


def test_a_case_closed_twice_tells_the_same_both_times(desk: httpx.Client) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    wish = {"resolution": "child_safe"}
    answers = [
        desk.post(f"/v1/incidents/{case}/close", json=wish, headers=headers) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("other", [{"text": "two"}, {"text": "one "}, {}])
def test_a_key_used_for_another_body_is_refused(desk: httpx.Client, other: Any) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    path = f"/v1/incidents/{case}/notes"
    desk.post(path, json={"text": "one"}, headers=headers).raise_for_status()
    answer = desk.post(path, json=other, headers=headers)
    assert code_of(answer) == (409, "idempotency_key_reused")
    assert notes_of(desk, case) == ["one"]


def test_another_question_in_the_address_is_another_request(desk: httpx.Client) -> None:
    headers, words = keyed(), "suntem în Titan, lângă parc"
    path = "/v1/location-reports"
    desk.post(f"{path}?format=spoken", content=words.encode(), headers=headers)
    answer = desk.post(f"{path}?format=json", content=words.encode(), headers=headers)
    assert code_of(answer) == (409, "idempotency_key_reused")


def test_a_key_belongs_to_one_account_and_one_route(api: ApiServer, desk: httpx.Client) -> None:
    headers, note = keyed(), {"text": "mine"}
    cases = [send_report(desk)["incident_id"] for _ in range(2)]
    colleague = api.desk("supervisor", "B3")
    for who, case in ((desk, cases[0]), (desk, cases[1]), (colleague, cases[0])):
        answer = who.post(f"/v1/incidents/{case}/notes", json=note, headers=headers)
        assert answer.status_code == 201
        assert "idempotent-replay" not in answer.headers
    assert notes_of(desk, cases[0]) == ["mine", "mine"]


def test_a_refusal_is_not_kept(desk: httpx.Client) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    path = f"/v1/incidents/{case}/notes"
    assert desk.post(path, json={"text": ""}, headers=headers).status_code == 422
    assert desk.post(path, json={"text": "now"}, headers=headers).status_code == 201
    assert notes_of(desk, case) == ["now"]


def test_of_two_at_the_same_time_one_is_told_to_wait(api: ApiServer, desk: httpx.Client) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    path, note = f"/v1/incidents/{case}/notes", {"text": "both"}
    sent: list[httpx.Response] = []
    with scoped(api.services.engine, ADMIN) as connection:
        connection.execute(text("SELECT 1 FROM incident WHERE id = :id FOR UPDATE"), {"id": case})
        waiting = threading.Thread(
            target=lambda: sent.append(desk.post(path, json=note, headers=headers))
        )
        waiting.start()
        waiting.join(1.0)
        assert code_of(desk.post(path, json=note, headers=headers)) == (409, "outcome_unknown")
    waiting.join()
    assert sent[0].status_code == 201
    assert desk.post(path, json=note, headers=headers).json() == sent[0].json()
    assert notes_of(desk, case) == ["both"]


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_a_key_that_is_none_is_refused(desk: httpx.Client, key: str) -> None:
    case = send_report(desk)["incident_id"]
    headers = {"Idempotency-Key": key}
    answer = desk.post(f"/v1/incidents/{case}/notes", json={"text": "?"}, headers=headers)
    assert code_of(answer) == (422, "bad_idempotency_key")


def test_a_key_and_its_answer_are_seen_by_their_account_alone(
    api: ApiServer, desk: httpx.Client
) -> None:
    case, headers = send_report(desk)["incident_id"], keyed()
    path, note = f"/v1/incidents/{case}/notes", {"text": "again"}
    desk.post(path, json=note, headers=headers).raise_for_status()
    with scoped(api.services.engine, ADMIN) as connection:
        assert connection.execute(text("SELECT count(*) FROM idempotency_key")).scalar_one() == 0


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/me/password"])
def test_what_is_secret_is_never_stored(api: ApiServer, visitor: httpx.Client, path: str) -> None:
    wish = {"username": "nobody", "password": "wrong"}
    answers = [visitor.post(path, json=wish, headers=keyed()) for _ in range(2)]
    assert all("idempotent-replay" not in answer.headers for answer in answers)
    assert all(answer.status_code in {401, 404, 405} for answer in answers)


def test_who_is_not_signed_in_is_told_so(visitor: httpx.Client) -> None:
    path = f"/v1/incidents/{uuid4()}/notes"
    answer = visitor.post(path, json={"text": "?"}, headers=keyed())
    assert code_of(answer) == (401, "authentication_required")


def test_another_role_is_refused_with_a_key_as_without(api: ApiServer, desk: httpx.Client) -> None:
    case = send_report(desk)["incident_id"]
    planner = api.desk("planner", "B3")
    answer = planner.post(f"/v1/incidents/{case}/notes", json={"text": "?"}, headers=keyed())
    assert code_of(answer) == (403, "forbidden_role")
