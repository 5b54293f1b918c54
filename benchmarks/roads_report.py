"""Rows of the road benchmark and what is printed of them: tables, goals, growth."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

KEPT, ANEW, REACH = "1 x 300, labels kept", "1 x 300, all labels anew", "1 x 300, no labels"
COVER, WHOLE, CLOSED = "all nodes from 47 bases", "whole re-customization", "one road closed"
PUBLISHED = "one road closed, published"
BUILD, LOAD, MEMORY = "build, order included", "load", "memory of a worker"
SPEEDS, ONE_TO_MANY, IMPORT = "other speeds, published", "1 x 300", "import"
DRAWN, DRAWN_TWICE = "drawn road closed, published", "drawn road closed, two hours ready"
MEMORY_TWICE = "memory, two hours ready"
AREA, PROFILE, HOUR = "area of ", "another profile, published", "the hour to come, published"

_LIMITS: tuple[tuple[str, str, str, float, float], ...] = (
    (KEPT, "labels kept, ms", "median", 1, 0.15),
    (WHOLE, "whole re-customization, s", "median", 1e-3, 0.7),
    (PUBLISHED, "one road closed, published, p99 ms", "p99", 1, 50),
    (SPEEDS, "other speeds published, s", "median", 1e-3, 2),
    (BUILD, "index build, s", "median", 1, 60),
    (LOAD, "load, s", "median", 1e-3, 0.3),
    (MEMORY, "memory of one of two workers, MB", "median", 1, 250),
    (DRAWN, f"{DRAWN}, p99 ms", "p99", 1, 50),
    (DRAWN_TWICE, f"{DRAWN_TWICE}, p99 ms", "p99", 1, 50),
    (PROFILE, f"{PROFILE}, p99 s", "p99", 1e-3, 2),
    (HOUR, f"{HOUR}, p99 s", "p99", 1e-3, 2),
    (MEMORY_TWICE, "one of two workers, two hours ready, MB", "median", 1, 250),
)
"""Job, name, which number of its row, scale and limit of each goal that needs no peer."""

ROMANIA_NODES = 1_500_000
"""Junctions and road ends taken for Romania; the synthetic country has its road length on 1 M."""


@dataclass(frozen=True, slots=True)
class Row:
    """
    One engine at one job on one graph.

    `wrong` counts answers that are not Dijkstra's to the millisecond; `off` is
    the median relative difference of an engine that has weights of its own.
    """

    graph: str
    job: str
    engine: str
    median: float
    p99: float
    unit: str = "ms"
    wrong: int | None = None
    off: float | None = None


def line(row: Row, own: float | None = None) -> str:
    """One line of the table; the ratio is to our median at the same job."""
    ratio = f"{row.median / own:9.1f} x" if own else " " * 11
    wrong = "" if row.wrong is None else f"  {row.wrong} differ"
    off = "" if row.off is None else f"  {row.off:.2%} off in the median (weights of its own)"
    numbers = f"{row.median:11.3f} {row.p99:11.3f} {row.unit:3} {ratio}"
    return f"  {row.job:40} {row.engine:30} {numbers}{wrong}{off}"


def print_table(rows: list[Row]) -> None:
    """All rows by graph, peers with their ratio to us."""
    for graph in dict.fromkeys(row.graph for row in rows):
        heads = f"{'median':>11} {'p99':>11} {'':3} {'to ours':>11}"
        print(f"\n{graph}\n  {'job':40} {'engine':30} {heads}")
        here = [row for row in rows if row.graph == graph]
        ours = {row.job: row.median for row in here if row.engine == "own"}
        for row in here:
            if row.engine.startswith("own"):
                print(line(row))
            elif row.job == ONE_TO_MANY and KEPT in ours:
                kept, anew = line(row, ours[KEPT]), row.median / ours[ANEW]
                print(f"{kept}  ({anew:.1f} x labels anew)")
            else:
                print(line(row, ours.get(row.job)))


def print_goals(rows: list[Row], graph: str) -> None:
    """Each goal on the largest graph with what was measured, reached or missed."""
    here = [row for row in rows if row.graph == graph]
    own = {row.job: row for row in here if row.engine == "own"}
    peers = {
        (row.job, row.engine.split(" ")[0]): row.median
        for row in here
        if not row.engine.startswith("own")
    }
    print(f"\ngoals on {graph}")
    _peer_goals(own, peers)
    for job, name, kind, scale, limit in _LIMITS:
        if job in own:
            _goal(name, getattr(own[job], kind) * scale, "<=", limit)
    areas = [row.p99 for job, row in own.items() if job.startswith(AREA)]
    if areas:
        _goal("areas closed or slowed, slowest p99 s", max(areas) / 1000, "<=", 2)
    differ = sum(row.wrong or 0 for row in rows if row.engine.startswith("own"))
    _goal("own answers that are not Dijkstra's", differ, "<=", 0)


def _peer_goals(own: dict[str, Row], peers: dict[tuple[str, str], float]) -> None:
    many = {name: ms for (job, name), ms in peers.items() if job == ONE_TO_MANY}
    if many and KEPT in own:
        best = min(many, key=many.__getitem__)
        _goal(f"labels kept, x {best} (best peer)", many[best] / own[KEPT].median, ">=", 10)
    if "pyroutingkit" in many:
        _goal("labels anew, x pyroutingkit", many["pyroutingkit"] / own[ANEW].median, ">=", 2)
        _goal("no labels, x pyroutingkit", many["pyroutingkit"] / own[REACH].median, ">=", 2)
    if (COVER, "scipy") in peers and COVER in own:
        _goal("coverage, x scipy", peers[COVER, "scipy"] / own[COVER].median, ">=", 20)


def print_import_goals(faster: float, leaner: float) -> None:
    """Goals of the import against OSMnx, scaled to the largest network."""
    _goal("import, x osmnx", faster, ">=", 5)
    _goal("import, x leaner than osmnx", leaner, ">=", 3)


def _goal(name: str, value: float, relation: str, limit: float) -> None:
    met = value <= limit if relation == "<=" else value >= limit
    print(f"  {name:44} {value:10.3f} {relation} {limit:<6} {'reached' if met else 'MISSED'}")


def print_growth(rows: list[Row], sizes: dict[str, int]) -> None:
    """Our medians by size of the synthetic country, the power they grow with, and Romania."""
    graphs = sorted((name for name in sizes if name.isdigit()), key=lambda name: sizes[name])
    if len(graphs) < 2:
        return
    print(
        f"\ngrowth; Romania taken as {ROMANIA_NODES / 1e6:.1f} M nodes, fitted to the two largest"
    )
    heads = "".join(f"{sizes[name]:>12}" for name in graphs)
    print(f"  {'job':40}{heads}{'power':>8}{'Romania':>12}")
    for job in dict.fromkeys(row.job for row in rows if row.engine == "own"):
        of = {row.graph: row for row in rows if row.job == job and row.engine == "own"}
        if not all(name in of for name in graphs):
            continue
        values = [of[name].median for name in graphs]
        nodes = [sizes[name] for name in graphs]
        power = float(np.log(values[-1] / values[-2]) / np.log(nodes[-1] / nodes[-2]))
        expected = values[-1] * (ROMANIA_NODES / nodes[-1]) ** power
        numbers = "".join(f"{value:12.3f}" for value in values)
        print(f"  {job:40}{numbers}{power:8.2f}{expected:12.3f} {of[graphs[-1]].unit}")


def largest(sizes: dict[str, int]) -> str:
    """Name of the largest graph."""
    return max(sizes, key=sizes.__getitem__)


def percentiles(spent: Iterable[float]) -> tuple[float, float]:
    """Median and 99th percentile."""
    median, p99 = np.percentile(list(spent), [50, 99]).tolist()
    return median, p99
