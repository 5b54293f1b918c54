"""Days of positions are made while the server runs, however long it runs."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.background.position_upkeep import PositionUpkeep
from tests.conftest_d.database import Database
from tests.conftest_d.waiting import wait_until

_DAYS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
    " WHERE i.inhparent = 'team_position'::regclass ORDER BY 1"
)


def days(database: Database) -> set[str]:
    with database.owner.connect() as connection:
        names = connection.execute(_DAYS).scalars()
        return {name.removeprefix("team_position_") for name in names} - {"default"}


def expected(start: datetime) -> set[str]:
    return {f"{start + timedelta(days=n):%Y%m%d}" for n in range(4)}


@pytest.mark.parametrize(
    ("start", "later"),
    [
        (datetime(2026, 3, 27, 23, 59, tzinfo=UTC), timedelta(minutes=2)),
        (datetime(2026, 12, 30, tzinfo=UTC), timedelta(days=5)),
        (datetime(2028, 2, 27, 12, tzinfo=UTC), timedelta(days=29)),
    ],
)
def test_the_days_follow_the_clock(database: Database, start: datetime, later: timedelta):
    now = [start]
    with PositionUpkeep(database.url, lambda: now[0], every_s=0.05):
        wait_until(lambda: expected(start) <= days(database))
        now[0] = start + later
        wait_until(lambda: expected(now[0]) <= days(database))


def test_what_is_past_retention_goes_while_the_server_runs(database: Database):
    now = [datetime(2026, 5, 1, tzinfo=UTC)]
    with PositionUpkeep(database.url, lambda: now[0], every_s=0.05):
        wait_until(lambda: "20260501" in days(database))
        now[0] += timedelta(days=31)
        wait_until(lambda: "20260501" not in days(database))


def test_the_upkeep_goes_on_after_the_table_was_locked(database: Database):
    start = datetime(2026, 7, 1, tzinfo=UTC)
    with database.owner.begin() as connection:
        connection.execute(text("LOCK TABLE team_position IN ACCESS EXCLUSIVE MODE"))
        upkeep = PositionUpkeep(database.url, lambda: start, every_s=0.05)
        upkeep.__enter__()
    wait_until(lambda: expected(start) <= days(database))
    upkeep.__exit__()


def test_two_servers_look_after_the_same_days(database: Database):
    start = datetime(2026, 8, 1, tzinfo=UTC)
    parts = [PositionUpkeep(database.url, lambda: start, every_s=0.05) for _ in range(3)]
    for part in parts:
        part.__enter__()
    wait_until(lambda: expected(start) <= days(database))
    for part in parts:
        part.__exit__()
    assert all(part.pulse.is_well for part in parts)
