"""
What the use cases hand back: frozen rows, ready to be serialised.

Places are `LonLat` (EPSG:4326), areas and routes GeoJSON geometry dicts in
EPSG:4326, times aware UTC. Nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.call_form import Triage
from dispatch.model import IncidentState, LocationReport, Resolution
from geodata.points import LonLat
from teams.model import PositionReport, Team, TeamStatus

GeoJson = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CallView:
    """
    One contact with 119 and what is known about whose it is.

    `answer` is the documented `locate` object that was stored last with the call, formed
    from all its reports; `owner` is the county it names, `county` the one that the call
    was given to. `joined` tells that the call was added to an incident that was already
    open.
    """

    id: UUID
    started_at: datetime
    caller: str | None
    county: str | None
    incident_id: UUID | None
    incident_number: str | None
    incident_state: IncidentState | None
    disposition: str | None
    is_misdial: bool
    taken_by: str
    report_id: UUID | None
    owner: str | None
    margin: float | None
    ambiguous: bool | None
    confidence: float | None
    center: LonLat | None = None
    answer: Mapping[str, Any] | None = None
    area: GeoJson | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class CallStanding:
    """
    Whose a call is and how its incident stands, for who took it; `at` is when that was so.

    `county` None: nobody owns it yet.
    """

    call_id: UUID
    county: str | None
    incident_id: UUID | None
    incident_number: str | None
    state: IncidentState | None
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferView:
    """
    A report of another county that may belong to a case of the scope's; nobody has decided.

    `offered_from` are the counties of who sent it, `owner` the one that its place names;
    `area` and `center` are EPSG:4326.
    """

    id: UUID
    known_call_id: UUID
    incident_id: UUID | None
    incident_number: str | None
    county: str | None
    offered_at: datetime
    offered_by: str
    offered_from: tuple[str, ...]
    owner: str | None
    confidence: float | None
    center: LonLat | None = None
    area: GeoJson | None = None


@dataclass(frozen=True, slots=True)
class ReportOutcome:
    """
    What became of a report that was read.

    `answer` is the belief of the call as far as the one who sent the report may know it:
    the whole where the call is theirs to see, else what their own reports say. `further`
    tells that the call was known before, `repeated` that the report said nothing new.
    """

    call: CallView
    answer: Mapping[str, Any]
    further: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """A message that was read: where it is stored, what it says, what became of it."""

    raw_id: UUID
    report: LocationReport
    outcome: ReportOutcome


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """
    One team bound to one incident, with its own timestamps; open while `released_at` is None.

    It is an alert as well, sent at `assigned_at`: `delivered_at` and `read_at` are its receipts,
    `answer` is `accepted` or `declined`, `unanswered_at` when no answer came by `answer_due_at`.
    `check_in_every_s` 0: no check-ins, for a reason; `check_in_due_at` only on the scene.
    `message_at` tells when anything of its messages changed.
    """

    id: UUID
    incident_id: UUID
    team_id: UUID
    callsign: str | None
    county: str
    team_county: str
    assigned_by: str
    assigned_at: datetime
    proposed_team_id: UUID | None
    proposed_rank: int | None
    override_reason: str | None
    eta_s: float | None
    eta_at: datetime | None
    eta_source: str | None
    eta_profile: str | None
    route: GeoJson | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    released_at: datetime | None
    release_reason: str | None
    answer_due_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    decline_reason: str | None = None
    unanswered_at: datetime | None = None
    check_in_every_s: int | None = None
    check_in_off_reason: str | None = None
    check_in_due_at: datetime | None = None
    checked_in_at: datetime | None = None
    message_at: datetime | None = None
    unread_from_team: int = 0


@dataclass(frozen=True, slots=True)
class ClosingProposal:
    """That somebody wants a case closed, and nobody of the others has decided yet."""

    resolution: Resolution
    note: str | None
    proposed_by: str
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class ClosingPolicyView:
    """
    Whether a county wants a second person for closing a case, and for misdials too.

    `changed_by` and `changed_at` are None where nobody has set it.
    """

    county: str
    four_eyes: bool
    misdials_too: bool
    changed_by: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConfirmedPlace:
    """Where an incident is, as a person has confirmed it, with the address as people say it."""

    place: LonLat
    address: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """
    The situation behind one or more calls; `assignments` holds the open ones.

    `answer` is the last belief of any of its calls, formed for `belief_call_id`;
    `belief_owner` is the county it names. `county_in_doubt` says that this is another one
    than the incident's, and that no person has decided since: a transfer settles it, also one
    that waits to be accepted.
    `priority` (1 before all) follows `triage`; `told_at` is when a form of its calls was saved.
    `closing` is what another person of the county has to confirm. `waiting_since` is since when
    no team is bound to it, None while one is or when it is closed.
    `declined_by` are the teams that have declined to go.
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
    center: LonLat | None
    area_confidence: float | None
    call_count: int
    margin: float | None
    ambiguous: bool | None
    answer: Mapping[str, Any] | None
    assignments: tuple[AssignmentView, ...] = ()
    belief_owner: str | None = None
    belief_call_id: UUID | None = None
    county_in_doubt: bool = False
    closing: ClosingProposal | None = None
    waiting_since: datetime | None = None
    confirmed: ConfirmedPlace | None = None
    declined_by: frozenset[UUID] = frozenset()
    triage: Triage | None = None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PresenceView:
    """Somebody who has an incident on the screen, since when at least, and whether they write."""

    actor: str
    seen_at: datetime
    is_writing: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of an incident's timeline: who, when, what, why, on which version."""

    id: int
    incident_id: UUID
    version: int
    at: datetime
    actor: str
    role: str
    kind: str
    reason: str | None
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team, its last accepted position (in `team.position`) and its open assignment."""

    team: Team
    lent_to: str | None
    updated_at: datetime
    assignment: AssignmentView | None = None


@dataclass(frozen=True, slots=True)
class DriveView:
    """
    A team with an open assignment: what it is doing, where it is, where its incident is.

    `confirmed` is where a person has confirmed the incident to be, `route_end` the last place
    of the way stored with the assignment; `area` and `center` are the incident's, `area` None
    once a place is confirmed. Where the team drives to is `dispatch.following.destination`.
    """

    team_id: UUID
    status: TeamStatus
    position: PositionReport
    assignment_id: UUID
    route_end: LonLat | None
    area: GeoJson | None
    center: LonLat | None
    confirmed: LonLat | None = None


@dataclass(frozen=True, slots=True)
class AccountView:
    """A person or program that may log in; never carries the password hash."""

    id: UUID
    username: str
    role: str
    counties: tuple[str, ...]
    team_id: UUID | None
    active: bool
    language: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A live login: whose it is, of which kind (`cookie` or `bearer`), until when."""

    account: AccountView
    kind: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class OwnSessionView:
    """One of one's own sessions or tokens; never carries the token."""

    id: UUID
    kind: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime
