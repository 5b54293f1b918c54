"""Maps of reach: equal to a search from all bases at once; areas hold what is reached."""

from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given

from geodata.crs import GEOD, STEREO70, WGS84, project
from geodata.errors import RefusedError
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.reach import CELL_M, Catchments, find_catchments, find_isochrones
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.snapping import SnappedMany
from geodata.roads.verify import random_places, reversed_graph
from tests.conftest_d.drawn_roads import draw_index, snap, way
from tests.conftest_d.grid import grid
from tests.conftest_d.random_networks import SETTINGS, random_indexes

Case = tuple[RoadIndex, np.random.Generator]


def dijkstra_from_all(index: RoadIndex, bases: SnappedMany, *, outward: bool) -> list[int]:
    """One search from an extra node that leads to every base with its offset."""
    graph = reversed_graph(index)
    if outward:
        graph = graph.reverse()
    seeds = index.seeds(bases.piece, bases.fraction, outward=outward)
    ends = zip(seeds.nodes.ravel().tolist(), seeds.offsets.ravel().tolist(), strict=True)
    for node, offset in ends:
        if offset < FAR and offset <= graph.get_edge_data(-1, node, {"ms": FAR})["ms"]:
            graph.add_edge(-1, node, ms=offset)
    graph.add_node(-1)
    reached = nx.single_source_dijkstra_path_length(graph, -1, weight="ms")
    return [int(reached.get(node, FAR)) for node in range(index.network.node_count)]


def assert_are_catchments(
    index: RoadIndex, bases: SnappedMany, catchments: Catchments, *, outward: bool
):
    assert catchments.times_ms.tolist() == dijkstra_from_all(index, bases, outward=outward)
    alone = [find_catchments(index, bases.take(np.array([b])), outward=outward) for b in range(4)]
    times = np.stack([one.times_ms for one in alone])
    expected = np.where(times.min(axis=0) < FAR, times.argmin(axis=0), -1)
    assert catchments.owner.tolist() == expected.tolist()


@SETTINGS
@given(random_indexes())
def test_catchments_equal_dijkstra_from_all_bases(case: Case):
    index, rng = case
    bases = random_places(index, 4, rng)
    for outward in (True, False):
        catchments = find_catchments(index, bases, outward=outward)
        assert_are_catchments(index, bases, catchments, outward=outward)


@pytest.mark.parametrize("name", ["liechtenstein-2015", "andorra-2013", "helsinki-centre"])
def test_catchments_of_real_extracts_equal_dijkstra(shared_data: Path, name: str):
    network = read_pbf(shared_data / "roads" / f"{name}.osm.pbf")[0]
    index = RoadIndex.build(network, prune=True)
    bases = random_places(index, 4, np.random.default_rng(5))
    assert_are_catchments(index, bases, find_catchments(index, bases), outward=True)


def test_a_base_off_the_roads_has_no_catchment(bucharest_index: RoadIndex):
    nowhere = bucharest_index.snap(np.array([20.0]), np.array([47.0]), max_distance_m=500.0)
    assert set(find_catchments(bucharest_index, nowhere).owner.tolist()) == {-1}


@pytest.mark.parametrize("count", [2, (1 << 16) + 1, 70_000])
def test_every_base_keeps_its_number_however_many_there_are(bucharest_index: RoadIndex, count: int):
    here, there = (
        random_places(bucharest_index, 1, np.random.default_rng(seed)) for seed in (0, 1)
    )
    bases = here.take(np.zeros(count, np.int64))
    bases.replace(np.array([count - 1]), there)
    from_here, from_there = (find_catchments(bucharest_index, one) for one in (here, there))
    found = find_catchments(bucharest_index, bases)
    nearer = from_there.times_ms < from_here.times_ms
    assert nearer.any()
    assert not nearer.all()
    reached = np.minimum(from_here.times_ms, from_there.times_ms) < FAR
    expected = np.where(reached, np.where(nearer, count - 1, 0), -1)
    assert (found.owner == expected).all()


