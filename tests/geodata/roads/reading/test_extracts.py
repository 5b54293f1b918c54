"""Real extracts: counts pinned; the bundled network is the one its source gives."""

from pathlib import Path

import numpy as np
import pytest

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.publishing.arrays_directory import hash_file
from geodata.roads.publishing.compile import build_roads
from geodata.roads.reading.graph import from_networkx, to_networkx
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.verify import random_places, verify_index
from geodata.travel.travel_times import BUNDLED_INDEX

BUCHAREST = "bucharest_drive.osm.pbf"
PINNED = {
    BUCHAREST: (47_237, 34_187, 47_089, 86_960, 81, 228),
    "liechtenstein-2015.osm.pbf": (2_232, 3_181, 3_641, 7_141, 12, 30),
    "andorra-2013.osm.pbf": (1_108, 1_613, 1_891, 3_203, 5, 10),
    "helsinki-centre.osm.pbf": (847, 867, 949, 1_444, 4, 7),
}
# Barriers that stop cars; restrictions read, obeyed, and left out by reason; nodes for them.
PINNED_TURNS = {
    BUCHAREST: ({}, 0, 0, {}, 0),
    "liechtenstein-2015.osm.pbf": (
        {"bollard": 9, "cycle_barrier": 3},
        3,
        2,
        {"outside_network": 1},
        18,
    ),
    "andorra-2013.osm.pbf": ({"fence": 1}, 0, 0, {}, 0),
    "helsinki-centre.osm.pbf": (
        {"block": 2, "gate": 4},
        45,
        36,
        {"conditional": 2, "outside_network": 7},
        171,
    ),
}


@pytest.fixture(scope="module")
def liechtenstein(shared_data: Path) -> RoadIndex:
    return RoadIndex.build(read_pbf(shared_data / "roads" / "liechtenstein-2015.osm.pbf")[0])


def without_restrictions(network: RoadNetwork) -> RoadNetwork:
    """The roads alone: extra pieces and nodes are the last ones."""
    pieces = network.own_piece_count
    nodes = int(max(network.tail[:pieces].max(), network.head[:pieces].max())) + 1
    points = int(network.shape_first[pieces])
    columns = ("tail", "head", "length_cm", "road_class", "flags", "max_speed_kph", "name_id")
    return RoadNetwork(
        node_lon_e7=network.node_lon_e7[:nodes],
        node_lat_e7=network.node_lat_e7[:nodes],
        **{name: getattr(network, name)[:pieces] for name in columns},
        way_id=network.way_id[:pieces],
        shape_first=network.shape_first[: pieces + 1],
        shape_lon_e7=network.shape_lon_e7[:points],
        shape_lat_e7=network.shape_lat_e7[:points],
        names=network.names,
    )


@pytest.mark.parametrize("name", PINNED)
def test_an_extract_gives_its_pinned_counts(shared_data: Path, name: str):
    _, s = read_pbf(shared_data / "roads" / name)
    sliver = (s.slivers_dropped, s.sliver_nodes_dropped)
    assert (s.ways_kept, s.nodes, s.pieces, s.arcs, *sliver) == PINNED[name]
    assert s.ways_kept + sum(s.ways_dropped.values()) == s.ways_read


@pytest.mark.parametrize("name", PINNED_TURNS)
def test_barriers_and_turns_of_an_extract_are_pinned(shared_data: Path, name: str):
    _, s = read_pbf(shared_data / "roads" / name)
    turns = (s.restrictions_read, s.restrictions_applied, s.restrictions_dropped)
    assert (s.barriers, *turns, s.extra_nodes) == PINNED_TURNS[name]


def test_the_restriction_left_out_in_liechtenstein_is_named(shared_data: Path):
    # The way it starts from is not in the file.
    _, summary = read_pbf(shared_data / "roads" / "liechtenstein-2015.osm.pbf")
    assert summary.restrictions_left_out == {"outside_network": [3090789]}


def test_ways_cut_by_the_border_of_an_extract_are_counted(shared_data: Path):
    _, summary = read_pbf(shared_data / "roads" / "helsinki-centre.osm.pbf")
    assert (summary.points_missing, summary.ways_dropped["missing_nodes"]) == (177, 33)


def test_the_bundled_network_is_what_its_source_gives(shared_data: Path, tmp_path: Path):
    facts = build_roads(shared_data / "roads" / BUCHAREST, tmp_path / "x.npz")
    assert (tmp_path / "x.npz").read_bytes() == BUNDLED_INDEX.read_bytes()
    assert facts["sha256"] == hash_file(BUNDLED_INDEX)
    assert BUNDLED_INDEX.stat().st_size < 1_000_000


def test_a_real_extract_equals_dijkstra(liechtenstein: RoadIndex):
    assert verify_index(liechtenstein, searches=5, origins=200).largest_difference_ms == 0


def test_a_town_full_of_turn_restrictions_equals_dijkstra(shared_data: Path):
    network = read_pbf(shared_data / "roads" / "helsinki-centre.osm.pbf")[0]
    found = verify_index(RoadIndex.build(network), searches=10, origins=200)
    assert found.largest_difference_ms == 0


def test_turn_restrictions_lengthen_some_drives_and_shorten_none(shared_data: Path):
    network = read_pbf(shared_data / "roads" / "helsinki-centre.osm.pbf")[0]
    free = without_restrictions(network)
    places = random_places(RoadIndex.build(free), 100, np.random.default_rng(1))
    bound, loose = (
        np.minimum(RoadIndex.build(one).matrix_ms(places, places), FAR) for one in (network, free)
    )
    assert (bound >= loose).all()
    assert (bound > loose + 5_000).any()


def test_a_real_extract_survives_networkx_there_and_back(liechtenstein: RoadIndex):
    back = from_networkx(to_networkx(liechtenstein))
    # Turn restrictions are no part of the graph.
    assert back.network.piece_count == liechtenstein.network.own_piece_count
    places = random_places(liechtenstein, 60, np.random.default_rng(1))
    lon, lat = np.array([liechtenstein.network.line(p).mean(axis=0) for p in places.piece]).T.copy()
    times = []
    for index in (liechtenstein, back):
        snapped = index.snap(lon, lat, max_distance_m=500.0)
        times.append(np.minimum(index.matrix_ms(snapped, snapped), FAR))
    # Each bare connection of a split junction takes a millisecond.
    assert np.abs(times[0] - times[1]).max() <= 10
