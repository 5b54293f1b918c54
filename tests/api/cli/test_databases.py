"""Commands on a database: accounts, recommendation, upkeep, backup, serving."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from dispatch import services as use_cases
from geodata.database.embedded import EmbeddedCluster
from teams.positions import PositionReport
from tests.conftest_d.api import ADMIN, TITAN, visiting
from tests.conftest_d.command_line import CommandLine
from tests.conftest_d.database import Database, create_database, database_url


@pytest.fixture(scope="module")
def team(cli_database: Database) -> str:
    view = use_cases.create_team(
        cli_database.app, ADMIN, callsign="B3-CLI", county="B3", base=TITAN
    )
    return str(view.team.id)


def test_an_account_is_made_listed_and_gets_a_token(cli_with_database: CommandLine) -> None:
    wish = "user add elena --role dispatcher --county B3 --json"
    made = cli_with_database.run(*wish.split())
    assert made.code == 0, made.out + made.err
    assert len(made.json["password"]) >= 12
    accounts = cli_with_database.run("user", "list", "--json").json
    assert {"elena"} <= {account["username"] for account in accounts}
    assert len(cli_with_database.run("user", "token", "elena", "--json").json["token"]) > 30


def test_a_national_account_has_all_counties(cli_with_database: CommandLine) -> None:
    made = cli_with_database.call(
        *["user", "add", "nina", "--role", "supervisor", "--national", "--json"]
    )
    assert len(made.json["counties"]) == 47


def test_a_password_comes_from_standard_input_and_is_not_shown(
    cli_with_database: CommandLine,
) -> None:
    cli_with_database.call("user", "add", "radu", "--role", "planner", "--county", "B3")
    wish = ("user", "passwd", "radu", "--password-stdin")
    answer = cli_with_database.run(*wish, stdin=b"a new long one\n")
    assert answer.code == 0
    assert "a new long one" not in answer.out + answer.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "x", "--role", "king", "--county", "B3"), "unknown_role"),
        (("add", "x", "--role", "planner", "--county", "QQ"), "unknown_county"),
        (("token", "nobody-here"), "unknown_account"),
    ],
)
def test_a_wrong_account_is_refused(
    cli_with_database: CommandLine, arguments: tuple[str, ...], code: str
) -> None:
    answer = cli_with_database.call("user", *arguments, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)


def test_a_disabled_account_says_so(cli_with_database: CommandLine) -> None:
    cli_with_database.call("user", "add", "gone", "--role", "planner", "--county", "B3")
    assert cli_with_database.run("user", "disable", "gone").code == 0
    assert "(disabled)" in cli_with_database.call("user", "list").out


def test_recommend_ranks_or_explains_every_team(cli_with_database: CommandLine, team: str) -> None:
    answer = cli_with_database.run("recommend", "--lon", "26.16", "--lat", "44.415", "--json")
    assert answer.code == 0, answer.out + answer.err
    assert answer.json["owner"] == "B3"
    excluded = {row["team_id"]: row["reasons"] for row in answer.json["excluded"]}
    assert excluded[team] == ["no_position"]


def test_ranking_a_few_teams_loads_the_database_and_no_compiler(
    cli_with_database: CommandLine, cli_database: Database, team: str
) -> None:
    now = datetime.now(UTC)
    fix = PositionReport(UUID(team), TITAN, now, now, accuracy_m=10.0)
    use_cases.record_positions(cli_database.app, ADMIN, [fix], now=now)
    place = ("--lon", "26.16", "--lat", "44.415")
    assert "min (road)" in cli_with_database.call("recommend", *place).out
    loaded = cli_with_database.loaded_by("recommend", *place)
    assert {"psycopg", "sqlalchemy"} <= loaded
    web, maps = {"fastapi", "starlette", "uvicorn", "jinja2"}, {"folium", "geopandas", "osmnx"}
    assert not loaded & (web | maps | {"fpdf", "llvmlite", "networkx", "numba", "pandas", "scipy"})


def test_check_finds_everything_in_order(cli_with_database: CommandLine) -> None:
    answer = cli_with_database.run("check", "--json")
    failed = [check for check in answer.json["checks"] if check["status"] == "FAIL"]
    assert failed == []
    assert answer.code == 0


def test_maintain_says_what_it_did(cli_with_database: CommandLine) -> None:
    answer = cli_with_database.run("db", "maintain", "--json")
    assert answer.code == 0, answer.err
    assert answer.json


def test_migrate_may_be_repeated(cli_with_database: CommandLine) -> None:
    first = cli_with_database.run("db", "migrate", "--json").json
    assert cli_with_database.call("db", "migrate", "--json").json == first


def test_a_backup_fills_an_empty_database(
    cli_with_database: CommandLine,
    command_line: type[CommandLine],
    cluster: EmbeddedCluster,
    team: str,
    tmp_path: Path,
) -> None:
    file = tmp_path / "night.dump"
    assert cli_with_database.run("db", "backup", str(file)).code == 0
    create_database(cluster, "restored")
    restored = command_line({"DISPATCH119_DATABASE_URL": database_url(cluster.url, "restored")})
    answer = restored.run("db", "restore", str(file), "--yes")
    assert answer.code == 0, answer.err
    names = {account["username"] for account in restored.call("user", "list", "--json").json}
    assert names == {a["username"] for a in cli_with_database.call("user", "list", "--json").json}
    failed = [c for c in restored.call("check", "--json").json["checks"] if c["status"] != "OK"]
    assert [c["name"] for c in failed if c["name"] != "map assets"] == []


def test_a_backup_never_overwrites_a_database(
    cli_with_database: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "night.dump"
    cli_with_database.call("db", "backup", str(file))
    answer = cli_with_database.call("db", "restore", str(file), "--yes")
    assert answer.code == 2
    assert "[database_not_empty]" in answer.err


def test_a_backup_is_readable_by_its_owner_only(
    cli_with_database: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "night.dump"
    cli_with_database.call("db", "backup", str(file))
    assert file.stat().st_mode & 0o077 == 0


@contextmanager
def serving(cli: CommandLine, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Serve on a free port; yield the process and its address."""
    process = cli.start("serve", "--port", "0", *arguments)
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield process, line.split(" at ")[-1].strip()
    finally:
        process.kill()
        process.communicate()


