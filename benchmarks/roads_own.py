"""Our own side of the road benchmark: build, questions, changes and weight of an index."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import roads_report as report
from benchmarks.roads_graphs import Graph
from benchmarks.roads_truth import Truth, finite
from geodata.roads import labels
from geodata.roads.customization import Metric, customize, prune
from geodata.roads.hierarchy import find_order
from geodata.roads.index import RoadIndex
from geodata.roads.labels import Seeds
from geodata.roads.network import FAR
from geodata.roads.publishing.index_directory import open_index, write_index
from geodata.roads.publishing.publication import Publisher

ROOT = Path(__file__).resolve().parent.parent
CLOSED_ARCS, WORKERS, COVERED = 200, 2, 15

Add = Callable[..., None]
Clock = Callable[[], float]
Answers = NDArray[Any]


def measure(
    graph: Graph, truth: Truth, root: Path, add: Add, now: Clock, *, only: frozenset[str]
) -> NDArray[np.int32]:
    """
    Measure one graph; the index is written to `root`, its order returned.

    `only` names the rows to measure beside the build (`benchmarks.roads.ROWS`); empty: all.
    """
    index, order = _build(graph, root, add, now)
    if not only:
        _ask(graph, index, truth, add, now)
    if not only or "coverage" in only:
        _cover(graph, index, truth, add, now)
    if not only:
        _change(graph, root, index, add, now)
        weigh(root, add)
    return order


def _build(graph: Graph, root: Path, add: Add, now: Clock) -> tuple[RoadIndex, NDArray[np.int32]]:
    start = now()
    order = find_order(graph.network)
    ordered = now() - start
    # Built twice. The first build also compiles kernels, or reads them from numba's cache,
    # which is no part of a build.
    RoadIndex.build(graph.network, graph.weights_ms, order=order, prune=True)
    start = now()
    index = RoadIndex.build(graph.network, graph.weights_ms, order=order, prune=True)
    write_index(root, index)
    add(report.BUILD, "own", [ordered + now() - start], unit="s")
    return index, order


def _seeds(nodes: NDArray[np.int32]) -> Seeds:
    pairs = np.stack([nodes, nodes], axis=1)
    return Seeds(pairs, np.zeros_like(pairs))


def _ask(graph: Graph, index: RoadIndex, truth: Truth, add: Add, now: Clock) -> None:
    hierarchy, teams = index.hierarchy, _seeds(graph.teams)
    rows = np.arange(len(graph.teams), dtype=np.int32)

    def keep(metric: Any) -> Any:
        return labels.make_labels(hierarchy, metric, teams, outward=True)

    def meet(metric: Any, kept: Any, incident: int) -> Answers:
        seeds = _seeds(np.array([incident], np.int32))
        into = labels.make_labels(hierarchy, metric, seeds, outward=False)
        return labels.meet(hierarchy, kept, rows, into)[:, 0]

    def anew(metric: Any, incident: int) -> Answers:
        return meet(metric, keep(metric), incident)

    def reach(metric: Any, incident: int) -> Answers:
        seeds = _seeds(np.array([incident], np.int32))
        return labels.reach(hierarchy, metric, seeds, teams, outward=False)[0]

    whole = replace(index.metric, pruned=None)
    for engine, metric in (("own", index.metric), ("own, after a partial update", whole)):
        jobs: list[tuple[str, Callable[[int], Answers]]] = [
            (report.KEPT, partial(meet, metric, keep(metric))),
            (report.ANEW, partial(anew, metric)),
            (report.REACH, partial(reach, metric)),
        ]
        for job, question in jobs:
            spent, answers = time_each(question, graph.incidents.tolist(), now)
            add(job, engine, spent, wrong=truth.count_wrong(answers))


def _cover(graph: Graph, index: RoadIndex, truth: Truth, add: Add, now: Clock) -> None:
    """All nodes from the bases; each answer is let go before the next, as with the peer."""
    hierarchy, bases = index.hierarchy, _seeds(graph.bases)
    whole = replace(index.metric, pruned=None)
    for engine, metric in (("own", index.metric), ("own, after a partial update", whole)):
        sweep = partial(labels.nearest_bases, hierarchy, metric, bases, outward=True)
        times, spent = sweep()[0], []
        for _ in range(COVERED):
            start = now()
            times = sweep()[0]
            spent.append((now() - start) * 1000)
        wrong = int((finite(times) != finite(truth.covered())).sum())
        add(report.COVER, engine, spent, wrong=wrong)


def time_each(
    question: Callable[[int], Any], numbers: Iterable[int], now: Clock
) -> tuple[list[float], list[Any]]:
    """Milliseconds and answers of a question asked with each number; one before is not timed."""
    numbers = list(numbers)
    question(numbers[0])
    spent, answers = [], []
    for number in numbers:
        start = now()
        answers.append(question(number))
        spent.append((now() - start) * 1000)
    return spent, answers


def _change(graph: Graph, root: Path, index: RoadIndex, add: Add, now: Clock) -> None:
    hierarchy, weights = index.hierarchy, graph.weights_ms
    spent, _ = time_each(lambda _: prune(hierarchy, customize(hierarchy, weights)), range(5), now)
    add(report.WHOLE, "own", spent)
    spent, _ = time_each(lambda _: customize(hierarchy, weights), range(5), now)
    add(report.WHOLE, "own, not pruned", spent)
    own = Metric(*(column.copy() for column in (*index.metric.times, *index.metric.vias)))
    index.updater.change(own, weights, np.zeros(0, np.int64))
    spent = [_close_here(index, own, weights, arc, now) for arc in _to_close(graph)]
    add(report.CLOSED, "own", spent)
    publisher = Publisher(root)
    spent = [_close(publisher, weights, arc, now) for arc in _to_close(graph)]
    add(report.PUBLISHED, "own", spent)
    state = open_index(root)[1].metric
    fresh = customize(hierarchy, weights)
    same = all(
        np.array_equal(a, b)
        for a, b in zip((*state.times, *state.vias), (*fresh.times, *fresh.vias), strict=True)
    )
    if not same:
        raise AssertionError("closures and openings do not lead back to the first times")
    slow = np.where(weights < FAR, weights + 1, FAR).astype(np.int32)
    start = now()
    publisher.publish(slow)
    add(report.SPEEDS, "own", [(now() - start) * 1000])
    publisher.publish(weights)


def _to_close(graph: Graph) -> list[int]:
    """Half of them of the most important classes, where a closure reaches far."""
    rng, drivable = np.random.default_rng(2), np.flatnonzero(graph.weights_ms < FAR)
    by_class = np.argsort(graph.network.road_class[drivable // 2])
    important = drivable[by_class[-max(1, len(drivable) // 20) :]]
    half = CLOSED_ARCS // 2
    return [arc for some in (drivable, important) for arc in rng.choice(some, half).tolist()]


def _close_here(
    index: RoadIndex, own: Metric, weights: NDArray[np.int32], arc: int, now: Clock
) -> float:
    """Milliseconds to close a road in a metric of one's own, as the peers do."""
    one = weights.copy()
    one[arc] = FAR
    start = now()
    index.updater.change(own, one, np.array([arc]))
    spent = (now() - start) * 1000
    index.updater.change(own, weights, np.array([arc]))
    return spent


