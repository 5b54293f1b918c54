"""A team of Sector 3 with a case, its phone, the desks around it, and a clock that can be moved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from dispatch import services
from dispatch.services.field_watch import Overdue, note_overdue
from dispatch.views import AssignmentView, EventView, IncidentView
from geodata.database.engine import connect_database
from geodata.database.scope import Scope
from geodata.reference.codes import CODES
from teams.model import TeamStatus
from tests.conftest_d.database import Database, scope_of_county
from tests.conftest_d.dispatching import Desk

NATIONAL = Scope("radu", "supervisor", tuple(CODES))


class Clock:
    """Shows the present moment, and later ones once it was moved."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, **by: float) -> None:
        """Let time pass: `seconds`, `minutes`, …."""
        self.ahead += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Field:
    """The desk of Sector 3 and what happens to its teams."""

    desk: Desk
    clock: Clock
    database: Database

    def sent(self, callsign: str = "B3-1", county: str = "B3") -> AssignmentView:
        """Send a new team to a new incident."""
        team = self.desk.team(callsign, county).team
        return self.send(team.id, self.desk.incident())

    def send(self, team_id: UUID, incident: IncidentView) -> AssignmentView:
        """Assign a team to an incident of Sector 3."""
        return services.assign(
            self.desk.engine, self.desk.scope, incident.id, team_id, reason="near"
        )

    def on_scene(self, callsign: str = "B3-1", county: str = "B3") -> AssignmentView:
        """Send a team and let it arrive."""
        bound = self.sent(callsign, county)
        self.move(bound, TeamStatus.ON_SCENE)
        return self.again(bound)

    def move(self, bound: AssignmentView, status: TeamStatus) -> None:
        """Let the team's phone report what it is doing."""
        services.set_team_status(self.desk.engine, phone(bound), bound.team_id, status)

    def again(self, bound: AssignmentView) -> AssignmentView:
        """Read an assignment as the desk of its case."""
        return services.get_assignment(self.desk.engine, self.desk.scope, bound.id)

    def timeline(self, bound: AssignmentView) -> list[EventView]:
        """Read the timeline of the team's case."""
        return services.incident_timeline(self.desk.engine, self.desk.scope, bound.incident_id)

    def kinds(self, bound: AssignmentView) -> list[str]:
        """Name what happened, in its order."""
        return [one.kind for one in self.timeline(bound)]

    def watch(self) -> Overdue:
        """Look once for what is overdue."""
        return note_overdue(self.desk.engine)

    def audited(self, prefix: str) -> list[str]:
        """List the actions of the trail that begin so."""
        with self.database.owner.begin() as connection:
            rows = connection.execute(
                text("SELECT action FROM audit_entry WHERE action LIKE :like ORDER BY n"),
                {"like": f"{prefix}%"},
            )
            return [row.action for row in rows]


def phone(bound: AssignmentView) -> Scope:
    """Build the scope of the team's own account."""
    return phone_of(bound.team_id, bound.team_county)


def phone_of(team_id: UUID, county: str = "B3") -> Scope:
    """Build the scope of a team's account."""
    return Scope(f"phone-{team_id}", "team", (county,), team_id)


@pytest.fixture
def field(seeded_database: Database) -> Iterator[Field]:
    """Return the desk of Sector 3 at a database with all counties and a movable clock."""
    clock = Clock()
    engine = connect_database(seeded_database.app_url, pool_size=12, clock=clock)
    yield Field(Desk(engine, scope_of_county("B3")), clock, seeded_database)
    engine.dispose()
