"""Positions in: latest, history, notices, and how long they are kept."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from dispatch import services
from geodata.database.engine import Scope, conninfo
from geodata.points import LonLat
from teams.retention import maintain_positions
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import DOWNTOWN, Desk, a_fix

EAST = LonLat(26.131, 44.44)


def outcomes(desk: Desk, *reports) -> list[str]:
    return [one.outcome for one in services.record_positions(desk.engine, desk.scope, reports)]


def track(desk: Desk, team_id) -> list[LonLat]:
    since = datetime.now(UTC) - timedelta(days=1)
    found = services.team_track(desk.engine, desk.scope, team_id, since=since)
    return [one.place for one in found]


@contextmanager
def listening(database: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo(database.app_url), autocommit=True) as connection:
        connection.execute("LISTEN dispatch119")
        yield connection


def heard(connection: psycopg.Connection) -> list[dict]:
    return [json.loads(one.payload) for one in connection.notifies(timeout=1.0, stop_after=1)] + [
        json.loads(one.payload) for one in connection.notifies(timeout=0.1)
    ]


def test_the_newest_fix_is_the_position_and_all_are_the_track(desk: Desk):
    team = desk.team("B3-1").team
    assert outcomes(desk, a_fix(team.id, 60), a_fix(team.id, 0, EAST)) == ["history", "latest"]
    latest = services.get_team(desk.engine, desk.scope, team.id).team.position
    assert (latest.place, latest.speed_ms) == (EAST, 5.0)
    assert track(desk, team.id) == [DOWNTOWN, EAST]


def test_a_late_fix_goes_into_the_history_only(desk: Desk):
    team = desk.team("B3-1").team
    outcomes(desk, a_fix(team.id, 0, EAST))
    (late,) = services.record_positions(desk.engine, desk.scope, [a_fix(team.id, 90)])
    assert (late.outcome, late.code) == ("history", "older_than_newest")
    assert services.get_team(desk.engine, desk.scope, team.id).team.position.place == EAST


def test_a_fix_that_is_sent_twice_is_kept_once(desk: Desk):
    team = desk.team("B3-1").team
    fix = a_fix(team.id)
    outcomes(desk, fix, fix)
    outcomes(desk, fix)
    assert track(desk, team.id) == [DOWNTOWN]


def test_a_bad_fix_does_not_hold_up_the_good_ones(desk: Desk):
    team = desk.team("B3-1").team
    reports = (a_fix(team.id, 1, LonLat(0.0, 0.0)), a_fix(uuid4()), a_fix(team.id))
    assert outcomes(desk, *reports) == ["refused", "refused", "latest"]


def test_a_phone_moves_no_other_team(desk: Desk):
    own, other = desk.team("B3-1").team, desk.team("B3-2").team
    phone = Desk(desk.engine, Scope("phone", "team", ("B3",), own.id))
    assert outcomes(phone, a_fix(own.id), a_fix(other.id)) == ["latest", "refused"]


def test_no_reports_are_no_transaction(desk: Desk):
    assert services.record_positions(desk.engine, desk.scope, []) == []


def test_positions_are_announced_together_to_the_counties_that_may_see_them(
    desk: Desk, database: Database
):
    teams = [desk.team(f"B3-{n}").team for n in range(3)]
    with listening(database) as ear:
        outcomes(desk, *(a_fix(team.id) for team in teams))
        (notice,) = heard(ear)
    assert notice["k"] == "positions"
    assert [item["counties"] for item in notice["items"]] == [["B3"]] * 3
    assert notice["items"][0]["lon"] == DOWNTOWN.lon


def test_many_positions_are_announced_in_pieces_that_postgresql_takes(
    desk: Desk, database: Database
):
    teams = [desk.team(f"B3-{n}").team for n in range(120)]
    with listening(database) as ear:
        outcomes(desk, *(a_fix(team.id) for team in teams))
        notices = heard(ear)
    assert len(notices) > 1
    assert sum(len(notice["items"]) for notice in notices) == 120


def test_a_handover_is_announced_to_both_counties(seeded_database: Database):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    incident = desk.incident()
    with listening(seeded_database) as ear:
        services.transfer(
            desk.engine, desk.scope, incident.id, to="county", county="IF", reason="x"
        )
        (notice,) = heard(ear)
    assert (notice["k"], set(notice["counties"]), notice["v"]) == ("incident", {"B3", "IF"}, 2)


# ── retention ─────────────────────────────────────────────────────────────────
def test_days_are_made_ahead_and_take_their_strays_from_the_default(desk: Desk, database: Database):
    team = desk.team("B3-1").team
    outcomes(desk, a_fix(team.id))
    done = maintain_positions(database.owner, ahead_days=2)
    assert len(done.made) == 3
    with database.owner.connect() as connection:
        strays = connection.execute(text("SELECT count(*) FROM team_position_default"))
        assert strays.scalar_one() == 0
    assert track(desk, team.id) == [DOWNTOWN]


def test_upkeep_twice_a_day_does_nothing_the_second_time(database: Database):
    maintain_positions(database.owner)
    assert maintain_positions(database.owner).made == ()


def test_days_beyond_the_bound_are_dropped(database: Database):
    maintain_positions(database.owner, today=date(2026, 1, 1), ahead_days=0)
    done = maintain_positions(database.owner, today=date(2026, 2, 1), ahead_days=0)
    assert done.dropped == (date(2026, 1, 1),)


def test_a_new_day_is_closed_to_direct_reading(desk: Desk, database: Database):
    outcomes(desk, a_fix(desk.team("B3-1").team.id))
    day = maintain_positions(database.owner).made[0]
    with database.app.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text(f"SELECT * FROM team_position_{day:%Y%m%d}"))
