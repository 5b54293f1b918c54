"""
Turn restrictions: from OpenStreetMap relations to runs of arcs that may not be driven.

Read are `restriction`, `restriction:vehicle`, `restriction:motor_vehicle` and
`restriction:motorcar` (the most specific one counts), over one via node or any
number of via ways. An only_ restriction makes its whole way obligatory: who
comes from its first way may leave neither towards another way nor, further on,
off the via ways. Several only_ restrictions of one way allow the choice
between them. Source: OSM wiki, "Relation:restriction".

Reasons for leaving one out: `conditional` (holds at some hours only),
`other_vehicles`, `excepted` (except=motorcar and the like), `unknown_kind`,
`bad_members`, `outside_network` (a member is no road of the network or was cut
off it), `no_effect` (forbids what is barred anyway), `ambiguous` (a member
passes the via node in both directions, so which turn is meant is unknown).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import RoadNetwork
from geodata.roads.reading.turns import Run

_KEYS = (
    "restriction:motorcar",
    "restriction:motor_vehicle",
    "restriction:vehicle",
    "restriction",
)
_CARS = frozenset({"motorcar", "motor_vehicle", "vehicle"})
_NO = frozenset(
    {
        "no_left_turn",
        "no_right_turn",
        "no_straight_on",
        "no_u_turn",
        "no_entry",
        "no_exit",
    }
)
_ONLY = frozenset({"only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn"})
_HOURS = frozenset({"day_on", "day_off", "hour_on", "hour_off", "time_on", "time_off", "time"})

NAMED_RELATIONS = 20
"""Relations named for each reason; a country leaves out hundreds."""

# Rows of ways that are tried in other orders than the one in the file: at most 24 of them.
_MOST_SHUFFLED = 4

Member = tuple[str, int, str]
"""Kind (`n`, `w` or `r`), number and role of a relation's member."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """One restriction that concerns cars; via is either one node or a row of ways."""

    kind: str
    from_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    via_node: int | None
    via_ways: tuple[int, ...]
    relation_id: int = 0

    @property
    def is_only(self) -> bool:
        """Whether it names the one way allowed instead of one forbidden."""
        return self.kind in _ONLY


@dataclass(slots=True)
class Dropped:
    """Restrictions read, how many were left out and why, and the first relations of each."""

    read: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    relations: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, reason: str, relation_id: int) -> None:
        """Count one that is left out."""
        self.reasons[reason] += 1
        if len(self.relations[reason]) < NAMED_RELATIONS:
            self.relations[reason].append(relation_id)


def is_restriction(tags: Mapping[str, str]) -> bool:
    """Whether the relation is a turn restriction of any kind."""
    return tags.get("type", "").split(":")[0] == "restriction"


def read_restriction(tags: Mapping[str, str], members: Sequence[Member]) -> Restriction | str:
    """Read one relation; the reason where it is left out."""
    kind = next((tags[key] for key in _KEYS if key in tags), None)
    if kind is None:
        is_timed = any(key.startswith("restriction") and "conditional" in key for key in tags)
        return "conditional" if is_timed else "other_vehicles"
    if _HOURS & tags.keys() or "@" in kind:
        return "conditional"
    if _CARS & {name.strip() for name in tags.get("except", "").split(";")}:
        return "excepted"
    if kind not in _NO | _ONLY:
        return "unknown_kind"
    return _read_members(kind, members)


def _read_members(kind: str, members: Sequence[Member]) -> Restriction | str:
    by_role: dict[tuple[str, str], list[int]] = defaultdict(list)
    for what, number, role in members:
        by_role[role, what].append(number)
    starts, ends = by_role["from", "w"], by_role["to", "w"]
    nodes, ways = by_role["via", "n"], by_role["via", "w"]
    # Only no_entry has many ways in and only no_exit many ways out.
    many_ok = (len(starts) == 1 or kind == "no_entry") and (len(ends) == 1 or kind == "no_exit")
    if not starts or not ends or not many_ok or (len(nodes) == 1) == bool(ways) or len(nodes) > 1:
        return "bad_members"
    via_node = nodes[0] if nodes else None
    return Restriction(kind, tuple(starts), tuple(ends), via_node, tuple(ways))


def find_runs(
    restrictions: Iterable[Restriction],
    network: RoadNetwork,
    node_ref: NDArray[np.int64],
    dropped: Dropped,
) -> tuple[list[Run], int]:
    """
    Translate restrictions into runs of arcs that may not be driven.

    `node_ref` is the OpenStreetMap node of each network node. What cannot be
    translated is counted in `dropped`.

    Returns
    -------
    runs, applied
        Sorted runs for `geodata.roads.reading.turns.forbid`, and how many restrictions they
        come from.
    """
    finder = _Finder(network, node_ref)
    runs: set[Run] = set()
    allowed: dict[Run, set[int]] = defaultdict(set)
    applied = 0
    for restriction in restrictions:
        found = finder.find(restriction)
        if isinstance(found, str):
            dropped.add(found, restriction.relation_id)
            continue
        applied += 1
        if not restriction.is_only:
            runs.update(found)
            continue
        for run in found:
            for k in range(1, len(run)):
                allowed[run[:k]].add(run[k])
    for start, onward in allowed.items():
        leaving = finder.leaving(int(network.arc_head[start[-1]]))
        runs.update((*start, arc) for arc in leaving if arc not in onward)
    return sorted(runs), applied


