"""The schema: up, down, up again, and equal to what the queries are written with."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text

from geodata.database.engine import connect_owner
from geodata.database.migrate import (
    alembic_config,
    current_revision,
    downgrade,
    is_current,
    migrate,
    newest_revision,
)
from geodata.database.seed import seed_reference
from geodata.errors import DatabaseUnavailableError
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database


def test_autogenerate_finds_nothing_to_add_to_the_migrations(database: Database):
    with database.owner.begin() as connection:
        command.check(alembic_config(connection))


def test_the_schema_goes_down_to_nothing_and_up_again(database: Database):
    downgrade(database.url, "base")
    with database.owner.connect() as connection:
        left = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'p')"
                " AND relname NOT IN ('spatial_ref_sys', 'alembic_version')"
            )
        )
        assert left.scalars().all() == []
    migrate(database.url)
    with database.owner.connect() as connection:
        assert is_current(connection)


def test_migrating_a_current_database_changes_nothing(database: Database):
    migrate(database.url)
    with database.owner.connect() as connection:
        assert current_revision(connection) == newest_revision()


def test_a_failed_migration_leaves_the_old_version_whole(database: Database):
    downgrade(database.url, "base")
    with database.owner.begin() as connection:
        connection.execute(text("CREATE TABLE account ()"))
    with pytest.raises(Exception, match="already exists"):
        migrate(database.url)
    with database.owner.connect() as connection:
        assert current_revision(connection) is None


def test_seeding_again_loads_nothing(seeded_database: Database):
    assert seed_reference(seeded_database.owner) is False


def test_every_county_is_in_the_database_as_it_is_in_the_files(seeded_database: Database):
    with seeded_database.owner.connect() as connection:
        rows = connection.execute(
            text("SELECT code, ST_IsValid(area) FROM jurisdiction ORDER BY code")
        ).all()
    assert rows == [(code, True) for code in sorted(load_counties().codes)]


def test_an_unreachable_server_is_said_plainly():
    engine = connect_owner("postgresql+psycopg://nobody@/none?host=/nowhere")
    with pytest.raises(DatabaseUnavailableError, match="does not answer"):
        seed_reference(engine)


_BOUND = text(
    "SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
    " AND c.relforcerowsecurity),"
    " (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
    " AND p.proconfig::text LIKE '%app.role%'),"
    " has_table_privilege('dispatch119_app', 'account', 'INSERT')"
)


def test_a_database_of_before_the_two_logins_becomes_one_of_them(database: Database):
    downgrade(database.url, "0007")
    with database.owner.connect() as connection:
        forced, named, writes_accounts = connection.execute(_BOUND).one()
    assert (forced, named, writes_accounts) == (16, 16, True)
    migrate(database.url)
    with database.owner.connect() as connection:
        assert tuple(connection.execute(_BOUND).one()) == (0, 0, False)


def test_the_last_file_is_the_newest_revision(database: Database):
    with database.owner.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert scripts.get_heads() == [newest_revision()]
