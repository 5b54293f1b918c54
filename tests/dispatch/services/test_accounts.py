"""Accounts, logins and sessions on a real database."""

from datetime import timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch import services
from dispatch.errors import AccountError, LoginFailedError
from dispatch.repository import accounts
from dispatch.roles import Role
from geodata.database.engine import Scope, scoped
from geodata.database.migrate import downgrade, migrate
from geodata.errors import ConflictError, NotAllowedError, NotFoundError
from geodata.reference.codes import CODES
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database, scope_of_county

ADMIN = Scope("maria", "administrator", load_counties().codes)
HOUR = timedelta(hours=1)
PASSWORD = "four random words"


@pytest.fixture
def app(database: Database) -> Engine:
    """Return the engine of county work, which makes teams."""
    return database.app


@pytest.fixture
def engine(database: Database) -> Engine:
    return database.accounts


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
    made = create(database.accounts)
    token = services.issue_token(database.accounts, made.id, kind="cookie", lifetime=HOUR)
    with database.owner.connect() as connection:
        stored = str(connection.execute(text("SELECT a, s FROM account a, session s")).all())
    assert PASSWORD not in stored
    assert token not in stored
    assert "$argon2id$" in stored


def test_a_password_is_as_dear_to_guess_as_the_standard_asks(careful_hasher: PasswordHasher):
    # RFC 9106, section 4: the second recommended option, where memory is short.
    assert careful_hasher.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize(
    "password", [PASSWORD, "parolă cu diacritice și spații", "\U0001f98a" * 12]
)
def test_who_has_a_password_of_the_running_system_signs_in(
    careful_hasher: PasswordHasher, database: Database, password: str
):
    made = create(database.accounts, username="ana", password="another, to be replaced")
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE account SET password_hash = :hashed"),
            {"hashed": careful_hasher.hash(password)},
        )
    assert services.verify_login(database.accounts, "ana", password) == made
    with pytest.raises(LoginFailedError):
        services.verify_login(database.accounts, "ana", password + "x")


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


def test_a_login_and_a_failed_one_are_in_the_trail(engine: Engine, app: Engine):
    create(engine)
    services.verify_login(engine, "ana", PASSWORD)
    with pytest.raises(LoginFailedError):
        services.verify_login(engine, "ana", "not the password")
    actions = [entry.action for entry in services.list_audit(app, ADMIN)]
    assert actions == ["login.refused", "login.accepted", "account.created"]


# ── no way to other counties ──────────────────────────────────────────────────
OF_B3 = Scope("bea", "administrator", ("B3",))
OF_B3_AND_B4 = Scope("bea", "administrator", ("B3", "B4"))


def team_of(engine: Engine, county: str) -> UUID:
    return services.create_team(engine, ADMIN, callsign=f"{county}-1", county=county).team.id


@pytest.mark.parametrize("role", ["team", "dispatcher", "supervisor"])
@pytest.mark.parametrize("county", ["VS", "B4", "B2"])
def test_no_administrator_makes_an_account_for_a_foreign_team(
    engine: Engine, app: Engine, role: str, county: str
) -> None:
    foreign = team_of(app, county)
    with pytest.raises(AccountError) as refused:
        create(engine, scope=OF_B3, role=role, team_id=foreign)
    assert refused.value.code == "team_required"
    assert services.list_accounts(engine, ADMIN) == []


@pytest.mark.parametrize("scope", [OF_B3_AND_B4, ADMIN])
def test_the_team_of_an_account_is_of_its_own_counties(
    engine: Engine, app: Engine, scope: Scope
) -> None:
    other = team_of(app, "B4")
    with pytest.raises(AccountError) as refused:
        create(engine, scope=scope, role="team", team_id=other)
    assert refused.value.code == "team_of_other_county"
    made = create(engine, "dan", scope=scope, role="team", counties=("B4",), team_id=other)
    assert made.team_id == other


