"""City and country: the hour slows the one and leaves the other alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.verify import random_places, reference_ms, reversed_graph
from geodata.roads.zones import COUNTRY_SHARE, find_city, find_country_shares
from geodata.travel.travel_times import TravelTimes
from tests.conftest_d.drawn_roads import Way, draw_network, way
from tests.conftest_d.grid import grid

NIGHT, NOON = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (1, 9))
AT = LonLat(27.7, 46.45)
START_MIN = 55 / 60
FIELDS = grid("A . . . . B", step_m=1000, corner=AT)
# Eight kilometres north of the centre, beyond the belts.
CITY = grid("A . . . . B", step_m=1000)
CLUJ = grid("A B", step_m=500, corner=LonLat(23.59, 46.77))


def imported(ground: Mapping[str, LonLat], *ways: Way) -> TravelTimes:
    return TravelTimes(
        RoadIndex.build(replace(draw_network(ground, *ways), about={"speeds": "romania"}))
    )


def minutes(times: TravelTimes, ground: Mapping[str, LonLat], at: datetime) -> float:
    seconds = times.route(ground["A"], ground["B"], at=at).seconds
    assert seconds is not None
    assert times.matrix([ground["A"]], [ground["B"]], at=at)[0][0, 0] == pytest.approx(seconds)
    return seconds / 60


def test_a_county_road_takes_the_same_time_at_noon_and_at_night():
    times = imported(FIELDS, way("A B", "primary"))
    expected = START_MIN + 5 / (90 * COUNTRY_SHARE) * 60
    assert minutes(times, FIELDS, NIGHT) == pytest.approx(expected, rel=3e-3)
    assert minutes(times, FIELDS, NOON) == pytest.approx(expected, rel=3e-3)


def test_a_street_of_bucharest_takes_the_time_the_rides_took():
    times = imported(CITY, way("A B", "primary"))
    assert minutes(times, CITY, NIGHT) == pytest.approx(START_MIN + 5 / (50 * 0.94) * 60, rel=3e-3)
    assert minutes(times, CITY, NOON) == pytest.approx(START_MIN + 5 / (50 * 0.55) * 60, rel=3e-3)


def test_a_ferry_takes_its_own_time_at_every_hour():
    network = draw_network(FIELDS, way("A B", "ferry"))
    network = replace(
        network,
        about={"speeds": "romania"},
        timed_piece=np.array([0], np.int32),
        timed_ms=np.array([600_000], np.int32),
    )
    assert find_country_shares(network).tolist() == [1.0]


def test_cities_are_the_sectors_and_the_places_of_a_hundred_thousand():
    found = [
        find_city(draw_network(ground, way("A B"))).tolist() for ground in (CITY, CLUJ, FIELDS)
    ]
    assert found == [[True], [True], [False]]


def test_the_bundled_network_is_city_throughout(bucharest: TravelTimes):
    assert find_country_shares(bucharest.index.network) is None
    assert bucharest.roads_at(NOON)[0] is bucharest.roads_at(NIGHT)[0]


def test_an_eta_in_the_country_says_that_no_ride_checked_it():
    name = imported(FIELDS, way("A B", "primary")).profile_name(NOON)
    assert name == "Bucharest hours 10-13, 50 rides; outside big cities 78% of the limit, unchecked"


def test_a_closed_road_is_closed_at_every_hour():
    times = imported(FIELDS, way("A B", "primary"))
    minutes(times, FIELDS, NOON)
    times.set_closures([Closure("x", NIGHT, pieces=(0,))], NOON)
    for at in (NOON, NIGHT):
        assert np.isnan(times.matrix([FIELDS["A"]], [FIELDS["B"]], at=at)[0][0, 0])
    times.set_closures([], NOON)
    assert minutes(times, FIELDS, NOON) < 5 + START_MIN


# Minutes of a car as a person who knows the road would say them: from - to.
DRIVES = {
    "liechtenstein-2015": [
        ("Balzers - Ruggell", (9.5027, 47.0666), (9.5252, 47.2436), 22, 33),
        ("Vaduz - Malbun", (9.5209, 47.1410), (9.6087, 47.1017), 13, 22),
    ],
    "andorra-2013": [
        ("Andorra la Vella - Pas de la Casa", (1.5218, 42.5063), (1.7336, 42.5427), 32, 48),
        ("Ordino - Sant Julia", (1.5333, 42.5556), (1.4914, 42.4637), 13, 25),
    ],
}


@pytest.mark.parametrize("name", DRIVES)
def test_named_drives_take_what_a_person_would_expect(shared_data: Path, name: str):
    network = read_pbf(shared_data / "roads" / f"{name}.osm.pbf")[0]
    times = TravelTimes(RoadIndex.build(replace(network, about={"speeds": "romania"})))
    for drive, start, end, least, most in DRIVES[name]:
        route = times.route(LonLat(*start), LonLat(*end), at=NOON)
        assert route.source == "road"
        assert least <= (route.seconds or 0) / 60 <= most, drive


def test_the_hour_of_two_zones_equals_dijkstra(shared_data: Path):
    network = read_pbf(shared_data / "roads" / "bucharest_drive.osm.pbf")[0]
    times = TravelTimes(RoadIndex.build(replace(network, about={"speeds": "romania"})))
    index, pace = times.roads_at(NOON)
    assert (pace.factor, 0 < find_city(network).mean() < 1) == (0.55, True)
    rng = np.random.default_rng(3)
    origins, end = random_places(index, 100, rng), random_places(index, 1, rng)
    expected = reference_ms(reversed_graph(index), index, origins, end)
    assert np.minimum(index.matrix_ms(origins, end)[:, 0], 10**9).tolist() == expected.tolist()


BUS_MEDIAN_KPH, BUS_P90_KPH = 37.8, 51.4
"""Of the scheduled buses between places of a county, stops included."""


def countryside(open_km: float, *classes: str) -> tuple[dict[str, LonLat], list[Way]]:
    """One road through villages of a kilometre, of which each stretch between has its class."""
    ground: dict[str, LonLat] = {}
    ways: list[Way] = []
    km = 0.0
    for number, road_class in enumerate(classes):
        for label, step in ((f"v{number}", 0.5), (f"m{number}", 0.5), (f"w{number}", open_km)):
            ground[label] = LonLat(AT.lon + km / 76.7, AT.lat)
            ground[f"{label}s"] = LonLat(AT.lon + km / 76.7, AT.lat + 0.002)
            ways.append(way(f"{label} {label}s", "residential"))
            km += step
        onward = f" v{number + 1}" if number + 1 < len(classes) else ""
        ways.append(way(f"v{number} m{number} w{number}{onward}", road_class))
    return ground, ways


@pytest.mark.parametrize(
    ("open_km", "classes"),
    [
        (4.0, ("secondary", "tertiary", "secondary", "primary", "trunk", "secondary")),
        (3.0, ("tertiary",) * 8),
        (6.0, ("primary", "secondary", "tertiary", "secondary", "tertiary")),
    ],
)
def test_a_car_in_the_country_is_faster_than_nearly_all_buses(
    open_km: float, classes: tuple[str, ...]
):
    ground, ways = countryside(open_km, *classes)
    times = imported(ground, *ways)
    ends = [label for label in ground if label[0] in "vm" and not label.endswith("s")]
    routes = [times.route(ground[a], ground[b], at=NOON) for a in ends for b in ends if a != b]
    kph = np.array(
        [r.distance_m / r.seconds * 3.6 for r in routes if r.seconds and (r.distance_m or 0) > 8000]
    )
    assert len(kph) > 10
    assert (kph > BUS_MEDIAN_KPH).all()
    assert (kph > BUS_P90_KPH).mean() > 0.75
