"""
What passes between a desk and a team that goes, and between two centres about a team.

An assignment is an alert: sent, delivered, read, answered; its times are on the assignment
itself. Messages belong to an assignment, alarms to a team, requests for a team to an incident.
Nothing here knows a database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from geodata.points import LonLat

LONGEST_MESSAGE = 1_000
"""Characters: what can be read at a red light."""

SHORTEST_ROUND = timedelta(minutes=2)
"""Check-ins more often than that would be noise at both ends."""

LONGEST_ROUND = timedelta(hours=4)
"""A crew that is not heard of for longer needs no timer, but a colleague."""


class Receipt(StrEnum):
    """How far something has come to the other side."""

    DELIVERED = "delivered"
    READ = "read"


class AlertAnswer(StrEnum):
    """What a team says to an alert."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


class AlarmKind(StrEnum):
    """Why a team has an alarm: it asked for help, or has not said that it is well."""

    SOS = "sos"
    CHECK_IN = "check_in"


class AidAnswer(StrEnum):
    """What became of a request for a team: by the other centre, the asker, or the clock."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class TeamMessage:
    """What was written to a team or by it; the receipts are those of the other side."""

    id: UUID
    assignment_id: UUID
    sent_at: datetime
    sent_by: str
    from_team: bool
    text: str
    delivered_at: datetime | None
    read_at: datetime | None
    read_by: str | None


@dataclass(frozen=True, slots=True)
class LastPlace:
    """Where a team was last known to be, and when that was measured."""

    place: LonLat
    fix_at: datetime
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """
    A team in danger, or one that is silent; open until it is settled.

    `sounds` tells that nobody looks after it at `at`: not acknowledged, or not any more.
    `incident_id` and `incident_number` only where the scope may see the incident.
    """

    id: UUID
    kind: AlarmKind
    team_id: UUID
    callsign: str
    county: str
    assignment_id: UUID | None
    incident_id: UUID | None
    incident_number: str | None
    raised_at: datetime
    raised_by: str
    last_raised_at: datetime
    times: int
    place: LonLat | None
    fix_at: datetime | None
    accuracy_m: float | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    settled_by: str | None
    settled_at: datetime | None
    settle_reason: str | None
    at: datetime
    sounds: bool


def alarm_sounds(
    *,
    acknowledged_at: datetime | None,
    settled_at: datetime | None,
    holds: timedelta,
    now: datetime,
) -> bool:
    """
    Tell whether nobody looks after an alarm.

    Examples
    --------
    >>> noon, half_hour = datetime(2026, 3, 1, 12), timedelta(minutes=30)
    >>> later = noon + timedelta(minutes=31)
    >>> [alarm_sounds(acknowledged_at=noon, settled_at=None, holds=half_hour, now=now)
    ...  for now in (noon, later)]
    [False, True]
    """
    if settled_at is not None:
        return False
    return acknowledged_at is None or now - acknowledged_at > holds


@dataclass(frozen=True, slots=True)
class AidRequest:
    """
    What one centre asks of a neighbour: one of its teams, until `expires_at`.

    `county` asks, `team_county` is asked. `area` (GeoJSON, EPSG:4326), `priority`, `travel_s` and
    `distance_m` are all that the other centre learns of the case before it accepts;
    `incident_number` only where the scope may see the incident. `waits` is at `at`.
    """

    id: UUID
    incident_id: UUID
    incident_number: str | None
    county: str
    team_id: UUID
    team_county: str
    callsign: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    priority: int
    area: dict[str, Any] | None
    travel_s: float | None
    distance_m: float | None
    answer: AidAnswer | None
    answered_at: datetime | None
    answered_by: str | None
    answer_reason: str | None
    assignment_id: UUID | None
    at: datetime
    waits: bool