class _Finder:
    """Looks up the arcs that the members of a restriction mean."""

    def __init__(self, network: RoadNetwork, node_ref: NDArray[np.int64]) -> None:
        self._network = network
        self._drivable = network.drivable.ravel()
        # Stable sorts, so that the pieces of a way stay in the order in which they were cut.
        self._by_way = np.argsort(network.way_id, kind="stable")
        self._ways = network.way_id[self._by_way]
        self._by_ref = np.argsort(node_ref, kind="stable")
        self._refs = node_ref[self._by_ref]
        self._by_tail = np.argsort(network.arc_tail, kind="stable")
        self._tails = network.arc_tail[self._by_tail]

    def leaving(self, node: int) -> list[int]:
        """Arcs a car may drive away from a node."""
        arcs = self._by_tail[_span(self._tails, node)]
        return [arc for arc in arcs.tolist() if self._drivable[arc]]

    def find(self, restriction: Restriction) -> list[Run] | str:
        """Runs from first to last way, or the reason why there are none."""
        ways = (*restriction.from_ways, *restriction.via_ways, *restriction.to_ways)
        if any(len(self._pieces(way)) == 0 for way in ways):
            return "outside_network"
        if restriction.via_node is None:
            return self._over_ways(restriction)
        # At a barrier several road ends share the OpenStreetMap node, and nobody turns there.
        nodes = self._by_ref[_span(self._refs, restriction.via_node)]
        if len(nodes) != 1:
            return "outside_network"
        node = int(nodes[0])
        runs: list[Run] = []
        for start in restriction.from_ways:
            for end in restriction.to_ways:
                found = self._at_node(restriction.kind, start, node, end)
                if isinstance(found, str):
                    return found
                runs += found
        return runs

    def _at_node(self, kind: str, start: int, node: int, end: int) -> list[Run] | str:
        into, out = self._arcs(start, heads={node}), self._arcs(end, tails={node})
        if kind == "no_u_turn" and start == end:
            back: list[Run] = [(arc, arc ^ 1) for arc in into if arc ^ 1 in out]
            return back or "no_effect"
        if not into or not out:
            return "no_effect"
        return [(into[0], out[0])] if len(into) == len(out) == 1 else "ambiguous"

    def _over_ways(self, restriction: Restriction) -> list[Run] | str:
        # Editors shuffle members now and then. The order in the file goes before all others.
        ways = restriction.via_ways
        orders = permutations(ways) if len(ways) <= _MOST_SHUFFLED else (ways,)
        runs = next((runs for order in orders if (runs := self._runs_over(order, restriction))), [])
        if not runs:
            return "no_effect"
        return runs if len(runs) == 1 else "ambiguous"

    def _runs_over(self, ways: tuple[int, ...], restriction: Restriction) -> list[Run]:
        return [
            (arc, *path, last)
            for path in self._paths(ways)
            for arc in self._arcs(restriction.from_ways[0], heads={self._tail(path[0])})
            for last in self._arcs(restriction.to_ways[0], tails={self._head(path[-1])})
            # The sign does not mean a drive that turns round on the spot.
            if arc ^ 1 != path[0] and last ^ 1 != path[-1]
        ]

    def _paths(self, ways: tuple[int, ...]) -> list[list[int]]:
        """Drives over the whole of each way in turn, each way in either direction."""
        paths: list[list[int]] = [[]]
        for way in ways:
            ahead = [2 * piece for piece in self._pieces(way)]
            back = [arc ^ 1 for arc in reversed(ahead)]
            paths = [
                [*path, *part]
                for path in paths
                for part in (ahead, back)
                if self._is_drivable([*path[-1:], *part])
            ]
        return paths

    def _is_drivable(self, arcs: list[int]) -> bool:
        joined = all(self._head(a) == self._tail(b) for a, b in pairwise(arcs))
        return joined and all(self._drivable[arc] for arc in arcs)

    def _pieces(self, way: int) -> list[int]:
        """Pieces of a way in drawn order (the order in which they were cut)."""
        found: list[int] = self._by_way[_span(self._ways, way)].tolist()
        return found

    def _arcs(
        self, way: int, *, heads: set[int] | None = None, tails: set[int] | None = None
    ) -> list[int]:
        arcs = [2 * piece + against for piece in self._pieces(way) for against in (0, 1)]
        return [
            arc
            for arc in arcs
            if self._drivable[arc]
            and (heads is None or self._head(arc) in heads)
            and (tails is None or self._tail(arc) in tails)
        ]

    def _head(self, arc: int) -> int:
        return int(self._network.arc_head[arc])

    def _tail(self, arc: int) -> int:
        return int(self._network.arc_tail[arc])


def _span(values: NDArray[np.integer[Any]], key: int) -> slice:
    first, last = np.searchsorted(values, [key, key + 1])
    return slice(int(first), int(last))
