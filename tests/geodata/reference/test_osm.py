"""Reference geography from a drawn map and from real extracts."""

import json
from collections.abc import Mapping
from pathlib import Path

import osmium
import osmium.osm.mutable as osm
import pytest

from geodata.errors import ReferenceDataError
from geodata.points import LonLat
from geodata.reference import files
from geodata.reference.build import swap
from geodata.reference.build.osm import ReferenceReport, import_reference
from geodata.reference.build.osm_areas import AreaMapping, romanian_code
from geodata.reference.manifest import verify_reference
from tests.conftest_d.grid import grid
from tests.geodata.reference.whole_country import write_country

# A county around a capital of two sectors: 9 km wide, the capital 3 km.
GROUND = grid(
    """
    A . . . . D
    . . . . . .
    . . P M S .
    . v p . q .
    . . Q N R .
    B . . . . C
    """,
    step_m=1500,
)
LINES = {
    "rim": "A B C D A",
    "left": "M P Q N",
    "right": "N R S M",
    "middle": "M N",
}
COUNTY = {"boundary": "administrative", "type": "boundary", "admin_level": "4"}
Relation = tuple[dict[str, str], dict[str, str]]
RELATIONS: tuple[Relation, ...] = (
    (
        {**COUNTY, "ISO3166-2": "RO-IF", "name": "Ilfov"},
        {"rim": "outer", "left": "inner", "right": "inner"},
    ),
    ({**COUNTY, "ISO3166-2": "RO-B", "name": "București"}, {"left": "outer", "right": "outer"}),
    ({**COUNTY, "admin_level": "9", "name": "Sectorul 1"}, {"left": "outer", "middle": "outer"}),
    ({**COUNTY, "admin_level": "9", "name": "Sectorul 2"}, {"right": "outer", "middle": "outer"}),
    (
        {**COUNTY, "admin_level": "6", "name": "Brăneşti"},
        {"rim": "outer", "left": "inner", "right": "inner"},
    ),
)
PLACES = {
    "v": {"place": "village", "name": "Pasărea", "population": "1 234", "siruta:code": "100585"},
    "p": {"place": "town", "name": "Centru"},
    "q": {"place": "suburb", "name": "Titan", "population": "100000"},
}
TWO_SECTORS = AreaMapping(
    levels=frozenset({4, 5, 6, 7, 8, 9}),
    commune_levels=frozenset({6}),
    code_of=romanian_code,
    codes=("B1", "B2", "IF"),
)


# Inside sector 2.
INSIDE = LonLat(GROUND["q"].lon - 0.01, GROUND["q"].lat)


def write_map(
    path: Path,
    *relations: Relation,
    lines: Mapping[str, str] = LINES,
    ground: Mapping[str, LonLat] = GROUND,
) -> Path:
    node = {label: i for i, label in enumerate(ground, start=1)}
    way = {name: i for i, name in enumerate(lines, start=1)}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for label, place in ground.items():
            writer.add_node(osm.Node(id=node[label], location=place, tags=PLACES.get(label, {})))
        for name, labels in lines.items():
            writer.add_way(osm.Way(id=way[name], nodes=[node[label] for label in labels.split()]))
        for i, (tags, members) in enumerate(relations, start=1):
            named = [("w", way[name], role) for name, role in members.items()]
            writer.add_relation(osm.Relation(id=i, members=named, tags=tags))
    return path


@pytest.fixture
def imported(tmp_path: Path) -> tuple[ReferenceReport, Path]:
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS)
    return import_reference(file, tmp_path / "out", mapping=TWO_SECTORS), tmp_path / "out"


def test_a_county_with_a_hole_and_two_sectors_fit_without_gaps(imported):
    report, folder = imported
    rows = {row["code"]: row for row in files.read_rows(files.COUNTIES, folder)}
    area = {code: float(row["area_km2"]) for code, row in rows.items()}
    assert area["IF"] == pytest.approx(7.5 * 7.5 - 3 * 3, rel=1e-2)
    assert area["B1"] + area["B2"] == pytest.approx(3 * 3, rel=1e-2)
    assert (report.overlap_km2, report.broken_areas) == (0.0, [])


def test_every_border_is_stored_once_with_both_sides(imported):
    arcs = files.read_json(files.BORDERS, imported[1])["arcs"]
    assert sorted((left, right) for left, right, _ in arcs) == [
        ("B1", "B2"),
        ("B1", "IF"),
        ("B2", "IF"),
        ("IF", ""),
    ]


def test_the_folder_verifies_like_the_bundled_one(imported):
    assert all(check.is_ok for check in verify_reference(imported[1]))


