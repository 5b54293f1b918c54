"""Class speeds and the hour of the day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.network import RoadNetwork
from geodata.roads.speeds import HOUR_BANDS, find_band, speeds_kph
from tests.conftest_d.drawn_roads import Way, draw_network, way
from tests.conftest_d.grid import grid


def test_the_bands_cover_the_day_without_gap_or_overlap():
    hours = [hour for band in HOUR_BANDS for hour in range(band.first, band.last + 1)]
    assert hours == list(range(24))


def test_the_bands_rest_on_877_rides():
    assert sum(band.rides for band in HOUR_BANDS) == 877


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
    assert find_band(at).first == first


def test_a_time_without_zone_is_refused():
    with pytest.raises(RefusedError) as caught:
        find_band(datetime(2026, 1, 15))  # noqa: DTZ001
    assert caught.value.code == "naive_time"


def test_the_table_is_the_one_that_was_measured(shared_data: Path):
    rows = (shared_data / "roads" / "bucharest_hour_factors.csv").read_text().split()[1:]
    compiled = [f"{b.first:02}-{b.last:02},{b.factor},{b.rides}" for b in HOUR_BANDS]
    assert rows == compiled


ROAD = grid("A . B . C . D", step_m=400)


# The same road in the fields between Vaslui and Barlad.
COUNTRY = {name: LonLat(p.lon + 1.6, p.lat + 2.0) for name, p in ROAD.items()}


def romanian(*ways: Way, ground: Mapping[str, LonLat] = COUNTRY) -> RoadNetwork:
    return replace(draw_network(ground, *ways), about={"speeds": "romania"})


@pytest.mark.parametrize(
    ("tags", "kph"),
    [
        ({"highway": "motorway"}, 130),
        ({"highway": "trunk"}, 100),
        ({"highway": "secondary"}, 90),
        ({"highway": "secondary", "maxspeed": "70"}, 70),
        ({"highway": "residential"}, 50),
        ({"highway": "living_street"}, 20),
    ],
)
def test_an_imported_road_has_its_limit_or_that_of_its_class(tags: dict[str, str], kph: float):
    assert speeds_kph(romanian(way("A D", **tags))).tolist() == [kph]


def test_a_through_road_between_streets_counts_as_built_up():
    network = romanian(way("A B C D", "primary"), way("B D"), way("C A"))
    assert speeds_kph(network)[network.road_class == 4].tolist() == [50, 50, 50]


def test_a_through_road_far_from_streets_does_not():
    network = romanian(way("A B", "primary"), way("B D", "primary"), way("A C"))
    assert speeds_kph(network)[network.road_class == 4].tolist() == [90, 90]


def test_in_a_big_city_an_imported_road_has_the_speed_the_factors_were_fitted_with():
    tags = {"highway": "primary", "maxspeed": "70"}
    assert speeds_kph(romanian(way("A D", **tags), ground=ROAD)).tolist() == [50]
