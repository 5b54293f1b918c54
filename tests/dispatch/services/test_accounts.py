"""Accounts, logins and sessions on a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from dispatch import services
from dispatch.errors import AccountError, LoginFailedError
from geodata.database.engine import Scope
from geodata.errors import ConflictError, NotFoundError
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database, scope_of_county

ADMIN = Scope("maria", "administrator", load_counties().codes)
HOUR = timedelta(hours=1)
PASSWORD = "four random words"


@pytest.fixture
def engine(database: Database) -> Engine:
    return database.app


def create(engine: Engine, username: str = "ana", scope: Scope = ADMIN, **changes):
    values = {"password": PASSWORD, "role": "dispatcher", "counties": ("B3",)} | changes
    return services.create_account(engine, scope, username=username, **values)


def test_an_account_logs_in_with_its_password(engine: Engine):
    made = create(engine)
    assert services.verify_login(engine, " ANA ", PASSWORD) == made
    assert services.scope_of(made) == Scope("ana", "dispatcher", ("B3",))


@pytest.mark.parametrize("username", ["ana", "nobody"])
def test_a_failed_login_does_not_say_what_was_wrong(engine: Engine, username):
    create(engine)
    with pytest.raises(LoginFailedError, match="the name or the password is wrong"):
        services.verify_login(engine, username, "not the password")


def test_a_deactivated_account_is_not_let_in_and_its_sessions_end(engine: Engine):
    token = services.issue_token(engine, create(engine).id, kind="cookie", lifetime=HOUR)
    services.set_active(engine, ADMIN, "ana", False)
    assert services.find_session(engine, token) is None
    with pytest.raises(LoginFailedError):
        services.verify_login(engine, "ana", PASSWORD)


def test_a_token_finds_its_session_until_it_is_revoked(engine: Engine):
    made = create(engine)
    token = services.issue_token(engine, made.id, kind="bearer", lifetime=HOUR)
    found = services.find_session(engine, token)
    assert (found.account, found.kind) == (made, "bearer")
    services.revoke_session(engine, token)
    assert services.find_session(engine, token) is None


def test_an_expired_token_finds_nothing(engine: Engine):
    token = services.issue_token(engine, create(engine).id, kind="cookie", lifetime=-HOUR)
    assert services.find_session(engine, token) is None


@pytest.mark.parametrize("token", ["", "wrong", "\udcff", "x" * 10_000])
def test_a_wrong_token_finds_nothing(engine: Engine, token):
    assert services.find_session(engine, token) is None


def test_neither_password_nor_token_is_stored(database: Database):
    made = create(database.app)
    token = services.issue_token(database.app, made.id, kind="cookie", lifetime=HOUR)
    with database.owner.connect() as connection:
        stored = str(connection.execute(text("SELECT a, s FROM account a, session s")).all())
    assert PASSWORD not in stored
    assert token not in stored
    assert "$argon2id$" in stored


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "short"}, "weak_password"),
        ({"password": "x" * 1000}, "weak_password"),
        ({"role": "king"}, "unknown_role"),
        ({"counties": ("XX",)}, "unknown_county"),
        ({"counties": ()}, "unknown_county"),
        ({"role": "team"}, "team_required"),
        ({"language": "fr"}, "unknown_language"),
        ({"username": " "}, "bad_username"),
    ],
)
def test_a_wrong_account_is_refused(engine: Engine, changes, code):
    with pytest.raises(AccountError) as refused:
        create(engine, **changes)
    assert refused.value.code == code


def test_a_name_is_taken_once_whatever_its_case(engine: Engine):
    create(engine)
    with pytest.raises(ConflictError, match="there is an account ana already"):
        create(engine, "ANA")


@pytest.mark.parametrize("scope", [scope_of_county("B3"), Scope("x", "administrator", ("B4",))])
def test_only_an_administrator_of_its_counties_creates_an_account(engine: Engine, scope):
    with pytest.raises(AccountError) as refused:
        create(engine, scope=scope)
    assert refused.value.code == "not_your_counties"


def test_people_change_their_own_password_and_their_sessions_end(engine: Engine):
    made = create(engine)
    token = services.issue_token(engine, made.id, kind="cookie", lifetime=HOUR)
    services.set_password(engine, services.scope_of(made), "ana", "four other words")
    assert services.find_session(engine, token) is None
    assert services.verify_login(engine, "ana", "four other words") == made


def test_nobody_but_an_administrator_changes_somebody_elses_password(engine: Engine):
    create(engine)
    with pytest.raises(NotFoundError):
        services.set_password(engine, scope_of_county("B3", actor="dan"), "ana", "four other words")


def test_an_administrator_sees_the_accounts_of_the_own_counties_only(engine: Engine):
    create(engine)
    create(engine, "dan", counties=("B4",))
    seen = services.list_accounts(engine, Scope("x", "administrator", ("B3",)))
    assert [account.username for account in seen] == ["ana"]


def test_a_login_and_a_failed_one_are_in_the_trail(engine: Engine):
    create(engine)
    services.verify_login(engine, "ana", PASSWORD)
    with pytest.raises(LoginFailedError):
        services.verify_login(engine, "ana", "not the password")
    actions = [entry.action for entry in services.list_audit(engine, ADMIN)]
    assert actions == ["login.refused", "login.accepted", "account.created"]
