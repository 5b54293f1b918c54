"""Alarms of teams: raised by a phone or for it, acknowledged, settled."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request

from api.routes.parameters import (
    PROBLEMS,
    AnswersAlarms,
    HearsAlarms,
    Now,
    Parts,
    WorksWithTeam,
)
from api.schemas.field import AlarmAnswer, SettleRequest, place_in
from dispatch import services as use_cases
from dispatch.field import LastPlace

router = APIRouter(prefix="/v1", tags=["alarms"], responses=PROBLEMS)


async def _place(request: Request, now: Now) -> LastPlace | None:
    """Return where the phone says it is; whatever it sends, the alarm itself is taken."""
    try:
        return place_in(orjson.loads(await request.body()), now)
    except orjson.JSONDecodeError:
        return None


_WHERE = {
    "requestBody": {
        "description": "Where the phone is, as far as it knows; all of it may be missing",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "lon": {"type": "number"},
                        "lat": {"type": "number"},
                        "accuracy_m": {"type": "number"},
                        "fix_at": {"type": "string", "format": "date-time"},
                    },
                }
            }
        },
    }
}


@router.post("/teams/{team_id}/sos", status_code=201, openapi_extra=_WHERE)
def raise_sos(
    team_id: UUID,
    parts: Parts,
    scope: WorksWithTeam,
    last: Annotated[LastPlace | None, Depends(_place)],
) -> AlarmAnswer:
    """
    Raise the alarm of a team, with or without a case; raised again, it sounds again.

    Whatever the body is, the alarm is taken: without a usable place, from where the team was
    heard of last.
    """
    bounds = parts.policies.field_work
    row = use_cases.raise_sos(parts.engine, scope, team_id, last=last, policy=bounds)
    return AlarmAnswer.model_validate(row)


@router.get("/alarms")
def list_alarms(parts: Parts, scope: HearsAlarms, settled: bool = False) -> list[AlarmAnswer]:
    """List the open alarms of your teams and your cases, oldest first; `settled` all of them."""
    rows = use_cases.list_alarms(
        parts.engine, scope, with_settled=settled, policy=parts.policies.field_work
    )
    return [AlarmAnswer.model_validate(row) for row in rows]


@router.post("/alarms/{alarm_id}/acknowledge")
def acknowledge(alarm_id: UUID, parts: Parts, scope: AnswersAlarms) -> AlarmAnswer:
    """Say that you look after an alarm: it stops sounding everywhere, and stays open."""
    bounds = parts.policies.field_work
    row = use_cases.acknowledge_alarm(parts.engine, scope, alarm_id, policy=bounds)
    return AlarmAnswer.model_validate(row)


@router.post("/alarms/{alarm_id}/settle")
def settle(alarm_id: UUID, wish: SettleRequest, parts: Parts, scope: AnswersAlarms) -> AlarmAnswer:
    """Say why an alarm is over."""
    bounds = parts.policies.field_work
    row = use_cases.settle_alarm(parts.engine, scope, alarm_id, reason=wish.reason, policy=bounds)
    return AlarmAnswer.model_validate(row)
