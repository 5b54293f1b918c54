from datetime import UTC, datetime, timedelta, timezone

import pytest

from geodata.errors import BadInputError
from geodata.instants import FIRST_INSTANT, LAST_INSTANT, checked_instant

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=EAST),
        datetime(1, 1, 1, 13, 59, tzinfo=EAST),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(2000, 1, 1, 13, tzinfo=EAST),
        LAST_INSTANT,
        datetime(2099, 12, 31, 23, 59, 59, tzinfo=WEST),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=WEST),
        datetime.max.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=WEST),
    ],
    ids=str,
)
def test_a_time_of_another_century_is_refused(at: datetime) -> None:
    with pytest.raises(BadInputError, match="century"):
        checked_instant(at)


@pytest.mark.parametrize(
    "at", [FIRST_INSTANT, datetime(2026, 2, 13, tzinfo=WEST), LAST_INSTANT - timedelta(seconds=1)]
)
def test_a_time_of_this_century_stays_as_it_is(at: datetime) -> None:
    assert checked_instant(at) is at
