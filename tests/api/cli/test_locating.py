"""``locate`` and the manners of the command line; no database anywhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest_d.command_line import COMMAND, CommandLine
from tests.conftest_d.folders import ROOT

MESSAGES = ROOT / "api" / "demo" / "messages"
CLEAR = MESSAGES / "01-clear-sector-6.xml"
CELL, UPDATE = "04-bucharest-ilfov-cell.xml", "04-update-from-the-phone.txt"
DOCUMENTED = {
    "report",
    "location",
    "counties",
    "owner",
    "runner_up",
    "margin",
    "ambiguous",
    "outside_share",
    "warnings",
}


def test_locate_answers_with_the_documented_object(cli: CommandLine) -> None:
    answer = cli.run("locate", str(CLEAR), "--json")
    assert answer.code == 0
    assert answer.json.keys() >= DOCUMENTED
    assert answer.json["owner"] == "B6"
    assert answer.json["counties"][0].keys() == {
        "code",
        "name",
        "area_share",
        "rfc7459",
        "population_share",
    }


def test_locate_reads_standard_input(cli: CommandLine) -> None:
    answer = cli.run("locate", "-", "--json", stdin=CLEAR.read_bytes())
    assert answer.json["owner"] == "B6"


def test_locate_tells_a_person_in_a_sentence(cli: CommandLine) -> None:
    answer = cli.call("locate", str(CLEAR))
    assert "Sector 6 owns the call" in answer.out


def test_one_message_is_one_step_without_a_conflict(cli: CommandLine) -> None:
    answer = cli.call("locate", str(CLEAR), "--json").json
    assert [step["action"] for step in answer["steps"]] == ["first"]
    assert answer["conflict"] is None


def test_several_messages_are_fused_in_the_order_given(cli: CommandLine) -> None:
    cell, phone = (str(MESSAGES / name) for name in (CELL, UPDATE))
    words = ("--said", "sunt în comuna Tunari, lângă biserică")
    answer = cli.call("locate", cell, phone, *words, "--json").json
    assert answer["owner"] == "IF"
    formats = [step["report"]["format"] for step in answer["steps"]]
    assert formats == ["mlp", "aml", "spoken"]
    told = cli.call("locate", cell, phone, *words).out
    assert re.search(r"1\. .*Sector 1 owns it.*\n2\. .*Ilfov county owns it", told)
    assert "Tunari, lângă biserică" in told


def test_a_conflict_is_told_with_both_areas(cli: CommandLine) -> None:
    told = cli.call("locate", str(CLEAR), str(MESSAGES / "07-vaslui.xml")).out
    assert re.search(r"CONFLICT: .*Vaslui county.*Sector 6", told)
    assert "ask: " in told


def test_words_alone_with_a_number_are_enough(cli: CommandLine) -> None:
    answer = cli.call("locate", "--said", "sunt în Bârlad", "--caller", "0235 412 345", "--json")
    assert (answer.json["owner"], answer.json["report"]["caller"]) == ("VS", "+40235412345")


def polygon(corners: int) -> bytes:
    ring = ",".join(["[26,44]"] * corners)
    return f'{{"shape":{{"type":"Polygon","coordinates":[[{ring}]]}}}}'.encode()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"shape":{"type":"Point","center":[NaN,44]}}', "not_finite"),
        (b'{"shape":{"type":"Point","center":[44.4,26.1]}}', "swapped_lon_lat"),
        (b"hello", "unknown_format"),
        (b"", "empty_message"),
        (b" " * 10_000_000 + b"x", "too_large"),
        (polygon(1_000_000), "too_many_points"),
    ],
    ids=["NaN", "swapped", "text", "empty", "10 MB", "a million corners"],
)
def test_refused_input_prints_the_error_object_and_exits_2(
    cli: CommandLine, raw: bytes, code: str
) -> None:
    answer = cli.call("locate", "-", "--json", stdin=raw)
    assert answer.code == 2
    assert answer.json["error"].keys() == {"code", "message", "hint"}
    assert answer.json["error"]["code"] == code


def test_a_person_gets_message_and_hint_on_standard_error(cli: CommandLine) -> None:
    answer = cli.run("locate", "-", stdin=b"hello")
    assert (answer.code, answer.out) == (2, "")
    assert "[unknown_format]" in answer.err
    assert "hint:" in answer.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("locate", "/does/not/exist"), "file_unreadable"),
        (("locate", "."), "file_unreadable"),
        (("locate",), "usage"),
        (("locate", str(CLEAR), "--caller", "nobody"), "bad_number"),
        (("no-such-command",), "usage"),
        (("recommend", "--lon", "x", "--lat", "44"), "usage"),
        (("recommend", "--lon", "44.4", "--lat", "26.1"), "swapped_lon_lat"),
        (("recommend", "--lon", "25.6", "--lat", "43.0"), "outside_country"),
        (("recommend", "--lon", "26.1", "--lat", "44.4", "--radius-m", "-1"), "bad_radius"),
        (("user", "list"), "database_unreachable"),
        (("db", "restore", "backup.dump"), "not_confirmed"),
        (("db", "down"), "not_embedded"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_every_refusal_has_a_code_and_exits_2(
    cli: CommandLine, arguments: tuple[str, ...], code: str
) -> None:
    answer = cli.call(*arguments, *(() if "db" in arguments else ("--json",)))
    assert answer.code == 2
    assert code in (answer.err if "db" in arguments else answer.json["error"]["code"])


@pytest.mark.parametrize(
    "command",
    [
        "",
        "demo",
        "serve",
        "check",
        "locate",
        "recommend",
        "user add",
        "user list",
        "user passwd",
        "user disable",
        "user token",
        "db up",
        "db down",
        "db migrate",
        "db backup",
        "db restore",
        "db maintain",
        "data build",
        "data verify",
        "roads info",
    ],
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_explains_itself(cli: CommandLine, command: str, flag: str) -> None:
    way = cli.run if flag == "--help" else cli.call
    answer = way(*command.split(), flag)
    assert answer.code == 0
    assert "Usage: dispatch119" in answer.out


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'numba', 'numpy', 'fastapi', 'sqlalchemy', 'pydantic', 'psycopg', 'rich'}"
    probe = f"import sys, api.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


# Of the web, the database, maps, packages for 112 and roads: nothing for a report to wait for.
NOT_TO_READ = {
    "alembic", "fastapi", "folium", "fpdf", "geoalchemy2", "geopandas", "httpx", "jinja2",
    "llvmlite", "networkx", "numba", "osmium", "osmnx", "pandas", "psycopg", "rich", "scipy",
    "sqlalchemy", "starlette", "uvicorn",
}  # fmt: skip
ONE_COUNTY, TWO_SECTORS, AREA, NUMBER = (
    "01-clear-sector-6.xml", "03-border-sector-2-3.xml", "12-polygon-sector-1.json",
    "05-landline-021-no-fix.json",
)  # fmt: skip


@pytest.mark.parametrize("message", [ONE_COUNTY, TWO_SECTORS, AREA, NUMBER])
def test_reading_a_report_loads_nothing_it_does_not_need(cli: CommandLine, message: str) -> None:
    # A command keeps what it has worked out; only where that is missing the compiler is needed.
    cli.call("locate", str(MESSAGES / message))
    loaded = cli.loaded_by("locate", str(MESSAGES / message))
    assert {"dispatch", "geodata", "numpy"} <= loaded
    assert not loaded & NOT_TO_READ


def test_a_reader_that_goes_away_is_no_error(cli: CommandLine) -> None:
    command = " ".join(COMMAND) + " roads info --json | true; exit ${PIPESTATUS[0]}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, env=cli.environment, check=False
    )
    assert done.returncode in {0, 141}
    assert done.stderr == b""


def test_data_verify_finds_the_files_as_built(cli: CommandLine) -> None:
    answer = cli.run("data", "verify", "--json")
    assert answer.code == 0
    assert {check["status"] for check in answer.json["checks"]} == {"OK"}


def test_roads_info_names_source_and_licence(cli: CommandLine) -> None:
    about = cli.call("roads", "info", "--json").json
    assert about["nodes"] > 10_000


def test_a_bad_setting_is_named(cli: CommandLine, command_line: type[CommandLine]) -> None:
    wrong = command_line({**cli.settings, "DISPATCH119_PORT": "many"})
    answer = wrong.call("user", "list", "--json")
    assert answer.code == 2
    assert "PORT" in answer.json["error"]["message"]


def test_locate_works_where_nothing_may_be_written(
    cli: CommandLine, command_line: type[CommandLine], tmp_path: Path
) -> None:
    elsewhere = command_line({**cli.settings, "HOME": str(tmp_path / "absent")})
    assert elsewhere.run("locate", str(CLEAR), "--json").code == 0
