"""Where drives start and end: on roads that lead on, on the right side of water and motorways."""

from pathlib import Path

import numpy as np
import pytest

from geodata.crs import GEOD
from geodata.points import LonLat, Moving
from geodata.roads.index import RoadIndex
from geodata.roads.publishing.importing import import_roads
from geodata.roads.publishing.index_directory import open_index
from geodata.roads.snapping import Snapped
from geodata.roads.verify import reference_ms, reversed_graph
from tests.conftest_d.drawn_roads import draw_index, way
from tests.conftest_d.grid import grid

DRAWN = Path(__file__).parents[4] / "shared/data/roads/drawn"

# A block of streets (A B C D), a road that comes in from X, one that goes out to Y, beside each
# of them at 100 m the road of the other direction.
EDGE = grid(
    """
    P . . X . . . A B
    Q . . Y . . . D C
    """,
    step_m=100,
)


# Four junctions, more than any part beside it.
BLOCK = (way("A B C D A"), way("A C"), way("B D"))


def move(place: LonLat, north_m: float, east_m: float = 0.0) -> LonLat:
    lon, lat, _ = GEOD.fwd(*place, 0.0, north_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 90.0, east_m)
    return LonLat(float(lon), float(lat))


def place(index: RoadIndex, at: LonLat, *, outward: bool, is_car: bool = False) -> Snapped | None:
    columns = np.array([at.lon]), np.array([at.lat])
    found = index.place(*columns, max_distance_m=500.0, outward=outward, is_car=is_car)
    return found.get(0)


def way_of(index: RoadIndex, found: Snapped | None) -> int | None:
    return None if found is None else int(index.network.way_id[found.arc])


@pytest.mark.parametrize("highway", ["motorway", "trunk", "primary", "residential"])
@pytest.mark.parametrize("off_m", [-8.0, 0.0, 6.0])
def test_a_car_on_a_road_that_only_comes_in_starts_there(highway: str, off_m: float):
    index = draw_index(
        EDGE, way("A B C D A"), way("P X A", highway, oneway="yes"), way("D Y Q", oneway="yes")
    )
    found = place(index, move(EDGE["X"], off_m), outward=True, is_car=True)
    assert way_of(index, found) == 2


@pytest.mark.parametrize("highway", ["motorway", "trunk", "primary", "residential"])
@pytest.mark.parametrize("off_m", [-8.0, 0.0, 6.0])
def test_a_place_on_a_road_that_only_goes_out_is_reached_there(highway: str, off_m: float):
    index = draw_index(
        EDGE, way("A B C D A"), way("P X A", oneway="yes"), way("D Y Q", highway, oneway="yes")
    )
    found = place(index, move(EDGE["Y"], off_m), outward=False)
    assert way_of(index, found) == 3


def test_what_leads_on_is_told_for_each_direction():
    index = draw_index(
        EDGE, way("A B C D A"), way("P X A", oneway="yes"), way("D Y Q", oneway="yes")
    )
    ways = index.network.way_id
    pieces = np.arange(index.network.piece_count, dtype=np.int32)
    leaves, reached = (index.leads(pieces, outward=one) for one in (True, False))
    assert set(ways[leaves].tolist()) == {1, 2}
    assert set(ways[reached].tolist()) == {1, 3}
    assert not index.leads(np.array([-1], np.int32), outward=True)[0]


@pytest.mark.parametrize("water_m", [60, 150, 350])
@pytest.mark.parametrize("outward", [True, False])
def test_a_place_on_a_road_without_a_bridge_stays_on_its_bank(water_m: int, outward: bool):
    ground = dict(grid("A B\nD C", step_m=300))
    ground |= {"I": move(ground["D"], -water_m), "J": move(ground["C"], -water_m)}
    index = draw_index(ground, way("I J"), *BLOCK)
    # Between the banks, nearer to the far one, and on the far road itself.
    for north_m in (0.0, 10.0, -20.0):
        found = place(index, move(ground["I"], north_m, 50.0), outward=outward)
        assert way_of(index, found) == 1
        assert not index.leads(np.array([found.arc], np.int32), outward=outward)[0]  # type: ignore[union-attr]


