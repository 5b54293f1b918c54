"""Which position reports move a team on the map, and which only enter its history."""

from dataclasses import replace
from datetime import timedelta

import pytest

from geodata.points import LonLat, Moving
from teams.model import PositionAge
from teams.positions import (
    POSITION_RULES,
    Doubt,
    Judgement,
    PositionPolicy,
    Verdict,
    age_of,
    age_s,
    is_accurate,
    judge,
    origin_of,
)
from tests.conftest_d.grid import grid
from tests.conftest_d.recommending import NOW, make_position

GROUND = grid("A B . . . . . . . F", step_m=1000)
NEWEST = make_position(GROUND["A"], age_s=60)


def verdict(judgement: Judgement) -> tuple[str, set[str]]:
    return judgement.verdict, set(judgement.reasons)


def test_a_first_report_is_live() -> None:
    assert verdict(judge(make_position(), None, NOW)) == (Verdict.LIVE, set())


def test_a_car_that_drove_a_kilometre_in_a_minute_is_live() -> None:
    report = make_position(GROUND["B"], age_s=0)
    assert verdict(judge(report, NEWEST, NOW)) == (Verdict.LIVE, set())


def test_a_car_that_jumped_nine_kilometres_in_a_minute_enters_only_the_history() -> None:
    report = make_position(GROUND["F"], age_s=0)
    assert verdict(judge(report, NEWEST, NOW)) == (
        Verdict.HISTORY_ONLY,
        {Doubt.IMPOSSIBLE_JUMP},
    )


def test_a_jump_that_both_accuracies_explain_is_no_jump() -> None:
    before = make_position(GROUND["A"], age_s=60, accuracy_m=900.0)
    report = make_position(GROUND["F"], age_s=0, accuracy_m=5_000.0)
    assert Doubt.IMPOSSIBLE_JUMP not in judge(report, before, NOW).reasons


def test_a_team_comes_back_to_the_map_after_a_wrong_place() -> None:
    jammed = make_position(LonLat(28.6, 44.2), age_s=310)
    assert judge(make_position(GROUND["A"], age_s=0), jammed, NOW).verdict is Verdict.LIVE


def test_null_island_is_refused() -> None:
    report = make_position(LonLat(0.0, 0.0))
    assert verdict(judge(report, None, NOW)) == (
        Verdict.REFUSED,
        {Doubt.NULL_ISLAND, Doubt.OUTSIDE_COUNTRY},
    )


@pytest.mark.parametrize(
    "place", [LonLat(float("nan"), 44.0), LonLat(26.0, float("inf")), LonLat(26.0, 144.0)]
)
def test_a_place_that_is_not_on_earth_is_refused(place: LonLat) -> None:
    judgement = judge(make_position(place), NEWEST, NOW)
    assert judgement.verdict is Verdict.REFUSED
    assert Doubt.NO_PLACE in judgement.reasons


def test_a_fix_from_the_future_is_kept_at_the_time_it_arrived() -> None:
    report = make_position(fix_at=NOW + timedelta(hours=1), received_at=NOW)
    judgement = judge(report, None, NOW)
    assert verdict(judgement) == (Verdict.LIVE, {Doubt.FUTURE_FIX})
    assert judgement.report.fix_at == NOW


def test_a_clock_two_minutes_ahead_is_tolerated() -> None:
    report = make_position(fix_at=NOW + timedelta(minutes=2), received_at=NOW)
    assert verdict(judge(report, None, NOW)) == (Verdict.LIVE, set())


def test_a_phone_with_a_wrong_clock_keeps_moving_on_the_map() -> None:
    ahead = timedelta(hours=1)
    first = judge(make_position(fix_at=NOW + ahead, received_at=NOW), None, NOW).report
    later = NOW + timedelta(seconds=30)
    second = make_position(fix_at=later + ahead, received_at=later)
    assert judge(second, first, later).report.fix_at > first.fix_at


def test_a_buffered_report_enters_only_the_history() -> None:
    report = make_position(GROUND["A"], age_s=120, received_at=NOW)
    assert verdict(judge(report, NEWEST, NOW)) == (
        Verdict.HISTORY_ONLY,
        {Doubt.OLDER_THAN_NEWEST},
    )


