"""Lists of teams as people save them."""

from pathlib import Path

import pytest

from api.cli.place_files import read_places
from geodata.errors import RefusedError


def read(path: Path, text: str, encoding: str = "utf-8") -> list[tuple[str, float, float]]:
    file = path / "teams.csv"
    file.write_bytes(text.encode(encoding))
    return [(row.name, *row.place) for row in read_places(file, fault="bad_teams")]


@pytest.mark.parametrize(
    "text",
    [
        "name,lon,lat\nA,26.1,44.4\n",
        "\ufeffname,lon,lat\r\nA,26.1,44.4\r\n",
        "name;lon;lat\nA;26,1;44,4\n",
        "Nume;Longitudine;Latitudine;Obs\nA;26.1;44.4;x\n",
        "id\tcallsign\tlat\tlon\n7\tA\t44.4\t26.1\n",
        'name,lon,lat\n\n"A",26.1,44.4\n,,\n',
        'name,lon,lat\n"A", 26.1 , 44.4,extra\n',
    ],
)
def test_the_same_team_in_many_forms(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == [("A", 26.1, 44.4)]


def test_a_name_that_is_there_twice_is_marked(tmp_path: Path) -> None:
    file = tmp_path / "teams.csv"
    file.write_text("name,lon,lat\nA,26.1,44.4\nB,26.2,44.4\nA,26.3,44.4\n")
    assert [(row.line, row.is_duplicate) for row in read_places(file, fault="bad_teams")] == [
        (2, True),
        (3, False),
        (4, True),
    ]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("name,lon,lat\nA,44.4,26.1\n", "swapped_lon_lat", "line 2"),
        ("name,lon,lat\nA,26.1,44.4\nB,x,44.4\n", "not_a_number", "line 3"),
        ("name,lon,lat\nA,26.1\n", "bad_teams", "no lat"),
        ("name,lon,lat\n,26.1,44.4\n", "bad_teams", "no name"),
        ("name,lon,lat\nA,926.1,44.4\n", "out_of_range", "line 2"),
        ("name,lon,lat\n", "bad_teams", "no rows"),
        ("a,b\n1,2\n", "bad_teams", "no columns"),
        ("", "bad_teams", "no columns"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read(tmp_path, text)
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_list_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot be read"):
        read(tmp_path, "name,lon,lat\nȘtefan,26.1,44.4\n", "iso8859-16")


@pytest.mark.parametrize("text", ["", "name,lon,lat\n", "name,lon,lat\nA,26.1\n", "a;b\n1;2\n"])
def test_a_file_of_bases_is_refused_as_one_of_bases(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bases.csv"
    file.write_text(text)
    with pytest.raises(RefusedError) as caught:
        read_places(file, fault="bad_bases")
    assert caught.value.code == "bad_bases"
    assert "bases.csv" in caught.value.message
