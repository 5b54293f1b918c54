"""From stored messages to one belief: read anew each time, nothing carried over."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dispatch.answers.belief import belief_answer
from dispatch.answers.location import location_answer
from dispatch.belief.hearing import Hearing, Message
from dispatch.ground import load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.model import Warning119
from tests.conftest_d.folders import ROOT

START = datetime(2026, 2, 13, 20, 4, tzinfo=UTC)
MESSAGES = sorted((ROOT / "api" / "demo" / "messages").iterdir())


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    return Hearing(load_ground())


def circle(lon: float, lat: float, radius_m: float, *, at_s: float = 0.0, **more: Any) -> Message:
    shape = {"type": "Circle", "center": [lon, lat], "radius_m": radius_m}
    raw = json.dumps({"shape": shape, "confidence": 0.95} | more).encode()
    return Message(raw, START + timedelta(seconds=at_s))


def words(text: str, *, at_s: float = 20.0) -> Message:
    return Message(text.encode(), START + timedelta(seconds=at_s), format="spoken")


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.name)
def test_one_message_is_answered_as_locate_answers_it(hearing: Hearing, path: Path) -> None:
    message = Message(path.read_bytes(), START)
    report = hearing.read(message).report
    location, assignment = locate(report, hearing.ground)
    answer = belief_answer(hearing.believe([message]))
    alone = location_answer(report, location, assignment)
    assert {name: answer[name] for name in alone} == alone
    assert answer.keys() - alone.keys() == {"steps", "conflict"}


def test_a_landline_alone_with_an_area_gets_no_hint(hearing: Hearing) -> None:
    border = circle(27.4, 46.35, 12_000.0, caller="+40235312345")
    once = hearing.believe([border]).assignment
    later = circle(27.41, 46.36, 12_000.0, at_s=10)
    twice = hearing.believe([border, later]).assignment
    assert once.decided_by == "population"
    share = {s.code: s.population_share for s in once.counties}
    assert {s.code: s.population_share for s in twice.counties}["VS"] > share["VS"]


def test_a_name_that_many_villages_bear_is_looked_for_where_the_network_is(
    hearing: Hearing,
) -> None:
    said = words("sunt în satul Odăile")
    otopeni = circle(26.09, 44.56, 6_000.0)
    alone, together = hearing.believe([said]), hearing.believe([otopeni, said])
    meant = together.steps[-1].report.extras["candidate_1"]
    assert meant.startswith("Odăile (Otopeni, IF)")
    assert together.steps[-1].action.value == "narrowed"
    assert alone.steps[0].report.extras["candidate_1"] != meant


def test_what_was_said_is_kept_with_the_step(hearing: Hearing) -> None:
    belief = hearing.believe([circle(26.16, 44.41, 500.0), words("la  Tunari\n aici")])
    assert belief.steps[-1].report.extras["said"] == "la Tunari aici"


def test_a_message_that_can_no_longer_be_read_is_left_out_and_said(hearing: Hearing) -> None:
    belief = hearing.believe([Message(b"hello", START), circle(26.16, 44.41, 500.0, at_s=5)])
    assert belief.assignment.owner == "B3"
    assert [w.code for w in belief.assignment.warnings if w.code == "report_unreadable"]


def test_troubles_are_carried_as_warnings(hearing: Hearing) -> None:
    trouble = Warning119("upstream_timeout", "no answer within 8 s")
    belief = hearing.believe([circle(26.16, 44.41, 500.0)], troubles=[trouble])
    assert trouble in belief.assignment.warnings


def test_the_calls_number_stands_in_for_one_that_is_not_named(hearing: Hearing) -> None:
    unknown = b'<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="locationUnknown"/>'
    belief = hearing.believe([Message(unknown, START)], caller="+40235312345")
    assert belief.assignment.owner == "VS"


def test_words_that_nobody_announced_are_looked_for_where_the_network_is_too(
    hearing: Hearing,
) -> None:
    otopeni, said = circle(26.09, 44.56, 6_000.0), "sunt în satul Odăile".encode()
    announced = Message(said, START + timedelta(seconds=20), format="spoken")
    found = hearing.believe([otopeni, Message(said, START + timedelta(seconds=20))])
    assert found == hearing.believe([otopeni, announced])


def test_a_reading_that_is_brought_along_changes_no_belief(hearing: Hearing) -> None:
    unread = [circle(26.09, 44.56, 6_000.0), words("sunt în satul Odăile")]
    brought = [replace(message, reading=hearing.read(message)) for message in unread]
    assert hearing.believe(brought) == hearing.believe(unread)
