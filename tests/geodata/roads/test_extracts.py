"""Real extracts: counts pinned; the bundled network is the one its source gives."""

from pathlib import Path

import numpy as np
import pytest

from geodata.roads.compile import build_roads, hash_file
from geodata.roads.graph import from_networkx, to_networkx
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR
from geodata.roads.pbf import read_pbf
from geodata.roads.verify import random_places, verify_index
from geodata.travel_time import BUNDLED_INDEX

pytestmark = pytest.mark.shared

BUCHAREST = "bucharest_drive.osm.pbf"
PINNED = {
    BUCHAREST: (47_237, 34_187, 47_089, 86_960, 81, 228),
    "liechtenstein-2015.osm.pbf": (2_201, 3_122, 3_571, 7_001, 18, 40),
    "andorra-2013.osm.pbf": (1_106, 1_605, 1_881, 3_186, 7, 14),
    "helsinki-centre.osm.pbf": (846, 863, 945, 1_436, 3, 6),
}


@pytest.fixture(scope="module")
def liechtenstein(shared_data: Path) -> RoadIndex:
    return RoadIndex.build(read_pbf(shared_data / "roads" / "liechtenstein-2015.osm.pbf")[0])


@pytest.mark.parametrize("name", PINNED)
def test_an_extract_gives_its_pinned_counts(shared_data: Path, name: str):
    _, s = read_pbf(shared_data / "roads" / name)
    sliver = (s.slivers_dropped, s.sliver_nodes_dropped)
    assert (s.ways_kept, s.nodes, s.pieces, s.arcs, *sliver) == PINNED[name]
    assert s.ways_kept + sum(s.ways_dropped.values()) == s.ways_read


def test_ways_cut_by_the_border_of_an_extract_are_counted(shared_data: Path):
    _, summary = read_pbf(shared_data / "roads" / "helsinki-centre.osm.pbf")
    assert (summary.points_missing, summary.ways_dropped["missing_nodes"]) == (132, 31)


def test_the_bundled_network_is_what_its_source_gives(shared_data: Path, tmp_path: Path):
    facts = build_roads(shared_data / "roads" / BUCHAREST, tmp_path / "x.npz")
    assert (tmp_path / "x.npz").read_bytes() == BUNDLED_INDEX.read_bytes()
    assert facts["sha256"] == hash_file(BUNDLED_INDEX)
    assert BUNDLED_INDEX.stat().st_size < 1_000_000


def test_a_real_extract_equals_dijkstra(liechtenstein: RoadIndex):
    assert verify_index(liechtenstein, searches=5, origins=200).largest_difference_ms == 0


def test_a_real_extract_survives_networkx_there_and_back(liechtenstein: RoadIndex):
    back = from_networkx(to_networkx(liechtenstein))
    assert back.network.piece_count == liechtenstein.network.piece_count
    places = random_places(liechtenstein, 60, np.random.default_rng(1))
    lon, lat = np.array([liechtenstein.network.line(p).mean(axis=0) for p in places.piece]).T.copy()
    times = []
    for index in (liechtenstein, back):
        snapped = index.snap(lon, lat, max_distance_m=500.0)
        times.append(np.minimum(index.matrix_ms(snapped, snapped), FAR))
    assert np.abs(times[0] - times[1]).max() <= 1
