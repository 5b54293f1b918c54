"""Streets and localities by what people type, without any other host."""

import pytest

from dispatch.ground import load_ground
from dispatch.place_search import FoundPlace, PlaceSearch, is_one_letter_off
from geodata.points import LonLat
from geodata.roads.street_places import find_streets
from geodata.travel.travel_times import load_travel_times
from tests.conftest_d.drawn_roads import draw_index, draw_network, way
from tests.conftest_d.grid import grid

GROUND = load_ground()
SEARCH = PlaceSearch(GROUND, lambda: load_travel_times().index)


def best(query: str, county: str | None = "B3") -> FoundPlace | None:
    found = SEARCH.find(query, county=county).places
    return found[0] if found else None


def named(query: str, county: str | None = "B3") -> tuple[str, str] | None:
    row = best(query, county)
    return None if row is None else (row.name, row.county)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("baba novac", ("Strada Baba Novac", "B3")),
        ("STRADA BABA NOVAC", ("Strada Baba Novac", "B3")),
        ("str. Baba  Nov", ("Strada Baba Novac", "B3")),
        ("B-dul Camil Ressu", ("Bulevardul Camil Ressu", "B3")),
        ("bd Camil Ressu", ("Bulevardul Camil Ressu", "B3")),
        ("strada camil ressu", ("Bulevardul Camil Ressu", "B3")),
        ("șos mihai bravu", ("Șoseaua Mihai Bravu", "B3")),
        ("sos. Mihai Bravu sector 4", ("Șoseaua Mihai Bravu", "B4")),
        ("soseaua mihai bravu sectorul 2", ("Șoseaua Mihai Bravu", "B2")),
        ("1 decembrie 1918", ("Bulevardul 1 Decembrie 1918", "B3")),
        ("piața unirii", ("Piața Unirii", "B3")),
        # Towns and villages, wherever they are.
        ("Iași", ("Iași", "IS")),
        ("targu mures", ("Târgu Mureș", "MS")),
        ("Târgu Jiu", ("Târgu Jiu", "GJ")),
        ("mihai bravu giurgiu", ("Mihai Bravu", "GR")),
        ("ilfov otopeni", ("Otopeni", "IF")),
        ("sector 3", ("București, Sectorul 3", "B3")),
    ],
)
def test_what_people_type_finds_the_place(query: str, found: tuple[str, str]) -> None:
    assert named(query) == found


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("Baba Novac 12", "12"),
        ("str. Baba Novac nr. 12 bl. 4 sc. B ap. 30", "nr 12 bl 4 sc b ap 30"),
        ("Baba Novac 12A", "12a"),
        ("1 Decembrie 1918", ""),
        ("Baba Novac", ""),
    ],
)
def test_the_door_is_left_out_and_said(query: str, left_out: str) -> None:
    found = SEARCH.find(query, county="B3")
    assert found.left_out == left_out
    assert found.places


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("baba novc", "Strada Baba Novac"),
        ("camil resu", "Bulevardul Camil Ressu"),
        ("mihai brvau", "Șoseaua Mihai Bravu"),
        ("otopei", "Otopeni"),
    ],
)
def test_one_wrong_letter_is_a_guess_and_marked(query: str, name: str) -> None:
    found = best(query, "IF" if name == "Otopeni" else "B3")
    assert found is not None
    assert (found.name, found.is_guess) == (name, True)


@pytest.mark.parametrize("query", ["xyzzy", "  ", "...", "baba xyzzy", "99999", "nr 5", "„”"])
def test_nothing_is_found_for_what_is_no_name(query: str) -> None:
    assert SEARCH.find(query).places == ()


def test_the_own_county_comes_first_then_what_is_near() -> None:
    assert named("mihai bravu", "B4") == ("Șoseaua Mihai Bravu", "B4")
    near = SEARCH.find("unirii", near=LonLat(26.10, 44.427)).places
    far = SEARCH.find("pantelimon", near=LonLat(28.33, 44.54)).places
    assert {row.county for row in near[:3]} <= {"B3", "B4"}
    assert far[0].county == "CT"
    assert len(SEARCH.find("strada", limit=5).places) == 5


def test_every_street_lies_in_its_county() -> None:
    network = load_travel_times().index.network
    streets = find_streets(network, GROUND.localities, GROUND.territories)
    assert len({(row.name, row.locality.siruta) for row in streets}) == len(streets) > 300
    for row in streets:
        assert GROUND.counties.find_at(row.place) == row.locality.county, row


def test_a_street_of_two_towns_is_two_and_one_without_a_name_is_none() -> None:
    # Vaslui and, 60 km away, Iași: the same name in both; the road between has none.
    ground = {"A": LonLat(27.72, 46.63), "B": LonLat(27.73, 46.64), "C": LonLat(27.58, 47.15),
              "D": LonLat(27.59, 47.16)}  # fmt: skip
    network = draw_network(
        ground, way("A B", name="Strada Păcii"), way("B C"), way("C D", name="Strada Păcii")
    )
    streets = find_streets(network, GROUND.localities, GROUND.territories)
    assert sorted((row.name, row.locality.name) for row in streets) == [
        ("Strada Păcii", "Iași"),
        ("Strada Păcii", "Vaslui"),
    ]


def test_roads_that_are_imported_later_are_searched_too() -> None:
    ground = grid("A . B", step_m=500)
    indexes = [draw_index(ground, way("A B", name="Strada Veche")),
               draw_index(ground, way("A B", name="Strada Nouă"))]  # fmt: skip
    search = PlaceSearch(GROUND, lambda: indexes[0])
    assert [row.kind for row in search.find("strada veche").places] == ["street"]
    indexes.pop(0)
    assert [row.name for row in search.find("strada noua").places][:1] == ["Strada Nouă"]
    assert not any(row.kind == "street" for row in search.find("strada veche").places)


@pytest.mark.parametrize(
    ("place", "county", "street"),
    [
        (LonLat(26.1025, 44.4353), "B3", None),
        (LonLat(27.9, 43.2), None, None),
        (LonLat(27.73, 46.64), "VS", None),
    ],
)
def test_a_place_says_its_county(place: LonLat, county: str | None, street: str | None) -> None:
    at = SEARCH.at(place)
    assert at.county == county
    if county is None:
        assert at.locality is None
    if county != "B3":
        assert at.street == street


def test_a_street_found_is_the_street_at_its_place() -> None:
    for query in ("baba novac", "camil ressu", "liviu rebreanu"):
        row = best(query)
        assert row is not None
        assert SEARCH.at(row.place).street == row.name


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [("novac", "novc", True), ("novac", "novaac", True), ("novac", "nowac", True),
     ("novac", "nvoac", True), ("novac", "novac", True), ("novac", "nvc", False),
     ("novac", "cavon", False), ("ab", "ba", True), ("abcd", "badc", False)],
)  # fmt: skip
def test_one_letter_off(one: str, other: str, is_near: bool) -> None:
    assert is_one_letter_off(one, other) is is_near
    assert is_one_letter_off(other, one) is is_near
