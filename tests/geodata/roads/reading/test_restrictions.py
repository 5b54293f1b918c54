"""Which restrictions are understood, and why others are left out."""

from pathlib import Path

import pytest

from geodata.roads.reading.pbf import read_pbf
from geodata.roads.reading.restrictions import Restriction, read_restriction
from tests.conftest_d.drawn_files import index_of, seconds
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import Turn, road, turn, write_pbf

MEMBERS = [("w", 1, "from"), ("n", 5, "via"), ("w", 2, "to")]
GROUND = grid(
    """
    .  . N . .
    W  . X . E
    .  . S . Z
    """
)
ROADS = {
    "through": road("S X N"),
    "west": road("X W", oneway="yes"),
    "east": road("X E"),
    "path": road("S Z", "footway"),
}


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"restriction:hgv": "no_left_turn"}, "other_vehicles"),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "conditional"),
        ({"restriction": "no_left_turn", "day_on": "Mo"}, "conditional"),
        ({"restriction": "no_left_turn", "except": "bus; motorcar"}, "excepted"),
        ({"restriction": "give_way"}, "unknown_kind"),
        ({"restriction": "no_left_turn", "restriction:motorcar": "none"}, "unknown_kind"),
    ],
)
def test_restrictions_are_left_out_for_a_reason(tags: dict[str, str], reason: str):
    assert read_restriction(tags, MEMBERS) == reason


@pytest.mark.parametrize(
    "members",
    [MEMBERS[:2], MEMBERS[1:], [*MEMBERS, ("n", 6, "via")], [*MEMBERS, ("w", 3, "to")], []],
)
def test_restrictions_with_the_wrong_members_are_left_out(members: list[tuple[str, int, str]]):
    assert read_restriction({"restriction": "no_left_turn"}, members) == "bad_members"


def test_no_entry_may_come_from_many_ways():
    found = read_restriction({"restriction": "no_entry"}, [*MEMBERS, ("w", 3, "from")])
    assert found == Restriction("no_entry", (1, 3), (2,), 5, ())


def dropped(path: Path, *turns: Turn) -> dict[str, int]:
    file = write_pbf(path / "x.osm.pbf", GROUND, ROADS, turns=turns)
    summary = read_pbf(file)[1]
    assert summary.restrictions_read == len(turns)
    assert summary.restrictions_applied == len(turns) - sum(summary.restrictions_dropped.values())
    return summary.restrictions_dropped


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (turn("no_left_turn", "east", "X", "path"), "outside_network"),
        (turn("no_left_turn", "east", "X", "not in the file"), "outside_network"),
        (turn("no_left_turn", "west", "X", "east"), "no_effect"),
        (turn("no_left_turn", "through", "X", "east"), "ambiguous"),
        (turn("no_right_turn", "east", ["west"], "through"), "no_effect"),
    ],
)
def test_restrictions_that_cannot_be_applied_say_why(tmp_path: Path, one: Turn, reason: str):
    assert dropped(tmp_path, one) == {reason: 1}


def test_applied_restrictions_are_counted(tmp_path: Path):
    assert dropped(tmp_path, turn("no_left_turn", "east", "X", "west")) == {}


# Up from S, over three short streets to d, down to T; a comes in from elsewhere.
OVER = grid(
    """
    a . . x
    e b c d
    S . . f
    . . . T
    """,
    step_m=250,
)
STREETS = {
    "from": road("S e"),
    "one": road("e b"),
    "two": road("c b"),
    "three": road("c d"),
    "to": road("d f T"),
    "on": road("d x"),
    "side": road("a e"),
}


@pytest.mark.parametrize(
    "via", [["one", "two", "three"], ["three", "two", "one"], ["two", "one", "three"]]
)
def test_a_restriction_over_three_ways_binds_in_whatever_order_they_are_named(
    tmp_path: Path, via: list[str]
):
    free, bound = (
        index_of(tmp_path, OVER, STREETS, *turns)
        for turns in ((), (turn("no_right_turn", "from", via, "to"),))
    )
    longer, usual = seconds(bound, OVER, "S T"), seconds(free, OVER, "S T")
    assert longer is not None
    assert usual is not None
    assert longer > usual + 40
    assert seconds(bound, OVER, "a T") == seconds(free, OVER, "a T")
    assert seconds(bound, OVER, "S x") == seconds(free, OVER, "S x")


def test_ways_that_do_not_hang_together_bind_nobody(tmp_path: Path):
    file = write_pbf(
        tmp_path / "x.osm.pbf",
        OVER,
        STREETS,
        turns=[turn("no_right_turn", "from", ["three", "one"], "to")],
    )
    assert read_pbf(file)[1].restrictions_dropped == {"no_effect": 1}
