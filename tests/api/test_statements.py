"""
How many statements the busiest requests send to the database.

Each costs the server, the database and a way between them; a bound that is passed says that
somebody should look, not that the number is holy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import current_thread

import httpx
import pytest
from sqlalchemy import event

from tests.conftest_d.api import VASLUI, ApiServer, report_of, send_report

NEW_CALL, NEW_CALL_ELSEWHERE, RECOMMENDATION, POSITION = 12, 14, 7, 5

MACHINES = ("courier", "roads", "health")


@contextmanager
def counted(api: ApiServer) -> Iterator[list[str]]:
    """Collect the statements of requests, from the finding of the session on."""
    sent: list[str] = []
    actors: dict[object, str] = {}

    def note(connection, _cursor, statement, parameters, *_: object) -> None:
        # What the server does by itself meanwhile is somebody else's, all of a transaction.
        driver = connection.connection.driver_connection
        if "find_session" in statement:
            actors.pop(driver, None)
        if "app.actor" in statement:
            actors[driver] = parameters["actor"]
        if actors.get(driver) in MACHINES:
            return
        # Offers are made after the answer.
        if current_thread().name.startswith("offering"):
            return
        if not any(table in statement for table in ("handover", "road_closure")):
            sent.append(statement)

    event.listen(api.services.engine, "after_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(api.services.engine, "after_cursor_execute", note)


@pytest.fixture
def operator(api: ApiServer) -> httpx.Client:
    """Sit at a desk from which something was asked already: a first use is noted, at times."""
    desk = api.desk("operator", "B3")
    send_report(desk)
    return desk


@pytest.mark.parametrize("radius_m", [0.0, 150.0, 900.0])
def test_a_new_call_of_the_own_county(api: ApiServer, operator: httpx.Client, radius_m: float):
    raw = report_of(radius_m=radius_m)
    with counted(api) as sent:
        send_report(operator, raw)
    assert len(sent) <= NEW_CALL, sent


def test_a_new_call_of_another_county_is_widened_and_narrowed(
    api: ApiServer, operator: httpx.Client
):
    with counted(api) as sent:
        send_report(operator, report_of(VASLUI))
    assert NEW_CALL < len(sent) <= NEW_CALL_ELSEWHERE, "\n".join(sent)


def test_a_recommendation_however_many_teams_there_are(api: ApiServer, dispatcher: httpx.Client):
    incident = send_report(dispatcher)["incident_id"]
    for _ in range(3):
        api.new_team()
    with counted(api) as sent:
        assert dispatcher.get(f"/v1/incidents/{incident}/recommendation").status_code == 200
    assert len(sent) <= RECOMMENDATION, sent


def test_a_position_of_a_free_team(api: ApiServer):
    team = api.new_team()
    phone = api.desk("team", "B3", team_id=team)
    phone.get(f"/v1/teams/{team}")
    fix = {"lon": 26.16, "lat": 44.41, "fix_at": datetime.now(UTC).isoformat()}
    with counted(api) as sent:
        answer = phone.post(f"/v1/teams/{team}/positions", json=fix)
    assert answer.json()["outcomes"][0]["outcome"] == "latest"
    assert len(sent) <= POSITION, sent


def test_looking_at_a_recommendation_is_one_entry_of_the_trail(
    api: ApiServer, dispatcher: httpx.Client
):
    incident = send_report(dispatcher)["incident_id"]
    dispatcher.get(f"/v1/incidents/{incident}/recommendation")
    trail = api.desk("administrator").get("/v1/audit").json()
    looks = [one for one in trail if one["object_id"] == incident]
    assert [one["action"] for one in looks] == ["incident.read"]