@pytest.mark.parametrize("gap_m", [5, 15, 25])
def test_a_stub_behind_a_gate_is_reached_from_the_street(gap_m: int):
    ground = dict(grid("A B\nD C", step_m=300))
    ground |= {"I": move(ground["D"], -gap_m), "J": move(ground["C"], -gap_m)}
    index = draw_index(ground, way("I J"), *BLOCK)
    found = place(index, move(ground["I"], 0.0, 50.0), outward=False)
    assert way_of(index, found) == 2
    assert found is not None
    assert found.distance_m == pytest.approx(gap_m, abs=0.1)


FAST = [
    ("motorway", {}),
    ("motorway_link", {}),
    ("trunk_link", {}),
    ("trunk", {"oneway": "yes", "maxspeed": "120"}),
]


@pytest.mark.parametrize(("highway", "tags"), FAST)
@pytest.mark.parametrize(("fast_m", "street_m"), [(30, 70), (20, 150), (50, 300), (16, 420)])
def test_a_home_beside_a_motorway_is_reached_from_its_street(
    highway: str, tags: dict[str, str], fast_m: int, street_m: int
):
    ground = dict(grid("A B\nD C", step_m=1000))
    home = move(ground["D"], -street_m, 500.0)
    ground |= {"M": move(home, -fast_m, -500.0), "N": move(home, -fast_m, 500.0)}
    index = draw_index(ground, way("A B C D A"), way("M N", highway, **tags), way("D M"),
                       way("N C"))  # fmt: skip
    for outward in (True, False):
        assert way_of(index, place(index, home, outward=outward)) == 1


@pytest.mark.parametrize("highway", ["primary", "residential", "trunk"])
def test_a_home_beside_an_ordinary_road_is_reached_from_that(highway: str):
    ground = dict(grid("A B\nD C", step_m=1000))
    home = move(ground["D"], -70.0, 500.0)
    ground |= {"M": move(home, -30.0, -500.0), "N": move(home, -30.0, 500.0)}
    index = draw_index(ground, way("A B C D A"), way("M N", highway), way("D M"), way("N C"))
    assert way_of(index, place(index, home, outward=False)) == 2


@pytest.mark.parametrize(("highway", "tags"), FAST)
@pytest.mark.parametrize("off_m", [0, 5, 14])
def test_who_is_on_a_motorway_far_from_streets_is_reached_there(
    highway: str, tags: dict[str, str], off_m: int
):
    ground = dict(grid("A B\nD C", step_m=1000))
    ground |= {"M": move(ground["D"], -200.0), "N": move(ground["C"], -200.0)}
    index = draw_index(ground, way("A B C D A"), way("M N", highway, **tags), way("D M"),
                       way("N C"))  # fmt: skip
    caller = move(ground["M"], off_m, 500.0)
    for outward in (True, False):
        assert way_of(index, place(index, caller, outward=outward, is_car=outward)) == 2


def test_where_nothing_but_a_motorway_is_near_it_is_that():
    ground = dict(grid("A B\nD C", step_m=1500))
    ground |= {"M": move(ground["D"], -1000.0), "N": move(ground["C"], -1000.0)}
    index = draw_index(ground, way("A B C D A"), way("D M"), way("M N", "motorway"), way("N C"))
    for off_m in (-400.0, -60.0, 300.0):
        caller = move(ground["M"], off_m, 750.0)
        assert way_of(index, place(index, caller, outward=False)) == 3


@pytest.mark.parametrize("highway", ["motorway", "trunk", "primary"])
@pytest.mark.parametrize(
    ("heading_deg", "way_id"), [(90.0, 2), (70.0, 2), (120.0, 2), (270.0, 3), (250.0, 3)]
)
def test_a_moving_car_is_on_the_carriageway_of_its_direction(
    highway: str, heading_deg: float, way_id: int
):
    ground = dict(grid("A B\nD C", step_m=1000))
    ground |= {"M": move(ground["D"], -15.0), "N": move(ground["C"], -15.0)}
    index = draw_index(
        ground,
        way("D A B C"),
        way("D C", highway, oneway="yes"),
        way("N M", highway, oneway="yes"),
        way("C N"),
        way("M D"),
    )
    for off_m in (-17.0, -8.0, 2.0):
        car = Moving(move(ground["D"], off_m, 400.0), heading_deg)
        found = index.place_cars([car, car.place], max_distance_m=500.0)
        assert int(index.network.way_id[found.piece[0]]) == way_id
        assert found.piece[1] >= 0


