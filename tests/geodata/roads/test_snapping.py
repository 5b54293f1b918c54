"""Places are put on the right road, at the right point, or refused."""

import numpy as np
import pytest
import shapely

from geodata.crs import GEOD, distance_m
from geodata.points import LonLat
from geodata.roads.index import RoadIndex
from geodata.roads.snapping import piece_shares
from tests.conftest_d.drawn_roads import draw_index, snap, way
from tests.conftest_d.grid import grid

STREET = grid(
    """
    A . . . B
    . P . . .
    """,
    step_m=100,
)


def test_a_place_is_projected_onto_the_line_not_moved_to_a_junction():
    found = snap(draw_index(STREET, way("A B")), STREET["P"])
    assert found is not None
    assert found.distance_m == pytest.approx(100, abs=0.05)
    assert found.fraction == pytest.approx(0.25, abs=1e-4)
    assert distance_m(*found.place, *STREET["P"]) == pytest.approx(found.distance_m, abs=0.01)


@pytest.mark.parametrize(("limit", "found"), [(99.0, False), (101.0, True)])
def test_beyond_the_limit_nothing_is_found(limit: float, found: bool):
    index = draw_index(STREET, way("A B"))
    assert (snap(index, STREET["P"], limit) is not None) is found


@pytest.mark.parametrize(
    "place",
    [(27.9, 46.6), (-70.0, -30.0), (0.0, 90.0), (26.05, -90.0), (180.0, 0.0), (np.nan, 44.5)],
)
def test_a_place_far_outside_the_network_is_refused(place: tuple[float, float]):
    index = draw_index(STREET, way("A B"))
    assert snap(index, LonLat(*place)) is None


CARRIAGEWAYS = grid(
    """
    D . . . . . . . . . C
    .  . . q . . . . . . .
    .  . . p . . . . . . .
    A . . . . . . . . . B
    """,
    step_m=10,
)
MOTORWAY = (way("A B", "motorway"), way("C D", "motorway"), way("B C"), way("D A"))


@pytest.mark.parametrize(("place", "piece"), [("p", 0), ("q", 1)])
def test_of_two_carriageways_the_nearer_one_is_meant(place: str, piece: int):
    found = snap(draw_index(CARRIAGEWAYS, *MOTORWAY), CARRIAGEWAYS[place])
    assert found is not None
    assert found.arc == piece


def test_crossing_to_the_other_carriageway_means_driving_to_the_end_and_back():
    index = draw_index(CARRIAGEWAYS, *MOTORWAY)
    expected = (70 + 70) / (110 / 3.6) + 30 / (40 / 3.6)
    (start, end) = (
        index.place(
            *np.array([[place.lon], [place.lat]]),
            max_distance_m=500.0,
            outward=outward,
            # A home so near the street at the end would be on the street.
            is_car=True,
        ).get(0)
        for place, outward in ((CARRIAGEWAYS["p"], True), (CARRIAGEWAYS["q"], False))
    )
    assert start
    assert end
    way = index.find_way(start, end)
    assert way
    assert way.time_ms / 1000 == pytest.approx(expected, rel=2e-3)


def test_the_grid_finds_what_a_search_over_all_lines_finds(bucharest_index: RoadIndex):
    network = bucharest_index.network
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(26.0, 26.2, 300), rng.uniform(44.36, 44.52, 300)
    found = bucharest_index.snap(lon, lat, max_distance_m=500)
    squeeze = np.cos(np.radians(44.44))
    lines = [network.line(i) * (squeeze, 1.0) for i in range(network.piece_count)]
    tree = shapely.STRtree([shapely.LineString(line) for line in lines])
    places = shapely.points(lon * squeeze, lat)
    nearest = tree.query_nearest(places, return_distance=True, all_matches=False)[1] * 111_120
    hit = found.piece >= 0
    assert hit.sum() > 280
    assert found.distance_m[hit] == pytest.approx(nearest[hit], rel=5e-3, abs=0.05)


def test_a_grid_of_some_pieces_finds_only_these(bucharest_index: RoadIndex):
    index, network = bucharest_index, bucharest_index.network
    rng = np.random.default_rng(6)
    chosen = rng.random(network.piece_count) < 0.2
    lon, lat = rng.uniform(26.0, 26.2, 300), rng.uniform(44.36, 44.52, 300)
    found = index.grids.whole.only(chosen).snap(lon, lat, max_distance_m=2000)
    assert chosen[found.piece].all()
    squeeze = np.cos(np.radians(44.44))
    lines = [network.line(i) * (squeeze, 1.0) for i in np.flatnonzero(chosen)]
    tree = shapely.STRtree([shapely.LineString(line) for line in lines])
    places = shapely.points(lon * squeeze, lat)
    nearest = tree.query_nearest(places, return_distance=True, all_matches=False)[1] * 111_120
    assert found.distance_m == pytest.approx(nearest, rel=5e-3, abs=0.05)


@pytest.mark.parametrize("part", [0.0, 0.3, 1.0])
def test_a_box_finds_every_segment_that_crosses_it_and_none_far_from_it(
    bucharest_index: RoadIndex, part: float
):
    network, grid_ = bucharest_index.network, bucharest_index.grids.whole
    chosen = np.random.default_rng(7).random(network.piece_count) < part
    box = (26.08, 44.41, 26.11, 44.44)
    found = grid_.only(chosen).find_segments(box)
    is_last = np.zeros(len(network.shape_lon_e7), bool)
    is_last[network.shape_first[1:] - 1] = True
    allowed = np.repeat(chosen, np.diff(network.shape_first)) & ~is_last
    corner = np.array(grid_.corner)
    places = np.stack([network.shape_lon_e7, network.shape_lat_e7], axis=1) * 1e-7
    cells = ((places - corner) / grid_.cell_deg).astype(int)
    low, high = np.minimum(cells[:-1], cells[1:]), np.maximum(cells[:-1], cells[1:])
    west, south, east, north = np.floor((np.array(box) - np.tile(corner, 2)) / grid_.cell_deg)
    boxed = (low <= (east, north)).all(axis=1) & (high >= (west, south)).all(axis=1)
    most = set(np.flatnonzero(boxed & allowed[:-1]).tolist())
    lines = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1))
    crossing = shapely.intersects(lines, shapely.box(*box))
    assert set(np.flatnonzero(crossing & allowed[:-1]).tolist()) <= set(found.tolist()) <= most
    assert found.tolist() == sorted(set(found.tolist()))


def test_the_share_of_a_point_grows_along_its_piece(bucharest_index: RoadIndex):
    network = bucharest_index.network
    longest = int(np.diff(network.shape_first).argmax())
    shares = piece_shares(network, longest)
    line = network.line(longest)
    walked = np.cumsum(GEOD.inv(*line[:-1].T, *line[1:].T)[2])
    assert shares[0] == 0.0
    assert shares[1:] == pytest.approx(walked / walked[-1], abs=1e-3)
