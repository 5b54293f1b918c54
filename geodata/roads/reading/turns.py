"""
Forbid sequences of arcs by splitting the nodes where they matter.

A restriction is a run of two or more arcs that may not be driven one after
the other. What a car may do next then depends on the arcs behind it, so an
arc that begins such a run gets a head of its own, and an arc in its middle a
copy that remembers. All other nodes, and all pieces as places to be snapped
to, stay as they are; the hierarchy sees nothing but nodes and arcs.

At each split junction the outgoing arcs are grouped by which remembered
arrivals may take them, one extra node a group, reached from the junction by a
bare connection (1 ms). A single no-left-turn costs one node and one connection.

Source: Aho, Corasick, "Efficient string matching" (1975), for the states; the
runs are its words.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import Int32s, RoadNetwork
from geodata.roads.tags import BACKWARD, CLASS_CODES, FORWARD

Run = tuple[int, ...]
"""Arcs driven one after the other; as a state, what has to be remembered."""

Ends = tuple[int, int]

# What an extra piece holds that is a bare connection and no copy of a road.
_BARE = {
    "length_cm": 0,
    "road_class": CLASS_CODES["road"],
    "max_speed_kph": 0,
    "name_id": 0,
    "way_id": 0,
}


def forbid(network: RoadNetwork, runs: Iterable[Run]) -> RoadNetwork:
    """
    Return the network with nodes split so that no drive contains a forbidden run.

    Parameters
    ----------
    network
        A network without extra pieces.
    runs
        Runs of drivable arcs, each arc leaving from where the one before leads to.
    """
    forbidden = frozenset(runs)
    if not forbidden:
        return network
    splitter = _Splitter(network, forbidden)
    splitter.split()
    return splitter.result()


@dataclass(slots=True)
class _Splitter:
    """Splits junction by junction; `heads` and `tails` are the new ends of arcs and copies."""

    network: RoadNetwork
    forbidden: frozenset[Run]
    states: frozenset[Run] = field(init=False)
    heads: dict[Run, int] = field(default_factory=dict)
    tails: dict[Run, int] = field(default_factory=dict)
    links: dict[Ends, bool] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    leaving: "ArcsByNode" = field(init=False)

    def __post_init__(self) -> None:
        self.states = frozenset(run[:k] for run in self.forbidden for k in range(1, len(run)))
        self.leaving = ArcsByNode.build(self.network)

    def split(self) -> None:
        arrivals: dict[int, list[Run]] = defaultdict(list)
        for state in sorted(self.states):
            arrivals[int(self.network.arc_head[state[-1]])].append(state)
        for junction, states in sorted(arrivals.items()):
            self._split_junction(junction, states)

    def _split_junction(self, junction: int, states: list[Run]) -> None:
        groups, reach = self._group(junction, states)
        nodes = {
            sources: self._node(junction) if sources else junction for sources in sorted(groups)
        }
        for sources, outs in sorted(groups.items()):
            # Drives that remember nothing come from the junction itself. They need a connection to
            # this node only if an arc as drawn leaves it, and never onto a copy.
            if sources and any(len(out) == 1 for out in outs):
                self.links[junction, nodes[sources]] = True
            for out in outs:
                self.tails[out] = nodes[sources]
        shared: dict[tuple[int, ...], int] = {}
        for state in states:
            targets = tuple(sorted(nodes[sources] for sources in reach[state]))
            if len(targets) == 1:
                self.heads[state] = targets[0]
                continue
            if targets not in shared:
                shared[targets] = self._node(junction)
                self.links.update({(shared[targets], target): True for target in targets})
            self.heads[state] = shared[targets]

    def _group(
        self, junction: int, states: list[Run]
    ) -> tuple[dict[tuple[int, ...], list[Run]], dict[Run, set[tuple[int, ...]]]]:
        """Outgoing arcs and copies by the arrivals that may take them; and the reverse."""
        outs = self.leaving.at(junction)
        sources: dict[Run, list[int]] = {(arc,): [] for arc in outs}
        for number, state in enumerate(states):
            for arc in outs:
                follower = self._step(state, arc)
                if follower is not None:
                    sources.setdefault(follower, []).append(number)
        groups: dict[tuple[int, ...], list[Run]] = defaultdict(list)
        reach: dict[Run, set[tuple[int, ...]]] = {state: set() for state in states}
        for out, numbers in sources.items():
            groups[tuple(numbers)].append(out)
            for number in numbers:
                reach[states[number]].add(tuple(numbers))
        return groups, reach

    def _step(self, state: Run, arc: int) -> Run | None:
        """What is remembered after one more arc, or None where it may not be driven."""
        run = (*state, arc)
        if any(run[k:] in self.forbidden for k in range(len(run) - 1)):
            return None
        # The longest end of the run that may still grow into a forbidden one, as in
        # Aho and Corasick's automaton.
        return next((run[k:] for k in range(len(run)) if run[k:] in self.states), (arc,))

    def _node(self, junction: int) -> int:
        self.places.append(junction)
        return self.network.node_count + len(self.places) - 1

    def result(self) -> RoadNetwork:
        """Put the new ends, copies and connections into the arrays."""
        copies = sorted(run for run in self.tails if len(run) > 1)
        entered = self._enter_copied(copies)
        ends = self._arc_ends()
        self._tie(ends, entered)
        rows = [self._copy_row(run) for run in copies]
        rows += [
            (tail, head, FORWARD if is_open else 0, -1)
            for (tail, head), is_open in sorted(self.links.items())
        ]
        return _extend(self.network, rows, self.places, ends, entered)

    def _enter_copied(self, copies: list[Run]) -> dict[int, int]:
        """Give every copied arc one node for drives that end on it, whichever copy they come by."""
        by_arc: dict[int, list[Run]] = defaultdict(list)
        for run in copies:
            by_arc[run[-1]].append(run)
        entered = {}
        for arc, runs in by_arc.items():
            junction = int(self.network.arc_tail[arc])
            entered[arc] = self._node(junction)
            tails = {self.tails.get((arc,), junction), *(self.tails[run] for run in runs)}
            self.links.update({(tail, entered[arc]): True for tail in tails})
        return entered

    def _arc_ends(self) -> dict[int, Ends]:
        """New ends of the original arcs that have any."""
        network = self.network
        arcs = {run[0] for run in (*self.tails, *self.heads) if len(run) == 1}
        found = {}
        for arc in sorted(arcs):
            old = int(network.arc_tail[arc]), int(network.arc_head[arc])
            new = self.tails.get((arc,), old[0]), self.heads.get((arc,), old[1])
            if new != old:
                found[arc] = new
        return found

    def _tie(self, ends: dict[int, Ends], entered: dict[int, int]) -> None:
        """
        Join nodes that one climb has to pass by connections that nobody may drive.

        A place on a piece is entered at both ends of it in one climb of the hierarchy, which is
        possible only if the two are neighbours there (`geodata.roads.index.seed_pairs`).
        """
        for piece in sorted({arc // 2 for arc in (*ends, *entered)}):
            arcs = 2 * piece, 2 * piece + 1
            there, back = (ends.get(arc, self._drawn(arc)) for arc in arcs)
            entries = entered.get(arcs[0], there[0]), entered.get(arcs[1], back[0])
            for a, b in ((there[1], back[1]), entries):
                if a != b and (a, b) not in {there, back, there[::-1], back[::-1]}:
                    self._tie_nodes(a, b)
        linked = {node for pair in self.links for node in pair}
        for number, junction in enumerate(self.places, start=self.network.node_count):
            if number not in linked:
                self._tie_nodes(junction, number)

    def _tie_nodes(self, a: int, b: int) -> None:
        if (a, b) not in self.links and (b, a) not in self.links:
            self.links[a, b] = False

    def _drawn(self, arc: int) -> Ends:
        return int(self.network.arc_tail[arc]), int(self.network.arc_head[arc])

    def _copy_row(self, run: Run) -> tuple[int, int, int, int]:
        piece, against = divmod(run[-1], 2)
        tail, head = self.tails[run], self.heads[run]
        if against:
            return head, tail, BACKWARD, piece
        return tail, head, FORWARD, piece


@dataclass(frozen=True, slots=True)
class ArcsByNode:
    """Drivable arcs sorted by the node they leave from."""

    arcs: NDArray[np.int64]
    tails: Int32s

    @classmethod
    def build(cls, network: RoadNetwork) -> Self:
        """Sort the arcs of a network."""
        arcs = np.flatnonzero(network.drivable.ravel())
        arcs = arcs[np.argsort(network.arc_tail[arcs], kind="stable")]
        return cls(arcs, network.arc_tail[arcs])

    def at(self, node: int) -> list[int]:
        """Arcs a car may drive away from a node."""
        first, last = np.searchsorted(self.tails, [node, node + 1])
        found: list[int] = self.arcs[first:last].tolist()
        return found


def _extend(
    network: RoadNetwork,
    rows: list[tuple[int, int, int, int]],
    places: list[int],
    ends: dict[int, Ends],
    entered: dict[int, int],
) -> RoadNetwork:
    tail, head, flags, source = np.array(rows, np.int32).reshape(-1, 4).T
    node_lon = np.concatenate([network.node_lon_e7, network.node_lon_e7[places]])
    node_lat = np.concatenate([network.node_lat_e7, network.node_lat_e7[places]])
    shape = _Shape(network, node_lon, node_lat)
    for first_node, piece in zip(tail.tolist(), source.tolist(), strict=True):
        shape.add(first_node, piece)
    first, lon, lat = shape.columns()
    return replace(
        network,
        node_lon_e7=node_lon,
        node_lat_e7=node_lat,
        tail=np.concatenate([network.tail, tail]),
        head=np.concatenate([network.head, head]),
        flags=np.concatenate([network.flags, flags.astype(np.uint8)]),
        shape_first=first,
        shape_lon_e7=lon,
        shape_lat_e7=lat,
        source_piece=source.copy(),
        **_copied(network, source),
        **_moved(ends, entered),
    )


def _copied(network: RoadNetwork, source: Int32s) -> dict[str, Any]:
    """Columns of all pieces: an extra one is like its source, a bare connection like nothing."""
    is_copy, like = source >= 0, np.maximum(source, 0)
    columns: dict[str, Any] = {}
    for name, bare in _BARE.items():
        own = getattr(network, name)
        extra = np.where(is_copy, own[like], bare).astype(own.dtype)
        columns[name] = np.concatenate([own, extra])
    return columns


def _moved(ends: dict[int, Ends], entered: dict[int, int]) -> dict[str, Any]:
    """Columns of the arcs with other ends than the junctions as drawn."""
    moved = np.array([(arc, *pair) for arc, pair in ends.items()], np.int32).reshape(-1, 3)
    arrivals = np.array(list(entered.items()), np.int32).reshape(-1, 2)
    return {
        "moved_arc": moved[:, 0].copy(),
        "moved_tail": moved[:, 1].copy(),
        "moved_head": moved[:, 2].copy(),
        "entered_arc": arrivals[:, 0].copy(),
        "entered_node": arrivals[:, 1].copy(),
    }


class _Shape:
    """Lines of the extra pieces: those of the originals, or a point twice."""

    def __init__(self, network: RoadNetwork, node_lon: Int32s, node_lat: Int32s) -> None:
        self._network, self._nodes = network, (node_lon, node_lat)
        self._lon, self._lat = [network.shape_lon_e7], [network.shape_lat_e7]
        self._sizes: list[int] = []

    def add(self, node: int, piece: int) -> None:
        network = self._network
        if piece >= 0:
            part = slice(network.shape_first[piece], network.shape_first[piece + 1])
            lon, lat = network.shape_lon_e7[part], network.shape_lat_e7[part]
        else:
            lon, lat = (axis[[node, node]] for axis in self._nodes)
        self._lon.append(lon)
        self._lat.append(lat)
        self._sizes.append(len(lon))

    def columns(self) -> tuple[Int32s, Int32s, Int32s]:
        """Offsets, longitudes and latitudes, those of the network first."""
        first = self._network.shape_first
        more = first[-1] + np.cumsum(self._sizes)
        offsets = np.concatenate([first, more]).astype(np.int32)
        return offsets, np.concatenate(self._lon), np.concatenate(self._lat)
