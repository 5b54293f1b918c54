"""Class speeds and the hour of the day."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.errors import RefusedError
from geodata.roads.speeds import HOUR_BANDS, find_band


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


@pytest.mark.shared
def test_the_table_is_the_one_that_was_measured(shared_data: Path):
    rows = (shared_data / "roads" / "bucharest_hour_factors.csv").read_text().split()[1:]
    compiled = [f"{b.first:02}-{b.last:02},{b.factor},{b.rides}" for b in HOUR_BANDS]
    assert rows == compiled
