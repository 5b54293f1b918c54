"""Speeds by the hour: the week is covered once, and tracks say whether it is right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geodata.errors import RefusedError
from geodata.roads.belts import Belt
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.pace import Lateness
from geodata.roads.profiles import (
    ALL_DAYS,
    BUCHAREST_HOURS,
    FREE_FLOW,
    SpeedProfile,
    WeekBand,
)

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEKEND = SpeedProfile(
    "weekend apart",
    "drawn",
    (WeekBand((0, 1, 2, 3, 4), 0, 23, 0.4), WeekBand((5, 6), 0, 23, 0.8)),
)


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (datetime(2026, 1, 15, 4, 0, tzinfo=UTC), 6),
        (datetime(2026, 1, 15, 3, 59, tzinfo=UTC), 0),
        (datetime(2026, 7, 15, 3, 0, tzinfo=UTC), 6),
        (datetime(2026, 7, 15, 20, 30, tzinfo=UTC), 22),
        (datetime(2026, 7, 15, 21, 30, tzinfo=UTC), 0),
    ],
)
def test_the_hour_is_the_romanian_one_summer_and_winter(at: datetime, first: int):
    assert BUCHAREST_HOURS.find_band(at).first == first


def test_a_time_without_zone_is_refused():
    with pytest.raises(RefusedError) as caught:
        BUCHAREST_HOURS.find_band(datetime(2026, 1, 15))  # noqa: DTZ001
    assert caught.value.code == "naive_time"


def test_the_figures_are_those_that_were_measured(shared_data: Path):
    roads = shared_data / "roads"
    rows = (roads / "bucharest_time_model.csv").read_text().splitlines()[1:]
    model = {row.split(",")[0]: float(row.split(",")[1]) for row in rows}
    assert model == {
        "start_s": BUCHAREST_HOURS.start_s,
        "zone_0_2000_m": BUCHAREST_HOURS.belts[0].factor,
        "zone_2000_4500_m": BUCHAREST_HOURS.belts[1].factor,
        "zone_4500_7500_m": BUCHAREST_HOURS.belts[2].factor,
        "zone_beyond": 1.0,
    } | {f"hours_{b.first:02}_{b.last:02}": b.factor for b in BUCHAREST_HOURS.bands}
    assert [belt.to_m for belt in BUCHAREST_HOURS.belts] == [2000, 4500, 7500]
    counted = (roads / "bucharest_hour_factors.csv").read_text().split()[1:]
    assert [int(row.split(",")[2]) for row in counted] == [b.drives for b in BUCHAREST_HOURS.bands]


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


def test_a_profile_says_its_name_for_every_hour():
    assert BUCHAREST_HOURS.name_at(MONDAY) == "Bucharest hours 00-05, 112 rides"
    assert WEEKEND.name_at(MONDAY) == "weekend apart 00-23 of Mon-Fri, 0 rides"
    assert (
        WEEKEND.name_at(MONDAY - timedelta(hours=12)) == "weekend apart 00-23 of Sat+Sun, 0 rides"
    )


@pytest.mark.parametrize("profile", [BUCHAREST_HOURS, WEEKEND, FREE_FLOW])
def test_a_profile_comes_back_from_its_json_form(profile: SpeedProfile):
    assert SpeedProfile.from_dict(profile.as_dict()) == profile


def test_a_profile_written_before_there_were_belts_is_read_as_it_was_meant():
    old = {
        "name": "Bucharest hours, refitted", "source": "own",
        "bands": [{"days": list(ALL_DAYS), "first": 0, "last": 23, "factor": 0.4, "drives": 90}],
        "class_factors": {"primary": 1.1},
    }  # fmt: skip
    profile = SpeedProfile.from_dict(old)
    assert (profile.start_s, profile.belts, profile.class_factors) == (0.0, (), {"primary": 1.1})
    assert profile.pace_at(MONDAY).seconds(np.array([40_000])).tolist() == [100.0]


@pytest.mark.parametrize(
    "changes",
    [
        {"start_s": -1.0},
        {"start_s": float("nan")},
        {"start_s": 601.0},
        {"belts": (Belt(2000, 1.5), Belt(2000, 1.2))},
        {"belts": (Belt(2000, 0.0),)},
        {"belts": (Belt(float("inf"), 1.2),)},
        {"late": ()},
        {"late": (Lateness(300.0, 1.5),)},
        {"late": (Lateness(None, 0.9),)},
        {"late": (Lateness(None, 1.5), Lateness(None, 1.5))},
        {"late": (Lateness(600.0, 1.5), Lateness(300.0, 1.5), Lateness(None, 1.5))},
    ],
)
def test_belts_seconds_and_ranges_that_cannot_be_are_refused(changes: dict[str, Any]):
    with pytest.raises(RefusedError) as caught:
        replace(BUCHAREST_HOURS, **changes)
    assert caught.value.code == "bad_profile"
