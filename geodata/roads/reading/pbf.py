"""
Read the drivable roads of an OpenStreetMap PBF file.

`geodata.roads.reading.way_reader` decodes, `geodata.roads.reading.assembly` cuts ways into
pieces, `geodata.roads.reading.restrictions` and `geodata.roads.reading.turns` see to the turns.
Nothing is written here: see `geodata.roads.publishing.importing`.
"""

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geodata.errors import RoadNetworkError
from geodata.roads.network import RoadNetwork
from geodata.roads.reading.assembly import Assembled, assemble
from geodata.roads.reading.lanes import choose_lanes
from geodata.roads.reading.region import BBox, Region
from geodata.roads.reading.restrictions import find_runs
from geodata.roads.reading.summary import ImportSummary
from geodata.roads.reading.turning_back import forbid_turning_back
from geodata.roads.reading.turns import forbid
from geodata.roads.reading.way_reader import (
    Places,
    Progress,
    WayReader,
    find_places,
    is_large,
)
from geodata.said import said

__all__ = ["BBox", "ImportSummary", "check_is_pbf", "read_pbf"]

# A file opens with the length of its first header (big-endian) and the header's name.
_PBF_MAGIC = b"\x0a\x09OSMHeader"


def say_nothing(stage: str, count: int) -> None:
    """Report nothing."""


def read_pbf(
    path: Path,
    *,
    bbox: BBox | None = None,
    polygon: BaseGeometry | None = None,
    progress: Progress = say_nothing,
    scratch: Path | None = None,
) -> tuple[RoadNetwork, ImportSummary]:
    """
    Build the drivable network of a PBF file.

    Parameters
    ----------
    path
        An `.osm.pbf` file.
    bbox, polygon
        Keep only ways with a point inside (whole ways; nothing is cut), EPSG:4326.
    progress
        Called with the stage and a count so far.
    scratch
        Folder for the node index of a large file; the system's own by default.

    Returns
    -------
    network, summary
        The network, and what was kept and dropped.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `empty_file`, `not_a_pbf`, `damaged_pbf`, `unsorted_pbf` (only a large
        one; a small one is read all the same), `bad_region`, `no_points` or `no_roads`.
    """
    region = Region.of(bbox, polygon)
    check_is_pbf(path)
    reader = WayReader(region, progress)
    try:
        with tempfile.TemporaryDirectory(prefix="roads-", dir=scratch) as folder:
            reader.read(path, Path(folder))
        if reader.missing and (places := find_places(path, reader.missing)):
            # Places stand behind the roads, or under numbers that the node index cannot hold.
            _check_is_small(path, places)
            reader = WayReader(region, progress, places)
            with tempfile.TemporaryDirectory(prefix="roads-", dir=scratch) as folder:
                reader.read(path, Path(folder))
    except RuntimeError as error:
        raise RoadNetworkError(
            "damaged_pbf",
            said("{path} breaks off or is damaged: {error}", path=path.name, error=error),
            said("compare its checksum with the one published beside it and download it again"),
        ) from error
    if not reader.kept and reader.dropped["missing_nodes"]:
        raise RoadNetworkError(
            "no_points",
            said(
                "{path} holds roads but not the places of their points ({n} are missing)",
                path=path.name,
                n=reader.points_missing,
            ),
            said("cut the extract again with whole ways: osmium extract -s complete_ways"),
        )
    if not reader.kept:
        raise RoadNetworkError(
            "no_roads",
            said("{path} holds no road for a car", path=path.name)
            if region.is_everything
            else said("{path} holds no road for a car in the given region", path=path.name),
            said("use an extract with highway=* ways"),
        )
    return _join(reader, progress)


def _check_is_small(path: Path, places: Places) -> None:
    if not is_large(path):
        return
    has_negative = any(number < 0 for number in places)
    raise RoadNetworkError(
        "unsorted_pbf",
        said("{path} numbers its nodes below zero", path=path.name)
        if has_negative
        else said("{path} is not sorted: its nodes stand behind its roads", path=path.name),
        said("renumber it: osmium sort FILE | osmium renumber")
        if has_negative
        else said("sort it: osmium sort FILE.osm.pbf -o SORTED.osm.pbf"),
    )


def _join(reader: WayReader, progress: Progress) -> tuple[RoadNetwork, ImportSummary]:
    progress("joining", reader.kept)
    ways, lanes, unused_lanes = choose_lanes(reader.ways())
    if unused_lanes:
        reader.dropped["lane"] += unused_lanes
    barriers = Counter(reader.barriers[ref] for ref in ways.blocked_refs.tolist())
    assembled = assemble(ways)
    # The decoded ways are the largest thing in memory, and are not needed any more.
    del ways
    progress("turns", len(reader.restrictions))
    dropped = reader.dropped_restrictions
    runs, applied = find_runs(reader.restrictions, assembled.network, assembled.node_ref, dropped)
    turning = np.flatnonzero(np.isin(assembled.node_ref, reader.turning_refs))
    network = forbid(assembled.network, forbid_turning_back(assembled.network, runs, turning))
    plain = _plain_counts(assembled)
    return network, ImportSummary(
        ways_read=reader.seen,
        ways_kept=reader.kept + lanes,
        lanes_kept=lanes,
        ways_dropped=dict(sorted(reader.dropped.items())),
        ways_cut=reader.cut,
        points_missing=reader.points_missing,
        ferries=reader.ferries,
        conditions_ignored=reader.conditions,
        barriers=dict(sorted(barriers.items())),
        restrictions_read=dropped.read,
        restrictions_applied=applied,
        restrictions_dropped=dict(sorted(dropped.reasons.items())),
        restrictions_left_out=dict(sorted(dropped.relations.items())),
        extra_nodes=network.node_count - assembled.network.node_count,
        extra_pieces=network.piece_count - assembled.network.piece_count,
        length_km=round(float(assembled.network.length_m.sum()) / 1000, 3),
        **plain,
    )


def _plain_counts(assembled: Assembled) -> dict[str, int]:
    network, n = assembled.network, assembled.network.node_count
    links = coo_array((np.ones(len(network.tail), np.int8), (network.tail, network.head)), (n, n))
    return {
        "nodes": n,
        "pieces": network.piece_count,
        "arcs": network.arc_count,
        "slivers_dropped": assembled.slivers.components,
        "sliver_nodes_dropped": assembled.slivers.nodes,
        "components": int(connected_components(links, directed=False)[0]),
    }


def check_is_pbf(path: Path) -> None:
    """
    Look at the first bytes of a file.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `empty_file` or `not_a_pbf`.
    """
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise RoadNetworkError(
            "file_missing",
            said("{path} cannot be read: {why}", path=path.name, why=error.strerror),
            said("check the path"),
        ) from error
    if not start:
        raise RoadNetworkError(
            "empty_file", said("{path} is empty", path=path.name), said("download it again")
        )
    if start.lstrip().startswith(b"<"):
        raise RoadNetworkError(
            "not_a_pbf",
            said("{path} is XML, not PBF", path=path.name),
            said("convert it: osmium cat FILE.osm -o FILE.osm.pbf"),
        )
    if not start[4:].startswith(_PBF_MAGIC):
        raise RoadNetworkError(
            "not_a_pbf",
            said("{path} is no OpenStreetMap PBF file", path=path.name),
            said("use an .osm.pbf extract"),
        )
