"""
What must be true of the database before anybody takes calls with it.

The questions of `geodata.database.checks`, and between them those about the tables with
a child's or a team's data. Their order is that of the report.
"""

from pathlib import Path

from sqlalchemy import text

from dispatch.roles import Role
from geodata.database.checks import (
    SERVER_QUESTIONS,
    Answer,
    Asked,
    Question,
    is_seeded,
    list_unguarded,
    run_questions,
)
from geodata.database.scope import Scope
from geodata.findings import Finding

_IN_BUCHAREST = text(
    "EXPLAIN SELECT count(*) FROM incident"
    " WHERE center && ST_MakeEnvelope(26, 44, 26.2, 44.6, 4326)"
)


def run_checks(
    owner_url: str | None, app_url: str | None = None, data_dir: Path | None = None
) -> list[Finding]:
    """Run every check of the database and report all outcomes; raises nothing."""
    return run_questions(QUESTIONS, owner_url=owner_url, app_url=app_url, data_dir=data_dir)


def _rows_are_guarded(asked: Asked) -> Answer:
    """Row-level security guards every table with personal data."""
    with asked.as_owner() as connection:
        bare = list_unguarded(connection)
    if bare:
        return "FAIL", f"unguarded: {', '.join(bare)}", "run dispatch119 db up, or restore a backup"
    return "OK", "enabled", ""


def _unset_scope_sees_nothing(asked: Asked) -> Answer:
    """Without a scope nothing is seen."""
    with asked.as_app() as connection:
        seen = connection.execute(
            text("SELECT (SELECT count(*) FROM incident) + (SELECT count(*) FROM team)")
        ).scalar_one()
    if seen:
        return (
            "FAIL",
            f"{seen} rows are visible to nobody in particular",
            "do not serve; ask for help",
        )
    return "OK", "no rows", ""


def _index_is_used(asked: Asked) -> Answer:
    """Spatial queries use their index behind row-level security."""
    with asked.as_scope(Scope("check", Role.SUPERVISOR, ("B3",))) as connection:
        # On an empty table the planner would rightly scan; what matters is whether it may not.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_indexscan = on"))
        plan = "\n".join(connection.execute(_IN_BUCHAREST).scalars())
    if "incident_center" in plan and "Index Cond: (center &&" in plan:
        return "OK", "incident_center", ""
    return (
        "WARN",
        "PostGIS predicates are not LEAKPROOF: spatial queries scan whole tables",
        "run dispatch119 db up once as a superuser",
    )


QUESTIONS: tuple[Question, ...] = (
    *SERVER_QUESTIONS,
    _rows_are_guarded,
    _unset_scope_sees_nothing,
    _index_is_used,
    is_seeded,
)
