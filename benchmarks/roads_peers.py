"""
One peer of the road benchmark, run by an interpreter that has it: `PEER GRAPH.npz OUT.npz CLOCK`.

Imports nothing of this project. Each peer answers the same questions: times
of all teams to one incident after another. What a peer does once for all
questions (build, pinning the teams) is its `setup_s` and not in the medians.
"""

import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from time import perf_counter, process_time
from typing import Any

import numpy as np

BUDGET_S = 12.0
"""A peer answers as many incidents as fit, at least `LEAST`."""
LEAST = 3
PARTIAL = 100

Question = Callable[[int], Any]

clock = process_time if sys.argv[4:] == ["cpu"] else perf_counter


def scipy(g: Any, extra: dict[str, Any]) -> Question:
    """Dijkstra's search of scipy on the turned graph; also measures the nearest base."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n, teams = int(g["n"]), g["teams"]
    forward = csr_array((g["ms"].astype(float), (g["tail"], g["head"])), shape=(n, n))
    turned = csr_array((g["ms"].astype(float), (g["head"], g["tail"])), shape=(n, n))
    spent = []
    for _ in range(5):
        start = clock()
        nearest = dijkstra(forward, indices=g["bases"], min_only=True)
        spent.append(clock() - start)
    extra["coverage_ms"] = float(np.median(spent)) * 1000
    extra["coverage"] = nearest
    return lambda incident: dijkstra(turned, indices=incident)[teams]


def networkx(g: Any, _: dict[str, Any]) -> Question:
    """Dijkstra's search of NetworkX on the turned graph, in plain Python."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(int(g["n"])))
    edges = zip(g["head"].tolist(), g["tail"].tolist(), g["ms"].tolist(), strict=True)
    graph.add_weighted_edges_from(edges, weight="ms")
    teams = g["teams"].tolist()

    def ask(incident: int) -> list[float]:
        reached = nx.single_source_dijkstra_path_length(graph, incident, weight="ms")
        return [reached.get(team, np.inf) for team in teams]

    return ask


def igraph(g: Any, _: dict[str, Any]) -> Question:
    """Dijkstra's search of igraph, in C, against the direction of the arcs."""
    import igraph as ig

    graph = ig.Graph(int(g["n"]), np.stack([g["tail"], g["head"]], axis=1).tolist(), directed=True)
    ms, teams = g["ms"].tolist(), g["teams"].tolist()
    return lambda incident: graph.distances([incident], teams, weights=ms, mode="in")[0]


def networkit(g: Any, _: dict[str, Any]) -> Question:
    """Dijkstra's search of NetworKit, which ends when it has reached all teams."""
    import networkit as nk
    from scipy.sparse import coo_matrix

    nk.setNumberOfThreads(1)
    n = int(g["n"])
    turned = coo_matrix((g["ms"].astype(float), (g["head"], g["tail"])), shape=(n, n))
    graph = nk.GraphFromCoo(turned, n=n, weighted=True, directed=True)
    teams = g["teams"].tolist()

    def ask(incident: int) -> Any:
        search = nk.distance.MultiTargetDijkstra(graph, incident, teams)
        search.run()
        return search.getDistances()

    return ask


def pandana(g: Any, _: dict[str, Any]) -> Question:
    """Contraction hierarchy of pandana; building it is its set-up."""
    import pandas as pd
    from pandana import Network

    # pandana cuts times to whole thousandths, and milliseconds would overflow its numbers. The
    # quarter keeps 0.001 x n from being cut to n - 1.
    frame = pd.DataFrame({"s": (g["ms"] + 0.25) / 1000.0})
    network = Network(
        pd.Series(g["lon"]), pd.Series(g["lat"]), pd.Series(g["tail"]), pd.Series(g["head"]), frame,
        twoway=False,
    )  # fmt: skip
    teams = g["teams"].tolist()

    def ask(incident: int) -> Any:
        seconds = network.shortest_path_lengths(teams, [incident] * len(teams), "s")
        return np.rint(np.array(seconds) * 1000)

    return ask


def pyroutingkit(g: Any, extra: dict[str, Any]) -> Question:
    """Customizable contraction hierarchy of RoutingKit; also measures a customization."""
    from pyroutingkit import CCH

    cch = CCH()
    tail, head, ms = (g[name].astype(np.uint32) for name in ("tail", "head", "ms"))
    places = g["lat"].astype(np.float32), g["lon"].astype(np.float32)
    cch.build_topology(tail, head, *places, node_count=int(g["n"]))
    start = clock()
    cch.customize_weights(ms)
    extra["customize_ms"] = (clock() - start) * 1000
    teams = g["teams"].astype(np.uint32)
    return lambda incident: cch.distances_many_to_many(
        teams, np.array([incident], np.uint32)
    ).ravel()


def routingkit_cch(g: Any, extra: dict[str, Any]) -> Question:
    """Customizable contraction hierarchy of RoutingKit with our order; also partial updates."""
    import routingkit_cch as rk

    order, tail, head, ms = (g[name].tolist() for name in ("order", "tail", "head", "ms"))
    cch = rk.CCH(order, tail, head, False)
    start = clock()
    metric = rk.CCHMetric(cch, ms)
    extra["customize_ms"] = (clock() - start) * 1000
    updater, spent = rk.CCHMetricPartialUpdater(cch), []
    for arc in np.random.default_rng(2).integers(0, len(ms), PARTIAL).tolist():
        start = clock()
        updater.apply(metric, {arc: 1_000_000_000})
        spent.append((clock() - start) * 1000)
        updater.apply(metric, {arc: ms[arc]})
    extra["partial_ms"], extra["partial_p99_ms"] = np.percentile(spent, [50, 99]).tolist()
    pinned = rk.CCHManyToOne(metric, g["teams"].tolist())
    return pinned.distances_to


PEERS = (scipy, networkx, igraph, networkit, pandana, pyroutingkit, routingkit_cch)


def main(peer: str, graph_file: str, out_file: str) -> None:
    """Ask one peer, write its answers and print one line of JSON about its times."""
    with np.load(graph_file) as arrays:
        g = dict(arrays)
    extra: dict[str, Any] = {}
    start = clock()
    ask = {one.__name__: one for one in PEERS}[peer](g, extra)
    extra["setup_s"] = clock() - start
    ask(int(g["incidents"][0]))
    spent: list[float] = []
    answers = []
    for incident in g["incidents"].tolist():
        start = clock()
        answer = ask(incident)
        spent.append((clock() - start) * 1000)
        answers.append([np.inf if a is None else float(a) for a in answer])
        if sum(spent) > BUDGET_S * 1000 and len(spent) >= LEAST:
            break
    arrays = {"answers": np.array(answers), "coverage": extra.pop("coverage", np.zeros(0))}
    np.savez(out_file, **arrays)
    median, p99 = np.percentile(spent, [50, 99]).tolist()
    facts = {"median_ms": median, "p99_ms": p99, "asked": len(spent)}
    print(json.dumps({**facts, **extra, "version": version(peer.replace("_", "-"))}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
