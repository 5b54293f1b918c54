"""Fitting a profile to drives and tracks: what it finds, and what it says that is worth."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.profiles import BUCHAREST_HOURS, FREE_FLOW, SpeedProfile, WeekBand
from geodata.roads.refit import Drive, median_error, predict_s, refit, share_inside
from geodata.roads.routes import draw
from geodata.roads.tracks import Track, cut_drives, cut_legs, find_drives, refit_from_tracks
from geodata.travel.travel_times import TravelTimes

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEKEND = SpeedProfile(
    "weekend apart",
    "drawn",
    (WeekBand((0, 1, 2, 3, 4), 0, 23, 0.4), WeekBand((5, 6), 0, 23, 0.8)),
)


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
    drives = find_drives(bucharest.index, filter(None, tracks), BUCHAREST_HOURS)
    usual = predict_s(drives, replace(FREE_FLOW, belts=BUCHAREST_HOURS.belts))
    assert len(drives) > 20
    ratios = usual / [one.driven_s for one in drives]
    assert np.median(ratios) == pytest.approx(0.5, rel=0.15)


def test_a_vehicle_that_stands_gives_no_drive(bucharest: TravelTimes):
    stamps = tuple(MONDAY + timedelta(seconds=20 * i) for i in range(60))
    assert find_drives(bucharest.index, [Track(stamps, (bucharest.middle,) * 60)], FREE_FLOW) == []


def test_silence_ends_a_leg():
    seconds = [0, 60, 120, 180, 240, 900, 960, 1020, 1080, 1081]
    stamps = tuple(MONDAY + timedelta(seconds=s) for s in seconds)
    track = Track(stamps, (LonLat(26.1, 44.4),) * len(seconds))
    assert cut_legs(track) == [(0, 3), (5, 8)]


def test_an_empty_track_gives_no_drive(bucharest: TravelTimes):
    assert find_drives(bucharest.index, [Track((), ())], FREE_FLOW) == []


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


# ── belts, fixed seconds, ranges ──────────────────────────────────────────────
def drawn_drives(
    count: int, *, start_s: float, belts: tuple[float, ...], noise: float, seed: int = 7
) -> list[Drive]:
    """Whole drives under a known truth, every tenth with a long stop in it."""
    rng = np.random.default_rng(seed)
    drives = []
    for i in range(count):
        free = rng.dirichlet((0.6,) * 4) * rng.uniform(60, 900)
        began = MONDAY + timedelta(hours=float(rng.uniform(0, 168)))
        factor = BUCHAREST_HOURS.find_band(began).factor * 0.8
        moving = float(free @ (*belts, 1.0)) / factor
        driven = (start_s + moving) * float(np.exp(rng.normal(0, noise)))
        driven += 900.0 if i % 10 == 0 else 0.0
        drives.append(
            Drive(began, driven, float(free.sum()), i % 40, tuple(free.tolist()),
                  float(free.sum()) * 12, is_whole=True)
        )  # fmt: skip
    return drives


@pytest.mark.parametrize(
    ("start_s", "belts"),
    [(90.0, (1.6, 1.3, 1.1)), (20.0, (2.4, 1.9, 1.5)), (150.0, (1.0, 1.0, 1.0))],
)
def test_belts_fixed_seconds_and_hours_are_found_among_stops(
    start_s: float, belts: tuple[float, ...]
):
    drives = drawn_drives(4000, start_s=start_s, belts=belts, noise=0.1)
    found = refit(drives)
    assert [belt.factor for belt in found.profile.belts] == pytest.approx(belts, rel=0.12)
    assert found.profile.start_s == pytest.approx(start_s, abs=20)
    factors = [(new.factor, 0.8 * old.factor) for new, old in zip(
        found.profile.bands, BUCHAREST_HOURS.bands, strict=True
    )]  # fmt: skip
    assert [one for one, _ in factors] == pytest.approx([one for _, one in factors], rel=0.12)
    assert found.error_after < min(0.1, found.error_before)


def test_errors_and_bias_are_told_by_length_and_hour():
    found = refit(drawn_drives(2000, start_s=90, belts=(1.6, 1.3, 1.1), noise=0.1))
    named = {one.name: one for one in found.classes}
    assert {"under 2 km", "2 to 5 km", "5 to 12 km", "06-09"} <= set(named)
    lengths = [one for one in found.classes if "km" in one.name]
    assert sum(one.drives for one in lengths) == found.held_out
    assert all(abs(one.bias_after) < 0.08 for one in lengths)
    assert any(abs(one.bias_before) > 0.1 for one in lengths)


@pytest.mark.parametrize("noise", [0.05, 0.2, 0.4])
def test_nine_of_ten_unseen_drives_end_within_the_range(noise: float):
    truth = {"start_s": 70.0, "belts": (1.8, 1.4, 1.2), "noise": noise}
    fitted = refit(drawn_drives(2000, **truth)).profile
    unseen = drawn_drives(2000, **truth, seed=8)
    assert share_inside(unseen, fitted) == pytest.approx(0.9, abs=0.025)
    assert all(one.share >= 1 and one.drives >= 20 for one in fitted.late)


def test_legs_alone_change_neither_fixed_seconds_nor_ranges():
    whole = drawn_drives(600, start_s=0, belts=(1.6, 1.3, 1.1), noise=0.1)
    found = refit([replace(one, is_whole=False) for one in whole])
    assert (found.profile.start_s, found.profile.late) == (55.0, BUCHAREST_HOURS.late)
    assert (found.whole_held_out, found.inside_after) == (0, None)


def test_a_belt_that_few_drives_crossed_keeps_its_factor():
    drives = [
        replace(one, by_belt_s=(0.0, *one.by_belt_s[1:]), free_flow_s=sum(one.by_belt_s[1:]))
        for one in drawn_drives(800, start_s=60, belts=(1.6, 1.3, 1.1), noise=0.1)
    ]
    assert refit(drives).profile.belts[0] == BUCHAREST_HOURS.belts[0]


def test_a_leg_is_expected_without_fixed_seconds_and_a_whole_drive_with_them():
    leg = Drive(MONDAY, 100.0, 94.0, by_belt_s=(0.0, 0.0, 0.0, 94.0))
    assert predict_s([leg, replace(leg, is_whole=True)], BUCHAREST_HOURS).tolist() == [100, 155]


def standing_between(*spells: tuple[float, float, float], gap_s: float = 20.0) -> Track:
    """Drive north between stands: (seconds of standing, seconds of driving, m/s) each."""
    times, places, lat, now = [], [], 44.43, 0.0
    for stood_s, driven_s, speed in spells:
        for length_s, step in ((stood_s, 0.0), (driven_s, speed)):
            for _ in range(round(length_s / gap_s)):
                times.append(MONDAY + timedelta(seconds=now))
                places.append(LonLat(26.1, lat))
                now += gap_s
                lat += step * gap_s / 111_200
    return Track(tuple(times), tuple(places))


@pytest.mark.parametrize(
    ("track", "drives"),
    [
        (standing_between((200, 300, 10), (200, 400, 8), (200, 0, 0)), 2),
        (standing_between((200, 300, 10), (80, 400, 8), (200, 0, 0)), 1),
        (standing_between((0, 600, 10)), 0),
        (standing_between((200, 300, 10), (200, 0, 0), gap_s=90), 0),
    ],
)
def test_a_whole_drive_runs_from_standing_to_standing_without_a_silence(track: Track, drives: int):
    assert len(cut_drives(track)) == drives
