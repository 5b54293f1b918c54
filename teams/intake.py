"""
Position reports in: judged one by one, stored and announced together.

One transaction per batch (history, latest, notice): 40 ms batches take thousands of
reports a second, one transaction per report a few hundred.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from geodata.database.engine import moment_of, scoped
from geodata.database.scope import Scope
from geodata.said import said
from teams import repository as teams
from teams.model import PositionOutcome, PositionReport
from teams.notices import announce_positions
from teams.positions import Judgement, Verdict, judge
from teams.repository import TeamRow


def record_positions(
    engine: Engine, scope: Scope, reports: Sequence[PositionReport], *, now: datetime | None = None
) -> list[PositionOutcome]:
    """
    Take in position reports, of one phone or of many: one transaction, one notice.

    Judged by `teams.positions.judge`, in the order given. A report that is refused does
    not hold up the others.
    """
    if not reports:
        return []
    with scoped(engine, scope) as connection:
        known = teams.find_teams(connection, {report.team_id for report in reports})
        judged = _judge_all(reports, known, now or moment_of(connection))
        usable = [one for one in judged if one is not None]
        kept = [one.report for one in usable if one.verdict is not Verdict.REFUSED]
        live = [one.report for one in usable if one.verdict is Verdict.LIVE]
        moved = teams.keep_positions(connection, kept, live)
        newest = [report for report in live if (report.team_id, report.fix_at) in moved]
        announce_positions(connection, [(one, _counties(known[one.team_id])) for one in newest])
    pairs = zip(reports, judged, strict=True)
    outcomes = (_outcome(report, one, moved) for report, one in pairs)
    return [
        replace(one, status=known[one.team_id].team.status) if one.team_id in known else one
        for one in outcomes
    ]


def _judge_all(
    reports: Sequence[PositionReport], known: dict[UUID, TeamRow], now: datetime
) -> list[Judgement | None]:
    latest = {team_id: row.team.position for team_id, row in known.items()}
    judged: list[Judgement | None] = []
    for report in reports:
        if report.team_id not in known:
            judged.append(None)
            continue
        judgement = judge(report, latest[report.team_id], now)
        # The next report of the same team in this batch is judged against this one.
        if judgement.verdict is Verdict.LIVE:
            latest[report.team_id] = judgement.report
        judged.append(judgement)
    return judged


def _outcome(
    report: PositionReport, judged: Judgement | None, moved: set[tuple[UUID, datetime]]
) -> PositionOutcome:
    if judged is None:
        message = said("there is no such team for you")
        return PositionOutcome(report.team_id, report.fix_at, "refused", "unknown_team", message)
    doubts = ", ".join(judged.reasons) or None
    fix_at = judged.report.fix_at
    code = judged.reasons[0].value if judged.reasons else None
    if judged.verdict is Verdict.REFUSED:
        return PositionOutcome(report.team_id, fix_at, "refused", code, doubts)
    # A later fix of the same batch, or from another phone of the team, may be the newest.
    is_latest = (report.team_id, fix_at) in moved
    outcome = "latest" if is_latest else "history"
    return PositionOutcome(report.team_id, fix_at, outcome, code, doubts)


def _counties(row: TeamRow) -> list[str]:
    """Return who may see a team: its own county first, then the one that it is lent to."""
    return [code for code in (row.team.county, row.lent_to) if code]
