"""
A road index on disk: mapped by every worker process, replaced without a pause.

    ROOT/current -> index-000002/metrics/000005     one link names map and times
    ROOT/index-000002/*.npy, manifest.json          network, hierarchy, grids
    ROOT/index-000002/metrics/000005/               times: whole, or changes to a whole one
    ROOT/index-000002/metrics/000004/               times of the hour to come, named by 000005
    ROOT/lock                                       held while writing

Nothing is changed once it is written. A swap is the renaming of one link;
whoever has mapped the old files keeps them until it lets go.
"""

import fcntl
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.roads import storage
from geodata.roads.customization import Climb, Metric, Pruned, Updater, prune
from geodata.roads.hierarchy import Hierarchy
from geodata.roads.index import RoadIndex
from geodata.roads.network import Int32s, RoadNetwork
from geodata.roads.placing import Grids
from geodata.roads.publishing.arrays_directory import map_arrays, read_manifest, write_directory
from geodata.roads.snapping import Snapper
from geodata.said import said

CURRENT, LOCK = "current", "lock"
KEPT_GENERATIONS = 2
"""Generations left on disk beside the current one, for readers that are just opening them."""

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Generation:
    """One state of the directory: which map, which times."""

    index: str
    metric: str

    @property
    def link(self) -> str:
        """Where `current` leads to."""
        return f"{self.index}/metrics/{self.metric}"


