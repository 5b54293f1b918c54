"""From times of the index to real ones: once a drive, to the second, with an honest end."""

from dataclasses import replace

import numpy as np
import pytest

from geodata.roads.network import FAR
from geodata.roads.pace import Lateness, Pace

PACE = Pace(0.5, start_s=60.0, town=1.5, late=(Lateness(300.0, 2.0), Lateness(None, 1.5)))


def test_a_drive_gets_the_fixed_seconds_once_and_none_for_no_length():
    times = np.array([0, 1000, 50_000, FAR, FAR + 5])
    assert PACE.seconds(times).tolist()[:3] == [0.0, 62.0, 160.0]
    assert np.isnan(PACE.seconds(times)[3:]).all()


@pytest.mark.parametrize("minutes", [1.5, 10, 179.9])
def test_a_limit_is_the_other_way_round(minutes: float):
    assert PACE.seconds(np.array(PACE.limit_ms(minutes))) == pytest.approx(minutes * 60, abs=0.01)


@pytest.mark.parametrize("minutes", [0.01, 0.5, 1.0])
def test_within_the_fixed_seconds_nothing_is_reached_but_the_place_itself(minutes: float):
    assert PACE.limit_ms(minutes) == 1


def test_an_estimate_is_the_detour_at_town_then_country_speed_and_the_hour_slows_the_town():
    straight = np.array([0.0, 1000.0, 30_000.0])
    driven = straight * 1.37
    town, country = 10_000 / 50 * 3.6, (driven[2] - 10_000) / 70 * 3.6
    plain = [0.0, driven[1] / 50 * 3.6, town + country]
    assert Pace(1.0).estimate_s(straight).tolist() == pytest.approx(plain)
    slow = [0.0, 60 + 3 * plain[1], 60 + 3 * town + country]
    assert PACE.estimate_s(straight).tolist() == pytest.approx(slow)


def test_the_end_of_the_range_never_falls_with_the_time():
    seconds = np.arange(0.0, 2000.0)
    late = PACE.late_s(seconds)
    assert (np.diff(late) >= 0).all()
    assert late[[0, 300, 301, 1000]].tolist() == [0, 600, 600, 1500]
    assert (late >= seconds).all()


def test_a_range_of_no_way_is_none_and_without_ranges_there_is_no_more_than_the_time():
    late = PACE.late_s(np.array([np.nan, np.inf]))
    assert np.isnan(late[0])
    assert np.isinf(late[1])
    assert replace(PACE, late=()).late_s(np.array([100.0])).tolist() == [100.0]
