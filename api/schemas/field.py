"""Work in the field over HTTP: alerts, messages, check-ins, alarms, requests for a team."""

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from api.schemas.answers import Answer, Place
from api.schemas.from_view import fields_of
from api.schemas.requests import Instant, Request, VersionRequest
from dispatch.field import AidRequest, Alarm, AlertAnswer, LastPlace, Receipt, TeamMessage
from geodata.errors import BadCoordinateError
from geodata.points import LonLat

_Reason = Annotated[str, Field(min_length=1, max_length=2000)]
_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


class CaseRequest(Request):
    """The case that was on the screen; of another one nothing is done."""

    incident_id: UUID | None = None


class ReceiptRequest(Request):
    """How far an alert has come at the team."""

    receipt: Receipt


class AlertAnswerRequest(CaseRequest):
    """What a team says to its alert; declining takes a reason."""

    answer: AlertAnswer
    reason: _Reason | None = None


class MessageRequest(CaseRequest):
    """What is written, up to 1,000 characters."""

    text: str = Field(max_length=20_000)


class MessageReceiptRequest(Request):
    """That the other side's messages, sent until then, were delivered or read."""

    receipt: Receipt
    until: Instant


class CheckInRequest(CaseRequest):
    """That a team is well; of a person at a desk with how they know."""

    reason: _Reason | None = None


class CheckInTimerRequest(CaseRequest):
    """How often a team checks in, minutes; 0 switches it off for a reason."""

    every_minutes: int = Field(ge=0, le=100_000)
    reason: _Reason | None = None

    @property
    def every(self) -> timedelta:
        """The time between two check-ins."""
        return timedelta(minutes=self.every_minutes)


class SettleRequest(Request):
    """Why an alarm is over."""

    reason: _Reason


class AidAskRequest(VersionRequest):
    """Which team is asked for, and how long the other centre has; the version is the incident's."""

    team_id: UUID
    within_s: int | None = Field(default=None, ge=0, le=86_400)


class AidRefuseRequest(Request):
    """Why a team is not sent: whoever asked reads it."""

    reason: str = Field(min_length=1, max_length=500)


@fields_of(TeamMessage)
class MessageAnswer(Answer):
    """What was written to a team or by it; the receipts are those of the other side."""


@fields_of(Alarm, place=Place | None)
class AlarmAnswer(Answer):
    """
    A team in danger (`sos`), or one that has not said that it is well (`check_in`).

    `sounds`: nobody looks after it. `place` is where it was last known to be, at `fix_at`.
    """


@fields_of(AidRequest, leave_out=("incident_id",))
class AidAnswer(Answer):
    """
    A request of one centre for a team of another.

    To the county that is asked it says where (`area`, GeoJSON, EPSG:4326), how urgent and how
    far; `incident_id` and `incident_number` only to who may see the incident.
    """

    incident_id: UUID | None = None

    @classmethod
    def of(cls, view: AidRequest) -> Self:
        """Build the answer; the incident's id only beside its number."""
        whole = cls.model_validate(view)
        if view.incident_number is not None:
            return whole
        return whole.model_copy(update={"incident_id": None})


def place_in(members: object, now: datetime) -> LastPlace | None:
    """
    Return the place that a cry for help brings; None where it brings none that can be used.

    Nothing is refused: `lon`, `lat`, `accuracy_m` and `fix_at` are taken as far as they are good.

    Examples
    --------
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> place_in({"lon": 26.1, "lat": 44.4}, noon).place
    LonLat(lon=26.1, lat=44.4)
    >>> [place_in(members, noon) for members in (None, [], {"lon": "x"}, {"lon": 26.1, "lat": 444})]
    [None, None, None, None]
    """
    if not isinstance(members, dict):
        return None
    try:
        place = LonLat.checked(members.get("lon"), members.get("lat"))
    except BadCoordinateError:
        return None
    accuracy = members.get("accuracy_m")
    is_good = isinstance(accuracy, int | float) and 0 <= accuracy < 1e6
    return LastPlace(place, _moment_in(members.get("fix_at"), now), accuracy if is_good else None)


def _moment_in(value: object, now: datetime) -> datetime:
    try:
        moment = _MOMENT.validate_python(value)
    except ValidationError:
        return now
    # A phone whose clock is wrong is still where it says.
    return moment if now - timedelta(days=1) <= moment <= now else now
