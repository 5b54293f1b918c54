"""A message at any door: stored before it is read, read once, and nobody held meanwhile."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from types import FrameType
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from dispatch.belief.hearing import Hearing, Message, Reading
from dispatch.errors import LocationServerError, LocationServerSilentError
from dispatch.ground import load_ground
from dispatch.location.reader import PARSERS
from dispatch.location.spoken.reader import hear_words
from dispatch.services.offering import offer
from dispatch.services.taking import IncomingMessage, MessageTaker
from geodata.errors import RefusedError
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import DOWNTOWN, Desk
from tests.conftest_d.waiting import finished

pytestmark = pytest.mark.integration

T = TypeVar("T")
PIDF = b"""<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:a@b">
<tuple id="a"><status><geopriv xmlns="urn:ietf:params:xml:ns:pidf:geopriv10"><location-info>
<Point xmlns="http://www.opengis.net/gml" srsName="urn:ogc:def:crs:EPSG::4326">
<pos>44.44 26.13</pos></Point></location-info></geopriv></status></tuple></presence>"""
NO_FIX = b"""<svc_result><eme_lia><eme_pos><msid>40700900002</msid><poserr>
<result resid="6"/><time>20260214193005</time></poserr></eme_pos></eme_lia></svc_result>"""
_numbers = count(700_900_000)


@dataclass
class Servers:
    """Location servers that answer at once; they note what they see while they are asked."""

    answer: bytes | LocationServerError = PIDF
    watch: Callable[[], object] = lambda: None
    seen: list[object] = field(default_factory=list)

    def reference_in(self, extras: Mapping[str, str]) -> str | None:
        return extras.get("location_uri")

    async def fetch(self, uri: str) -> "Answer":
        self.seen.append(self.watch())
        if isinstance(self.answer, LocationServerError):
            raise self.answer
        return Answer(self.answer)

    ask = fetch


@dataclass(frozen=True)
class Answer:
    body: bytes
    content_type: str = ""


@dataclass
class Tally:
    """Counts in two lists."""

    reports: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def count_report(self, report_format: str) -> None:
        self.reports.append(report_format)

    def count_refusal(self, code: str) -> None:
        self.refusals.append(code)


async def at_once(call: Callable[[], T]) -> T:
    return call()


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


def report(radius_m: float = 800.0, caller: str | None = None) -> IncomingMessage:
    shape = {"type": "Circle", "center": list(DOWNTOWN), "radius_m": radius_m}
    told: dict[str, Any] = {"shape": shape, "confidence": 0.95}
    return IncomingMessage(json.dumps(told | ({"caller": caller} if caller else {})).encode())


def by_reference() -> IncomingMessage:
    number = f"+40{next(_numbers)}"
    return IncomingMessage(
        f"INVITE urn:service:sos SIP/2.0\r\nFrom: <tel:{number}>\r\n"
        "Geolocation: <https://lis.example.ro/1>\r\nContent-Length: 0\r\n\r\n".encode()
    )


@contextmanager
def counting_reads() -> Iterator[Counter[bytes]]:
    """Count how often each message is parsed, whoever asks for it; by its bytes."""
    reads: Counter[bytes] = Counter()
    readers = {type(parser).read.__code__ for parser in PARSERS}

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in readers:
            reads[frame.f_locals["envelope"].raw] += 1
        elif event == "call" and frame.f_code is hear_words.__code__:
            reads[frame.f_locals["text"].encode()] += 1

    # In this thread and in those that are started meanwhile.
    sys.setprofile(watch)
    threading.setprofile(watch)
    try:
        yield reads
    finally:
        threading.setprofile(None)
        sys.setprofile(None)


# ── read once ─────────────────────────────────────────────────────────────────
def test_the_message_of_a_new_call_is_read_once(taker: MessageTaker, desk: Desk) -> None:
    with counting_reads() as reads:
        taker.take(desk.scope, report())
    assert reads == {report().raw: 1}


def test_a_further_report_is_read_once_and_each_earlier_one_anew(
    taker: MessageTaker, desk: Desk
) -> None:
    first, second = report(2_000.0, "+40700900001"), report(300.0, "+40700900001")
    taker.take(desk.scope, first)
    with counting_reads() as reads:
        taken = taker.take(desk.scope, second)
    assert taken.outcome.further
    assert reads == {first.raw: 1, second.raw: 1}


def test_the_words_of_a_caller_are_heard_once(taker: MessageTaker, desk: Desk) -> None:
    call = taker.take(desk.scope, report(9_000.0)).outcome.call
    said = IncomingMessage("sunt în sectorul 3".encode(), format="spoken")
    with counting_reads() as reads:
        taken = taker.take(desk.scope, said, call_id=call.id)
    assert [step["report"]["format"] for step in taken.outcome.answer["steps"]] == [
        "json",
        "spoken",
    ]
    assert reads[said.raw] == 1


@pytest.mark.parametrize("way", ["by_reference", "by_number"])
def test_what_a_location_server_answers_is_read_once(
    taker: MessageTaker, desk: Desk, way: str
) -> None:
    taker.servers.answer = PIDF if way == "by_reference" else NO_FIX
    known = taker.take(desk.scope, report(caller="+40700900002")).outcome.call
    with counting_reads() as reads:
        if way == "by_reference":
            finished(taker.take_with_reference(desk.scope, by_reference()))
        else:
            finished(taker.ask_network(desk.scope, known.id))
    assert reads[taker.servers.answer] == 1


# ── stored first ──────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Watching(Hearing):
    """Reads as always, and asks before: is the message in the database already?"""

    stored: Callable[[bytes], str | None] = lambda raw: None
    seen: list[str | None] = field(default_factory=list)

    def read(self, message: Message) -> Reading:
        self.seen.append(self.stored(message.raw))
        return Hearing.read(self, message)


def status_of(database: Database, raw: bytes) -> str | None:
    query = text("SELECT status FROM location_report WHERE raw = :raw")
    with database.owner.connect() as connection:
        return connection.execute(query, {"raw": raw}).scalar_one_or_none()


@pytest.mark.parametrize("raw", [report().raw, b"hello"])
def test_a_message_is_committed_before_anybody_reads_it(
    taker: MessageTaker, desk: Desk, database: Database, raw: bytes
) -> None:
    hearing = Watching(load_ground(), stored=lambda raw: status_of(database, raw))
    watched = MessageTaker(
        desk.engine, hearing, taker.servers, taker.tally, at_once, taker.offer_soon
    )
    with suppress(RefusedError):
        watched.take(desk.scope, IncomingMessage(raw))
    assert hearing.seen == ["stored"]


def test_a_refusal_is_noted_with_the_message_and_counted(
    taker: MessageTaker, desk: Desk, database: Database
) -> None:
    with pytest.raises(RefusedError):
        taker.take(desk.scope, IncomingMessage(b"hello"))
    assert status_of(database, b"hello") == "refused"
    assert taker.tally.refusals == ["unknown_format"]
    assert taker.tally.reports == []


# ── while another server is asked ─────────────────────────────────────────────
def test_nothing_is_held_while_a_location_server_is_asked(taker: MessageTaker, desk: Desk) -> None:
    taker.servers.watch = desk.engine.pool.checkedout
    taken = finished(taker.take_with_reference(desk.scope, by_reference()))
    taker.servers.answer = NO_FIX
    finished(taker.ask_network(desk.scope, taken.outcome.call.id))
    assert taker.servers.seen == [0, 0]


def test_a_server_that_fails_leaves_the_call_with_a_warning(
    taker: MessageTaker, desk: Desk
) -> None:
    taker.servers.answer = LocationServerSilentError(
        "upstream_timeout", "no answer", "ask the caller"
    )
    taken = finished(taker.take_with_reference(desk.scope, by_reference()))
    assert "upstream_timeout" in {w["code"] for w in taken.outcome.answer["warnings"]}
    assert not taken.outcome.further


# ── a call is a call ──────────────────────────────────────────────────────────
def test_an_unreadable_message_with_a_number_beside_it_is_a_call(
    taker: MessageTaker, desk: Desk, database: Database
) -> None:
    incoming = IncomingMessage(b"\0garbage", caller="0721 900 001")
    taken = taker.take(desk.scope, incoming)
    assert taken.outcome.call.caller == "+40721900001"
    assert "report_unreadable" in _warned(taken.outcome.answer)
    assert status_of(database, incoming.raw) == "read"


def test_an_unreadable_message_is_a_call_by_the_number_in_it(
    taker: MessageTaker, desk: Desk
) -> None:
    taken = taker.take(desk.scope, report(-5.0, caller="+40721900002"))
    assert taken.outcome.call.caller == "+40721900002"


def test_what_follows_an_unreadable_message_of_a_call_is_believed(
    taker: MessageTaker, desk: Desk
) -> None:
    first = taker.take(desk.scope, report(-5.0, caller="+40721900003")).outcome.call
    second = taker.take(desk.scope, report(caller="+40721900003")).outcome
    assert (second.call.id, second.further, second.answer["owner"]) == (first.id, True, "B2")
    assert "report_unreadable" in _warned(second.answer)


def test_a_withheld_number_beside_a_message_does_not_spoil_it(
    taker: MessageTaker, desk: Desk
) -> None:
    taken = taker.take(desk.scope, IncomingMessage(report().raw, caller="anonymous"))
    assert (taken.outcome.call.caller, taken.outcome.answer["owner"]) == (None, "B2")
    assert "bad_number" in _warned(taken.outcome.answer)


def _warned(answer: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in answer["warnings"]}
