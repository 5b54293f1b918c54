"""Small random networks with forbidden runs of roads, and a search that remembers its way."""

import heapq
from itertools import count

import numpy as np
from hypothesis import strategies as st

from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.reading.turns import Run
from geodata.roads.snapping import SnappedMany
from geodata.roads.tags import BACKWARD, FORWARD

LONGEST = 4


@st.composite
def restricted_networks(draw: st.DrawFn) -> tuple[RoadNetwork, list[Run]]:
    nodes = draw(st.integers(3, 7))
    node = st.integers(0, nodes - 1)
    flags = st.sampled_from([FORWARD | BACKWARD, FORWARD | BACKWARD, FORWARD, BACKWARD])
    pieces = draw(
        st.lists(st.tuples(node, node, flags, st.integers(1, 9)), min_size=3, max_size=14)
    )
    network = build(nodes, pieces)
    drivable = np.flatnonzero(network.drivable.ravel()).tolist()
    runs = set()
    for _ in range(draw(st.integers(1, 6))):
        run = [draw(st.sampled_from(drivable))]
        for _ in range(draw(st.integers(1, LONGEST - 1))):
            onward = [a for a in drivable if network.arc_tail[a] == network.arc_head[run[-1]]]
            if onward:
                run.append(draw(st.sampled_from(onward)))
        if len(run) > 1:
            runs.add(tuple(run))
    return network, sorted(runs)


def build(nodes: int, pieces: list[tuple[int, int, int, int]]) -> RoadNetwork:
    tail, head, flags, length = np.array(pieces, np.int32).T
    place = (260_000_000 + 1000 * np.arange(nodes)).astype(np.int32)
    ends = np.stack([tail, head], axis=1).ravel()
    zeros = np.zeros(len(pieces), np.int32)
    return RoadNetwork(
        node_lon_e7=place,
        node_lat_e7=place,
        tail=tail,
        head=head,
        length_cm=length * 100,
        road_class=zeros.astype(np.uint8),
        flags=flags.astype(np.uint8),
        max_speed_kph=zeros.astype(np.uint8),
        name_id=zeros,
        way_id=np.arange(len(pieces)),
        shape_first=np.arange(0, 2 * len(pieces) + 1, 2, dtype=np.int32),
        shape_lon_e7=place[ends],
        shape_lat_e7=place[ends],
    )


def weights_of(network: RoadNetwork) -> np.ndarray:
    """Whole numbers of 2000 ms, so that the 1 ms of a connection cannot be mistaken."""
    ms = np.maximum(1, network.length_cm * 20)
    return np.where(network.drivable, ms[:, None], FAR).astype(np.int32).ravel()


def remembering_search(
    network: RoadNetwork, weights: np.ndarray, runs: list[Run], piece: int
) -> dict[int, int]:
    """Milliseconds from the middle of `piece` to the tail of every arc that may then be driven."""
    leaving: dict[int, list[int]] = {}
    for arc in np.flatnonzero(network.drivable.ravel()).tolist():
        leaving.setdefault(int(network.arc_tail[arc]), []).append(arc)
    starts = {run[:k] for run in runs for k in range(1, len(run))}
    tie = count()
    queue = [(int(weights[a]) // 2, next(tie), (a,)) for a in (2 * piece, 2 * piece + 1)]
    queue = [entry for entry in queue if weights[entry[2][0]] < FAR]
    heapq.heapify(queue)
    done: set[Run] = set()
    reached: dict[int, int] = {}
    while queue:
        ms, _, past = heapq.heappop(queue)
        if past in done:
            continue
        done.add(past)
        for arc in leaving.get(int(network.arc_head[past[-1]]), []):
            run = (*past, arc)
            if any(run[k:] in runs for k in range(len(run) - 1)):
                continue
            reached.setdefault(arc, ms)
            reached[arc] = min(reached[arc], ms)
            onward = ms + int(weights[arc])
            heapq.heappush(queue, (onward, next(tie), _what_matters(run, starts)))
    return reached


def _what_matters(run: Run, starts: set[Run]) -> Run:
    """Forget the arcs that begin no forbidden run any more: what may follow is the same."""
    return next((run[k:] for k in range(len(run)) if run[k:] in starts), run[-1:])


def middles(count: int) -> SnappedMany:
    nowhere = np.zeros(count)
    half = np.full(count, 0.5)
    return SnappedMany(np.arange(count, dtype=np.int32), half, nowhere, nowhere, nowhere)


def expected_ms(network: RoadNetwork, weights: np.ndarray, runs: list[Run]) -> np.ndarray:
    count = network.piece_count
    table = np.full((count, count), FAR, np.int64)
    for start in range(count):
        for arc, ms in remembering_search(network, weights, runs, start).items():
            table[start, arc // 2] = min(table[start, arc // 2], ms + int(weights[arc]) // 2)
        table[start, start] = 0
    return table
