"""Teams: who they are, what they are doing, where they were."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import Field

from api.json_answer import written
from api.routes.parameters import (
    PROBLEMS,
    Looks,
    ManagesTeams,
    Now,
    Parts,
    ReadsTeams,
    ReadsTracks,
    ReportsPositions,
    SetsStatus,
)
from api.schemas.answers import (
    OutcomeAnswer,
    PositionAnswer,
    PositionsAnswer,
    TeamAnswer,
)
from api.schemas.requests import Instant, PositionRequest, StatusRequest, TeamRequest
from dispatch import services as use_cases
from geodata.errors import BadCoordinateError, NotFoundError
from geodata.said import said
from teams.model import PositionReport

router = APIRouter(prefix="/v1/teams", tags=["teams"], responses=PROBLEMS)

# A phone that was a night without network sends a few hundred fixes at once.
_Batch = Annotated[list[PositionRequest], Field(max_length=2_000)]


@router.get("")
def list_teams(parts: Parts, scope: ReadsTeams, looks: Looks) -> list[TeamAnswer]:
    """List the teams of your counties and those lent to your incidents; the reading is audited."""
    views = use_cases.list_teams(parts.engine, scope)
    looks.at("teams", len(views))
    return [TeamAnswer.of(view) for view in views]


@router.post("", status_code=201)
def create_team(wish: TeamRequest, parts: Parts, scope: ManagesTeams) -> TeamAnswer:
    """Register a new mobile team."""
    view = use_cases.create_team(
        parts.engine,
        scope,
        callsign=wish.callsign,
        county=wish.county,
        staffing=wish.staffing,
        capabilities=wish.capabilities,
        languages=wish.languages,
        base=wish.base.checked() if wish.base else None,
    )
    return TeamAnswer.of(view)


@router.get("/{team_id}")
def get_team(team_id: UUID, parts: Parts, scope: ReadsTeams, looks: Looks) -> TeamAnswer:
    """Return one team; the reading is audited."""
    view = use_cases.get_team(parts.engine, scope, team_id)
    looks.at("teams", 1, str(team_id))
    return TeamAnswer.of(view)


@router.get("/{team_id}/track")
def read_track(
    team_id: UUID,
    parts: Parts,
    scope: ReadsTracks,
    since: Instant,
    until: Instant | None = None,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 5_000,
) -> list[PositionAnswer]:
    """Return where a team was between two moments; the reading is audited."""
    track = use_cases.team_track(
        parts.engine, scope, team_id, since=since, until=until, limit=limit
    )
    return [PositionAnswer.model_validate(position) for position in track]


@router.post("/{team_id}/status")
def set_status(team_id: UUID, wish: StatusRequest, parts: Parts, scope: SetsStatus) -> TeamAnswer:
    """Set what a team is doing; its assignment and incident move with it."""
    view = use_cases.set_team_status(
        parts.engine,
        scope,
        team_id,
        wish.status,
        expected_version=wish.expected_version,
        reason=wish.reason,
    )
    return TeamAnswer.of(view)


@router.post("/{team_id}/positions")
@written
def report_positions(
    team_id: UUID,
    fixes: Annotated[PositionRequest | _Batch, Body()],
    parts: Parts,
    scope: ReportsPositions,
    now: Now,
) -> PositionsAnswer:
    """
    Report one position or a batch; each gets its own outcome, in the same order.

    A single position with bad coordinates is refused as a whole; in a batch the good
    ones are kept. May move the team's status (arrival) and refreshes its ETA.
    """
    if isinstance(fixes, PositionRequest):
        reports: list[PositionReport | BadCoordinateError] = [fixes.report(team_id, now)]
    else:
        reports = [_report_or_fault(fix, team_id, now) for fix in fixes]
    outcomes = _recorded(parts, scope, reports)
    if any(outcome.code == "unknown_team" for outcome in outcomes):
        raise NotFoundError(
            "not_found", said("there is no such team"), said("report for your own team")
        )
    for outcome in outcomes:
        parts.metrics.count_position(outcome.outcome)
    return PositionsAnswer(outcomes=tuple(outcomes))


def _report_or_fault(
    fix: PositionRequest, team_id: UUID, now: datetime
) -> PositionReport | BadCoordinateError:
    try:
        return fix.report(team_id, now)
    except BadCoordinateError as fault:
        return fault


def _recorded(
    parts: Parts, scope: ReportsPositions, reports: list[PositionReport | BadCoordinateError]
) -> list[OutcomeAnswer]:
    good = [report for report in reports if isinstance(report, PositionReport)]
    recorded = iter(parts.following.take_positions(scope, good))
    return [
        OutcomeAnswer.model_validate(next(recorded))
        if isinstance(report, PositionReport)
        else OutcomeAnswer(fix_at=None, outcome="refused", code=report.code, message=report.message)
        for report in reports
    ]
