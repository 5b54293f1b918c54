"""
One incident, 300 teams on the Bucharest graph: our index against NetworkX.

NetworkX runs `single_source_dijkstra_path_length` on the reversed graph with
the same whole milliseconds; its time is that of the search alone, graph and
snapping ready. Teams and incidents stand in mid-street: both sides add the
same partial pieces, and the largest difference must be 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import perf_counter

import networkx as nx
import numpy as np

from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.network import E7, FAR
from geodata.roads.snapping import SnappedMany
from geodata.roads.verify import random_places, reference_ms, reversed_graph
from geodata.travel.travel_times import TravelTimes, load_travel_times

TEAMS, QUERIES, NETWORKX_QUERIES = 300, 500, 7
AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One engine: median and 99th percentile in ms, NetworkX median / ours, worst difference."""

    engine: str
    median_ms: float
    p99_ms: float
    times_faster: float
    largest_difference_ms: int


def run(seed: int = 119) -> list[Row]:
    """Time all engines on the same queries, drawn with `seed`; print a table and return it."""
    times = load_travel_times()
    times.warm_up(AT)
    index, rng = times.index, np.random.default_rng(seed)
    teams = random_places(index, TEAMS, rng)
    incidents = [random_places(index, 1, rng) for _ in range(QUERIES)]
    graph = reversed_graph(index)
    kept = index.labels(teams.piece, teams.fraction, outward=True)
    team_rows = np.arange(TEAMS, dtype=np.int32)

    def with_kept_labels(incident: SnappedMany) -> object:
        return index.meet_ms(kept, team_rows, teams, incident)

    def all_labels_anew(incident: SnappedMany) -> object:
        return index.matrix_ms(teams, incident)

    def dijkstra(incident: SnappedMany) -> object:
        node = int(index.network.tail[incident.piece[0]])
        return nx.single_source_dijkstra_path_length(graph, node, weight="ms")

    places = [_place(index, incident) for incident in incidents]
    team_places = [_place(index, team) for team in _one_by_one(teams)]
    measured = {
        "index, team labels kept": _measure(with_kept_labels, incidents),
        "index, all labels anew": _measure(all_labels_anew, incidents),
        "TravelTimes.matrix with snapping": _measure_api(times, team_places, places),
        "NetworkX single_source_dijkstra": _measure(dijkstra, incidents[:NETWORKX_QUERIES]),
    }
    base = float(np.median(measured["NetworkX single_source_dijkstra"]))
    worst = _largest_difference(index, graph, teams, incidents[:NETWORKX_QUERIES])
    rows = [_row(engine, spent, base, worst) for engine, spent in measured.items()]
    _print(rows)
    return rows


def _measure(
    question: Callable[[SnappedMany], object], incidents: list[SnappedMany]
) -> list[float]:
    question(incidents[0])
    return [_spent(partial(question, incident)) for incident in incidents]


def _measure_api(times: TravelTimes, teams: list[LonLat], incidents: list[LonLat]) -> list[float]:
    times.matrix(teams, incidents[:1], at=AT)
    return [_spent(partial(times.matrix, teams, [one], at=AT)) for one in incidents]


def _spent(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def _one_by_one(places: SnappedMany) -> list[SnappedMany]:
    return [places.take(np.array([i])) for i in range(len(places.piece))]


def _place(index: RoadIndex, one: SnappedMany) -> LonLat:
    """Middle of the first segment of the piece: near enough to be snapped back to it."""
    lon, lat = index.network.line(int(one.piece[0]))[:2].mean(axis=0)
    return LonLat(round(float(lon) / E7) * E7, round(float(lat) / E7) * E7)


def _largest_difference(
    index: RoadIndex, graph: "nx.DiGraph[int]", teams: SnappedMany, incidents: list[SnappedMany]
) -> int:
    worst = 0
    for incident in incidents:
        ours = np.minimum(index.matrix_ms(teams, incident)[:, 0], FAR)
        worst = max(worst, int(np.abs(ours - reference_ms(graph, index, teams, incident)).max()))
    return worst


def _row(engine: str, spent: list[float], base: float, worst: int) -> Row:
    median, p99 = np.percentile(spent, [50, 99])
    return Row(
        engine, round(float(median), 3), round(float(p99), 3), round(base / median, 1), worst
    )


def _print(rows: list[Row]) -> None:
    print(f"one incident x {TEAMS} teams, Bucharest graph")
    print(f"{'engine':36} {'median ms':>10} {'p99 ms':>10} {'faster':>9} {'max diff ms':>12}")
    for row in rows:
        print(
            f"{row.engine:36} {row.median_ms:10.3f} {row.p99_ms:10.3f} "
            f"{row.times_faster:8.1f}x {row.largest_difference_ms:12d}"
        )


if __name__ == "__main__":
    run()
