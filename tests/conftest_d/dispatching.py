"""People, calls, incidents and teams in a real database, as short as a test needs them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from dispatch import services
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from dispatch.views import CallView, IncidentView, TeamView
from geodata.database.scope import Scope
from geodata.points import LonLat
from geodata.shapes import Circle
from teams.model import PositionReport
from tests.conftest_d.database import Database, scope_of_county

DOWNTOWN = LonLat(26.13, 44.44)


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one database: the use cases with the engine and scope filled in."""

    engine: Engine
    scope: Scope

    def call(self, owner: str | None = "B3", caller: str | None = None) -> CallView:
        """Take a call that belongs to `owner`."""
        raw_id = services.store_raw(self.engine, self.scope, content_type="x/y", raw=b"{}")
        return services.accept_report(
            self.engine, self.scope, raw_id, a_report(caller), A_LOCATION, whose(owner), answer={}
        )

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


def whose(owner: str | None) -> CountyAssignment:
    """Build the answer that a call belongs to `owner`."""
    return CountyAssignment((), owner, None, 0.6, False, 0.0, "population", {"en": "", "ro": ""})


def a_fix(team_id: UUID, seconds_ago: float = 0.0, place: LonLat = DOWNTOWN) -> PositionReport:
    """Build a position report that is `seconds_ago` old."""
    now = datetime.now(UTC)
    return PositionReport(team_id, place, now - timedelta(seconds=seconds_ago), now, speed_ms=5.0)


@pytest.fixture
def desk(database: Database) -> Desk:
    """Return a dispatcher of Sector 3 at an empty database."""
    return Desk(database.app, scope_of_county("B3"))
