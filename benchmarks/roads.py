"""
Road times against named peers: one run, one table, the same graphs and questions for all.

    python -m benchmarks.roads [--graphs bucharest new-york 50000 250000 1000000]
                               [--peers-python PYTHON] [--folder FOLDER]

Peers run in their own processes under `--peers-python` (an environment with
scipy, networkx, igraph, networkit, pandana, pyroutingkit, routingkit-cch);
those not installed are named and skipped. Every answer of everybody is
compared with scipy's Dijkstra to the millisecond. Times in milliseconds,
median and 99th percentile; all engines single-threaded. The clock counts
processor time by default, for everybody alike, because a machine with other
work on it stretches the wall clock several times over; `--clock wall` to see that.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.roads_graphs import Graph, load_graph
from geodata.roads import labels
from geodata.roads.customization import customize, prune
from geodata.roads.hierarchy import find_order
from geodata.roads.index import RoadIndex
from geodata.roads.index_directory import open_index, write_index
from geodata.roads.labels import Seeds
from geodata.roads.network import FAR
from geodata.roads.publication import Publisher

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ("bucharest", "new-york", "50000", "250000", "1000000")
PEERS = (
    "scipy",
    "networkx",
    "igraph",
    "networkit",
    "pandana",
    "pyroutingkit",
    "routingkit_cch",
)
MOST_NODES = {"networkx": 60_000, "pandana": 300_000}
"""Beyond these a peer needs many minutes (pandana: 60 % of its build after 580 s at 1 M)."""

CLOCKS = {"cpu": process_time, "wall": perf_counter}
CLOSED_ARCS = 200
PEER_TIMEOUT_S = 240


@dataclass(frozen=True, slots=True)
class Row:
    """One engine at one job on one graph; `wrong` counts answers that are not Dijkstra's."""

    graph: str
    job: str
    engine: str
    median: float
    p99: float
    unit: str = "ms"
    wrong: int | None = None


class Truth:
    """Dijkstra's answers, asked once per incident."""

    def __init__(self, graph: Graph) -> None:
        network = graph.network
        arcs = np.flatnonzero(graph.weights_ms < FAR)
        tail, head = network.arc_tail[arcs], network.arc_head[arcs]
        keys = tail.astype(np.int64) * network.node_count + head
        # Of parallel arcs the fastest: scipy would add them up.
        order = np.lexsort((graph.weights_ms[arcs], keys))
        arcs = arcs[order][np.unique(keys[order], return_index=True)[1]]
        arcs = arcs[network.arc_tail[arcs] != network.arc_head[arcs]]
        self.tail, self.head = network.arc_tail[arcs], network.arc_head[arcs]
        self.ms = graph.weights_ms[arcs]
        n = network.node_count
        columns = (self.ms.astype(float), (self.head, self.tail))
        self._turned = csr_array(columns, shape=(n, n))
        self._forward = csr_array((self.ms.astype(float), (self.tail, self.head)), shape=(n, n))
        self._known: dict[int, NDArray[np.float64]] = {}
        self._graph = graph

    def to(self, incident: int) -> NDArray[np.float64]:
        if incident not in self._known:
            found = dijkstra(self._turned, indices=incident)[self._graph.teams]
            self._known[incident] = found
        return self._known[incident]

    def count_wrong(self, answers: Iterable[NDArray[Any]]) -> int:
        pairs = zip(self._graph.incidents.tolist(), answers, strict=False)
        return sum(int((_finite(a) != _finite(self.to(i))).sum()) for i, a in pairs)

    def covered(self) -> NDArray[np.float64]:
        return dijkstra(self._forward, indices=self._graph.bases, min_only=True)


def _finite(times: NDArray[Any]) -> NDArray[np.int64]:
    return np.minimum(np.nan_to_num(times, posinf=float(FAR)), FAR).astype(np.int64)


