"""
What raw SQL can do on the connection of county work, and on that of accounts.

As if a query let somebody write SQL of their own into it: each attack is a script of statements,
on the application's own login, in one transaction with the scope of a person.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.handover.views import HandoverWish
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import Scope, scoped
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database, cloned, scope_of_county
from tests.conftest_d.dispatching import Desk

ADMIN = Scope("maria", "administrator", load_counties().codes)
DENIED = (
    r"permission denied|must be (owner|superuser|member)|must have admin|no privileges"
    r"|would be affected by row-level security"
)
BECOME = (
    "SELECT 1",
    "SELECT set_config('app.role', 'login', true)",
    "SELECT set_config('app.role', 'administrator', true), set_config('app.actor', 'maria', true)",
    "SELECT set_config('app.role', 'verifier', false)",
    "SET LOCAL app.role = 'aid'",
)
ACCOUNT_ATTACKS = (
    "SELECT password_hash FROM account",
    "SELECT username FROM account",
    "SELECT * FROM find_login('maria')",
    "SELECT password_hash FROM find_login('maria')",
    "UPDATE account SET password_hash = 'x'",
    "UPDATE account SET role = 'administrator'",
    "INSERT INTO account (username, password_hash, role, counties)"
    " VALUES ('evil', 'x', 'administrator', '{B3}')",
    "DELETE FROM account",
    "SELECT token_sha256 FROM session",
    "SELECT open_session('\\x00', (SELECT gen_random_uuid()), 'bearer', interval '1 day')",
    "SELECT revoke_sessions_of(gen_random_uuid(), NULL)",
    "SELECT change_own_password('x')",
    "SELECT * FROM own_sessions()",
    "COPY account TO STDOUT",
    "SELECT * FROM audit_head",
)
STEP_UP = (
    "SET ROLE owner",
    "SET ROLE {other}",
    "GRANT {other} TO {self}",
    "SET SESSION AUTHORIZATION owner",
    "RESET ROLE; SELECT password_hash FROM account",
    "RESET SESSION AUTHORIZATION; SELECT password_hash FROM account",
    "SET row_security = off; SELECT count(*) FROM incident",
    "ALTER TABLE incident DISABLE ROW LEVEL SECURITY",
    "DROP POLICY incident_of_county ON incident",
    "GRANT owner TO dispatch119_app",
    "GRANT SELECT ON account TO dispatch119_app WITH GRANT OPTION; SELECT * FROM account",
    "CREATE FUNCTION app_role() RETURNS text LANGUAGE sql AS $$ SELECT 'login' $$",
    "CREATE TABLE mine ()",
    "CREATE EXTENSION dblink",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
)
CASE_TABLES = (
    "incident", "incident_event", "call", "location_report", "county_assignment", "assignment",
    "team_position", "team_position_latest", "handover", "handover_event", "missing_child_draft",
    "audit_entry", "road_closure", "closure_request",
)  # fmt: skip


@pytest.fixture(scope="module")
def at_work(cluster: EmbeddedCluster, migrated_template: str) -> Iterator[Database]:
    """A database with an account, a session, and a case of Sector 3; shared, not changed."""
    with cloned(cluster, migrated_template) as database:
        maria = services.create_account(
            database.accounts, ADMIN, username="maria", password="four random words",
            role="administrator", counties=ADMIN.counties,
        )  # fmt: skip
        services.issue_token(
            database.accounts, maria.id, kind="bearer", lifetime=timedelta(hours=1)
        )
        desk = Desk(database.app, scope_of_county("B3"))
        case = desk.call().incident_id
        services.open_handover(desk.engine, desk.scope, case, HandoverWish("danger"))
        yield database


def run(engine: Engine, *statements: str) -> None:
    with scoped(engine, scope_of_county("B3")) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def attack(engine: Engine, *statements: str) -> None:
    with pytest.raises(DBAPIError, match=DENIED):
        run(engine, *statements)


@pytest.mark.parametrize("become", BECOME)
@pytest.mark.parametrize("statement", ACCOUNT_ATTACKS)
def test_county_work_reaches_no_account_whoever_it_says_it_is(
    at_work: Database, become: str, statement: str
):
    attack(at_work.app, become, statement)


@pytest.mark.parametrize("login", ["app", "accounts"])
@pytest.mark.parametrize("statements", STEP_UP)
def test_no_login_becomes_anybody_else(at_work: Database, login: str, statements: str):
    engine = at_work.app if login == "app" else at_work.accounts
    other = "accounts" if login == "app" else "app"
    named = statements.replace("{self}", f"dispatch119_{login}").replace(
        "{other}", f"dispatch119_{other}"
    )
    attack(engine, *named.split("; "))


@pytest.mark.parametrize("table", CASE_TABLES)
@pytest.mark.parametrize("become", BECOME)
def test_the_login_of_accounts_reaches_no_case(at_work: Database, become: str, table: str):
    attack(at_work.accounts, become, f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "call",
    [
        "aid_teams()",
        "find_call_of('+40700100000', now() - interval '1 day')",
        "hold_call(gen_random_uuid())",
        "audit_verdict()",
    ],
)
def test_the_login_of_accounts_calls_no_function_of_cases(at_work: Database, call: str):
    attack(at_work.accounts, f"SELECT * FROM {call}")


@pytest.mark.parametrize("role", ["aid", "intake", "login", "verifier", "owner", "superuser"])
@pytest.mark.parametrize("table", CASE_TABLES[:-1])
def test_a_role_that_sql_gives_itself_opens_no_other_county(
    at_work: Database, role: str, table: str
):
    with scoped(at_work.app, scope_of_county("VS", actor="dan")) as connection:
        connection.execute(text("SELECT set_config('app.role', :role, true)"), {"role": role})
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


def test_what_the_wall_is_not_the_courier_is_a_role_that_sql_may_take(at_work: Database):
    with scoped(at_work.app, scope_of_county("VS", actor="dan")) as connection:
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar_one() == 0
        connection.execute(text("SELECT set_config('app.role', 'courier', true)"))
        assert connection.execute(text("SELECT count(*) FROM handover")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM call")).scalar_one() == 0


@pytest.mark.parametrize("password", ["password_hash", "*", "account::text"])
def test_the_login_of_accounts_reads_no_hash_from_the_table(at_work: Database, password: str):
    attack(at_work.accounts, f"SELECT {password} FROM account")


def test_what_the_wall_is_not_counties_are_what_the_statement_says(at_work: Database):
    # Said in docs/privacy.md; whoever makes this fail may strike the sentence there.
    with scoped(at_work.app, scope_of_county("VS", actor="dan")) as connection:
        connection.execute(text("SELECT set_config('app.counties', '{B3}', true)"))
        assert connection.execute(text("SELECT count(*) FROM call")).scalar_one() == 1
