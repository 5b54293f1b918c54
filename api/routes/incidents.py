"""Incidents: reading them, and everything a person does to one."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Query, Response

from api.routes.parameters import (
    PROBLEMS,
    HandlesIncidents,
    Limit,
    Looks,
    Parts,
    ReadsIncidents,
    Supervises,
)
from api.schemas.answers import EventAnswer, IncidentAnswer
from api.schemas.call_drafts import ToldAnswer
from api.schemas.requests import (
    CloseRequest,
    NoteRequest,
    ReopenRequest,
    TransferRequest,
    VersionRequest,
)
from api.schemas.supervision import FoundPageAnswer, SearchRequest, TrailLineAnswer
from dispatch import services as use_cases
from dispatch.case_trail import TrailKind
from dispatch.model import IncidentState
from dispatch.services import searching, trail
from dispatch.services.told import list_told
from dispatch.services.transfers import offer_transfer


@dataclass(frozen=True, slots=True)
class Search:
    """What an incident is looked up by, each None when nobody asked for it."""

    number: str | None
    caller: str | None


def search_of(
    number: Annotated[str | None, Query(min_length=1, max_length=40)] = None,
    # A header, not a part of the address: addresses end in logs.
    caller: Annotated[
        str | None,
        Header(alias="X-Caller", pattern=r"^\+?[0-9 ]{3,20}$", description="three digits or more"),
    ] = None,
) -> Search:
    """Read what incidents are looked up by."""
    return Search(number, caller)


router = APIRouter(prefix="/v1/incidents", tags=["incidents"], responses=PROBLEMS)


@router.get("")
def list_incidents(
    parts: Parts,
    scope: ReadsIncidents,
    looks: Looks,
    search: Annotated[Search, Depends(search_of)],
    state: Annotated[list[IncidentState] | None, Query()] = None,
    limit: Limit = 500,
) -> list[IncidentAnswer]:
    """
    List incidents in the given states; without any, all not closed; the reading is audited.

    Those without a team come first, the most urgent and of them the longest waiting before
    all; then the newest.
    `number` is a part of an incident's number, `X-Caller` one of a caller's.
    """
    views = use_cases.list_incidents(
        parts.engine,
        scope,
        states=state,
        limit=limit,
        number=search.number,
        caller=search.caller,
    )
    looks.at("incidents", len(views), ",".join(sorted(set(state or ()))))
    return [IncidentAnswer.of(view) for view in views]


@router.post("/search")
def search_incidents(wish: SearchRequest, parts: Parts, scope: HandlesIncidents) -> FoundPageAnswer:
    """
    Find cases, open and closed, the newest first, page by page; audited.

    Words are found by their beginnings and without diacritics, in notes, reasons and what the
    caller said; places also by where the reports put them.
    """
    page = searching.search_incidents(
        parts.engine, scope, wish.wish(), limit=wish.limit, after=wish.mark()
    )
    return FoundPageAnswer.model_validate(page)


@router.get("/{incident_id}")
def get_incident(incident_id: UUID, parts: Parts, scope: ReadsIncidents) -> IncidentAnswer:
    """Return one incident; the reading is audited."""
    return IncidentAnswer.detailed(use_cases.get_incident(parts.engine, scope, incident_id))


@router.get("/{incident_id}/timeline")
def read_timeline(incident_id: UUID, parts: Parts, scope: ReadsIncidents) -> list[EventAnswer]:
    """Return who did what, when and why, oldest first; the reading is audited."""
    events = use_cases.incident_timeline(parts.engine, scope, incident_id)
    return [EventAnswer.model_validate(event) for event in events]


@router.get("/{incident_id}/trail")
def read_trail(
    incident_id: UUID,
    parts: Parts,
    scope: Supervises,
    kind: Annotated[list[TrailKind] | None, Query()] = None,
    actor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 500,
) -> list[TrailLineAnswer]:
    """Return what was done to a case and who looked at it, newest first; audited."""
    lines = trail.read_case_trail(
        parts.engine, scope, incident_id,
        kinds=tuple(kind or TrailKind), actor=actor, limit=limit,
    )  # fmt: skip
    return [TrailLineAnswer.model_validate(line) for line in lines]


@router.get("/{incident_id}/told")
def read_told(
    incident_id: UUID, parts: Parts, scope: ReadsIncidents, response: Response
) -> list[ToldAnswer]:
    """
    Return what the calls of an incident say of it: triage, who, what, where, risks; audited.

    The newest word first; also for the team on its way.
    """
    response.headers["Cache-Control"] = "no-store"
    rows = list_told(parts.engine, scope, incident_id)
    return [ToldAnswer.model_validate(row) for row in rows]


@router.post("/{incident_id}/misdial")
def mark_misdial(
    incident_id: UUID,
    parts: Parts,
    scope: HandlesIncidents,
    seen: Annotated[VersionRequest | None, Body()] = None,
) -> IncidentAnswer:
    """Close as a misdial, in one step; proposed where the county wants a second person for it."""
    view = use_cases.mark_misdial(
        parts.engine,
        scope,
        incident_id,
        expected_version=seen.expected_version if seen else None,
    )
    return IncidentAnswer.of(view)


@router.post(
    "/{incident_id}/transfer",
    response_model=IncidentAnswer,
    responses={204: {"description": "The incident left the counties you may see"}},
)
def transfer_incident(
    incident_id: UUID, wish: TransferRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer | Response:
    """
    Hand over to 112, to the county's psychologists or to another county.

    Another county is asked (`/v1/transfer-offers`), and the incident stays where it is until that
    one accepts; with `at_once` it moves without asking.

    To 112 a package is on its way with it: see `/v1/incidents/{incident_id}/handovers`.
    """
    if wish.to == "county" and not wish.at_once:
        offered = offer_transfer(
            parts.engine,
            scope,
            incident_id,
            county=wish.county,
            reason=wish.reason,
            expected_version=wish.expected_version,
        )
        return IncidentAnswer.of(offered)
    view = use_cases.transfer(
        parts.engine,
        scope,
        incident_id,
        to=wish.to,
        county=wish.county,
        reason=wish.reason,
        along=wish.along(),
        packing=parts.packing,
        expected_version=wish.expected_version,
    )
    return Response(status_code=204) if view is None else IncidentAnswer.of(view)


@router.post("/{incident_id}/close")
def close_incident(
    incident_id: UUID, wish: CloseRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """
    Close with a resolution; without one it is refused.

    Where the county wants a second person, the answer is still open, and `closing` says what is
    proposed and by whom.
    """
    view = use_cases.close(
        parts.engine,
        scope,
        incident_id,
        resolution=wish.resolution,
        note=wish.note,
        expected_version=wish.expected_version,
    )
    return IncidentAnswer.of(view)


@router.post("/{incident_id}/reopen")
def reopen_incident(
    incident_id: UUID, wish: ReopenRequest, parts: Parts, scope: HandlesIncidents
) -> IncidentAnswer:
    """Open a closed incident again; its teams stay released."""
    view = use_cases.reopen(
        parts.engine,
        scope,
        incident_id,
        reason=wish.reason,
        expected_version=wish.expected_version,
    )
    return IncidentAnswer.of(view)


@router.post("/{incident_id}/notes", status_code=201)
def add_note(
    incident_id: UUID, wish: NoteRequest, parts: Parts, scope: HandlesIncidents
) -> EventAnswer:
    """Add a sentence to the timeline."""
    event = use_cases.note(
        parts.engine, scope, incident_id, wish.text, expected_version=wish.expected_version
    )
    return EventAnswer.model_validate(event)