def run(
    graphs: Iterable[str] = GRAPHS,
    *,
    peers_python: str = sys.executable,
    folder: Path | None = None,
    shared: Path = ROOT.parent / "shared" / "data",
    clock: str = "cpu",
) -> list[Row]:
    """Time everybody on every graph, print the table as it grows, and return its rows."""
    rows: list[Row] = []
    sizes: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as scratch:
        kept = folder or Path(scratch)
        for name in graphs:
            if name == "new-york" and not shared.is_dir():
                print("SKIPPED new-york: the source data is not beside the repository")
                continue
            graph = load_graph(name, kept, shared)
            print(f"\n{name}: {graph.network.node_count} nodes", flush=True)
            sizes[name] = graph.network.node_count
            rows += _run_one(graph, peers_python, Path(scratch), clock)
    _print_goals(rows, max(sizes, key=sizes.__getitem__))
    return rows


def _run_one(graph: Graph, peers_python: str, scratch: Path, clock: str) -> list[Row]:
    rows: list[Row] = []

    def add(job: str, engine: str, spent: list[float], **facts: Any) -> None:
        row = Row(graph.name, job, engine, *np.percentile(spent, [50, 99]).tolist(), **facts)
        rows.append(row)
        print(_line(row), flush=True)

    truth = Truth(graph)
    now = CLOCKS[clock]
    index, order = _build(graph, scratch, add, now)
    _ask_own(graph, index, truth, add, now)
    _change_own(graph, scratch, index, add, now)
    _weigh_own(scratch / f"index-{graph.name}", add)
    file = scratch / "graph.npz"
    own = (graph.incidents, graph.teams, graph.bases)
    columns = dict(zip(("incidents", "teams", "bases"), own, strict=True))
    places = {"lon": graph.network.lon, "lat": graph.network.lat, "n": graph.network.node_count}
    arcs = {"tail": truth.tail, "head": truth.head, "ms": truth.ms, "order": order}
    np.savez(file, **columns, **places, **arcs)
    for peer in PEERS:
        if graph.network.node_count > MOST_NODES.get(peer, 10**9):
            print(f"  SKIPPED {peer}: not beyond {MOST_NODES[peer]} nodes")
            continue
        _ask_peer([peers_python, peer, clock], file, truth, add)
    return rows


Add = Callable[..., None]
Clock = Callable[[], float]


def _build(
    graph: Graph, scratch: Path, add: Add, now: Clock
) -> tuple[RoadIndex, NDArray[np.int32]]:
    # A little one first: what numba has to compile is no part of the build.
    start = now()
    order = find_order(graph.network)
    ordered = now() - start
    RoadIndex.build(graph.network, graph.weights_ms, order=order, prune=True)
    start = now()
    index = RoadIndex.build(graph.network, graph.weights_ms, order=order, prune=True)
    write_index(scratch / f"index-{graph.name}", index)
    spent = ordered + now() - start
    add("index build, order to disk", "own", [spent], unit="s")
    return index, order


def _node_seeds(nodes: NDArray[np.int32]) -> Seeds:
    pairs = np.stack([nodes, nodes], axis=1)
    return Seeds(pairs, np.zeros_like(pairs))


