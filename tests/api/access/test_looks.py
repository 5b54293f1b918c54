"""Looks at lists, map and stream are in the trail: once a minute and view, none forgotten."""

from typing import Any

import httpx
import pytest

from api.access.looks import LookBook
from dispatch import services
from geodata.database.audit import AuditEntry
from geodata.database.engine import Scope, connect_database
from geodata.errors import DatabaseUnavailableError
from geodata.reference.codes import CODES
from tests.conftest_d.api import ApiServer, send_report
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.waiting import wait_until

ANA = scope_of_county("B3")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(database: Database, clock: Clock) -> LookBook:
    return LookBook(database.app, window_s=60.0, clock=clock)


def entries(database: Database, scope: Scope = ANA) -> list[AuditEntry]:
    return services.list_audit(database.app, scope)[::-1]


def details(database: Database, scope: Scope = ANA) -> list[dict[str, Any]]:
    return [dict(entry.detail) for entry in entries(database, scope)]


@pytest.mark.parametrize("looks", [1, 2, 240])
def test_a_minute_of_refreshing_is_one_entry(database: Database, book: LookBook, looks: int):
    for rows in range(looks):
        book.note(ANA, "s1", "incidents", rows)
    assert details(database) == [{"rows": 0}]


@pytest.mark.parametrize("looks", [1, 2, 50])
def test_the_next_entry_tells_of_the_looks_between(
    database: Database, book: LookBook, clock: Clock, looks: int
):
    book.note(ANA, "s1", "map", 3)
    for rows in range(looks):
        book.note(ANA, "s1", "map", rows)
    clock.now += 61
    book.note(ANA, "s1", "map", 7)
    assert details(database)[1] == {"rows": 7, "more_looks": looks, "most_rows": looks - 1}


@pytest.mark.parametrize("at_once", [False, True])
def test_looks_that_nobody_repeats_are_told_of_later(
    database: Database, book: LookBook, clock: Clock, at_once: bool
):
    book.note(ANA, "s1", "calls", 2)
    book.note(ANA, "s1", "calls", 9)
    book.tell_of_ended()
    assert len(entries(database)) == 1
    clock.now += 0 if at_once else 121
    book.tell_of_ended(at_once=at_once)
    book.tell_of_ended(at_once=at_once)
    assert details(database) == [{"rows": 2}, {"more_looks": 1, "most_rows": 9}]


@pytest.mark.parametrize(
    ("session", "view", "wanted"),
    [("s2", "incidents", ""), ("s1", "map", ""), ("s1", "incidents", "closed")],
)
def test_another_session_view_or_question_is_another_entry(
    database: Database, book: LookBook, session: str, view: str, wanted: str
):
    book.note(ANA, "s1", "incidents", 1)
    book.note(ANA, session, view, 1, wanted)
    assert len(entries(database)) == 2


@pytest.mark.parametrize(
    ("counties", "noted"),
    [(("B3",), ["B3"]), (("B3", "IF"), ["B3", "IF"]), (tuple(CODES), [None])],
)
def test_each_county_reads_who_looked_at_its_rows(
    database: Database, book: LookBook, counties: tuple[str, ...], noted: list[str | None]
):
    book.note(scope_of_county(*counties), "s1", "incidents", 1)
    national = scope_of_county(*CODES, role="supervisor")
    assert [entry.county for entry in entries(database, national)] == noted


def test_what_cannot_be_noted_is_refused_and_told_of_once_it_can(
    database: Database, book: LookBook, clock: Clock
):
    away = connect_database("postgresql://nobody@127.0.0.1:1/none", pool_size=1)
    book._engine, there = away, book._engine
    for _ in range(2):
        with pytest.raises(DatabaseUnavailableError):
            book.note(ANA, "s1", "incidents", 4)
    book._engine = there
    book.note(ANA, "s1", "incidents", 5)
    assert details(database) == [{"rows": 5}]
    away.dispose()


def test_ends_wait_for_a_database_that_is_away(database: Database, book: LookBook):
    away = connect_database("postgresql://nobody@127.0.0.1:1/none", pool_size=1)
    book._engine, there = away, book._engine
    for seconds in (1, 2, 3):
        book.note_end(ANA, "stream", seconds)
    with pytest.raises(DatabaseUnavailableError):
        book.tell_of_ended()
    book._engine = there
    book.tell_of_ended()
    assert details(database) == [{"seconds": 1}, {"seconds": 2}, {"seconds": 3}]
    away.dispose()


# ── over HTTP ─────────────────────────────────────────────────────────────────
@pytest.fixture
def looker(api: ApiServer) -> httpx.Client:
    """A dispatcher of Sector 3 with a session that nobody has looked with."""
    desk = api.desk("dispatcher", "B3", "B5")
    send_report(desk)
    return desk


def trail_of(api: ApiServer, action: str, *, actor: str = "dispatcher-b3-b5") -> list[Any]:
    trail = api.desk("supervisor").get("/v1/audit?limit=1000").json()
    return [one for one in trail if (one["action"], one["actor"]) == (action, actor)]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/v1/incidents", "list.incidents"),
        ("/v1/calls", "list.calls"),
        ("/v1/teams", "list.teams"),
        ("/v1/assignments", "list.assignments"),
        ("/v1/handovers", "list.handovers"),
        ("/v1/map/features", "list.map"),
    ],
)
def test_a_list_that_is_read_is_in_the_trail(
    api: ApiServer, looker: httpx.Client, path: str, action: str
):
    for _ in range(3):
        assert looker.get(path).status_code == 200
    found = trail_of(api, action)
    assert sorted(one["county"] for one in found) == ["B3", "B5"]
    assert all(isinstance(one["detail"]["rows"], int) for one in found)


@pytest.mark.integration
def test_a_stream_is_in_the_trail_with_its_end(api: ApiServer, looker: httpx.Client):
    with looker.stream("GET", "/v1/stream") as streaming:
        for line in streaming.iter_lines():
            if line.startswith("event: snapshot"):
                break
    assert trail_of(api, "list.stream")

    def ended() -> bool:
        api.services.looks.tell_of_ended()
        return bool(trail_of(api, "list.stream_ended"))

    wait_until(ended)
