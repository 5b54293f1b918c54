"""The two clocks of a case in the queue, and the order of the queue."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import pytest

from dispatch.waiting import URGENCIES, Limits, WaitingPolicy
from tests.maps.test_drawing import call

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
LIMITS = WaitingPolicy().as_minutes()


def ago(minutes: float) -> str:
    return (NOW - timedelta(minutes=minutes)).isoformat()


def team(callsign: str = "B3-1", **minutes: float) -> dict[str, Any]:
    """Return an open assignment; times are said as minutes ago."""
    row: dict[str, Any] = {"callsign": callsign, "released_at": None}
    for name in ("assigned", "en_route", "on_scene", "eta"):
        row[f"{name}_at"] = ago(minutes[name]) if name in minutes else None
    return row


def case(opened: float, *teams: dict[str, Any], priority: int = 2, **more: Any) -> dict[str, Any]:
    state = "assigned" if teams else "open"
    return {
        "opened_at": ago(opened), "state": state, "priority": priority,
        "assignments": list(teams), **more,
    }  # fmt: skip


def clocks(incident: dict[str, Any]) -> dict[str, Any]:
    return dict(
        call("console/case_clocks.js", "clocksOf", incident, NOW.timestamp() * 1000, LIMITS)
    )


@pytest.mark.parametrize(
    ("incident", "step", "level", "minutes"),
    [
        (case(1), "no_team", "calm", 1),
        (case(5), "no_team", "watch", 5),
        (case(10), "no_team", "late", 10),
        (case(3, priority=1), "no_team", "watch", 3),
        (case(5, priority=3), "no_team", "calm", 5),
        # The team went away two minutes ago: that is when the waiting began anew.
        (case(90, waiting_since=ago(2)), "no_team", "calm", 2),
        (case(20, team(assigned=3)), "not_departed", "calm", 3),
        (case(20, team(assigned=8)), "not_departed", "late", 8),
        (case(20, team(assigned=9, en_route=8, eta=-4)), "driving", "calm", -4),
        (case(20, team(assigned=9, en_route=8, eta=0.5)), "past_eta", "watch", 0.5),
        (case(20, team(assigned=9, en_route=8, eta=6)), "past_eta", "late", 6),
        (case(20, team(assigned=9, en_route=8)), "driving_blind", "calm", 8),
        (case(80, team(assigned=70, en_route=68, eta=62, on_scene=61)), "on_scene", "watch", 61),
        (case(80, team(assigned=70, on_scene=31), priority=1), "on_scene", "watch", 31),
    ],
)
def test_the_step_that_is_due(
    incident: dict[str, Any], step: str, level: str, minutes: float
) -> None:
    due = clocks(incident)["due"]
    assert (due["step"], due["level"]) == (step, level)
    assert due["ms"] == pytest.approx(minutes * 60_000)


@pytest.mark.parametrize(
    ("teams", "pressing"),
    [
        # A late one before one that is in time, whichever was bound first.
        ((team("A", assigned=9), team("B", assigned=9, en_route=8, eta=-3)), "A"),
        ((team("A", assigned=1), team("B", assigned=20, en_route=18, eta=7)), "B"),
        # Both late: the longer one.
        ((team("A", assigned=12), team("B", assigned=30)), "B"),
        ((team("A", assigned=9), team("B", assigned=1)), "A"),
    ],
)
def test_of_two_teams_the_more_pressing_one_is_said(
    teams: tuple[dict[str, Any], ...], pressing: str
) -> None:
    for order in permutations(teams):
        assert clocks(case(40, *order))["due"]["team"] == pressing


@pytest.mark.parametrize(
    ("incident", "level"),
    [
        (case(9, priority=1), "calm"),
        (case(10, priority=1), "watch"),
        (case(61), "late"),
        (case(61, team(assigned=1)), "late"),
        (case(61, team(assigned=40, on_scene=5)), "calm"),
        (case(300, priority=3), "late"),
    ],
)
def test_the_clock_since_the_call(incident: dict[str, Any], level: str) -> None:
    opened = clocks(incident)["opened"]
    assert opened["level"] == level
    assert opened["ms"] > 0


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (case(1, priority=1), case(300, priority=2)),
        (case(1, team(assigned=1), priority=1), case(5, priority=2)),
        (case(5), case(60, team(assigned=4))),
        (case(8), case(7)),
        (case(8, team(assigned=1)), case(7, team(assigned=6))),
        # Unknown urgency is urgent, never last.
        (case(8, priority=0), case(90, priority=3)),
    ],
)
def test_urgency_then_who_waits_then_age(earlier: dict[str, Any], later: dict[str, Any]) -> None:
    assert call("console/case_clocks.js", "byUrgency", earlier, later) < 0
    assert call("console/case_clocks.js", "byUrgency", later, earlier) > 0


def test_a_more_urgent_case_never_has_more_time() -> None:
    for step, bounds in LIMITS.items():
        assert len(bounds) == len(URGENCIES), step
        for one, next_one in pairwise(bounds):
            assert one[0] <= next_one[0], step
            assert one[1] <= next_one[1], step


@pytest.mark.parametrize(("watch", "late"), [(5, 4), (-1, 3), (float("nan"), 3)])
def test_limits_out_of_order_are_refused(watch: float, late: float) -> None:
    with pytest.raises(ValueError, match="out of order"):
        Limits(watch, late)


def test_the_documented_table_is_the_one_in_force() -> None:
    text = Path(__file__).parents[2].joinpath("docs", "dispatching.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    written = {row[0].strip("`"): row[2:] for row in rows if len(row) == 5 and row[0][:1] == "`"}
    assert written == {
        step: [f"{watch:g} / {late:g}" for watch, late in bounds] for step, bounds in LIMITS.items()
    }