def _close(publisher: Publisher, weights: NDArray[np.int32], arc: int, now: Clock) -> float:
    """Milliseconds to publish one closure; it is taken back afterwards."""
    one = weights.copy()
    one[arc] = FAR
    start = now()
    done = publisher.publish(one)
    spent = (now() - start) * 1000
    publisher.publish(weights)
    if not done.in_part:
        raise AssertionError("a single closure was not worked in in part")
    return spent


def weigh(root: Path, add: Add, job: str = report.MEMORY) -> None:
    """Two workers on the same index, weighed while both are alive and have answered."""
    command = [sys.executable, "-m", "benchmarks.roads_worker", str(root)]
    workers = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(WORKERS)
    ]
    started = [json.loads(worker.stdout.readline()) for worker in workers if worker.stdout]
    memory = []
    for worker in workers:
        # Its input stays open until all are weighed: a worker that ended would share nothing.
        if worker.stdin and worker.stdout:
            worker.stdin.write("\n")
            worker.stdin.flush()
            memory.append(json.loads(worker.stdout.readline()))
    for worker in workers:
        worker.communicate("\n", timeout=60)
    if job == report.MEMORY:
        add(report.LOAD, "own", [one["load_s"] * 1000 for one in started])
    # A worker's own pages, and its part of the pages that the workers share, which thus
    # count once for all of them.
    once = [one["alone"] + (one["resident"] - one["alone"]) / WORKERS for one in memory]
    add(job, "own", once, unit="MB")
    add(job, "own, all that is mapped", [one["resident"] for one in memory], unit="MB")
    add(job, "own, not shared", [one["alone"] for one in memory], unit="MB")