def test_localities_know_county_commune_and_people(imported):
    row = files.read_rows(files.LOCALITIES, imported[1])[1]
    assert (row["siruta"], row["name"], row["county"], row["uat"], row["population"]) == (
        "100585",
        "Pasărea",
        "IF",
        "Brănești",
        "1234.0",
    )


def test_what_is_missing_from_the_map_is_reported(imported):
    report = imported[0]
    # A village, a town and two sectors.
    assert (report.localities, report.places_outside, report.places_in_sectors) == (4, 0, 0)
    assert (report.places_without_population, report.places_without_siruta) == (1, 1)
    assert report.people_by_source == {"localities": 3}


def test_what_the_map_does_not_know_comes_from_the_bundled_register(imported):
    rows = {row["siruta"]: row for row in files.read_rows(files.LOCALITIES, imported[1])}
    bundled = {row["siruta"]: row for row in files.read_rows(files.LOCALITIES)}
    assert rows["100585"]["built_km2"] == bundled["100585"]["built_km2"]
    assert rows["179141"] == bundled["179141"]


def test_a_village_twice_in_the_map_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    more = {"place": "village", "name": "Pasărea", "population": "7", "siruta:code": "100585"}
    monkeypatch.setitem(PLACES, "A", more)
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS)
    report = import_reference(file, tmp_path / "out", mapping=TWO_SECTORS)
    row = files.read_rows(files.LOCALITIES, tmp_path / "out")[1]
    assert (report.places_there_twice, row["population"]) == (1, "1234.0")


def test_a_settlement_in_bucharest_is_part_of_its_sector(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(PLACES, "q", {"place": "city", "name": "București"})
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS, ground={**GROUND, "q": INSIDE})
    report = import_reference(file, tmp_path / "out", mapping=TWO_SECTORS)
    assert (report.localities, report.places_in_sectors) == (4, 1)


def test_a_county_with_ground_inside_the_hole_of_another_keeps_it(imported, tmp_path: Path):
    # A piece of Ilfov lies inside sector 2.
    ground = {**GROUND, **grid("a b\nc d", step_m=200, corner=INSIDE)}
    lines = {**LINES, "islet": "a b d c a"}
    ilfov = (RELATIONS[0][0], {**RELATIONS[0][1], "islet": "outer"})
    second = (RELATIONS[3][0], {**RELATIONS[3][1], "islet": "inner"})
    relations = (ilfov, RELATIONS[1], RELATIONS[2], second)
    file = write_map(tmp_path / "y.osm.pbf", *relations, lines=lines, ground=ground)
    report = import_reference(file, tmp_path / "more", mapping=TWO_SECTORS)
    rows = {
        name: {
            r["code"]: float(r["area_km2"])
            for r in files.read_rows(files.COUNTIES, tmp_path / name)
        }
        for name in ("out", "more")
    }
    assert (report.counties, report.overlap_km2) == (3, 0.0)
    assert rows["more"]["IF"] - rows["out"]["IF"] == pytest.approx(0.04, abs=2e-3)
    assert all(check.is_ok for check in verify_reference(tmp_path / "more"))


def test_a_border_with_a_way_missing_from_the_file_is_named(tmp_path: Path):
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS, lines={**LINES, "rim": "A B C D"})
    with pytest.raises(ReferenceDataError) as caught:
        import_reference(file, tmp_path / "out", mapping=TWO_SECTORS)
    assert "IF" in caught.value.message
    assert "Ilfov" in caught.value.hint


def test_a_gap_in_one_border_of_the_whole_country_names_its_county(tmp_path: Path):
    file = write_country(tmp_path / "ro.osm.pbf", every=40, without="CJ")
    with pytest.raises(ReferenceDataError) as caught:
        import_reference(file, tmp_path / "out")
    assert caught.value.message == "not in the file, or broken: CJ"
    assert "Cluj" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path):
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS)
    home = tmp_path / "home"
    home.mkdir()
    (home / "letters.txt").write_text("dear")
    with pytest.raises(ReferenceDataError) as caught:
        import_reference(file, home, mapping=TWO_SECTORS)
    assert caught.value.code == "not_reference_folder"
    assert (home / "letters.txt").read_text() == "dear"


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path):
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS)
    (tmp_path / "taken").touch()
    with pytest.raises(ReferenceDataError) as caught:
        import_reference(file, tmp_path / "taken" / "out", mapping=TWO_SECTORS)
    assert caught.value.code == "folder_unwritable"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_second_import_replaces_the_first_whole(
    imported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
):
    if not can_exchange:
        monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    (imported[1] / files.BORDERS).write_text("damaged")
    import_reference(tmp_path / "x.osm.pbf", imported[1], mapping=TWO_SECTORS)
    assert all(check.is_ok for check in verify_reference(imported[1]))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "x.osm.pbf"]


