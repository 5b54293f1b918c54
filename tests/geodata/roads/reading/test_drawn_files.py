"""Drawn PBF files with the seconds a person would expect (40 km/h: 90 s a kilometre)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from geodata.crs import GEOD
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.reading.pbf import read_pbf
from geodata.roads.routes import draw
from geodata.roads.tags import CLASS_CODES, LANE
from tests.conftest_d.drawn_files import index_of, near, seconds
from tests.conftest_d.drawn_roads import drive_s, snap
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import Road, Turn, ferry, road, turn, write_pbf

# Arms of 500 m (45 s), the northern one with a side street half-way.
CROSS = grid(
    """
    . . N . .
    . . Y . Q
    W . X . E
    . . . . .
    . . S . .
    """,
    step_m=250,
)
ARMS = {
    "south": road("S X"),
    "west": road("X W"),
    "east": road("X E"),
    "near": road("X Y"),
    "far": road("Y N"),
    "side": road("Y Q"),
}


@pytest.fixture
def cross(tmp_path: Path):
    def build(*turns: Turn) -> RoadIndex:
        return index_of(tmp_path, CROSS, ARMS, *turns)

    return build


def test_without_restrictions_one_turns_left(cross):
    assert seconds(cross(), CROSS, "S W") == near(90)


def test_where_left_is_forbidden_one_turns_round_at_the_end_of_a_road(cross):
    index = cross(turn("no_left_turn", "south", "X", "west"))
    assert seconds(index, CROSS, "S W") == near(45 + 45 + 45 + 45)
    assert seconds(index, CROSS, "S E") == near(90)
    assert seconds(index, CROSS, "E W") == near(90)


def test_where_turning_round_is_forbidden_too_one_drives_to_the_end(cross):
    index = cross(
        turn("no_left_turn", "south", "X", "west"), turn("no_u_turn", "near", "Y", "near")
    )
    assert seconds(index, CROSS, "S W") == near(45 + 45 + 45 + 45)


def test_where_straight_on_is_ordered_the_right_turn_is_a_detour_too(cross):
    index = cross(turn("only_straight_on", "south", "X", "near"))
    assert seconds(index, CROSS, "S E") == near(180)
    assert seconds(index, CROSS, "S Q") == near(45 + 22.5 + 45)
    assert seconds(index, CROSS, "W E") == near(90)


def test_a_restriction_over_a_way_binds_those_who_came_from_its_first_way(cross):
    index = cross(turn("no_right_turn", "south", ["near"], "side"))
    assert seconds(index, CROSS, "S Q") == near(45 + 22.5 + 22.5 + 22.5 + 45)
    assert seconds(index, CROSS, "W Q") == near(45 + 22.5 + 45)


def test_an_order_over_a_way_binds_from_its_first_way_to_its_last(cross):
    index = cross(turn("only_straight_on", "south", ["near"], "far"))
    assert seconds(index, CROSS, "S N") == near(90)
    assert seconds(index, CROSS, "S Q") == near(45 + 45 + 22.5 + 45)
    assert seconds(index, CROSS, "S W") == near(45 + 45 + 45 + 45)
    assert seconds(index, CROSS, "W Q") == near(45 + 22.5 + 45)


def test_a_place_on_the_way_a_restriction_runs_over_is_reached_and_left(cross):
    index = cross(turn("no_right_turn", "south", ["near"], "side"))
    x, y = CROSS["X"], CROSS["Y"]
    middle = LonLat((x.lon + y.lon) / 2, (x.lat + y.lat) / 2)
    assert drive_s(index, CROSS["S"], middle) == near(45 + 11.25)
    assert drive_s(index, middle, CROSS["Q"]) == near(11.25 + 45)


def test_a_route_through_a_split_junction_is_one_line_with_its_streets(tmp_path: Path):
    roads = {name: (labels, {**tags, "name": name}) for name, (labels, tags) in ARMS.items()}
    index = index_of(
        tmp_path,
        CROSS,
        roads,
        turn("no_left_turn", "south", "X", "west"),
        points={"Y": {"highway": "turning_circle"}},
    )
    way = index.find_way(snap(index, CROSS["S"]), snap(index, CROSS["W"]))
    drawn = draw(index, way)
    assert drawn.street_names == ("south", "near", "west")
    assert drawn.length_m == pytest.approx(1500, rel=3e-3)
    assert [round(p.lat - CROSS["X"].lat, 5) for p in drawn.places] == [-0.0045, 0, 0.00225, 0, 0]


@pytest.mark.parametrize(
    "tags",
    [
        {"except": "motorcar"},
        {"except": "psv;motor_vehicle"},
        {"hour_on": "07:00", "hour_off": "09:00"},
        {"restriction__motorcar": "no_exit @ (Mo-Fr)"},
    ],
)
def test_restrictions_that_do_not_always_bind_cars_are_left_out(cross, tags):
    index = cross(turn("no_left_turn", "south", "X", "west", **tags))
    assert seconds(index, CROSS, "S W") == near(90)


def test_an_exception_for_taxis_is_none_for_us(cross):
    index = cross(turn("no_left_turn", "south", "X", "west", **{"except": "taxi"}))
    assert seconds(index, CROSS, "S W") == near(180)


def test_a_restriction_for_cars_alone_counts(cross):
    tags, members = turn("", "south", "X", "west", restriction__motorcar="no_left_turn")
    del tags["restriction"]
    assert seconds(cross((tags, members)), CROSS, "S W") == near(180)


def test_turning_into_the_other_carriageway_can_be_forbidden(tmp_path: Path):
    ground = grid(
        """
        D . C . G
        A . B . F
        """,
        step_m=100,
    )
    roads = {
        "up": road("A B", oneway="yes"),
        "on": road("B F", oneway="yes"),
        "cut": road("B C", oneway="yes"),
        "back": road("C D", oneway="yes"),
        "end": road("F G"),
        "return": road("G C", oneway="yes"),
    }
    free = index_of(tmp_path, ground, roads)
    assert seconds(free, ground, "A D") == near((200 + 100 + 200) * 0.09)
    bound = index_of(tmp_path, ground, roads, turn("no_u_turn", "up", ["cut"], "back"))
    assert seconds(bound, ground, "A D") == near((400 + 100 + 400) * 0.09)


LINE = grid("A . B . C . D", step_m=250)


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "no", "motorcar": "permissive"}, False),
        ({"barrier": "lift_gate", "access": "private @ (22:00-06:00)"}, False),
        ({"barrier": "toll_booth"}, False),
        ({"highway": "traffic_signals"}, False),
    ],
)
def test_a_barrier_ends_the_road_when_it_stops_cars(tmp_path: Path, tags, stops: bool):
    index = index_of(tmp_path, LINE, {"all": road("A B C D")}, points={"B": tags})
    assert seconds(index, LINE, "A D") == (None if stops else near(135))
    assert seconds(index, LINE, "C D") == near(45)


def test_a_barrier_at_a_junction_cuts_every_road_there(tmp_path: Path):
    file = write_pbf(tmp_path / "x.osm.pbf", CROSS, ARMS, points={"Y": {"barrier": "block"}})
    summary = read_pbf(file)[1]
    assert summary.barriers == {"block": 1}
    # The far arm and the side street are left alone, too small to be kept.
    assert (summary.slivers_dropped, summary.pieces) == (2, 4)


def test_a_ferry_takes_the_time_it_says(tmp_path: Path):
    roads = {"a": road("A B"), "f": ferry("B C", motor_vehicle="yes", duration="0:20")}
    index = index_of(tmp_path, LINE, roads | {"d": road("C D")})
    assert seconds(index, LINE, "A D") == near(45 + 1200 + 45)


def test_a_place_beside_the_water_is_on_the_bank(tmp_path: Path):
    roads = {"a": road("A B"), "f": ferry("B C", motorcar="yes"), "d": road("C D")}
    index = index_of(tmp_path, LINE, roads)
    b, c = LINE["B"], LINE["C"]
    afloat = LonLat(b.lon + 0.4 * (c.lon - b.lon), b.lat)
    found = snap(index, afloat)
    assert found is not None
    assert found.place == pytest.approx(b, abs=1e-6)


def test_a_ferry_without_duration_is_slow(tmp_path: Path):
    roads = {"a": road("A B"), "f": ferry("B C", motorcar="yes"), "d": road("C D")}
    assert seconds(index_of(tmp_path, LINE, roads), LINE, "A D") == near(45 + 180 + 45)


@pytest.mark.parametrize("tags", [{}, {"foot": "yes"}, {"motor_vehicle": "no"}])
def test_a_ferry_that_names_no_cars_takes_none(tmp_path: Path, tags):
    roads = {"a": road("A B"), "f": ferry("B C", **tags), "d": road("C D")}
    assert seconds(index_of(tmp_path, LINE, roads), LINE, "A B") == near(45)
    assert read_pbf(tmp_path / "x.osm.pbf")[1].ferries == 0


BLOCK = grid("A B\nD C", step_m=1000)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"access": "private"}, 270),
        ({"access": "no", "motor_vehicle": "destination"}, 90),
        ({"motor_vehicle": "no"}, 270),
        ({"oneway": "-1"}, 270),
        ({"oneway": "yes", "oneway__motorcar": "no"}, 90),
        ({"oneway": "reversible"}, 270),
        ({"oneway": "alternating"}, 90),
        ({"motor_vehicle__forward": "no"}, 270),
        ({"motor_vehicle__backward": "no"}, 90),
        ({"access__conditional": "no @ (22:00-06:00)"}, 90),
    ],
)
def test_access_and_direction_decide_whether_one_drives_round_the_block(
    tmp_path: Path, tags, expected: float
):
    index = index_of(tmp_path, BLOCK, {"direct": road("A B", **tags), "round": road("B C D A")})
    assert seconds(index, BLOCK, "A B") == near(expected)


def test_out_of_a_one_way_trap_there_is_no_way(tmp_path: Path):
    roads = {"in": road("A B", oneway="yes"), "home": road("D A")}
    index = index_of(tmp_path, BLOCK, roads)
    assert seconds(index, BLOCK, "D B") == near(180)
    assert seconds(index, BLOCK, "B D") is None


def test_a_roundabout_is_driven_one_way_round(tmp_path: Path):
    ground = grid(
        """
        .  . t .  .
        W  l . r  E
        .  . b .  .
        """,
        step_m=100,
    )
    circle = road("r t l b r", junction="roundabout")
    index = index_of(tmp_path, ground, {"o": circle, "w": road("W l"), "e": road("r E")})
    quarter = 100 * 2**0.5
    assert seconds(index, ground, "W E") == near((200 + 2 * quarter) * 0.09)
    assert index.network.flags.tolist().count(1 | 4) == 2


# A town (letters), water, an island (figures).
SHORE = grid(
    """
    a b c d . . . . 1 2 3 4
    e f g h p . . . 5 6 7 8
    i j k l . . . . 9 m n o
    """,
    step_m=250,
)
TOWN = {
    labels: road(labels)
    for labels in ("a b c d", "e f g h", "i j k l", "a e i", "b f j", "c g k", "d h l")
}
ISLAND = {
    labels: road(labels)
    for labels in ("1 2 3 4", "5 6 7 8", "9 m n o", "1 5 9", "2 6 m", "3 7 n", "4 8 o")
}
CROSSING = {"boat": ferry("p 5", motor_vehicle="yes", duration="00:10")}
LANE_S = 250 * 3.6 / 15


@pytest.mark.parametrize(
    "lane",
    [
        road("h p", "service", service="driveway", motorcar="yes"),
        road("h p", "service", service="parking_aisle"),
        road("h p", "service", service="driveway;alley", oneway="no"),
        road("h p", "track", tracktype="grade2"),
        road("h p", "track", tracktype="grade4", motor_vehicle="destination"),
        road("h p", "pedestrian", motor_vehicle="yes"),
    ],
)
def test_a_lane_that_is_the_only_way_to_a_ferry_is_driven_slowly(tmp_path: Path, lane: Road):
    index = index_of(tmp_path, SHORE, {**TOWN, **ISLAND, **CROSSING, "lane": lane})
    assert seconds(index, SHORE, "h 6") == near(LANE_S + 600 + 22.5)
    assert seconds(index, SHORE, "6 h") == near(LANE_S + 600 + 22.5)
    lanes = np.flatnonzero(index.network.flags & LANE)
    assert len(lanes) == 1
    at = snap(index, halfway(SHORE, "h p"))
    assert at is not None
    assert at.arc not in lanes


@pytest.mark.parametrize(
    "lane",
    [
        road("h p", "service", service="driveway", access="private"),
        road("h p", "service", service="parking_aisle", motor_vehicle="no"),
        road("h p", "service", service="emergency_access"),
        road("h p", "track", tracktype="grade5"),
        road("h p", "track", tracktype="grade1", access="agricultural;forestry"),
        road("h p", "track"),
        road("h p", "pedestrian"),
        road("h p", "construction", construction="service", motorcar="yes"),
    ],
)
def test_what_is_closed_to_cars_joins_nothing(tmp_path: Path, lane: Road):
    index = index_of(tmp_path, SHORE, {**TOWN, **ISLAND, **CROSSING, "lane": lane})
    assert seconds(index, SHORE, "h 6") is None


def test_a_village_behind_several_lanes_is_reached_and_the_other_lanes_are_left_out(tmp_path: Path):
    lanes = {
        "on": road("h p q", "track", tracktype="grade1"),
        "off": road("q r 5", "service", service="driveway"),
        "yard": road("q x", "service", service="parking_aisle"),
        "court": road("b f", "service", service="parking_aisle"),
    }
    ground = grid(
        """
        a b c d . . . . 1 2 3 4
        e f g h p q r . 5 6 7 8
        i j k l . x . . 9 m n o
        """,
        step_m=250,
    )
    file = write_pbf(tmp_path / "x.osm.pbf", ground, {**TOWN, **ISLAND, **lanes})
    network, summary = read_pbf(file)
    assert (summary.lanes_kept, summary.ways_dropped) == (2, {"lane": 2})
    index = RoadIndex.build(network)
    assert seconds(index, ground, "h 5") == near(5 * LANE_S)
    # Neither aisle makes a junction of the streets or lanes that it meets.
    _, plain = read_pbf(write_pbf(tmp_path / "y.osm.pbf", ground, {**TOWN, **ISLAND}))
    assert (summary.nodes, summary.pieces) == (plain.nodes + 1, plain.pieces + 2)


def test_a_barrier_on_the_only_lane_stops_cars_and_is_counted(tmp_path: Path):
    lane = road("h p 5", "service", service="driveway")
    ways = {**TOWN, **ISLAND, "lane": lane, "court": road("b f", "service", service="driveway")}
    points = {"p": {"barrier": "bollard"}, "b": {"barrier": "gate"}}
    file = write_pbf(tmp_path / "x.osm.pbf", SHORE, ways, points=points)
    network, summary = read_pbf(file)
    assert summary.lanes_kept == 0
    assert seconds(RoadIndex.build(network), SHORE, "h 5") is None


def test_a_ferry_runs_on_over_a_node_that_the_file_misses_and_a_road_does_not(tmp_path: Path):
    ground = grid(
        """
        a b c d . . . . . 1 2 3 4
        e f g h . w . z . 5 6 7 8
        i j k l . . . . . 9 m n o
        """,
        step_m=250,
    )
    ways = {**TOWN, **ISLAND, "boat": ferry("h w z 5", motor_vehicle="yes", duration="00:10")}
    file = write_pbf(tmp_path / "x.osm.pbf", ground, ways, missing="w z")
    network, summary = read_pbf(file)
    assert (summary.ways_cut, summary.points_missing, summary.ferries) == (0, 2, 1)
    assert seconds(RoadIndex.build(network), ground, "h 5") == near(600)


def test_the_drawn_island_behind_a_driveway_is_reached(shared_data: Path):
    index = RoadIndex.build(read_pbf(shared_data / "roads" / "drawn" / "r1_ferry.osm.pbf")[0])
    town, island = LonLat(24.0, 46.0017997), LonLat(23.9340483, 46.0)
    # 200 m of street, 200 m of driveway, ten minutes of ferry, 100 m on the island.
    assert drive_s(index, town, island) == near(18 + 48 + 600 + 9)


def halfway(ground: Mapping[str, LonLat], ends: str) -> LonLat:
    a, b = (ground[label] for label in ends.split())
    return LonLat((a.lon + b.lon) / 2, (a.lat + b.lat) / 2)


def test_at_a_turning_circle_behind_a_forbidden_turn_one_turns(tmp_path: Path):
    for kind in ("turning_circle", "turning_loop", "mini_roundabout"):
        index = index_of(
            tmp_path,
            CROSS,
            ARMS,
            turn("no_left_turn", "south", "X", "west"),
            points={"Y": {"highway": kind}},
        )
        assert seconds(index, CROSS, "S W") == near(45 + 22.5 + 22.5 + 45)


def test_a_forbidden_turn_is_not_evaded_two_junctions_on_nor_by_a_side_street(tmp_path: Path):
    ground = grid(
        """
        . . N . .
        . . Y . Q
        W . X . E
        . . S . .
        """,
        step_m=100,
    )
    near_by = index_of(tmp_path, ground, ARMS, turn("no_left_turn", "south", "X", "west"))
    # To the end of the road at N: 200 m there and back; E is as far.
    assert seconds(near_by, ground, "S W") == near(9 * (1 + 2 + 2 + 2))
    longer = grid(
        """
        . . N . .
        . . . . .
        . . Z . R
        . . Y . Q
        W . X . E
        . . S . .
        """,
        step_m=100,
    )
    arms = {**ARMS, "far": road("Y Z N"), "lane": road("Z R"), "east": road("X E", oneway="yes")}
    arms = {**arms, "side": road("Y Q"), "loop": road("E Q")}
    index = index_of(tmp_path, longer, arms, turn("no_left_turn", "south", "X", "west"))
    # Not back at Y (5 times 100 m) or Z (7), but round the block of E and Q.
    assert seconds(index, longer, "S W") == near(9 * (1 + 2 + 1 + 2 + 1 + 2))


def test_without_a_restriction_and_from_elsewhere_nothing_is_longer(cross):
    free, bound = cross(), cross(turn("no_left_turn", "south", "X", "west"))
    for ends in ("S N", "S Q", "W S", "N W", "Q W", "E N", "W Q"):
        assert seconds(bound, CROSS, ends) == near(seconds(free, CROSS, ends))


def test_the_drawn_left_turn_is_not_evaded_behind_the_junction(shared_data: Path):
    index = RoadIndex.build(read_pbf(shared_data / "roads" / "drawn" / "r4_uturn.osm.pbf")[0])
    start, end = LonLat(23.9880, 45.9955008), LonLat(23.9935342, 46.0)
    found = drive_s(index, start, end)
    evading, to_the_end = (427.6 + 2 * 200 + 500) * 0.09, (427.6 + 2 * 400 + 500) * 0.09
    assert found == near(to_the_end)
    assert found > evading + 30


@pytest.mark.parametrize(
    ("edge", "enters", "leaves"),
    [
        ({"in": road("p q h", "motorway")}, True, False),
        ({"out": road("h q p", "motorway")}, False, True),
        ({"in": road("p h", "trunk", oneway="yes"), "out": road("h q", "trunk_link")}, True, True),
        (
            {"in": road("q h", "residential", oneway="yes"), "on": road("p q", "tertiary")},
            True,
            False,
        ),
    ],
)
def test_one_ways_that_the_edge_of_the_map_cuts_are_kept(
    tmp_path: Path, edge: dict[str, Road], enters: bool, leaves: bool
):
    ground = grid(
        """
        a b c d . .
        e f g h q p
        i j k l . .
        """,
        step_m=250,
    )
    network, summary = read_pbf(write_pbf(tmp_path / "x.osm.pbf", ground, {**TOWN, **edge}))
    plain, _ = read_pbf(write_pbf(tmp_path / "y.osm.pbf", ground, TOWN))
    assert summary.ways_kept == len(TOWN) + len(edge)
    assert summary.slivers_dropped == 0
    drawn = [labels for labels, _ in edge.values()]
    drawn_m = sum(plain_length(ground, labels) for labels in drawn)
    assert network.length_m.sum() - plain.length_m.sum() == pytest.approx(drawn_m, abs=1)
    town, drivable = range(plain.node_count), network.drivable.ravel()
    tails, heads = network.arc_tail[drivable], network.arc_head[drivable]
    assert bool((~np.isin(tails, town) & np.isin(heads, town)).any()) is enters
    assert bool((np.isin(tails, town) & ~np.isin(heads, town)).any()) is leaves


def plain_length(ground: Mapping[str, LonLat], labels: list[str]) -> float:
    places = np.array([ground[label] for label in labels])
    return float(GEOD.line_length(places[:, 0], places[:, 1]))


def test_the_drawn_lane_into_the_town_is_kept(shared_data: Path):
    network, summary = read_pbf(shared_data / "roads" / "drawn" / "r2_inbound.osm.pbf")
    motorway = network.road_class == CLASS_CODES["motorway"]
    assert summary.components == 1
    assert network.length_m[motorway].sum() == pytest.approx(6000 + 300, rel=0.05)


def test_the_drawn_town_behind_a_river_is_a_part_of_its_own(shared_data: Path):
    _, summary = read_pbf(shared_data / "roads" / "drawn" / "r5_river.osm.pbf")
    assert (summary.components, summary.nodes, summary.slivers_dropped) == (2, 144 + 25, 0)
