"""Other weights: in part, as a whole and from nothing are the same to the bit."""

import numpy as np
import pytest
from hypothesis import given

from geodata.roads import customization
from geodata.roads.customization import Metric, customize, prune
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.verify import random_places, random_weights, verify_index
from tests.conftest_d.random_networks import SETTINGS, random_indexes

Case = tuple[RoadIndex, np.random.Generator]


def same(a: Metric, b: Metric) -> bool:
    pairs = zip((*a.times, *a.vias), (*b.times, *b.vias), strict=True)
    return all(np.array_equal(x, y) for x, y in pairs)


@SETTINGS
@given(random_indexes())
def test_a_partial_update_equals_a_whole_customization(case: Case):
    index, rng = case
    metric, weights = index.metric, index.weights_ms
    for _ in range(4):
        arcs = rng.integers(0, len(weights), 5)
        weights = weights.copy()
        weights[arcs] = np.where(rng.random(5) < 0.3, FAR, rng.integers(1, 2000, 5))
        metric = index.updater.update(metric, weights, arcs)
        assert same(metric, customize(index.hierarchy, weights))


@SETTINGS
@given(random_indexes())
def test_opening_what_was_closed_gives_the_first_times_back(case: Case):
    index, rng = case
    closed = index.with_weights(random_weights(index, 3, rng))
    assert same(closed.with_weights(index.weights_ms).metric, index.metric)


@SETTINGS
@given(random_indexes())
def test_random_closures_equal_a_fresh_build(case: Case):
    index, rng = case
    weights = random_weights(index, index.network.piece_count // 2, rng)
    fresh = RoadIndex.build(index.network, weights, order=np.argsort(index.hierarchy.rank))
    assert same(index.with_weights(weights).metric, fresh.metric)


@SETTINGS
@given(random_indexes())
def test_pruned_lists_give_the_same_times(case: Case):
    index, rng = case
    pruned = RoadIndex.build(index.network, index.weights_ms, prune=True)
    places = random_places(index, 12, rng)
    ours, whole = (np.minimum(one.matrix_ms(places, places), FAR) for one in (pruned, index))
    assert ours.tolist() == whole.tolist()


@SETTINGS
@given(random_indexes())
def test_an_update_leaves_the_metric_it_started_from_alone(case: Case):
    index, rng = case
    before = customize(index.hierarchy, index.weights_ms)
    index.with_weights(random_weights(index, 4, rng))
    assert same(index.metric, before)


@SETTINGS
@given(random_indexes())
def test_few_destinations_are_answered_like_many(case: Case):
    index, rng = case
    origins, end = random_places(index, 50, rng), random_places(index, 1, rng)
    labels = index.labels(origins.piece, origins.fraction, outward=True)
    kept = index.meet_ms(labels, np.arange(50, dtype=np.int32), origins, end)
    assert np.minimum(index.matrix_ms(origins, end), FAR).tolist() == np.minimum(kept, FAR).tolist()


@SETTINGS
@given(random_indexes())
def test_random_graphs_equal_dijkstra_under_closures(case: Case):
    index, _ = case
    report = verify_index(index, searches=2, origins=20, closed_pieces=5)
    assert report.largest_difference_ms == 0


@pytest.mark.parametrize("pieces", [1, 40, 2000])
def test_bucharest_closed_in_part_or_as_a_whole_equals_a_fresh_one(
    bucharest_index: RoadIndex, pieces: int
):
    weights = random_weights(bucharest_index, pieces, np.random.default_rng(pieces))
    changed = bucharest_index.with_weights(weights)
    assert same(changed.metric, customize(bucharest_index.hierarchy, weights))


def test_bucharest_equals_dijkstra_under_closures(bucharest_index: RoadIndex):
    report = verify_index(bucharest_index, searches=4, origins=200, closed_pieces=300)
    assert (report.largest_difference_ms, report.closed_pieces) == (0, 300)


def test_a_pruned_metric_keeps_pruning_when_customized_as_a_whole(bucharest_index: RoadIndex):
    index = bucharest_index
    pruned = RoadIndex.build(index.network, order=np.argsort(index.hierarchy.rank), prune=True)
    weights = random_weights(index, 2000, np.random.default_rng(1))
    changed = pruned.with_weights(weights).metric
    assert changed.pruned
    assert changed.pruned.outward.times.tolist() == (
        prune(index.hierarchy, customize(index.hierarchy, weights)).pruned.outward.times.tolist()
    )
    assert len(changed.pruned.outward.times) < len(changed.ahead)


def test_the_limit_of_partial_updates_is_about_arcs(bucharest_index: RoadIndex):
    few = random_weights(bucharest_index, 5, np.random.default_rng(0))
    assert (few != bucharest_index.weights_ms).sum() <= customization.PARTIAL_LIMIT
