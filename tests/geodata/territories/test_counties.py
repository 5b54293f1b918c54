"""The 47 jurisdictions: who owns a place, and what is known of each."""

import tomllib
from typing import Any

import numpy as np
import pytest
import shapely

from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.territories.counties import Counties, load_counties
from geodata.territories.localities import load_localities
from tests.conftest_d.folders import CASES

HARD = tomllib.loads((CASES / "hard_places.toml").read_text(encoding="utf-8"))


def _name(place: dict[str, Any]) -> str:
    return f"{place['category']}: {place['name']}"


@pytest.fixture(scope="module")
def counties() -> Counties:
    return load_counties()


@pytest.mark.parametrize("place", HARD["point"], ids=_name)
def test_hard_place_has_its_county(counties: Counties, place: dict[str, Any]) -> None:
    found = counties.find_at(LonLat(place["lon"], place["lat"]))
    assert (found or "") == place["county"], place["why"]


def test_localities_lie_in_the_county_of_the_register(counties: Counties) -> None:
    rows = load_localities().all()
    found = counties.find_many([r.place.lon for r in rows], [r.place.lat for r in rows])
    right = sum(counties.codes[i] == row.county for i, row in zip(found, rows, strict=True))
    assert len(rows) == 13_746 + 6
    assert right >= 0.999 * len(rows)
    # Two are placed outside their county in the source already.
    assert right == len(rows) - 2


def test_compiled_lookup_agrees_with_geos_everywhere(counties: Counties) -> None:
    random = np.random.default_rng(5)
    lons, lats = random.uniform(20.0, 30.0, 5000), random.uniform(43.4, 48.5, 5000)
    grounds = [counties.geometry(code) for code in counties.codes]
    expected = np.full(5000, -1)
    point, county = shapely.STRtree(grounds).query(shapely.points(lons, lats), "within")
    expected[point] = county
    assert (counties.find_many(lons, lats) == expected).all()


def test_there_are_47_sorted_codes(counties: Counties) -> None:
    assert len(counties.codes) == 47
    assert list(counties.codes) == sorted(counties.codes)
    assert {"AB", "VN", "B1", "B6", "IF"} <= set(counties.codes)


def test_unknown_code_is_refused_by_name(counties: Counties) -> None:
    with pytest.raises(BadInputError) as refused:
        counties.get("XX")
    assert refused.value.code == "unknown_county"


def test_jurisdictions_fit_together_without_gap_or_overlap(counties: Counties) -> None:
    grounds = [counties.geometry(code) for code in counties.codes]
    assert shapely.is_valid(grounds).all()
    assert shapely.coverage_is_valid(grounds)
    whole = shapely.union_all(grounds)
    assert sum(shapely.get_num_interior_rings(shapely.get_parts(whole))) == 0


def test_ilfov_has_one_hole_and_the_city_fills_it(counties: Counties) -> None:
    hole = shapely.Polygon(counties.geometry("IF").interiors[0])
    city = shapely.union_all([counties.geometry(f"B{n}") for n in range(1, 7)])
    assert shapely.symmetric_difference(hole, city).area == pytest.approx(0.0, abs=1e-12)


def test_seat_lies_in_its_own_county(counties: Counties) -> None:
    assert [counties.find_at(counties.get(c).seat) for c in counties.codes] == [*counties.codes]


def test_people_and_area_add_up_to_the_country(counties: Counties) -> None:
    rows = [counties.get(code) for code in counties.codes]
    assert sum(row.population for row in rows) == 19_053_815
    assert sum(row.area_km2 for row in rows) == pytest.approx(238_397, rel=1e-4)


def test_neighbours_are_mutual(counties: Counties) -> None:
    for code in counties.codes:
        for other in counties.get(code).neighbours:
            assert code in counties.get(other).neighbours


def test_names_are_written_with_commas_below(counties: Counties) -> None:
    names = "".join(counties.get(code).name for code in counties.codes)
    assert not set("şţŞŢ") & set(names)
    assert counties.get("IS").name == "Iași"


def test_no_place_is_found_for_a_coordinate_that_is_no_number(counties: Counties) -> None:
    assert counties.find_at(LonLat(float("nan"), 45.0)) is None
    assert counties.find_at(LonLat(25.0, float("inf"))) is None
