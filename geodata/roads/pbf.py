"""
Read the drivable roads of an OpenStreetMap PBF file.

pyosmium decodes; each way becomes a run of node references and places, and
everything after that is arithmetic on arrays (`geodata.roads.assembly`). Turn
restrictions, barriers and ferries are not read here.
"""

from array import array
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import osmium.filter
import osmium.osm

from geodata.errors import RoadNetworkError
from geodata.roads.assembly import Ways, assemble
from geodata.roads.network import RoadNetwork
from geodata.roads.tags import CLASS_CODES, read_flags, read_max_speed_kph, reason_to_drop

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

# A file opens with the length of its first header (big-endian) and the header's name.
_PBF_MAGIC = b"\x0a\x09OSMHeader"


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """
    What an import kept and what it left out, and why.

    Attributes
    ----------
    ways_read, ways_kept
        Ways with a `highway` tag; those that became roads.
    ways_dropped
        Number per reason: `not_drivable`, `area`, `service_lane`, `no_access`,
        `missing_nodes` (fewer than two known places), `outside_bbox`.
    points_missing
        References to nodes that the file does not hold.
    nodes, pieces, arcs
        Size of the network.
    length_km
        Length of all pieces, each counted once.
    slivers_dropped, sliver_nodes_dropped
        Disconnected bits too small to be worth an answer.
    """

    ways_read: int
    ways_kept: int
    ways_dropped: dict[str, int] = field(default_factory=dict)
    points_missing: int = 0
    nodes: int = 0
    pieces: int = 0
    arcs: int = 0
    length_km: float = 0.0
    slivers_dropped: int = 0
    sliver_nodes_dropped: int = 0


def read_pbf(path: Path, *, bbox: BBox | None = None) -> tuple[RoadNetwork, ImportSummary]:
    """
    Build the drivable network of a PBF file.

    Parameters
    ----------
    path
        An `.osm.pbf` file.
    bbox
        Keep only ways with a point inside (whole ways; nothing is cut).

    Returns
    -------
    network, summary
        The network, and what was kept and dropped.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `empty_file`, `not_a_pbf`, `damaged_pbf` or `no_roads`.
    """
    _check_is_pbf(path)
    reader = _WayReader(bbox)
    try:
        reader.read(path)
    except RuntimeError as error:
        raise RoadNetworkError(
            "damaged_pbf",
            f"{path.name} breaks off or is damaged: {error}",
            "compare its checksum with the one published beside it and download it again",
        ) from error
    if not reader.kept:
        raise RoadNetworkError(
            "no_roads",
            f"{path.name} holds no road for a car" + ("" if bbox is None else " in the given box"),
            "use an extract with highway=* ways",
        )
    network, slivers = assemble(reader.ways())
    summary = ImportSummary(
        ways_read=reader.seen,
        ways_kept=reader.kept,
        ways_dropped=dict(sorted(reader.dropped.items())),
        points_missing=reader.points_missing,
        nodes=network.node_count,
        pieces=network.piece_count,
        arcs=network.arc_count,
        length_km=round(float(network.length_m.sum()) / 1000, 3),
        slivers_dropped=slivers.components,
        sliver_nodes_dropped=slivers.nodes,
    )
    return network, summary


def _check_is_pbf(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise RoadNetworkError(
            "file_missing", f"{path.name} cannot be read: {error.strerror}", "check the path"
        ) from error
    if not start:
        raise RoadNetworkError("empty_file", f"{path.name} is empty", "download it again")
    if start.lstrip().startswith(b"<"):
        raise RoadNetworkError(
            "not_a_pbf",
            f"{path.name} is XML, not PBF",
            "convert it: osmium cat FILE.osm -o FILE.osm.pbf",
        )
    if not start[4:].startswith(_PBF_MAGIC):
        raise RoadNetworkError(
            "not_a_pbf", f"{path.name} is no OpenStreetMap PBF file", "use an .osm.pbf extract"
        )


class _WayReader:
    """Collects the drivable ways of one file into flat columns."""

    def __init__(self, bbox: BBox | None) -> None:
        self._box_e7 = None if bbox is None else tuple(round(side * 1e7) for side in bbox)
        self.seen = self.kept = self.points_missing = 0
        self.dropped: Counter[str] = Counter()
        self._refs, self._lon, self._lat = array("q"), array("i"), array("i")
        self._first = array("q", [0])
        self._class, self._flags, self._speed = array("B"), array("B"), array("B")
        self._way, self._name = array("q"), array("i")
        self._name_ids: dict[str, int] = {"": 0}

    def read(self, path: Path) -> None:
        file = (
            osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations("flex_mem")
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in file:
            self.seen += 1
            # The filter lets ways through only; this tells the type checker.
            reason = self._take(way) if isinstance(way, osmium.osm.Way) else "no_way"
            if reason is None:
                self.kept += 1
            else:
                self.dropped[reason] += 1

    def _take(self, way: osmium.osm.Way) -> str | None:
        tags = dict(way.tags)
        if reason := reason_to_drop(tags):
            return reason
        points = [(n.ref, n.location.x, n.location.y) for n in way.nodes if n.location.valid()]
        self.points_missing += len(way.nodes) - len(points)
        if len(points) < 2:
            return "missing_nodes"
        if not self._touches_box(points):
            return "outside_bbox"
        for ref, lon, lat in points:
            self._refs.append(ref)
            self._lon.append(lon)
            self._lat.append(lat)
        self._first.append(len(self._refs))
        self._class.append(CLASS_CODES[tags["highway"]])
        self._flags.append(read_flags(tags))
        self._speed.append(read_max_speed_kph(tags.get("maxspeed")))
        self._way.append(way.id)
        self._name.append(self._name_id(tags.get("name") or tags.get("ref") or ""))
        return None

    def _touches_box(self, points: list[tuple[int, int, int]]) -> bool:
        if self._box_e7 is None:
            return True
        west, south, east, north = self._box_e7
        return any(west <= lon <= east and south <= lat <= north for _, lon, lat in points)

    def _name_id(self, name: str) -> int:
        return self._name_ids.setdefault(" ".join(name.split()), len(self._name_ids))

    def ways(self) -> Ways:
        return Ways(
            refs=np.array(self._refs, np.int64),
            lon_e7=np.array(self._lon, np.int32),
            lat_e7=np.array(self._lat, np.int32),
            first=np.array(self._first, np.int64),
            road_class=np.array(self._class, np.uint8),
            flags=np.array(self._flags, np.uint8),
            max_speed_kph=np.array(self._speed, np.uint8),
            way_id=np.array(self._way, np.int64),
            name_id=np.array(self._name, np.int32),
            names=tuple(self._name_ids),
        )
