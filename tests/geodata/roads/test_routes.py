"""A route is a line on the ground with a length and street names."""

import numpy as np
import pytest

from geodata.crs import GEOD
from geodata.roads.index import RoadIndex
from geodata.roads.routes import DrawnWay, draw
from geodata.roads.verify import random_places
from tests.conftest_d.drawn_roads import draw_index, snap, way
from tests.conftest_d.grid import grid

GROUND = grid(
    """
    A . B
    . . C
    . . D
    """,
    step_m=500,
)


def drawn(index: RoadIndex, origin: str, destination: str) -> DrawnWay:
    start, end = snap(index, GROUND[origin]), snap(index, GROUND[destination])
    assert start is not None
    assert end is not None
    found = index.find_way(start, end)
    assert found is not None
    return draw(index, found)


def test_a_route_follows_the_bends_and_names_each_street_once():
    index = draw_index(
        GROUND, way("A B", name="Calea Victoriei"), way("B C", name="Strada Doamnei"), way("C D")
    )
    route = drawn(index, "A", "D")
    assert route.length_m == pytest.approx(2000, abs=1)
    assert route.street_names == ("Calea Victoriei", "Strada Doamnei")
    assert [p for place in route.places for p in place] == pytest.approx(
        [p for label in "ABCD" for p in GROUND[label]], abs=1e-6
    )


def test_a_route_back_is_the_same_line_reversed():
    index = draw_index(GROUND, way("A B C D"))
    assert drawn(index, "D", "A").places == drawn(index, "A", "D").places[::-1]


def test_a_route_within_one_street_is_only_the_part_between():
    index = draw_index(GROUND, way("A B C D"))
    route = drawn(index, "C", "B")
    assert route.length_m == pytest.approx(500, abs=1)
    assert len(route.places) == 2


def test_lines_of_real_routes_are_as_long_as_they_say(bucharest_index: RoadIndex):
    places = random_places(bucharest_index, 40, np.random.default_rng(3))
    for i in range(0, 40, 2):
        start, end = places.get(i), places.get(i + 1)
        assert start
        assert end
        found = bucharest_index.find_way(start, end)
        if found is not None:
            route = draw(bucharest_index, found)
            lon, lat = zip(*route.places, strict=True)
            assert GEOD.line_length(lon, lat) == pytest.approx(route.length_m, rel=1e-3, abs=1)
