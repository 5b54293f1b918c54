"""
What must be true of the database before anybody relies on it, each with a hint.

A check is one function; its title is its docstring, and the order of the file is the
order of the report. A check that cannot be asked because an earlier one failed says
so instead of failing with it.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, text

from geodata.database.binaries import INSTALL_HINT, get_binaries
from geodata.database.engine import Scope, connect_database, connect_owner, scoped
from geodata.database.faults import named_faults
from geodata.database.migrate import current_revision, is_current, newest_revision
from geodata.errors import RefusedError
from geodata.said import said

Status = Literal["OK", "WARN", "FAIL"]

_SCARCE_BYTES = 2_000_000_000
_JURISDICTIONS = 47
_LOCALITIES_MIN = 13_700
_POSTGIS_MIN = (3, 3)
_ROW = "SELECT count(*) FROM incident WHERE center && ST_MakeEnvelope(26, 44, 26.2, 44.6, 4326)"

# Tables without a child's, a team's or a person's data.
_OPEN_TABLES = ("alembic_version", "audit_head", "jurisdiction", "locality", "spatial_ref_sys")
_UNGUARDED = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relname = ANY(:open)"
    # Partitions and sessions are closed to the application altogether: enabled is enough.
    " AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR c.relispartition"
    " OR c.relname = 'session')) ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one check: its name, OK/WARN/FAIL, what was seen, what to do."""

    name: str
    status: Status
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a check may look at."""

    owner: Engine | None
    app: Engine | None
    data_dir: Path | None

    @contextmanager
    def as_owner(self) -> Iterator[Connection]:
        if self.owner is None:
            raise RefusedError(
                "not_asked", said("no database address"), said("see the checks above")
            )
        with named_faults(), self.owner.connect() as connection:
            yield connection


_Answer = tuple[Status, str, str]
_CHECKS: list[tuple[str, Callable[[_Asked], _Answer]]] = []


def _check(question: Callable[[_Asked], _Answer]) -> Callable[[_Asked], _Answer]:
    """Register a check under its docstring."""
    _CHECKS.append(((question.__doc__ or "").strip().rstrip("."), question))
    return question


def run_checks(
    owner_url: str | None, app_url: str | None = None, data_dir: Path | None = None
) -> list[Check]:
    """
    Run every check and report all outcomes; raises nothing.

    `app_url` may be the owner's as well; `data_dir` is that of the private cluster, None
    for another server.
    """
    owner = connect_owner(owner_url) if owner_url else None
    login = app_url or owner_url
    app = connect_database(login, pool_size=1) if login else None
    asked = _Asked(owner, app, data_dir)
    try:
        return [_run(name, question, asked) for name, question in _CHECKS]
    finally:
        for engine in (owner, app):
            if engine is not None:
                engine.dispose()


def _run(name: str, question: Callable[[_Asked], _Answer], asked: _Asked) -> Check:
    try:
        return Check(name, *question(asked))
    except RefusedError as error:
        return Check(name, "FAIL", error.message, error.hint)


# ── the checks ────────────────────────────────────────────────────────────────
@_check
def _has_binaries(asked: _Asked) -> _Answer:
    """PostgreSQL with PostGIS is installed."""
    if asked.data_dir is None:
        return "OK", "not needed: another server is used", ""
    binaries = get_binaries()
    return "OK", f"PostgreSQL {binaries.version} in {binaries.folder}", ""


@_check
def _has_space(asked: _Asked) -> _Answer:
    """The disk has room."""
    if asked.data_dir is None:
        return "OK", "not ours to watch: another server is used", ""
    folder = next(path for path in (asked.data_dir, *asked.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    message = said("{free_gb:.1f} GB free", free_gb=free / 1000000000.0)
    return ("OK", message, "") if free >= _SCARCE_BYTES else ("WARN", message, "free some space")


@_check
def _answers(asked: _Asked) -> _Answer:
    """The database answers."""
    with asked.as_owner() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return "OK", f"PostgreSQL {version}", ""


@_check
def _has_postgis(asked: _Asked) -> _Answer:
    """PostGIS is new enough."""
    with asked.as_owner() as connection:
        found = connection.execute(
            text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
        ).scalar_one_or_none()
    if found is None:
        return "FAIL", "the database has no PostGIS", "run dispatch119 db up"
    wanted = ".".join(map(str, _POSTGIS_MIN))
    if tuple(map(int, found.split(".")[:2])) < _POSTGIS_MIN:
        return "WARN", f"PostGIS {found}, tested with {wanted} and later", INSTALL_HINT
    return "OK", f"PostGIS {found}", ""


@_check
def _is_migrated(asked: _Asked) -> _Answer:
    """The tables are those of this version."""
    with asked.as_owner() as connection:
        revision, current = current_revision(connection), is_current(connection)
    if current:
        return "OK", f"revision {revision}", ""
    return "FAIL", f"revision {revision}, expected {newest_revision()}", "run dispatch119 db up"


@_check
def _app_is_plain(asked: _Asked) -> _Answer:
    """The application is a plain role that row-level security binds."""
    if asked.app is None:
        raise RefusedError("not_asked", said("no database address"), said("see the checks above"))
    with named_faults(), asked.app.connect() as connection:
        row = connection.execute(
            text(
                "SELECT rolname,"
                " rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb AS mighty,"
                " EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid) AS owns"
                " FROM pg_roles r WHERE rolname = current_user"
            )
        ).one()
    if row.mighty or row.owns:
        return (
            "FAIL",
            f"{row.rolname} has rights beyond the application's",
            f"ALTER ROLE {row.rolname} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
        )
    return "OK", f"acts as {row.rolname}", ""


@_check
def _rows_are_guarded(asked: _Asked) -> _Answer:
    """Row-level security guards every table with personal data."""
    with asked.as_owner() as connection:
        bare = list(connection.execute(_UNGUARDED, {"open": list(_OPEN_TABLES)}).scalars())
    if bare:
        return "FAIL", f"unguarded: {', '.join(bare)}", "run dispatch119 db up, or restore a backup"
    return "OK", "enabled and forced", ""


@_check
def _unset_scope_sees_nothing(asked: _Asked) -> _Answer:
    """Without a scope nothing is seen."""
    if asked.app is None:
        raise RefusedError("not_asked", said("no database address"), said("see the checks above"))
    with named_faults(), asked.app.connect() as connection:
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


@_check
def _index_is_used(asked: _Asked) -> _Answer:
    """Spatial queries use their index behind row-level security."""
    if asked.app is None:
        raise RefusedError("not_asked", said("no database address"), said("see the checks above"))
    with scoped(asked.app, Scope("check", "supervisor", ("B3",))) as connection:
        # On an empty table the planner would rightly scan; what matters is whether it may not.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_indexscan = on"))
        plan = "\n".join(connection.execute(text(f"EXPLAIN {_ROW}")).scalars())
    if "incident_center" in plan and "Index Cond: (center &&" in plan:
        return "OK", "incident_center", ""
    return (
        "WARN",
        "PostGIS predicates are not LEAKPROOF: spatial queries scan whole tables",
        "run dispatch119 db up once as a superuser",
    )


@_check
def _is_seeded(asked: _Asked) -> _Answer:
    """The reference geography is loaded."""
    with asked.as_owner() as connection:
        counties, localities = connection.execute(
            text("SELECT (SELECT count(*) FROM jurisdiction), (SELECT count(*) FROM locality)")
        ).one()
    message = said(
        "{counties} jurisdictions, {localities} localities",
        counties=counties,
        localities=localities,
    )
    if counties == _JURISDICTIONS and localities >= _LOCALITIES_MIN:
        return "OK", message, ""
    return "FAIL", message, "run dispatch119 db up"
