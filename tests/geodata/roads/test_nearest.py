"""The nearest of many bases for very many places: equal to the whole table of times."""

import numpy as np
from hypothesis import given

from geodata.roads.index import RoadIndex
from geodata.roads.nearest import find_nearest_bases
from geodata.roads.network import FAR
from geodata.roads.verify import random_places
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid
from tests.conftest_d.random_networks import SETTINGS, random_indexes

Case = tuple[RoadIndex, np.random.Generator]


@SETTINGS
@given(random_indexes())
def test_it_is_the_best_of_the_whole_table(case: Case):
    index, rng = case
    bases, places = random_places(index, 4, rng), random_places(index, 30, rng)
    # Some homes share a piece of road with a base.
    places.piece[:4] = bases.piece
    found = find_nearest_bases(index, bases, places)
    table = np.minimum(index.matrix_ms(bases, places), FAR)
    assert np.minimum(found.times_ms, FAR).tolist() == table.min(axis=0).tolist()
    reached = np.flatnonzero(found.owner >= 0)
    assert table[found.owner[reached], reached].tolist() == found.times_ms[reached].tolist()
    assert (table.min(axis=0)[found.owner < 0] >= FAR).all()


def test_a_place_off_the_roads_has_no_base():
    ground = grid("A B C")
    index = draw_index(ground, way("A B C"))
    lon, lat = (np.array([axis, 20.0 + i]) for i, axis in enumerate(ground["B"]))
    places = index.snap(lon, lat, max_distance_m=500.0)
    bases = index.snap(np.array([ground["A"].lon]), np.array([ground["A"].lat]), max_distance_m=9)
    found = find_nearest_bases(index, bases, places)
    assert found.owner.tolist() == [0, -1]
    assert found.times_ms[1] >= FAR
