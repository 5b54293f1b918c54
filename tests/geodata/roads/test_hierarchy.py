"""Random graphs and the real one: equal to Dijkstra to the millisecond."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from geodata.roads.hierarchy import dissect
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.verify import random_places, reference_ms, reversed_graph, verify_index
from tests.conftest_d.random_networks import SETTINGS, random_indexes


@SETTINGS
@given(random_indexes())
def test_matrix_equals_dijkstra_on_random_graphs(case: tuple[RoadIndex, np.random.Generator]):
    index, rng = case
    origins, destination = random_places(index, 20, rng), random_places(index, 1, rng)
    expected = reference_ms(reversed_graph(index), index, origins, destination)
    ours = index.matrix_ms(origins, destination)[:, 0]
    assert np.minimum(ours, FAR).tolist() == expected.tolist()


@SETTINGS
@given(random_indexes())
def test_route_equals_matrix_and_is_connected(case: tuple[RoadIndex, np.random.Generator]):
    index, rng = case
    places = random_places(index, 8, rng)
    matrix = np.minimum(index.matrix_ms(places, places), FAR)
    head, tail = index.network.arc_head, index.network.arc_tail
    for i in range(8):
        start, end = places.get(i), places.get(7 - i)
        assert start
        assert end
        way = index.find_way(start, end)
        assert (way.time_ms if way else FAR) == matrix[i, 7 - i]
        arcs = way.arcs if way else ()
        assert all(head[a] == tail[b] for a, b in itertools.pairwise(arcs))


@SETTINGS
@given(random_indexes())
def test_new_weights_equal_a_fresh_build(case: tuple[RoadIndex, np.random.Generator]):
    index, rng = case
    weights = rng.permutation(index.weights_ms)
    changed, fresh = index.with_weights(weights), RoadIndex.build(index.network, weights)
    places = random_places(index, 10, rng)
    ours, expected = (np.minimum(one.matrix_ms(places, places), FAR) for one in (changed, fresh))
    assert ours.tolist() == expected.tolist()


@pytest.mark.parametrize("nodes", [1, 2, 7, 8, 50])
def test_order_names_every_node_once_also_without_roads(nodes: int):
    none = np.zeros(0, np.int32)
    assert sorted(dissect(nodes, none, none).tolist()) == list(range(nodes))


def test_order_survives_loops_and_parallel_roads():
    tail = np.array([0, 0, 1, 1, *range(20)], np.int32)
    head = np.array([0, 1, 0, 1, *range(1, 21)], np.int32)
    assert sorted(dissect(21, tail, head).tolist()) == list(range(21))


def test_bucharest_equals_dijkstra_on_random_pairs(bucharest_index: RoadIndex):
    report = verify_index(bucharest_index, searches=5, origins=400, seed=7)
    assert (report.pairs, report.largest_difference_ms) == (2000, 0)
    assert report.unreachable < 100


def test_verification_notices_a_wrong_index(bucharest_index: RoadIndex):
    slower = bucharest_index.weights_ms.copy()
    slower[slower < FAR] += 1
    lying = replace(bucharest_index, weights_ms=slower)
    assert verify_index(lying, searches=1, origins=50).largest_difference_ms > 0
