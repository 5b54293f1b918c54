"""A position of an assigned team goes in; status, ETA and notices come out, without any web."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine, event

from dispatch import services
from dispatch.following.following import MACHINE, Following
from dispatch.model import IncidentState
from dispatch.policy import ArrivalPolicy
from dispatch.views import AssignmentView
from geodata.database.engine import Scope, conninfo
from geodata.points import LonLat
from geodata.travel.travel_times import TravelTimes, load_travel_times
from teams.model import PositionReport, TeamStatus
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import DOWNTOWN, Desk, a_fix

pytestmark = pytest.mark.integration

# The base of the team, its way to the caller in the middle of the town, and a stop on it.
BASE, HALFWAY = LonLat(26.16, 44.415), LonLat(26.145, 44.428)


@dataclass
class Night:
    """One team of Sector 3 that is followed to its incident."""

    desk: Desk
    phone: Desk
    following: Following
    bound: AssignmentView
    told: list[str] = field(default_factory=list)

    def send(self, *fixes: PositionReport) -> list[str]:
        outcomes = self.following.take_positions(self.phone.scope, fixes)
        return [one.outcome for one in outcomes]

    def fix(self, place: LonLat, *, ago_s: float = 0.0, speed_ms: float = 9.0) -> PositionReport:
        return replace(a_fix(self.bound.team_id, ago_s, place), speed_ms=speed_ms)

    @property
    def status(self) -> str:
        return services.get_team(self.desk.engine, self.desk.scope, self.bound.team_id).team.status

    @property
    def state(self) -> IncidentState:
        desk = self.desk
        return services.get_incident(desk.engine, desk.scope, self.bound.incident_id).state

    @property
    def assignment(self) -> AssignmentView:
        return services.get_assignment(self.desk.engine, self.desk.scope, self.bound.id)


@pytest.fixture(scope="module")
def travel() -> TravelTimes:
    return load_travel_times()


def phone_of(engine: Engine, team_id: UUID, county: str = "B3") -> Desk:
    return Desk(engine, Scope("phone", "team", (county,), team_id))


def a_night(
    desk: Desk, travel: TravelTimes, callsign: str = "B3-1", *, has_way: bool = True
) -> Night:
    """Assign a team that was at its base two minutes ago."""
    county = callsign.partition("-")[0]
    team = desk.team(callsign, county).team
    phone = phone_of(desk.engine, team.id, county)
    services.record_positions(desk.engine, phone.scope, [a_fix(team.id, 120, BASE)])
    now = datetime.now(UTC)
    route = travel.route(BASE, DOWNTOWN, at=now).places if has_way else None
    bound = services.assign(
        desk.engine, desk.scope, desk.incident().id, team.id, reason="near", route=route
    )
    told: list[str] = []
    following = Following(
        desk.engine, travel, ArrivalPolicy(), lambda: datetime.now(UTC), lambda: told.append("all")
    )
    return Night(desk, phone, following, bound, told)


@pytest.fixture
def night(desk: Desk, travel: TravelTimes) -> Night:
    return a_night(desk, travel)


def heard(connection: psycopg.Connection) -> list[dict]:
    first = list(connection.notifies(timeout=1.0, stop_after=1))
    return [json.loads(one.payload) for one in [*first, *connection.notifies(timeout=0.2)]]


def trail(desk: Desk) -> list[str]:
    scope = replace(desk.scope, role="administrator")
    return [one.action for one in services.list_audit(desk.engine, scope)]


@dataclass
class Asked:
    """Statements about incidents, and how many rows they gave."""

    statements: list[str] = field(default_factory=list)
    rows: int = 0


@contextmanager
def watched(engine: Engine) -> Iterator[Asked]:
    """Count what is asked of the table of incidents meanwhile."""
    asked = Asked()

    def note(_connection, cursor, statement, *_: object) -> None:
        if " incident " in statement:
            asked.statements.append(statement)
            asked.rows += max(cursor.rowcount, 0)

    event.listen(engine, "after_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "after_cursor_execute", note)


# ── a position ────────────────────────────────────────────────────────────────
def test_a_position_moves_status_incident_and_eta_and_is_told(night: Night, database: Database):
    with psycopg.connect(conninfo(database.app_url), autocommit=True) as ear:
        ear.execute("LISTEN dispatch119")
        assert night.send(night.fix(HALFWAY)) == ["latest"]
        notices = heard(ear)
    assert (night.status, night.state) == ("en_route", "en_route")
    after = night.assignment
    assert 0 < after.eta_s < 1800
    assert abs((after.eta_at - datetime.now(UTC)).total_seconds() - after.eta_s) < 60
    assert after.eta_source == "road"
    # The position, the incident, its assignment and team, and then the ETA.
    kinds = [one["k"] for one in notices]
    assert kinds == ["positions", "incident", "assignment", "team", "assignment"]


def test_the_way_of_the_eta_begins_at_the_team_and_keeps_its_end(night: Night):
    before = night.assignment.route["coordinates"]
    night.send(night.fix(HALFWAY))
    after = night.assignment.route["coordinates"]
    assert after[0] == pytest.approx(HALFWAY, abs=2e-3)
    assert after[-1] == pytest.approx(before[-1], abs=1e-5)


def test_a_team_at_its_destination_has_arrived_and_gets_no_eta(night: Night):
    night.send(night.fix(HALFWAY, ago_s=60))
    eta_at = night.assignment.eta_at
    night.send(night.fix(LonLat(*night.bound.route["coordinates"][-1]), speed_ms=0.5))
    assert (night.status, night.state) == ("on_scene", "on_scene")
    assert night.assignment.eta_at == eta_at


def test_the_arrival_bounds_of_the_policy_hold_for_status_and_eta(night: Night):
    strict = ArrivalPolicy(slow_ms=20.0, eta_max_s=1.0)
    night.following = replace(night.following, policy=strict)
    night.send(night.fix(HALFWAY))
    assert night.status == "assigned"
    assert (night.assignment.eta_s, night.assignment.eta_source) == (None, "road")
    # The same bound holds when the roads change.
    night.following.renew_etas()
    assert night.assignment.eta_s is None


def test_without_a_way_a_team_drives_to_the_middle_of_its_incident(desk: Desk, travel: TravelTimes):
    night = a_night(desk, travel, has_way=False)
    night.send(night.fix(HALFWAY))
    assert night.assignment.route["coordinates"][-1] == pytest.approx(DOWNTOWN, abs=2e-3)


def test_a_late_position_of_a_batch_moves_nobody(night: Night):
    night.send(night.fix(HALFWAY, speed_ms=0.0))
    assert night.send(night.fix(BASE, ago_s=60)) == ["history"]
    assert night.status == "assigned"


def test_every_team_of_a_batch_is_followed(night: Night):
    other = a_night(night.desk, night.following.travel, "B3-2")
    fixes = [night.fix(HALFWAY), other.fix(HALFWAY)]
    night.following.take_positions(night.desk.scope, fixes)
    assert (night.status, other.status) == ("en_route", "en_route")


def test_a_position_of_a_free_team_changes_nothing_else(desk: Desk, night: Night):
    team = desk.team("B3-9").team
    phone = phone_of(desk.engine, team.id)
    (outcome,) = night.following.take_positions(phone.scope, [a_fix(team.id)])
    assert outcome.outcome == "latest"
    assert services.get_team(desk.engine, desk.scope, team.id).team.status == "available"


# ── what it asks the database ─────────────────────────────────────────────────
def test_a_position_asks_one_row_however_many_incidents_there_are(night: Night):
    night.send(night.fix(HALFWAY, ago_s=10))
    for _ in range(5):
        night.desk.incident()
    with watched(night.desk.engine) as asked:
        night.following.take_positions(night.desk.scope, [night.fix(HALFWAY)])
    assert (len(asked.statements), asked.rows) == (1, 1)


def test_a_look_at_a_position_is_no_reading_by_a_person(night: Night):
    night.send(night.fix(HALFWAY, ago_s=10))
    before = trail(night.desk)
    night.send(night.fix(HALFWAY))
    assert trail(night.desk) == before


def test_another_county_and_another_team_see_no_drive(night: Night):
    engine, team_id = night.desk.engine, night.bound.team_id
    other = phone_of(engine, night.desk.team("B3-2").team.id)
    assert services.find_drive(engine, night.phone.scope, team_id) is not None
    assert services.find_drive(engine, scope_of_county("B4"), team_id) is None
    assert services.find_drive(engine, other.scope, team_id) is None


def test_a_drive_ends_with_its_assignment(night: Night):
    desk = night.desk
    assert [one.team_id for one in services.list_drives(desk.engine, MACHINE)] == [
        night.bound.team_id
    ]
    services.release(desk.engine, desk.scope, night.bound.id, reason="turned back")
    assert services.find_drive(desk.engine, desk.scope, night.bound.team_id) is None
    assert services.list_drives(desk.engine, MACHINE) == []


def test_a_team_abroad_is_followed_by_its_own_phone(seeded_database: Database, travel: TravelTimes):
    desk = Desk(seeded_database.app, scope_of_county("B3"))
    night = a_night(desk, travel, "IF-1")
    night.send(night.fix(HALFWAY))
    assert (night.status, night.state) == ("en_route", "en_route")
    assert night.assignment.eta_s is not None


# ── other road times ──────────────────────────────────────────────────────────
def test_other_times_renew_the_eta_of_a_team_under_way(night: Night):
    assert night.following.renew_etas() == 1
    assert night.assignment.eta_s > 0
    assert night.assignment.route["coordinates"][0] == pytest.approx(BASE, abs=2e-3)


def test_other_times_leave_a_team_on_the_scene_alone(night: Night):
    for one in (TeamStatus.EN_ROUTE, TeamStatus.ON_SCENE):
        services.set_team_status(night.desk.engine, night.desk.scope, night.bound.team_id, one)
    assert night.following.renew_etas() == 0
    assert night.assignment.eta_s is None


def test_other_times_draw_no_way_where_none_was_drawn(desk: Desk, travel: TravelTimes):
    night = a_night(desk, travel, has_way=False)
    assert night.following.renew_etas() == 0
    assert night.assignment.route is None


def test_pages_are_told_of_other_times_and_the_next_position_asks_the_road_again(night: Night):
    night.send(night.fix(HALFWAY, ago_s=10))
    first = night.assignment.eta_at
    night.send(night.fix(HALFWAY, ago_s=5))
    assert night.assignment.eta_at == first
    night.following.tell_other_times()
    assert night.told == ["all"]
    night.send(night.fix(HALFWAY))
    assert night.assignment.eta_at > first
