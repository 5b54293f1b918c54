"""Dijkstra's answers to the questions of a graph, by scipy: what everybody is compared with."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads_graphs import Graph
from geodata.roads.network import FAR


class Truth:
    """Dijkstra's answers, asked once per incident."""

    def __init__(self, graph: Graph) -> None:
        network = graph.network
        arcs = np.flatnonzero(graph.weights_ms < FAR)
        tail, head = network.arc_tail[arcs], network.arc_head[arcs]
        keys = tail.astype(np.int64) * network.node_count + head
        # Of parallel arcs only the fastest is kept: scipy would add their weights up.
        order = np.lexsort((graph.weights_ms[arcs], keys))
        arcs = arcs[order][np.unique(keys[order], return_index=True)[1]]
        arcs = arcs[network.arc_tail[arcs] != network.arc_head[arcs]]
        self.tail, self.head = network.arc_tail[arcs], network.arc_head[arcs]
        self.ms = graph.weights_ms[arcs]
        n = network.node_count
        columns = (self.ms.astype(float), (self.head, self.tail))
        self._turned = csr_array(columns, shape=(n, n))
        self._forward = csr_array((self.ms.astype(float), (self.tail, self.head)), shape=(n, n))
        self._known: dict[int, NDArray[np.float64]] = {}
        self._covered: NDArray[np.float64] | None = None
        self._graph = graph

    def to(self, incident: int) -> NDArray[np.float64]:
        """Times (ms) of all teams to an incident."""
        if incident not in self._known:
            found = dijkstra(self._turned, indices=incident)[self._graph.teams]
            self._known[incident] = found
        return self._known[incident]

    def count_wrong(self, answers: Iterable[NDArray[Any]]) -> int:
        """Count the answers to the first incidents that differ from Dijkstra's."""
        pairs = zip(self._graph.incidents.tolist(), answers, strict=False)
        return sum(int((finite(a) != finite(self.to(i))).sum()) for i, a in pairs)

    def median_difference(self, answers: Iterable[NDArray[Any]]) -> float:
        """Median relative difference, for engines with weights of their own."""
        pairs = zip(self._graph.incidents.tolist(), answers, strict=False)
        off = [np.abs(a - self.to(i)) / np.maximum(self.to(i), 1) for i, a in pairs]
        return float(np.nanmedian(np.concatenate(off)))

    def covered(self) -> NDArray[np.float64]:
        """Times (ms) of all nodes from the nearest base."""
        if self._covered is None:
            self._covered = dijkstra(self._forward, indices=self._graph.bases, min_only=True)
        return self._covered


def finite(times: NDArray[Any]) -> NDArray[np.int64]:
    """Whole milliseconds, FAR for no way."""
    return np.minimum(np.nan_to_num(times, posinf=float(FAR)), FAR).astype(np.int64)
