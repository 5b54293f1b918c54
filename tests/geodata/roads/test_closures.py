"""Closures drawn or named: which roads they mean, when, and what becomes of the times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import RefusedError
from geodata.points import LonLat
from geodata.roads.closures import Closure, find_pieces, next_change
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, RoadNetwork
from geodata.roads.reading.turns import Run, forbid
from tests.conftest_d.drawn_roads import draw_index, drive_s, way
from tests.conftest_d.grid import grid
from tests.conftest_d.restricted_networks import (
    expected_ms,
    middles,
    restricted_networks,
    weights_of,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

# Two ways from A to B: straight through M, or twice as long round by N.
GROUND = grid(
    """
    A M B
    C N D
    """
)
ROADS = (way("A M"), way("M B"), way("A C N D B"))


def around(place: LonLat, size: float = 0.002) -> shapely.Polygon:
    return shapely.box(place.lon - size, place.lat - size, place.lon + size, place.lat + size)


def closure(**facts: Any) -> Closure:
    return Closure(**{"id": "1", "valid_from": NOON, **facts})


def drive(index: RoadIndex, start: str, end: str) -> float | None:
    return drive_s(index, GROUND[start], GROUND[end])


@pytest.fixture
def index() -> RoadIndex:
    return draw_index(GROUND, *ROADS)


def between(a: str, b: str) -> LonLat:
    return LonLat((GROUND[a].lon + GROUND[b].lon) / 2, (GROUND[a].lat + GROUND[b].lat) / 2)


def test_a_closed_street_is_driven_round(index: RoadIndex):
    closed = index.with_closures([closure(area=around(between("A", "M")))], NOON)
    assert drive(index, "A", "B") == pytest.approx(180, rel=3e-3)
    assert drive(closed, "A", "B") == pytest.approx(360, rel=3e-3)


def test_a_closure_that_cuts_an_area_in_two_makes_it_unreachable(index: RoadIndex):
    west, south, east, north = around(between("A", "M"), 0.001).bounds
    across = shapely.box(west, south - 0.02, east, north)
    cut = index.with_closures([closure(area=across)], NOON)
    assert drive(cut, "A", "B") is None
    assert drive(cut, "M", "B") == pytest.approx(90, rel=3e-3)


def test_a_line_drawn_across_closes_what_it_crosses(index: RoadIndex):
    middle = between("A", "M")
    line = shapely.LineString([(middle.lon, middle.lat - 0.001), (middle.lon, middle.lat + 0.001)])
    assert drive(index.with_closures([closure(area=line)], NOON), "A", "M") > 90


def test_a_line_slows_the_whole_of_what_it_crosses(index: RoadIndex):
    middle = between("A", "M")
    line = shapely.LineString([(middle.lon, middle.lat - 0.001), (middle.lon, middle.lat + 0.001)])
    slow = index.with_closures([closure(area=line, factor=0.5)], NOON)
    assert drive(slow, "A", "M") == pytest.approx(180, rel=5e-3)


def test_a_line_through_a_junction_closes_the_roads_that_meet_there(index: RoadIndex):
    through = GROUND["M"]
    line = shapely.LineString(
        [(through.lon, through.lat - 1e-3), (through.lon, through.lat + 1e-3)]
    )
    assert drive(index.with_closures([closure(area=line)], NOON), "A", "B") == pytest.approx(
        360, rel=3e-3
    )


def test_a_spot_means_the_nearest_piece_and_no_other(index: RoadIndex):
    spot = between("A", "M")
    near = LonLat(spot.lon, spot.lat + 1e-4)
    assert drive(index.with_closures([closure(spot=near)], NOON), "A", "B") == pytest.approx(
        360, rel=3e-3
    )
    far = LonLat(spot.lon, spot.lat + 2e-3)
    assert index.closed_ms([closure(spot=far)], NOON).tolist() == index.open_ms.tolist()


def test_a_slow_down_counts_for_the_share_inside(index: RoadIndex):
    west, south, east, north = shapely.box(*GROUND["A"], *between("A", "M")).bounds
    half = shapely.box(west - 0.001, south - 0.001, east, north + 0.001)
    slow = index.with_closures([closure(area=half, factor=0.5)], NOON)
    assert drive(slow, "A", "M") == pytest.approx(135, rel=5e-3)


def test_where_several_meet_the_slowest_counts(index: RoadIndex):
    piece, _ = find_pieces(
        index.network, index.grids.whole, closure(area=around(between("A", "M")))
    )
    three = [closure(pieces=tuple(piece.tolist()), factor=f) for f in (0.8, 0.5, 0.9)]
    assert drive(index.with_closures(three, NOON), "A", "M") == pytest.approx(180, rel=3e-3)


def test_named_pieces_and_ways_mean_the_same_roads(index: RoadIndex):
    by_way = index.with_closures([closure(way_ids=(1,))], NOON)
    piece = np.flatnonzero(index.network.way_id == 1)
    by_piece = index.with_closures([closure(pieces=tuple(piece.tolist()))], NOON)
    assert by_way.weights_ms.tolist() == by_piece.weights_ms.tolist()
    assert drive(by_way, "A", "B") == pytest.approx(360, rel=3e-3)


def test_a_street_that_only_touches_the_area_stays_open(index: RoadIndex):
    beside = shapely.box(GROUND["M"].lon, GROUND["M"].lat, GROUND["M"].lon + 1e-3, 45.0)
    west = shapely.box(GROUND["M"].lon - 1e-3, GROUND["M"].lat + 1e-4, GROUND["M"].lon, 45.0)
    assert len(find_pieces(index.network, index.grids.whole, closure(area=west))[0]) == 0
    assert len(find_pieces(index.network, index.grids.whole, closure(area=beside))[0]) <= 1


def test_an_area_far_from_every_road_closes_nothing(index: RoadIndex):
    far = closure(area=around(LonLat(20.5, 47.0)))
    assert index.closed_ms([far], NOON).tolist() == index.weights_ms.tolist()


@pytest.mark.parametrize(
    ("hours", "active"), [(-0.01, False), (0, True), (0.99, True), (1, False), (9, False)]
)
def test_a_closure_holds_from_its_beginning_to_before_its_end(hours: float, active: bool):
    one = closure(pieces=(0,), valid_until=NOON + HOUR)
    assert one.active_at(NOON + hours * HOUR) is active


def test_without_an_end_it_holds_until_taken_back():
    assert closure(pieces=(0,)).active_at(NOON + 10_000 * HOUR)


def test_outside_its_time_nothing_changes(index: RoadIndex):
    one = closure(pieces=(0,))
    assert index.closed_ms([one], NOON - HOUR).tolist() == index.open_ms.tolist()


def test_closing_and_opening_leaves_the_open_weights(index: RoadIndex):
    closed = index.with_closures([closure(pieces=(0, 1))], NOON)
    opened = closed.with_closures([], NOON)
    assert opened.weights_ms.tolist() == index.weights_ms.tolist()
    assert drive(opened, "A", "B") == drive(index, "A", "B")


def test_the_next_change_is_the_first_beginning_or_end():
    closures = [closure(pieces=(0,), valid_until=NOON + 2 * HOUR), closure(pieces=(1,))]
    assert next_change(closures, NOON - HOUR) == NOON
    assert next_change(closures, NOON) == NOON + 2 * HOUR
    assert next_change(closures, NOON + 2 * HOUR) is None


BOW_TIE = shapely.Polygon([(26, 44), (27, 45), (27, 44), (26, 45)])


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"pieces": (0,), "factor": 0.0}, "bad_factor"),
        ({"pieces": (0,), "factor": 1.5}, "bad_factor"),
        ({"pieces": (0,), "factor": float("nan")}, "bad_factor"),
        ({"pieces": (0,), "valid_from": datetime(2026, 1, 1)}, "naive_time"),  # noqa: DTZ001
        ({"pieces": (0,), "valid_until": NOON}, "bad_validity"),
        ({}, "no_roads_named"),
        ({"area": shapely.Polygon()}, "bad_area"),
        ({"area": BOW_TIE}, "bad_area"),
    ],
)
def test_what_cannot_be_meant_is_refused(facts: dict[str, Any], code: str):
    with pytest.raises(RefusedError) as caught:
        closure(**facts)
    assert caught.value.code == code


@pytest.mark.parametrize("piece", [-1, 99])
def test_a_piece_the_network_does_not_have_is_refused(index: RoadIndex, piece: int):
    with pytest.raises(RefusedError) as caught:
        index.with_closures([closure(pieces=(piece,))], NOON)
    assert caught.value.code == "unknown_piece"


@settings(max_examples=40, deadline=None, derandomize=True)
@given(restricted_networks(), st.integers(0, 2**16))
def test_a_closed_road_is_closed_in_all_its_copies(case: tuple[RoadNetwork, list[Run]], seed: int):
    network, runs = case
    closed = seed % network.piece_count
    split = forbid(network, runs)
    index = RoadIndex.build(split, weights_of(split))
    shut = index.with_closures([closure(pieces=(closed,))], NOON)
    weights = weights_of(network)
    weights[2 * closed : 2 * closed + 2] = FAR
    places = middles(network.piece_count)
    ours = np.minimum(shut.matrix_ms(places, places), FAR)
    ours = np.where(ours < FAR, ours // 1000 * 1000, FAR)
    expected = expected_ms(network, weights, runs)
    # Nobody is put on a closed road; what it would answer for itself is of no interest.
    rest = np.arange(network.piece_count) != closed
    assert np.array_equal(ours[rest][:, rest], expected[rest][:, rest])