LONG = grid("A . . . . . . . . . B", step_m=500)
"""5 km of street: 450 s at 40 km/h."""


def from_end(index: RoadIndex, label: str) -> SnappedMany:
    return index.snap(*(np.array([c]) for c in LONG[label]), max_distance_m=100.0)


def along(metres: float) -> shapely.Point:
    azimuth = GEOD.inv(*LONG["A"], *LONG["B"])[0]
    return shapely.Point(GEOD.fwd(*LONG["A"], azimuth, metres)[:2])


def test_an_isochrone_ends_where_the_time_runs_out():
    index = draw_index(LONG, way("A B"))
    area = find_isochrones(index, from_end(index, "A"), [90_000])[0].area
    assert [area.contains(along(m)) for m in (10, 990, 1000 + 4 * CELL_M, 4000)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_reverse_isochrone_respects_a_one_way_street():
    index = draw_index(LONG, way("A B", oneway="yes"))
    places = from_end(index, "B")
    into = find_isochrones(index, places, [90_000], outward=False)[0].area
    out = find_isochrones(index, places, [90_000])[0].area
    assert into.contains(along(4100))
    assert not out.contains(along(4500))


def test_isochrones_hold_what_is_reached_and_grow(bucharest_index: RoadIndex):
    index = bucharest_index
    places = random_places(index, 1, np.random.default_rng(3))
    times, network = find_catchments(index, places).times_ms, index.network
    found = find_isochrones(index, places, [120_000, 300_000])
    nodes = shapely.points(network.lon, network.lat)
    for one in found:
        assert shapely.contains_xy(one.area, network.lon, network.lat)[times <= one.limit_ms].all()
        assert (times <= one.limit_ms).sum() == one.nodes
    later = nodes[times > 300_000]
    assert shapely.contains(found[1].area, later).mean() < 0.1
    assert all(b.area.covers(a.area) or b.nodes > a.nodes for a, b in pairwise(found))


def test_what_is_far_from_every_reached_road_is_outside(bucharest_index: RoadIndex):
    index, network = bucharest_index, bucharest_index.network
    places = random_places(index, 1, np.random.default_rng(4))
    times = find_catchments(index, places).times_ms
    area = find_isochrones(index, places, [200_000])[0].area
    x, y = project(network.lon, network.lat, WGS84, STEREO70)
    tree = shapely.STRtree(shapely.points(x, y)[times <= 260_000])
    beyond = shapely.points(x, y)[times > 260_000]
    far = tree.query_nearest(beyond, return_distance=True, all_matches=False)[1] > 1500
    late = np.flatnonzero(times > 260_000)[far]
    assert not shapely.contains_xy(area, network.lon[late], network.lat[late]).any()


def test_nothing_reached_is_an_empty_area(bucharest_index: RoadIndex):
    nowhere = bucharest_index.snap(np.array([20.0]), np.array([47.0]), max_distance_m=500.0)
    assert find_isochrones(bucharest_index, nowhere, [60_000])[0].area.is_empty


@pytest.mark.parametrize("limit", [0, -5, 86_400_000])
def test_a_limit_that_is_no_time_is_refused(bucharest_index: RoadIndex, limit: int):
    places = random_places(bucharest_index, 1, np.random.default_rng(3))
    with pytest.raises(RefusedError) as caught:
        find_isochrones(bucharest_index, places, [limit])
    assert caught.value.code == "bad_limit"


def test_a_place_on_a_street_reaches_along_it_without_a_junction():
    index = draw_index(LONG, way("A B"))
    middle = snap(index, LONG["A"])
    assert middle is not None
    one = index.snap(np.array([along(2500).x]), np.array([along(2500).y]), max_distance_m=100.0)
    area = find_isochrones(index, one, [9_000])[0].area
    assert area.contains(along(2420))
    assert area.contains(along(2580))
    assert not area.contains(along(2300))
