"""Calls: what came in, whose it is, and the one-step way out for a misdial."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body

from api.routes.parameters import PROBLEMS, Limit, Looks, Parts, ReadsCalls, TakesCalls
from api.schemas.answers import CallAnswer, IncidentAnswer, StandingAnswer
from api.schemas.requests import JoinRequest, OpenRequest, VersionRequest
from dispatch import services as use_cases

router = APIRouter(prefix="/v1/calls", tags=["calls"], responses=PROBLEMS)


@router.get("")
def list_calls(
    parts: Parts,
    scope: ReadsCalls,
    looks: Looks,
    limit: Limit = 200,
    open_only: bool = False,
    incident_id: UUID | None = None,
) -> list[CallAnswer]:
    """
    List calls, newest first, with masked numbers; the reading is audited.

    With `incident_id` those of one incident, closed or not, whichever county took them. With
    `open_only`, calls of no county come before the others, the longest waiting first.
    """
    views = use_cases.list_calls(
        parts.engine, scope, limit=limit, open_only=open_only, incident_id=incident_id
    )
    looks.at("calls", len(views), str(incident_id or ("open" if open_only else "")))
    return [CallAnswer.listed(view) for view in views]


@router.get("/{call_id}")
def get_call(call_id: UUID, parts: Parts, scope: ReadsCalls) -> CallAnswer:
    """Return one call with its area and county assignment; the reading is audited."""
    return CallAnswer.model_validate(use_cases.get_call(parts.engine, scope, call_id))


@router.get("/{call_id}/standing")
def read_standing(call_id: UUID, parts: Parts, scope: TakesCalls) -> StandingAnswer:
    """Say whose a call is and how its case stands, also of another county; audited."""
    return StandingAnswer.model_validate(use_cases.call_standing(parts.engine, scope, call_id))


@router.post("/{call_id}/misdial")
def mark_misdial(
    call_id: UUID,
    parts: Parts,
    scope: TakesCalls,
    seen: Annotated[VersionRequest | None, Body()] = None,
) -> CallAnswer:
    """Mark a misdial; also closes the incident when this was its only call."""
    view = use_cases.mark_call_misdial(
        parts.engine, scope, call_id, expected_version=seen.expected_version if seen else None
    )
    return CallAnswer.model_validate(view)


@router.post("/{call_id}/join")
def join_incident(
    call_id: UUID, wish: JoinRequest, parts: Parts, scope: TakesCalls
) -> IncidentAnswer:
    """Move a call into another incident."""
    view = use_cases.join(
        parts.engine,
        scope,
        call_id,
        wish.incident_id,
        reason=wish.reason,
        expected_version=wish.expected_version,
    )
    return IncidentAnswer.of(view)


@router.post("/{call_id}/open", status_code=201)
def open_incident(call_id: UUID, wish: OpenRequest, parts: Parts, scope: TakesCalls) -> CallAnswer:
    """Open an incident by hand for a call that the location gave to no county."""
    view = use_cases.open_incident(
        parts.engine, scope, call_id, county=wish.county, reason=wish.reason
    )
    return CallAnswer.model_validate(view)
