"""Speeds by the hour: the week is covered once, and tracks say whether it is right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.profiles import (
    ALL_DAYS,
    BUCHAREST_HOURS,
    FREE_FLOW,
    Drive,
    SpeedProfile,
    WeekBand,
    median_error,
    refit,
)
from geodata.roads.routes import draw
from geodata.roads.speeds import find_band
from geodata.roads.tracks import Track, cut_legs, find_drives, refit_from_tracks
from geodata.travel.travel_times import TravelTimes

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEKEND = SpeedProfile(
    "weekend apart",
    "drawn",
    (WeekBand((0, 1, 2, 3, 4), 0, 23, 0.4), WeekBand((5, 6), 0, 23, 0.8)),
)


@pytest.mark.parametrize("hour", range(24))
def test_the_bundled_profile_is_the_table_of_hours(hour: int):
    at = MONDAY + timedelta(hours=hour)
    assert BUCHAREST_HOURS.find_band(at).factor == find_band(at).factor


def test_days_can_have_bands_of_their_own():
    assert WEEKEND.find_band(MONDAY).factor == 0.4
    assert WEEKEND.find_band(MONDAY - timedelta(hours=12)).factor == 0.8


def test_the_band_is_that_of_romanian_time():
    assert WEEKEND.find_band(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)).factor == 0.4


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (WeekBand(ALL_DAYS, 0, 22, 1.0),),
        (WeekBand(ALL_DAYS, 0, 23, 1.0), WeekBand((2,), 5, 5, 1.0)),
        (WeekBand(ALL_DAYS, 0, 23, 0.0),),
        (WeekBand(ALL_DAYS, 0, 23, float("nan")),),
    ],
)
def test_a_week_not_covered_once_by_real_speeds_is_refused(bands: tuple[WeekBand, ...]):
    with pytest.raises(RefusedError) as caught:
        SpeedProfile("x", "x", bands)
    assert caught.value.code == "bad_profile"


def test_an_unknown_road_class_is_refused():
    with pytest.raises(RefusedError, match="canal"):
        SpeedProfile("x", "x", FREE_FLOW.bands, {"canal": 1.0})


def test_class_factors_scale_the_weights_of_their_class(bucharest_index: RoadIndex):
    network, weights = bucharest_index.network, bucharest_index.open_ms
    slower = SpeedProfile("x", "x", FREE_FLOW.bands, {"residential": 0.5})
    scaled = slower.weights_ms(network, weights)
    pairs = weights < FAR
    changed = scaled[pairs] / weights[pairs]
    assert set(np.unique(changed).tolist()) == {1.0, 2.0}
    assert (scaled[~pairs] == FAR).all()


def some_drives(count: int, factor: float) -> list[Drive]:
    rng = np.random.default_rng(1)
    took = rng.uniform(200, 900, count)
    noise = rng.uniform(0.9, 1.1, count)
    begin = [MONDAY + timedelta(hours=float(h)) for h in rng.uniform(0, 168, count)]
    columns = zip(begin, took.tolist(), (took * factor * noise).tolist(), strict=True)
    return [Drive(*one) for one in columns]


def test_refitting_finds_the_factor_and_says_what_it_is_worth():
    fitted = refit(some_drives(800, 0.6), WEEKEND)
    assert [band.factor for band in fitted.profile.bands] == pytest.approx([0.6, 0.6], abs=0.02)
    assert fitted.error_before > 0.2
    assert fitted.error_after < 0.06
    assert (fitted.drives, sum(b.drives for b in fitted.profile.bands)) == (800, 800)


def test_a_band_with_few_drives_keeps_its_factor():
    weekdays = [d for d in some_drives(300, 0.6) if WEEKEND.find_band(d.began).factor == 0.4]
    fitted = refit(weekdays, WEEKEND)
    assert fitted.profile.bands[1] == WEEKEND.bands[1]


def test_refitting_twice_names_the_profile_once():
    once = refit(some_drives(300, 0.6)).profile
    assert refit(some_drives(300, 0.6), once).profile.name == "Bucharest hours, refitted"


@pytest.mark.parametrize("count", [0, 39])
def test_too_few_drives_are_refused(count: int):
    with pytest.raises(RefusedError) as caught:
        refit(some_drives(count, 0.5))
    assert caught.value.code == "too_few_drives"


def test_drives_that_took_no_time_are_left_out():
    drives = [*some_drives(60, 0.5), Drive(MONDAY, 0.0, 10.0), Drive(MONDAY, 10.0, 0.0)]
    assert refit(drives).drives == 60


def test_the_error_is_relative_to_the_time_driven():
    assert median_error([Drive(MONDAY, 100.0, 60.0)], FREE_FLOW) == pytest.approx(0.4)


def track_of(times: TravelTimes, start: LonLat, end: LonLat, factor: float) -> Track | None:
    """A vehicle that reports every 20 s on the fastest way, at a share of free flow."""
    index = times.index
    ends = times.place_origins([start]).get(0), times.place_destinations([end]).get(0)
    assert ends[0]
    assert ends[1]
    way = index.find_way(ends[0], ends[1])
    if way is None:
        return None
    places = draw(index, way).places
    seconds = np.linspace(0, way.time_ms / 1000 / factor, len(places))
    keep = np.unique(np.searchsorted(seconds, np.arange(0, seconds[-1], 20)))
    stamps = tuple(MONDAY + timedelta(seconds=float(seconds[i])) for i in keep)
    return Track(stamps, tuple(places[i] for i in keep))


def test_tracks_give_back_the_factor_they_were_driven_at(bucharest: TravelTimes):
    nodes = [bucharest.index.network.node_place(i) for i in range(0, 8000, 500)]
    tracks = [track_of(bucharest, a, b, 0.5) for a, b in pairwise(nodes)]
    drives = find_drives(bucharest.index, filter(None, tracks))
    ratios = [one.free_flow_s / one.driven_s for one in drives]
    assert len(drives) > 20
    assert np.median(ratios) == pytest.approx(0.5, rel=0.15)


def test_a_vehicle_that_stands_gives_no_drive(bucharest: TravelTimes):
    stamps = tuple(MONDAY + timedelta(seconds=20 * i) for i in range(60))
    assert find_drives(bucharest.index, [Track(stamps, (bucharest.middle,) * 60)]) == []


def test_silence_ends_a_leg():
    seconds = [0, 60, 120, 180, 240, 900, 960, 1020, 1080, 1081]
    stamps = tuple(MONDAY + timedelta(seconds=s) for s in seconds)
    track = Track(stamps, (LonLat(26.1, 44.4),) * len(seconds))
    assert cut_legs(track) == [(0, 3), (5, 8)]


def test_an_empty_track_gives_no_drive(bucharest: TravelTimes):
    assert find_drives(bucharest.index, [Track((), ())]) == []


def test_a_track_is_never_taught_and_tested_at_once():
    """One odd vehicle among four: tested on it, the fit of the others is no better."""
    tracks = [replace(d, track=i % 4) for i, d in enumerate(some_drives(400, 0.6))]
    fitted = refit(tracks, WEEKEND)
    assert (fitted.tracks, fitted.held_out) == (4, 200)


def test_tracks_without_enough_driving_are_refused(bucharest_index: RoadIndex):
    still = Track((MONDAY, MONDAY + timedelta(seconds=200)), (LonLat(26.1, 44.43),) * 2)
    with pytest.raises(RefusedError) as caught:
        refit_from_tracks(bucharest_index, [still] * 9, BUCHAREST_HOURS)
    assert caught.value.code == "too_few_tracks"


def test_a_profile_says_its_name_for_every_hour():
    assert BUCHAREST_HOURS.name_at(MONDAY) == "Bucharest hours 00-05, 112 rides"
    assert WEEKEND.name_at(MONDAY) == "weekend apart 00-23 of Mon-Fri, 0 rides"
    assert (
        WEEKEND.name_at(MONDAY - timedelta(hours=12)) == "weekend apart 00-23 of Sat+Sun, 0 rides"
    )


@pytest.mark.parametrize("profile", [BUCHAREST_HOURS, WEEKEND, FREE_FLOW])
def test_a_profile_comes_back_from_its_json_form(profile: SpeedProfile):
    assert SpeedProfile.from_dict(profile.as_dict()) == profile
