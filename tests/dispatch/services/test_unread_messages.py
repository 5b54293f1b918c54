"""A message whose reader died is read a minute later, once, as the door would have read it."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import text

from dispatch.belief.hearing import Hearing
from dispatch.ground import load_ground
from dispatch.services.offering import offer
from dispatch.services.taking import IncomingMessage, MessageTaker
from dispatch.services.unread import count_unread, take_unread
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk, minutes_pass
from tests.dispatch.services.test_taking import Servers, Tally, at_once, report

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(seeded_database: Database) -> Desk:
    return Desk(seeded_database.app, scope_of_county("B3"))


@pytest.fixture
def taker(desk: Desk) -> MessageTaker:
    return MessageTaker(
        desk.engine,
        Hearing(load_ground()),
        Servers(),
        Tally(),
        at_once,
        partial(offer, desk.engine),
    )


def die_after_storing(taker: MessageTaker, desk: Desk, message: IncomingMessage, call_id=None):
    """Do what the door does first, and nothing more."""
    return taker._store(desk.scope, message, call_id).id


def rows(database: Database) -> list[tuple[str, bool]]:
    with database.owner.connect() as connection:
        found = connection.execute(
            text("SELECT status, call_id IS NOT NULL FROM location_report ORDER BY received_at")
        )
        return [tuple(row) for row in found]


READABLE = [
    (report(), "read", True),
    (report(caller="+40700900777"), "read", True),
    (IncomingMessage(b"geo:44.44,26.13;u=50", "text/plain"), "read", True),
    (IncomingMessage(b"geo:44.44,26.13;u=50", None, "auto", "0721 234 567"), "read", True),
    (IncomingMessage("sunt lângă gara din Vaslui".encode(), None, "spoken"), "read", True),
    (IncomingMessage(b""), "refused", False),
    (IncomingMessage(b"{"), "refused", False),
    (IncomingMessage(b"<a>"), "refused", False),
    (IncomingMessage(b"\x00\xff\xfe"), "refused", False),
    (IncomingMessage(b"geo:44.44,26.13", None, "nosuchformat"), "refused", False),
]


@pytest.mark.parametrize(("message", "status", "has_call"), READABLE, ids=range(len(READABLE)))
def test_a_stored_message_is_read_late(
    desk: Desk, taker: MessageTaker, seeded_database: Database, message, status, has_call
):
    die_after_storing(taker, desk, message)
    minutes_pass(seeded_database, 2)
    assert count_unread(desk.engine) == 1
    assert take_unread(taker) == 1
    assert rows(seeded_database) == [(status, has_call)]
    assert count_unread(desk.engine) == 0
    assert take_unread(taker) == 0


def test_a_message_that_has_just_come_is_left_to_its_reader(desk: Desk, taker: MessageTaker):
    die_after_storing(taker, desk, report())
    assert take_unread(taker) == 0


def test_a_message_for_a_call_is_added_to_that_call(
    desk: Desk, taker: MessageTaker, seeded_database: Database
):
    call = taker.take(desk.scope, report()).outcome.call
    die_after_storing(taker, desk, report(200.0), call.id)
    minutes_pass(seeded_database, 2)
    take_unread(taker)
    with seeded_database.owner.connect() as connection:
        calls = connection.execute(text("SELECT DISTINCT call_id FROM location_report")).scalars()
        assert list(calls) == [call.id]


def test_two_processes_read_each_message_once(
    desk: Desk, taker: MessageTaker, seeded_database: Database
):
    for n in range(12):
        die_after_storing(taker, desk, report(caller=f"+407009010{n:02}"))
    minutes_pass(seeded_database, 2)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(take_unread, [taker] * 4))
    assert sum(done) == 12
    assert rows(seeded_database) == [("read", True)] * 12


def test_a_message_that_breaks_the_reader_holds_up_no_other(
    desk: Desk, taker: MessageTaker, seeded_database: Database, monkeypatch: pytest.MonkeyPatch
):
    bad = die_after_storing(taker, desk, report())
    die_after_storing(taker, desk, report(caller="+40700900778"))
    minutes_pass(seeded_database, 2)
    read = MessageTaker._read_call

    def break_on_bad(self, raw, *how):
        if raw.id == bad:
            raise TypeError("a mistake of ours")
        return read(self, raw, *how)

    with monkeypatch.context() as patch:
        patch.setattr(MessageTaker, "_read_call", break_on_bad)
        assert take_unread(taker) == 1
    assert sorted(rows(seeded_database)) == [("read", True), ("stored", False)]


def test_the_sender_of_a_late_message_has_taken_the_call(
    desk: Desk, taker: MessageTaker, seeded_database: Database
):
    die_after_storing(taker, desk, report())
    minutes_pass(seeded_database, 2)
    take_unread(taker)
    with seeded_database.owner.connect() as connection:
        taken_by = connection.execute(text("SELECT taken_by FROM call")).scalar_one()
    assert taken_by == desk.scope.actor
