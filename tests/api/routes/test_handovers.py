"""Hand-overs and drafts over HTTP, and a receiver on a real socket that is having a bad day."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from api.background.courier import Courier
from api.clients.handover_senders import HttpSender, check_address
from api.metrics import Metrics
from api.settings import HandoverSettings
from api.wiring import packing_of
from dispatch import services as use_cases
from dispatch.handover.views import HandoverWish
from geodata.database.engine import connect_database
from geodata.errors import RefusedError
from tests.conftest_d.api import ApiServer, code_of, send_report
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk

CHILD = {
    "name": "Ana Pop",
    "missing_since": "2026-03-14T22:00:00+02:00",
    "last_seen": "Gara de Nord",
    "zone_name": "Sectorul 1",
    "age_years": 9,
}


@pytest.fixture
def path(dispatcher: httpx.Client) -> str:
    return f"/v1/incidents/{send_report(dispatcher)['incident_id']}"


def opened(desk: httpx.Client, path: str, **wish: Any) -> dict[str, Any]:
    answer = desk.post(f"{path}/handovers", json={"danger": "Agresor la ușă.", **wish})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def wait_for(look: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not look():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def test_a_package_reaches_the_folder_and_its_acknowledgement_comes_back(
    api: ApiServer, dispatcher: httpx.Client, path: str
) -> None:
    made = opened(dispatcher, path, child={"name": "Ștefan", "age_years": 9})
    folder = api.services.settings.handover.handover_folder
    assert folder is not None
    package = folder / f"{made['key']}.json"

    def now() -> dict[str, Any]:
        found: dict[str, Any] = dispatcher.get(f"/v1/handovers/{made['id']}").json()
        return found

    wait_for(lambda: now()["state"] == "sent")
    assert package.read_bytes() == dispatcher.get(f"/v1/handovers/{made['id']}/eido").content
    assert package.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
    package.with_suffix(".ack").write_text("112-4711\n", encoding="utf-8")
    wait_for(lambda: now()["state"] == "acknowledged")
    assert now()["reference"] == "112-4711"
    numbers = dispatcher.get("/metrics").text
    assert 'dispatch119_handover_attempts_total{outcome="accepted"}' in numbers
    assert 'dispatch119_handovers_open{state="given_up"} 0.0' in numbers


def test_the_files_are_what_they_are_and_nobody_keeps_them(
    dispatcher: httpx.Client, path: str
) -> None:
    made = opened(dispatcher, path)
    for part, kind in (("eido", "application/json"), ("pdf", "application/pdf")):
        answer = dispatcher.get(f"/v1/handovers/{made['id']}/{part}")
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "no-store"


def test_a_lost_answer_is_asked_for_again_without_harm(dispatcher: httpx.Client, path: str) -> None:
    assert (
        opened(dispatcher, path, expected_version=1)["id"]
        == (opened(dispatcher, path, expected_version=1)["id"])
    )


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"danger": "   "},
        {"danger": "x" * 501},
        {"danger": "x", "child": {"age_years": 99}},
        {"danger": "x", "child": {"cnp": "1"}},
        {"danger": "x", "note_ids": [0]},
        {"danger": "x", "note_ids": list(range(1, 14))},
        {"danger": "x", "note_ids": [2**70]},
        {"danger": "x", "receiver": "somebody else"},
    ],
)
def test_a_wish_out_of_bounds_is_refused(
    dispatcher: httpx.Client, path: str, wish: dict[str, Any]
) -> None:
    answer = dispatcher.post(f"{path}/handovers", json=wish)
    assert code_of(answer) == (422, "invalid_request")


def test_a_note_that_is_not_this_incidents_does_not_leave(
    dispatcher: httpx.Client, path: str
) -> None:
    wish = {"danger": "x", "note_ids": [2**40]}
    assert code_of(dispatcher.post(f"{path}/handovers", json=wish)) == (404, "not_found")


def test_a_phoned_one_is_acknowledged_and_needs_no_retry(
    dispatcher: httpx.Client, path: str
) -> None:
    made = opened(dispatcher, path)
    word = {"reference": "112-12"}
    after = dispatcher.post(f"/v1/handovers/{made['id']}/acknowledge", json=word).json()
    assert (after["state"], after["reference"]) == ("acknowledged", "112-12")
    retry = dispatcher.post(f"/v1/handovers/{made['id']}/retry")
    assert code_of(retry) == (409, "handover_not_failed")


def test_a_transfer_to_112_takes_child_and_notes_along(dispatcher: httpx.Client, path: str) -> None:
    note = dispatcher.post(f"{path}/notes", json={"text": "ușa din spate"}).json()["id"]
    wish = {
        "to": "112", "reason": "Agresor la ușă.", "child": {"age_years": 7}, "note_ids": [note],
    }  # fmt: skip
    assert dispatcher.post(f"{path}/transfer", json=wish).json()["resolution"] == "transferred_112"
    [made] = dispatcher.get(f"{path}/handovers").json()
    document = dispatcher.get(f"/v1/handovers/{made['id']}/eido").json()
    assert document["notesComponent"][-1]["notesActionComments"] == "ușa din spate"
    assert document["personComponent"][0]["ncPersonComponent"]["ageDescription"]
    assert made["id"] in dispatcher.get("/v1/handovers").text


def test_a_draft_is_cap_and_says_that_it_is_a_draft(dispatcher: httpx.Client, path: str) -> None:
    made = dispatcher.post(f"{path}/missing-child-drafts", json=CHILD).json()
    answer = dispatcher.get(f"/v1/missing-child-drafts/{made['id']}/cap")
    assert answer.headers["content-type"] == "application/cap+xml"
    assert answer.headers["cache-control"] == "no-store"
    assert "<status>Draft</status>" in answer.text
    assert "lipsește din 14.03.2026, ora 22:00" in answer.text
    assert [one["version"] for one in dispatcher.get(f"{path}/missing-child-drafts").json()] == [1]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Actual"},
        {"scope": "Public"},
        {"missing_since": "2026-03-14T22:00:00"},
        {"photo_url": "http://example.org/p.jpg"},
        {"photo_url": "javascript:alert(1)"},
        {"height_cm": 3},
        {"name": ""},
    ],
)
def test_nobody_asks_for_more_than_a_draft(
    dispatcher: httpx.Client, path: str, change: dict[str, Any]
) -> None:
    answer = dispatcher.post(f"{path}/missing-child-drafts", json={**CHILD, **change})
    assert code_of(answer) == (422, "invalid_request")


@pytest.mark.parametrize(
    "address", ["http://112.example/eido", "ftp://127.0.0.1/", "https:///x", "127.0.0.1"]
)
def test_a_childs_data_never_goes_out_readable(address: str) -> None:
    with pytest.raises(RefusedError) as refused:
        check_address(address)
    assert refused.value.code == "handover_url_unsafe"


# ── a receiver on a bad day ───────────────────────────────────────────────────
@dataclass
class Receiver:
    """Answers each request with the next status; the same key gets the same reference."""

    statuses: list[int]
    cases: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)

    def answer(self, key: str, body: bytes) -> tuple[int, bytes]:
        self.asked.append(key)
        status = self.statuses[min(len(self.asked), len(self.statuses)) - 1]
        if status < 300:
            assert self.cases.setdefault(key, body) == body
        number = f"112-{list(self.cases).index(key) + 1}" if key in self.cases else None
        return status, json.dumps({"reference": number}).encode()


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.tokens.add(self.headers["Authorization"])
            status, answer = receiver.answer(self.headers["Idempotency-Key"], body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/eido"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_sent_until_it_is_acknowledged_and_is_one_case_at_the_receiver(
    database: Database,
) -> None:
    now = [datetime.now(UTC)]
    engine = connect_database(database.app_url, pool_size=2, clock=lambda: now[0])
    desk = Desk(engine, Desk(database.app, _scope()).scope)
    incident = desk.incident()
    receiver = Receiver([503, 503, 503, 202, 200])
    with listening(receiver) as address, httpx.Client(trust_env=False) as client:
        client.headers["Authorization"] = "Bearer agreed"
        courier = Courier(engine, HttpSender(address, client), Metrics())
        made = use_cases.open_handover(engine, desk.scope, incident.id, HandoverWish("pericol"))
        states = []
        for _ in range(5):
            assert courier.deliver_next()
            assert not courier.deliver_next()
            states.append(use_cases.get_handover(engine, desk.scope, made.id).state.value)
            now[0] += timedelta(seconds=121)
        after = use_cases.get_handover(engine, desk.scope, made.id)
        # Whatever is repeated after the acknowledgement is the same case with the same number.
        again = courier.sender.send(made.key, receiver.cases[made.key], "application/json")
    engine.dispose()
    assert states == ["pending", "pending", "pending", "sent", "acknowledged"]
    assert set(receiver.asked) == {made.key}
    assert len(receiver.cases) == 1
    assert (after.reference, again.reference) == ("112-1", "112-1")
    assert receiver.tokens == {"Bearer agreed"}


def _scope() -> Any:
    from tests.conftest_d.database import scope_of_county

    return scope_of_county("B3")


def test_a_receiver_that_refuses_is_not_asked_again(database: Database) -> None:
    desk = Desk(database.app, _scope())
    with listening(Receiver([422])) as address, httpx.Client(trust_env=False) as client:
        courier = Courier(database.app, HttpSender(address, client), Metrics())
        made = use_cases.open_handover(
            database.app, desk.scope, desk.incident().id, HandoverWish("pericol")
        )
        assert courier.deliver_next()
        assert not courier.deliver_next()
    after = use_cases.get_handover(database.app, desk.scope, made.id)
    assert (after.state.value, after.log[-1].detail) == ("rejected", "HTTP 422")


def test_a_receiver_that_takes_pages_gets_the_page_before_the_package(database: Database) -> None:
    desk = Desk(database.app, _scope())
    receiver = Receiver([202, 201])
    with listening(receiver) as address, httpx.Client(trust_env=False) as client:
        courier = Courier(database.app, HttpSender(address, client, takes_pages=True), Metrics())
        made = use_cases.open_handover(
            database.app, desk.scope, desk.incident().id, HandoverWish("pericol"),
            packing=packing_of(HandoverSettings()),
        )  # fmt: skip
        assert courier.deliver_next()
    after = use_cases.get_handover(database.app, desk.scope, made.id)
    page = use_cases.handover_page(database.app, desk.scope, made.id)
    assert receiver.asked == [f"{made.key}.pdf", made.key]
    assert receiver.cases[f"{made.key}.pdf"] == page
    assert after.state.value == "acknowledged"
