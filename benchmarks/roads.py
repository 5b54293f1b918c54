"""
Road times against named peers: one run, one table, the same graphs and questions for all.

    make bench-roads
    python -m benchmarks.roads [--graphs 1000000 250000 50000 new-york bucharest]
                               [--peers-python PYTHON] [--side-python PYTHON] [--folder FOLDER]
                               [--only coverage closures] [--busy 2] [--minutes N]
                               [--clock cpu|wall]

`--only` measures no more than the build, the rows named and, for coverage, scipy: on the
largest graph alone this takes a minute of processor time. `--busy` keeps so many processes
running beside, which fill the caches that all cores share. Peers run in their own processes
under `--peers-python` (the `bench` extra); OSRM and Valhalla under `--side-python`, a Python of
3.12 or later with the `bench-side` extra. Whoever is not installed, or not done in time, is
named with the reason. Every answer of everybody who takes our weights is compared with
scipy's Dijkstra to the millisecond. All engines have one thread. The clock
counts processor time by default, for everybody alike, because a machine with
other work on it stretches the wall clock several times over; `--clock wall` to
see that. What does not fit into `--minutes` is left out and named.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks import road_import, roads_own
from benchmarks import roads_report as report
from benchmarks.roads_closures import measure_closures, publish_two_hours, with_two_zones
from benchmarks.roads_graphs import Graph, load_graph
from benchmarks.roads_report import Row
from benchmarks.roads_truth import Truth, finite
from benchmarks.synthetic_country import load_country
from benchmarks.synthetic_pbf import write_pbf
from geodata.roads.publishing.index_directory import open_index, write_index

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ("1000000", "250000", "50000", "new-york", "bucharest")
"""The largest first: the goals are about it, so time must not run out before it."""
ROWS = ("coverage", "closures")
"""What `--only` can name."""
PEERS = (
    "scipy",
    "networkx",
    "igraph",
    "networkit",
    "pandana",
    "pyroutingkit",
    "routingkit_cch",
)
SIDE_PEERS = ("osrm", "valhalla")
MOST_NODES = {"networkx": 60_000, "pandana": 300_000, "osrm": 300_000, "valhalla": 300_000}
"""Beyond these a peer needs many minutes (pandana: 60 % of its build after 580 s at 1 M)."""

OSMNX_NODES = 50_000
"""Network on which OSMnx is measured: it needs some 15 GB for a million nodes."""

CLOCKS: dict[str, Callable[[], float]] = {"cpu": process_time, "wall": perf_counter}
PEER_TIMEOUT_S, SIDE_TIMEOUT_S = 180, 180
IMPORT_S, CLOSURES_S = 300, 120
"""What the comparison of imports and the drawn closures may take."""


@dataclass(slots=True)
class Bench:
    """One run: who is asked, where files lie, when it ends, and what was found."""

    peers_python: str
    side_python: str | None
    folder: Path
    clock: str
    ends: float
    only: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def peers(self) -> tuple[str, ...]:
        """Who is asked; coverage has one peer."""
        if not self.only:
            return PEERS
        return ("scipy",) if "coverage" in self.only else ()

    @property
    def left_s(self) -> float:
        """Seconds until the run should end."""
        return self.ends - monotonic()

    def adder(self, graph: str) -> Callable[..., None]:
        """Return a function that records and prints rows of one graph."""

        def add(job: str, engine: str, spent: list[float], **facts: Any) -> None:
            row = Row(graph, job, engine, *report.percentiles(spent), **facts)
            self.rows.append(row)
            print(report.line(row), flush=True)

        return add

    def leave_out(self, what: str, reason: str) -> None:
        """Name something that was not measured."""
        self.left_out.append(f"{what}: {reason}")
        print(f"  LEFT OUT {what}: {reason}", flush=True)


def run(
    bench: Bench, graphs: Iterable[str] = GRAPHS, *, shared: Path = ROOT.parent / "shared" / "data"
) -> list[Row]:
    """Time everybody on every graph, print rows as they come and all of them at the end."""
    for name in graphs:
        if name == "new-york" and not shared.is_dir():
            bench.leave_out("new-york", "the source data is not beside the repository")
            continue
        if bench.sizes and bench.left_s < IMPORT_S:
            bench.leave_out(name, "the time is up")
            continue
        graph = load_graph(name, bench.folder, shared)
        print(f"\n{name}: {graph.network.node_count} nodes", flush=True)
        bench.sizes[name] = graph.network.node_count
        with _scratch() as scratch:
            _run_one(bench, graph, scratch)
    imported = None if bench.only else _import(bench)
    report.print_table(bench.rows)
    report.print_growth(bench.rows, bench.sizes)
    report.print_goals(bench.rows, report.largest(bench.sizes))
    if imported:
        report.print_import_goals(*imported)
    for what in bench.left_out:
        print(f"left out: {what}")
    return bench.rows


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """Keep processes running that copy memory as fast as it goes."""
    copying = "import numpy as n\na = n.ones(1 << 23)\nwhile True: b = a.copy()"
    running = [subprocess.Popen([sys.executable, "-c", copying]) for _ in range(count)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _run_one(bench: Bench, graph: Graph, scratch: Path) -> None:
    truth, add = Truth(graph), bench.adder(graph.name)
    order = roads_own.measure(
        graph, truth, scratch / "index", add, CLOCKS[bench.clock], only=bench.only
    )
    if not bench.only or "closures" in bench.only:
        _closures(bench, graph, scratch)
    file = scratch / "graph.npz"
    network = graph.network
    np.savez(
        file,
        incidents=graph.incidents,
        teams=graph.teams,
        bases=graph.bases,
        lon=network.lon,
        lat=network.lat,
        n=network.node_count,
        tail=truth.tail,
        head=truth.head,
        ms=truth.ms,
        order=order,
    )
    for peer in bench.peers:
        if _is_too_large(bench, peer, graph):
            continue
        command = [bench.peers_python, str(ROOT / "benchmarks" / "roads_peers.py"), peer]
        if facts := _ask(bench, peer, [*command, str(file)], PEER_TIMEOUT_S):
            _record(truth, add, f"{peer} {facts['version']}", facts, file.with_name("answers.npz"))
    if graph.name.isdigit() and not bench.only:
        _run_side(bench, graph, truth, file)


def _closures(bench: Bench, graph: Graph, scratch: Path) -> None:
    """Closures as people draw them, on the roads of the largest graph as an import has them."""
    if graph.name != report.largest(bench.sizes):
        return
    if bench.left_s < IMPORT_S + CLOSURES_S:
        bench.leave_out(f"drawn closures on {graph.name}", "the time is up")
        return
    root, add = scratch / "two-zones", bench.adder(graph.name)
    write_index(root, with_two_zones(open_index(scratch / "index")[1]))
    for timing in measure_closures(graph, root, now=CLOCKS[bench.clock]):
        add(timing.job, "own", list(timing.spent_ms))
    if not bench.only:
        publish_two_hours(root)
        roads_own.weigh(root, add, report.MEMORY_TWICE)
    shutil.rmtree(root)


def _run_side(bench: Bench, graph: Graph, truth: Truth, file: Path) -> None:
    """OSRM and Valhalla, which read the network as a PBF and have speeds of their own."""
    if bench.side_python is None:
        return
    for peer in SIDE_PEERS:
        if _is_too_large(bench, peer, graph):
            continue
        script = ROOT / "benchmarks" / "roads_side_peers.py"
        pbf = _pbf(bench, int(graph.name))
        command = [bench.side_python, str(script), peer, str(file), str(pbf)]
        if facts := _ask(bench, peer, command, SIDE_TIMEOUT_S):
            with np.load(file.with_name("answers.npz")) as arrays:
                off = truth.median_difference(arrays["answers"])
            add, name = bench.adder(graph.name), f"{peer} {facts['version']}"
            add(report.ONE_TO_MANY, name, [facts["median_ms"], facts["p99_ms"]], off=off)
            add(report.BUILD, name, [facts["setup_s"]], unit="s")


def _is_too_large(bench: Bench, peer: str, graph: Graph) -> bool:
    limit = MOST_NODES.get(peer)
    if limit is None or graph.network.node_count <= limit:
        return False
    bench.leave_out(f"{peer} on {graph.name}", f"not beyond {limit} nodes")
    return True


def _ask(bench: Bench, peer: str, command: list[str], timeout_s: float) -> dict[str, Any] | None:
    """Run one peer; its answers go to `answers.npz` beside the graph."""
    graph = Path(command[3])
    timeout_s = min(timeout_s, bench.left_s - IMPORT_S / 2)
    if timeout_s < 20:
        bench.leave_out(peer, "the time is up")
        return None
    command = [*command, str(graph.with_name("answers.npz")), bench.clock]
    # One thread for everybody, as our own side has.
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_s, check=False, env=env
        )
    except subprocess.TimeoutExpired:
        bench.leave_out(peer, f"not done after {timeout_s:.0f} s")
        return None
    except OSError as error:
        bench.leave_out(peer, str(error))
        return None
    if done.returncode:
        bench.leave_out(peer, (done.stderr.strip().splitlines() or ["no message"])[-1])
        return None
    facts: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return facts


def _record(
    truth: Truth, add: Callable[..., None], name: str, facts: dict[str, Any], answers_file: Path
) -> None:
    with np.load(answers_file) as arrays:
        answers, covered = arrays["answers"], arrays["coverage"]
    wrong = truth.count_wrong(answers)
    add(report.ONE_TO_MANY, name, [facts["median_ms"], facts["p99_ms"]], wrong=wrong)
    if "coverage_ms" in facts:
        wrong = int((finite(covered) != finite(truth.covered())).sum())
        add(report.COVER, name, [facts["coverage_ms"]], wrong=wrong)
    if "customize_ms" in facts:
        add(report.WHOLE, name, [facts["customize_ms"]])
    if "partial_ms" in facts:
        add(report.CLOSED, name, [facts["partial_ms"], facts["partial_p99_ms"]])
    # This library computes no contraction order, so it is given ours.
    build = f"{name}, our order" if name.startswith("routingkit_cch") else name
    add(report.BUILD, build, [facts["setup_s"]], unit="s")


def _pbf(bench: Bench, nodes: int) -> Path:
    """The synthetic country as a PBF, written once."""
    file = bench.folder / f"synthetic_country_{nodes}.osm.pbf"
    if not file.exists():
        draft = file.with_name("draft-" + file.name)
        write_pbf(load_country(nodes, bench.folder), draft)
        draft.replace(file)
    return file


def _import(bench: Bench) -> tuple[float, float] | None:
    """OSMnx on what it can hold, ours on the same and on the largest; OSMnx scaled to that."""
    most = max((int(name) for name in bench.sizes if name.isdigit()), default=0)
    if most < OSMNX_NODES or bench.left_s < IMPORT_S / 2:
        bench.leave_out("import", "no synthetic country was measured, or the time is up")
        return None
    small = _pbf(bench, OSMNX_NODES)
    own, peer = road_import.run(small, ("network", "osmnx"))
    print(f"  {small.name}: osmnx {peer.cpu_s / own.cpu_s:.1f} x CPU time", flush=True)
    (large,) = road_import.run(_pbf(bench, most), ("network",))
    # Time and memory of OSMnx grow with the nodes; memory of the bare process is not scaled.
    scale = large.nodes / own.nodes
    faster = scale * peer.cpu_s / large.cpu_s
    leaner = (peer.base_mb + scale * (peer.peak_mb - peer.base_mb)) / large.peak_mb
    for row, name in ((own, OSMNX_NODES), (peer, OSMNX_NODES), (large, most)):
        engine = "own" if row.engine == "network" else row.engine
        bench.rows.append(Row(str(name), report.IMPORT, engine, row.cpu_s, row.cpu_s, "s"))
    for row in (own, large):
        print(
            f"  own at {row.nodes} nodes: {row.peak_mb:.0f} MB, {row.base_mb:.0f} before the file"
        )
    print(f"  at {most} nodes, osmnx scaled: {faster:.1f} x CPU time, {leaner:.1f} x memory")
    return faster, leaner


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--graphs", nargs="+", default=GRAPHS)
    parser.add_argument("--peers-python", default=sys.executable)
    parser.add_argument("--side-python", help="Python >= 3.12 with osrm and valhalla")
    parser.add_argument("--folder", type=Path, help="where the synthetic countries are kept")
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    parser.add_argument("--minutes", type=float, default=24.0)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=(), help="these rows alone")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="processes beside")
    given = parser.parse_args()
    with _scratch() as scratch, _busy(given.busy):
        folder = given.folder or scratch
        folder.mkdir(parents=True, exist_ok=True)
        ends = monotonic() + 60 * given.minutes
        only = frozenset(given.only)
        bench = Bench(given.peers_python, given.side_python, folder, given.clock, ends, only)
        if bench.side_python is None and not only:
            bench.leave_out("osrm, valhalla", "no Python >= 3.12 named (SIDE_PYTHON)")
        run(bench, given.graphs)


if __name__ == "__main__":
    main()
