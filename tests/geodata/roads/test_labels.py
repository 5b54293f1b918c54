"""Ranks, labels and sweeps: whatever the order, whoever climbs together, however deep the tree."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.roads import labels
from geodata.roads.customization import customize, prune
from geodata.roads.hierarchy import Hierarchy
from geodata.roads.index import RoadIndex
from geodata.roads.label_kernels import LANES
from geodata.roads.labels import Labels, Seeds
from geodata.roads.network import FAR
from geodata.roads.verify import random_places, reference_ms, reversed_graph
from tests.conftest_d.random_networks import SETTINGS, random_indexes

Case = tuple[RoadIndex, np.random.Generator]


def climb(hierarchy: Hierarchy, v: int) -> list[int]:
    found = []
    while v >= 0:
        found.append(v)
        v = int(hierarchy.parent[v])
    return found


@SETTINGS
@given(random_indexes())
def test_ranks_are_a_post_order_of_the_tree(case: Case):
    hierarchy = case[0].hierarchy
    n = len(hierarchy.rank)
    assert hierarchy.rank[hierarchy.node].tolist() == list(range(n))
    for v in range(n):
        above = climb(hierarchy, v)
        assert hierarchy.depth[v] == len(above) - 1
        assert above == [u for u in range(n) if hierarchy.lowest[u] <= v <= u]


@SETTINGS
@given(random_indexes())
def test_any_order_of_contraction_gives_the_times_of_dijkstra(case: Case):
    index, rng = case
    order = rng.permutation(index.network.node_count).astype(np.int32)
    other = RoadIndex.build(index.network, index.weights_ms, order=order, prune=True)
    origins, end = random_places(index, 2 * LANES + 5, rng), random_places(index, 1, rng)
    expected = reference_ms(reversed_graph(index), index, origins, end).tolist()
    rows = np.arange(len(origins.piece), dtype=np.int32)
    kept = other.labels(origins.piece, origins.fraction, outward=True)
    assert np.minimum(other.meet_ms(kept, rows, origins, end)[:, 0], FAR).tolist() == expected
    assert np.minimum(other.matrix_ms(origins, end)[:, 0], FAR).tolist() == expected


@SETTINGS
@given(random_indexes(), st.integers(1, 3 * LANES))
def test_places_that_climb_together_get_the_labels_they_get_alone(case: Case, count: int):
    index, rng = case
    places = random_places(index, count, rng)
    together = index.labels(places.piece, places.fraction, outward=True)
    for i in range(count):
        one = index.labels(places.piece[i : i + 1], places.fraction[i : i + 1], outward=True)
        size = int(one.lengths[0])
        assert (together.lengths[i], together.lows[i]) == (size, one.lows[0])
        assert together.times[i, :size].tolist() == one.times[0, :size].tolist()


@SETTINGS
@given(random_indexes())
def test_rows_of_a_table_are_filled_without_touching_others(case: Case):
    index, rng = case
    places = random_places(index, LANES + 3, rng)
    table = Labels.empty(index.hierarchy, 60)
    table.times[:] = -7
    rows = rng.permutation(60)[: LANES + 3].astype(np.int32)
    seeds = index.seeds(places.piece, places.fraction, outward=True)
    labels.fill_labels(index.hierarchy, index.metric, seeds, table, rows, outward=True)
    fresh = index.labels(places.piece, places.fraction, outward=True)
    for i, row in enumerate(rows.tolist()):
        size = int(fresh.lengths[i])
        assert table.times[row, :size].tolist() == fresh.times[i, :size].tolist()
        assert (table.times[row, size:] == -7).all()
    assert (np.delete(table.times, rows, axis=0) == -7).all()


def test_a_tree_deeper_than_16_bits_is_answered():
    n = 70_000
    tail = np.arange(n - 1, dtype=np.int32)
    head = tail + 1
    # A road with no junction, contracted from its end: every node is an ancestor of the next.
    arcs = np.concatenate([tail, head]), np.concatenate([head, tail])
    hierarchy = Hierarchy.build(*arcs, np.arange(n, dtype=np.int32))
    assert hierarchy.width == n
    metric = prune(hierarchy, customize(hierarchy, np.full(2 * n - 2, 10, np.int32)))
    ends, offsets = np.array([[0, 0], [n - 1, n - 1], [500, 501]]), np.zeros((3, 2), np.int32)
    places = Seeds(ends.astype(np.int32), offsets)
    out, into = (
        labels.make_labels(hierarchy, metric, places, outward=outward) for outward in (True, False)
    )
    rows = np.arange(3, dtype=np.int32)
    times = labels.meet(hierarchy, out, rows, into)
    assert times[:, 0].tolist() == [0, 10 * (n - 1), 5000]
    assert labels.reach(hierarchy, metric, places, places, outward=True)[0].tolist() == (
        times[:, 0].tolist()
    )
    covered, owner = labels.nearest_bases(hierarchy, metric, places, outward=True)
    assert (covered[501], owner[0], owner[501], owner[n - 1]) == (0, 0, 2, 1)
