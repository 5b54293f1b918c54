"""
The database of this installation, started and brought up to date.

Apart from `wiring`, so that a command that only needs the database loads nothing else.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import URL, Engine, make_url

from api.settings import DatabaseSettings
from geodata.database.embedded import ACCOUNTS, APP, EmbeddedCluster
from geodata.database.engine import connect_database, connect_owner
from geodata.database.migrate import migrate
from geodata.database.seed import seed_reference
from teams.retention import maintain_positions

Watch = Callable[[EmbeddedCluster], AbstractContextManager[object]]
"""What looks after a running cluster while it is needed."""


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """
    The same database as three logins.

    The owner's is for migrations and upkeep; county work's and that of accounts are plain.
    """

    owner: str
    app: str
    accounts: str


def utc_now() -> datetime:
    """Return the moment, aware UTC."""
    return datetime.now(UTC)


@contextmanager
def running_database(
    settings: DatabaseSettings, watched_by: Watch | None = None
) -> Iterator[DatabaseAddresses]:
    """
    Give the addresses of the configured server, or of the embedded cluster while inside.

    `watched_by` is entered beside the cluster, to start it again should it die.

    Raises
    ------
    DatabaseUnavailableError
        The cluster does not start.
    """
    if settings.database_url:
        yield _addresses_of(settings, settings.database_url)
        return
    with ExitStack() as stack:
        cluster = stack.enter_context(EmbeddedCluster(settings.data_dir))
        if watched_by is not None:
            stack.enter_context(watched_by(cluster))
        yield DatabaseAddresses(cluster.url, cluster.app_url, cluster.accounts_url)


def prepare_database(addresses: DatabaseAddresses) -> None:
    """Bring schema, reference rows and the days' partitions up to date; a no-op when they are."""
    migrate(addresses.owner)
    owner = connect_owner(addresses.owner)
    try:
        seed_reference(owner)
        maintain_positions(owner)
    finally:
        owner.dispose()


@dataclass(frozen=True, slots=True)
class Engines:
    """County work's pool, and that of accounts: neither can do what is the other's."""

    app: Engine
    accounts: Engine


@contextmanager
def running_engines(settings: DatabaseSettings) -> Iterator[Engines]:
    """Give connected engines of both plain logins on an up-to-date database."""
    with running_database(settings) as addresses:
        prepare_database(addresses)
        engines = Engines(
            connect_database(addresses.app), connect_database(addresses.accounts, pool_size=2)
        )
        try:
            yield engines
        finally:
            engines.app.dispose()
            engines.accounts.dispose()


def _addresses_of(settings: DatabaseSettings, owner: str) -> DatabaseAddresses:
    return DatabaseAddresses(
        owner,
        settings.database_app_url or _as_login(owner, APP),
        settings.database_accounts_url or _as_login(owner, ACCOUNTS),
    )


def _as_login(owner: str, login: str) -> str:
    """Return the owner's address with another name; libpq finds its password, if it needs one."""
    known = make_url(owner)
    plain = URL.create(
        known.drivername,
        username=login,
        host=known.host,
        port=known.port,
        database=known.database,
        query=known.query,
    )
    return plain.render_as_string(hide_password=False)
