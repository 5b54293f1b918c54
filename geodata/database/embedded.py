"""
A private PostgreSQL cluster in a folder of ours: on a unix socket only, ending with its parent.

The server programs are the distribution's (`geodata.database.binaries`). One file lock
tells whether any server process of a cluster lives: the postmaster and all its
children inherit the descriptor, so the lock is free exactly when the last of them is
gone, whatever `postmaster.pid` says. A second process on the same folder joins the
running server and never stops it.

Not here: schema and roles beyond the database itself (`geodata.database.migrate`).

Folder: `pgdata/` (the cluster, or a link to it where the server's user cannot reach the
folder), `server.json` (where it listens), `server.lock`, `postgres.log`.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from geodata.database import faults
from geodata.database.binaries import Binaries, get_binaries
from geodata.database.privileges import SHELTERS, Launch, choose_launch, find_shelter
from geodata.database.process import Lock, spawn_from_lasting_thread
from geodata.errors import DatabaseUnavailableError
from geodata.said import said

OWNER = "owner"
APP = "dispatch119_app"
"""The login of county work."""

ACCOUNTS = "dispatch119_accounts"
"""The login that signs people in and administers accounts."""

DATABASE = "dispatch119"
PORT = 5432

_START_TIMEOUT_S = 60.0
_POLL_S = 0.02
# A unix socket address holds 107 bytes; the server adds "/.s.PGSQL.5432.lock".
_LONGEST_SOCKET_FOLDER = 80
_SOCKET_PREFIX = "d119-"
_MAX_LOG_BYTES = 8_000_000

# Small, because it serves one dispatch centre, a laptop or a test. Statements that fail are not
# written to the log, and neither are the values in constraint errors: they are children's data.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "timezone": "UTC",
    "jit": "off",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedCluster:
    """
    One cluster in `data_dir`; `durable=False` trades crash safety for speed (tests only).

    `joined` tells that the server was started by another process.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.durable = durable
        self.joined = False
        self._socket_dir: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the owner (superuser of this cluster): migrations and upkeep only."""
        return self._url(OWNER)

    @property
    def app_url(self) -> str:
        """SQLAlchemy URL of the plain application role, which row-level security binds."""
        return self._url(APP)

    @property
    def accounts_url(self) -> str:
        """SQLAlchemy URL of the login that knows accounts and no case."""
        return self._url(ACCOUNTS)

    @property
    def pid(self) -> int | None:
        """Process id of the server if this object started it."""
        return self._server.pid if self._server else None

    def start(self) -> None:
        """
        Start the server, or join the one that runs; safe to do again after a crash.

        Raises
        ------
        DatabaseUnavailableError
            `postgres_missing`, `postgis_missing`, `data_version_mismatch`, `cannot_leave_root`,
            `data_dir_unwritable`, `disk_full`, `server_will_not_start`.
        """
        if self._is_up():
            return
        self.joined = False
        faults.check_folder(self.data_dir)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            lock = self._take_lock()
            if lock is not None:
                # The server inherits the lock's descriptor. Our own copy closes here, so
                # that the server alone holds the lock, which is free when it ends.
                with contextlib.closing(lock):
                    self._launch(lock.fileno(), deadline)
                return
            if self._is_up() or self._join():
                return
            time.sleep(_POLL_S * 5)
        raise faults.will_not_start(
            said("another server process holds the data directory and does not answer")
        )

    def has_died(self) -> bool:
        """Tell whether the server that was started or joined is certainly gone."""
        if self._server is not None:
            return self._server.poll() is not None
        if self._socket_dir is None or _answers(self._socket_dir):
            return False
        lock = self._take_lock()
        if lock is None:
            return False
        lock.close()
        return True

    def stop(self) -> None:
        """Stop the server if this object started it; a joined server is left alone."""
        server, self._server = self._server, None
        if server is None:
            return
        if server.poll() is None:
            # SIGINT is PostgreSQL's "fast" shutdown: open transactions are ended, nothing is lost.
            # SIGQUIT ends it without that; the next start recovers from the log.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
        self._forget_socket()

    # ── one at a time ─────────────────────────────────────────────────────────
    def _take_lock(self) -> Lock | None:
        return Lock.take(self.data_dir / "server.lock")

    def _is_up(self) -> bool:
        """Tell whether our own server answers; a killed one may look alive for a moment."""
        is_running = self._server is not None and self._server.poll() is None
        return is_running and self._socket_dir is not None and _answers(self._socket_dir)

    def _join(self) -> bool:
        folder = self._listed_socket()
        if folder is None or not _answers(folder):
            return False
        self._server, self._socket_dir, self.joined = None, folder, True
        return True

    def _listed_socket(self) -> Path | None:
        try:
            listed = json.loads((self.data_dir / "server.json").read_text())
            return Path(listed["socket_dir"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # ── starting ──────────────────────────────────────────────────────────────
    def _launch(self, lock: int, deadline: float) -> None:
        home = self._find_home()
        pgdata = home / "pgdata"
        binaries = get_binaries(_data_version(pgdata))
        launch = choose_launch(pgdata)
        launch.give(home)
        before = self._socket_dir or self._listed_socket()
        self._forget_socket()
        if not pgdata.exists():
            self._create(pgdata, binaries, launch)
        (pgdata / "postmaster.pid").unlink(missing_ok=True)  # the lock is ours: no server is alive
        self._socket_dir = _socket_folder(launch, before)
        (self.data_dir / "server.json").write_text(
            json.dumps({"socket_dir": str(self._socket_dir)})
        )
        self._server = self._spawn(pgdata, binaries, launch, lock)
        self._wait_until_ready(self._server, self._socket_dir, deadline)
        _create_database(self._socket_dir)

    def _find_home(self) -> Path:
        """Return the folder that holds `pgdata`: ours, or the shelter our link leads to."""
        link = self.data_dir / "pgdata"
        if link.is_symlink():
            return link.readlink().parent
        shelter = None if link.exists() else find_shelter(self.data_dir)
        if shelter is None:
            return self.data_dir
        link.symlink_to(shelter / "pgdata")
        return shelter

    def _create(self, pgdata: Path, binaries: Binaries, launch: Launch) -> None:
        # Made under another name and then renamed: an interruption leaves no half-made cluster.
        fresh = pgdata.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        launch.give(fresh)
        command = [
            *launch.prefix, binaries.initdb, "-D", str(fresh), "-U", OWNER,
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
            *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        made = subprocess.run(command, check=False, capture_output=True, cwd="/")  # noqa: S603
        if made.returncode != 0:
            raise faults.from_log(made.stderr.decode(errors="replace"))
        fresh.rename(pgdata)

    def _spawn(
        self, pgdata: Path, binaries: Binaries, launch: Launch, lock: int
    ) -> subprocess.Popen[bytes]:
        settings = _SETTINGS if self.durable else _SETTINGS | _NOT_DURABLE
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = launch.tied(
            [
                *(binaries.postgres, "-D", str(pgdata)),
                *("-k", str(self._socket_dir), "-p", str(PORT)),
                *options,
            ]
        )
        log = self.data_dir / "postgres.log"
        if log.exists() and log.stat().st_size > _MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        return spawn_from_lasting_thread(command, log, lock)

    def _wait_until_ready(
        self, server: subprocess.Popen[bytes], socket_dir: Path, deadline: float
    ) -> None:
        log = self.data_dir / "postgres.log"
        while time.monotonic() < deadline:
            if server.poll() is not None:
                self._server = None
                raise faults.from_log(_tail(log))
            if _answers(socket_dir):
                return
            time.sleep(_POLL_S)
        self.stop()
        raise faults.will_not_start(
            said("no answer within {limit_s:.0f} s", limit_s=_START_TIMEOUT_S)
        )

    def _forget_socket(self) -> None:
        """Remove the socket folder of a server that is certainly gone."""
        folder = self._socket_dir or self._listed_socket()
        # The path comes from a file that anybody may have edited, so only a folder named as ours
        # are is removed.
        if folder is not None and folder.name.startswith(_SOCKET_PREFIX):
            shutil.rmtree(folder, ignore_errors=True)
        self._socket_dir = None

    def _url(self, user: str) -> str:
        if self._socket_dir is None:
            raise faults.will_not_start(said("the cluster has not been started"))
        query = {"host": str(self._socket_dir), "port": str(PORT)}
        url = URL.create("postgresql+psycopg", username=user, database=DATABASE, query=query)
        return url.render_as_string(hide_password=False)


def remove_cluster(data_dir: Path) -> None:
    """Delete a stopped cluster with its folder, wherever its data lives."""
    link = data_dir / "pgdata"
    if link.is_symlink() and link.readlink().is_relative_to(SHELTERS):
        shutil.rmtree(link.readlink().parent, ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)


def _socket_folder(launch: Launch, before: Path | None) -> Path:
    """
    Make a private folder whose path is short enough for a unix socket.

    The one from `before` is made again where possible: whoever was connected to a server
    that died finds the next one at the same address.
    """
    if before is not None and before.name.startswith(_SOCKET_PREFIX):
        # Never taken over: one that is there by now is somebody else's.
        with contextlib.suppress(OSError):
            before.mkdir(mode=0o700)
            launch.give(before)
            return before
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    choices = [tempfile.gettempdir(), "/tmp"]  # noqa: S108
    if launch.owner is None:
        choices.insert(0, runtime)
    for choice in choices:
        if (
            choice
            and len(choice) <= _LONGEST_SOCKET_FOLDER
            and os.access(choice, os.W_OK | os.X_OK)
        ):
            folder = Path(tempfile.mkdtemp(prefix=_SOCKET_PREFIX, dir=choice))
            launch.give(folder)
            return folder
    raise DatabaseUnavailableError(
        "no_socket_folder",
        said("no short writable folder for the socket"),
        said("make /tmp writable"),
    )


def _answers(socket_dir: Path) -> bool:
    try:
        psycopg.connect(
            host=str(socket_dir), port=PORT, user=OWNER, dbname="postgres", connect_timeout=2
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(socket_dir: Path) -> None:
    """Create our database on the first start; template0 keeps it free of local extras."""
    with psycopg.connect(
        host=str(socket_dir), port=PORT, user=OWNER, dbname="postgres", autocommit=True
    ) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(DATABASE))
            )


def _data_version(pgdata: Path) -> int | None:
    try:
        return int((pgdata / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise faults.unwritable(pgdata) from error


def _tail(log: Path, size: int = 4000) -> str:
    try:
        return log.read_bytes()[-size:].decode(errors="replace")
    except OSError:
        return ""