def test_what_a_crash_left_aside_is_put_back(imported, tmp_path: Path):
    imported[1].rename(tmp_path / "out.old")
    swap.recover_folder(imported[1])
    assert all(check.is_ok for check in verify_reference(imported[1]))
    assert not (tmp_path / "out.old").exists()


def test_offices_and_seats_come_from_the_bundled_data(imported):
    rows = {row["code"]: row for row in files.read_rows(files.COUNTIES, imported[1])}
    bundled = {row["code"]: row for row in files.read_rows(files.COUNTIES)}
    assert rows["B1"]["office"] == bundled["B1"]["office"]
    assert rows["IF"]["seat"] == bundled["IF"]["seat"]


def test_the_same_map_gives_the_same_bytes(imported, tmp_path: Path):
    again = tmp_path / "again"
    import_reference(tmp_path / "x.osm.pbf", again, mapping=TWO_SECTORS)
    for file in sorted(again.iterdir()):
        assert file.read_bytes() == (imported[1] / file.name).read_bytes()


def refusal(path: Path, *relations: Relation, **more: Mapping[str, str]) -> str:
    file = write_map(path / "bad.osm.pbf", *relations, **more)
    with pytest.raises(ReferenceDataError) as caught:
        import_reference(file, path / "out", mapping=TWO_SECTORS)
    return caught.value.code


def test_a_map_without_counties_is_refused(tmp_path: Path):
    assert refusal(tmp_path) == "no_boundaries"


def test_a_missing_county_is_named_and_the_old_folder_stays(imported, tmp_path: Path):
    before = (imported[1] / files.MANIFEST).read_bytes()
    assert refusal(tmp_path, *RELATIONS[:3]) == "missing_counties"
    assert (imported[1] / files.MANIFEST).read_bytes() == before


def test_a_county_mapped_twice_is_refused(tmp_path: Path):
    assert refusal(tmp_path, *RELATIONS, RELATIONS[0]) == "double_county"


def test_an_open_ring_is_no_county(tmp_path: Path):
    assert refusal(tmp_path, *RELATIONS, lines={**LINES, "rim": "A B C D"}) == "missing_counties"


def test_a_sector_of_another_town_is_none_of_bucharest(tmp_path: Path):
    elsewhere = ({**COUNTY, "admin_level": "9", "name": "Sector 1"}, {"other": "outer"})
    lines = {**LINES, "other": "A v B A"}
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS[:4], elsewhere, lines=lines)
    assert import_reference(file, tmp_path / "out", mapping=TWO_SECTORS).counties == 3


def test_a_truncated_map_is_refused(tmp_path: Path):
    file = write_map(tmp_path / "x.osm.pbf", *RELATIONS)
    file.write_bytes(file.read_bytes()[:-30])
    with pytest.raises(ReferenceDataError, match="breaks off"):
        import_reference(file, tmp_path / "out", mapping=TWO_SECTORS)


def by_name(level: int) -> AreaMapping:
    return AreaMapping(frozenset({level}), frozenset({level + 1}), lambda area: area.name)


@pytest.mark.parametrize(
    ("name", "level", "counties", "localities", "broken"),
    [("liechtenstein-2015", 8, 11, 19, 11), ("andorra-2013", 7, 6, 48, 17)],
)
def test_real_communes_are_read_whole_or_named_as_broken(
    shared_data: Path,
    tmp_path: Path,
    name: str,
    level: int,
    counties: int,
    localities: int,
    broken: int,
):
    file = shared_data / "roads" / f"{name}.osm.pbf"
    report = import_reference(file, tmp_path / "out", mapping=by_name(level))
    found = (report.counties, report.localities, len(report.broken_areas))
    assert found == (counties, localities, broken)
    assert report.max_border_shift_m <= 25
    assert json.loads((tmp_path / "out" / files.MANIFEST).read_text())["import"] == report.as_dict()


def test_the_communes_of_liechtenstein_have_their_official_size(shared_data: Path, tmp_path: Path):
    file = shared_data / "roads" / "liechtenstein-2015.osm.pbf"
    import_reference(file, tmp_path / "out", mapping=by_name(8))
    area = {
        r["code"]: float(r["area_km2"]) for r in files.read_rows(files.COUNTIES, tmp_path / "out")
    }
    # Office of Statistics: the country 160.5 km2, Vaduz 17.3 km2.
    assert sum(area.values()) == pytest.approx(160.5, abs=0.5)
    assert area["Vaduz"] == pytest.approx(17.3, abs=0.05)
