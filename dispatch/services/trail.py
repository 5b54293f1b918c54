"""The audit trail for those who may read it."""

from collections.abc import Mapping

from sqlalchemy import Engine

from geodata.database.audit import AuditEntry, AuditVerdict, audit, list_entries, verify_chain
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.reference.codes import CODES


def list_audit(
    engine: Engine, scope: Scope, *, limit: int = 200, before: int | None = None
) -> list[AuditEntry]:
    """List the newest entries of the scope's counties; `before` is the last `n` seen."""
    with scoped(engine, scope) as connection:
        return list_entries(connection, limit=limit, before=before)


def note_look(engine: Engine, scope: Scope, view: str, detail: Mapping[str, object]) -> None:
    """
    Note that the scope was shown a view of many rows: `list.incidents`, `list.map`, ….

    Once for each of its counties, so that each one's supervisor reads of it; for a national
    scope only once.
    """
    is_national = len(scope.counties) == len(CODES)
    with scoped(engine, scope) as connection:
        for county in (None,) if is_national else scope.counties:
            audit(
                connection,
                scope,
                f"list.{view}",
                object_type="list",
                county=county,
                detail=detail,
            )


def verify_audit(engine: Engine, scope: Scope) -> AuditVerdict:
    """Recompute the whole chain; tells nothing of the entries that the scope may not read."""
    with scoped(engine, scope) as connection:
        return verify_chain(connection)