def test_a_report_sent_twice_is_a_duplicate_and_nothing_else() -> None:
    again = make_position(GROUND["A"], age_s=60, received_at=NOW)
    assert verdict(judge(again, NEWEST, NOW)) == (Verdict.HISTORY_ONLY, {Doubt.DUPLICATE})


def test_a_copy_with_a_repaired_clock_is_still_a_duplicate() -> None:
    wrong = NOW + timedelta(hours=1)
    first = judge(make_position(fix_at=wrong, received_at=NOW, device_at=wrong), None, NOW).report
    later = NOW + timedelta(seconds=5)
    copy = make_position(fix_at=wrong, received_at=later, device_at=wrong)
    assert Doubt.DUPLICATE in judge(copy, first, later).reasons


def test_a_month_old_fix_is_refused() -> None:
    report = make_position(age_s=31 * 86_400, received_at=NOW)
    assert verdict(judge(report, None, NOW)) == (Verdict.REFUSED, {Doubt.TOO_OLD})


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        ("Vienna", LonLat(16.37, 48.21), Verdict.HISTORY_ONLY),
        ("Ruse, across the Danube", LonLat(25.97, 43.85), Verdict.LIVE),
        ("Chișinău", LonLat(28.86, 47.01), Verdict.LIVE),
        ("Istanbul", LonLat(28.98, 41.01), Verdict.HISTORY_ONLY),
    ],
)
def test_only_places_far_outside_the_country_leave_the_map(
    name: str, place: LonLat, expected: Verdict
) -> None:
    assert judge(make_position(place), None, NOW).verdict is expected


def test_a_cell_tower_place_is_kept_but_marked() -> None:
    report = make_position(accuracy_m=2_500.0)
    assert verdict(judge(report, None, NOW)) == (Verdict.LIVE, {Doubt.POOR_ACCURACY})
    assert not is_accurate(report)


def test_a_cell_tower_place_does_not_push_a_fresh_fix_off_the_map() -> None:
    report = make_position(GROUND["B"], age_s=0, accuracy_m=2_500.0)
    assert judge(report, NEWEST, NOW).verdict is Verdict.HISTORY_ONLY


def test_a_cell_tower_place_replaces_an_ageing_fix() -> None:
    before = make_position(GROUND["A"], age_s=200)
    report = make_position(GROUND["B"], age_s=0, accuracy_m=2_500.0)
    assert judge(report, before, NOW).verdict is Verdict.LIVE


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, PositionAge.FRESH),
        (120, PositionAge.FRESH),
        (121, PositionAge.AGEING),
        (600, PositionAge.AGEING),
        (601, PositionAge.STALE),
    ],
)
def test_age_classes_change_just_after_their_bounds(seconds: int, expected: PositionAge) -> None:
    assert age_of(make_position(age_s=seconds), NOW) is expected


def test_a_policy_moves_the_bounds() -> None:
    assert age_of(make_position(age_s=30), NOW, PositionPolicy(stale_after_s=20)) == "stale"


def test_age_is_never_negative() -> None:
    assert age_s(make_position(age_s=-30), NOW) == 0.0


def test_each_doubt_is_asked_about_once() -> None:
    asked = [rule.doubt for rule in POSITION_RULES]
    assert sorted([*asked, Doubt.FUTURE_FIX]) == sorted(Doubt)


@pytest.mark.parametrize(
    ("speed_ms", "heading_deg", "moves"),
    [
        (25.0, 90.0, True),
        (3.0, 0.0, True),
        (2.9, 90.0, False),
        (None, 90.0, False),
        (25.0, None, False),
        (25.0, float("nan"), False),
    ],
)
def test_a_heading_counts_while_the_car_moves(
    speed_ms: float | None, heading_deg: float | None, moves: bool
) -> None:
    report = replace(NEWEST, speed_ms=speed_ms, heading_deg=heading_deg)
    expected = Moving(report.place, heading_deg or 0.0) if moves else report.place
    assert origin_of(report) == expected
