"""
A road network made ready for questions: times, matrices and routes.

A `RoadIndex` is immutable; other weights (a closed road, another hour) make
a new index with `with_weights`, which shares everything but the metric. All
methods may be called from many threads at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.points import Moving, Origin, standing
from geodata.roads import customization, labels, storage
from geodata.roads.arc_ends import ArcEnds
from geodata.roads.closures import Closure, close
from geodata.roads.customization import Metric, Updater
from geodata.roads.hierarchy import Hierarchy, find_order
from geodata.roads.labels import Labels, Seeds
from geodata.roads.network import FAR, Floats, Int32s, RoadNetwork
from geodata.roads.paths import find_path
from geodata.roads.placing import Grids, find_on_heading, place
from geodata.roads.profiles import SpeedProfile
from geodata.roads.snapping import Snapped, SnappedMany
from geodata.roads.speeds import free_flow_ms

# With at most so many destinations and at least so many origins, settling the nodes above the
# origins is the quicker way. With more destinations labels are: each origin's label then
# serves all of them.
_MOST_SWEEPS, _LEAST_SWEPT = 2, 24


@dataclass(frozen=True, slots=True)
class Way:
    """A drive: its arcs in order (the first and last driven in part), time, and both ends."""

    arcs: tuple[int, ...]
    time_ms: int
    start: Snapped
    end: Snapped


@dataclass(frozen=True)
class RoadIndex:
    """
    Network, hierarchy, weights and their metric.

    Attributes
    ----------
    weights_ms
        Milliseconds of each of the 2 * pieces arcs, FAR where it may not be driven.
    free_ms
        The same before an hour was worked in (`geodata.roads.zones`); the same array
        where none was.
    open_ms
        Free flow without closures and slow-downs.
    """

    network: RoadNetwork
    hierarchy: Hierarchy
    weights_ms: Int32s
    free_ms: Int32s
    metric: Metric
    grids: Grids
    open_ms: Int32s
    updater: Updater = field(repr=False)

    @classmethod
    def build(
        cls,
        network: RoadNetwork,
        weights_ms: Int32s | None = None,
        *,
        order: Int32s | None = None,
        prune: bool = False,
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
        prune
            Take as long again and answer labels and maps in half the time.
        """
        weights = free_flow_ms(network) if weights_ms is None else weights_ms
        order = find_order(network) if order is None else order
        ends = network.arc_tail, network.arc_head
        hierarchy = Hierarchy.build(*ends, order, joined=seed_pairs(network))
        metric = customization.customize(hierarchy, weights)
        if prune:
            metric = customization.prune(hierarchy, metric)
        grids, updater = Grids(network), Updater(hierarchy)
        return cls(network, hierarchy, weights, weights, metric, grids, weights, updater)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a compiled network with its order; raises RoadNetworkError."""
        arrays = storage.read_arrays(path)
        network = RoadNetwork.from_arrays(arrays, path.name)
        return cls.build(network, order=arrays.get("order"))

    def with_weights(self, weights_ms: Int32s, free_ms: Int32s | None = None) -> Self:
        """
        Return the same roads under other weights; nothing but the metric is redone.

        Few changes are worked in one by one, many by one customization; the
        answers are the same. `free_ms` when an hour is worked into the weights.
        """
        free_ms = weights_ms if free_ms is None else free_ms
        # A partial update gives no shorter lists (`prune`), which is right for a few roads; a whole
        # customization makes them again where there were some.
        arcs = np.flatnonzero(weights_ms != self.weights_ms)
        if len(arcs) <= customization.PARTIAL_LIMIT:
            metric = self.updater.update(self.metric, weights_ms, arcs) if len(arcs) else None
            metric = metric or self.metric
            return replace(self, weights_ms=weights_ms, free_ms=free_ms, metric=metric)
        metric = customization.customize(self.hierarchy, weights_ms)
        if self.metric.pruned is not None:
            metric = customization.prune(self.hierarchy, metric)
        return replace(self, weights_ms=weights_ms, free_ms=free_ms, metric=metric)

    def with_profile(self, profile: SpeedProfile) -> Self:
        """Return the same roads at their usual times: free flow, belts and classes worked in."""
        return self.with_weights(profile.weights_ms(self.network, self.open_ms))

    def with_closures(self, closures: Iterable[Closure], at: datetime) -> Self:
        """Return the same roads under the closures and slow-downs that hold at `at`."""
        return self.with_weights(self.closed_ms(closures, at))

    def closed_ms(self, closures: Iterable[Closure], at: datetime) -> Int32s:
        """Weights under the closures and slow-downs that hold at `at`."""
        return close(self.network, self.grids.whole, self.open_ms, closures, at)

    def snap(self, lons: Floats, lats: Floats, *, max_distance_m: float) -> SnappedMany:
        """Nearest road point of every place (WGS84 degrees), of any road; -1 beyond the limit."""
        return self.grids.whole.snap(lons, lats, max_distance_m=max_distance_m)

    def place(
        self,
        lons: Floats,
        lats: Floats,
        *,
        max_distance_m: float,
        outward: bool,
        is_car: bool = False,
    ) -> SnappedMany:
        """
        Road point at which a drive from (`outward`) or to each place starts or ends.

        See `geodata.roads.placing` for which road that is, and for places of cars (`is_car`);
        piece -1 beyond the limit. An open road within the limit goes before a nearer one
        that is closed.
        """
        placed = place(
            self.grids,
            lons,
            lats,
            max_distance_m=max_distance_m,
            outward=outward,
            is_car=is_car,
        )
        grids = (self.grids.streets(outward=outward), self.grids.fast)
        # The grids are tried again for the few places at a closed road.
        for row in np.flatnonzero(self._is_shut(placed.piece)).tolist():
            at = float(lons[row]), float(lats[row])
            for grid in grids:
                open_ = grid.snap_open(*at, max_distance_m=max_distance_m, closed=self._shut_pieces)
                if open_.piece[0] >= 0:
                    placed.replace(np.array([row]), open_)
                    break
        return placed

    def place_cars(self, origins: Sequence[Origin], *, max_distance_m: float) -> SnappedMany:
        """Road points at which drives of cars start; those that move, in their direction."""
        lons, lats = (
            np.array([standing(one) for one in origins], np.float64).reshape(-1, 2).T.copy()
        )
        placed = self.place(lons, lats, max_distance_m=max_distance_m, outward=True, is_car=True)
        for row, origin in enumerate(origins):
            if isinstance(origin, Moving):
                found = find_on_heading(self.grids, *origin, closed=self._shut_pieces)
                if found.piece[0] >= 0:
                    placed.replace(np.array([row]), found)
        return placed

    def leads(self, piece: Int32s, *, outward: bool) -> NDArray[np.bool_]:
        """Whether roads lead to the rest of the network (`outward`), or are reached from it."""
        return self.grids.leads(piece, outward=outward)

    @cached_property
    def _shut_pieces(self) -> NDArray[np.bool_]:
        return self._is_shut(np.arange(self.network.piece_count, dtype=np.int32))

    def _is_shut(self, piece: Int32s) -> NDArray[np.bool_]:
        """Whether pieces (-1: none) are shut by a closure, in every direction they have."""
        shut = (piece >= 0) & (self.weights_ms.reshape(-1, 2)[piece].min(axis=1) >= FAR)
        # The usual weights tell a closed road from one that was never open. They are read only
        # where needed, because every page of a mapped array that is read takes memory.
        rows = np.flatnonzero(shut)
        shut[rows] = self.open_ms.reshape(-1, 2)[piece[rows]].min(axis=1) < FAR
        return np.asarray(shut)

    def seeds(self, piece: Int32s, fraction: Floats, *, outward: bool) -> Seeds:
        """
        Ends of the pieces with the time from the place to them, or from them to the place.

        A piece of -1 (nothing near enough) gets seeds that lead nowhere.
        """
        on_road = piece >= 0
        weights = self.weights_ms.reshape(-1, 2)[piece].astype(np.int64)
        weights = np.where(on_road[:, None], weights, FAR)
        driven = _driven_ms(weights, fraction)
        offsets = weights - driven if outward else driven
        offsets = np.where(weights < FAR, offsets, FAR).astype(np.int32)
        ends = self._ends.heads(piece) if outward else self._ends.entered(piece)
        return Seeds(ends, offsets)

    @cached_property
    def _ends(self) -> ArcEnds:
        return ArcEnds(self.network)

    def labels(self, piece: Int32s, fraction: Floats, *, outward: bool) -> Labels:
        """Labels of snapped places, as origins (`outward`) or destinations."""
        seeds = self.seeds(piece, fraction, outward=outward)
        return labels.make_labels(self.hierarchy, self.metric, seeds, outward=outward)

    def along_piece_ms(self, piece: Int32s, start: Floats, end: Floats) -> NDArray[np.int64]:
        """Time between two shares of the same piece without leaving it; FAR where barred."""
        weights = self.weights_ms.reshape(-1, 2)[piece].astype(np.int64)
        ahead = _driven_ms(weights, end) - _driven_ms(weights, start)
        ahead = np.where((ahead >= 0) & (weights < FAR), ahead, FAR)
        return np.asarray(ahead.min(axis=1))

    def matrix_ms(self, origins: SnappedMany, destinations: SnappedMany) -> NDArray[np.int64]:
        """Milliseconds between all pairs of snapped places; FAR or more is "no way"."""
        few, many = len(destinations.piece), len(origins.piece)
        if few <= _MOST_SWEEPS and many >= _LEAST_SWEPT:
            return self._add_direct(self._reach(destinations, origins).T, origins, destinations)
        out = self.labels(origins.piece, origins.fraction, outward=True)
        return self.meet_ms(out, np.arange(many, dtype=np.int32), origins, destinations)

    def _reach(self, destinations: SnappedMany, origins: SnappedMany) -> NDArray[np.int32]:
        few = self.seeds(destinations.piece, destinations.fraction, outward=False)
        many = self.seeds(origins.piece, origins.fraction, outward=True)
        return labels.reach(self.hierarchy, self.metric, few, many, outward=False)

    def meet_ms(
        self, out: Labels, rows: Int32s, origins: SnappedMany, destinations: SnappedMany
    ) -> NDArray[np.int64]:
        """Like `matrix_ms` for origins whose labels were kept: origin i is `rows[i]` of `out`."""
        into = self.labels(destinations.piece, destinations.fraction, outward=False)
        return self._add_direct(labels.meet(self.hierarchy, out, rows, into), origins, destinations)

    def _add_direct(
        self, through_ms: NDArray[np.int32], origins: SnappedMany, destinations: SnappedMany
    ) -> NDArray[np.int64]:
        """Times through junctions, lowered where both places lie on one piece."""
        times = through_ms.astype(np.int64)
        same = (origins.piece[:, None] == destinations.piece) & (destinations.piece >= 0)
        if not same.any():
            return times
        i, j = np.nonzero(same)
        # Labels know only ways through a junction. Two places on one piece may be nearer.
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
        path = find_path(self.hierarchy, self.metric, out, into)
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
    # Rounded once, to whole milliseconds: the part driven and the part left add up exactly.
    return np.asarray(np.rint(shares * weights).astype(np.int64))


def seed_pairs(network: RoadNetwork) -> tuple[Int32s, Int32s]:
    """
    Nodes that are seeds of one place without being the ends of one arc.

    A label climbs once from both seeds, so the hierarchy has to know them as
    neighbours. Only pieces at split nodes need it.
    """
    moved = np.concatenate([network.moved_arc, network.entered_arc])
    pieces = np.unique(moved // 2)
    pairs = [ends.reshape(-1, 2)[pieces] for ends in (network.arc_head, network.enter_node)]
    first, second = np.concatenate(pairs).T
    return first.copy(), second.copy()


def _seed_one(index: RoadIndex, place: Snapped, *, outward: bool) -> Seeds:
    piece, fraction = np.array([place.arc], np.int32), np.array([place.fraction])
    return index.seeds(piece, fraction, outward=outward)