def _ask_own(graph: Graph, index: RoadIndex, truth: Truth, add: Add, now: Clock) -> None:
    hierarchy, teams = index.hierarchy, _node_seeds(graph.teams)
    rows = np.arange(len(graph.teams), dtype=np.int32)
    whole = replace(index.metric, pruned=None)

    def keep(metric: Any) -> Any:
        return labels.make_labels(hierarchy, metric, teams, outward=True)

    def meet(metric: Any, kept: Any, incident: int) -> NDArray[Any]:
        seeds = _node_seeds(np.array([incident], np.int32))
        into = labels.make_labels(hierarchy, metric, seeds, outward=False)
        return labels.meet(hierarchy, kept, rows, into)[:, 0]

    def anew(metric: Any, incident: int) -> NDArray[Any]:
        return meet(metric, keep(metric), incident)

    def reach(metric: Any, incident: int) -> NDArray[Any]:
        seeds = _node_seeds(np.array([incident], np.int32))
        return labels.reach(hierarchy, metric, seeds, teams, outward=False)[0]

    for suffix, metric in (("", index.metric), (" (after a partial update)", whole)):
        kept = keep(metric)
        jobs: list[tuple[str, Callable[[int], NDArray[Any]]]] = [
            ("1 x 300, labels kept", partial(meet, metric, kept)),
            ("1 x 300, all labels anew", partial(anew, metric)),
            ("1 x 300, no labels", partial(reach, metric)),
        ]
        for job, question in jobs:
            spent, answers = _time(question, graph.incidents.tolist(), now)
            add(job, "own" + suffix, spent, wrong=truth.count_wrong(answers))
    bases = _node_seeds(graph.bases)
    cover = partial(labels.cover, hierarchy, index.metric, bases, outward=True)
    spent, answers = _time(lambda _: cover()[0], range(15), now)
    wrong = int((_finite(answers[0]) != _finite(truth.covered())).sum())
    add("all nodes from 47 bases", "own", spent, wrong=wrong)


def _time(
    question: Callable[[int], Any], numbers: Iterable[int], now: Clock
) -> tuple[list[float], list[Any]]:
    numbers = list(numbers)
    question(numbers[0])
    spent, answers = [], []
    for number in numbers:
        start = now()
        answers.append(question(number))
        spent.append((now() - start) * 1000)
    return spent, answers


