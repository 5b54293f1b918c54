"""
Backups with PostgreSQL's own tools, and stopping a cluster that another process started.

A backup is a `pg_dump` file in custom format: compressed, and restorable table by table.
Roles and what belongs to the PostGIS extension are not in it; `read_backup` makes them.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg
from sqlalchemy import make_url

from api.settings import DatabaseSettings
from geodata.database.binaries import get_binaries
from geodata.database.embedded import ACCOUNTS, APP
from geodata.database.engine import connect_owner, conninfo
from geodata.database.roles import check_roles, make_login
from geodata.errors import DatabaseUnavailableError, UnavailableError
from geodata.said import said

_STOP_LIMIT_S = 30.0
_LEAKPROOF = Path(__file__).resolve().parents[2] / "migrations" / "sql" / "0002_leakproof.sql"

# Of the extension, not ours: its owner may be somebody else, who made both already.
_NOT_OURS = ("EXTENSION", "COMMENT - EXTENSION", "TABLE DATA public spatial_ref_sys")


class BackupError(UnavailableError):
    """A backup that cannot be written or read."""


def write_backup(owner_url: str, file: Path) -> int:
    """
    Write the database into `file` and return its size, bytes.

    Written beside and renamed, so that an interrupted backup never looks like one.

    Raises
    ------
    BackupError
        `backup_failed`.
    """
    beside = file.with_name(file.name + ".part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise BackupError(
            "backup_failed",
            said("cannot write {file}: {why}", file=file, why=error.strerror),
            said("choose another folder"),
        ) from error
    os.close(descriptor)
    _run_tool("pg_dump", "--format=custom", f"--file={beside}", *_database(owner_url), at=owner_url)
    beside.replace(file)
    return file.stat().st_size


def read_backup(owner_url: str, file: Path) -> None:
    """
    Fill an empty database from `file`.

    Raises
    ------
    DatabaseUnavailableError
        `logins_missing`, `extension_missing`.
    BackupError
        `backup_unreadable`, `database_not_empty` or `backup_failed`.
    """
    if not file.is_file():
        raise BackupError(
            "backup_unreadable",
            said("there is no file {file}", file=file),
            said("name a backup file"),
        )
    address = conninfo(owner_url)
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT to_regclass('public.account') IS NOT NULL").fetchone()
        if found and found[0]:
            raise BackupError(
                "database_not_empty",
                said("the database already has tables"),
                said(
                    "restore into a new one: set DISPATCH119_DATA_DIR or DISPATCH119_DATABASE_URL"
                ),
            )
        _refuse_unprepared(owner_url)
        for login in (APP, ACCOUNTS):
            connection.execute(make_login(login))
        # The schema of a restored table names types of it.
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    with NamedTemporaryFile("w", suffix=".list") as ours:
        contents = _run_tool("pg_restore", "--list", str(file)).splitlines()
        ours.writelines(f"{line}\n" for line in contents if not _is_not_ours(line))
        ours.flush()
        _run_tool(
            "pg_restore",
            "--exit-on-error",
            "--single-transaction",
            "--no-owner",
            f"--use-list={ours.name}",
            *_database(owner_url),
            str(file),
            at=owner_url,
        )
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_LEAKPROOF.read_bytes())


def _refuse_unprepared(owner_url: str) -> None:
    owner = connect_owner(owner_url)
    try:
        with owner.connect() as connection:
            check_roles(connection)
    finally:
        owner.dispose()


def stop_cluster(data_dir: Path, *, limit_s: float = _STOP_LIMIT_S) -> bool:
    """
    Stop the embedded cluster of `data_dir`, whoever started it; False when none runs.

    Raises
    ------
    DatabaseUnavailableError
        `server_will_not_stop`.
    """
    pid = _server_pid(data_dir / "pgdata" / "postmaster.pid")
    if pid is None:
        return False
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if not _is_postgres(pid):
            return True
        time.sleep(0.05)
    raise DatabaseUnavailableError(
        "server_will_not_stop",
        said("process {pid:d} still runs", pid=pid),
        said("try again, or stop it by hand"),
    )


def is_cluster_running(data_dir: Path) -> bool:
    """Tell whether the embedded cluster of `data_dir` runs, whoever started it."""
    return _server_pid(data_dir / "pgdata" / "postmaster.pid") is not None


def refuse_other_server(settings: DatabaseSettings) -> None:
    """Refuse to stop a server that is not ours."""
    if settings.database_url:
        raise UnavailableError(
            "not_embedded",
            said("DISPATCH119_DATABASE_URL names another server"),
            said("stop that server by its own means"),
        )


def _server_pid(pid_file: Path) -> int | None:
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_postgres(pid) else None


def _is_postgres(pid: int) -> bool:
    # The file outlives a killed server and its number may belong to somebody else by now.
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return name == "postgres" and state != "Z"


def _is_not_ours(line: str) -> bool:
    """Tell whether a line of a backup's contents (`3; 3079 16386 EXTENSION - postgis`) is not."""
    return " ".join(line.split(" ")[3:]).startswith(_NOT_OURS)


def _database(url: str) -> tuple[str]:
    """Return the argument that names a database, without the password: everybody may read it."""
    return (f"--dbname={conninfo(make_url(url).set(password=None))}",)


def _run_tool(name: str, *arguments: str, at: str | None = None) -> str:
    """Run a client program to its end, with the password of the address `at`; what it printed."""
    password = make_url(at).password if at else None
    done = subprocess.run(  # noqa: S603
        [_tool(name), *arguments],
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env=os.environ | ({"PGPASSWORD": password} if password else {}),
    )
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupError(
            "backup_failed",
            lines[-1] if lines else said("{name} failed", name=name),
            said("see dispatch119 check"),
        )
    return done.stdout.decode(errors="replace")


def _tool(name: str) -> str:
    try:
        beside = get_binaries().folder / name
        if os.access(beside, os.X_OK):
            return str(beside)
    except DatabaseUnavailableError:
        pass
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            "tool_missing",
            said("{name} is not installed", name=name),
            said("install the PostgreSQL client programs"),
        )
    return found
