"""
A call while it rings: who has claimed it, and how it stands; states are read, never stored.

To claim a call is to take it for the post at which one sits; to hand back lets it ring for the
centre again. A call that nobody claims within `STALE_AFTER`, or whose caller has hung up, is
stale: it can still be claimed, to call back. Nothing here knows a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from geodata.points import LonLat

STALE_AFTER = timedelta(minutes=2)
"""No exchange lets a telephone ring longer than that; what is older was not ended properly."""


class RingingState(StrEnum):
    """How a ringing call stands at a moment."""

    RINGING = "ringing"
    HANDED_BACK = "handed_back"
    CLAIMED = "claimed"
    STALE = "stale"
    ENDED = "ended"


class RingingOutcome(StrEnum):
    """How a ringing call ended."""

    ANSWERED = "answered"
    MISDIAL = "misdial"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class RingingLocation:
    """
    Where a ringing call comes from, by the reports heard so far.

    `counties` are the shares of the documented `locate` object, `question` what to ask the
    caller and `reason` why it is that county, in both languages. Area GeoJSON, EPSG:4326.
    """

    owner: str | None
    ambiguous: bool
    margin: float
    confidence: float | None
    counties: tuple[Mapping[str, Any], ...]
    question: Mapping[str, str] | None
    reason: Mapping[str, str]
    area: Mapping[str, Any] | None
    center: LonLat | None


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call of the same number before, as far as the scope may see it."""

    id: UUID
    started_at: datetime
    county: str | None
    incident_id: UUID | None
    incident_number: str | None
    is_misdial: bool


@dataclass(frozen=True, slots=True)
class NearIncident:
    """
    A case near the place of a ringing call, open or of the last day, as far as the scope sees it.

    `distance_m` from the middle of the one to the middle of the other; `in_area` says that it lies
    in the area in which the caller may be.
    """

    id: UUID
    number: str
    county: str
    state: str
    triage: str | None
    opened_at: datetime
    distance_m: float
    in_area: bool


@dataclass(frozen=True, slots=True)
class RingingCall:
    """
    A call from its first ring until somebody ends it.

    `call_id` is the call's id from the first ring on, also before it has a location. `incident_id`
    and `incident_number` only where the scope may see the incident. `earlier` and `near`
    only when one is asked for.
    """

    id: UUID
    call_id: UUID
    caller: str | None
    line: str
    county: str | None
    rang_at: datetime
    hung_up_at: datetime | None
    claimed_by: str | None
    claimed_post: str | None
    claimed_at: datetime | None
    handed_back_by: str | None
    handed_back_at: datetime | None
    ended_at: datetime | None
    outcome: RingingOutcome | None
    state: RingingState
    incident_id: UUID | None = None
    incident_number: str | None = None
    location: RingingLocation | None = None
    earlier: tuple[EarlierCall, ...] = ()
    near: tuple[NearIncident, ...] = ()


def state_of(
    *,
    rang_at: datetime,
    hung_up_at: datetime | None,
    claimed_by: str | None,
    handed_back_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
) -> RingingState:
    """Return how a ringing call stands at `now`."""
    if ended_at is not None:
        return RingingState.ENDED
    if claimed_by is not None:
        return RingingState.CLAIMED
    if hung_up_at is not None or now - (handed_back_at or rang_at) > STALE_AFTER:
        return RingingState.STALE
    return RingingState.RINGING if handed_back_at is None else RingingState.HANDED_BACK
