"""
Decode the roads of a PBF file into flat columns: one pass, nothing kept but roads.

Places of nodes go through an index of pyosmium; for a large file that index is
a file on disk, so that memory grows with the roads, not with the map.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import osmium.filter
import osmium.osm

from geodata.roads.reading.assembly import Ways
from geodata.roads.reading.barriers import stops_cars
from geodata.roads.reading.region import Region
from geodata.roads.reading.restrictions import (
    Dropped,
    Restriction,
    is_restriction,
    read_restriction,
)
from geodata.roads.tags import FERRY, LANE, understand

Points = list[tuple[int, int, int]]
"""Number, longitude and latitude (1e-7 degrees) of the points of a row."""

Places = Mapping[int, tuple[int, int]]
"""Longitude and latitude (1e-7 degrees) of nodes by their number."""

Progress = Callable[[str, int], None]
"""Called with the stage (`reading`, `joining`, `turns`, `writing`) and a count so far."""

_EVERYTHING = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
_REPORT_EVERY = 20_000

# Points of a road with room to turn a car.
_TURNING = frozenset({"turning_circle", "turning_loop", "mini_roundabout"})

# Above this a node index in memory would be larger than the roads themselves.
_LARGE_FILE = 64_000_000


def is_large(path: Path) -> bool:
    """Whether the nodes of a file are kept on disk while it is read."""
    return path.stat().st_size > _LARGE_FILE


def find_places(path: Path, numbers: Collection[int]) -> Places:
    """Look up nodes in a file, wherever in it they stand."""
    wanted = frozenset(numbers)
    file = osmium.FileProcessor(str(path), osmium.osm.NODE)
    if min(wanted, default=0) >= 0:
        file = file.with_filter(osmium.filter.IdFilter(wanted))
    return {
        node.id: (node.location.x, node.location.y)
        for node in file
        if isinstance(node, osmium.osm.Node) and node.id in wanted and node.location.valid()
    }


class WayReader:
    """
    Collects the drivable ways, barriers and turn restrictions of one file.

    `places` are those of nodes that the index of pyosmium does not hold, because they have
    numbers below zero or stand behind the ways; `missing` are the nodes that nobody knows.
    """

    def __init__(self, region: Region, progress: Progress, places: Places | None = None) -> None:
        self._region, self._progress, self._places = region, progress, places or {}
        self.missing: set[int] = set()
        self.seen = self.kept = self.points_missing = self.ferries = self.conditions = 0
        self.cut = 0
        self.dropped: Counter[str] = Counter()
        self.restrictions: list[Restriction] = []
        self.dropped_restrictions = Dropped()
        self.barriers: dict[int, str] = {}
        self.turning_refs = array("q")
        self._refs, self._lon, self._lat = array("q"), array("i"), array("i")
        self._first = array("q", [0])
        self._class, self._flags, self._speed = array("B"), array("B"), array("B")
        self._way, self._name, self._duration = array("q"), array("i"), array("i")
        self._name_ids: dict[str, int] = {"": 0}

    def read(self, path: Path, scratch: Path) -> None:
        """Read the whole file; a node index of a large one is put into folder `scratch`."""
        places = f"sparse_file_array,{scratch / 'nodes.idx'}" if is_large(path) else "flex_mem"
        file = (
            osmium.FileProcessor(str(path), _EVERYTHING)
            .with_locations(places)
            .with_filter(_only(osmium.osm.NODE, "barrier", "highway"))
            .with_filter(_only(osmium.osm.WAY, "highway", "route"))
            .with_filter(_only(osmium.osm.RELATION, "type"))
        )
        for entity in file:
            if isinstance(entity, osmium.osm.Way):
                self._take_way(entity)
            elif isinstance(entity, osmium.osm.Node):
                self._take_node(entity)
            elif isinstance(entity, osmium.osm.Relation):
                self._take_relation(entity)
        self._progress("reading", self.seen)

    def _take_node(self, node: osmium.osm.Node) -> None:
        tags = dict(node.tags)
        if stops_cars(tags):
            self.barriers[node.id] = tags["barrier"]
        if tags.get("highway") in _TURNING:
            self.turning_refs.append(node.id)

    def _take_relation(self, relation: osmium.osm.Relation) -> None:
        tags = dict(relation.tags)
        if not is_restriction(tags):
            return
        self.dropped_restrictions.read += 1
        found = read_restriction(tags, [(m.type, m.ref, m.role) for m in relation.members])
        if isinstance(found, str):
            self.dropped_restrictions.add(found, relation.id)
        else:
            self.restrictions.append(replace(found, relation_id=relation.id))

    def _take_way(self, way: osmium.osm.Way) -> None:
        tags = dict(way.tags)
        meaning = understand(tags)
        if not meaning.is_candidate:
            return
        self.seen += 1
        if self.seen % _REPORT_EVERY == 0:
            self._progress("reading", self.seen)
        runs = [] if meaning.drop else self._find_runs(way)
        if meaning.road_class == FERRY and _ends_are_known(way, runs):
            # Nothing meets a ship between its landings, so its line needs no points there.
            runs = [[point for run in runs for point in run]]
        reason = meaning.drop or self._reason_to_leave(runs)
        if reason is not None:
            self.dropped[reason] += 1
            return
        self.kept += not meaning.flags & LANE
        self.conditions += meaning.has_condition
        self.ferries += meaning.road_class == FERRY
        name = self._name_id(tags.get("name") or tags.get("ref") or "")
        self.cut += len(runs) > 1
        for run in _lines(runs):
            self._class.append(meaning.road_class)
            self._flags.append(meaning.flags)
            self._speed.append(meaning.limit_kph)
            # How much of its time a part of a ferry takes is not known.
            self._duration.append(meaning.duration_s if len(runs) == 1 else 0)
            self._way.append(way.id)
            self._name.append(name)
            for column, values in zip(
                (self._refs, self._lon, self._lat), zip(*run, strict=True), strict=True
            ):
                column.extend(values)
            self._first.append(len(self._refs))

    def _find_runs(self, way: osmium.osm.Way) -> list[Points]:
        """
        Known points of a way in rows of one or more; a node without a place ends a row.

        Nobody knows where the road runs at such a node, so no straight line goes across.
        """
        runs: list[Points] = [[]]
        for node in way.nodes:
            place = node.location
            known = (place.x, place.y) if place.valid() else self._places.get(node.ref)
            if known is not None:
                runs[-1].append((node.ref, *known))
                continue
            self.points_missing += 1
            self.missing.add(node.ref)
            runs.append([])
        return [run for run in runs if run]

    def _reason_to_leave(self, runs: list[Points]) -> str | None:
        points = [point for run in _lines(runs) for point in run]
        if not points:
            return "missing_nodes"
        _, lons, lats = zip(*points, strict=True)
        return None if self._region.touches(list(lons), list(lats)) else "outside_region"

    def _name_id(self, name: str) -> int:
        return self._name_ids.setdefault(" ".join(name.split()), len(self._name_ids))

    def ways(self) -> Ways:
        """Return the kept ways; the reader gives up its own columns."""
        refs = _move(self, "_refs", np.int64)
        blocked = np.fromiter(self.barriers, np.int64, len(self.barriers))
        blocked = np.unique(blocked[np.isin(blocked, refs)])
        return Ways(
            refs=refs,
            lon_e7=_move(self, "_lon", np.int32),
            lat_e7=_move(self, "_lat", np.int32),
            first=_move(self, "_first", np.int64),
            road_class=_move(self, "_class", np.uint8),
            flags=_move(self, "_flags", np.uint8),
            max_speed_kph=_move(self, "_speed", np.uint8),
            way_id=_move(self, "_way", np.int64),
            name_id=_move(self, "_name", np.int32),
            names=tuple(self._name_ids),
            duration_s=_move(self, "_duration", np.int32),
            blocked_refs=blocked,
        )


def _ends_are_known(way: osmium.osm.Way, runs: list[Points]) -> bool:
    nodes = way.nodes
    return bool(runs) and (runs[0][0][0], runs[-1][-1][0]) == (nodes[0].ref, nodes[-1].ref)


def _lines(runs: list[Points]) -> list[Points]:
    """Leave out single points; a road has two."""
    return [run for run in runs if len(run) > 1]


def _only(entity: osmium.osm.osm_entity_bits, *keys: str) -> osmium.filter.KeyFilter:
    """Let entities of the given kind through where they have one of the keys; others always."""
    chosen = osmium.filter.KeyFilter(*keys)
    chosen.enable_for(entity)
    return chosen


def _move(reader: WayReader, column: str, dtype: type[np.generic]) -> np.ndarray[Any, Any]:
    """Give out a column without copying it, and forget it."""
    values: array[int] = getattr(reader, column)
    delattr(reader, column)
    return np.frombuffer(values, dtype) if len(values) else np.zeros(0, dtype)