def _change_own(graph: Graph, scratch: Path, index: RoadIndex, add: Add, now: Clock) -> None:
    hierarchy, weights = index.hierarchy, graph.weights_ms
    spent, _ = _time(lambda _: customize(hierarchy, weights), range(5), now)
    add("whole re-customization", "own, times only", spent)
    spent, _ = _time(lambda _: prune(hierarchy, customize(hierarchy, weights)), range(5), now)
    add("whole re-customization", "own, pruned too", spent)
    root = scratch / f"index-{graph.name}"
    publisher = Publisher(root)
    rng, drivable = np.random.default_rng(2), np.flatnonzero(weights < FAR)
    # Half of the roads closed are of the most important classes, where a closure reaches far.
    important = drivable[
        np.argsort(graph.network.road_class[drivable // 2])[-len(drivable) // 20 :]
    ]
    closed = np.concatenate([rng.choice(some, CLOSED_ARCS // 2) for some in (drivable, important)])
    spent, in_part = [], []
    for arc in closed.tolist():
        one = weights.copy()
        one[arc] = FAR
        start = now()
        done = publisher.publish(one)
        spent.append((now() - start) * 1000)
        publisher.publish(weights)
        in_part.append(done.in_part)
        if not all(in_part):
            raise AssertionError("a single closure was not worked in in part")
    add("one road closed, published", "own", spent)
    state = open_index(root)[1].metric
    fresh = customize(hierarchy, weights)
    same = all(
        np.array_equal(a, b)
        for a, b in zip((*state.times, *state.vias), (*fresh.times, *fresh.vias), strict=True)
    )
    print(f"  after {CLOSED_ARCS} closures and openings equal to a fresh one: {same}")
    slow = np.where(weights < FAR, weights + 1, FAR).astype(np.int32)
    start = now()
    publisher.publish(slow)
    add("other speeds, published", "own", [(now() - start) * 1000])
    publisher.publish(weights)


def _weigh_own(root: Path, add: Add) -> None:
    command = [sys.executable, "-m", "benchmarks.roads_worker", str(root)]
    out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    facts = json.loads(out.stdout)
    add("load", "own", [facts["load_s"] * 1000])
    for when in ("after_queries", "after_coverage"):
        for kind in ("resident", "own"):
            name = f"worker memory {when.replace('_', ' ')}, {kind}"
            add(name, "own", [facts[when][kind]], unit="MB")
    add("worker memory before the first question", "own", [facts["before"]["resident"]], unit="MB")


def _ask_peer(who: list[str], file: Path, truth: Truth, add: Add) -> None:
    python, peer, clock = who
    out_file = file.with_name("answers.npz")
    script = ROOT / "benchmarks" / "roads_peers.py"
    command = [python, str(script), peer, str(file), str(out_file), clock]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PEER_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"  SKIPPED {peer}: not done after {PEER_TIMEOUT_S} s")
        return
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"  SKIPPED {peer}: {reason}")
        return
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    name = f"{peer} {facts['version']}"
    with np.load(out_file) as arrays:
        answers, covered = arrays["answers"], arrays["coverage"]
    wrong = truth.count_wrong(answers)
    add("1 x 300", name, [facts["median_ms"], facts["p99_ms"]], wrong=wrong)
    if "coverage_ms" in facts:
        wrong = int((_finite(covered) != _finite(truth.covered())).sum())
        add("all nodes from 47 bases", name, [facts["coverage_ms"]], wrong=wrong)
    if "customize_ms" in facts:
        add("whole re-customization", name, [facts["customize_ms"]])
    if "partial_ms" in facts:
        add("one road closed", name, [facts["partial_ms"], facts["partial_p99_ms"]])
    add("build", name, [facts["setup_s"]], unit="s")


def _line(row: Row) -> str:
    wrong = "" if row.wrong is None else f"  wrong {row.wrong}"
    numbers = f"{row.median:11.3f} {row.p99:11.3f} {row.unit}"
    return f"  {row.job:42} {row.engine:32} {numbers}{wrong}"


def _print_goals(rows: list[Row], largest: str) -> None:
    """The goals on the largest graph, each with what was measured."""
    of = {(r.job, r.engine.split(" ")[0]): r for r in rows if r.graph == largest}
    own = {r.job: r.median for r in rows if r.graph == largest and r.engine == "own"}
    peers = [r.median for (job, _), r in of.items() if job == "1 x 300"]
    print(f"\ngoals on {largest}:")
    _goal("labels kept, ms", own["1 x 300, labels kept"], "<=", 0.15)
    if peers:
        _goal("labels kept, x best peer", min(peers) / own["1 x 300, labels kept"], ">=", 10)
    if ("1 x 300", "pyroutingkit") in of:
        other = of["1 x 300", "pyroutingkit"].median
        _goal("labels anew, x pyroutingkit", other / own["1 x 300, all labels anew"], ">=", 2)
        _goal("no labels, x pyroutingkit", other / own["1 x 300, no labels"], ">=", 2)
    if ("all nodes from 47 bases", "scipy") in of:
        other = of["all nodes from 47 bases", "scipy"].median
        _goal("coverage, x scipy", other / own["all nodes from 47 bases"], ">=", 12)
    whole = [r.median for r in rows if r.graph == largest and r.engine == "own, pruned too"]
    _goal("whole re-customization, s", whole[0] / 1000, "<=", 0.7)
    closed = [r.p99 for r in rows if r.graph == largest and r.job == "one road closed, published"]
    _goal("one road closed, p99 ms", closed[0], "<=", 50)
    _goal("other speeds published, s", own["other speeds, published"] / 1000, "<=", 2)
    _goal("index build, s", own["index build, order to disk"], "<=", 60)
    _goal("load, s", own["load"] / 1000, "<=", 0.3)
    _goal("worker's own memory, MB", own["worker memory after coverage, own"], "<=", 250)
    _goal("wrong answers of own", sum(r.wrong or 0 for r in rows if r.engine[:3] == "own"), "<=", 0)


def _goal(name: str, value: float, relation: str, limit: float) -> None:
    met = value <= limit if relation == "<=" else value >= limit
    print(f"  {name:32} {value:10.3f} {relation} {limit:<6} {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--graphs", nargs="+", default=GRAPHS)
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--folder", type=Path, help="where the synthetic countries are kept")
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    given = parser.parse_args()
    run(given.graphs, peers_python=given.peers_python, folder=given.folder, clock=given.clock)
