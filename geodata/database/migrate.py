"""
Bring a database to the schema of this version, or back, with Alembic.

All steps run in one transaction: a failure leaves the old version whole. Two
processes that migrate at once take turns.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from geodata.database.engine import connect_owner
from geodata.database.faults import named_faults
from geodata.database.roles import check_roles

# Alembic is loaded where there is something to do: every start looks, and hardly any migrates.
if TYPE_CHECKING:
    from alembic.config import Config

# Beside the packages both in the repository and in an installed wheel.
_SCRIPTS = Path(__file__).parents[2] / "migrations"
# Any number, as long as nobody else takes this advisory lock.
_TURN = 11900001


def migrate(url: str, revision: str = "head") -> None:
    """
    Upgrade the database at `url` (its owner's) to `revision`; nothing happens when it is there.

    The owner may be a plain login: what it cannot make, the two other logins and PostGIS, an
    administrator makes once (`geodata.database.roles.statements_for`).

    Raises
    ------
    DatabaseUnavailableError
        `logins_missing`, `extension_missing`.
    """
    if revision == "head" and _is_there(url):
        return
    from alembic import command

    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Downgrade the database at `url` to `revision`, or to nothing with `base`. Data is lost."""
    from alembic import command

    _run(url, lambda config: command.downgrade(config, revision))


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database is at, None when it was never migrated."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def newest_revision() -> str:
    """Return the revision that this version of the program expects: that of the last file."""
    return max(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


def is_current(connection: Connection) -> bool:
    """Tell whether a database is at the revision that this program expects."""
    return current_revision(connection) == newest_revision()


def alembic_config(connection: Connection) -> "Config":
    """Return an Alembic configuration bound to an open connection."""
    config = _config()
    config.attributes["connection"] = connection
    return config


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _is_there(url: str) -> bool:
    engine = connect_owner(url)
    try:
        with named_faults(), engine.begin() as connection:
            if not is_current(connection):
                return False
            check_roles(connection)
            return True
    finally:
        engine.dispose()


def _run(url: str, step: Callable[["Config"], None]) -> None:
    engine = connect_owner(url)
    try:
        with named_faults(), engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
            check_roles(connection)
            step(alembic_config(connection))
    finally:
        engine.dispose()
