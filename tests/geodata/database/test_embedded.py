"""The private cluster: starts anywhere, dies with its parent, and loses nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from geodata.database import binaries, faults
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import conninfo
from geodata.errors import DatabaseUnavailableError
from tests.conftest_d.folders import ROOT

# A program that starts the cluster, commits a row, says so, and waits to be killed.
PARENT = """
import sys, time
from pathlib import Path
import psycopg
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import conninfo
cluster = EmbeddedCluster(Path(sys.argv[1]))
cluster.start()
with psycopg.connect(conninfo(cluster.url)) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
    connection.execute("INSERT INTO kept SELECT count(*) FROM kept")
print(cluster.pid, flush=True)
time.sleep(600)
"""


def run_parent(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    """Start the program; it, and the process id of its server."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(data_dir)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return parent, int(parent.stdout.readline())


def end(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.wait()
    parent.stdout.close()


def eventually(is_true: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}/exe").exists()


def kept(cluster: EmbeddedCluster) -> int:
    with psycopg.connect(conninfo(cluster.url)) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    return 0 if row is None else row[0]


@pytest.fixture
def refused() -> Callable[[EmbeddedCluster], str]:
    def code(cluster: EmbeddedCluster) -> str:
        with pytest.raises(DatabaseUnavailableError) as error:
            cluster.start()
        assert error.value.hint
        return error.value.code

    return code


# ── life and death ────────────────────────────────────────────────────────────
def test_it_starts_in_a_folder_with_a_space_and_without_a_network_port(data_dir: Path):
    with EmbeddedCluster(data_dir, durable=False) as cluster:
        with psycopg.connect(conninfo(cluster.url)) as connection:
            settings = connection.execute(
                "SELECT current_setting('listen_addresses'), current_database(), current_user"
            ).fetchone()
        socket = Path(conninfo_to_dict(conninfo(cluster.url))["host"])
        assert socket.stat().st_mode & 0o777 == 0o700
    assert settings == ("", "dispatch119", "owner")
    assert not socket.exists()


def test_it_is_durable_unless_a_test_says_otherwise(data_dir: Path):
    with (
        EmbeddedCluster(data_dir) as cluster,
        psycopg.connect(conninfo(cluster.url)) as connection,
    ):
        row = connection.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        )
        assert row.fetchone() == ("on", "on")


def test_killing_the_parent_stops_the_server_and_loses_nothing(data_dir: Path):
    parent, server = run_parent(data_dir)
    end(parent)
    assert eventually(lambda: is_gone(server))
    with EmbeddedCluster(data_dir) as cluster:
        assert kept(cluster) == 1


def test_killing_server_and_parent_at_once_loses_nothing(data_dir: Path):
    for round_number in (1, 2):
        parent, server = run_parent(data_dir)
        os.kill(server, signal.SIGKILL)
        end(parent)
        with EmbeddedCluster(data_dir) as cluster:
            assert kept(cluster) == round_number


def test_a_second_process_joins_and_never_stops_the_first(data_dir: Path):
    parent, server = run_parent(data_dir)
    with EmbeddedCluster(data_dir) as second:
        assert second.joined
        assert kept(second) == 1
    assert not is_gone(server)
    end(parent)


def test_a_start_right_after_the_parents_death_waits_for_the_old_server(data_dir: Path):
    parent, _ = run_parent(data_dir)
    end(parent)
    with EmbeddedCluster(data_dir) as cluster:
        # It may have caught the old server's last moment; then it starts its own.
        assert eventually(lambda: (cluster.start(), not cluster.joined)[1])
        assert kept(cluster) == 1


def test_a_stale_pid_file_that_names_a_living_process_does_not_hinder(data_dir: Path):
    with EmbeddedCluster(data_dir, durable=False):
        pass
    (data_dir / "pgdata" / "postmaster.pid").write_text(f"{os.getpid()}\n{data_dir}\n0\n5432\n")
    with EmbeddedCluster(data_dir, durable=False) as cluster:
        assert not cluster.joined


def test_it_comes_back_in_the_same_object_after_the_server_was_killed(data_dir: Path):
    with EmbeddedCluster(data_dir) as cluster:
        first = cluster.pid
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: is_gone(first))
        cluster.start()
        assert cluster.pid not in {None, first}


def test_it_outlives_the_thread_that_started_it(data_dir: Path):
    cluster = EmbeddedCluster(data_dir, durable=False)
    starter = threading.Thread(target=cluster.start)
    starter.start()
    starter.join()
    time.sleep(0.3)
    with psycopg.connect(conninfo(cluster.url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.stop()


def test_two_threads_that_start_at_once_share_one_server(data_dir: Path):
    pair = [EmbeddedCluster(data_dir, durable=False) for _ in range(2)]
    threads = [threading.Thread(target=one.start) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.joined for one in pair) == [False, True]
    for one in pair:
        one.stop()


def test_a_creation_that_was_interrupted_is_begun_again(data_dir: Path):
    (data_dir / "pgdata.new" / "half").mkdir(parents=True)
    with EmbeddedCluster(data_dir, durable=False) as cluster:
        assert cluster.pid


# ── refusals ──────────────────────────────────────────────────────────────────
def test_without_postgresql_it_says_what_to_install(data_dir: Path, monkeypatch, refused):
    monkeypatch.setenv(binaries.OVERRIDE, str(data_dir))
    assert refused(EmbeddedCluster(data_dir)) == "postgres_missing"


def test_data_of_another_version_is_not_touched(data_dir: Path, refused):
    (data_dir / "pgdata").mkdir(parents=True)
    (data_dir / "pgdata" / "PG_VERSION").write_text("9\n")
    assert refused(EmbeddedCluster(data_dir)) == "data_version_mismatch"


def test_a_file_where_the_folder_should_be_is_named(data_dir: Path, refused):
    data_dir.write_text("")
    assert refused(EmbeddedCluster(data_dir)) == "data_dir_unwritable"


def test_a_broken_setting_is_reported_with_the_servers_own_words(data_dir: Path, refused):
    with EmbeddedCluster(data_dir, durable=False):
        pass
    (data_dir / "pgdata" / "postgresql.auto.conf").write_text("max_connections = 'many'\n")
    assert refused(EmbeddedCluster(data_dir)) == "server_will_not_start"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("FATAL:  could not write lock file: No space left on device", "disk_full"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "memory_full"),
        ("initdb: error: could not access directory: Permission denied", "data_dir_unwritable"),
        ("", "server_will_not_start"),
    ],
)
def test_the_servers_last_words_become_a_code(words, code):
    assert faults.from_log(words).code == code


def test_an_address_before_the_start_is_refused(data_dir: Path):
    with pytest.raises(DatabaseUnavailableError, match="has not been started"):
        _ = EmbeddedCluster(data_dir).url
