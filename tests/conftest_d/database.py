"""
A migrated PostGIS database for every test, cloned from a template in about 0.1 s.

One private cluster per test process (crash safety off); nothing is shared between tests.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, make_url

from geodata.database.binaries import get_binaries
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import Scope, connect_database, connect_owner, conninfo
from geodata.database.migrate import migrate
from geodata.database.seed import seed_reference

_names = count(1)
_ROOM_BYTES = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a test: engines of both plain logins and of the owner, and their URLs."""

    app: Engine
    accounts: Engine
    owner: Engine
    app_url: str
    accounts_url: str
    url: str


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    """Run a private cluster for this test process, in memory where there is room."""
    folder = _fast_folder(tmp_path_factory)
    running = EmbeddedCluster(folder, durable=False)
    with running:
        _preload_postgis(running)
    with running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


def _preload_postgis(cluster: EmbeddedCluster) -> None:
    """Have the next start load PostGIS once, and not every one of thousands of connections."""
    create_database(cluster, "asked", "template0")
    with psycopg.connect(conninfo(database_url(cluster.url, "asked")), autocommit=True) as asked:
        asked.execute("CREATE EXTENSION postgis")
        found = asked.execute("SELECT probin FROM pg_proc WHERE proname = 'postgis_lib_version'")
        [library] = found.fetchone() or ()
        asked.execute(sql.SQL("ALTER SYSTEM SET shared_preload_libraries = {}").format(library))
    _as_superuser(cluster, "DROP DATABASE asked")


@pytest.fixture(scope="session")
def migrated_template(cluster: EmbeddedCluster) -> str:
    """Migrate an empty database once; its name."""
    create_database(cluster, "template_migrated")
    migrate(database_url(cluster.url, "template_migrated"))
    return "template_migrated"


@pytest.fixture(scope="session")
def seeded_template(cluster: EmbeddedCluster, migrated_template: str) -> str:
    """Load the reference geography once; the database's name."""
    create_database(cluster, "template_seeded", migrated_template)
    owner = connect_owner(database_url(cluster.url, "template_seeded"))
    seed_reference(owner)
    owner.dispose()
    return "template_seeded"


@pytest.fixture
def database(cluster: EmbeddedCluster, migrated_template: str) -> Iterator[Database]:
    """Return a migrated database without rows."""
    with cloned(cluster, migrated_template) as clone:
        yield clone


@pytest.fixture
def seeded_database(cluster: EmbeddedCluster, seeded_template: str) -> Iterator[Database]:
    """Return a migrated database with jurisdictions and localities."""
    with cloned(cluster, seeded_template) as clone:
        yield clone


@contextmanager
def cloned(cluster: EmbeddedCluster, template: str) -> Iterator[Database]:
    """Clone `template`, and drop the clone afterwards."""
    name = f"clone_{next(_names)}"
    create_database(cluster, name, template)
    url, app_url = database_url(cluster.url, name), database_url(cluster.app_url, name)
    accounts_url = database_url(cluster.accounts_url, name)
    clone = Database(
        connect_database(app_url, pool_size=12),
        connect_database(accounts_url, pool_size=2),
        connect_owner(url),
        app_url,
        accounts_url,
        url,
    )
    try:
        yield clone
    finally:
        clone.app.dispose()
        clone.accounts.dispose()
        clone.owner.dispose()
        _as_superuser(cluster, f"DROP DATABASE {name} WITH (FORCE)")


def database_url(cluster_url: str, name: str) -> str:
    """Return the URL of another database of the same cluster."""
    return make_url(cluster_url).set(database=name).render_as_string(hide_password=False)


def create_database(cluster: EmbeddedCluster, name: str, template: str = "template0") -> None:
    """Create a database; nobody may be connected to the template."""
    # Copying files takes a tenth of the time that copying through the log does; before
    # version 15 there was no other way, and no word for it.
    strategy = "STRATEGY file_copy" if get_binaries().version >= 15 else ""
    _as_superuser(cluster, f"CREATE DATABASE {name} TEMPLATE {template} {strategy}")


def _as_superuser(cluster: EmbeddedCluster, statement: str) -> None:
    address = conninfo(database_url(cluster.url, "postgres"))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement.encode())


def scope_of_county(*counties: str, role: str = "dispatcher", actor: str = "ana") -> Scope:
    """Build the scope of a person of some counties."""
    return Scope(actor, role, counties)


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder for a cluster of the test's own, with a space in its name."""
    folder = _fast_folder(tmp_path_factory)
    yield folder / "data dir"
    shutil.rmtree(folder, ignore_errors=True)


def _fast_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new folder, in memory where there is room."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM_BYTES
    return Path(mkdtemp(dir=memory)) if has_room else tmp_path_factory.mktemp("cluster")
