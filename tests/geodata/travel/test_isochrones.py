"""How far a team gets at an hour: areas, people, and what the map does not know."""

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from geodata.errors import RefusedError
from geodata.people.homes import Homes, load_homes
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.travel.isochrones import Isochrones, draw_isochrones
from geodata.travel.travel_times import TravelTimes, load_travel_times
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

NIGHT, NOON = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (1, 9))
UNIRII = LonLat(26.1025, 44.4270)
RING = grid("A . . . B\n. . . . .\n. . . . .\nD . . . C", step_m=1000)


@pytest.fixture(scope="module")
def bucharest() -> TravelTimes:
    return load_travel_times()


@pytest.fixture(scope="module")
def night(bucharest: TravelTimes) -> Isochrones:
    return draw_isochrones(bucharest, [UNIRII], [30, 10, 20], at=NIGHT, homes=load_homes())


def homes_at(*places: LonLat, persons: float = 100.0) -> Homes:
    lon, lat = np.array(places).T
    county = np.full(len(places), CODES.index("IF"), np.int16)
    return Homes(lon, lat, np.full(len(places), persons), county)


def block() -> TravelTimes:
    return TravelTimes(draw_index(RING, way("A B C D A"), way("A B")))


def test_rings_come_in_order_and_hold_one_another(night: Isochrones) -> None:
    assert [ring.minutes for ring in night.rings] == [10, 20, 30]
    for inner, outer in zip(night.rings, night.rings[1:], strict=False):
        assert shapely.covers(shapely.buffer(outer.area, 1e-9), inner.area)
        assert inner.total_persons < outer.total_persons
    assert all(ring.area.is_valid for ring in night.rings)


def test_every_junction_in_reach_lies_inside_and_far_ones_outside(
    bucharest: TravelTimes, night: Isochrones
) -> None:
    index, pace = bucharest.roads_at(NIGHT)
    rng = np.random.default_rng(4)
    nodes = rng.choice(index.network.node_count, 1500, replace=False)
    lon, lat = index.network.lon[nodes], index.network.lat[nodes]
    start = index.snap(np.array([UNIRII.lon]), np.array([UNIRII.lat]), max_distance_m=500.0)
    ends = index.snap(lon, lat, max_distance_m=1.0)
    minutes = np.nan_to_num(pace.seconds(index.matrix_ms(start, ends)[0]), nan=np.inf) / 60
    inside = shapely.contains_xy(night.rings[1].area, lon, lat)
    assert inside[minutes <= 20].all()
    # What is a minute and more too far is inside only beside a road that is in time.
    assert inside[minutes > 25].mean() < 0.1


def test_the_people_are_those_whose_own_road_is_in_time() -> None:
    travel = block()
    a, b, c = RING["A"], RING["B"], RING["C"]
    # 4 km of street at 40 km/h and the night's factor, and the fixed seconds: 7.3 min.
    found = draw_isochrones(travel, [a], [7, 8], at=NIGHT, homes=homes_at(a, b, c))
    assert [ring.persons for ring in found.rings] == [{"IF": 100.0}, {"IF": 200.0}]


def test_at_noon_a_team_gets_less_far() -> None:
    areas = [
        draw_isochrones(block(), [RING["A"]], [6], at=at, homes=homes_at(RING["A"])).rings[0]
        for at in (NIGHT, NOON)
    ]
    assert areas[0].area_km2 > 1.5 * areas[1].area_km2


def test_ground_that_no_road_enters_is_a_hole() -> None:
    ring = draw_isochrones(block(), [RING["A"]], [60], at=NIGHT, homes=homes_at(RING["A"])).rings[0]
    assert [len(part.interiors) for part in ring.area.geoms] == [1]
    assert ring.area_km2 == pytest.approx(14 * 0.12, rel=0.1)


def test_where_the_network_ends_inside_it_is_said() -> None:
    far, near = (
        draw_isochrones(
            load_travel_times(), [UNIRII], [limit], at=NIGHT, homes=homes_at(UNIRII)
        ).rings[0]
        for limit in (60, 10)
    )
    assert (far.meets_edge, near.meets_edge) == (True, False)


def test_inward_is_another_area_where_streets_are_one_way() -> None:
    ground = grid("A . . B", step_m=1000)
    travel = TravelTimes(draw_index(ground, way("A B", oneway="yes")))
    home = homes_at(ground["B"])
    out, into = (
        draw_isochrones(travel, [ground["A"]], [20], at=NIGHT, homes=home, outward=outward)
        for outward in (True, False)
    )
    assert out.rings[0].area_km2 > 10 * into.rings[0].area_km2
    assert out.rings[0].persons == {"IF": 100.0}


def test_people_inward_are_those_who_can_come() -> None:
    ground = grid("A . . B . . C", step_m=1000)
    travel = TravelTimes(draw_index(ground, way("A B C", oneway="yes")))
    home = homes_at(ground["A"], ground["B"], ground["C"])
    counts = {}
    for label in "ABC":
        for outward in (True, False):
            found = draw_isochrones(
                travel, [ground[label]], [60], at=NIGHT, homes=home, outward=outward
            )
            counts[label, outward] = found.rings[0].total_persons
    assert [counts[label, True] for label in "ABC"] == [300.0, 200.0, 100.0]
    assert [counts[label, False] for label in "ABC"] == [100.0, 200.0, 300.0]


def test_rings_run_counterclockwise(night: Isochrones) -> None:
    for feature in night.geojson()["features"]:
        if feature["geometry"]["type"] == "MultiPolygon":
            for outer, *holes in feature["geometry"]["coordinates"]:
                assert shapely.LinearRing(outer).is_ccw
                assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)


def test_the_nearest_of_several_places_counts_and_one_off_the_roads_is_told() -> None:
    nowhere = LonLat(29.9, 44.0)
    found = draw_isochrones(block(), [nowhere, RING["A"]], [5], at=NIGHT, homes=homes_at(RING["A"]))
    assert found.starts[0] is None
    features = found.geojson()["features"]
    assert [f["properties"].get("snap_m", "-") for f in features] == ["-", None, 0.0]


@pytest.mark.parametrize(
    ("minutes", "code"),
    [([], "bad_minutes"), ([0], "bad_minutes"), ([181], "bad_minutes"),
     ([float("nan")], "bad_minutes"), (list(range(1, 8)), "bad_minutes")],
)  # fmt: skip
def test_unusable_minutes_are_refused(minutes: list[float], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        draw_isochrones(block(), [RING["A"]], minutes, at=NIGHT, homes=homes_at(RING["A"]))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("places", "code"), [([], "no_places"), ([LonLat(29.9, 44.0)], "off_the_roads")]
)
def test_nowhere_to_start_is_refused(places: list[LonLat], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        draw_isochrones(block(), places, [10], at=NIGHT, homes=homes_at(RING["A"]))
    assert caught.value.code == code