@dataclass(frozen=True, slots=True)
class Times:
    """Times to write: those of an index, or only what differs from a whole metric."""

    index: RoadIndex
    changes: "Changes | None" = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Difference of a metric from the whole metric `base`: up-arcs and road arcs, new values."""

    base: str
    slots: Int32s
    arcs: Int32s


def read_generation(root: Path) -> Generation:
    """
    State of the directory at this moment: one look at a link, some microseconds.

    Raises
    ------
    RoadNetworkError
        `file_missing` when the directory holds no index.
    """
    try:
        index, _, metric = (root / CURRENT).readlink().parts
    except (OSError, ValueError) as error:
        message = said("there is no road index in {path}", path=root.name)
        raise RoadNetworkError("file_missing", message, said("import a road network")) from error
    return Generation(index, metric)


def read_notes(root: Path, generation: Generation) -> dict[str, Any] | None:
    """
    What the times of a state were made with, as their writer noted it; None without notes.

    Raises
    ------
    RoadNetworkError
        See `open_index`.
    """
    notes: dict[str, Any] | None = read_manifest(root / generation.link).get("notes")
    return notes


def read_about(root: Path, generation: Generation) -> dict[str, Any]:
    """
    What is known about the map of a state: source, licence, which speeds.

    Raises
    ------
    RoadNetworkError
        See `open_index`.
    """
    return dict(read_manifest(root / generation.index).get("about", {}))


def open_index(root: Path, *, like: RoadIndex | None = None) -> tuple[Generation, RoadIndex]:
    """
    Map the current index; of `like`, opened here before, everything still current is kept.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `not_a_road_index` (damaged) or `other_format`.
    """
    generation, index, _ = open_state(root, like=like)
    return generation, index


def open_state(
    root: Path, *, like: RoadIndex | None = None
) -> tuple[Generation, RoadIndex, tuple[RoadIndex, ...]]:
    """
    `open_index`, and with it the same roads under the times of the other hours published.

    Raises
    ------
    RoadNetworkError
        See `open_index`.
    """
    generation = read_generation(root)
    try:
        return _open_all(root, generation, like)
    except RoadNetworkError:
        # A writer may have cleared this state away after we read its name, for a newer one.
        newer = read_generation(root)
        if newer == generation:
            raise
        return _open_all(root, newer, like)


def read_beside(root: Path, generation: Generation) -> tuple[str, ...]:
    """
    Names of the times of other hours that were published with a state.

    Raises
    ------
    RoadNetworkError
        See `open_index`.
    """
    return tuple(read_manifest(root / generation.link).get("beside", ()))


def read_changes(root: Path, generation: Generation) -> Changes | None:
    """
    How a state differs from a whole metric; None when it is one itself.

    Raises
    ------
    RoadNetworkError
        See `open_index`.
    """
    folder = root / generation.link
    manifest = read_manifest(folder)
    if manifest.get("base") is None:
        return None
    arrays = map_arrays(folder, manifest)
    return Changes(manifest["base"], arrays["slots"], arrays["arcs"])


def _open_all(
    root: Path, generation: Generation, like: RoadIndex | None
) -> tuple[Generation, RoadIndex, tuple[RoadIndex, ...]]:
    index = _open(root, generation, like)
    others = (Generation(generation.index, one) for one in read_beside(root, generation))
    return generation, index, tuple(_open(root, one, index) for one in others)


def _open(root: Path, generation: Generation, like: RoadIndex | None) -> RoadIndex:
    home = root / generation.index
    # The times first: they change with every closure, the map only with an import. A map that
    # is open already is kept, with its grids and with everything computed from it.
    weights, free, metric = _open_metric(home / "metrics", generation.metric)
    if like is not None and like.network.about.get("generation") == generation.index:
        return replace(like, weights_ms=weights, free_ms=free, metric=metric)
    manifest = read_manifest(home)
    arrays = map_arrays(home, manifest)
    names = storage.unpack_text(arrays.pop("network.names"))
    about = {**manifest["about"], "generation": generation.index}
    try:
        network = RoadNetwork(**_part(arrays, "network"), names=names, about=about)
        hierarchy = Hierarchy(**_part(arrays, "hierarchy"))
        corner, size = manifest["grid"]["corner"], manifest["grid"]["size"]
        bits, before, first, items = (arrays[f"grid.{name}"] for name in _GRID)
        whole = Snapper(network, bits, before, first, items, tuple(corner), tuple(size))
        # A directory of an older version has no masks; then they are found once they are needed.
        point_bits, piece_bits = (arrays.get(f"grid.{name}") for name in _MASKS)
        open_ms = arrays["open_ms"]
    except (KeyError, TypeError) as error:
        raise RoadNetworkError(
            "not_a_road_index",
            said("the road index {path} lacks a part", path=home.name),
            said("import the road network again"),
        ) from error
    both = None if point_bits is None or piece_bits is None else (point_bits, piece_bits)
    grids = Grids(network, whole, both)
    updater = Updater(hierarchy)
    return RoadIndex(network, hierarchy, weights, free, metric, grids, open_ms, updater)


def _part(arrays: Arrays, prefix: str) -> Arrays:
    start = prefix + "."
    return {name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)}


def _open_metric(folder: Path, serial: str) -> tuple[Int32s, Int32s, Metric]:
    """Weights, the same without the hour, and their metric."""
    manifest = read_manifest(folder / serial)
    arrays = map_arrays(folder / serial, manifest)
    base = manifest.get("base")
    try:
        if base is None:
            climbs = [Climb(**_part(arrays, name)) for name in ("outward", "inward")]
            columns = {name: arrays[name] for name in _METRIC}
            weights = arrays["weights_ms"]
            free = arrays.get("free_ms", weights)
            return weights, free, Metric(**columns, pruned=Pruned(*climbs))
        weights, free, whole = _open_metric(folder, base)
        for name in _METRIC:
            # Mapped copy-on-write: only the pages changed here take memory of their own.
            getattr(whole, name)[arrays["slots"]] = arrays[name]
        weights[arrays["arcs"]] = arrays["arc_ms"]
        if "arc_free_ms" in arrays:
            free[arrays["arcs"]] = arrays["arc_free_ms"]
    except (KeyError, TypeError, IndexError) as error:
        raise RoadNetworkError(
            "not_a_road_index",
            said("the times {serial} of the road index are damaged", serial=serial),
            said("import the road network again"),
        ) from error
    # The shorter lists belong to the times of the whole metric. They hold while no time
    # differs; after a change they might leave out the way that is now the fastest.
    return weights, free, whole if not len(arrays["slots"]) else replace(whole, pruned=None)


_GRID = ("bits", "before", "cell_first", "cell_items")
_MASKS = ("point_bits", "piece_bits")
_METRIC = ("ahead", "back", "via_ahead", "via_back")


def write_index(root: Path, index: RoadIndex, *, profile: str = "free flow") -> Generation:
    """
    Write an index as the new current one of the directory `root`, made if need be.

    Readers go on with the old one until they look again; a crash leaves the
    old one in place.
    """
    root.mkdir(parents=True, exist_ok=True)
    with locked(root):
        # Readers compare names. The clock keeps one from coming back after a deletion.
        name = max(_next_name(root, "index-"), f"index-{int(time.time())}")
        home = root / name
        facts = {
            "about": index.network.about,
            "counts": _counts(index),
            "grid": {"corner": index.grids.whole.corner, "size": index.grids.whole.size},
        }
        write_directory(home, _index_arrays(index), facts, durable=True)
        generation = Generation(name, "000001")
        _write_whole(home / "metrics" / generation.metric, index, {"profile": profile})
        _swap(root, generation)
        _clear_away(root, generation)
    return generation


def write_times(
    root: Path,
    generation: Generation,
    hours: Sequence[Times],
    *,
    profile: str,
    notes: Mapping[str, Any] | None = None,
) -> tuple[Generation, tuple[str, ...]]:
    """
    Write the first times as the current ones of the map `generation`, and swap.

    The others, of hours to come or just over, are written before and named by the first;
    their names are returned too. `notes` say what the times were made with, see
    `read_notes`. To be called with the directory `locked`.
    """
    folder = root / generation.index / "metrics"
    facts = {"profile": profile, "notes": notes}
    # A state names its hours, so these must be complete before it is written.
    beside = tuple(_write_one(folder, one, {**facts, "is_beside": True}) for one in hours[1:])
    serial = _write_one(folder, hours[0], {**facts, "beside": beside})
    newer = Generation(generation.index, serial)
    _swap(root, newer)
    _clear_away(root, newer)
    return newer, beside


def _write_one(folder: Path, times: Times, facts: Mapping[str, Any]) -> str:
    serial, index, changes = _next_name(folder, ""), times.index, times.changes
    if changes is None:
        _write_whole(folder / serial, index, facts)
        return serial
    slots, arcs = changes.slots, changes.arcs
    arrays = {name: getattr(index.metric, name)[slots] for name in _METRIC}
    arrays |= {"slots": slots, "arcs": arcs, "arc_ms": index.weights_ms[arcs]}
    if index.free_ms is not index.weights_ms:
        arrays["arc_free_ms"] = index.free_ms[arcs]
    # Not durable: times are computed again from the closures, so a crash loses nothing.
    write_directory(folder / serial, arrays, {**facts, "base": changes.base}, durable=False)
    return serial


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the writers' lock of the directory; readers never take it."""
    with (root / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _index_arrays(index: RoadIndex) -> Arrays:
    network, hierarchy = index.network, index.hierarchy
    arrays = {
        f"network.{one.name}": getattr(network, one.name)
        for one in fields(network)
        if isinstance(getattr(network, one.name), np.ndarray)
    }
    arrays["network.names"] = storage.pack_text(network.names)
    arrays |= {f"hierarchy.{one.name}": getattr(hierarchy, one.name) for one in fields(hierarchy)}
    arrays |= {f"grid.{name}": getattr(index.grids.whole, name) for name in _GRID}
    arrays |= {f"grid.{name}": getattr(index.grids, name) for name in _MASKS}
    arrays["open_ms"] = index.open_ms
    return arrays


def _write_whole(path: Path, index: RoadIndex, facts: Mapping[str, Any]) -> None:
    metric = index.metric
    pruned = metric.pruned or prune(index.hierarchy, metric).pruned
    arrays = {name: getattr(metric, name) for name in _METRIC} | {"weights_ms": index.weights_ms}
    if index.free_ms is not index.weights_ms:
        arrays["free_ms"] = index.free_ms
    for name in ("outward", "inward"):
        climb = getattr(pruned, name)
        arrays |= {f"{name}.{one.name}": getattr(climb, one.name) for one in fields(climb)}
    write_directory(path, arrays, facts, durable=False)


def _counts(index: RoadIndex) -> dict[str, int]:
    network = index.network
    return {
        "nodes": network.node_count,
        "pieces": network.piece_count,
        "arcs": network.arc_count,
        "up_arcs": len(index.hierarchy.up),
        "longest_label": index.hierarchy.width,
    }


def _next_name(folder: Path, prefix: str) -> str:
    used = [
        p.name.removeprefix(prefix).removesuffix(".part") for p in folder.glob(prefix + "[0-9]*")
    ]
    return f"{prefix}{max(map(int, used), default=0) + 1:06}"


def _swap(root: Path, generation: Generation) -> None:
    draft = root / (CURRENT + ".part")
    draft.unlink(missing_ok=True)
    # A link is replaced by renaming another one over it. That is one step of the file system,
    # so a reader sees the old state or the new one and never none.
    draft.symlink_to(generation.link)
    draft.replace(root / CURRENT)


def _clear_away(root: Path, current: Generation) -> None:
    """Remove what nobody can be opening any more; maps in use outlive their files."""
    for old in sorted(root.glob("index-*"))[: -KEPT_GENERATIONS - 1]:
        shutil.rmtree(old, ignore_errors=True)
    folder = root / current.index / "metrics"
    told = {path.name: _told(path) for path in folder.iterdir()}
    states = sorted(name for name, facts in told.items() if not facts.get("is_beside"))
    kept = {current.metric, *[one for one in states if one != current.metric][-KEPT_GENERATIONS:]}
    kept |= {one for name in kept for one in told[name].get("beside", ())}
    # A difference cannot be opened without the whole metric that it refers to.
    kept |= {told[name]["base"] for name in kept if told[name].get("base")}
    for name in told.keys() - kept:
        shutil.rmtree(folder / name, ignore_errors=True)


def _told(path: Path) -> dict[str, Any]:
    return read_manifest(path) if path.suffix != ".part" else {}
