"""
Requests over HTTP. Strict about names: an unknown field is a mistake and is said so.

Coordinates are checked by the core (`LonLat.checked`), so that every door refuses a
bad one in the same words.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dispatch.handover.case import MOST_NOTES, Child
from dispatch.handover.views import HandoverWish
from dispatch.model import Resolution
from dispatch.roles import Role
from geodata.instants import checked_instant
from geodata.points import LonLat
from teams.model import PositionReport, TeamStatus

Instant = Annotated[AwareDatetime, AfterValidator(checked_instant)]
"""A moment of this century, with its zone."""

Number = int | float | str | bool | None
NoteIds = Annotated[tuple[Annotated[int, Field(ge=1, lt=2**63)], ...], Field(max_length=MOST_NOTES)]


class Request(BaseModel):
    """Base of all requests: unknown fields are refused, and text that no database can hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _is_storable(cls, members: object) -> object:
        check_text(members)
        return members


def check_text(value: object) -> None:
    """Refuse NUL and lone surrogates in any text inside: PostgreSQL and UTF-8 have no such."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple):
            waiting += each
        elif isinstance(each, str) and not is_storable(each):
            raise PydanticCustomError(
                "text_not_storable", "the text has a character without meaning"
            )


def is_storable(text: str) -> bool:
    """Tell whether a database can keep a text."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


class LoginRequest(Request):
    """A username and a password."""

    username: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=500)


class TokenRequest(Request):
    """How long a new bearer token lives, days."""

    days: float | None = Field(default=None, gt=0, le=3660)


class VersionRequest(Request):
    """The version the person was looking at; a newer one refuses the change."""

    expected_version: int | None = Field(default=None, ge=0)


class JoinRequest(VersionRequest):
    """Put a call into another incident; the version is that of the incident to join."""

    incident_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class OfferDecision(Request):
    """Why an offered report is taken in or kept apart."""

    reason: str | None = Field(default=None, min_length=1, max_length=2000)


class OpenRequest(Request):
    """Open an incident by hand for a call that no county owns."""

    county: str = Field(min_length=2, max_length=2)
    reason: str = Field(min_length=1, max_length=2000)


class ChildRequest(Request):
    """The child as far as a receiver needs it; every field may be unknown."""

    name: str | None = Field(default=None, min_length=1, max_length=100)
    age_years: int | None = Field(default=None, ge=0, le=25)
    sex: str | None = Field(default=None, min_length=1, max_length=20)

    def child(self) -> Child | None:
        """Return the child, None when nothing is known of it."""
        return None if self == ChildRequest() else Child(self.name, self.age_years, self.sex)


class TransferRequest(VersionRequest):
    """
    Hand an incident over; `child` and `note_ids` go along to 112 only.

    Another county is asked; with `at_once` it is not, because the danger does not wait.
    """

    to: Literal["112", "psychologists", "county"]
    county: str | None = Field(default=None, min_length=2, max_length=2)
    at_once: bool = False
    reason: str = Field(min_length=1, max_length=2000)
    child: ChildRequest | None = None
    note_ids: NoteIds = ()

    def along(self) -> HandoverWish:
        """Return what goes along to 112."""
        child = self.child.child() if self.child else None
        return HandoverWish(self.reason, child, self.note_ids)


class ReturnRequest(Request):
    """Leave an offered case with the county that offers it, and why."""

    reason: str = Field(min_length=1, max_length=2000)


class WithdrawRequest(Request):
    """Take back an offer; why, where there is something to say."""

    reason: str | None = Field(default=None, min_length=1, max_length=2000)


class ReopenRequest(VersionRequest):
    """Open a closed incident again, and why."""

    reason: str = Field(min_length=1, max_length=2000)


class CloseRequest(VersionRequest):
    """Close an incident. The core refuses it without a resolution."""

    resolution: Resolution | None = None
    note: str | None = Field(default=None, max_length=10_000)


class NoteRequest(VersionRequest):
    """A sentence for the timeline."""

    text: str = Field(min_length=1, max_length=10_000)


class AssignRequest(VersionRequest):
    """
    Bind a team to the incident; `reason` when it is not the proposed one.

    `seen_first` is the team that stood first on the list the person looked at.
    """

    team_id: UUID
    seen_first: UUID | None = None
    reason: str | None = Field(default=None, max_length=2000)


class ReleaseRequest(VersionRequest):
    """Free a team; the version is its incident's."""

    reason: str = Field(min_length=1, max_length=2000)


class ReassignRequest(ReleaseRequest):
    """Send another team instead of the bound one; the version is its incident's."""

    team_id: UUID


class PlaceRequest(Request):
    """A place; checked by the core."""

    lon: Number
    lat: Number

    def checked(self) -> LonLat:
        """Return the place or raise `BadCoordinateError`."""
        return LonLat.checked(self.lon, self.lat)


class ConfirmPlaceRequest(VersionRequest, PlaceRequest):
    """
    Where the incident is, with the address as people say it.

    `abroad` is the other county that the place lies in, where a person knows and says in
    `reason` why the incident stays with its owner.
    """

    address: str | None = Field(default=None, min_length=1, max_length=300)
    abroad: str | None = Field(default=None, max_length=4)
    reason: str | None = Field(default=None, max_length=2000)


class PresenceRequest(Request):
    """One has the incident on the screen; `is_writing`: a form is open."""

    is_writing: bool = False


class TeamRequest(Request):
    """A new mobile team."""

    callsign: str = Field(min_length=1, max_length=40)
    county: str = Field(min_length=2, max_length=2)
    staffing: int = Field(default=2, ge=0, le=20)
    capabilities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("ro",)
    base: PlaceRequest | None = None


class StatusRequest(VersionRequest):
    """What a team is doing now."""

    status: TeamStatus
    reason: str | None = Field(default=None, max_length=2000)


class PositionRequest(Request):
    """One fix of a team's device: accuracy m, speed m/s, heading degrees from north."""

    lon: Number
    lat: Number
    fix_at: AwareDatetime
    device_at: AwareDatetime | None = None
    accuracy_m: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    speed_ms: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    heading_deg: float | None = Field(default=None, ge=0, le=360)
    battery_share: float | None = Field(default=None, ge=0, le=1)

    def report(self, team_id: UUID, received_at: datetime) -> PositionReport:
        """Return the report or raise `BadCoordinateError`."""
        return PositionReport(
            team_id=team_id,
            place=LonLat.checked(self.lon, self.lat),
            fix_at=self.fix_at,
            received_at=received_at,
            device_at=self.device_at,
            accuracy_m=self.accuracy_m,
            speed_ms=self.speed_ms,
            heading_deg=self.heading_deg,
            battery_share=self.battery_share,
        )


class AccountRequest(Request):
    """A new account."""

    username: str = Field(min_length=2, max_length=100)
    password: str = Field(min_length=1, max_length=500)
    role: Role
    counties: tuple[str, ...] = ()
    team_id: UUID | None = None
    language: Literal["ro", "en"] = "ro"


class PasswordRequest(Request):
    """A new password for an account."""

    password: str = Field(min_length=1, max_length=500)


class OwnPasswordRequest(Request):
    """One's own password, the old one and the new one."""

    old: str = Field(min_length=1, max_length=500)
    new: str = Field(min_length=1, max_length=500)


class ActiveRequest(Request):
    """Enable or disable an account."""

    active: bool
