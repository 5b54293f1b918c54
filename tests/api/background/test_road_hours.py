"""The keeper through a change of the hour: real worker, real directory, a clock that is told."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from api.background.road_keeper import SOON, Follower, RoadKeeper, Sources
from dispatch.closures.standing import bring_up_to_date
from geodata.database.engine import conninfo
from geodata.roads.hours import BEFORE
from geodata.roads.index import RoadIndex
from geodata.roads.publishing.index_directory import read_generation, write_index
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.travel.travel_times import TravelTimes
from tests.conftest_d.database import Database
from tests.conftest_d.two_zones import CHANGE, LATE, NOON, SECOND, index_of
from tests.conftest_d.waiting import wait_until


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def imported() -> RoadIndex:
    return index_of()


@pytest.fixture
def root(tmp_path: Path, imported: RoadIndex) -> Path:
    write_index(tmp_path / "roads", imported)
    return tmp_path / "roads"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def told() -> list[datetime]:
    return []


@pytest.fixture
def keeper(
    database: Database, root: Path, clock: Clock, told: list[datetime]
) -> Iterator[RoadKeeper]:
    sources = Sources(database.app, conninfo(database.app_url), root, clock)
    with RoadKeeper(sources, lambda: told.append(clock.now)) as keeper:
        yield keeper


def hours(root: Path) -> tuple[float, ...]:
    return RoadIndexHolder(root).in_force.hours


def test_the_keeper_has_the_next_hour_ready_before_it_begins(
    keeper: RoadKeeper, root: Path, clock: Clock, told: list[datetime]
) -> None:
    wait_until(lambda: hours(root) == (0.55,))
    wait_until(lambda: told == [NOON])
    clock.now = CHANGE - BEFORE
    wait_until(lambda: hours(root) == (0.55, 0.53))
    state = read_generation(root)
    # The change itself publishes nothing, but teams under way get new ETAs.
    clock.now = CHANGE
    wait_until(lambda: told == [NOON, CHANGE])
    assert read_generation(root) == state
    clock.now = LATE
    wait_until(lambda: hours(root) == (0.53,))
    assert told == [NOON, CHANGE]


def test_a_worker_killed_before_the_change_is_started_again_for_it(
    keeper: RoadKeeper, root: Path, clock: Clock
) -> None:
    wait_until(lambda: hours(root) == (0.55,))
    worker = wait_until(lambda: keeper.worker)
    os.kill(*worker.pids, 9)
    clock.now = CHANGE - BEFORE
    wait_until(lambda: hours(root) == (0.55, 0.53))
    assert worker.starts > 1


def test_a_start_brings_the_hour_up_to_date(database: Database, root: Path) -> None:
    assert bring_up_to_date(database.app, root, NOON)
    assert hours(root) == (0.55,)
    assert not bring_up_to_date(database.app, root, NOON)
    # Both hours are more than one needs, but not less.
    assert bring_up_to_date(database.app, root, CHANGE)
    assert not bring_up_to_date(database.app, root, LATE)
    assert bring_up_to_date(database.app, root, LATE + timedelta(hours=5))


def followed(root: Path, clock: Clock) -> tuple[TravelTimes, list[datetime], Follower]:
    travel, heard = TravelTimes(RoadIndexHolder(root)), []
    return travel, heard, Follower(travel, clock, lambda: heard.append(clock.now))


def test_pages_hear_of_every_hour_once(database: Database, root: Path, clock: Clock) -> None:
    bring_up_to_date(database.app, root, CHANGE)
    travel, heard, follower = followed(root, clock)
    clock.now = CHANGE - SECOND
    follower._look()
    assert heard == []
    for clock.now in (CHANGE, CHANGE + SECOND):
        follower._look()
    assert heard == [CHANGE]
    assert not travel._hours.current.own


def test_where_nobody_published_the_hour_each_process_makes_it_in_time(
    database: Database, root: Path, clock: Clock
) -> None:
    bring_up_to_date(database.app, root, NOON)
    travel, _, follower = followed(root, clock)
    follower._look()
    assert not travel._hours.current.own
    clock.now = CHANGE - SOON
    with follower:
        wait_until(lambda: list(travel._hours.current.own) == [0.53])
