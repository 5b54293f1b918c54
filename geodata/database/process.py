"""
The server as a process: a lock that it inherits, and a parent that lives long enough.

Knows nothing of PostgreSQL. Sources: `flock(2)`, `prctl(2)` PR_SET_PDEATHSIG.
"""

import fcntl
import os
import subprocess
import threading
from pathlib import Path

from geodata.database import faults


class Lock:
    """An advisory file lock that passes to child processes with its descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> "Lock | None":
        """Take the lock without waiting; None when another process holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return None
        return cls(descriptor)

    def fileno(self) -> int:
        """Return the descriptor to pass on."""
        return self._descriptor

    def close(self) -> None:
        """Close our copy; the lock is free when the last copy is closed."""
        # Closing, not unlocking: unlocking would take the lock from the server too.
        os.close(self._descriptor)


def spawn_from_lasting_thread(command: list[str], log: Path, lock: int) -> subprocess.Popen[bytes]:
    """
    Start `command` from a thread that lives as long as this process.

    The death signal of `setpriv` is sent when the starting THREAD ends, not the
    process: a server started from a web worker's thread would stop with it.
    """
    started = threading.Event()
    outcome: list[subprocess.Popen[bytes] | OSError] = []

    def keep() -> None:
        try:
            with log.open("ab") as sink:
                server = subprocess.Popen(  # noqa: S603
                    command, stdout=sink, stderr=sink, stdin=subprocess.DEVNULL,
                    cwd="/", start_new_session=True, pass_fds=(lock,),
                )  # fmt: skip
        except OSError as error:
            outcome.append(error)
            started.set()
            return
        outcome.append(server)
        started.set()
        server.wait()

    threading.Thread(target=keep, name="postgres-keeper", daemon=True).start()
    started.wait()
    if isinstance(outcome[0], OSError):
        raise faults.will_not_start(str(outcome[0])) from outcome[0]
    return outcome[0]
