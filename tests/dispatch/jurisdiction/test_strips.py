"""Along coast and border: strips that belong to the nearest county, and points at an edge."""

import numpy as np
import pytest
import shapely

from dispatch.belief.fusion import fuse
from dispatch.belief.model import Evidence
from dispatch.ground import Ground, load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.model import CountyAssignment, LocationReport
from geodata.areas.shapes import ArcBand, Box, Circle, Ellipse, MultiPolygon, Point, Polygon, Shape
from geodata.points import LonLat
from geodata.reference.borders import OUTSIDE, read_borders
from tests.conftest_d.recommending import NOW

MAMAIA = LonLat(28.6260, 44.2464)
M = 1.0 / 111_200.0


@pytest.fixture(scope="module")
def ground() -> Ground:
    return load_ground()


def assign(ground: Ground, shape: Shape | None, caller: str | None = None) -> CountyAssignment:
    return locate(LocationReport("json", shape, 0.95, caller=caller), ground)[1]


def codes(assignment: CountyAssignment) -> set[str]:
    return {warning.code for warning in assignment.warnings}


def square(place: LonLat, side_m: float) -> tuple[LonLat, ...]:
    half = side_m * M / 2.0
    offsets = ((-half, -half), (half, -half), (half, half), (-half, half))
    return tuple(LonLat(place.lon + x, place.lat + y) for x, y in offsets)


def shapes_at(place: LonLat) -> list[Shape]:
    corners = square(place, 30.0)
    return [
        Point(place),
        Circle(place, 30.0),
        Ellipse(place, 40.0, 15.0, 10.0),
        ArcBand(place, 5.0, 30.0, 0.0, 180.0),
        ArcBand(place, 0.0, 30.0, 20.0, 300.0),
        Polygon(corners),
        Box(corners[0], corners[2]),
        MultiPolygon((Polygon(corners), Polygon(square(LonLat(place.lon, place.lat + 9e-4), 20)))),
    ]


# ── outside, in a strip ───────────────────────────────────────────────────────
@pytest.mark.parametrize("shape", shapes_at(MAMAIA), ids=lambda shape: type(shape).__name__)
def test_every_shape_on_a_seafront_belongs_to_it(ground: Ground, shape: Shape) -> None:
    assignment = assign(ground, shape)
    assert (assignment.owner, assignment.decided_by) == ("CT", "border_tolerance")
    assert assignment.ambiguous
    assert "border_tolerance" in codes(assignment)
    assert assignment.outside_share == 1.0


@pytest.mark.parametrize(
    ("lon", "lat", "county"),
    [
        (28.6645, 44.1790, "CT"),  # a promenade
        (28.592, 43.815, "CT"),  # a pier
        (28.655, 44.06, "CT"),  # a boat off a beach
        (28.582, 43.752, "CT"),  # the last beach in the south
        (28.69, 44.14, "CT"),  # a breakwater
        (28.70, 44.33, "CT"),  # the harbour of Midia
        (29.76, 45.155, "TL"),  # the jetty of Sulina
    ],
)
@pytest.mark.parametrize("radius_m", [10.0, 30.0, 150.0])
def test_piers_breakwaters_and_boats_belong_to_the_coast(
    ground: Ground, lon: float, lat: float, county: str, radius_m: float
) -> None:
    assignment = assign(ground, Circle(LonLat(lon, lat), radius_m))
    assert (assignment.owner, assignment.decided_by) == (county, "border_tolerance")


