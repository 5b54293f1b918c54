"""
A second, slow reading of an OpenStreetMap file: Dijkstra over single segments.

Shares nothing with the import but the meaning of a way's own tags: segments are not
joined, nodes are not split, and what a restriction forbids is asked at every turn.
"""

import heapq
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import osmium
import osmium.osm

from geodata.crs import GEOD
from geodata.roads.reading.barriers import stops_cars
from geodata.roads.tags import BACKWARD, FORWARD, LANE, ROAD_CLASSES, understand

Past = frozenset[tuple[int, int]]
"""Numbers of the rules under way, and how many of their joints have been passed."""

KPH = {"motorway": 110.0, "trunk": 70.0, "primary": 50.0, "secondary": 50.0, "tertiary": 50.0}


# How far behind a restriction nobody turns back at a junction, and how many crossings.
BACK_CM, CROSSINGS, CROSSING = 30_000, 2, 10_000_000


class Segment(NamedTuple):
    """From one node to the next along a way, in driving direction."""

    way: int
    tail: int
    head: int


@dataclass(frozen=True)
class Rule:
    """A restriction: its ways in order and the nodes where one passes to the next."""

    is_only: bool
    is_u_turn: bool
    ways: tuple[int, ...]
    joints: tuple[int, ...]


@dataclass
class Oracle:
    seconds: dict[Segment, float] = field(default_factory=dict)
    leaving: dict[int, list[Segment]] = field(default_factory=lambda: defaultdict(list))
    uses: Counter[int] = field(default_factory=Counter)
    shut: set[int] = field(default_factory=set)
    ways: dict[int, list[int]] = field(default_factory=dict)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> "Oracle":
        oracle, relations = cls(), []
        for entity in osmium.FileProcessor(str(path)).with_locations():
            if isinstance(entity, osmium.osm.Node):
                if stops_cars(dict(entity.tags)):
                    oracle.shut.add(entity.id)
            elif isinstance(entity, osmium.osm.Way):
                oracle.take_way(entity)
            elif entity.tags.get("type") == "restriction":
                members = [(m.type, m.ref, m.role) for m in entity.members]
                relations.append((dict(entity.tags), members))
        for tags, members in relations:
            oracle.take_rule(tags, members)
        return oracle

    def take_way(self, way: osmium.osm.Way) -> None:
        meaning = understand(dict(way.tags))
        nodes = [n for n in way.nodes if n.location.valid()]
        # Lanes are no streets: hardly one of them is kept, and none that a drive here needs.
        is_lane = meaning.flags & LANE
        if not meaning.is_candidate or meaning.drop or is_lane or len(nodes) < 2:
            return
        refs = [n.ref for n in nodes]
        self.ways[way.id] = refs
        self.uses.update([*refs, refs[0], refs[-1]])
        kph = KPH.get(ROAD_CLASSES[meaning.road_class], 40.0)
        if ROAD_CLASSES[meaning.road_class] == "ferry":
            kph = 10.0
        self.places.update({n.ref: (n.location.lon, n.location.lat) for n in nodes})
        for a, b in itertools.pairwise(refs):
            metres = GEOD.inv(*self.places[a], *self.places[b])[2]
            for bit, tail, head in ((FORWARD, a, b), (BACKWARD, b, a)):
                if meaning.flags & bit:
                    segment = Segment(way.id, tail, head)
                    self.seconds[segment] = metres * 3.6 / kph
                    self.leaving[tail].append(segment)

    def take_rule(self, tags: dict[str, str], members: list[tuple[str, int, str]]) -> None:
        kind = tags.get("restriction", "")
        if not kind.startswith(("no_", "only_")):
            return
        if {"hour_on", "time", "day_on"} & tags.keys() or "motorcar" in tags.get("except", ""):
            return
        part = {role: [m[1] for m in members if m[2] == role] for role in ("from", "via", "to")}
        ways = (*part["from"], *(m[1] for m in members if m[2] == "via" and m[0] == "w"))
        ways = (*ways, *part["to"])
        if any(way not in self.ways for way in ways):
            return
        joints = [m[1] for m in members if m[2] == "via" and m[0] == "n"]
        if not joints:
            for a, b in itertools.pairwise(ways):
                shared = {self.ways[a][0], self.ways[a][-1]} & {self.ways[b][0], self.ways[b][-1]}
                if len(shared) != 1:
                    return
                joints += shared
        rule = Rule(kind.startswith("only_"), kind == "no_u_turn", ways, tuple(joints))
        if self.is_clear(rule):
            self.rules.append(rule)

    def is_clear(self, rule: Rule) -> bool:
        """Exactly one way to drive the whole of it."""
        first, last = rule.ways[0], rule.ways[-1]
        into = [s for s in self.seconds if s.way == first and s.head == rule.joints[0]]
        out = [s for s in self.seconds if s.way == last and s.tail == rule.joints[-1]]
        if rule.is_u_turn and first == last:
            return bool(into and out)
        return len(into) == len(out) == 1 and all(
            self.can_pass(way, start, end)
            for way, start, end in zip(rule.ways[1:-1], rule.joints, rule.joints[1:], strict=False)
        )

    def can_pass(self, way: int, start: int, end: int) -> bool:
        refs = self.ways[way] if self.ways[way][0] == start else self.ways[way][::-1]
        pairs = itertools.pairwise(refs)
        whole = refs[0] == start and refs[-1] == end
        return whole and all(Segment(way, a, b) in self.seconds for a, b in pairs)

    def follow(self, past: Past, a: Segment, b: Segment) -> Past | None:  # noqa: C901
        """What is remembered after turning from a to b; None: forbidden."""
        if a.head in self.shut or (b.head == a.tail and self.uses[a.head] < 2):
            return None
        if self.turns_back(past, a, b):
            return None
        if not past and all(a.way != rule.ways[0] for rule in self.rules):
            return past
        turned = b.way == a.way and b.head == a.tail
        kept = set()
        for number, rule in enumerate(self.rules):
            stages = {stage for known, stage in past if known == number}
            if a.way == rule.ways[0]:
                stages.add(0)
            for stage in stages:
                at_joint = a.head == rule.joints[stage]
                onward = at_joint and b.way == rule.ways[stage + 1]
                if turned and not (rule.is_u_turn and rule.ways[0] == rule.ways[-1]):
                    onward = False
                last = stage + 1 == len(rule.ways) - 1
                if rule.is_u_turn and rule.ways[0] == rule.ways[-1] and len(rule.ways) == 2:
                    onward = onward and turned
                if onward and last and not rule.is_only:
                    return None
                if rule.is_only and at_joint and not onward and not self.other(number, a, b):
                    return None
                if onward and not last:
                    kept.add((number, stage + 1))
                elif stage > 0 and not at_joint:
                    if b.way == a.way and not turned:
                        kept.add((number, stage))
                    elif rule.is_only:
                        return None
        return frozenset(kept) | self.driven_on(past, a, b)

    def is_u_turn_sign(self, rule: Rule, a: Segment) -> bool:
        """Whether the rule forbids nothing but turning round."""
        if rule.is_only:
            onward = {rule.ways[1]}
            return all(s.head == a.tail or s.way in onward for s in self.leaving[a.head])
        return rule.is_u_turn and rule.ways[0] == rule.ways[-1]

    def turns_back(self, past: Past, a: Segment, b: Segment) -> bool:
        """Whether b goes back over a at a junction soon behind a restriction."""
        return b.head == a.tail and self.ways_on(a) > 0 and any(n < 0 for n, _ in past)

    def ways_on(self, a: Segment) -> int:
        return sum(s.head != a.tail for s in self.leaving[a.head])

    def driven_on(self, past: Past, a: Segment, b: Segment) -> Past:
        """
        Rules that let one pass, numbered below zero.

        With the crossings passed since their last joints, in tens of millions, and centimetres.
        """
        if b.head == a.tail or Segment(b.way, b.head, b.tail) not in self.seconds:
            return Past()
        passed = CROSSING if self.ways_on(a) > 1 else 0
        behind = {(n, at + passed) for n, at in past if n < 0} | {
            (-1 - number, 0)
            for number, rule in enumerate(self.rules)
            for stage in {s for n, s in past if n == number} | {0}
            if (stage or a.way == rule.ways[0])
            and a.head == rule.joints[stage]
            and (rule.is_only or stage + 2 == len(rule.ways))
            and not self.is_u_turn_sign(rule, a)
        }
        cm = int(self.metres(b) * 100)
        return Past(
            (n, at + cm)
            for n, at in behind
            if at // CROSSING < CROSSINGS and at % CROSSING + cm <= BACK_CM
        )

    def metres(self, segment: Segment) -> float:
        return GEOD.inv(*self.places[segment.tail], *self.places[segment.head])[2]

    def other(self, number: int, a: Segment, b: Segment) -> bool:
        """Whether another order from the same way allows the turn."""
        mine = self.rules[number]
        return any(
            rule.is_only
            and rule.ways[0] == mine.ways[0]
            and rule.joints[0] == mine.joints[0]
            and len(rule.ways) == len(mine.ways) == 2
            and a.way == rule.ways[0]
            and b.way == rule.ways[1]
            and b.head != a.tail
            for rule in self.rules
        )

    def drive_s(self, start: Segment, end: Segment) -> dict[Segment, float]:
        """Seconds from the middle of a segment (either direction) to the middle of another."""
        ends = {end, Segment(end.way, end.head, end.tail)}
        queue = [
            (self.seconds[one] / 2, i, one, Past())
            for i, one in enumerate((start, Segment(start.way, start.head, start.tail)))
            if one in self.seconds
        ]
        best: dict[Segment, float] = {}
        done: set[tuple[Segment, Past]] = set()
        count = 2
        while queue:
            at, _, segment, past = heapq.heappop(queue)
            if (segment, past) in done:
                continue
            if best and at > min(best.values()):
                break
            done.add((segment, past))
            for onward in self.leaving[segment.head]:
                kept = self.follow(past, segment, onward)
                if kept is None:
                    continue
                cost = self.seconds[onward]
                if onward in ends:
                    best[onward] = min(best.get(onward, at + cost), at + cost / 2)
                count += 1
                heapq.heappush(queue, (at + cost, count, onward, kept))
        return best
