"""Class speeds: the signed limit, the general one, and what is built up."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from geodata.points import LonLat
from geodata.roads.network import RoadNetwork
from geodata.roads.speeds import speeds_kph
from tests.conftest_d.drawn_roads import Way, draw_network, way
from tests.conftest_d.grid import grid

ROAD = grid("A . B . C . D", step_m=400)


# The same road in the fields between Vaslui and Barlad.
COUNTRY = {name: LonLat(p.lon + 1.6, p.lat + 2.0) for name, p in ROAD.items()}


def romanian(*ways: Way, ground: Mapping[str, LonLat] = COUNTRY) -> RoadNetwork:
    return replace(draw_network(ground, *ways), about={"speeds": "romania"})


@pytest.mark.parametrize(
    ("tags", "kph"),
    [
        ({"highway": "motorway"}, 130),
        ({"highway": "trunk"}, 100),
        ({"highway": "secondary"}, 90),
        ({"highway": "secondary", "maxspeed": "70"}, 70),
        ({"highway": "residential"}, 50),
        ({"highway": "living_street"}, 20),
    ],
)
def test_an_imported_road_has_its_limit_or_that_of_its_class(tags: dict[str, str], kph: float):
    assert speeds_kph(romanian(way("A D", **tags))).tolist() == [kph]


def test_a_through_road_between_streets_counts_as_built_up():
    network = romanian(way("A B C D", "primary"), way("B D"), way("C A"))
    assert speeds_kph(network)[network.road_class == 4].tolist() == [50, 50, 50]


def test_a_through_road_far_from_streets_does_not():
    network = romanian(way("A B", "primary"), way("B D", "primary"), way("A C"))
    assert speeds_kph(network)[network.road_class == 4].tolist() == [90, 90]


def test_in_a_big_city_an_imported_road_has_the_speed_the_factors_were_fitted_with():
    tags = {"highway": "primary", "maxspeed": "70"}
    assert speeds_kph(romanian(way("A D", **tags), ground=ROAD)).tolist() == [50]
