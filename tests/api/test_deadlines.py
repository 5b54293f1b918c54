"""What is asked with a deadline is done before it or not at all."""

import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import text

from geodata.database.engine import scoped
from tests.conftest_d.api import ADMIN, ApiServer, code_of, send_report

pytestmark = pytest.mark.integration


def until(seconds: float) -> dict[str, str]:
    """Return the header of a wish that is one for so many more seconds."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return {"Not-After": moment.isoformat()}


@pytest.fixture
def desk(api: ApiServer) -> httpx.Client:
    """Sit down as a dispatcher of Sector 3."""
    return api.desk("dispatcher", "B3")


def notes_of(desk: httpx.Client, incident: str) -> list[str]:
    timeline = desk.get(f"/v1/incidents/{incident}/timeline").json()
    return [row["reason"] for row in timeline if row["kind"] == "noted"]


@pytest.mark.parametrize("path", ["notes", "misdial", "close"])
def test_a_write_whose_time_has_passed_is_refused(desk: httpx.Client, path: str) -> None:
    case = send_report(desk)["incident_id"]
    wish = {"notes": {"text": "too late"}, "close": {"resolution": "child_safe"}}.get(path, {})
    answer = desk.post(f"/v1/incidents/{case}/{path}", json=wish or None, headers=until(-1))
    assert code_of(answer) == (409, "too_late")
    assert desk.get(f"/v1/incidents/{case}").json()["state"] == "open"
    assert notes_of(desk, case) == []


def test_a_write_in_time_is_done(desk: httpx.Client) -> None:
    case = send_report(desk)["incident_id"]
    note = {"text": "in time"}
    answer = desk.post(f"/v1/incidents/{case}/notes", json=note, headers=until(20))
    assert answer.status_code == 201
    assert notes_of(desk, case) == ["in time"]


def test_what_waits_for_a_lock_beyond_its_time_is_undone(
    api: ApiServer, desk: httpx.Client
) -> None:
    case = send_report(desk)["incident_id"]
    with scoped(api.services.engine, ADMIN) as connection:
        # Somebody has the case for longer than the other waits.
        connection.execute(text("SELECT 1 FROM incident WHERE id = :id FOR UPDATE"), {"id": case})
        sent: list[httpx.Response] = []
        waiting = threading.Thread(
            target=lambda: sent.append(
                desk.post(f"/v1/incidents/{case}/notes", json={"text": "waited"}, headers=until(1))
            )
        )
        waiting.start()
        waiting.join(1.5)
        assert not sent
    waiting.join()
    assert code_of(sent[0]) == (409, "too_late")
    assert notes_of(desk, case) == []


@pytest.mark.parametrize("stated", ["soon", "2026-01-31T03:15:00", "1e9", ""])
def test_a_deadline_that_is_no_moment_is_refused(desk: httpx.Client, stated: str) -> None:
    case = send_report(desk)["incident_id"]
    headers = {"Not-After": stated}
    answer = desk.post(f"/v1/incidents/{case}/notes", json={"text": "when?"}, headers=headers)
    assert code_of(answer) == (422, "bad_not_after")
    assert notes_of(desk, case) == []


def test_reading_has_no_deadline_and_every_answer_tells_the_time(desk: httpx.Client) -> None:
    answer = desk.get("/v1/incidents", headers=until(-60))
    assert answer.status_code == 200
    told = datetime.fromisoformat(answer.headers["server-time"])
    assert abs(datetime.now(UTC) - told) < timedelta(seconds=30)
