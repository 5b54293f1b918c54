"""
The database of this installation, started and brought up to date.

Apart from `wiring`, so that a command that only needs the database loads nothing else.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from api.settings import DatabaseSettings
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import connect_database, connect_owner
from geodata.database.migrate import migrate
from geodata.database.seed import seed_reference
from teams.retention import maintain_positions

Watch = Callable[[EmbeddedCluster], AbstractContextManager[object]]
"""What looks after a running cluster while it is needed."""


@dataclass(frozen=True, slots=True)
class DatabaseAddresses:
    """The owner's address (migrations, upkeep) and the application's."""

    owner: str
    app: str


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
        yield DatabaseAddresses(settings.database_url, settings.database_url)
        return
    with ExitStack() as stack:
        cluster = stack.enter_context(EmbeddedCluster(settings.data_dir))
        if watched_by is not None:
            stack.enter_context(watched_by(cluster))
        yield DatabaseAddresses(cluster.url, cluster.app_url)


def prepare_database(addresses: DatabaseAddresses) -> None:
    """Bring schema, reference rows and the days' partitions up to date; a no-op when they are."""
    migrate(addresses.owner)
    owner = connect_owner(addresses.owner)
    try:
        seed_reference(owner)
        maintain_positions(owner)
    finally:
        owner.dispose()


@contextmanager
def running_engine(settings: DatabaseSettings) -> Iterator[Engine]:
    """Give a connected application engine on an up-to-date database."""
    with running_database(settings) as addresses:
        prepare_database(addresses)
        engine = connect_database(addresses.app)
        try:
            yield engine
        finally:
            engine.dispose()
