"""Split nodes against a search that remembers the arcs it drove, on random small networks."""

import numpy as np
from hypothesis import given, settings

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.reading.turns import Run, forbid
from geodata.roads.tags import BACKWARD, FORWARD
from tests.conftest_d.restricted_networks import (
    build,
    expected_ms,
    middles,
    restricted_networks,
    weights_of,
)


@settings(max_examples=30, deadline=None)
@given(restricted_networks())
def test_times_equal_those_of_a_search_that_remembers(case: tuple[RoadNetwork, list[Run]]):
    network, runs = case
    split = forbid(network, runs)
    index = RoadIndex.build(split, weights_of(split))
    places = middles(network.piece_count)
    ours = np.minimum(index.matrix_ms(places, places), FAR)
    ours = np.where(ours < FAR, ours // 1000 * 1000, FAR)
    assert np.array_equal(ours, expected_ms(network, weights_of(network), runs))


@settings(max_examples=30, deadline=None)
@given(restricted_networks())
def test_a_found_way_never_contains_a_forbidden_run(case: tuple[RoadNetwork, list[Run]]):
    network, runs = case
    split = forbid(network, runs)
    index = RoadIndex.build(split)
    places = middles(network.piece_count)
    for i in range(network.piece_count):
        for j in range(network.piece_count):
            way = index.find_way(places.get(i), places.get(j))
            driven = tuple(real_arcs(split, way.arcs)) if way else ()
            assert not any(has_run(driven, run) for run in runs)


def real_arcs(network: RoadNetwork, arcs: tuple[int, ...]) -> list[int]:
    """Arcs of the pieces that the ways are copies of; bare connections left out."""
    own, found = network.own_piece_count, []
    for arc in arcs:
        source = arc // 2 if arc < 2 * own else int(network.source_piece[arc // 2 - own])
        if source >= 0:
            found.append(2 * source + arc % 2)
    return found


def has_run(driven: Run, run: Run) -> bool:
    return any(driven[k : k + len(run)] == run for k in range(len(driven)))


def test_one_forbidden_turn_costs_one_node_and_one_connection():
    both = FORWARD | BACKWARD
    network = build(5, [(0, 1, both, 1), (1, 2, both, 1), (1, 3, both, 1), (1, 4, both, 1)])
    split = forbid(network, [(0, 2)])
    assert split.node_count == network.node_count + 1
    assert split.piece_count == network.piece_count + 1


def test_one_obligatory_turn_costs_one_node_and_one_connection():
    both = FORWARD | BACKWARD
    network = build(5, [(0, 1, both, 1), (1, 2, both, 1), (1, 3, both, 1), (1, 4, both, 1)])
    split = forbid(network, [(0, 4), (0, 6), (0, 1)])
    assert split.node_count == network.node_count + 1
    assert split.piece_count == network.piece_count + 1


def test_nothing_forbidden_changes_nothing():
    network = build(3, [(0, 1, FORWARD, 1), (1, 2, FORWARD, 1), (2, 0, FORWARD, 1)])
    assert forbid(network, []) is network
