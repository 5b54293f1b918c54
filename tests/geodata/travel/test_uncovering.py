"""Whom a team leaves without help: exact on drawn roads, as asked home by home in the city."""

from datetime import UTC, datetime

import numpy as np
import pytest

from geodata.people.homes import Homes, load_homes
from geodata.points import LonLat, Moving, Origin
from geodata.reference.codes import CODES
from geodata.travel.travel_times import TravelTimes, load_travel_times
from geodata.travel.uncovering import Uncovering
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

NIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 6, tzinfo=UTC)
GROUND = grid("A . . B . . C\n. . . . . . .\nX . . Y . . .", step_m=1500)
AWAY = LonLat(27.73, 46.64)
SECTORS = ("B1", "B2", "B3", "B4", "B5", "B6", "IF")


def homes_at(**persons: float) -> Homes:
    lon, lat = np.array([GROUND.get(label, AWAY) for label in persons]).T
    county = np.full(len(persons), CODES.index("IF"), np.int16)
    return Homes(lon, lat, np.array(list(persons.values())), county)


def left(*starts: Origin, minutes: float = 8.0, counties: tuple[str, ...] = ("IF",)) -> list[float]:
    travel = TravelTimes(draw_index(GROUND, way("A B C"), way("X Y")))
    homes = homes_at(A=10, B=200, C=3000, Y=40000, AWAY=500000)
    return Uncovering(travel, lambda: homes, minutes=minutes).persons_left(
        starts, counties, at=NIGHT
    )


@pytest.mark.parametrize(
    ("starts", "persons"),
    [
        # One alone leaves everybody that it reaches; nobody beyond.
        (("A",), [10]),
        (("B",), [200]),
        (("Y",), [40000]),
        # Two at one place stand in for each other.
        (("A", "A"), [0, 0]),
        (("A", "C", "C"), [10, 0, 0]),
        # Off every road: by estimate, also the way to its own door.
        (("AWAY", "A"), [500000, 10]),
    ],
)
def test_who_is_reached_by_one_team_alone_is_left(
    starts: tuple[str, ...], persons: list[float]
) -> None:
    assert left(*(GROUND.get(label, AWAY) for label in starts), minutes=3) == persons


def test_a_longer_time_shares_the_ground() -> None:
    # By then each end of the road reaches the middle, and only its own end is its own.
    assert left(GROUND["A"], GROUND["C"], minutes=14) == [10, 3000]
    assert left(GROUND["A"], GROUND["C"], minutes=60) == [0, 0]
    # What no road joins is nobody's, however long it takes.
    assert left(GROUND["A"], minutes=60) == [3210]


def test_only_who_lives_in_the_counties_is_counted() -> None:
    assert left(GROUND["A"], counties=("VS",)) == [0]
    assert left(counties=("IF",)) == []


def city_starts(count: int) -> list[Origin]:
    random = np.random.default_rng(119)
    places = np.column_stack(
        [25.98 + 0.24 * random.random(count), 44.36 + 0.16 * random.random(count)]
    )
    starts: list[Origin] = [LonLat(float(lon), float(lat)) for lon, lat in places]
    return [*starts, AWAY, Moving(LonLat(26.10, 44.43), 90.0)]


@pytest.mark.parametrize(("at", "minutes"), [(NIGHT, 20.0), (MORNING, 20.0), (NIGHT, 7.5)])
def test_the_city_agrees_with_asking_for_every_home(at: datetime, minutes: float) -> None:
    travel, homes, starts = load_travel_times(), load_homes(), city_starts(6)
    counted = Uncovering(travel, load_homes, minutes=minutes).persons_left(starts, SECTORS, at=at)
    here = np.isin(homes.county, [CODES.index(code) for code in SECTORS])
    places = [LonLat(*pair) for pair in zip(homes.lon[here], homes.lat[here], strict=True)]
    seconds, _ = travel.matrix(starts, places, at=at)
    near = seconds <= minutes * 60
    alone = near.sum(axis=0) == 1
    plain = [float(homes.persons[here][row & alone].sum()) for row in near]
    # An estimate is a straight line on the ground here, on the map there: a home or two differ.
    assert counted == pytest.approx(plain, abs=600)
    assert sum(counted) > 10_000


def test_what_is_kept_is_what_would_be_counted_anew() -> None:
    travel, starts = load_travel_times(), city_starts(5)
    kept = Uncovering(travel, load_homes)
    for moment, mine in ((NIGHT, starts), (MORNING, starts), (NIGHT, starts[:3]), (NIGHT, starts)):
        fresh = Uncovering(travel, load_homes).persons_left(mine, SECTORS, at=moment)
        assert kept.persons_left(mine, SECTORS, at=moment) == fresh
