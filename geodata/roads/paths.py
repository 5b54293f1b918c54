"""The roads behind a time: shortcuts of the hierarchy unpacked into road arcs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.roads import hierarchy_kernels as kernels
from geodata.roads.customization import Climb, Metric
from geodata.roads.hierarchy import Hierarchy
from geodata.roads.labels import Labels, Seeds, make_labels
from geodata.roads.network import FAR, Int32s


@dataclass(frozen=True, slots=True)
class Path:
    """Road arcs in driving order, and which of the two seeds the way starts from and ends at."""

    arcs: NDArray[np.int64]
    start_seed: int
    end_seed: int


def find_path(
    hierarchy: Hierarchy, metric: Metric, origin: Seeds, destination: Seeds
) -> Path | None:
    """Road arcs of the fastest way between the first entry of both, or None."""
    out = make_labels(hierarchy, metric, origin, outward=True)
    into = make_labels(hierarchy, metric, destination, outward=False)
    shared = min(int(out.lengths[0]), int(into.lengths[0]))
    above_out, above_into = (_ancestors(hierarchy, one) for one in (out, into))
    # Both lists begin at the root, so the ancestors shared are those before the first
    # difference.
    differs = np.flatnonzero(above_out[:shared] != above_into[:shared])
    shared = int(differs[0]) if len(differs) else shared
    total = out.times[0, :shared] + into.times[0, :shared]
    if shared == 0 or int(total.min()) >= FAR:
        return None
    at = int(np.argmin(total))
    upward = metric.climb(hierarchy, outward=True), metric.climb(hierarchy, outward=False)
    ahead, ahead_tails, start = _trace(hierarchy, upward[0], out, above_out, at)
    back, back_tails, end = _trace(hierarchy, upward[1], into, above_into, at)
    # `_trace` lists the arcs from the meeting node down. The first half is driven upwards and
    # is turned round; the second is driven downwards as it stands.
    codes = np.concatenate([2 * ahead[::-1].astype(np.int64), 2 * back.astype(np.int64) + 1])
    tails = np.concatenate([ahead_tails[::-1], back_tails])
    lists = hierarchy.first, hierarchy.up
    arcs = kernels.unpack(lists, metric.vias, codes, tails, hierarchy.width)
    return Path(
        arcs=arcs,
        start_seed=_which_seed(hierarchy, origin, out, start),
        end_seed=_which_seed(hierarchy, destination, into, end),
    )


def _ancestors(hierarchy: Hierarchy, labels: Labels) -> Int32s:
    """Nodes of the one label, the root first."""
    found: Int32s = kernels.find_ancestors(
        hierarchy.parent, int(labels.lows[0]), int(labels.lengths[0])
    )
    return found


def _trace(
    hierarchy: Hierarchy, climb: Climb, labels: Labels, ancestors: Int32s, at: int
) -> tuple[Int32s, Int32s, int]:
    """Up-arcs from the meeting node back to the seed, their lower ends, and the seed's depth."""
    label = labels.times[0, : len(ancestors)], ancestors
    lists = hierarchy.first, hierarchy.up
    arcs, tails = kernels.trace_back(climb.lists, lists, label, at)
    return arcs, tails, int(hierarchy.depth[tails[-1]]) if len(arcs) else at


def _which_seed(hierarchy: Hierarchy, seeds: Seeds, labels: Labels, depth: int) -> int:
    ranks = hierarchy.rank[seeds.nodes[0]]
    # The seed where the climb began has exactly its own offset as its time.
    hit = (hierarchy.depth[ranks] == depth) & (seeds.offsets[0] == labels.times[0, depth])
    return int(np.argmax(hit))
