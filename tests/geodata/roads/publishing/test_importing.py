"""An import puts a new index in place in one step, or leaves the old one."""

from pathlib import Path

import pytest
import shapely

from geodata.errors import BadInputError, RoadNetworkError
from geodata.roads.publishing import importing
from geodata.roads.publishing.importing import import_roads
from geodata.roads.publishing.index_directory import open_index
from geodata.roads.reading import way_reader
from geodata.roads.reading.pbf import read_pbf
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import road, turn, write_pbf

GROUND = grid("A B C D E F G H I J K L", step_m=500)
ROADS = {"main": road("A B C D E F G H I J K L", "primary"), "side": road("F G", "service")}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_pbf(tmp_path / "x.osm.pbf", GROUND, ROADS)


def test_an_imported_file_can_be_opened_with_its_story(file: Path, tmp_path: Path):
    summary = import_roads(file, tmp_path / "roads")
    network = open_index(tmp_path / "roads")[1].network
    assert network.node_count == summary.nodes == 4
    assert network.about["counts"] == summary.as_dict()
    assert network.about["source_file"] == "x.osm.pbf"


def test_turn_restrictions_survive_on_disk(tmp_path: Path):
    roads = {"a": road("A B"), "b": road("B C"), "c": road("B D")}
    turns = [turn("no_left_turn", "a", "B", "b"), turn("no_u_turn", "a", ["c"], "b")]
    file = write_pbf(tmp_path / "x.osm.pbf", GROUND, roads, turns=turns)
    import_roads(file, tmp_path / "roads")
    network = open_index(tmp_path / "roads")[1].network
    assert network.own_piece_count == 3
    assert network.piece_count > 3


def test_progress_tells_every_stage_in_order(file: Path, tmp_path: Path):
    stages = []
    import_roads(file, tmp_path / "roads", progress=lambda stage, _: stages.append(stage))
    assert tuple(dict.fromkeys(stages)) == importing.STAGES


@pytest.mark.parametrize("stage", importing.STAGES)
def test_an_interrupted_import_leaves_the_old_network(file: Path, tmp_path: Path, stage: str):
    import_roads(file, tmp_path / "roads")
    before = open_index(tmp_path / "roads")[0]

    def interrupt(now: str, _: int) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_roads(file, tmp_path / "roads", progress=interrupt)
    assert open_index(tmp_path / "roads")[0] == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["roads", "x.osm.pbf"]


def test_a_refused_file_leaves_the_old_network(file: Path, tmp_path: Path):
    import_roads(file, tmp_path / "roads")
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(RoadNetworkError, match="breaks off"):
        import_roads(bad, tmp_path / "roads")
    assert open_index(tmp_path / "roads")[1].network.piece_count == 4


def test_what_a_killed_import_left_is_cleared(file: Path, tmp_path: Path):
    left = tmp_path / ".road-import-999999999-x"
    left.mkdir()
    import_roads(file, tmp_path / "roads")
    assert not left.exists()


def test_a_large_file_keeps_its_nodes_on_disk(file: Path, monkeypatch: pytest.MonkeyPatch):
    small = read_pbf(file)[0]
    monkeypatch.setattr(way_reader, "_LARGE_FILE", 0)
    large = read_pbf(file)[0]
    assert (large.shape_lon_e7 == small.shape_lon_e7).all()


def test_a_polygon_keeps_only_ways_with_a_point_inside(tmp_path: Path):
    ground = grid("A B . . . C D", step_m=500)
    file = write_pbf(tmp_path / "x.osm.pbf", ground, {"a": road("A B"), "b": road("C D")})
    around = shapely.Point(*ground["A"]).buffer(0.001)
    _, summary = read_pbf(file, polygon=around)
    assert summary.ways_dropped == {"outside_region": 1}


def test_a_county_is_a_polygon(file: Path, tmp_path: Path):
    # The drawn road lies in the north of Bucharest, sector 1.
    assert import_roads(file, tmp_path / "roads", county="B1").ways_kept > 0
    with pytest.raises(RoadNetworkError, match="in the given region"):
        import_roads(file, tmp_path / "roads", county="CJ")
    with pytest.raises(BadInputError, match="XX"):
        import_roads(file, tmp_path / "roads", county="XX")


@pytest.mark.parametrize("bbox", [(27.0, 44.0, 26.0, 45.0), (26.0, 45.0, 27.0, 44.0)])
def test_a_box_turned_round_is_refused(file: Path, bbox: tuple[float, float, float, float]):
    with pytest.raises(RoadNetworkError, match="the box is empty"):
        read_pbf(file, bbox=bbox)


def test_a_polygon_without_area_is_refused(file: Path):
    with pytest.raises(RoadNetworkError, match="no area"):
        read_pbf(file, polygon=shapely.LineString([(26, 44), (27, 45)]))
