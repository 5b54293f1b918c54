"""
Under which user, and tied to whose life, the database server runs.

PostgreSQL refuses to run as root. Where we are root it runs inside a user
namespace of its own (files stay root's) or, where namespaces are forbidden, as the
system user `postgres`. Sources: `unshare(1)`, `setpriv(1)`, `prctl(2)` PR_SET_PDEATHSIG.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DatabaseUnavailableError
from geodata.said import said

_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")

SHELTERS = Path("/var/lib/dispatch119")
"""Holds the clusters whose own folder the server's user cannot reach, such as root's home."""


@dataclass(frozen=True, slots=True)
class Launch:
    """The command prefix for server programs, and the user that must own their files."""

    prefix: tuple[str, ...] = ()
    owner: tuple[int, int] | None = None

    def give(self, path: Path) -> None:
        """Hand `path` to the user the server runs as, when that is another one."""
        if self.owner is not None:
            os.chown(path, *self.owner)

    def tied(self, command: list[str]) -> list[str]:
        """Return `command` so that it gets SIGINT (a clean stop) when its parent dies."""
        # `setpriv` comes last, right before the server: the kernel forgets the death signal when a
        # process changes its user.
        tie = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
        return [*self.prefix, *tie, *command]


def choose_launch(pgdata: Path) -> Launch:
    """
    Choose how to run the server on `pgdata` as the current user.

    Existing data keeps the user it belongs to. Where the server runs as another user,
    the folder around `pgdata` must be given to that user too (`Launch.give`).

    Raises
    ------
    DatabaseUnavailableError
        `cannot_leave_root`: root, no user namespaces, no usable other user.
    """
    if os.geteuid() != 0:
        return Launch()
    owner = _owner_of(pgdata)
    if owner is not None and owner[0] != 0:
        return _as_user(*owner)
    if _namespace_works():
        return Launch(prefix=_NAMESPACE)
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError:
        raise _cannot_leave_root(said("there is no user postgres")) from None
    if owner is None and _can_reach(postgres.pw_uid, postgres.pw_gid, pgdata.parent.parent):
        return _as_user(postgres.pw_uid, postgres.pw_gid)
    raise _cannot_leave_root(said("the user postgres cannot reach the data directory"))


def find_shelter(data_dir: Path) -> Path | None:
    """
    Return a folder for the cluster of `data_dir` elsewhere, where it cannot live there.

    That is so for root in a container: no user namespaces, and a checkout in root's
    home, which the user `postgres` must not enter. The folder is made, and is that
    user's alone. None where the cluster can live in `data_dir`.
    """
    if os.geteuid() != 0 or _namespace_works():
        return None
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError:
        return None
    if _can_reach(postgres.pw_uid, postgres.pw_gid, data_dir.parent):
        return None
    shelter = SHELTERS / hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    SHELTERS.mkdir(mode=0o711, parents=True, exist_ok=True)
    shelter.mkdir(mode=0o700, exist_ok=True)
    os.chown(shelter, postgres.pw_uid, postgres.pw_gid)
    return shelter


def _owner_of(pgdata: Path) -> tuple[int, int] | None:
    if not pgdata.exists():
        return None
    status = pgdata.stat()
    return status.st_uid, status.st_gid


def _as_user(uid: int, gid: int) -> Launch:
    return Launch(("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"), (uid, gid))


def _namespace_works() -> bool:
    return _succeeds([*_NAMESPACE, "true"])


def _can_reach(uid: int, gid: int, folder: Path) -> bool:
    return _succeeds([*_as_user(uid, gid).prefix, "test", "-x", str(folder)])


def _succeeds(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603


def _cannot_leave_root(why: str) -> DatabaseUnavailableError:
    return DatabaseUnavailableError(
        "cannot_leave_root",
        said(
            "PostgreSQL refuses to run as root, user namespaces are forbidden, and {why}", why=why
        ),
        said("run as an ordinary user, or set DISPATCH119_DATABASE_URL to another server"),
    )
