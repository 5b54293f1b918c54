"""Graphs as others make them: by OSMnx from XML, through GraphML, drawn the wrong way round."""

from pathlib import Path

import networkx as nx
import numpy as np
import osmnx
import pytest
import shapely
from osmnx import _validate

from geodata.errors import RoadNetworkError
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.reading.graph import from_graphml, from_networkx, to_networkx
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.verify import random_places
from tests.conftest_d.drawn_roads import draw_index, drive_s, way
from tests.conftest_d.grid import grid

# A loop at D, two roads between B and C, and a one-way street.
GROUND = grid(
    """
    A . B . C . d e
    . . x . . . f D
    """,
    step_m=200,
)
WAYS = {
    "A B C": {"highway": "primary", "name": "Calea Moșilor", "maxspeed": "50"},
    "B x C": {"highway": "residential", "oneway": "yes"},
    "C d": {"highway": "residential"},
    "d e D f d": {"highway": "residential"},
}


def write_xml(path: Path) -> Path:
    number = {label: i for i, label in enumerate(GROUND, start=1)}
    nodes = [
        f'<node id="{number[label]}" version="1" lon="{p.lon:.7f}" lat="{p.lat:.7f}"/>'
        for label, p in GROUND.items()
    ]
    ways = [
        f'<way id="{100 + i}" version="1">'
        + "".join(f'<nd ref="{number[label]}"/>' for label in labels.split())
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        + "</way>"
        for i, (labels, tags) in enumerate(WAYS.items())
    ]
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">'
        + "".join(nodes + ways)
        + "</osm>",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def ours() -> RoadIndex:
    return draw_index(GROUND, *(way(labels, **tags) for labels, tags in WAYS.items()))


@pytest.mark.parametrize("simplify", [True, False])
@pytest.mark.parametrize("with_speeds", ["none", "speed_kph", "travel_time"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_graph_that_osmnx_read_gives_the_times_of_our_own_import(
    ours: RoadIndex, tmp_path: Path, simplify: bool, with_speeds: str
):
    graph = osmnx.graph_from_xml(write_xml(tmp_path / "x.osm"), simplify=simplify)
    if with_speeds != "none":
        for _, _, data in graph.edges(data=True):
            data["speed_kph"] = 50.0 if data["highway"] == "primary" else 40.0
    if with_speeds == "travel_time":
        graph = osmnx.add_edge_travel_times(graph)
    index = from_networkx(graph)
    for a, b in ("AC", "CA", "AD", "DA", "xA", "fe"):
        expected = drive_s(ours, GROUND[a], GROUND[b])
        assert drive_s(index, GROUND[a], GROUND[b]) == pytest.approx(expected, rel=5e-3), (a, b)


@pytest.fixture(scope="module")
def graphml(tmp_path_factory: pytest.TempPathFactory, ours: RoadIndex) -> Path:
    path = tmp_path_factory.mktemp("graphml") / "x.graphml"
    osmnx.save_graphml(to_networkx(ours), path)
    return path


def test_a_graphml_file_is_read_although_everything_in_it_is_text(ours: RoadIndex, graphml: Path):
    index = from_graphml(graphml)
    assert sorted(index.weights_ms.tolist()) == sorted(ours.weights_ms.tolist())
    assert set(index.network.names) == set(ours.network.names)
    for a, b in ("AC", "CA", "AD", "xA"):
        assert drive_s(index, GROUND[a], GROUND[b]) == drive_s(ours, GROUND[a], GROUND[b])


def test_lists_of_joined_edges_are_read_from_text(graphml: Path):
    graph = nx.read_graphml(graphml, force_multigraph=True)
    for _, _, data in graph.edges(data=True):
        data |= {"osmid": "[7, 8]", "name": "['Una', 'Alta']", "maxspeed": "['50', '30']"}
    network = from_networkx(graph).network
    assert set(network.way_id.tolist()) == {7}
    assert network.names == ("", "Una")
    assert set(network.max_speed_kph.tolist()) == {30}


def test_a_line_drawn_from_head_to_tail_is_turned(ours: RoadIndex):
    graph = to_networkx(ours)
    for _, _, data in graph.edges(data=True):
        data["geometry"] = data["geometry"].reverse()
    back = from_networkx(graph).network
    assert back.length_m.sum() == pytest.approx(ours.network.length_m.sum())
    lines = [shapely.LineString(back.line(p)).length for p in range(back.piece_count)]
    expected = [shapely.LineString(ours.network.line(p)).length for p in range(len(lines))]
    assert sorted(lines) == pytest.approx(sorted(expected))


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("travel_time", "soon"), ("length", -5), ("geometry", "LINE"), ("travel_time", -1.0)],
)
def test_an_attribute_that_makes_no_sense_is_refused(
    ours: RoadIndex, attribute: str, value: object
):
    graph = to_networkx(ours)
    next(iter(graph.edges(data=True)))[2][attribute] = value
    with pytest.raises(RoadNetworkError) as caught:
        from_networkx(graph)
    assert caught.value.code == "bad_graph"


@pytest.mark.parametrize("text", ["", "<osm/>", "no xml"])
def test_another_file_is_no_graphml(tmp_path: Path, text: str):
    (tmp_path / "x.graphml").write_text(text)
    with pytest.raises(RoadNetworkError) as caught:
        from_graphml(tmp_path / "x.graphml")
    assert caught.value.code in {"not_graphml", "no_roads"}


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(RoadNetworkError) as caught:
        from_graphml(tmp_path / "none.graphml")
    assert caught.value.code == "file_missing"


def times(index: RoadIndex, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    places = index.snap(lon, lat, max_distance_m=500.0)
    return np.minimum(index.matrix_ms(places, places), FAR)


@pytest.mark.parametrize("name", ["liechtenstein-2015", "andorra-2013", "helsinki-centre"])
def test_real_extracts_pass_validation_and_survive_graphml(
    shared_data: Path, tmp_path: Path, name: str
):
    index = RoadIndex.build(read_pbf(shared_data / "roads" / f"{name}.osm.pbf")[0])
    graph = to_networkx(index)
    _validate._validate_graph(graph, strict=True)
    osmnx.save_graphml(graph, tmp_path / "x.graphml")
    # Turn restrictions are no part of a graph: compare two graphs.
    direct, back = from_networkx(graph), from_graphml(tmp_path / "x.graphml")
    places = random_places(direct, 60, np.random.default_rng(1))
    lon, lat = np.array([direct.network.line(p).mean(axis=0) for p in places.piece]).T.copy()
    assert (times(direct, lon, lat) == times(back, lon, lat)).all()


def test_the_graph_of_inner_bucharest_passes_validation(shared_data: Path):
    file = shared_data / "roads" / "bucharest_drive.osm.pbf"
    network = read_pbf(file, bbox=(26.06, 44.41, 26.12, 44.45))[0]
    _validate._validate_graph(to_networkx(RoadIndex.build(network)), strict=True)
