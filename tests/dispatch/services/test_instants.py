"""A time that Python cannot read back gets into no table, and stops no list where it is in one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import services
from dispatch.closures import standing
from geodata.database.migrate import downgrade, migrate
from geodata.errors import BadInputError
from geodata.points import LonLat
from geodata.roads.closures import Closure
from tests.conftest_d.database import Database
from tests.conftest_d.dispatching import Desk, a_fix

pytestmark = pytest.mark.integration

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))
ABSURD = [
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=WEST),
    datetime.max.replace(tzinfo=UTC),
    datetime(2100, 1, 1, tzinfo=UTC),
    datetime(5000, 6, 1, tzinfo=EAST),
    datetime(1, 1, 1, tzinfo=EAST),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1582, 10, 15, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, tzinfo=UTC),
]
UNREADABLE = [
    "infinity", "-infinity", "10000-01-01 13:59:59+00", "294276-12-31 23:59:59+00",
    "0001-12-31 BC", "4713-01-01 BC", "0001-01-01 00:00:00+14", "9999-12-31 23:59:59+00",
]  # fmt: skip


@pytest.mark.parametrize("at", ABSURD, ids=str)
@pytest.mark.parametrize("clock", ["fix_at", "device_at"])
def test_a_position_of_another_century_is_refused_by_itself(desk: Desk, clock: str, at: datetime):
    team = desk.team("B3-1").team
    reports = [a_fix(team.id, 30), replace(a_fix(team.id, 20), **{clock: at}), a_fix(team.id)]
    outcomes = services.record_positions(desk.engine, desk.scope, reports)
    assert [(one.outcome, one.code) for one in outcomes] == [
        ("history", None), ("refused", "no_time"), ("latest", None)
    ]  # fmt: skip
    assert len(services.list_teams(desk.engine, desk.scope)) == 1


@pytest.mark.parametrize("at", ABSURD, ids=str)
@pytest.mark.parametrize("end", ["valid_from", "valid_until"])
def test_a_closure_of_another_century_is_refused(desk: Desk, end: str, at: datetime):
    times = {"valid_from": datetime(2000, 1, 1, tzinfo=UTC), end: at}
    if end == "valid_until" and at < times["valid_from"]:
        times["valid_from"] = datetime.min.replace(tzinfo=EAST)
    if times.get("valid_until") == times["valid_from"]:
        pytest.skip("the two ends would be one")
    closure = Closure("new", spot=LonLat(26.1, 44.4), **times)
    with pytest.raises(BadInputError, match="century"):
        services.record_road_closure(
            desk.engine, desk.scope, closure, counties=["B3"], reason="x", meant={}
        )


def spoil(database: Database, statement: str, *, table: str, check: str, **values: object) -> None:
    """Write what the constraint would refuse, as somebody with SQL or an old version did."""
    with database.owner.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {check}"))
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement), values)
        connection.execute(text("SET session_replication_role = origin"))


def spoil_position(database: Database, at: str) -> None:
    spoil(
        database,
        "UPDATE team_position_latest SET device_at = :at, fix_at = :at",
        table="team_position_latest",
        check="position_times_are_sensible",
        at=at,
    )


def spoil_closure(
    database: Database, begins: str, ends: str | None, *, of_counties: bool = True
) -> None:
    """Write a closure with bad times; before migration 0007 a row had no list of counties."""
    name, value = (", counties", ", '{B3}'") if of_counties else ("", "")
    place = "ST_SetSRID(ST_MakePoint(26.1, 44.4), 4326)"
    spoil(
        database,
        f"INSERT INTO road_closure (county{name}, spot, reason, recorded_by, valid_from,"
        f" valid_until) VALUES ('B3'{value}, {place}, 'x', 'ana', :begins, :ends)",
        table="road_closure",
        check="closure_times_are_sensible",
        begins=begins,
        ends=ends,
    )


@pytest.mark.parametrize("at", UNREADABLE)
def test_a_bad_position_takes_no_list_of_teams_down(desk: Desk, database: Database, at: str):
    good, bad = desk.team("B3-1").team, desk.team("B3-2").team
    services.record_positions(desk.engine, desk.scope, [a_fix(bad.id)])
    spoil_position(database, at)
    services.record_positions(desk.engine, desk.scope, [a_fix(good.id)])
    teams = services.list_teams(desk.engine, desk.scope)
    assert {one.team.callsign for one in teams} == {"B3-1", "B3-2"}
    assert all(2000 <= one.team.position.fix_at.year <= 2100 for one in teams)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("-infinity", None), ("-infinity", "infinity"), ("infinity", None),
        ("20000-01-01", "30000-01-01"), ("0044-03-15 BC", "9999-12-31 23:59:59-14"),
    ],
)  # fmt: skip
def test_a_bad_closure_stops_neither_the_list_nor_the_road_times(
    desk: Desk, database: Database, tmp_path, begins: str, ends: str | None
):
    spoil_closure(database, begins, ends)
    now = datetime.now(UTC)
    assert len(services.list_road_closures(desk.engine, desk.scope)) == 1
    assert len(standing.read_wanted(desk.engine, tmp_path, now).closures) <= 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE team_position_latest SET device_at = '10000-01-01'",
        "UPDATE team_position_latest SET fix_at = 'infinity'",
        "UPDATE team_position SET device_at = '0001-01-01 BC'",
        "UPDATE team_position_latest SET received_at = '-infinity'",
        "INSERT INTO road_closure (county, counties, way_ids, reason, recorded_by, valid_from)"
        " VALUES ('B3', '{B3}', '{1}', 'x', 'ana', '9999-12-31 23:59:59-14')",
        "INSERT INTO road_closure"
        " (county, counties, way_ids, reason, recorded_by, valid_from, valid_until)"
        " VALUES ('B3', '{B3}', '{1}', 'x', 'ana', now(), 'infinity')",
        "INSERT INTO session (token_sha256, account_id, kind, expires_at)"
        " VALUES ('x', gen_random_uuid(), 'bearer', 'infinity')",
    ],
)
def test_the_database_itself_keeps_no_time_of_another_century(
    desk: Desk, database: Database, statement: str
):
    services.record_positions(desk.engine, desk.scope, [a_fix(desk.team("B3-1").team.id)])
    with (
        database.owner.begin() as connection,
        pytest.raises(IntegrityError, match=r"sensible|ends"),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("at", UNREADABLE)
def test_the_migration_mends_what_an_older_version_has_kept(
    desk: Desk, database: Database, at: str
):
    services.record_positions(desk.engine, desk.scope, [a_fix(desk.team("B3-1").team.id)])
    downgrade(database.url, "0005")
    spoil_position(database, at)
    ends = at if at > "0001-02" and "BC" not in at else None
    spoil_closure(database, "-infinity", ends, of_counties=False)
    migrate(database.url)
    with database.owner.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM team_position_latest")).scalar_one()
        mended = connection.execute(text("SELECT count(*) FROM road_closure")).scalar_one()
    assert (left, mended) == (0, 1)
