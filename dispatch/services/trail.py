"""The audit trail for those who may read it."""

from sqlalchemy import Engine

from geodata.database.audit import AuditEntry, AuditVerdict, list_entries, verify_chain
from geodata.database.engine import scoped
from geodata.database.scope import Scope


def list_audit(
    engine: Engine, scope: Scope, *, limit: int = 200, before: int | None = None
) -> list[AuditEntry]:
    """List the newest entries of the scope's counties; `before` is the last `n` seen."""
    with scoped(engine, scope) as connection:
        return list_entries(connection, limit=limit, before=before)


def verify_audit(engine: Engine, scope: Scope) -> AuditVerdict:
    """Recompute the whole chain; tells nothing of the entries that the scope may not read."""
    with scoped(engine, scope) as connection:
        return verify_chain(connection)
