"""
Check the index against a plain Dijkstra search that shares none of its code.

The reference is NetworkX on a graph with the same whole milliseconds, so the
two must agree exactly, not roughly.
"""

from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, Int32s
from geodata.roads.snapping import SnappedMany


@dataclass(frozen=True, slots=True)
class Verification:
    """
    Pairs compared, largest difference in milliseconds, pairs without a way.

    `closed_pieces` were closed or slowed at random for half of the pairs.
    """

    pairs: int
    largest_difference_ms: int
    unreachable: int
    closed_pieces: int = 0


def reversed_graph(index: RoadIndex) -> "nx.DiGraph[int]":
    """Every open arc turned round, with `ms`; the fastest of parallel arcs."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    network = index.network
    graph.add_nodes_from(range(network.node_count))
    arcs = np.flatnonzero(index.weights_ms < FAR)
    # Slowest first, so that the fastest of parallel arcs is written last.
    arcs = arcs[np.argsort(-index.weights_ms[arcs], kind="stable")]
    columns = (network.arc_head[arcs], network.arc_tail[arcs], index.weights_ms[arcs])
    graph.add_weighted_edges_from(zip(*(c.tolist() for c in columns), strict=True), weight="ms")
    return graph


def reference_ms(
    graph: "nx.DiGraph[int]", index: RoadIndex, origins: SnappedMany, destination: SnappedMany
) -> NDArray[np.int64]:
    """
    Milliseconds from every origin to the one destination by Dijkstra; FAR: no way.

    `graph` is `reversed_graph(index)`; one search serves all origins.
    """
    into = index.seeds(destination.piece, destination.fraction, outward=False)
    out = index.seeds(origins.piece, origins.fraction, outward=True)
    best = np.full(len(origins.piece), FAR, np.int64)
    for node, offset in zip(into.nodes[0].tolist(), into.offsets[0].tolist(), strict=True):
        if offset < FAR:
            reached = nx.single_source_dijkstra_path_length(graph, node, weight="ms")
            best = np.minimum(best, _over_seeds(reached, out.nodes, out.offsets) + offset)
    same = np.flatnonzero(origins.piece == destination.piece)
    end = np.repeat(destination.fraction, len(same))
    direct = index.along_piece_ms(origins.piece[same], origins.fraction[same], end)
    best[same] = np.minimum(best[same], direct)
    return np.minimum(best, FAR)


def _over_seeds(reached: dict[int, float], nodes: Int32s, offsets: Int32s) -> NDArray[np.int64]:
    far = float(FAR)
    times = np.array([[reached.get(node, far) for node in pair] for pair in nodes.tolist()])
    return np.asarray((times.astype(np.int64) + offsets).min(axis=1))


def random_places(index: RoadIndex, count: int, rng: np.random.Generator) -> SnappedMany:
    """Places at random shares of random pieces, as if snapped there."""
    piece = rng.integers(0, index.network.own_piece_count, count).astype(np.int32)
    nowhere = np.zeros(count)
    return SnappedMany(piece, rng.random(count), nowhere, nowhere.copy(), nowhere.copy())


def verify_index(
    index: RoadIndex,
    *,
    searches: int = 5,
    origins: int = 200,
    seed: int = 119,
    closed_pieces: int = 0,
) -> Verification:
    """
    Compare `searches` x `origins` random pairs, places in mid-piece included.

    With `closed_pieces` the second half of the searches runs on roads of which
    that many are closed or slowed at random: the index brings its times up to
    date, the reference starts from the weights.
    """
    rng = np.random.default_rng(seed)
    plain = (searches + 1) // 2 if closed_pieces else searches
    largest, unreachable = _compare(index, plain, origins, rng)
    if closed_pieces:
        changed = index.with_weights(random_weights(index, closed_pieces, rng))
        worse, more = _compare(changed, searches - plain, origins, rng)
        largest, unreachable = max(largest, worse), unreachable + more
    return Verification(searches * origins, largest, unreachable, closed_pieces)


def random_weights(index: RoadIndex, pieces: int, rng: np.random.Generator) -> Int32s:
    """Weights with that many pieces (or all there are) closed or slowed to a half."""
    count = index.network.piece_count
    chosen = rng.choice(count, min(pieces, count), replace=False)
    weights = index.weights_ms.copy()
    pairs = weights.reshape(-1, 2)
    slowed = np.minimum(pairs[chosen].astype(np.int64) * 2, FAR)
    pairs[chosen] = np.where(rng.random(len(chosen))[:, None] < 0.5, FAR, slowed)
    return weights


def _compare(
    index: RoadIndex, searches: int, origins: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Largest difference of that many searches, and how many pairs have no way."""
    graph = reversed_graph(index)
    largest = unreachable = 0
    for _ in range(searches):
        starts, end = random_places(index, origins, rng), random_places(index, 1, rng)
        expected = reference_ms(graph, index, starts, end)
        ours = np.minimum(index.matrix_ms(starts, end)[:, 0], FAR)
        kept = index.labels(starts.piece, starts.fraction, outward=True)
        rows = np.arange(origins, dtype=np.int32)
        again = np.minimum(index.meet_ms(kept, rows, starts, end)[:, 0], FAR)
        largest = max(largest, *(int(np.abs(one - expected).max()) for one in (ours, again)))
        unreachable += int((expected >= FAR).sum())
    return largest, unreachable
