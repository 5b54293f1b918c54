"""The audit trail for those who may read it: entries, one case's whole trail, exports."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from dispatch.case_trail import TrailKind, TrailLine
from dispatch.repository import case_trail
from dispatch.roles import seat_of
from dispatch.services import found
from geodata.database.audit import (
    AuditEntry,
    AuditVerdict,
    ChainedEntry,
    ExportWish,
    audit,
    hashes_of,
    list_chained,
    list_entries,
    newest_number,
    verify_chain,
)
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.reference.codes import CODES

_BATCH = 1000


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


def read_case_trail(
    engine: Engine,
    scope: Scope,
    incident_id: UUID,
    *,
    kinds: Collection[TrailKind] = tuple(TrailKind),
    actor: str | None = None,
    limit: int = 500,
) -> list[TrailLine]:
    """
    List what was done to a case and who looked at it, newest first; the reading is audited.

    Looks that were noted while another county had the case are that county's to read. Lists on
    which the case stood are not in it: their looks say how many rows there were, not which.
    """
    with scoped(engine, scope) as connection:
        view = found.incident_view(connection, incident_id)
        lines: list[TrailLine] = []
        if TrailKind.EVENT in kinds:
            lines += case_trail.list_event_lines(connection, incident_id, view.county, limit=limit)
        if set(kinds) - {TrailKind.EVENT}:
            lines += case_trail.list_looks_and_deeds(connection, incident_id, limit=limit)
        audit(
            connection, scope, "incident.trail_read",
            object_type="incident", object_id=incident_id, county=view.county,
            detail={"seat": seat_of(scope)},
        )  # fmt: skip
    wanted = [
        line for line in lines if line.kind in kinds and (actor is None or line.actor == actor)
    ]
    return sorted(wanted, key=lambda line: line.at, reverse=True)[:limit]


def begin_export(
    engine: Engine,
    scope: Scope,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    incident_id: UUID | None = None,
) -> Iterator[ChainedEntry]:
    """
    Export the scope's entries of a span of time or of one case, oldest first; audited first.

    What is written after this was asked for is not in it. Each batch is a transaction of its own,
    so that a slow reader holds none.

    Raises
    ------
    NotFoundError
        `not_found`: no such case for this scope.
    """
    with scoped(engine, scope) as connection:
        ids = None
        county = scope.counties[0] if len(scope.counties) == 1 else None
        if incident_id is not None:
            county = found.incident_view(connection, incident_id).county
            ids = tuple(case_trail.object_ids_of_case(connection, incident_id))
        wish = ExportWish(since, before, ids, newest_number(connection))
        audit(
            connection, scope, "audit.exported",
            object_type="audit" if incident_id is None else "incident",
            object_id=incident_id, county=county,
            detail={
                "since": since.isoformat() if since else None,
                "before": before.isoformat() if before else None,
                "last": wish.last,
            },
        )  # fmt: skip
    return _exported(engine, scope, wish)


def _exported(engine: Engine, scope: Scope, wish: ExportWish) -> Iterator[ChainedEntry]:
    after = 0
    while True:
        with scoped(engine, scope) as connection:
            batch = list_chained(connection, wish, after=after, limit=_BATCH)
        yield from batch
        if len(batch) < _BATCH:
            return
        after = batch[-1].entry.n


def find_foreign_entry(engine: Engine, scope: Scope, hashes: Mapping[int, bytes]) -> int | None:
    """Return the first exported entry that the database does not have so; None if it has all."""
    numbers = sorted(hashes)
    for begin in range(0, len(numbers), _BATCH):
        some = numbers[begin : begin + _BATCH]
        with scoped(engine, scope) as connection:
            known = hashes_of(connection, some)
        for number in some:
            if known.get(number) != hashes[number]:
                return number
    return None
