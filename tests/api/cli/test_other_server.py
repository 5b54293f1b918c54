"""
Another PostgreSQL with a plain owner: what its administrator runs, and all that follows.

A cluster of its own, in which the superuser runs what `db roles` prints; the three logins have
passwords, none is a superuser, may make roles or is a member of another.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from api.settings import Settings
from geodata.database.binaries import get_binaries
from geodata.database.embedded import ACCOUNTS, APP, EmbeddedCluster
from geodata.database.engine import connect_database, conninfo
from geodata.errors import DatabaseUnavailableError
from tests.conftest_d.api import report_of, running_server, visiting
from tests.conftest_d.command_line import CommandLine

OWNER, DATABASE = "helpline", "help line"
PASSWORDS = {OWNER: "o w%n/er", APP: "a@pp", ACCOUNTS: "acc:ounts"}
VARIABLES = ("DATABASE_URL", "DATABASE_APP_URL", "DATABASE_ACCOUNTS_URL")


@pytest.fixture(scope="module")
def other_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    """Run a server of somebody else's."""
    with EmbeddedCluster(tmp_path_factory.mktemp("other") / "cluster", durable=False) as running:
        yield running


def psql(cluster: EmbeddedCluster, script: str) -> subprocess.CompletedProcess[str]:
    program = str(get_binaries().folder / "psql")
    return subprocess.run(
        [program, "-X", "-v", "ON_ERROR_STOP=1", conninfo(cluster.url)],
        input=script, capture_output=True, text=True, check=False,
    )  # fmt: skip


def prepare(cluster: EmbeddedCluster, owner: str, database: str) -> None:
    """Do as the administrator: run what the command prints, set passwords, ask for them."""
    printed = CommandLine().call("db", "roles", "--owner", owner, "--database", database)
    assert printed.code == 0, printed.err
    done = psql(cluster, printed.out)
    assert done.returncode == 0, done.stderr
    passwords = {owner: PASSWORDS[OWNER], **{name: PASSWORDS[name] for name in (APP, ACCOUNTS)}}
    psql(cluster, "".join(f"ALTER ROLE {n} PASSWORD '{p}';\n" for n, p in passwords.items()))
    rules = cluster.data_dir / "pgdata" / "pg_hba.conf"
    rules.write_text("local all owner trust\nlocal all all scram-sha-256\n")
    psql(cluster, "SELECT pg_reload_conf();")


def addresses(cluster: EmbeddedCluster, owner: str, database: str) -> dict[str, str]:
    known = make_url(cluster.url).set(drivername="postgresql", database=database)
    logins = (owner, APP, ACCOUNTS)
    words = (PASSWORDS[OWNER], PASSWORDS[APP], PASSWORDS[ACCOUNTS])
    return {
        f"DISPATCH119_{variable}": known.set(username=login, password=word).render_as_string(
            hide_password=False
        )
        for variable, login, word in zip(VARIABLES, logins, words, strict=True)
    }


