"""
Engines, and the scope under which every statement of the application runs.

`connect_database` connects as a plain login that row-level security binds, and that cannot
become anybody else: a stronger one is refused. `scoped` opens one transaction and says in it
who acts and for which counties; where nothing was said, every protected table is empty.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from geodata.database.alive import check_when_taken
from geodata.database.closing_words import collected
from geodata.database.faults import named_faults
from geodata.database.in_time import in_time
from geodata.database.instants import bound_instants
from geodata.database.scope import Scope
from geodata.errors import DatabaseUnavailableError
from geodata.said import said

__all__ = [
    "Scope",
    "connect_database",
    "connect_owner",
    "conninfo",
    "moment_of",
    "scoped",
    "unscoped",
    "widened",
    "with_setting",
]

# No dispatcher waits longer than this for an answer. The use cases hold locks for milliseconds,
# so a wait of five seconds means that something is wrong.
_SESSION = (
    "-c timezone=UTC -c statement_timeout=30s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=60s"
)
_SET_SCOPE = text(
    "SELECT set_config('app.counties', cast(:counties AS text[])::text, true),"
    " set_config('app.actor', :actor, true), set_config('app.role', :role, true),"
    " set_config('app.team', :team, true), set_config('app.now', :now, true),"
    " transaction_timestamp() AS began_at"
)
# A member of the owner counts, even one that does not inherit: SET ROLE would do.
_MIGHT = (
    "SELECT session_user, rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS ("
    "SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
    " AND c.relkind IN ('r', 'p') AND pg_has_role(session_user, c.relowner, 'MEMBER'))"
    " FROM pg_roles WHERE rolname = session_user"
)
_MOMENT = "moment"
_CLOCK = "dispatch119_clock"
_SET_COUNTIES = text("SELECT set_config('app.counties', cast(:counties AS text[])::text, true)")
_SET = text("SELECT set_config(:name, :value, true)")


def connect_database(
    url: str, *, pool_size: int = 8, clock: Callable[[], datetime] | None = None
) -> Engine:
    """
    Open a pool of connections of a plain login: county work's, or that of accounts.

    The pool opens its first connection when it is used, and refuses a login that may become
    the owner (`login_too_mighty`): stepping down would be undone by one RESET ROLE.
    With a `clock`, every transaction of `scoped` happens at the moment it shows.
    """
    engine = _engine(url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=10)
    engine.update_execution_options(**{_CLOCK: clock})
    event.listen(engine, "connect", _refuse_mighty)
    return engine


def connect_owner(url: str) -> Engine:
    """Open a small pool as the owner: migrations, seeding, upkeep and checks only."""
    return _engine(url, pool_size=1, max_overflow=4)


@contextmanager
def scoped(engine: Engine, scope: Scope) -> Iterator[Connection]:
    """
    Open one transaction that sees and changes only what `scope` allows.

    Audit entries and notices made in it are written last, just before the commit: each of the
    two is one queue for everybody, and nobody should stand in it longer than a commit takes.

    Raises
    ------
    ConflictError
        `too_late`: see `geodata.database.in_time`.
    DatabaseUnavailableError, RefusedError
        See `geodata.database.faults.named_faults`.
    """
    with named_faults(), engine.begin() as connection, in_time(), collected(connection):
        _enter(connection, scope)
        yield connection


@contextmanager
def unscoped(engine: Engine) -> Iterator[Connection]:
    """
    Open a connection on which each statement is a transaction by itself, for nobody.

    Every protected table is empty to it; it is for the functions of the database that let in
    whoever has no scope yet, and spares them the way there and back of beginning and ending.

    Raises
    ------
    DatabaseUnavailableError, RefusedError
        See `geodata.database.faults.named_faults`.
    """
    with named_faults(), engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def widened(connection: Connection, scope: Scope, *counties: str) -> Iterator[None]:
    """
    See `counties` too for the statements inside, to write what will be theirs.

    Who writes into another county must be able to do so without being able to read there
    afterwards; who may, and when, is for the one who opens this to check.
    """
    more = [code for code in dict.fromkeys(counties) if code not in scope.counties]
    if not more:
        yield
        return
    connection.execute(_SET_COUNTIES, {"counties": [*scope.counties, *more]})
    yield
    # Not in a `finally`: after an error the transaction is rolled back, and the setting with it.
    connection.execute(_SET_COUNTIES, {"counties": list(scope.counties)})


@contextmanager
def with_setting(connection: Connection, name: str, value: str) -> Iterator[None]:
    """Let the policies of the database see a setting for the statements inside."""
    connection.execute(_SET, {"name": name, "value": value})
    yield
    # As in `widened`: after an error the transaction is lost anyway.
    connection.execute(_SET, {"name": name, "value": ""})


def conninfo(url: str | URL) -> str:
    """Return the libpq connection string of an SQLAlchemy `url`, for psycopg itself."""
    # Not the address again: SQLAlchemy writes blanks into it that libpq does not take.
    known = make_url(url)
    named = known.translate_connect_args(database="dbname", username="user")
    return make_conninfo(**{**known.query, **named})


def moment_of(connection: Connection) -> datetime:
    """Return the present moment of a transaction (aware UTC), on the application's clock."""
    moment: datetime = connection.info[_MOMENT]
    return moment


def _enter(connection: Connection, scope: Scope) -> None:
    clock = connection.get_execution_options().get(_CLOCK)
    shown: datetime | None = clock() if clock is not None else None
    entered = connection.execute(
        _SET_SCOPE,
        {
            "counties": list(scope.counties),
            "actor": scope.actor,
            "role": scope.role,
            "team": str(scope.team_id) if scope.team_id else "",
            "now": shown.isoformat() if shown is not None else "",
        },
    ).one()
    # What `present_moment()` says in this transaction: told once, so that nobody has to ask.
    connection.info[_MOMENT] = shown or entered.began_at


def _engine(url: str, **pool: Any) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"options": _SESSION, "connect_timeout": 5},
        **pool,
    )
    event.listen(engine, "connect", lambda driver, _record: bound_instants(driver))
    check_when_taken(engine)
    return engine


def _refuse_mighty(driver_connection: Any, _record: object) -> None:
    with driver_connection.cursor() as cursor:
        name, is_mighty = cursor.execute(_MIGHT).fetchone()
    driver_connection.commit()
    if is_mighty:
        driver_connection.close()
        raise DatabaseUnavailableError(
            "login_too_mighty",
            said("{login} may do what the owner of the tables may", login=name),
            said("set DISPATCH119_DATABASE_APP_URL to the login dispatch119_app"),
        )
