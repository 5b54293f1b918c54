"""
What must be true of the database before anybody relies on it, each with a hint.

A question is one function; its title is its docstring. What is asked here concerns the
server and the tables of this slice; who has tables of their own adds questions and says
in which order they are asked. A question that cannot be asked because an earlier one
failed says so instead of failing with it.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from geodata.database.binaries import INSTALL_HINT, get_binaries
from geodata.database.engine import Scope, connect_database, connect_owner, scoped
from geodata.database.faults import named_faults
from geodata.database.migrate import current_revision, is_current, newest_revision
from geodata.errors import RefusedError, UnavailableError
from geodata.findings import Finding, FindingStatus
from geodata.said import said

_SCARCE_BYTES = 2_000_000_000
_JURISDICTIONS = 47
_LOCALITIES_MIN = 13_700
_POSTGIS_MIN = (3, 3)

# Tables without anybody's personal data.
_OPEN_TABLES = ("alembic_version", "audit_head", "jurisdiction", "locality", "spatial_ref_sys")
_UNGUARDED = text(
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relname = ANY(:open)"
    # Enabled is enough: nobody but the owner escapes it, and the logins are refused when they
    # may become that (`geodata.database.engine`).
    " AND NOT c.relrowsecurity ORDER BY 1"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question may look at."""

    owner: Engine | None
    app: Engine | None
    data_dir: Path | None

    @contextmanager
    def as_owner(self) -> Iterator[Connection]:
        """Open a connection of the owner."""
        if self.owner is None:
            raise _no_address()
        with named_faults(), self.owner.connect() as connection:
            yield connection

    @contextmanager
    def as_app(self) -> Iterator[Connection]:
        """Open a connection of the application's plain role, without a scope."""
        if self.app is None:
            raise _no_address()
        with named_faults(), self.app.connect() as connection:
            yield connection

    @contextmanager
    def as_scope(self, scope: Scope) -> Iterator[Connection]:
        """Open a transaction of the application under a scope."""
        if self.app is None:
            raise _no_address()
        with scoped(self.app, scope) as connection:
            yield connection


Answer = tuple[FindingStatus, str, str]
"""Status, what was seen, and what to do."""

Question = Callable[[Asked], Answer]
"""Its docstring is the title in the report."""


def run_questions(
    questions: Sequence[Question],
    *,
    owner_url: str | None,
    app_url: str | None = None,
    data_dir: Path | None = None,
) -> list[Finding]:
    """
    Ask every question and report all outcomes in that order; raises nothing.

    `app_url` is the plain login's, whose questions are not asked without it; `data_dir` is that
    of the private cluster, None for another server.
    """
    owner = connect_owner(owner_url) if owner_url else None
    app = connect_database(app_url, pool_size=1) if app_url else None
    asked = Asked(owner, app, data_dir)
    try:
        return [_run(question, asked) for question in questions]
    finally:
        for engine in (owner, app):
            if engine is not None:
                engine.dispose()


def _run(question: Question, asked: Asked) -> Finding:
    name = (question.__doc__ or "").strip().rstrip(".")
    try:
        return Finding(name, *question(asked))
    except RefusedError as error:
        return Finding.of_refusal(name, error)


def _no_address() -> UnavailableError:
    return UnavailableError("not_asked", said("no database address"), said("see the checks above"))


# ── the questions ────────────────────────────────────────────────────────────────
def has_binaries(asked: Asked) -> Answer:
    """PostgreSQL with PostGIS is installed."""
    if asked.data_dir is None:
        return "OK", "not needed: another server is used", ""
    binaries = get_binaries()
    return "OK", f"PostgreSQL {binaries.version} in {binaries.folder}", ""


def has_space(asked: Asked) -> Answer:
    """The disk has room."""
    if asked.data_dir is None:
        return "OK", "not ours to watch: another server is used", ""
    folder = next(path for path in (asked.data_dir, *asked.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    message = said("{free_gb:.1f} GB free", free_gb=free / 1000000000.0)
    return ("OK", message, "") if free >= _SCARCE_BYTES else ("WARN", message, "free some space")


def answers(asked: Asked) -> Answer:
    """The database answers."""
    with asked.as_owner() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return "OK", f"PostgreSQL {version}", ""


def has_postgis(asked: Asked) -> Answer:
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


def is_migrated(asked: Asked) -> Answer:
    """The tables are those of this version."""
    with asked.as_owner() as connection:
        revision, current = current_revision(connection), is_current(connection)
    if current:
        return "OK", f"revision {revision}", ""
    return "FAIL", f"revision {revision}, expected {newest_revision()}", "run dispatch119 db up"


def app_is_plain(asked: Asked) -> Answer:
    """The application is a plain role that row-level security binds."""
    with asked.as_app() as connection:
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


def is_seeded(asked: Asked) -> Answer:
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


def list_unguarded(connection: Connection) -> list[str]:
    """List tables with personal data that row-level security does not guard."""
    return list(connection.execute(_UNGUARDED, {"open": list(_OPEN_TABLES)}).scalars())


SERVER_QUESTIONS: tuple[Question, ...] = (
    has_binaries,
    has_space,
    answers,
    has_postgis,
    is_migrated,
    app_is_plain,
)
