"""
Closures published on a country-size network: from what a person drew to times on disk.

    python -m benchmarks.roads_closures [--nodes 1000000] [--folder DIR] [--clock cpu]

Measured in the publishing process, everything included: which roads are meant, their
weights, the exact partial customization (or a whole one), writing and the swap. Then
what a server process needs to take the new state up, with the labels of 300 teams.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import shapely

from benchmarks.roads_graphs import Graph, load_graph
from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.customization import customize
from geodata.roads.index import RoadIndex
from geodata.roads.index_directory import open_index, write_index
from geodata.roads.index_holder import RoadIndexHolder
from geodata.roads.profiles import BUCHAREST_HOURS
from geodata.roads.publication import Publisher
from geodata.travel_time import TravelTimes

Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"cpu": process_time, "wall": perf_counter}
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SINGLE_ROADS, AREAS = 200, 5
STANDING = 20
"""Other closures in force meanwhile: nobody closes a road in an empty country."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One row: what was done, how often, milliseconds, the limit it is held against."""

    job: str
    spent_ms: tuple[float, ...]
    limit_ms: float | None = None

    @property
    def median(self) -> float:
        return float(np.median(self.spent_ms))

    @property
    def p99(self) -> float:
        return float(np.percentile(self.spent_ms, 99))

    def __str__(self) -> str:
        numbers = f"{len(self.spent_ms):5} {self.median:10.1f} {self.p99:10.1f}"
        verdict = ""
        if self.limit_ms is not None:
            verdict = (
                f"  <= {self.limit_ms:.0f}: {'met' if self.p99 <= self.limit_ms else 'MISSED'}"
            )
        return f"  {self.job:48} {numbers}{verdict}"


def measure_closures(graph: Graph, root: Path, *, now: Clock = process_time) -> list[Timing]:
    """
    Measure publications into the index directory `root`, which holds the graph's index.

    Raises
    ------
    AssertionError
        Times after the closures are not those of a fresh customization.
    """
    holder = RoadIndexHolder(root)
    travel = TravelTimes(holder)
    places = _places(graph)
    travel.keep(places)
    publisher, network = Publisher(root), graph.network
    rng = np.random.default_rng(5)
    standing = [_road(network, int(p)) for p in rng.integers(0, network.piece_count, STANDING)]
    publisher.publish_closures(standing, NOW)
    rows = [*_single_roads(publisher, travel, graph, standing, now)]
    rows += _areas(publisher, travel, graph, standing, now)
    rows.append(_profile(publisher, standing, now))
    publisher.publish_closures([], NOW)
    _check_fresh(root)
    return rows


def _single_roads(
    publisher: Publisher, travel: TravelTimes, graph: Graph, standing: list[Closure], now: Clock
) -> Iterator[Timing]:
    """Half of the roads closed are of the most important classes, where a closure reaches far."""
    network, rng = graph.network, np.random.default_rng(2)
    important = np.argsort(network.road_class)[-network.piece_count // 20 :]
    half = SINGLE_ROADS // 2
    pieces = [*rng.integers(0, network.piece_count, half), *rng.choice(important, half)]
    close, open_, take = [], [], []
    for piece in pieces:
        one = _road(network, int(piece))
        done = publisher.publish_closures([*standing, one], NOW) if not close else None
        if done is not None:
            publisher.publish_closures(standing, NOW)
        spent, published = _time(lambda c=one: publisher.publish_closures([*standing, c], NOW), now)
        if published.changed_arcs and not published.in_part:
            raise AssertionError("a single closed road was not worked in in part")
        close.append(spent)
        take.append(_time(travel.follow, now)[0])
        open_.append(_time(lambda: publisher.publish_closures(standing, NOW), now)[0])
    yield Timing("one road closed, published", tuple(close), 50)
    yield Timing("the same road opened again", tuple(open_), 50)
    yield Timing("taken up by a server, 300 labels kept", tuple(take))


def _areas(
    publisher: Publisher, travel: TravelTimes, graph: Graph, standing: list[Closure], now: Clock
) -> Iterator[Timing]:
    rng = np.random.default_rng(3)
    for side_km in (5, 20, 90):
        close, take, pieces = [], [], []
        for node in rng.integers(0, graph.network.node_count, AREAS):
            area = _square(graph.network.node_place(int(node)), side_km)
            closure = Closure("area", NOW, area=area, factor=None if side_km < 90 else 0.5)
            spent, done = _time(
                lambda c=closure: publisher.publish_closures([*standing, c], NOW), now
            )
            close.append(spent)
            pieces.append(done.changed_arcs)
            take.append(_time(travel.follow, now)[0])
            publisher.publish_closures(standing, NOW)
        what = "closed" if side_km < 90 else "slowed"
        name = f"{side_km} x {side_km} km {what}, {int(np.median(pieces)):,} arcs"
        yield Timing(name, tuple(close), 2000)
        yield Timing("  taken up by a server", tuple(take))


def _profile(publisher: Publisher, standing: list[Closure], now: Clock) -> Timing:
    spent = []
    for factor in (0.9, 0.8, 0.7):
        other = replace(BUCHAREST_HOURS, name=f"x{factor}", class_factors={"residential": factor})
        spent.append(
            _time(lambda p=other: publisher.publish_closures(standing, NOW, profile=p), now)[0]
        )
    return Timing("another speed profile, published", tuple(spent), 2000)


def _check_fresh(root: Path) -> None:
    _, index = open_index(root)
    fresh = customize(index.hierarchy, index.open_ms)
    for mine, theirs in zip(
        (*index.metric.times, *index.metric.vias), (*fresh.times, *fresh.vias), strict=True
    ):
        if not np.array_equal(mine, theirs):
            raise AssertionError("times after closures differ from a fresh customization")


def _road(network: Any, piece: int) -> Closure:
    line = network.line(piece)
    lon, lat = (line[0] + line[-1]) / 2 if len(line) == 2 else line[len(line) // 2]
    return Closure(f"road-{piece}", NOW, spot=LonLat(float(lon), float(lat)))


def _square(middle: LonLat, side_km: float) -> shapely.Polygon:
    up = side_km / 2 / 111.2
    across = up / np.cos(np.radians(middle.lat))
    return shapely.box(middle.lon - across, middle.lat - up, middle.lon + across, middle.lat + up)


def _places(graph: Graph) -> list[LonLat]:
    return [graph.network.node_place(int(node)) for node in graph.teams]


def _time(work: Callable[[], Any], now: Clock) -> tuple[float, Any]:
    start = now()
    done = work()
    return (now() - start) * 1000, done


@contextmanager
def _written(graph: Graph) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="d119-roads-"))
    try:
        write_index(folder, RoadIndex.build(graph.network, graph.weights_ms))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--nodes", default="1000000", help="a number of nodes, or bucharest")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    given = parser.parse_args()
    graph = load_graph(given.nodes, given.folder, Path())
    with _written(graph) as root:
        rows = measure_closures(graph, root, now=CLOCKS[given.clock])
    print(f"{graph.network.node_count:,} nodes, {given.clock} time, ms; {STANDING} others in force")
    print(f"  {'':48} {'times':>5} {'median':>10} {'p99':>10}")
    for row in rows:
        print(row)
    print("times after all closures equal to a fresh customization: yes")


if __name__ == "__main__":
    main()