def test_a_team_lent_to_the_county_is_still_of_another(database: Database) -> None:
    lent = team_of(database.app, "VS")
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE team SET lent_to = 'B3'"))
    with pytest.raises(AccountError) as refused:
        create(database.accounts, scope=OF_B3, role="team", team_id=lent)
    assert refused.value.code == "team_of_other_county"


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("counties", [CODES, ("VS",), ("B3", "VS")])
def test_no_administrator_gives_rights_in_counties_not_their_own(
    engine: Engine, app: Engine, role: Role, counties: tuple[str, ...]
) -> None:
    team = team_of(app, "B3") if role is Role.TEAM else None
    with pytest.raises(AccountError) as refused:
        create(engine, scope=OF_B3, role=role, counties=counties, team_id=team)
    assert refused.value.code == "not_your_counties"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_no_other_role_makes_accounts(engine: Engine, role: Role) -> None:
    with pytest.raises(AccountError):
        create(engine, scope=Scope("x", role, ("B3",)))


@pytest.mark.parametrize("counties", [("VS",), ("B3", "VS"), CODES])
def test_accounts_with_foreign_counties_keep_their_password_and_their_state(
    engine: Engine, counties: tuple[str, ...]
) -> None:
    made = create(engine, counties=counties)
    with pytest.raises(NotFoundError):
        services.set_password(engine, OF_B3, "ana", "four other words")
    for active in (False, True):
        with pytest.raises(NotFoundError):
            services.set_active(engine, OF_B3, "ana", active)
    assert services.verify_login(engine, "ana", PASSWORD) == made
    assert services.list_accounts(engine, OF_B3) == []


@pytest.mark.parametrize(
    "change",
    [
        "counties = '{B3,VS}'",
        "counties = '{VS}'",
        "counties = '{}'",
        "counties = (SELECT array_agg(code) FROM jurisdiction)",
        "role = 'team', team_id = (SELECT team_id FROM wanted)",
        "team_id = (SELECT team_id FROM wanted)",
    ],
)
def test_the_database_refuses_a_later_change_to_foreign_rights(
    seeded_database: Database, change: str
) -> None:
    engine = seeded_database.accounts
    foreign = team_of(seeded_database.app, "VS")
    create(engine)
    wanted = f"WITH wanted AS (SELECT '{foreign}'::uuid AS team_id) UPDATE account SET {change}"
    with pytest.raises(DBAPIError), scoped(engine, OF_B3) as connection:
        connection.execute(text(wanted))
    assert services.list_accounts(engine, OF_B3)[0].counties == ("B3",)


def test_a_foreign_team_is_refused_by_the_database_too(engine: Engine, app: Engine) -> None:
    values = {
        "username": "ana", "password_hash": "-", "role": "team", "counties": ["B3"],
        "team_id": team_of(app, "VS"), "language": "ro",
    }  # fmt: skip
    for scope in (OF_B3, ADMIN):
        with pytest.raises(DBAPIError, match="another county"), scoped(engine, scope) as connection:
            accounts.insert_account(connection, **values)


@pytest.mark.parametrize("name", ["cli:root", "courier", "ROADS", "a\u0007b", "check "])
def test_nobody_is_called_what_a_machine_is(engine: Engine, name: str) -> None:
    with pytest.raises(AccountError) as refused:
        create(engine, name)
    assert refused.value.code == "bad_username"


def test_the_trail_of_an_account_is_read_in_its_county(engine: Engine, app: Engine) -> None:
    create(engine)
    services.set_active(engine, OF_B3, "ana", False)
    seen = services.list_audit(app, Scope("x", "supervisor", ("B3",)))
    assert [row.action for row in seen] == ["account.deactivated", "account.created"]
    assert services.list_audit(app, Scope("x", "supervisor", ("VS",))) == []


