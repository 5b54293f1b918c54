"""The bundled Bucharest network, loaded once."""

import pytest

from geodata.roads.index import RoadIndex
from geodata.travel.travel_times import TravelTimes, load_travel_times


@pytest.fixture(scope="session")
def bucharest() -> TravelTimes:
    return load_travel_times()


@pytest.fixture(scope="session")
def bucharest_index(bucharest: TravelTimes) -> RoadIndex:
    return bucharest.index