def stop_while_somebody_listens(
    process: "subprocess.Popen[str]", client: httpx.Client, wish: signal.Signals
) -> None:
    """Ask the server to stop while a stream is open, and see it end."""
    with client.stream("GET", "/v1/stream") as stream:
        assert stream.status_code == 200
        process.send_signal(wish)
        # A stream that is waited for would keep it for as long as it is read.
        process.wait(timeout=20)
        assert process.returncode in {0, -signal.SIGTERM}


def test_serve_stops_quickly_even_with_an_open_stream(cli_with_database: CommandLine) -> None:
    cli_with_database.call("user", "add", "listener", "--role", "planner", "--county", "B3")
    token = cli_with_database.call("user", "token", "listener").out.strip()
    with (
        serving(cli_with_database) as (process, address),
        visiting(address, headers={"Authorization": f"Bearer {token}"}) as client,
    ):
        stop_while_somebody_listens(process, client, signal.SIGTERM)


def test_serve_prints_demo_accounts_that_can_sign_in_until_ctrl_c(
    cli_with_database: CommandLine,
) -> None:
    with (
        serving(cli_with_database, "--demo-accounts") as (process, address),
        visiting(address) as client,
    ):
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        account = next(line.split() for line in lines if "dispatcher" in line)
        login = {"username": account[0], "password": account[1]}
        assert client.post("/v1/sessions", json=login).status_code == 201
        stop_while_somebody_listens(process, client, signal.SIGINT)


def test_serve_says_when_its_address_is_taken(cli_with_database: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        answer = cli_with_database.run("serve", "--port", str(other.getsockname()[1]))
    assert answer.code == 2
    assert "[address_unusable]" in answer.err


def test_serve_says_when_the_database_is_not_there(cli: CommandLine) -> None:
    answer = cli.run("serve", "--port", "0")
    assert answer.code == 2
    assert "[database_unreachable]" in answer.err


@pytest.mark.integration
def test_down_stops_the_cluster_that_up_keeps(
    command_line: type[CommandLine], tmp_path: Path
) -> None:
    cli = command_line({"DISPATCH119_DATA_DIR": str(tmp_path / "data dir")})
    up = cli.start("db", "up")
    assert up.stdout is not None
    assert "up to date" in up.stdout.readline()
    assert cli.run("db", "down").out == "stopped\n"
    assert up.wait(timeout=20) == 0
    up.communicate()
    assert cli.run("db", "down").out == "was not running\n"
