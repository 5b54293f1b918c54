"""
The words for mobile teams: what a team is, what it is doing, where it was last seen.

Nothing here reads a clock, a database or a phone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from geodata.points import LonLat


class TeamStatus(StrEnum):
    """What a team is doing; only `AVAILABLE` teams are proposed."""

    AVAILABLE = "available"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RETURNING = "returning"
    OUT_OF_SERVICE = "out_of_service"


class PositionAge(StrEnum):
    """How far a position can be trusted by its age alone."""

    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class PositionReport:
    """
    One fix from a team's device, with three clocks (all aware, UTC).

    `device_at` is when the device sent it, `fix_at` when the place was measured,
    `received_at` when we got it. Speed is m/s, heading degrees clockwise from north.
    """

    team_id: UUID
    place: LonLat
    fix_at: datetime
    received_at: datetime
    device_at: datetime | None = None
    accuracy_m: float | None = None
    speed_ms: float | None = None
    heading_deg: float | None = None
    battery_share: float | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A mobile unit as the dispatcher sees it at one moment."""

    id: UUID
    callsign: str
    county: str
    status: TeamStatus
    staffing: int
    capabilities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"ro"})
    on_shift: bool = True
    position: PositionReport | None = None
    base: LonLat | None = None
    version: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class PositionOutcome:
    """
    What became of one position report.

    `outcome` is `latest` (now the team's position), `history` (kept, but a newer fix
    is known) or `refused`; `code` and `message` say why it is not `latest`. `status` is what
    the team was doing when the report came, None of a team that the sender does not see.
    """

    team_id: UUID
    fix_at: datetime
    outcome: str
    code: str | None = None
    message: str | None = None
    status: TeamStatus | None = None
