"""
A road network made ready for questions: times, matrices and routes.

A `RoadIndex` is immutable; other weights (a closed road, another hour) make
a new index with `with_weights`, which shares everything but the metric. All
methods may be called from many threads at once.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.roads import storage
from geodata.roads.fragments import find_connected
from geodata.roads.hierarchy import Hierarchy, Labels, Metric, Seeds, find_order
from geodata.roads.network import FAR, Floats, Int32s, RoadNetwork
from geodata.roads.snapping import Snapped, SnappedMany, Snapper
from geodata.roads.speeds import free_flow_ms


@dataclass(frozen=True, slots=True)
class Way:
    """A drive: its arcs in order (the first and last driven in part), time, and both ends."""

    arcs: tuple[int, ...]
    time_ms: int
    start: Snapped
    end: Snapped


@dataclass(frozen=True)
class Grids:
    """Where the pieces lie; built at the first question, whatever the weights."""

    network: RoadNetwork

    @cached_property
    def whole(self) -> Snapper:
        """All pieces."""
        return Snapper.build(self.network)

    @cached_property
    def connected(self) -> Snapper:
        """The pieces that lead anywhere; see `geodata.roads.fragments`."""
        return Snapper.build(self.network, only=find_connected(self.network))


@dataclass(frozen=True)
class RoadIndex:
    """Network, hierarchy, weights (ms per arc, FAR = closed) and their metric."""

    network: RoadNetwork
    hierarchy: Hierarchy
    weights_ms: Int32s
    metric: Metric
    grids: Grids

    @classmethod
    def build(
        cls, network: RoadNetwork, weights_ms: Int32s | None = None, *, order: Int32s | None = None
    ) -> Self:
        """
        Prepare a network for queries.

        Parameters
        ----------
        network
            The roads.
        weights_ms
            Time of each of the 2 * pieces arcs; free flow by class when not given.
        order
            Contraction order of the nodes; computed with METIS when not given.
        """
        weights = free_flow_ms(network) if weights_ms is None else weights_ms
        order = find_order(network) if order is None else order
        hierarchy = Hierarchy.build(network.arc_tail, network.arc_head, order)
        metric = hierarchy.customize(weights)
        return cls(network, hierarchy, weights, metric, Grids(network))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a compiled network with its order; raises RoadNetworkError."""
        arrays = storage.read_arrays(path)
        network = RoadNetwork.from_arrays(arrays, path.name)
        return cls.build(network, order=arrays.get("order"))

    def with_weights(self, weights_ms: Int32s) -> "RoadIndex":
        """Return the same roads under other weights: one customization, nothing else is redone."""
        metric = self.hierarchy.customize(weights_ms)
        return replace(self, weights_ms=weights_ms, metric=metric)

    def snap(
        self, lons: Floats, lats: Floats, *, max_distance_m: float, avoid_fragments: bool = False
    ) -> SnappedMany:
        """
        Nearest road point of every place (WGS84 degrees); piece -1 beyond the limit.

        With `avoid_fragments` a connected road within the limit goes before a
        nearer stub that leads nowhere.
        """
        if not avoid_fragments:
            return self.grids.whole.snap(lons, lats, max_distance_m=max_distance_m)
        snapped = self.grids.connected.snap(lons, lats, max_distance_m=max_distance_m)
        rest = np.flatnonzero(snapped.piece < 0)
        if len(rest):
            other = self.grids.whole.snap(lons[rest], lats[rest], max_distance_m=max_distance_m)
            snapped.replace(rest, other)
        return snapped

    def seeds(self, piece: Int32s, fraction: Floats, *, outward: bool) -> Seeds:
        """
        Ends of the pieces with the time from the place to them, or from them to the place.

        A piece of -1 (nothing near enough) gets seeds that lead nowhere.
        """
        network, on_road = self.network, piece >= 0
        weights = self.weights_ms.reshape(-1, 2)[piece].astype(np.int64)
        weights = np.where(on_road[:, None], weights, FAR)
        driven = _driven_ms(weights, fraction)
        offsets = weights - driven if outward else driven
        offsets = np.where(weights < FAR, offsets, FAR).astype(np.int32)
        ends = (network.head, network.tail) if outward else (network.tail, network.head)
        return Seeds(np.stack([end[piece] for end in ends], axis=1), offsets)

    def labels(self, piece: Int32s, fraction: Floats, *, outward: bool) -> Labels:
        """Labels of snapped places, as origins (`outward`) or destinations."""
        seeds = self.seeds(piece, fraction, outward=outward)
        return self.hierarchy.make_labels(self.metric, seeds, outward=outward)

    def along_piece_ms(self, piece: Int32s, start: Floats, end: Floats) -> NDArray[np.int64]:
        """Time between two shares of the same piece without leaving it; FAR where barred."""
        weights = self.weights_ms.reshape(-1, 2)[piece].astype(np.int64)
        ahead = _driven_ms(weights, end) - _driven_ms(weights, start)
        ahead = np.where((ahead >= 0) & (weights < FAR), ahead, FAR)
        return np.asarray(ahead.min(axis=1))

    def matrix_ms(self, origins: SnappedMany, destinations: SnappedMany) -> NDArray[np.int64]:
        """Milliseconds between all pairs of snapped places; FAR or more is "no way"."""
        out = self.labels(origins.piece, origins.fraction, outward=True)
        rows = np.arange(len(origins.piece), dtype=np.int32)
        return self.meet_ms(out, rows, origins, destinations)

    def meet_ms(
        self, out: Labels, rows: Int32s, origins: SnappedMany, destinations: SnappedMany
    ) -> NDArray[np.int64]:
        """Like `matrix_ms` for origins whose labels were kept: origin i is `rows[i]` of `out`."""
        into = self.labels(destinations.piece, destinations.fraction, outward=False)
        times = self.hierarchy.meet(out, rows, into).astype(np.int64)
        same = (origins.piece[:, None] == destinations.piece) & (destinations.piece >= 0)
        i, j = np.nonzero(same)
        direct = self.along_piece_ms(
            origins.piece[i], origins.fraction[i], destinations.fraction[j]
        )
        times[i, j] = np.minimum(times[i, j], direct)
        return times

    def find_way(self, origin: Snapped, destination: Snapped) -> Way | None:
        """Fastest drive between two snapped places, or None where there is none."""
        best = self._through_network(origin, destination)
        direct = self._on_piece(origin, destination)
        if best is None or (direct is not None and direct.time_ms <= best.time_ms):
            return direct
        return best

    def _through_network(self, origin: Snapped, destination: Snapped) -> Way | None:
        out, into = (
            _seed_one(self, origin, outward=True),
            _seed_one(self, destination, outward=False),
        )
        path = self.hierarchy.find_path(self.metric, out, into)
        if path is None:
            return None
        first = 2 * origin.arc + path.start_seed
        last = 2 * destination.arc + path.end_seed
        time_ms = int(
            out.offsets[0, path.start_seed]
            + self.weights_ms[path.arcs].sum(dtype=np.int64)
            + into.offsets[0, path.end_seed]
        )
        return Way((first, *path.arcs.tolist(), last), time_ms, origin, destination)

    def _on_piece(self, origin: Snapped, destination: Snapped) -> Way | None:
        if origin.arc != destination.arc:
            return None
        piece = np.array([origin.arc], np.int32)
        start, end = np.array([origin.fraction]), np.array([destination.fraction])
        time_ms = int(self.along_piece_ms(piece, start, end)[0])
        backward = destination.fraction < origin.fraction
        arc = 2 * origin.arc + int(backward)
        return Way((arc,), time_ms, origin, destination) if time_ms < FAR else None


def _driven_ms(weights: NDArray[np.int64], fraction: Floats) -> NDArray[np.int64]:
    """Time already driven on each direction of the piece (columns) at a share of it."""
    shares = np.stack([fraction, 1.0 - fraction], axis=1)
    return np.asarray(np.rint(shares * weights).astype(np.int64))


def _seed_one(index: RoadIndex, place: Snapped, *, outward: bool) -> Seeds:
    piece, fraction = np.array([place.arc], np.int32), np.array([place.fraction])
    return index.seeds(piece, fraction, outward=outward)