def outer_places(offset_m: float) -> list[LonLat]:
    """Return places beside every tenth border of the country, on its outer side."""
    found = []
    for border in [b for b in read_borders() if OUTSIDE in (b.left, b.right)]:
        line = np.asarray(border.lonlat)
        for i in range(len(line) // 3, len(line) - 1, max(1, len(line) // 2)):
            found += beside(line[i], line[i + 1], offset_m, left=border.left == OUTSIDE)
    return found[:: max(1, len(found) // 40)]


def beside(start: np.ndarray, end: np.ndarray, offset_m: float, *, left: bool) -> list[LonLat]:
    middle = (start + end) / 2.0
    across = np.cos(np.radians(middle[1]))
    along = np.array([(end[0] - start[0]) * across, end[1] - start[1]])
    length = float(np.hypot(*along))
    if length == 0.0:
        return []
    normal = np.array([-along[1] / across, along[0]]) / length * offset_m * M
    return [LonLat(*(middle + (normal if left else -normal)))]


@pytest.mark.parametrize("offset_m", [40.0, 120.0])
def test_a_small_area_just_beyond_any_border_of_the_country_has_the_county_beside_it(
    ground: Ground, offset_m: float
) -> None:
    places = [p for p in outer_places(offset_m) if ground.counties.find_at(p) is None]
    assert len(places) > 20
    for place in places:
        point, area = assign(ground, Point(place)), assign(ground, Circle(place, 10.0))
        assert point.owner == area.owner is not None
        assert area.decided_by in {"border_tolerance", "population"}


@pytest.mark.parametrize(
    ("lon", "lat"), [(25.97, 43.80), (29.5, 44.0), (28.9, 44.0), (28.56, 43.70), (29.8, 45.4)]
)
def test_further_out_there_is_no_owner(ground: Ground, lon: float, lat: float) -> None:
    for shape in shapes_at(LonLat(lon, lat)):
        assert assign(ground, shape).owner is None


def test_several_reports_from_a_seafront_are_believed_to_be_of_the_coast(ground: Ground) -> None:
    reports = [
        Evidence(LocationReport("json", Circle(MAMAIA, radius_m), 0.95), NOW)
        for radius_m in (60.0, 30.0)
    ]
    assert fuse(reports, ground).assignment.owner == "CT"


# ── a point at an edge ────────────────────────────────────────────────────────
def inner_places(offset_m: float) -> list[LonLat]:
    found = []
    for border in [b for b in read_borders() if OUTSIDE not in (b.left, b.right)]:
        line = np.asarray(border.lonlat)
        i = len(line) // 2 - 1
        if shapely.LineString(line).length > 0.02:
            found += beside(line[i], line[i + 1], offset_m, left=True)
    return found[:: max(1, len(found) // 30)]


def test_a_point_a_metre_from_a_border_is_nearly_as_likely_on_the_other_side(
    ground: Ground,
) -> None:
    places = inner_places(1.0)
    assert len(places) >= 20
    for place in places:
        found = assign(ground, Point(place))
        assert found.owner == ground.counties.find_at(place)
        assert found.runner_up is not None
        assert found.counties[0].population_share < 0.65
        assert found.counties[1].population_share > 0.3 or len(found.counties) > 2
        assert found.margin < 0.35
        assert found.ambiguous


def test_the_share_of_the_other_county_falls_with_the_distance(ground: Ground) -> None:
    places = [inner_places(metres)[3] for metres in (1.0, 20.0, 60.0, 120.0)]
    found = [assign(ground, Point(place)).counties for place in places]
    shares = [shares[1].population_share for shares in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.1 < 0.4 < shares[0]


def corners() -> list[tuple[LonLat, set[str]]]:
    """Return the places where three counties meet, and those counties."""
    ends: dict[tuple[float, float], set[str]] = {}
    for border in read_borders():
        line = np.asarray(border.lonlat)
        for end in (line[0], line[-1]):
            met = ends.setdefault((float(end[0]), float(end[1])), set())
            met |= {border.left, border.right}
    triple = [(LonLat(*p), met) for p, met in ends.items() if len(met) > 2 and OUTSIDE not in met]
    return sorted(triple)[:: max(1, len(triple) // 25)]


def test_where_three_counties_meet_all_of_them_are_named(ground: Ground) -> None:
    assert len(corners()) >= 20
    for place, met in corners():
        found = assign(ground, Point(LonLat(place.lon + 1e-7, place.lat + 1e-7)))
        assert {share.code for share in found.counties} >= met
        assert found.counties[0].population_share < 0.7
        assert found.runner_up is not None
        assert found.ambiguous


# ── the numbers of Bucharest ──────────────────────────────────────────────────
@pytest.mark.parametrize(
    "number",
    [f"+40{area}{rest}" for area in (21, 31) for rest in (
        "3123456", "2123456", "4123456", "6123456", "7123456",
        "3012000", "2301234", "4201234", "6401234", "7701234",
    )],
)  # fmt: skip
def test_a_number_of_bucharest_names_the_city_and_asks_for_the_sector(
    ground: Ground, number: str
) -> None:
    found = assign(ground, None, number)
    assert [share.code[0] for share in found.counties] == [*"BBBBBB", "I"]
    assert (found.owner, found.ambiguous) == ("B3", True)
    assert "Bucharest" in found.reason["en"]
    assert "sector" in found.question["en"]
    assert "sector" in found.question["ro"]
