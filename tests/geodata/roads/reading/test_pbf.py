"""PBF files, good and bad, written on the spot."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import osmium
import osmium.osm.mutable as osm
import pytest

from geodata.errors import RoadNetworkError
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.tags import ROUNDABOUT
from tests.conftest_d.drawn_roads import drive_s
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import Road, road, turn
from tests.conftest_d.pbf_drawing import write_pbf as draw_pbf

GROUND = grid("1 2 3 4 5 6 7 8 9 a b c", step_m=200)
MAIN_ROAD = ("123456789abc", {"highway": "primary", "name": "Șoseaua  Giurgiului"})

Roads = Sequence[tuple[str, dict[str, str]]]


def write_pbf(path: Path, roads: Roads, ground: Mapping[str, LonLat] = GROUND) -> Path:
    number = {label: i + 1 for i, label in enumerate(GROUND)}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for label, place in ground.items():
            writer.add_node(osm.Node(id=number[label], location=place))
        for way_id, (labels, tags) in enumerate(roads, start=1):
            nodes = [number[label] for label in labels]
            writer.add_way(osm.Way(id=way_id, nodes=nodes, tags=tags))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RoadNetworkError) as caught:
        read_pbf(path)
    assert caught.value.hint
    return caught.value.code


def test_a_way_is_cut_where_another_meets_it(tmp_path: Path):
    path = write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD, ("5c", {"highway": "residential"})])
    network, summary = read_pbf(path)
    assert (summary.nodes, summary.pieces, summary.arcs) == (3, 3, 6)
    assert network.names == ("", "Șoseaua Giurgiului")
    assert network.length_m.tolist() == pytest.approx([800, 1400, 1400], abs=0.5)


def test_the_line_of_a_piece_keeps_its_bends(tmp_path: Path):
    network, _ = read_pbf(write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD]))
    assert len(network.line(0)) == 12
    assert network.line(0)[3] == pytest.approx(GROUND["4"], abs=1e-7)


def test_a_roundabout_is_one_way_and_marked(tmp_path: Path):
    circle = ("2342", {"highway": "primary", "junction": "roundabout"})
    network, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD, circle]))
    assert network.flags.tolist().count(1 | ROUNDABOUT) == 3
    assert summary.ways_kept == 2


def test_speed_limits_are_kept_and_nonsense_is_not(tmp_path: Path):
    limits = ["signals", "RO:urban", "50;70", "30 mph"]
    roads = [("123456789abc", {"highway": "primary", "maxspeed": text}) for text in limits]
    network, _ = read_pbf(write_pbf(tmp_path / "x.osm.pbf", roads))
    assert sorted(set(network.max_speed_kph.tolist())) == [0, 48, 50]


def test_what_is_dropped_is_counted_by_reason(tmp_path: Path):
    drops = [("12", {"highway": "steps"}), ("12", {"highway": "service", "access": "no"})]
    _, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD, *drops]))
    assert (summary.ways_read, summary.ways_kept) == (3, 1)
    assert summary.ways_dropped == {"no_access": 1, "not_drivable": 1}


def test_a_way_with_missing_nodes_keeps_the_rest(tmp_path: Path):
    known = {label: GROUND[label] for label in "123456789"}
    roads = [MAIN_ROAD, ("9abc", {"highway": "primary"})]
    network, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", roads, known))
    assert summary.points_missing == 6
    assert summary.ways_dropped == {"missing_nodes": 1}
    assert network.length_m.sum() == pytest.approx(1600, abs=0.5)


def test_a_sliver_is_dropped_and_counted_and_an_island_is_kept(tmp_path: Path):
    streets = [
        (a + b, {"highway": "residential"}) for a, b in zip("12345678", "23456789", strict=False)
    ]
    island = [*streets, ("89", {"highway": "residential"}), ("9a", {"highway": "residential"})]
    yard = [("bc", {"highway": "residential"})]
    _, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", island + yard))
    assert (summary.nodes, summary.slivers_dropped, summary.sliver_nodes_dropped) == (10, 1, 2)


def test_a_box_keeps_only_ways_that_touch_it(tmp_path: Path):
    path = write_pbf(
        tmp_path / "x.osm.pbf", [("12", {"highway": "primary"}), ("bc", {"highway": "primary"})]
    )
    west = (GROUND["1"].lon - 0.001, 44.0, GROUND["1"].lon + 0.001, 45.0)
    _, summary = read_pbf(path, bbox=west)
    assert summary.ways_dropped == {"outside_region": 1}


def test_an_empty_file_is_refused(tmp_path: Path):
    path = tmp_path / "x.osm.pbf"
    path.touch()
    assert refusal(path) == "empty_file"


def test_a_missing_file_is_refused(tmp_path: Path):
    assert refusal(tmp_path / "x.osm.pbf") == "file_missing"


def test_xml_under_the_name_of_a_pbf_is_refused(tmp_path: Path):
    path = tmp_path / "x.osm.pbf"
    path.write_text("<?xml version='1.0'?><osm version='0.6'/>")
    assert refusal(path) == "not_a_pbf"


def test_another_binary_file_is_refused(tmp_path: Path):
    path = tmp_path / "x.osm.pbf"
    path.write_bytes(bytes(range(200)))
    assert refusal(path) == "not_a_pbf"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float):
    path = write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD] * 200)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refusal(path) == "damaged_pbf"


def test_a_file_without_roads_is_refused(tmp_path: Path):
    path = write_pbf(tmp_path / "x.osm.pbf", [("12", {"highway": "footway"})])
    assert refusal(path) == "no_roads"


def test_the_summary_is_plain_json(tmp_path: Path):
    _, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", [MAIN_ROAD]))
    assert json.loads(json.dumps(summary.as_dict())) == summary.as_dict()


def test_an_island_is_a_component_of_its_own(tmp_path: Path):
    main, island = "1 2 3 4 5 6 7 8 9 a b c", "A B C D E F G H I J K L"
    ground = grid(f"{main}\n{island}", step_m=200)
    pairs = [*pairwise(main.split()), *pairwise(island.split())]
    roads = {a + b: road(f"{a} {b}") for a, b in pairs}
    _, summary = read_pbf(draw_pbf(tmp_path / "x.osm.pbf", ground, roads))
    assert (summary.components, summary.nodes, summary.slivers_dropped) == (2, 24, 0)


def test_conditions_that_are_not_read_are_counted(tmp_path: Path):
    tags = {"highway": "primary", "maxspeed:conditional": "30 @ (22:00-06:00)"}
    _, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", [("12345", tags)]))
    assert summary.conditions_ignored == 1


ALL = "1 2 3 4 5 6 7 8 9 a b c"


def drawn(path: Path, roads: Mapping[str, Road] | None = None, **how: Any) -> Path:
    return draw_pbf(path / "x.osm.pbf", GROUND, roads or {"main": road(ALL)}, **how)


@pytest.mark.parametrize(
    "how",
    [{"sign": -1}, {"nodes_last": True}, {"sign": -1, "nodes_last": True}],
    ids=["negative", "unsorted", "both"],
)
def test_a_file_is_read_whatever_the_order_and_the_sign_of_its_numbers(
    tmp_path: Path, how: dict[str, Any]
):
    roads = {"main": road("1 2 3 4 5 6"), "on": road("6 7 8 9 a b c"), "side": road("6 a")}
    points = {"3": {"barrier": "bollard"}}
    orders = [turn("only_straight_on", "main", "6", "on")]
    (tmp_path / "plain").mkdir()
    plain, counts = read_pbf(drawn(tmp_path / "plain", roads, points=points, turns=orders))
    read, summary = read_pbf(drawn(tmp_path, roads, points=points, turns=orders, **how))
    assert summary == counts
    assert summary.restrictions_applied == 1
    assert read.length_cm.tolist() == plain.length_cm.tolist()
    assert (read.tail.tolist(), read.head.tolist()) == (plain.tail.tolist(), plain.head.tolist())


def test_a_large_unsorted_file_is_refused_with_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("geodata.roads.reading.way_reader._LARGE_FILE", 10)
    assert refusal(drawn(tmp_path, nodes_last=True)) == "unsorted_pbf"
    assert refusal(drawn(tmp_path, sign=-1)) == "unsorted_pbf"


def test_roads_without_any_place_are_refused_as_that(tmp_path: Path):
    assert refusal(drawn(tmp_path, missing=ALL)) == "no_points"
    footpath = {"path": road(ALL, "footway")}
    assert refusal(drawn(tmp_path, footpath, missing=ALL)) == "no_roads"


@pytest.mark.parametrize(
    ("missing", "cut", "lengths"),
    [
        ("6", 1, [800, 1000]),
        ("5 6 7", 1, [600, 800]),
        ("3 8", 1, [200, 600, 600]),
        ("1 c", 0, [1800]),
        ("2 4", 1, [1400]),
    ],
)
def test_a_road_is_cut_where_the_file_misses_a_node_of_it(
    tmp_path: Path, missing: str, cut: int, lengths: list[float]
):
    network, summary = read_pbf(drawn(tmp_path, missing=missing))
    assert network.length_m.tolist() == pytest.approx(lengths, abs=0.5)
    assert summary.ways_cut == cut
    assert summary.points_missing == len(missing.split())


def test_nobody_drives_across_a_gap(tmp_path: Path):
    network, _ = read_pbf(drawn(tmp_path, missing="6"))
    index = RoadIndex.build(network)
    assert drive_s(index, GROUND["5"], GROUND["7"]) is None
