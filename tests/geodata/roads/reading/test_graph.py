"""To NetworkX and back, by OSMnx's conventions."""

import networkx as nx
import numpy as np
import osmnx
import pytest
from osmnx import _validate

from geodata.errors import RoadNetworkError
from geodata.roads.index import RoadIndex
from geodata.roads.reading.graph import from_networkx, to_networkx
from tests.conftest_d.drawn_roads import draw_index, drive_s, way
from tests.conftest_d.grid import grid

GROUND = grid(
    """
    A B C
    . D E
    """
)


@pytest.fixture(scope="module")
def index() -> RoadIndex:
    return draw_index(
        GROUND,
        way("A B C", "primary", name="Calea Moșilor", maxspeed="50"),
        way("B D", oneway="yes"),
        way("D E C"),
        way("D B", "service", oneway="yes"),
    )


def test_osmnx_accepts_the_graph(index: RoadIndex):
    graph = to_networkx(index)
    _validate._validate_graph(graph)
    nodes, edges = osmnx.graph_to_gdfs(graph)
    assert (len(nodes), len(edges)) == (4, 8)
    assert set(edges.columns) >= {"length", "speed_kph", "travel_time", "geometry", "highway"}


def test_osmnx_finds_the_same_time_as_the_index(index: RoadIndex):
    graph = to_networkx(index)
    ends = {label: place.lon for label, place in GROUND.items() if label in "AC"}
    a, c = (min(graph, key=lambda n: abs(graph.nodes[n]["x"] - lon)) for lon in ends.values())
    route = osmnx.shortest_path(graph, a, c, weight="travel_time")
    seconds = osmnx.routing.route_to_gdf(graph, route, weight="travel_time")["travel_time"].sum()
    assert seconds == pytest.approx(drive_s(index, GROUND["A"], GROUND["C"]))


def test_osmnx_speeds_and_times_agree_with_ours(index: RoadIndex):
    for _, _, edge in to_networkx(index).edges(data=True):
        expected = edge["length"] / edge["speed_kph"] * 3.6
        assert edge["travel_time"] == pytest.approx(expected, abs=0.001)


def test_there_and_back_gives_the_same_roads_and_times(index: RoadIndex):
    back = from_networkx(to_networkx(index))
    assert back.network.piece_count == index.network.piece_count
    assert sorted(back.weights_ms.tolist()) == sorted(index.weights_ms.tolist())
    for a, b in ("AE", "EA", "DB"):
        assert drive_s(back, GROUND[a], GROUND[b]) == drive_s(index, GROUND[a], GROUND[b])


def test_graphml_files_of_osmnx_can_be_indexed(index: RoadIndex, tmp_path):
    osmnx.save_graphml(to_networkx(index), tmp_path / "x.graphml")
    back = from_networkx(osmnx.load_graphml(tmp_path / "x.graphml"))
    assert drive_s(back, GROUND["A"], GROUND["E"]) == drive_s(index, GROUND["A"], GROUND["E"])


def test_without_travel_times_the_class_decides(index: RoadIndex):
    graph = to_networkx(index)
    for _, _, edge in graph.edges(data=True):
        del edge["travel_time"]
    assert np.sort(from_networkx(graph).weights_ms).tolist() == np.sort(index.weights_ms).tolist()


def refusal(graph: nx.MultiDiGraph) -> str:
    with pytest.raises(RoadNetworkError) as caught:
        from_networkx(graph)
    return caught.value.code


def test_unusable_graphs_are_refused():
    projected = nx.MultiDiGraph([(1, 2)], crs="epsg:3844")
    placeless = nx.MultiDiGraph([(1, 2)], crs="epsg:4326")
    empty = nx.MultiDiGraph(crs="epsg:4326")
    assert [refusal(g) for g in (projected, placeless, empty)] == [
        "wrong_crs",
        "bad_graph",
        "no_roads",
    ]
