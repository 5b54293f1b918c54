"""Append-only timelines, and an audit chain that shows every later change."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import services
from dispatch.errors import ResolutionRequiredError
from dispatch.model import Resolution
from geodata.database.audit import audit
from geodata.database.engine import Scope, scoped
from geodata.territories.counties import load_counties
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

NATIONAL = Scope("maria", "administrator", load_counties().codes)


def actions(desk: Desk) -> list[str]:
    return [entry.action for entry in services.list_audit(desk.engine, desk.scope)][::-1]


@pytest.fixture
def trail(desk: Desk) -> Desk:
    """Five entries of Sector 3."""
    for n in range(5):
        with scoped(desk.engine, desk.scope) as connection:
            audit(connection, desk.scope, "test", object_type="t", object_id=str(n), county="B3")
    return desk


def tampered(database: Database, statement: str) -> None:
    """Change the trail as a superuser could: triggers off, change, triggers on."""
    with database.owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_every_call_handled_and_every_case_read_is_in_the_trail(desk: Desk):
    call = desk.call()
    services.get_call(desk.engine, desk.scope, call.id)
    services.get_incident(desk.engine, desk.scope, call.incident_id)
    services.incident_timeline(desk.engine, desk.scope, call.incident_id)
    services.close(desk.engine, desk.scope, call.incident_id, resolution=Resolution.COUNSELLED)
    assert actions(desk) == [
        "call.handled", "call.read", "incident.read", "incident.timeline_read", "incident.close",
    ]  # fmt: skip


def test_an_entry_says_who_and_what(trail: Desk):
    entry = services.list_audit(trail.engine, trail.scope)[0]
    assert (entry.n, entry.actor, entry.role, entry.object_id) == (5, "ana", "dispatcher", "4")


def test_another_county_does_not_read_the_trail(trail: Desk):
    assert services.list_audit(trail.engine, scope_of_county("B4")) == []


def test_what_failed_left_no_trace(desk: Desk):
    incident = desk.incident()
    before = actions(desk)
    with pytest.raises(ResolutionRequiredError):
        services.close(desk.engine, desk.scope, incident.id, resolution=None)
    assert actions(desk) == before


ONLOOKERS = [
    NATIONAL,
    scope_of_county("B3", role="supervisor"),
    scope_of_county("VS", role="supervisor"),
    Scope("x", "administrator", ("B4", "B5")),
]


@pytest.mark.parametrize("scope", ONLOOKERS)
def test_everybody_hears_the_verdict_on_the_whole_chain(trail: Desk, scope: Scope) -> None:
    for county in ("VS", "B4", None):
        with scoped(trail.engine, NATIONAL) as connection:
            audit(connection, NATIONAL, "test", object_type="t", county=county)
    verdict = services.verify_audit(trail.engine, scope)
    assert (verdict.entries, verdict.broken_at) == (8, None)


@pytest.mark.parametrize("scope", ONLOOKERS)
@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = 'eve' WHERE n = 2", 2),
        ("DELETE FROM audit_entry WHERE n = 3", 4),
        ("DELETE FROM audit_entry WHERE n = 5", 5),
    ],
)
def test_everybody_hears_where_the_chain_is_broken(
    trail: Desk, database: Database, scope: Scope, statement: str, broken_at: int
) -> None:
    tampered(database, statement)
    assert services.verify_audit(trail.engine, scope).broken_at == broken_at


def test_an_untouched_chain_holds(trail: Desk):
    verdict = services.verify_audit(trail.engine, NATIONAL)
    assert (verdict.entries, verdict.broken_at) == (5, None)


def test_an_empty_chain_holds(desk: Desk):
    assert services.verify_audit(desk.engine, NATIONAL).broken_at is None


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE n = 3", 3),
        ("UPDATE audit_entry SET at = at - interval '1 hour' WHERE n = 2", 2),
        ("UPDATE audit_entry SET detail = '{\"x\": 1}' WHERE n = 1", 1),
        ("DELETE FROM audit_entry WHERE n = 3", 4),
        ("DELETE FROM audit_entry WHERE n = 1", 2),
        ("DELETE FROM audit_entry WHERE n = 5", 5),
        ("DELETE FROM audit_entry", 1),
        (
            "UPDATE audit_entry SET actor = 'x', hash = audit_hash(jsonb_populate_record("
            'audit_entry, \'{"actor": "x"}\')) WHERE n = 3',
            4,
        ),
    ],
)
def test_a_changed_chain_says_where(trail: Desk, database: Database, statement, broken_at):
    tampered(database, statement)
    assert services.verify_audit(trail.engine, NATIONAL).broken_at == broken_at


def test_the_chain_does_not_depend_on_the_time_zone(trail: Desk):
    with scoped(trail.engine, NATIONAL) as connection:
        connection.execute(text("SET LOCAL timezone = 'Europe/Bucharest'"))
        assert connection.execute(text("SELECT audit_break()")).scalar_one() is None


def test_many_writers_make_one_chain(desk: Desk):
    def write(n: int) -> None:
        with scoped(desk.engine, desk.scope) as connection:
            audit(connection, desk.scope, "test", object_type="t", object_id=str(n), county="B3")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))
    verdict = services.verify_audit(desk.engine, NATIONAL)
    assert (verdict.entries, verdict.broken_at) == (80, None)


@pytest.mark.parametrize("table", ["audit_entry", "incident_event"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_even_the_owner_cannot_rewrite_history(desk: Desk, database: Database, table, statement):
    desk.incident()
    with pytest.raises(IntegrityError, match="append-only"), database.owner.begin() as connection:
        connection.execute(text(statement.format(table)))
