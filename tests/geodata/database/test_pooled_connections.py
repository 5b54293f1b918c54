"""A pooled connection is given out alive, and one in use is not asked whether it lives."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, text

from geodata.database import alive
from geodata.database.engine import Scope, connect_database, scoped, unscoped
from tests.conftest_d.database import Database

SCOPE = Scope("ana", "dispatcher", ("B3",))


@contextmanager
def pool_of_one(database: Database) -> Iterator[Engine]:
    engine = connect_database(database.app_url, pool_size=1)
    try:
        yield engine
    finally:
        engine.dispose()


def backend(engine: Engine) -> int:
    with scoped(engine, SCOPE) as connection:
        return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def throw_out(database: Database, pid: int) -> None:
    with database.owner.begin() as connection:
        assert connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_the_same_connection_is_used_again(database: Database):
    with pool_of_one(database) as engine:
        assert backend(engine) == backend(engine)


def test_one_that_the_server_has_thrown_out_is_replaced_at_once(database: Database):
    with pool_of_one(database) as engine:
        before = backend(engine)
        throw_out(database, before)
        assert backend(engine) != before


def test_all_that_were_thrown_out_are_replaced(database: Database):
    with pool_of_one(database) as engine:
        for _ in range(3):
            before = backend(engine)
            throw_out(database, before)
            with unscoped(engine) as connection:
                after = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            assert after != before


def test_one_that_lay_long_is_asked_and_replaced_when_it_does_not_answer(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(alive, "LONGEST_UNASKED_S", 0.0)
    with pool_of_one(database) as engine:
        before = backend(engine)
        assert backend(engine) == before
        throw_out(database, before)
        assert backend(engine) != before


def test_an_unscoped_statement_is_a_transaction_by_itself_and_sees_nobody(database: Database):
    with pool_of_one(database) as engine:
        with unscoped(engine) as connection:
            first, second = (
                connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one()
                for _ in range(2)
            )
            counties = connection.execute(text("SELECT app_counties()")).scalar_one()
        assert first != second
        assert not counties
        # The next one to take the connection has a transaction again.
        with scoped(engine, SCOPE) as connection:
            ids = {
                connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one()
                for _ in range(2)
            }
        assert len(ids) == 1


def test_an_unscoped_connection_keeps_no_counties_of_the_one_before(database: Database):
    with pool_of_one(database) as engine:
        backend(engine)
        with unscoped(engine) as connection:
            assert not connection.execute(text("SELECT app_counties()")).scalar_one()
