"""The public question: how long from here to there, at this hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import BadInputError, RoadNetworkError
from geodata.points import LonLat
from geodata.roads.basemap_cells import cell_of
from geodata.roads.pace import Pace
from geodata.roads.publishing.index_directory import write_index
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.roads.publishing.publication import Publisher
from geodata.roads.tags import ROAD_CLASSES
from geodata.travel.travel_times import TravelTimes, load_travel_times
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

NIGHT, NOON = (datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (1, 9))
UNIRII, OTOPENI = LonLat(26.1025, 44.4270), LonLat(26.0740, 44.5490)
VASLUI, BARLAD = LonLat(27.7298, 46.6383), LonLat(27.6693, 46.2315)

ISLANDS = grid("A B . C D")


@pytest.fixture
def islands() -> TravelTimes:
    return TravelTimes(draw_index(ISLANDS, way("A B"), way("C D")), kept_places=4)


def some_places(count: int, seed: int = 1) -> list[LonLat]:
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(26.0, 26.2, count), rng.uniform(44.36, 44.52, count)
    return [LonLat(*place) for place in zip(lon.tolist(), lat.tolist(), strict=True)]


def test_free_flow_is_divided_by_the_hour_and_gets_fixed_seconds(
    islands: TravelTimes,
):
    ends = [ISLANDS["A"]], [ISLANDS["B"]]
    assert islands.matrix(*ends, at=NIGHT)[0][0, 0] == pytest.approx(55 + 90 / 0.94, rel=1e-3)
    assert islands.matrix(*ends, at=NOON)[0][0, 0] == pytest.approx(55 + 90 / 0.55, rel=1e-3)


def test_both_ends_on_the_graph_without_a_way_is_unreachable(islands: TravelTimes):
    seconds, is_estimate = islands.matrix([ISLANDS["A"]], [ISLANDS["D"]], at=NIGHT)
    assert np.isnan(seconds[0, 0])
    assert not is_estimate[0, 0]
    route = islands.route(ISLANDS["A"], ISLANDS["D"], at=NIGHT)
    assert (route.seconds, route.distance_m, route.places) == (None, None, ())


def test_either_end_off_the_graph_is_an_estimate_and_says_so(islands: TravelTimes):
    seconds, is_estimate = islands.matrix([VASLUI, ISLANDS["A"]], [BARLAD, ISLANDS["B"]], at=NIGHT)
    assert is_estimate.tolist() == [[True, True], [True, False]]
    assert not np.isnan(seconds).any()


# A town of four junctions, and across the water two villages of a street each.
DELTA = grid(
    """
    A B . . . E F
    D C . . . . .
    . . . . . G H
    """
)


@pytest.fixture
def delta() -> TravelTimes:
    town = way("A B C D A"), way("A C"), way("B D")
    return TravelTimes(draw_index(DELTA, *town, way("E F"), way("G H")))


@pytest.mark.parametrize(("start", "end"), ["AE", "FB", "CH", "EG"])
def test_between_roads_that_nothing_joins_there_is_an_estimate(
    delta: TravelTimes, start: str, end: str
):
    a, b = DELTA[start], DELTA[end]
    seconds, is_estimate = delta.matrix([a], [b], at=NIGHT)
    route = delta.route(a, b, at=NIGHT)
    assert is_estimate[0, 0]
    assert seconds[0, 0] == pytest.approx(route.seconds)
    assert (route.source, route.places) == ("estimate", (a, b))


@pytest.mark.parametrize(("start", "end"), ["EF", "HG", "DB"])
def test_on_one_island_the_road_is_driven(delta: TravelTimes, start: str, end: str):
    a, b = DELTA[start], DELTA[end]
    seconds, is_estimate = delta.matrix([a], [b], at=NIGHT)
    assert not is_estimate[0, 0]
    assert delta.route(a, b, at=NIGHT).source == "road"
    assert seconds[0, 0] > 0


def test_how_far_the_last_road_is_from_the_place_is_told(delta: TravelTimes):
    a, e = DELTA["A"], DELTA["E"]
    places = [a, LonLat(a.lon, a.lat + 0.003), LonLat(e.lon, e.lat + 0.001), VASLUI]
    assert delta.off_road_m(places).tolist() == pytest.approx([0, 333.4, 111.1, np.inf], abs=1.0)


def test_an_estimate_is_the_detour_at_town_then_country_speed_and_the_hour_slows_the_town():
    straight = np.array([0.0, 1000.0, 30_000.0])
    driven = straight * 1.37
    expected = [0.0, driven[1] / 50 * 3.6, (10_000 / 50 + (driven[2] - 10_000) / 70) * 3.6]
    assert Pace(1.0).estimate_s(straight).tolist() == pytest.approx(expected)
    country = (driven[2] - 10_000) / 70 * 3.6
    slow = [0.0, 2 * expected[1], 2 * 10_000 / 50 * 3.6 + country]
    assert Pace(0.5).estimate_s(straight).tolist() == pytest.approx(slow)


def test_an_estimated_route_is_the_straight_line(bucharest: TravelTimes):
    route = bucharest.route(VASLUI, BARLAD, at=NIGHT)
    assert (route.source, route.places) == ("estimate", (VASLUI, BARLAD))
    assert route.distance_m == pytest.approx(45_500 * 1.37, rel=0.01)
    assert route.seconds == bucharest.matrix([VASLUI], [BARLAD], at=NIGHT)[0][0, 0]


def test_across_bucharest_there_is_a_route_with_streets(bucharest: TravelTimes):
    route = bucharest.route(UNIRII, OTOPENI, at=NIGHT)
    assert route.source == "road"
    assert route.distance_m == pytest.approx(15_500, rel=0.1)
    assert "Bulevardul Ion Constantin Brătianu" in route.street_names


def test_the_route_takes_as_long_as_the_matrix_says(bucharest: TravelTimes):
    places = some_places(20)
    seconds, _ = bucharest.matrix(places[:10], places[10:], at=NOON)
    for i in range(10):
        route = bucharest.route(places[i], places[10 + i], at=NOON)
        assert route.seconds == pytest.approx(seconds[i, i], abs=1e-6)


def test_every_place_in_the_city_is_reachable(bucharest: TravelTimes):
    seconds, _ = bucharest.matrix(some_places(300), some_places(5, seed=2), at=NIGHT)
    assert not np.isnan(seconds).any()


def test_kept_labels_give_the_same_times_as_fresh_ones(bucharest: TravelTimes):
    places = some_places(60)
    small = TravelTimes(bucharest.index, kept_places=25)
    for start in (0, 20, 35, 10, 0):
        ours, _ = small.matrix(places[start : start + 25], [UNIRII], at=NIGHT)
        fresh, _ = bucharest.matrix(places[start : start + 25], [UNIRII], at=NIGHT)
        assert ours.tolist() == fresh.tolist()


def test_more_places_than_room_are_answered_too(islands: TravelTimes):
    many = [ISLANDS["A"], ISLANDS["B"]] * 5
    seconds, _ = islands.matrix(many, [ISLANDS["B"]], at=NIGHT)
    assert seconds[:, 0].tolist() == pytest.approx([55 + 90 / 0.94, 0] * 5, rel=1e-3)


def test_no_origin_or_no_destination_gives_an_empty_table(islands: TravelTimes):
    assert islands.matrix([], [UNIRII], at=NIGHT)[0].shape == (0, 1)
    assert islands.matrix([ISLANDS["A"]], [], at=NIGHT)[0].shape == (1, 0)


def test_many_threads_get_the_answers_of_one(bucharest: TravelTimes):
    times = TravelTimes(bucharest.index, kept_places=50)
    places = some_places(120)
    alone, _ = bucharest.matrix(places, places[:4], at=NIGHT)

    def ask(start: int) -> bool:
        part, _ = times.matrix(places[start : start + 40], places[:4], at=NIGHT)
        return part.tolist() == alone[start : start + 40].tolist()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, [0, 20, 40, 60, 80] * 20))


def test_an_eta_names_its_profile(bucharest: TravelTimes):
    assert bucharest.profile_name(NOON) == "Bucharest hours 10-13, 50 rides"


def test_info_tells_source_licence_and_size(bucharest: TravelTimes):
    info = bucharest.info()
    assert info["attribution"] == "© OpenStreetMap contributors (ODbL 1.0)"
    assert (info["nodes"], info["pieces"], info["arcs"]) == (34_187, 47_089, 86_960)


def test_the_basemap_is_drawn_by_class_most_important_first(bucharest: TravelTimes):
    features = bucharest.basemap_geojson("secondary")["features"]
    names = [feature["properties"]["class"] for feature in features]
    assert names[::2] == ["motorway", "trunk", "primary", "secondary"]
    assert all(feature["geometry"]["type"] == "MultiLineString" for feature in features)


@pytest.mark.parametrize("ways", [("A B",), ("C D",), ("A B", "B C")])
def test_the_map_follows_another_network_and_no_other_times(ways: tuple[str, ...], tmp_path: Path):
    roads = tmp_path / "roads"
    write_index(roads, draw_index(ISLANDS, way("A B"), way("C D")))
    travel = TravelTimes(RoadIndexHolder(roads))
    first = travel.map_cells
    Publisher(roads).publish(travel.index.weights_ms * 2)
    travel.follow()
    assert travel.map_cells is first
    write_index(roads, draw_index(ISLANDS, *(way(each, "primary") for each in ways)))
    travel.follow()
    seen = travel.map_cells
    cell = cell_of(*ISLANDS["A"])
    # The motorway is the country's, drawn where the network has none.
    assert [set(dict(one.lines(*cell, ROAD_CLASSES))) - {"motorway"} for one in (first, seen)] == [
        {"residential"}, {"primary"},
    ]  # fmt: skip
    features = travel.basemap_geojson()["features"]
    assert {each["properties"]["class"] for each in features} == {"motorway", "primary"}


def test_an_unknown_class_is_refused(bucharest: TravelTimes):
    with pytest.raises(BadInputError, match="no road class"):
        bucharest.basemap("canal")


def test_a_missing_index_is_refused(tmp_path: Path):
    with pytest.raises(RoadNetworkError) as caught:
        load_travel_times(tmp_path / "none.npz")
    assert caught.value.code == "file_missing"


def test_a_drive_gets_its_fixed_seconds_once_however_it_is_asked(bucharest: TravelTimes):
    """Matrix, route, reach and coverage ask one place; two drives have them twice."""
    index, pace = bucharest.roads_at(NIGHT)
    start = bucharest.place_origins([UNIRII]).get(0)
    end = bucharest.place_destinations([OTOPENI]).get(0)
    assert start
    assert end
    way_found = index.find_way(start, end)
    assert way_found
    moving_s = way_found.time_ms / 1000 / pace.factor
    seconds = bucharest.matrix([UNIRII], [OTOPENI], at=NIGHT)[0][0, 0]
    assert seconds == pytest.approx(moving_s + pace.start_s)
    assert bucharest.route(UNIRII, OTOPENI, at=NIGHT).seconds == pytest.approx(seconds)
    assert pace.limit_ms(seconds / 60) == pytest.approx(way_found.time_ms, abs=1)


def test_an_index_with_times_of_its_own_is_taken_as_it_is(bucharest: TravelTimes):
    index = bucharest.index
    twice = TravelTimes(index.with_weights(np.minimum(index.weights_ms, 10**8) * 2))
    pairs = [UNIRII], [OTOPENI]
    start_s = bucharest.in_force.profile.start_s
    once_s, twice_s = (one.matrix(*pairs, at=NIGHT)[0][0, 0] for one in (bucharest, twice))
    assert twice_s - start_s == pytest.approx(2 * (once_s - start_s))
