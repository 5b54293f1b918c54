"""Graphs of the road benchmark: the bundled Bucharest, New York of DIMACS, a synthetic country."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_country import load_country
from geodata.roads.network import RoadNetwork
from geodata.roads.speeds import free_flow_ms
from geodata.roads.tags import CLASS_CODES, FORWARD
from geodata.travel.travel_times import load_travel_times

INCIDENTS, TEAMS, BASES = 100, 300, 47


@dataclass(frozen=True, slots=True)
class Graph:
    """A network with its weights, and the same questions for everybody (node numbers)."""

    name: str
    network: RoadNetwork
    weights_ms: NDArray[np.int32]
    incidents: NDArray[np.int32]
    teams: NDArray[np.int32]
    bases: NDArray[np.int32]


def load_graph(name: str, folder: Path, shared: Path, *, seed: int = 119) -> Graph:
    """`bucharest`, `new-york` (DIMACS, from the source data) or a number of nodes."""
    if name == "bucharest":
        network = load_travel_times().index.network
        weights = free_flow_ms(network)
    elif name == "new-york":
        network, weights = _read_dimacs(shared / "roads" / "dimacs_ny", "NY")
    else:
        network, weights = load_country(int(name), folder).network()
    rng = np.random.default_rng(seed)
    questions = [
        rng.choice(network.node_count, count, replace=False).astype(np.int32)
        for count in (INCIDENTS, TEAMS, BASES)
    ]
    return Graph(name, network, weights, *questions)


def _read_dimacs(folder: Path, area: str) -> tuple[RoadNetwork, NDArray[np.int32]]:
    """Every arc as a one-way piece of its own; travel times in tenths of a second, as they are."""
    arcs = _numbers(folder / f"USA-road-t.{area}.gr.gz", b"a")
    places = _numbers(folder / f"USA-road-d.{area}.co.gz", b"v")
    lon, lat = (np.zeros(len(places), np.int32) for _ in range(2))
    # Stored in millionths of a degree.
    lon[places[:, 0] - 1], lat[places[:, 0] - 1] = places[:, 1] * 10, places[:, 2] * 10
    tail, head = ((arcs[:, column] - 1).astype(np.int32) for column in (0, 1))
    count, ends = len(arcs), np.stack([tail, head], axis=1).ravel()
    network = RoadNetwork(
        node_lon_e7=lon,
        node_lat_e7=lat,
        tail=tail,
        head=head,
        length_cm=np.full(count, 100, np.int32),
        road_class=np.full(count, CLASS_CODES["residential"], np.uint8),
        flags=np.full(count, FORWARD, np.uint8),
        max_speed_kph=np.zeros(count, np.uint8),
        name_id=np.zeros(count, np.int32),
        way_id=np.arange(count),
        shape_first=np.arange(0, 2 * count + 1, 2, dtype=np.int32),
        shape_lon_e7=lon[ends],
        shape_lat_e7=lat[ends],
    )
    weights = np.full((count, 2), 1_000_000_000, np.int32)
    weights[:, 0] = np.maximum(arcs[:, 2], 1)
    return network, weights.ravel()


def _numbers(file: Path, kind: bytes) -> NDArray[np.int64]:
    with gzip.open(file) as lines:
        text = b"".join(line[2:] for line in lines if line.startswith(kind + b" "))
    return np.fromstring(text, dtype=np.int64, sep=" ").reshape(-1, 3)
