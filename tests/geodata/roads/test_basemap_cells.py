"""The roads of a map in cells, with street names, and the motorways beyond the network."""

import numpy as np
import pytest

from geodata.points import LonLat
from geodata.reference import files
from geodata.roads.basemap_cells import BasemapCells, StreetName, box_of, cell_of, read_motorways
from geodata.roads.network import RoadNetwork
from geodata.roads.tags import ROAD_CLASSES
from tests.conftest_d.drawn_roads import draw_network, way
from tests.conftest_d.grid import grid

BUCHAREST = LonLat(26.10, 44.43)
GROUND = grid(
    """
    A B . C
    . . . .
    D . . E
    """
)


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return RoadNetwork.load(files.DATA / files.ROADS)


@pytest.fixture(scope="module")
def cells(network: RoadNetwork) -> BasemapCells:
    return BasemapCells(network)


def names_of(
    *labels: str, motorways: list[np.ndarray] | None = None, name: str = "Calea"
) -> list[StreetName]:
    drawn = draw_network(GROUND, *(way(each, "primary", name=name) for each in labels))
    found = BasemapCells(drawn, motorways=[])
    around = {cell_of(place.lon, place.lat) for place in GROUND.values()}
    return [each for cell in sorted(around) for each in found.names(*cell)]


@pytest.mark.parametrize("place", [(26.1, 44.43), (20.27, 46.1), (29.7, 45.15), (23.6, 48.26)])
def test_a_cell_is_the_box_that_its_places_lie_in(place: tuple[float, float]) -> None:
    west, south, east, north = box_of(*cell_of(*place))
    assert west <= place[0] < east
    assert south < place[1] <= north


def test_neighbouring_cells_share_their_border_to_the_last_digit() -> None:
    column, row = cell_of(*BUCHAREST)
    assert box_of(column, row)[2] == box_of(column + 1, row)[0]
    assert box_of(column, row)[1] == box_of(column, row + 1)[3]


def test_a_piece_of_road_is_in_each_cell_that_it_ends_in(
    network: RoadNetwork, cells: BasemapCells
) -> None:
    chosen = np.random.default_rng(119).choice(network.own_piece_count, 12, replace=False)
    for end in [place for piece in chosen for place in network.line(int(piece))[[0, -1]]]:
        lines = cells.lines(*cell_of(*end), ROAD_CLASSES)
        # Joined lines are straightened by 2 m, so an end may lie on one and be no corner of it.
        corners = np.concatenate([line for _, rows in lines for line in rows])
        assert np.hypot(*(corners - end).T).min() < 0.01


def test_a_level_holds_its_classes_only(cells: BasemapCells) -> None:
    found = dict(cells.lines(*cell_of(*BUCHAREST), ("primary", "tertiary")))
    assert list(found) == ["primary", "tertiary"]


def test_a_cell_off_the_country_holds_nothing(cells: BasemapCells) -> None:
    assert cells.is_empty(0, 0)
    assert cells.lines(0, 0, ROAD_CLASSES) == []
    assert cells.names(0, 0) == []
    assert not cells.is_empty(*cell_of(*BUCHAREST))


@pytest.mark.parametrize(
    ("name", "place"),
    [("A1", (23.9, 45.78)), ("A2", (27.6, 44.33)), ("A3", (23.75, 46.55)), ("A7", (27.2, 45.7))],
)
def test_motorways_are_drawn_far_from_the_network(
    cells: BasemapCells, name: str, place: tuple[float, float]
) -> None:
    column, row = cell_of(*place)
    around = [(column + i, row + j) for i in (-2, -1, 0, 1, 2) for j in (-2, -1, 0, 1, 2)]
    assert any(dict(cells.lines(*cell, ("motorway",))) for cell in around), name


def test_a_motorway_of_the_network_is_not_drawn_twice(network: RoadNetwork) -> None:
    a2 = [LonLat(26.25, 44.385), LonLat(26.6, 44.33)]
    own = draw_network({"A": a2[0], "B": a2[1]}, way("A B", "motorway"))
    beside = np.array(a2) + np.array([0.0, 2e-4])
    elsewhere = np.array([[23.0, 45.0], [23.5, 45.2]])
    (left,) = BasemapCells(own, motorways=[beside, elsewhere]).beyond_lines()
    assert left == pytest.approx(elsewhere, abs=1e-6)


def test_the_motorways_of_the_country_are_there() -> None:
    lines = read_motorways()
    scale = [111.32 * np.cos(np.radians(45.5)), 111.32]
    length_km = sum(np.hypot(*(np.diff(line, axis=0) * scale).T).sum() for line in lines)
    assert 2_500 < length_km < 2_620
    lon, lat = np.concatenate(lines).T
    assert 20.2 < lon.min() < lon.max() < 29.0
    assert 43.7 < lat.min() < lat.max() < 48.0


def test_a_network_without_roads_is_an_empty_map() -> None:
    some = draw_network(GROUND, way("A B"))
    nothing = BasemapCells(some, motorways=[])
    assert nothing.far() == []
    assert nothing.names(*cell_of(*GROUND["A"])) == []


@pytest.mark.parametrize(
    ("street", "turn_deg"),
    [("A B", 0.0), ("B A", 0.0), ("A D", 90.0), ("A E", -33.7), ("E A", -33.7)],
)
def test_a_name_lies_along_its_street_and_reads_from_left_to_right(
    street: str, turn_deg: float
) -> None:
    for each in names_of(street):
        assert abs(abs(each.turn_deg) - abs(turn_deg)) < 2.0
        assert -90.0 <= each.turn_deg <= 90.0
        assert turn_deg in (0.0, 90.0) or each.turn_deg * turn_deg > 0


def test_a_long_street_says_its_name_again_and_joined_pieces_count_as_one() -> None:
    short, long = names_of("A B"), names_of("A B C")
    assert len(short) == 3  # 1 km, a name every 350 m
    assert len(long) == 9
    assert all(each.room_m == pytest.approx(350, abs=20) for each in long)


def test_a_street_without_a_name_gets_none() -> None:
    assert names_of("A B", name="") == []
