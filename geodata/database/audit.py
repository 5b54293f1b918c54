"""
The audit trail: who did or saw what, in a chain that shows any later change.

Every entry carries the hash of the one before. The database computes the chain
(trigger `audit_chain`), refuses to change or delete entries, and keeps the last hash
aside so that a cut tail shows too. This module writes and reads; it judges nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, func, literal_column, select

from geodata.database.closing_words import add_entry
from geodata.database.metadata import audit_entry
from geodata.database.scope import Scope


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail; `detail` holds ids and codes, never a child's words."""

    n: int
    at: datetime
    actor: str
    role: str
    action: str
    object_type: str
    object_id: str | None
    county: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """
    One line of the trail with its links, as it is exported.

    `content` is just the text of which, after `prev`, `hash` is the SHA-256.
    """

    entry: AuditEntry
    prev: bytes | None
    hash: bytes
    content: str


@dataclass(frozen=True, slots=True)
class ExportWish:
    """
    Which entries are exported; None asks for nothing.

    `since` and `before` are moments (aware; the second is not in it), `object_ids` those of
    things of which the entries speak, `last` the number of the last entry.
    """

    since: datetime | None = None
    before: datetime | None = None
    object_ids: tuple[str, ...] | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """How many entries were read, and the first that does not fit, None when all do."""

    entries: int
    broken_at: int | None


def audit(
    connection: Connection,
    scope: Scope,
    action: str,
    *,
    object_type: str,
    object_id: UUID | str | None = None,
    county: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """
    Note what `scope`'s actor does; written when the transaction of `scoped` commits.

    A transaction that fails leaves no entry, as it left no trace otherwise.
    """
    add_entry(
        connection,
        {
            "actor": scope.actor,
            "role": scope.role,
            "action": action,
            "object_type": object_type,
            "object_id": None if object_id is None else str(object_id),
            "county": county,
            "detail": dict(detail or {}),
        },
    )


def list_entries(
    connection: Connection, *, limit: int = 200, before: int | None = None
) -> list[AuditEntry]:
    """List the newest entries that the connection's scope may see, newest first."""
    columns = [audit_entry.c[name] for name in AuditEntry.__dataclass_fields__]
    query = select(*columns).order_by(audit_entry.c.n.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_entry.c.n < before)
    return [AuditEntry(**row) for row in connection.execute(query).mappings()]


def newest_number(connection: Connection) -> int:
    """Return the number of the newest entry that the connection's scope may see; 0 without any."""
    newest = select(func.coalesce(func.max(audit_entry.c.n), 0))
    return int(connection.execute(newest).scalar_one())


def list_chained(
    connection: Connection, wish: ExportWish, *, after: int, limit: int
) -> list[ChainedEntry]:
    """List entries that the scope may see, oldest first, from after the number `after`."""
    columns = audit_entry.c
    content = literal_column("audit_content(audit_entry)", Text).label("content")
    names = tuple(AuditEntry.__dataclass_fields__)
    query = (
        select(*(columns[name] for name in names), columns.prev, columns.hash, content)
        .where(columns.n > after)
        .order_by(columns.n)
        .limit(limit)
    )
    if wish.since is not None:
        query = query.where(columns.at >= wish.since)
    if wish.before is not None:
        query = query.where(columns.at < wish.before)
    if wish.object_ids is not None:
        query = query.where(columns.object_id.in_(wish.object_ids))
    if wish.last is not None:
        query = query.where(columns.n <= wish.last)
    return [
        ChainedEntry(
            AuditEntry(**{name: row[name] for name in names}),
            None if row["prev"] is None else bytes(row["prev"]),
            bytes(row["hash"]),
            row["content"],
        )
        for row in connection.execute(query).mappings()
    ]


def hashes_of(connection: Connection, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the hashes of visible entries by their numbers."""
    columns = audit_entry.c
    rows = connection.execute(select(columns.n, columns.hash).where(columns.n.in_(numbers)))
    return {row.n: bytes(row.hash) for row in rows}


def verify_chain(connection: Connection) -> AuditVerdict:
    """
    Recompute the whole chain, whatever part of it the connection's scope may read.

    Every entry must hash to what it says, follow the one before it without a gap, and
    the last must be the one that was kept aside. The database answers with numbers alone.
    """
    verdict = func.audit_verdict().table_valued("entries", "broken_at")
    row = connection.execute(select(verdict.c.entries, verdict.c.broken_at)).one()
    return AuditVerdict(row.entries, row.broken_at)