@pytest.fixture(scope="module")
def other_server(
    other_cluster: EmbeddedCluster, tmp_path_factory: pytest.TempPathFactory
) -> CommandLine:
    """Return the command line on a migrated database of a plain owner."""
    prepare(other_cluster, OWNER, DATABASE)
    data_dir = {"DISPATCH119_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    line = CommandLine({**addresses(other_cluster, OWNER, DATABASE), **data_dir})
    migrated = line.run("db", "migrate")
    assert migrated.code == 0, migrated.err
    return line


def test_no_login_can_become_another(other_server: CommandLine, other_cluster: EmbeddedCluster):
    for variable in VARIABLES:
        with psycopg.connect(
            conninfo(other_server.settings[f"DISPATCH119_{variable}"])
        ) as connection:
            mighty = connection.execute(
                "SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles"
                " WHERE rolname = session_user"
            ).fetchone()
            assert mighty == (False,)
            others = connection.execute(
                "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)"
                " AND rolname <> session_user AND pg_has_role(session_user, oid, 'MEMBER')",
                [list(PASSWORDS)],
            ).fetchone()
            assert others == (0,)


def test_every_check_passes_but_the_one_for_superusers(other_server: CommandLine):
    checks = {c["name"]: c["status"] for c in other_server.call("check", "--json").json["checks"]}
    leakproof = checks.pop("Spatial queries use their index behind row-level security")
    assert leakproof == "WARN"
    checks.pop("map assets", None)
    assert {name for name, status in checks.items() if status != "OK"} == set()


def test_a_report_is_taken_and_a_person_signs_in(
    other_server: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    made = other_server.call(
        "user", "add", "ana", "--role", "dispatcher", "--county", "B3", "--json"
    ).json
    for name, value in other_server.settings.items():
        monkeypatch.setenv(name, value)
    by_script = {"X-Requested-With": "dispatch119"}
    with (
        running_server(Settings()) as (base_url, _services),
        visiting(base_url, headers=by_script) as desk,
    ):
        who = {"username": "ana", "password": made["password"]}
        assert desk.post("/v1/sessions", json=who).status_code == 201
        assert desk.post("/v1/location-reports", content=report_of()).status_code == 201
        assert len(desk.get("/v1/incidents").json()) >= 1
        assert desk.get("/health/ready").status_code == 200


def test_a_backup_of_the_embedded_cluster_moves_to_a_plain_owner(
    cli_with_database: CommandLine, other_cluster: EmbeddedCluster, tmp_path: Path
):
    file = tmp_path / "night.dump"
    assert cli_with_database.call("db", "backup", str(file)).code == 0
    prepare(other_cluster, "third_owner", "moved")
    moved = CommandLine(
        {
            **addresses(other_cluster, "third_owner", "moved"),
            "DISPATCH119_DATA_DIR": str(tmp_path),
        }
    )
    answer = moved.call("db", "restore", str(file), "--yes")
    assert answer.code == 0, answer.err
    maintained = moved.call("db", "maintain", "--json")
    assert maintained.code == 0, maintained.err
    failed = [c for c in moved.call("check", "--json").json["checks"] if c["status"] == "FAIL"]
    assert failed == []


def test_a_backup_of_a_plain_owner_fills_a_database_of_another(
    other_server: CommandLine, other_cluster: EmbeddedCluster, tmp_path: Path
):
    file = tmp_path / "night.dump"
    written = other_server.run("db", "backup", str(file))
    assert written.code == 0, written.err
    prepare(other_cluster, "second_owner", "restored")
    restored = CommandLine(
        {
            **addresses(other_cluster, "second_owner", "restored"),
            "DISPATCH119_DATA_DIR": str(tmp_path),
        }
    )
    answer = restored.run("db", "restore", str(file), "--yes")
    assert answer.code == 0, answer.err
    assert restored.call("user", "list", "--json").json == (
        other_server.call("user", "list", "--json").json
    )
    failed = [c for c in restored.call("check", "--json").json["checks"] if c["status"] == "FAIL"]
    assert failed == []


@pytest.mark.parametrize(
    ("without", "code"),
    [
        (("CREATE EXTENSION",), "extension_missing"),
        (("dispatch119_accounts",), "logins_missing"),
        (("dispatch119_accounts", "dispatch119_app", "CREATE EXTENSION"), "logins_missing"),
    ],
)
def test_what_the_administrator_left_out_is_named(
    tmp_path: Path, without: tuple[str, ...], code: str
):
    printed = CommandLine().call("db", "roles", "--owner", "lone", "--database", "x").out
    kept = [line for line in printed.splitlines() if not any(word in line for word in without)]
    with EmbeddedCluster(tmp_path / "cluster", durable=False) as cluster:
        done = psql(cluster, "\n".join(kept))
        assert done.returncode == 0, done.stderr
        owner = make_url(cluster.url).set(username="lone", database="x")
        address = {"DISPATCH119_DATABASE_URL": owner.render_as_string(hide_password=False)}
        data_dir = {"DISPATCH119_DATA_DIR": str(tmp_path)}
        answer = CommandLine({**address, **data_dir}).call("db", "migrate")
    assert answer.code != 0
    assert f"[{code}]" in answer.err


@pytest.mark.parametrize("mighty", ["owner", "member", "superuser"])
def test_a_login_that_may_become_the_owner_is_refused(
    other_server: CommandLine, other_cluster: EmbeddedCluster, mighty: str
):
    stronger = {"owner": "DISPATCH119_DATABASE_URL"}.get(mighty, "DISPATCH119_DATABASE_APP_URL")
    grants = {"member": f"GRANT {OWNER} TO {APP}", "superuser": f"ALTER ROLE {APP} SUPERUSER"}
    undone = {"member": f"REVOKE {OWNER} FROM {APP}", "superuser": f"ALTER ROLE {APP} NOSUPERUSER"}
    psql(other_cluster, grants.get(mighty, "SELECT 1") + ";")
    try:
        engine = connect_database(other_server.settings[stronger], pool_size=1)
        with pytest.raises(DatabaseUnavailableError, match="may do what the owner"):
            engine.connect()
        engine.dispose()
    finally:
        psql(other_cluster, undone.get(mighty, "SELECT 1") + ";")
