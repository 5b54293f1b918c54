"""
Answers over HTTP: built from the frozen views of the core by attribute.

Places are objects with `lon` and `lat`, geometries GeoJSON, all EPSG:4326; lengths m,
speeds m/s, times aware UTC.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.schemas.beliefs import belief_share, belief_summary
from api.schemas.from_view import fields_of
from dispatch.call_form import Triage
from dispatch.model import IncidentState, Resolution
from dispatch.views import (
    AssignmentView,
    CallStanding,
    CallView,
    ClosingProposal,
    EventView,
    IncidentView,
    OfferView,
    OwnSessionView,
    PresenceView,
    TeamView,
)
from geodata.database.audit import AuditEntry, AuditVerdict
from teams.model import TeamStatus

GeoJson = Mapping[str, Any]


class Answer(BaseModel):
    """Base of all answers: read from attributes."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Place(Answer):
    """A place, EPSG:4326 degrees."""

    lon: float
    lat: float


class AccountAnswer(Answer):
    """An account without its password."""

    username: str
    role: str
    counties: tuple[str, ...]
    team_id: UUID | None
    language: str
    active: bool = True
    permissions: tuple[str, ...] = ()


class TokenAnswer(Answer):
    """A bearer token; shown once."""

    token: str
    expires_at: datetime


@fields_of(OwnSessionView)
class SessionAnswer(Answer):
    """One of one's own sessions (`cookie`) or tokens (`bearer`); never the token itself."""


@fields_of(CallView, leave_out=("joined",), center=Place | None)
class CallAnswer(Answer):
    """
    One contact with 119; `answer` and `area` only when one call is asked for.

    `county` is the one that the call was given to, `owner` the one its reports name now.
    """

    @classmethod
    def listed(cls, view: CallView) -> Self:
        """Build the line of a list: the number masked, the area left out."""
        whole = cls.model_validate(view)
        masked = masked_number(view.caller)
        return whole.model_copy(update={"caller": masked, "answer": None, "area": None})


def masked_number(caller: str | None) -> str | None:
    """Return a number of which only the country and the last three digits show."""
    if caller is None:
        return None
    return f"{caller[:3]}{'•' * max(len(caller) - 6, 3)}{caller[-3:]}"


@fields_of(OfferView, center=Place | None)
class OfferAnswer(Answer):
    """
    A report of another county that may belong to a case of ours.

    `offered_from` are the counties of who sent it, `owner` the one that its place names.
    """


@fields_of(AssignmentView)
class AssignmentAnswer(Answer):
    """One team bound to one incident."""


@fields_of(CallStanding)
class StandingAnswer(Answer):
    """Whose a call is, and how its incident stands, for who took it; nothing else of the case."""


@fields_of(ClosingProposal)
class ClosingAnswer(Answer):
    """That somebody wants the case closed; another person of the county has to confirm it."""


class ConfirmedAnswer(Answer):
    """Where an incident is, as a person has confirmed it."""

    place: Place
    address: str | None
    at: datetime
    by: str


class IncidentAnswer(Answer):
    """
    The situation behind one or more calls; `counties` says how sure its county is.

    `belief_owner` is the county that the last reports name, with its probability. With
    `county_in_doubt` it is another than `county` and came after the last decision of a
    person, who now has to decide again. `priority` is 1 for immediate danger, 2 until anybody
    has said otherwise (`triage`), 3 for what can wait; `told_at` is when somebody last saved what
    a caller says (`/told`). `question` is what to ask the caller, in both languages, where there
    is something to ask. `closing` is what another person of the county has to confirm,
    `waiting_since` is since when no team is bound to it, `confirmed` where a person says it is.
    `belief` only when one incident is asked for.
    """

    id: UUID
    number: str
    county: str
    state: IncidentState
    priority: int
    summary: str | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None
    resolution_note: str | None
    version: int
    area: GeoJson | None
    center: Place | None
    area_confidence: float | None
    call_count: int
    margin: float | None
    ambiguous: bool | None
    outside_share: float | None = None
    counties: tuple[GeoJson, ...] = ()
    assignments: tuple[AssignmentAnswer, ...] = ()
    declined_by: tuple[UUID, ...] = ()
    belief_owner: str | None = None
    belief_share: float | None = None
    county_in_doubt: bool = False
    waiting_since: datetime | None = None
    confirmed: ConfirmedAnswer | None = None
    question: Mapping[str, str] | None = None
    closing: ClosingAnswer | None = None
    triage: Triage | None = None
    told_at: datetime | None = None
    belief: GeoJson | None = None

    @classmethod
    def of(cls, view: IncidentView) -> Self:
        """Build from a view; the shares come from the stored `locate` object."""
        located = view.answer or {}
        known = {
            "counties": tuple(located.get("counties") or ()),
            "outside_share": located.get("outside_share"),
            "belief_share": belief_share(view),
            "question": located.get("question"),
        }
        return cls.model_validate(view).model_copy(update=known)

    @classmethod
    def detailed(cls, view: IncidentView) -> Self:
        """Build from a view, with how the belief behind it came about."""
        return cls.of(view).model_copy(update={"belief": belief_summary(view)})


@fields_of(PresenceView)
class PresenceAnswer(Answer):
    """Somebody else who has the incident on the screen."""


@fields_of(EventView)
class EventAnswer(Answer):
    """One line of an incident's timeline."""


class PositionAnswer(Answer):
    """Where a team was, with its three clocks."""

    place: Place
    fix_at: datetime
    received_at: datetime
    device_at: datetime | None
    accuracy_m: float | None
    speed_ms: float | None
    heading_deg: float | None
    battery_share: float | None


class TeamAnswer(Answer):
    """A mobile team, its last accepted position and its open assignment."""

    id: UUID
    callsign: str
    county: str
    status: TeamStatus
    staffing: int
    capabilities: tuple[str, ...]
    languages: tuple[str, ...]
    on_shift: bool
    version: int
    base: Place | None
    position: PositionAnswer | None
    lent_to: str | None
    updated_at: datetime
    assignment: AssignmentAnswer | None

    @classmethod
    def of(cls, view: TeamView) -> Self:
        """Build from a view, sets in a stable order."""
        team = view.team
        return cls(
            id=team.id,
            callsign=team.callsign,
            county=team.county,
            status=team.status,
            staffing=team.staffing,
            capabilities=tuple(sorted(team.capabilities)),
            languages=tuple(sorted(team.languages)),
            on_shift=team.on_shift,
            version=team.version,
            base=Place.model_validate(team.base) if team.base else None,
            position=PositionAnswer.model_validate(team.position) if team.position else None,
            lent_to=view.lent_to,
            updated_at=view.updated_at,
            assignment=AssignmentAnswer.model_validate(view.assignment)
            if view.assignment
            else None,
        )


class OutcomeAnswer(Answer):
    """What became of one position report: latest, history or refused, and why."""

    fix_at: datetime | None
    outcome: str
    code: str | None = None
    message: str | None = None


class PositionsAnswer(Answer):
    """The outcomes in the order of the reports."""

    outcomes: tuple[OutcomeAnswer, ...]


@fields_of(AuditEntry, detail=GeoJson | None)
class AuditAnswer(Answer):
    """One line of the audit trail."""


@fields_of(AuditVerdict)
class AuditVerdictAnswer(Answer):
    """Whether the audit trail is unbroken; `broken_at` is the first wrong line."""


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable, `detail` and `hint` are for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str
    instance: str