def test_accounts_of_before_with_a_foreign_team_are_locked_out(database: Database) -> None:
    engine = database.accounts
    kept = create(engine, role="team", team_id=team_of(database.app, "B3"))
    taken = create(
        engine, "dan", role="team", counties=("VS",), team_id=team_of(database.app, "VS")
    )
    tokens = [
        services.issue_token(engine, one.id, kind="bearer", lifetime=HOUR) for one in (kept, taken)
    ]
    downgrade(database.url, "0005")
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE account SET counties = '{B4}' WHERE username = 'dan'"))
    migrate(database.url)
    assert services.find_session(engine, tokens[0]) is not None
    assert services.find_session(engine, tokens[1]) is None
    with pytest.raises(AccountError):
        services.set_active(engine, ADMIN, "dan", True)


# ── one's own password and tokens ─────────────────────────────────────────────
@pytest.mark.parametrize(
    "password",
    ["aaaaaaaaaa", "ana.popescu", "Ana.Popescu1", "popescuana", "ucsepop.ana", "anapopescu2026"],
)
def test_an_easy_password_is_refused_wherever_it_is_set(engine: Engine, password: str) -> None:
    with pytest.raises(AccountError, match="too easy"):
        create(engine, "ana.popescu", password=password)
    create(engine, "ana.popescu")
    with pytest.raises(AccountError, match="too easy"):
        services.set_password(engine, ADMIN, "ana.popescu", password)


def sessions_of(engine: Engine, count: int) -> tuple[Scope, list[str]]:
    made = create(engine)
    tokens = [
        services.issue_token(engine, made.id, kind="bearer", lifetime=HOUR) for _ in range(count)
    ]
    return services.scope_of(made), tokens


def test_ones_own_password_is_changed_with_the_old_one_and_other_sessions_end(
    engine: Engine,
) -> None:
    ana, (mine, other) = sessions_of(engine, 2)
    services.change_own_password(engine, ana, old=PASSWORD, new="six other words", token=mine)
    assert services.find_session(engine, mine) is not None
    assert services.find_session(engine, other) is None
    assert services.verify_login(engine, "ana", "six other words")


@pytest.mark.parametrize("old", ["wrong", "", PASSWORD.upper(), PASSWORD + " "])
def test_without_the_old_password_nothing_changes(engine: Engine, old: str) -> None:
    ana, tokens = sessions_of(engine, 2)
    with pytest.raises(NotAllowedError) as refused:
        services.change_own_password(engine, ana, old=old, new="six other words", token=tokens[0])
    assert refused.value.code == "wrong_password"
    assert all(services.find_session(engine, token) for token in tokens)
    assert services.verify_login(engine, "ana", PASSWORD)


def test_sessions_are_listed_with_their_last_use_and_ended_by_their_owner_alone(
    database: Database,
) -> None:
    engine = database.accounts
    ana, (token,) = sessions_of(engine, 1)
    dan = services.scope_of(create(engine, "dan"))
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE session SET last_used_at = now() - interval '1 day'"))
    (before,) = services.list_sessions(engine, ana)
    services.find_session(engine, token)
    (after,) = services.list_sessions(engine, ana)
    assert after.last_used_at - before.last_used_at > timedelta(hours=23)
    assert services.list_sessions(engine, dan) == []
    with pytest.raises(NotFoundError):
        services.end_session(engine, dan, after.id)
    services.end_session(engine, ana, after.id)
    assert services.find_session(engine, token) is None


def test_tokens_of_years_end_with_the_season(database: Database) -> None:
    made = create(database.accounts)
    downgrade(database.url, "0005")
    with database.owner.begin() as connection:
        connection.execute(
            text("SELECT open_session('\\x01', :id, 'bearer', interval '10 years')"),
            {"id": made.id},
        )
    migrate(database.url)
    (token,) = services.list_sessions(database.accounts, services.scope_of(made))
    assert token.expires_at - token.created_at < timedelta(days=91)
