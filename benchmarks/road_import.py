"""
Import of a road file: time and peak memory, against osmnx.graph_from_xml.

Each engine runs in a process of its own, whose peak resident memory is that of
the import alone. OSMnx reads no PBF: it is given the same ways as XML, and
the conversion is not counted. Both sides end with a network ready for shortest
paths: OSMnx with the simplified graph, speeds and travel times; ours with
pieces, names, geometry and split nodes (`network`), or with the whole index
on disk (`index`).

    python -m benchmarks.road_import FILE.osm.pbf [--no-osmnx] [--no-index]
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time

import osmium
import osmium.filter
import osmium.osm

from geodata.roads.tags import reason_to_drop

_PACKAGES = {
    "network": "geodata.roads.reading.pbf",
    "index": "geodata.roads.publishing.importing",
    "osmnx": "osmnx",
}
ENGINES = ("network", "index", "osmnx")


@dataclass(frozen=True, slots=True)
class Row:
    """
    One engine: seconds, of them CPU, peak resident megabytes, nodes and edges it ended with.

    `base_mb` is the peak before the file is opened: the programs themselves.
    """

    engine: str
    seconds: float
    cpu_s: float
    peak_mb: float
    nodes: int
    edges: int
    base_mb: float


def run(pbf: Path, engines: Iterable[str] = ENGINES) -> list[Row]:
    """Measure the engines one after the other; print a table and return it."""
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "roads.osm"
        rows = []
        for engine in engines:
            if engine == "osmnx":
                write_xml(pbf, xml)
            rows.append(_in_own_process(engine, xml if engine == "osmnx" else pbf))
    _print(pbf, rows)
    return rows


def write_xml(pbf: Path, xml: Path) -> None:
    """Write the ways that our import keeps, and only their nodes, as OSM XML for OSMnx."""
    ways = osmium.FileProcessor(str(pbf), osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    with osmium.BackReferenceWriter(str(xml), ref_src=str(pbf), overwrite=True) as writer:
        for way in ways:
            if reason_to_drop(dict(way.tags)) is None:
                writer.add(way)


def _in_own_process(engine: str, source: Path) -> Row:
    command = [sys.executable, "-m", "benchmarks.road_import", "--child", engine, str(source)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def measure(engine: str, source: Path) -> Row:
    """Import in this process; start-up and imports of packages are not counted as time."""
    work = {"network": _network, "index": _index, "osmnx": _osmnx}[engine]
    importlib.import_module(_PACKAGES[engine])
    base_mb = _peak_mb()
    start = process_time()
    seconds, nodes, edges = work(source)
    cpu_s = process_time() - start
    numbers = (round(_peak_mb()), nodes, edges, round(base_mb))
    return Row(engine, round(seconds, 2), round(cpu_s, 2), *numbers)


def _peak_mb() -> float:
    # Not `ru_maxrss`: that begins with the peak of the process that started this one.
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def _network(source: Path) -> tuple[float, int, int]:
    from geodata.roads.reading.pbf import read_pbf

    start = perf_counter()
    network, _ = read_pbf(source)
    return perf_counter() - start, network.node_count, network.arc_count


def _index(source: Path) -> tuple[float, int, int]:
    from geodata.roads.publishing.importing import import_roads

    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        summary = import_roads(source, Path(folder) / "roads")
        return perf_counter() - start, summary.nodes, summary.arcs


def _osmnx(source: Path) -> tuple[float, int, int]:
    import osmnx

    start = perf_counter()
    graph = osmnx.graph_from_xml(source, simplify=True, retain_all=True)
    graph = osmnx.add_edge_travel_times(osmnx.add_edge_speeds(graph, fallback=40.0))
    return perf_counter() - start, graph.number_of_nodes(), graph.number_of_edges()


def _print(pbf: Path, rows: list[Row]) -> None:
    print(f"import of {pbf.name}, {pbf.stat().st_size / 1e6:.1f} MB")
    print(f"{'engine':10} {'seconds':>9} {'CPU s':>9} {'peak MB':>9} {'nodes':>9} {'edges':>9}")
    for row in rows:
        print(
            f"{row.engine:10} {row.seconds:9.2f} {row.cpu_s:9.2f} {row.peak_mb:9.0f} "
            f"{row.nodes:9} {row.edges:9}"
        )
    by_engine = {row.engine: row for row in rows}
    if "osmnx" in by_engine and "network" in by_engine:
        peer, own = by_engine["osmnx"], by_engine["network"]
        print(
            f"osmnx / ours: {peer.seconds / own.seconds:.1f} x time, "
            f"{peer.cpu_s / own.cpu_s:.1f} x CPU, "
            f"{peer.peak_mb / own.peak_mb:.1f} x memory"
        )


def main(arguments: list[str]) -> None:
    """Measure one engine for the parent process, or all asked for."""
    if arguments[0] == "--child":
        print(json.dumps(asdict(measure(arguments[1], Path(arguments[2])))))
        return
    engines = [name for name in ENGINES if f"--no-{name}" not in arguments]
    run(Path(arguments[0]), engines)


if __name__ == "__main__":
    main(sys.argv[1:])
