"""When bands begin, and which hours lie ready around it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.roads.hours import AFTER, BEFORE, hours_around, next_band_at, next_hour_work
from geodata.roads.profiles import ALL_DAYS, BUCHAREST_HOURS, FREE_FLOW, SpeedProfile, WeekBand

WORKDAYS, WEEKEND = ALL_DAYS[:5], ALL_DAYS[5:]
WEEK = SpeedProfile(
    "week",
    "drawn",
    (
        WeekBand(WORKDAYS, 0, 7, 0.5),
        WeekBand(WORKDAYS, 8, 23, 0.3),
        WeekBand(WEEKEND, 0, 23, 0.4),
    ),
)
MINUTE = timedelta(minutes=1)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: YEAR + minutes * MINUTE)
# The days on which summer time begins and ends are drawn often.
CHANGES = st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
AROUND = st.builds(lambda day, minutes: day + minutes * MINUTE, CHANGES, st.integers(0, 3000))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "Z")


def split_at(hour: int) -> SpeedProfile:
    bands = (WeekBand(ALL_DAYS, 0, hour - 1, 0.5), WeekBand(ALL_DAYS, hour, 23, 0.3))
    return SpeedProfile("split", "drawn", bands)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-07-01T08:30", "2026-07-01T11:00"),
        ("2026-12-01T08:30", "2026-12-01T12:00"),
        ("2026-12-01T12:00", "2026-12-01T16:00"),
    ],
)
def test_bands_begin_at_romanian_hours_in_summer_and_in_winter(after: str, expected: str):
    assert next_band_at(BUCHAREST_HOURS, utc(after)) == utc(expected)


@pytest.mark.parametrize(
    ("hour", "after", "expected"),
    [
        # 29 March: 02:59 is followed by 04:00. 25 October: 03:59 by 03:00.
        (3, "2026-03-29T00:30", "2026-03-29T01:00"),
        (4, "2026-03-29T00:30", "2026-03-29T01:00"),
        (3, "2026-10-24T23:30", "2026-10-25T00:00"),
        (4, "2026-10-25T00:30", "2026-10-25T02:00"),
    ],
)
def test_nights_that_lack_an_hour_or_have_one_twice(hour: int, after: str, expected: str):
    assert next_band_at(split_at(hour), utc(after)) == utc(expected)


def test_a_band_of_some_days_lasts_over_all_of_them():
    # Friday noon: the weekend begins at midnight in Bucharest.
    assert next_band_at(WEEK, utc("2026-12-04T10:00")) == utc("2026-12-04T22:00")
    assert next_band_at(WEEK, utc("2026-12-05T10:00")) == utc("2026-12-06T22:00")


def test_one_speed_for_the_whole_week_has_no_change():
    now = utc("2026-12-04T10:00")
    assert next_band_at(FREE_FLOW, now) is None
    assert next_hour_work(FREE_FLOW, now) is None
    assert hours_around(FREE_FLOW, now) == (1.0,)


def test_both_hours_lie_ready_around_a_change_and_one_else():
    change, second = utc("2026-12-01T12:00"), timedelta(seconds=1)
    assert hours_around(BUCHAREST_HOURS, change - BEFORE - second) == (0.55,)
    for at in (change - BEFORE, change, change + AFTER - second):
        assert hours_around(BUCHAREST_HOURS, at) == (0.55, 0.53)
    assert hours_around(BUCHAREST_HOURS, change + AFTER) == (0.53,)


@given(st.one_of(MOMENTS, AROUND), st.sampled_from([BUCHAREST_HOURS, WEEK, split_at(3)]))
def test_until_the_next_band_nothing_changes(at: datetime, profile: SpeedProfile):
    begin = next_band_at(profile, at)
    assert begin is not None
    assert begin > at
    assert profile.find_band(begin) != profile.find_band(at)
    minutes = range(0, int((begin - at) / MINUTE), 7)
    assert {profile.find_band(at + m * MINUTE) for m in minutes} <= {profile.find_band(at)}


@given(
    st.one_of(MOMENTS, AROUND),
    st.one_of(st.none(), st.integers(-150, 40)),
    st.sampled_from([BUCHAREST_HOURS, WEEK, split_at(4)]),
)
def test_no_change_of_hours_or_band_is_slept_through(
    at: datetime, seconds: int | None, profile: SpeedProfile
):
    if seconds is not None:
        # Just before or after a band begins.
        at = (next_band_at(profile, at) or at) + timedelta(seconds=seconds)
    due = next_hour_work(profile, at)
    assert due is not None
    assert due > at

    def state(moment: datetime) -> object:
        return hours_around(profile, moment), profile.find_band(moment)

    minutes = range(0, int((due - at) / MINUTE), 5)
    assert all(state(at + m * MINUTE) == state(at) for m in minutes)
    assert state(due - timedelta(microseconds=1)) == state(at)
    assert state(due) != state(at)