def test_a_heading_that_no_road_near_has_changes_nothing():
    ground = grid("A B\nD C", step_m=1000)
    index = draw_index(ground, way("A B C D A"))
    at = move(ground["D"], 5.0, 400.0)
    found = index.place_cars([Moving(at, 0.0), at], max_distance_m=500.0)
    assert found.piece[0] == found.piece[1]
    assert found.distance_m[0] == found.distance_m[1]


def test_many_places_at_once_get_what_each_gets_alone(bucharest_index: RoadIndex):
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(25.95, 26.25, 200), rng.uniform(44.33, 44.55, 200)
    for outward in (True, False):
        many = bucharest_index.place(lon, lat, max_distance_m=500.0, outward=outward)
        for i, at in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            assert many.get(i) == place(bucharest_index, LonLat(*at), outward=outward)


def test_a_street_that_leads_on_is_the_nearest_such_one(bucharest_index: RoadIndex):
    index, network = bucharest_index, bucharest_index.network
    rng = np.random.default_rng(9)
    lon, lat = rng.uniform(25.95, 26.25, 3000), rng.uniform(44.33, 44.55, 3000)
    pieces = np.arange(network.piece_count, dtype=np.int32)
    for outward in (True, False):
        found = index.place(lon, lat, max_distance_m=500.0, outward=outward)
        grid_ = index.grids.streets(outward=outward)
        nearest = grid_.snap(lon, lat, max_distance_m=500.0)
        same = found.piece == nearest.piece
        # The rest is on a motorway, or on a road that leads nowhere and is nearer.
        others = found.piece[~same & (found.piece >= 0)]
        leads = index.leads(pieces, outward=outward)
        fast = np.unpackbits(index.grids.fast.allowed, bitorder="little")
        is_fast = fast[network.shape_first[others]] > 0
        assert same.mean() > 0.97
        assert (is_fast | ~leads[others]).all()


def drawn_index(name: str, folder: Path) -> RoadIndex:
    file = DRAWN / f"{name}.osm.pbf"
    if not file.exists():
        pytest.skip(f"{file.name} is not in ../shared/data/roads/drawn")
    import_roads(file, folder / "index")
    return open_index(folder / "index")[1]


def test_the_drawn_inbound_lane_is_the_one_driven(tmp_path: Path):
    index = drawn_index("r2_inbound", tmp_path)
    team = LonLat(23.9612, 45.9973)
    start = index.place_cars([team], max_distance_m=500.0)
    end = index.place(np.array([24.0]), np.array([46.0]), max_distance_m=500.0, outward=False)
    assert start.distance_m[0] < 1.0
    seconds = int(index.matrix_ms(start, end)[0, 0]) / 1000
    assert seconds < 150


def test_the_drawn_far_bank_is_not_reached_by_road(tmp_path: Path):
    index = drawn_index("r5_river", tmp_path)
    for at in (LonLat(24.0, 45.99685), LonLat(24.002, 45.9965), LonLat(24.004, 45.9941)):
        found = place(index, at, outward=False)
        assert found is not None
        assert found.place.lat < 45.997
        assert not index.leads(np.array([found.arc], np.int32), outward=False)[0]


CENTRE = LonLat(26.1025, 44.4355)


@pytest.mark.parametrize(
    "team",
    [
        LonLat(26.0790702, 44.3343535),
        LonLat(26.18465, 44.54422),
        LonLat(26.1802, 44.3402),
        LonLat(26.2493, 44.4128),
    ],
)
def test_a_team_on_an_inbound_lane_that_the_map_cuts_drives_by_its_own_lane(
    bucharest_index: RoadIndex, team: LonLat
):
    index = bucharest_index
    start = index.place_cars([team], max_distance_m=500.0)
    end = index.place(*np.array(CENTRE)[:, None], max_distance_m=500.0, outward=False)
    assert start.distance_m[0] < 5
    assert index.leads(start.piece, outward=True)[0]
    assert not index.leads(start.piece, outward=False)[0]
    expected = reference_ms(reversed_graph(index), index, start, end)
    assert index.matrix_ms(start, end)[:, 0].tolist() == expected.tolist()
    # 12 to 19 km without a turn back outside: half an hour at the limits of the signs.
    assert expected[0] < 30 * 60_000
