"""What of a closure is closed at once, and what each other county is asked for: real borders."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
import shapely

from dispatch.closures.ground import find_ground
from dispatch.closures.shares import Shares, find_shares
from geodata.crs import EQUAL_AREA, WGS84, project
from geodata.database.scope import Scope
from geodata.errors import BadInputError, NotAllowedError
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.closures import Closure, find_pieces
from geodata.roads.index import RoadIndex
from geodata.territories.shares import load_territories
from tests.conftest_d.border_roads import a_closure, at, border_index, box, line
from tests.conftest_d.database import scope_of_county
from tests.conftest_d.drawn_roads import draw_index, way


@pytest.fixture(scope="module")
def index() -> RoadIndex:
    return border_index()


def shares_of(index: RoadIndex, counties: str, **facts: Any) -> Shares:
    return find_shares(index, scope_of_county(*counties.split()), a_closure(**facts))


def ways(index: RoadIndex, closure: Closure) -> set[int]:
    pieces, _ = find_pieces(index.network, index.grids.whole, closure)
    return set(index.network.way_id[pieces].tolist())


def own_ways(index: RoadIndex, shares: Shares) -> set[int]:
    return set() if shares.own is None else ways(index, shares.own.closure)


def asked_ways(index: RoadIndex, shares: Shares) -> dict[str, set[int]]:
    return {share.counties[0]: ways(index, share.closure) for share in shares.others}


ALL = box(-50, -3100, 350, 3100)
BOTH = line((-50, -2500), (50, -2500), (50, 2500), (-50, 2500))
SOUTH, NORTH = {1, 3, 5}, {2, 4, 6, 7}


@pytest.mark.parametrize(
    ("county", "facts", "own", "asked"),
    [
        ("VS", {"area": ALL}, SOUTH, {"IS": NORTH}),
        ("IS", {"area": ALL}, NORTH, {"VS": SOUTH}),
        ("VS", {"area": ALL, "factor": 0.5}, SOUTH, {"IS": NORTH}),
        ("VS", {"way_ids": (1, 2)}, {1}, {"IS": {2}}),
        ("IS", {"way_ids": (1, 2, 7)}, {2, 7}, {"VS": {1}}),
        ("VS", {"area": BOTH}, {1}, {"IS": {2}}),
        ("IS", {"area": BOTH}, {2}, {"VS": {1}}),
        # The drawing meets the northern roads on southern ground alone, and the other way round.
        ("VS", {"area": box(50, -1000, 350, -20)}, {3, 5}, {"IS": {4}}),
        ("IS", {"area": box(50, 20, 350, 1000)}, {4, 6, 7}, {"VS": {3, 5}}),
    ],
)  # fmt: skip
def test_a_partly_foreign_closure_is_split_by_whose_the_roads_are(
    index: RoadIndex, county: str, facts: dict[str, Any], own: set[int], asked: dict[str, set[int]]
) -> None:
    shares = shares_of(index, county, **facts)
    assert (own_ways(index, shares), asked_ways(index, shares)) == (own, asked)


@pytest.mark.parametrize(
    ("county", "facts", "asked"),
    [
        ("VS", {"way_ids": (2,)}, {"IS": {2}}),
        ("VS", {"spot": at(0, 2500)}, {"IS": {2}}),
        ("IS", {"area": box(-50, -3100, 50, -1900)}, {"VS": {1}}),
        ("B3", {"way_ids": (1, 2)}, {"VS": {1}, "IS": {2}}),
        ("B3", {"area": ALL}, {"VS": SOUTH, "IS": NORTH}),
        # The finger is on the other side of the border than most of the road.
        ("IS", {"spot": at(180, 1500)}, {"VS": {5}}),
    ],
)
def test_a_wholly_foreign_closure_is_only_asked_for(
    index: RoadIndex, county: str, facts: dict[str, Any], asked: dict[str, set[int]]
) -> None:
    shares = shares_of(index, county, **facts)
    assert shares.own is None
    assert asked_ways(index, shares) == asked


@pytest.mark.parametrize(
    ("county", "facts"),
    [
        ("VS", {"way_ids": (1,)}),
        ("VS", {"area": box(150, -3100, 260, 310)}),
        ("VS IS", {"area": ALL}),
        (" ".join(CODES), {"area": ALL}),
    ],
)
def test_what_is_own_with_the_slack_of_a_border_asks_nobody(
    index: RoadIndex, county: str, facts: dict[str, Any]
) -> None:
    shares = shares_of(index, county, **facts)
    assert shares.others == ()
    assert shares.own is not None
    assert shares.own.closure == a_closure(**facts)


@pytest.mark.parametrize("county", ["VS", "IS", "B3"])
def test_a_share_touches_no_ground_but_its_own(index: RoadIndex, county: str) -> None:
    shares = shares_of(index, county, area=ALL)
    territories = load_territories()
    for share in (*([shares.own] if shares.own else []), *shares.others):
        area = share.closure.area
        assert area is not None
        assert area.is_valid
        lon, lat = shapely.get_coordinates(area).T
        assert {CODES[i] for i in territories.find_many(lon, lat)} == {share.counties[0]}


# ── three counties ────────────────────────────────────────────────────────────
# Where three counties meet is found on the real borders, around each of these.
MEETING = ("VS", "CJ", "AG")


def meeting_place(county: str) -> tuple[LonLat, set[str]]:
    """Return a place where a county meets two others, and the three."""
    territories = load_territories()
    here = territories.polygons[CODES.index(county)]
    edges = {
        code: shapely.intersection(here, other)
        for code, other in zip(CODES, territories.polygons, strict=True)
        if code != county and shapely.intersects(here, other)
    }
    for (a, edge), (b, other) in combinations(edges.items(), 2):
        meet = shapely.get_coordinates(shapely.intersection(edge, other))
        if len(meet):
            lon, lat = project(*meet[:1].T, EQUAL_AREA, WGS84)
            return LonLat(float(lon[0]), float(lat[0])), {county, a, b}
    raise AssertionError(county)


def spokes(middle: LonLat, three: set[str]) -> dict[str, tuple[LonLat, LonLat]]:
    """Return a road of each of three counties, on the way out from where they meet."""
    found: dict[str, tuple[LonLat, LonLat]] = {}
    for radius_m in (1500, 3000, 6000):
        for degrees in range(0, 360, 5):
            east, north = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
            ends = [
                at(float(east * reach), float(north * reach), middle)
                for reach in (radius_m - 100, radius_m + 100)
            ]
            lon, lat = zip(*ends, strict=True)
            owners = {CODES[i] for i in load_territories().find_many(lon, lat) if i >= 0}
            if len(owners) == 1 and owners <= three - found.keys():
                found[owners.pop()] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("county", MEETING)
def test_where_three_counties_meet_two_are_asked(county: str) -> None:
    middle, three = meeting_place(county)
    roads = spokes(middle, three)
    assert set(roads) == three
    ground = {
        f"{code}{end}": place
        for code, ends in roads.items()
        for end, place in zip("ab", ends, strict=True)
    }
    index = draw_index(ground, *(way(f"{code}a {code}b") for code in roads))
    reach_m = 7000
    shares = shares_of(index, county, area=box(-reach_m, -reach_m, reach_m, reach_m, middle))
    number = {code: {n} for n, code in enumerate(roads, start=1)}
    assert own_ways(index, shares) == number[county]
    assert asked_ways(index, shares) == {code: number[code] for code in three - {county}}
    again = shares_of(index, "B3", way_ids=(1, 2, 3))
    assert again.own is None
    assert asked_ways(index, again) == number


# ── the road that crosses ─────────────────────────────────────────────────────
@pytest.mark.parametrize("county", ["VS", "IS", "B3"])
@pytest.mark.parametrize("facts", [{"area": ALL}, {"way_ids": tuple(range(1, 8))}])
def test_every_road_is_in_one_share_only_and_none_is_lost(
    index: RoadIndex, county: str, facts: dict[str, Any]
) -> None:
    shares = shares_of(index, county, **facts)
    meant = [own_ways(index, shares), *asked_ways(index, shares).values()]
    assert sorted(n for part in meant for n in part) == list(range(1, 8))
    for share in shares.others:
        assert find_ground(index, share.closure).by_county[share.counties[0]] > 0


@pytest.mark.parametrize(
    ("scope", "facts", "refused"),
    [
        (scope_of_county("VS"), {"way_ids": (8,)}, "roads_abroad"),
        (scope_of_county("VS"), {"spot": at(5000, 5000)}, "no_road_there"),
        (scope_of_county(), {"way_ids": (1,)}, "forbidden_role"),
    ],
)
def test_what_nobody_can_close_is_not_asked_for(
    index: RoadIndex, scope: Scope, facts: dict[str, Any], refused: str
) -> None:
    with pytest.raises((BadInputError, NotAllowedError)) as caught:
        find_shares(index, scope, a_closure(**facts))
    assert caught.value.code == refused
