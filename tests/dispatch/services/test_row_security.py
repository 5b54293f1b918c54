"""Row-level security: nobody sees or changes what is not theirs, table by table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from dispatch import services
from dispatch.handover.cap import MissingChild
from dispatch.handover.views import HandoverWish
from dispatch.recommendation.proposal import teams_to_rank
from dispatch.repository.checks import run_checks
from dispatch.repository.reports import adding_to
from dispatch.services.offering import offer
from geodata.database.embedded import EmbeddedCluster
from geodata.database.engine import Scope, scoped
from geodata.database.migrate import downgrade
from geodata.errors import NotFoundError
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database, cloned, scope_of_county
from tests.conftest_d.dispatching import Desk, a_fix

TABLES = (
    "incident", "incident_event", "incident_counter", "call", "location_report",
    "county_assignment", "assignment", "team", "team_position", "team_position_latest",
    "audit_entry", "handover", "handover_event", "missing_child_draft", "offered_report",
    "field_event", "team_message", "team_alarm",
)  # fmt: skip
# What a team's phone has no business with.
NOT_FOR_TEAMS = (
    "call", "location_report", "county_assignment", "incident_counter", "audit_entry",
    "handover", "handover_event", "missing_child_draft", "offered_report",
)  # fmt: skip


@pytest.fixture(scope="module")
def at_work(cluster: EmbeddedCluster, migrated_template: str) -> Iterator[Desk]:
    """Sector 3 with one assigned team that was seen: a row in every table; shared, not changed."""
    with cloned(cluster, migrated_template) as database:
        desk = Desk(database.app, scope_of_county("B3"))
        number = "+40700900001"
        team, call = desk.team("B3-1").team, desk.call(caller=number)
        assert call.incident_id is not None
        incident = services.get_incident(desk.engine, desk.scope, call.incident_id)
        services.record_positions(desk.engine, desk.scope, [a_fix(team.id)])
        bound = services.assign(desk.engine, desk.scope, incident.id, team.id, reason="near")
        services.send_message(desk.engine, desk.scope, bound.id, "intrați prin curte")
        services.raise_sos(desk.engine, desk.scope, team.id)
        services.open_handover(desk.engine, desk.scope, incident.id, HandoverWish("danger"))
        child = MissingChild("Ana", datetime(2026, 3, 14, tzinfo=UTC), "school", "Sector 3")
        services.make_draft(desk.engine, desk.scope, incident.id, child)
        elsewhere = Scope("vera", "dispatcher", ("VS",))
        told = Desk(desk.engine, elsewhere).hear("VS", number)
        offer(desk.engine, elsewhere, told.call.id)
        yield desk


def rows(desk: Desk, table: str, scope: Scope) -> int:
    with scoped(desk.engine, scope) as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def team_scope(desk: Desk, team_id: UUID) -> Scope:
    return Scope("phone", "team", ("B3",), team_id)


@pytest.mark.parametrize("table", TABLES)
def test_the_own_county_sees_its_rows(at_work: Desk, table):
    assert rows(at_work, table, at_work.scope) > 0


@pytest.mark.parametrize("table", TABLES)
def test_another_county_sees_no_row(at_work: Desk, table):
    assert rows(at_work, table, scope_of_county("B4", "IF", "CL")) == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_scope_without_counties_sees_no_row(at_work: Desk, table):
    assert rows(at_work, table, scope_of_county()) == 0


@pytest.mark.parametrize("table", TABLES)
def test_without_any_scope_there_is_no_row(at_work: Desk, table):
    with at_work.engine.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


@pytest.mark.parametrize("table", TABLES)
def test_a_scope_ends_with_its_transaction(at_work: Desk, table):
    rows(at_work, table, at_work.scope)
    with at_work.engine.connect() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


@pytest.mark.parametrize("table", NOT_FOR_TEAMS)
def test_a_team_on_the_case_does_not_see(at_work: Desk, table):
    view = next(one for one in services.list_teams(at_work.engine, at_work.scope) if one.assignment)
    assert rows(at_work, table, team_scope(at_work, view.team.id)) == 0


@pytest.mark.parametrize("table", ["incident", "incident_event", "assignment", "team"])
def test_a_team_sees_its_own_case(at_work: Desk, table):
    view = next(one for one in services.list_teams(at_work.engine, at_work.scope) if one.assignment)
    assert rows(at_work, table, team_scope(at_work, view.team.id)) > 0


@pytest.mark.parametrize("table", TABLES)
def test_another_team_of_the_same_county_does_not_see_the_case(at_work: Desk, table):
    other = at_work.team(f"B3 {table}").team
    own = 1 if table == "team" else 0
    assert rows(at_work, table, team_scope(at_work, other.id)) == own


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET summary = 'x'",
        "UPDATE team SET status = 'out_of_service'",
        "UPDATE assignment SET eta_s = 1",
        "UPDATE call SET caller = NULL",
        "UPDATE team_position_latest SET accuracy_m = 1",
    ],
)
def test_another_county_changes_nothing(at_work: Desk, statement):
    with scoped(at_work.engine, scope_of_county("B4")) as connection:
        assert connection.execute(text(statement)).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO incident (county, number) VALUES ('B4', 'B4-1')",
        "INSERT INTO team (callsign, county, status, staffing) VALUES ('x','B4','available',2)",
        "INSERT INTO call (county, taken_by) VALUES ('B4', 'x')",
        "UPDATE incident SET county = 'B4'",
        "INSERT INTO audit_entry (actor, role, action, object_type)"
        " VALUES ('somebody else', 'dispatcher', 'x', 'y')",
    ],
)
def test_nobody_writes_into_another_county_or_name(at_work: Desk, statement):
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        scoped(at_work.engine, at_work.scope) as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM account",
        "SELECT * FROM session",
        "SELECT * FROM audit_head",
        "SELECT * FROM team_position_default",
        "DELETE FROM incident",
        "DELETE FROM audit_entry",
        "UPDATE incident_event SET reason = 'x'",
        "UPDATE jurisdiction SET population = 0",
        "DROP TABLE incident",
        "ALTER TABLE incident DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE dispatch119_app SUPERUSER",
    ],
)
def test_the_application_is_not_permitted(at_work: Desk, statement):
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"),
        scoped(at_work.engine, at_work.scope) as connection,
    ):
        connection.execute(text(statement))


def test_what_is_not_ours_does_not_exist(at_work: Desk):
    (incident,) = services.list_incidents(at_work.engine, at_work.scope)
    with pytest.raises(NotFoundError, match="no such incident"):
        services.get_incident(at_work.engine, scope_of_county("B4"), incident.id)


def test_a_call_of_no_county_is_seen_by_its_taker_and_nationally(database: Database):
    desk = Desk(database.app, scope_of_county("B3"))
    desk.call(owner=None)
    national = Scope("maria", "supervisor", load_counties().codes)
    scopes = (desk.scope, scope_of_county("B3", actor="dan"), national)
    assert [rows(desk, "call", scope) for scope in scopes] == [1, 0, 1]


def test_one_call_of_another_county_is_seen_while_it_is_added_to(database: Database):
    desk = Desk(database.app, scope_of_county("B3"))
    first, second = desk.call(), desk.call()
    stranger = scope_of_county("VS", actor="dan")
    with scoped(desk.engine, stranger) as connection:
        with adding_to(connection, first.id):
            seen = connection.execute(text("SELECT id FROM call")).scalars().all()
            reports = connection.execute(text("SELECT call_id FROM location_report")).scalars()
            assert (seen, set(reports)) == ([first.id], {first.id})
            assert connection.execute(text("SELECT id FROM incident")).all() == []
        assert connection.execute(text("SELECT id FROM call")).all() == []
    assert second.id != first.id


@pytest.mark.parametrize("table", ["location_report", "county_assignment"])
def test_after_a_hand_over_the_old_county_reads_what_it_had_and_no_more(
    seeded_database: Database, table
):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    ilfov = Desk(seeded_database.app, scope_of_county("IF"))
    call = desk.call()
    services.transfer(
        desk.engine, desk.scope, call.incident_id, to="county", county="IF", reason="border"
    )
    ilfov.add(call.id, "IF")
    assert (rows(desk, table, desk.scope), rows(desk, table, ilfov.scope)) == (1, 2)


def test_the_neighbours_free_teams_are_offered_and_no_others(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    for callsign, county in (("B3-1", "B3"), ("IF-1", "IF"), ("VS-1", "VS")):
        desk.team(callsign, county)
    with scoped(desk.engine, desk.scope) as connection:
        offered = teams_to_rank(connection, owner="B3", neighbours=("IF", "VS"))
    assert [team.callsign for team in offered] == ["B3-1", "IF-1"]


def test_spatial_queries_use_their_index_behind_the_policies(database: Database):
    def verdict() -> str:
        checks = {check.name: check for check in run_checks(database.url, database.app_url)}
        return checks["Spatial queries use their index behind row-level security"].status

    assert verdict() == "OK"
    downgrade(database.url, "0001")
    assert verdict() == "WARN"


def test_every_check_passes_on_a_seeded_database(seeded_database: Database):
    checks = run_checks(seeded_database.url, seeded_database.app_url)
    assert [check for check in checks if check.status != "OK"] == []


def test_the_owner_as_the_applications_login_is_refused_by_name(database: Database):
    checks = {check.name: check for check in run_checks(database.url, database.url)}
    plain = checks["The application is a plain role that row-level security binds"]
    assert plain.status == "FAIL"
    assert "owner may do what the owner of the tables may" in plain.message
