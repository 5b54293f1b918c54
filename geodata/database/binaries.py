"""
Find the PostgreSQL server programs that come with PostGIS.

Any version will do; the highest that has PostGIS wins, except that an existing
data directory keeps the version it was created with. Nothing is started here.
Places looked at: Debian and Ubuntu (`/usr/lib/postgresql/N/bin`), the PGDG packages
for Red Hat (`/usr/pgsql-N/bin`), and `DISPATCH119_POSTGRES_BIN`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import DatabaseUnavailableError
from geodata.said import said

OVERRIDE = "DISPATCH119_POSTGRES_BIN"
INSTALL_HINT = said("install postgresql and postgresql-NN-postgis-3: run make setup")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installed PostgreSQL: its major version, its programs, and whether PostGIS is there."""

    version: int
    folder: Path
    has_postgis: bool

    @property
    def initdb(self) -> str:
        """Path of `initdb`."""
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        """Path of `postgres`."""
        return str(self.folder / "postgres")


def list_binaries() -> list[Binaries]:
    """List every installed PostgreSQL server, highest version first."""
    override = os.environ.get(OVERRIDE)
    if override:
        # A folder that the operator states is taken as it is: its extensions may lie anywhere.
        folder = Path(override)
        return [Binaries(_version_of(folder), folder, has_postgis=True)] if _runs(folder) else []
    found = [
        *(_debian(folder) for folder in Path("/usr/lib/postgresql").glob("*/bin")),
        *(_red_hat(folder) for folder in Path("/usr").glob("pgsql-*/bin")),
    ]
    usable = [binaries for binaries in found if _runs(binaries.folder)]
    return sorted(usable, key=lambda binaries: binaries.version, reverse=True)


def get_binaries(data_version: int | None = None) -> Binaries:
    """
    Return the programs to use, for a data directory of `data_version` when there is one.

    Raises
    ------
    DatabaseUnavailableError
        `postgres_missing`, `postgis_missing` or `data_version_mismatch`.
    """
    installed = list_binaries()
    if not installed:
        raise DatabaseUnavailableError(
            "postgres_missing", said("no PostgreSQL server is installed"), INSTALL_HINT
        )
    usable = [binaries for binaries in installed if binaries.has_postgis]
    if not usable:
        raise DatabaseUnavailableError(
            "postgis_missing",
            said("PostgreSQL {version} has no PostGIS", version=installed[0].version),
            INSTALL_HINT,
        )
    if data_version is None:
        return usable[0]
    for binaries in usable:
        if binaries.version == data_version:
            return binaries
    versions = ", ".join(str(binaries.version) for binaries in usable)
    raise DatabaseUnavailableError(
        "data_version_mismatch",
        said(
            "the data directory belongs to PostgreSQL {data_version}, installed is {versions}",
            data_version=data_version,
            versions=versions,
        ),
        said(
            "install postgresql-{data_version} and postgresql-{data_version}-postgis-3, or "
            "restore a backup into a new data directory",
            data_version=data_version,
        ),
    )


def _runs(folder: Path) -> bool:
    return os.access(folder / "postgres", os.X_OK) and os.access(folder / "initdb", os.X_OK)


def _debian(folder: Path) -> Binaries:
    version = _version_of(folder)
    control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
    return Binaries(version, folder, control.exists())


def _red_hat(folder: Path) -> Binaries:
    control = folder.parent / "share" / "extension" / "postgis.control"
    return Binaries(_version_of(folder), folder, control.exists())


def _version_of(folder: Path) -> int:
    """Read the major version from a folder such as `/usr/lib/postgresql/15/bin`; 0 if unstated."""
    digits = folder.parent.name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
