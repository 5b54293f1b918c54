"""A connection that ends under a transaction is an unavailable database, whatever came first."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection, text

from geodata.database.audit import audit
from geodata.database.engine import connect_database, conninfo, scoped, widened, with_setting
from geodata.errors import DatabaseUnavailableError, RefusedError
from tests.conftest_d.database import Database, scope_of_county

pytestmark = pytest.mark.integration

SCOPE = scope_of_county("B3")
Step = Callable[[Connection], object]


def drop(database: Database, connection: Connection) -> None:
    """End the server's side of a connection, as a crash or an administrator does."""
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(conninfo(database.url), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def lose(database: Database, step: Step) -> None:
    with scoped(database.app, SCOPE) as connection:
        drop(database, connection)
        step(connection)


def ask(connection: Connection) -> None:
    connection.execute(text("SELECT 1"))


def ask_twice(connection: Connection) -> None:
    """Go on after the first error, as code with a `finally` does."""
    try:
        ask(connection)
    finally:
        ask(connection)


def ask_again_after_an_error(connection: Connection) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011
        ask(connection)
    ask(connection)


def refuse(_: Connection) -> None:
    raise RefusedError("x", "something else")


def widen(connection: Connection) -> None:
    with widened(connection, SCOPE, "IF"), with_setting(connection, "app.call", "x"):
        ask(connection)


def note(connection: Connection) -> None:
    audit(connection, SCOPE, "x", object_type="x", object_id="1")


def nest(connection: Connection) -> None:
    with connection.begin_nested():
        ask(connection)


@pytest.mark.parametrize(
    "step",
    [ask, ask_twice, ask_again_after_an_error, widen, note, nest, refuse, lambda _: None],
    ids=["ask", "finally", "again", "widened", "audit", "savepoint", "refusal", "commit"],
)
def test_a_dropped_backend_is_an_unavailable_database(database: Database, step: Step):
    with pytest.raises(DatabaseUnavailableError) as error:
        lose(database, step)
    assert error.value.code == "database_unreachable"


def test_the_next_transaction_has_another_connection(database: Database):
    with pytest.raises(DatabaseUnavailableError):
        lose(database, ask)
    with scoped(database.app, SCOPE) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_a_pool_without_a_free_connection_says_so(database: Database):
    engine = connect_database(database.app_url, pool_size=1)
    engine.pool._timeout = 0.1
    one, two, three = (scoped(engine, SCOPE) for _ in range(3))
    with one, two, pytest.raises(DatabaseUnavailableError) as no, three:
        pass
    engine.dispose()
    assert no.value.code == "too_many_connections"
