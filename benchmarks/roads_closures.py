"""
Closures published on a country-size network: from what a person drew to times on disk.

    python -m benchmarks.roads_closures [--nodes 1000000] [--zones 2] [--folder DIR] [--clock cpu]

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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import shapely

from benchmarks import roads_report as report
from benchmarks.roads_graphs import Graph, load_graph
from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.customization import customize
from geodata.roads.hours import BEFORE, next_band_at
from geodata.roads.index import RoadIndex
from geodata.roads.profiles import BUCHAREST_HOURS, SpeedProfile
from geodata.roads.publishing.index_directory import open_index, write_index
from geodata.roads.publishing.index_holder import RoadIndexHolder
from geodata.roads.publishing.publication import Published, Publisher
from geodata.roads.zones import ROMANIA, find_country_shares, scale_to_hour
from geodata.travel.travel_times import TravelTimes

Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"cpu": process_time, "wall": perf_counter}
NOW = datetime(2026, 11, 25, 13, tzinfo=UTC)
"""Far from every change of a band."""

AWAY = timedelta(hours=12)
SINGLE_ROADS, AREAS = 200, 5
STANDING = 20
"""Closures in force beside the one that is measured, as there are in a real country."""


@dataclass(frozen=True, slots=True)
class Timing:
    """One row: what was done, how often, milliseconds, the limit it is held against."""

    job: str
    spent_ms: tuple[float, ...]
    limit_ms: float | None = None

    @property
    def median(self) -> float:
        """Median, milliseconds."""
        return float(np.median(self.spent_ms))

    @property
    def p99(self) -> float:
        """99th percentile, milliseconds."""
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
    publisher, network = Publisher(root), graph.network
    rng = np.random.default_rng(5)
    standing = [_road(network, int(p)) for p in rng.integers(0, network.piece_count, STANDING)]
    _publish(publisher, standing)
    travel.follow()
    travel.keep(places)
    # The first publication customizes everything; it must not count as a single road's.
    rows = [*_single_roads(publisher, travel, graph, standing, now)]
    rows += _areas(publisher, travel, graph, standing, now)
    rows.append(_profile(publisher, standing, now))
    if holder.hours:
        rows += _hours(publisher, travel, graph, standing, now)
    _publish(publisher, [])
    _check_fresh(root)
    return rows


def _publish(
    publisher: Publisher, closures: list[Closure], *, profile: SpeedProfile = BUCHAREST_HOURS,
    at: datetime = NOW,
) -> Published:  # fmt: skip
    return publisher.publish_closures(closures, at, profile=profile)


def _single_roads(
    publisher: Publisher,
    travel: TravelTimes,
    graph: Graph,
    standing: list[Closure],
    now: Clock,
    *,
    count: int = SINGLE_ROADS,
    at: datetime = NOW,
    job: str = report.DRAWN,
) -> Iterator[Timing]:
    """Close roads one by one; half are of the most important classes, where it costs most."""
    network, rng = graph.network, np.random.default_rng(2)
    important = np.argsort(network.road_class)[-network.piece_count // 20 :]
    half = count // 2
    pieces = [*rng.integers(0, network.piece_count, half), *rng.choice(important, half)]
    close, open_, take = [], [], []
    for piece in pieces:
        one = _road(network, int(piece))
        if not close:
            _publish(publisher, [*standing, one], at=at)
            _publish(publisher, standing, at=at)
        spent, published = _time(lambda c=one: _publish(publisher, [*standing, c], at=at), now)
        if published.changed_arcs and not published.in_part:
            raise AssertionError("a single closed road was not worked in in part")
        close.append(spent)
        take.append(_time(travel.follow, now)[0])
        open_.append(_time(lambda: _publish(publisher, standing, at=at), now)[0])
    yield Timing(job, tuple(close), 50)
    yield Timing("  opened again", tuple(open_), 50)
    yield Timing("  taken up, 300 labels kept", tuple(take))


def _areas(
    publisher: Publisher, travel: TravelTimes, graph: Graph, standing: list[Closure], now: Clock
) -> Iterator[Timing]:
    rng = np.random.default_rng(3)
    for side_km in (5, 20, 90):
        close, take, pieces = [], [], []
        for node in rng.integers(0, graph.network.node_count, AREAS):
            area = _square(graph.network.node_place(int(node)), side_km)
            closure = Closure("area", NOW, area=area, factor=None if side_km < 90 else 0.5)
            spent, done = _time(lambda c=closure: _publish(publisher, [*standing, c]), now)
            close.append(spent)
            pieces.append(done.changed_arcs)
            take.append(_time(travel.follow, now)[0])
            _publish(publisher, standing)
        what = "closed" if side_km < 90 else "slowed"
        name = f"{report.AREA}{side_km} x {side_km} km {what}, {int(np.median(pieces)):,} arcs"
        yield Timing(name, tuple(close), 2000)
        yield Timing("  taken up", tuple(take))


def _profile(publisher: Publisher, standing: list[Closure], now: Clock) -> Timing:
    spent = []
    for factor in (0.9, 0.8, 0.7):
        other = replace(BUCHAREST_HOURS, name=f"x{factor}", class_factors={"residential": factor})
        spent.append(_time(lambda p=other: _publish(publisher, standing, profile=p), now)[0])
    _publish(publisher, standing)
    return Timing(report.PROFILE, tuple(spent), 2000)


def _hours(
    publisher: Publisher, travel: TravelTimes, graph: Graph, standing: list[Closure], now: Clock
) -> Iterator[Timing]:
    """Work around the change of a band, and what a question costs that nobody made ready."""
    spent, take, asked, other = [], [], [], []
    places = _places(graph)
    begin = next_band_at(BUCHAREST_HOURS, NOW)
    if begin is None:
        return
    for _ in range(3):
        _publish(publisher, standing)
        travel.follow()
        spent.append(_time(lambda: _publish(publisher, standing, at=begin - BEFORE), now)[0])
        take.append(_time(travel.follow, now)[0])
        asked.append(_time(lambda: travel.matrix(places, places[:1], at=begin), now)[0])
        other.append(_time(lambda: travel.matrix(places, places[:1], at=begin + AWAY), now)[0])
    yield Timing(report.HOUR, tuple(spent), 2000)
    yield Timing("  taken up, 300 labels ready", tuple(take))
    yield Timing("  first question in the new hour", tuple(asked))
    yield Timing("question about an hour not published", tuple(other))
    beside = (publisher, travel, graph, standing, now)
    yield from _single_roads(*beside, count=40, at=begin - BEFORE, job=report.DRAWN_TWICE)


def _check_fresh(root: Path) -> None:
    """Compare with all worked out anew: weights, and the metric of them."""
    _, index = open_index(root)
    expected = BUCHAREST_HOURS.weights_ms(index.network, index.open_ms)
    shares = find_country_shares(index.network)
    if shares is not None:
        expected = scale_to_hour(expected, shares, BUCHAREST_HOURS.find_band(NOW).factor)
    fresh = customize(index.hierarchy, expected)
    mine = (index.weights_ms, *index.metric.times, *index.metric.vias)
    theirs = (expected, *fresh.times, *fresh.vias)
    if not all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True)):
        raise AssertionError("times after closures differ from a fresh customization")


def _road(network: Any, piece: int) -> Closure:
    line = network.line(piece)
    lon, lat = (line[0] + line[-1]) / 2 if len(line) == 2 else line[len(line) // 2]
    return Closure(f"road-{piece}", NOW, spot=LonLat(float(lon), float(lat)))


def _square(middle: LonLat, side_km: float) -> shapely.Polygon:
    up = side_km / 2 / 111.2
    across = up / np.cos(np.radians(middle.lat))
    return shapely.box(middle.lon - across, middle.lat - up, middle.lon + across, middle.lat + up)


def publish_two_hours(root: Path) -> None:
    """Leave the directory as it is around a change of the hour."""
    begin = next_band_at(BUCHAREST_HOURS, NOW) or NOW
    _publish(Publisher(root), [], at=begin - BEFORE)


def with_two_zones(index: RoadIndex) -> RoadIndex:
    """Return the same roads as a network that was imported: the hour slows its cities only."""
    network = replace(index.network, about={**index.network.about, "speeds": ROMANIA})
    return replace(index, network=network)


def _places(graph: Graph) -> list[LonLat]:
    return [graph.network.node_place(int(node)) for node in graph.teams]


def _time(work: Callable[[], Any], now: Clock) -> tuple[float, Any]:
    start = now()
    done = work()
    return (now() - start) * 1000, done


@contextmanager
def _written(graph: Graph, zones: int) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="d119-roads-"))
    try:
        index = RoadIndex.build(graph.network, graph.weights_ms)
        write_index(folder, with_two_zones(index) if zones == 2 else index)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure what the command line asks for, and print a line for each job."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--nodes", default="1000000", help="a number of nodes, or bucharest")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--zones", type=int, choices=(1, 2), default=2, help="2: as imported")
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    given = parser.parse_args()
    graph = load_graph(given.nodes, given.folder, Path())
    with _written(graph, given.zones) as root:
        rows = measure_closures(graph, root, now=CLOCKS[given.clock])
    print(f"{graph.network.node_count:,} nodes, {given.clock} time, ms; {STANDING} others in force")
    print(f"  {'':48} {'times':>5} {'median':>10} {'p99':>10}")
    for row in rows:
        print(row)
    print("times after all closures equal to a fresh customization: yes")


if __name__ == "__main__":
    main()
