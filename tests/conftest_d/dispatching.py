"""People, calls, incidents and teams in a real database, as short as a test needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from dispatch import services
from dispatch.belief.hearing import Believe, Message, Reading
from dispatch.belief.model import Belief, SourceRank, Step, StepAction
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from dispatch.views import CallView, IncidentView, ReportOutcome, TeamView
from geodata.areas.shapes import Circle
from geodata.database.scope import Scope
from geodata.points import LonLat
from teams.model import PositionReport
from tests.conftest_d.database import Database, scope_of_county

DOWNTOWN = LonLat(26.13, 44.44)
_messages = count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one database: the use cases with the engine and scope filled in."""

    engine: Engine
    scope: Scope

    def call(self, owner: str | None = "B3", caller: str | None = None) -> CallView:
        """Take a call that belongs to `owner`."""
        return self.hear(owner, caller).call

    def hear(
        self, owner: str | None = "B3", caller: str | None = None, raw: bytes | None = None
    ) -> ReportOutcome:
        """Take a report of a caller from which `owner` is believed; a new one unless given."""
        raw_id, reading = self.raw(raw), Reading(a_report(caller))
        return services.accept_report(self.engine, self.scope, raw_id, reading, believing(owner))

    def add(
        self, call_id: UUID, owner: str | None = "B3", raw: bytes | None = None
    ) -> ReportOutcome:
        """Add a report to a call, after which `owner` is believed."""
        raw_id, reading = self.raw(raw), Reading(a_report())
        return services.add_report(
            self.engine, self.scope, call_id, raw_id, reading, believing(owner)
        )

    def raw(self, raw: bytes | None = None) -> UUID:
        """Store a message."""
        content = raw if raw is not None else f"message {next(_messages)}".encode()
        stored = services.store_raw(self.engine, self.scope, content_type="x/y", raw=content)
        return stored.id

    def incident(self, owner: str = "B3") -> IncidentView:
        """Open an incident of `owner`, and read it as its county."""
        made = self.call(owner).incident_id
        assert made is not None
        return services.get_incident(self.engine, scope_of_county(owner), made)

    def team(self, callsign: str, county: str = "B3") -> TeamView:
        """Create a team of a county."""
        scope = scope_of_county(county)
        return services.create_team(self.engine, scope, callsign=callsign, county=county)


A_LOCATION = CallerLocation(Circle(DOWNTOWN, 800.0), 0.95, Circle(DOWNTOWN, 800.0), 0.95)


def a_report(caller: str | None = None) -> LocationReport:
    """Build a report of a circle in the middle of the town."""
    return LocationReport("json", Circle(DOWNTOWN, 800.0), 0.95, caller=caller)


def believing(owner: str | None) -> Believe:
    """Build what believes that any messages belong to `owner`; a step for each of them."""

    def believe(messages: Sequence[Message], **_: object) -> Belief:
        steps = [
            Step(a_report(), m.received_at, SourceRank.NETWORK, StepAction.FIRST, 1.0, owner, {})
            for m in messages
        ]
        return Belief(A_LOCATION, whose(owner), None, tuple(steps))

    return believe


def whose(owner: str | None) -> CountyAssignment:
    """Build the answer that a call belongs to `owner`."""
    return CountyAssignment((), owner, None, 0.6, False, 0.0, "population", {"en": "", "ro": ""})


def minutes_pass(database: Database, minutes: float) -> None:
    """Make every report in a database older: time passes without waiting."""
    with database.owner.begin() as connection:
        connection.execute(
            text("UPDATE location_report SET received_at = received_at - :time"),
            {"time": timedelta(minutes=minutes)},
        )


def a_fix(team_id: UUID, seconds_ago: float = 0.0, place: LonLat = DOWNTOWN) -> PositionReport:
    """Build a position report that is `seconds_ago` old."""
    now = datetime.now(UTC)
    return PositionReport(team_id, place, now - timedelta(seconds=seconds_ago), now, speed_ms=5.0)


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a dispatcher of Sector 3 at an empty database."""
    return Desk(database.app, scope_of_county("B3"))
