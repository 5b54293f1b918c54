"""Who is far from every base: by road, by estimate, without a way; nobody is lost."""

from datetime import UTC, datetime

import numpy as np
import pytest

from geodata.errors import RefusedError
from geodata.people.homes import Homes, load_homes
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties
from geodata.travel.coverage import Base, PeopleCoverage, answer, cover_people
from geodata.travel.travel_times import TravelTimes, load_travel_times
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

NIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
GROUND = grid("A . . B\n. . . .\nX . . Y", step_m=2000)
AWAY = LonLat(27.73, 46.64)


def homes_at(*places: LonLat) -> Homes:
    lon, lat = np.array(places).T
    county = np.full(len(places), CODES.index("IF"), np.int16)
    return Homes(lon, lat, np.full(len(places), 100.0), county)


def covered(*bases: LonLat, minutes: float = 10.0) -> PeopleCoverage:
    travel = TravelTimes(draw_index(GROUND, way("A B"), way("X Y")))
    homes = homes_at(GROUND["A"], GROUND["B"], GROUND["Y"], AWAY)
    named = [Base(f"base {i}", place) for i, place in enumerate(bases)]
    return cover_people(travel, named, minutes, at=NIGHT, homes=homes, counties=load_counties())


def ilfov(found: PeopleCoverage) -> tuple[float, ...]:
    row = next(row for row in found.counties if row.code == "IF")
    assert row.persons == 400
    return row.within, row.beyond, row.estimated_within, row.estimated_beyond, row.unreachable


def test_people_are_within_beyond_estimated_or_without_a_way() -> None:
    # 6 km at 40 km/h and the night's factor: 17.4 min to B; Y hangs on another road.
    assert ilfov(covered(GROUND["A"])) == (100, 100, 0, 100, 100)
    assert ilfov(covered(GROUND["A"], minutes=18)) == (200, 0, 0, 100, 100)


def test_a_base_off_the_roads_serves_by_estimate_and_says_so() -> None:
    found = covered(GROUND["A"], AWAY)
    assert found.snap_m == (0.0, None)
    # The home beside it is near, the one without a way from A is far, but not unreachable.
    assert ilfov(found) == (100, 100, 100, 100, 0)
    assert found.persons_nearest == (200, 200)


def test_every_junction_knows_its_base_and_minutes() -> None:
    found = covered(GROUND["A"], GROUND["Y"])
    owners = dict(zip(np.round(found.node_places[:, 1], 4), found.node_owner, strict=True))
    assert owners == {round(GROUND["A"].lat, 4): 0, round(GROUND["Y"].lat, 4): 1}
    # One of the two roads lies in the outermost belt of Bucharest, the other beyond it.
    assert sorted(np.round(found.node_min, 1)) == [0, 0, 10.5, 13.9]


def test_counties_come_with_most_people_left_out_first() -> None:
    rows = answer(covered(GROUND["A"]))["counties"]
    assert (rows[0]["code"], rows[0]["beyond"]) == ("IF", 300)


def test_the_whole_country_adds_up() -> None:
    homes = load_homes()
    found = cover_people(
        load_travel_times(), [Base("S3", LonLat(26.16, 44.415))], 20,
        at=NIGHT, homes=homes, counties=load_counties(),
    )  # fmt: skip
    for row in found.counties:
        parts = row.within + row.estimated_within + row.left_out
        assert parts == pytest.approx(row.persons)
    assert sum(row.persons for row in found.counties) == pytest.approx(homes.persons.sum())


@pytest.mark.parametrize(
    ("bases", "minutes", "code"),
    [((), 10, "no_bases"), ((AWAY,), 10, "off_the_roads"), ((GROUND["A"],), 0, "bad_minutes")],
)
def test_unusable_questions_are_refused(bases, minutes: float, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        covered(*bases, minutes=minutes)
    assert caught.value.code == code
