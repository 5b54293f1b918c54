"""``roads`` and ``travel-times``: an OSM file in, its index used from then on."""

import json
from pathlib import Path

import pytest

from geodata.points import LonLat
from tests.conftest_d.command_line import CommandLine
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import road, write_pbf

# A loop of twelve junctions a kilometre apart: fewer would be dropped as a sliver.
GROUND = grid("A B C D E F\nL K J I H G", step_m=1000)
LOOP = "A B C D E F G H I J K L A"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("roads")


@pytest.fixture(scope="module")
def imported(folder: Path, command_line: type[CommandLine]) -> CommandLine:
    """The command line of an installation that has imported a drawn file."""
    steps = zip(LOOP.split(), LOOP.split()[1:], strict=False)
    ways = {f"{a}{b}": road(f"{a} {b}") for a, b in steps}
    file = write_pbf(folder / "loop.osm.pbf", GROUND, ways)
    shell = command_line({"DISPATCH119_DATA_DIR": str(folder / "data")})
    outcome = shell.run("roads", "import", str(file), "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["ways_kept"] == 12
    return shell


def test_the_imported_index_is_the_one_in_use(imported: CommandLine) -> None:
    assert imported.call("roads", "info", "--json").json["source_file"] == "loop.osm.pbf"


def test_the_imported_index_agrees_with_dijkstra(imported: CommandLine) -> None:
    found = imported.run("roads", "verify", "--pairs", "100", "--json")
    assert (found.code, found.json["largest_difference_ms"]) == (0, 0)


def test_teams_are_timed_fastest_first_and_estimates_say_so(
    imported: CommandLine, folder: Path
) -> None:
    far = "27.7,46.6"
    places = {name: f"{GROUND[label].lon},{GROUND[label].lat}" for name, label in
              {"near": "B", "farther": "D"}.items()} | {"elsewhere": far}  # fmt: skip
    teams = folder / "teams.csv"
    rows = "".join(f"{name},{place}\n" for name, place in reversed(places.items()))
    teams.write_text("name,lon,lat\n" + rows, encoding="utf-8")
    to = f"{GROUND['A'].lon},{GROUND['A'].lat}"
    times = imported.run("travel-times", "--to", to, "--from", str(teams), "--json").json["times"]
    assert [(row["name"], row["source"], row["notes"]) for row in times] == [
        ("near", "road", []),
        ("farther", "road", []),
        ("elsewhere", "estimate", ["off_the_roads"]),
    ]


def test_an_area_gets_a_spread_and_oddities_are_told(imported: CommandLine, folder: Path) -> None:
    teams = folder / "odd.csv"
    near, sea = GROUND["B"], "29,95;44,1"
    rows = (
        "Nume;X;LON;LAT",
        f"Ana;1;{near.lon};{near.lat}",
        ";;;",
        f"Mare;2;{sea}",
        f"Ana;3;{sea}",
    )
    teams.write_bytes(b"\xef\xbb\xbf" + "\n".join(rows).replace("Mare", "Țărm").encode())
    to = f"{GROUND['A'].lon},{GROUND['A'].lat}"
    arguments = ("travel-times", "--to", to, "--from", str(teams))
    answer = imported.call(*arguments, "--radius-m", "200", "--json").json
    first, second, third = answer["times"]
    assert (first["name"], first["line"], first["source"]) == ("Ana", 2, "road")
    assert first["p10_s"] <= first["seconds"] <= first["p90_s"]
    assert (second["name"], third["name"]) == ("Țărm", "Ana")
    assert second["nearest_road_m"] is None
    assert third["notes"] == ["duplicate_name", "outside_country", "off_the_roads"]
    assert "Bucharest hours" in answer["profile"]
    assert "an estimate" in imported.call(*arguments).out


def test_the_road_told_is_the_road_used(folder: Path, command_line: type[CommandLine]) -> None:
    # Beside the street from A to B runs a lane, 20 m away, that cars only come out of; the road
    # from P to Q on the other bank joins nothing.
    lon, lat = GROUND["A"]
    beside = {"X": LonLat(lon + 0.004, lat + 0.00018), "Y": LonLat(lon + 0.008, lat + 0.00018)}
    steps = zip(LOOP.split(), LOOP.split()[1:], strict=False)
    ways = {f"{a}{b}": road(f"{a} {b}") for a, b in steps}
    ways["out"] = road("X Y B", oneway="yes")
    file = write_pbf(folder / "lane.osm.pbf", GROUND | beside, ways)
    shell = command_line({"DISPATCH119_DATA_DIR": str(folder / "lane")})
    assert shell.run("roads", "import", str(file), "--json").code == 0
    teams = folder / "lane.csv"
    far = f"{lon - 0.004},{lat}"
    teams.write_text(f"name,lon,lat\nlane,{beside['X'].lon},{beside['X'].lat}\nfield,{far}\n")
    to = f"{beside['X'].lon},{beside['X'].lat}"
    answer = shell.call("travel-times", "--to", to, "--from", str(teams), "--json").json
    assert answer["nearest_road_m"] == pytest.approx(20.0, abs=0.2)
    rows = {row["name"]: row for row in answer["times"]}
    assert rows["lane"]["nearest_road_m"] == 0.0
    assert rows["field"]["nearest_road_m"] == pytest.approx(318, abs=5)
    assert rows["field"]["notes"] == ["far_from_road"]
    assert "318 m away" in shell.call("travel-times", "--to", to, "--from", str(teams)).out


def test_isochrones_are_written_and_answered(imported: CommandLine, folder: Path) -> None:
    start = f"{GROUND['A'].lon},{GROUND['A'].lat}"
    files = [folder / "out" / name for name in ("map.html", "map.geojson")]
    for file, way in zip(files, (imported.run, imported.call), strict=True):
        outcome = way(
            "roads", "isochrones", "--from", start, "--minutes", "2,4", "--out", str(file),
            "--at", "2026-03-01T02:00:00+02:00", "--json",
        )  # fmt: skip
        assert (outcome.code, outcome.json["file"]) == (0, str(file)), outcome.out
        assert [ring["minutes"] for ring in outcome.json["rings"]] == [2, 4]
    kinds = [f["properties"]["kind"] for f in json.loads(files[1].read_text())["features"]]
    assert kinds == ["isochrone", "isochrone", "base"]
    assert files[0].read_text().startswith("<!DOCTYPE html>")


def test_coverage_is_written_and_answered(imported: CommandLine, folder: Path) -> None:
    bases = folder / "bases.csv"
    bases.write_text(f"name,lon,lat\nA,{GROUND['A'].lon},{GROUND['A'].lat}\n")
    page = folder / "coverage.html"
    arguments = ("roads", "coverage", "--bases", str(bases), "--out", str(page), "--json")
    outcome = imported.run(*arguments)
    assert outcome.code == 0, outcome.out
    assert (outcome.json["bases"][0]["snap_m"], len(outcome.json["counties"])) == (0.0, 47)
    assert page.stat().st_size > 100_000


def test_a_refused_import_leaves_the_old_index(imported: CommandLine, folder: Path) -> None:
    bad = folder / "roads.osm.pbf"
    bad.write_text("<osm/>")
    refused = imported.call("roads", "import", str(bad), "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "not_a_pbf")
    assert imported.call("roads", "info", "--json").json["source_file"] == "loop.osm.pbf"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("roads", "import", "x.osm.pbf", "--bbox", "1,2,3"), "bad_bbox"),
        (("roads", "import", "no-such.osm.pbf"), "file_missing"),
        (("travel-times", "--to", "here", "--from", "pyproject.toml"), "bad_teams"),
        (("travel-times", "--to", "26.1,44.4", "--from", "no-such.csv"), "file_unreadable"),
        (("roads", "isochrones", "--from", "26.1,44.4", "--minutes", "ten"), "bad_minutes"),
        (("roads", "isochrones", "--from", "26.1,44.4", "--at", "late"), "bad_time"),
        (("roads", "isochrones", "--from", "29.9,43.9"), "off_the_roads"),
        (("roads", "isochrones", "--from", "26.1,44.4", "--out", "x.doc"), "bad_file_name"),
    ],
)
def test_wrong_input_is_refused_with_its_own_code(
    imported: CommandLine, arguments: tuple[str, ...], code: str
) -> None:
    refused = imported.call(*arguments, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, code)
