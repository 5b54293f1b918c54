"""On whose ground the roads of a closure lie: real borders, roads drawn around them."""

from typing import Any

import pytest
import shapely

from dispatch.closures.ground import BORDER_M, counties_to_close, find_ground
from geodata.errors import BadInputError, NotAllowedError
from geodata.reference.codes import CODES
from geodata.roads.index import RoadIndex
from tests.conftest_d.border_roads import a_closure, at, border_index, box
from tests.conftest_d.database import scope_of_county


@pytest.fixture(scope="module")
def index() -> RoadIndex:
    return border_index()


def closed_by(index: RoadIndex, counties: str, **facts: Any) -> tuple[str, ...]:
    return counties_to_close(index, scope_of_county(*counties.split()), a_closure(**facts))


@pytest.mark.parametrize(
    ("county", "facts", "counties"),
    [
        ("VS", {"way_ids": (1,)}, ("VS",)),
        ("IS", {"way_ids": (2,)}, ("IS",)),
        ("VS", {"spot": at(0, -2500)}, ("VS",)),
        ("VS", {"way_ids": (3,)}, ("VS", "IS")),
        ("IS", {"way_ids": (4,)}, ("IS", "VS")),
        ("VS", {"spot": at(180, -2000)}, ("VS", "IS")),
        ("VS", {"area": box(-50, -3100, 50, -1900)}, ("VS",)),
        # A hand that draws a little over the border.
        ("VS", {"area": box(150, -3100, 260, 310)}, ("VS", "IS")),
        ("VS", {"way_ids": (1, 6)}, ("VS", "IS")),
        ("VS IS", {"way_ids": (1, 2)}, ("VS", "IS")),
        ("VS IS", {"area": box(-50, -3100, 350, 3100)}, ("VS", "IS")),
    ],
)
def test_own_ground_is_closed_with_the_slack_of_a_border(
    index: RoadIndex, county: str, facts: dict[str, Any], counties: tuple[str, ...]
) -> None:
    found = closed_by(index, county, **facts)
    assert set(found) == set(counties)
    assert found[0] in county.split()


@pytest.mark.parametrize(
    ("county", "facts"),
    [
        ("VS", {"way_ids": (2,)}),
        ("VS", {"spot": at(0, 2500)}),
        ("VS", {"area": box(-50, 1900, 50, 3100)}),
        ("IS", {"way_ids": (1,)}),
        ("B3", {"way_ids": (1,)}),
        # Most of it lies on the other side.
        ("VS", {"way_ids": (4,)}),
        ("IS", {"way_ids": (3,)}),
        ("IS", {"spot": at(180, 1500)}),
        ("VS", {"way_ids": (6,)}),
        # A little own ground excuses no foreign road beside it.
        ("VS", {"way_ids": (1, 2)}),
        ("VS", {"way_ids": (1, 7)}),
        ("VS", {"way_ids": (1, 4)}),
        ("VS", {"area": box(-50, -3100, 50, 3100)}),
        # A line or an area that reaches far over the border, even where no road is known.
        ("VS", {"area": shapely.LineString([at(-50, -2500), at(50, -2500), at(50, 1500)])}),
        ("VS", {"area": box(-50, -3100, 10, 1500)}),
    ],
)
def test_ground_of_other_counties_is_not_closed(
    index: RoadIndex, county: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(NotAllowedError) as refused:
        closed_by(index, county, **facts)
    assert refused.value.code == "roads_of_other_counties"
    assert county not in refused.value.facts["counties"]
    assert refused.value.facts["counties"]


def test_a_national_account_closes_everywhere_and_the_first_county_is_that_of_most_road(
    index: RoadIndex,
) -> None:
    scope = scope_of_county(*CODES)
    assert counties_to_close(index, scope, a_closure(way_ids=(3,))) == ("VS", "IS")
    assert counties_to_close(index, scope, a_closure(way_ids=(4,))) == ("IS", "VS")


def test_the_length_in_each_county_is_that_of_the_drawn_road(index: RoadIndex) -> None:
    metres = find_ground(index, a_closure(way_ids=(3,))).by_county
    assert metres["VS"] == pytest.approx(900, abs=50)
    assert metres["IS"] == pytest.approx(400, abs=50)


def test_roads_abroad_are_nobodys(index: RoadIndex) -> None:
    with pytest.raises(BadInputError) as refused:
        closed_by(index, "VS", way_ids=(8,))
    assert refused.value.code == "roads_abroad"


@pytest.mark.parametrize(("reach_m", "is_closed"), [(BORDER_M - 60, True), (BORDER_M + 300, False)])
def test_a_drawing_reaches_half_a_kilometre_over_the_border(
    index: RoadIndex, reach_m: float, is_closed: bool
) -> None:
    area = box(-20, -3100, 20, reach_m)
    if is_closed:
        assert closed_by(index, "VS", area=area) == ("VS",)
        return
    with pytest.raises(NotAllowedError):
        closed_by(index, "VS", area=area)
