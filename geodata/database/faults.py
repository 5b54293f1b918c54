"""
Turn what the server, the disk and the driver say into errors with a code and a hint.

Two sides: why a private cluster will not start, and why a statement failed. Nothing
here is retried; a message never carries the value that offended a constraint.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geodata.database import sqlstates
from geodata.errors import ConflictError, DatabaseUnavailableError, RefusedError
from geodata.said import said

_LEAST_FREE_BYTES = 200_000_000

_LOG_SIGNS = (
    ("No space left on device", "disk_full", said("free some disk space, then start again")),
    ("could not resize shared memory", "memory_full", said("enlarge /dev/shm or free some memory")),
    ("Cannot allocate memory", "memory_full", said("free some memory, then start again")),
    (
        "incompatible with server",
        "data_version_mismatch",
        said("install the version that made the data"),
    ),
    (
        "Permission denied",
        "data_dir_unwritable",
        said("give the data directory to the user who runs"),
    ),
    ("could not create any Unix-domain sockets", "no_socket_folder", said("make /tmp writable")),
)

# Somebody holds what we want; a moment later it may be free.
_BUSY = frozenset(
    {
        sqlstates.SERIALIZATION_FAILURE,
        sqlstates.DEADLOCK_DETECTED,
        sqlstates.LOCK_NOT_AVAILABLE,
    }
)
# SQLSTATE -> (code, message, hint) of a `DatabaseUnavailableError`.
_UNAVAILABLE = {
    sqlstates.QUERY_CANCELED: (
        "too_slow", said("the database took too long"), said("try again, or ask for less"),
    ),
    sqlstates.DISK_FULL: (
        "disk_full", said("the database has no disk space left"), said("free some disk space"),
    ),
    sqlstates.TOO_MANY_CONNECTIONS: (
        "too_many_connections", said("the database has no free connection"), said("try again"),
    ),
    sqlstates.UNDEFINED_TABLE: (
        "not_migrated", said("the database has no tables yet"), said("run dispatch119 db up"),
    ),
}  # fmt: skip


def check_folder(data_dir: Path) -> None:
    """
    Make sure `data_dir` exists, is ours to write, and has room.

    Raises
    ------
    DatabaseUnavailableError
        `data_dir_unwritable` or `disk_full`.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(data_dir) from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise unwritable(data_dir)
    free = shutil.disk_usage(data_dir).free
    if free < _LEAST_FREE_BYTES:
        raise DatabaseUnavailableError(
            "disk_full",
            said("only {free_mb} MB are free where the data directory is", free_mb=free // 1000000),
            said("free at least {least_mb} MB", least_mb=_LEAST_FREE_BYTES // 1000000),
        )


def unwritable(data_dir: Path) -> DatabaseUnavailableError:
    """Say that the data directory is not ours."""
    return DatabaseUnavailableError(
        "data_dir_unwritable",
        said("cannot write to the data directory {data_dir}", data_dir=data_dir),
        said("give it to the user who runs this, or choose another with DISPATCH119_DATA_DIR"),
    )


def will_not_start(why: str) -> DatabaseUnavailableError:
    """Say that the server does not run, and why."""
    return DatabaseUnavailableError(
        "server_will_not_start", why, said("see postgres.log in the data directory")
    )


def from_log(text: str) -> DatabaseUnavailableError:
    """Name the cause of a failed start from the server's last words."""
    for sign, code, hint in _LOG_SIGNS:
        if sign in text:
            return DatabaseUnavailableError(code, _last_line(text), hint)
    return will_not_start(_last_line(text) or said("the server stopped without a word"))


@contextmanager
def named_faults() -> Iterator[None]:
    """
    Raise driver errors that are nobody's bug as errors with a code.

    Raises
    ------
    DatabaseUnavailableError
        `database_unreachable`, `not_migrated`, `disk_full`, `too_many_connections`, `too_slow`.
    ConflictError
        `busy`: a lock was not granted in time, or a deadlock was resolved against us.
    """
    try:
        yield
    except DBAPIError as error:
        named = _named(error)
        if named is None:
            raise
        raise named from error
    except PendingRollbackError as error:
        # Work went on after the connection was lost.
        raise _unreachable() from error
    except PoolTimeoutError as error:
        raise DatabaseUnavailableError(*_UNAVAILABLE[sqlstates.TOO_MANY_CONNECTIONS]) from error


def _named(error: DBAPIError) -> RefusedError | None:
    state = sqlstates.sqlstate(error)
    if state in _BUSY:
        return ConflictError(
            "busy", said("somebody else is changing the same thing"), said("try again in a moment")
        )
    if state in _UNAVAILABLE:
        return DatabaseUnavailableError(*_UNAVAILABLE[state])
    lost = state is None and type(error.orig).__name__ == "OperationalError"
    is_gone = (state or "").startswith(sqlstates.CONNECTION_CLASSES)
    if error.connection_invalidated or lost or is_gone:
        return _unreachable()
    return None


def _unreachable() -> DatabaseUnavailableError:
    return DatabaseUnavailableError(
        "database_unreachable",
        said("the database does not answer"),
        said("check that the server runs: dispatch119 check"),
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error:" in line]
    return (fatal or lines or [""])[-1]
