"""Which counties want a second person for closing, and what is proposed to be closed."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text, update

from dispatch.model import Resolution
from dispatch.tables import closing_policy, closing_proposal
from dispatch.views import ClosingPolicyView, ClosingProposal

_POLICIES = text(
    "SELECT county, coalesce(p.four_eyes, false) AS four_eyes,"
    " coalesce(p.misdials_too, false) AS misdials_too, p.changed_by, p.changed_at"
    " FROM unnest(cast(:counties AS text[])) AS scope(county)"
    " LEFT JOIN closing_policy p USING (county) ORDER BY county"
)
_SET_POLICY = text(
    "INSERT INTO closing_policy AS p (county, four_eyes, misdials_too, changed_by, changed_at)"
    " VALUES (:county, :four_eyes, :misdials_too, :actor, present_moment())"
    " ON CONFLICT (county) DO UPDATE SET four_eyes = excluded.four_eyes,"
    " misdials_too = excluded.misdials_too, changed_by = excluded.changed_by,"
    " changed_at = excluded.changed_at"
)


def list_policies(connection: Connection, counties: Collection[str]) -> list[ClosingPolicyView]:
    """List what counties want; one that nobody has set wants no second person."""
    rows = connection.execute(_POLICIES, {"counties": list(counties)}).mappings()
    return [ClosingPolicyView(**row) for row in rows]


def set_policy(
    connection: Connection, county: str, *, four_eyes: bool, misdials_too: bool, actor: str
) -> None:
    """Write what a county wants."""
    wanted = {
        "county": county, "four_eyes": four_eyes, "misdials_too": misdials_too, "actor": actor,
    }  # fmt: skip
    connection.execute(_SET_POLICY, wanted)


def wants_second(connection: Connection, county: str, resolution: Resolution) -> bool:
    """Tell whether a county wants a second person for a case that ends so."""
    rule = closing_policy.c
    row = connection.execute(
        select(rule.four_eyes, rule.misdials_too).where(rule.county == county)
    ).one_or_none()
    if row is None or not row.four_eyes:
        return False
    return resolution is not Resolution.MISDIAL or bool(row.misdials_too)


def find_waiting(connection: Connection, incident_id: UUID) -> ClosingProposal | None:
    """Return the proposal of an incident that nobody has decided yet, held."""
    columns = closing_proposal.c
    row = (
        connection.execute(
            select(*(columns[name] for name in ClosingProposal.__dataclass_fields__))
            .where(columns.incident_id == incident_id, columns.decision.is_(None))
            .with_for_update()
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    return ClosingProposal(**{**row, "resolution": Resolution(row["resolution"])})


def insert_proposal(
    connection: Connection,
    incident_id: UUID,
    county: str,
    *,
    resolution: Resolution,
    note: str | None,
    actor: str,
) -> None:
    """Write that somebody wants an incident closed."""
    connection.execute(
        insert(closing_proposal).values(
            incident_id=incident_id,
            county=county,
            resolution=resolution.value,
            note=note,
            proposed_by=actor,
        )
    )


def decide(
    connection: Connection,
    incident_id: UUID,
    decision: str,
    *,
    actor: str,
    version: int,
    reason: str | None = None,
) -> None:
    """Write what was decided about the waiting proposal of an incident of that version."""
    columns = closing_proposal.c
    connection.execute(
        update(closing_proposal)
        .where(columns.incident_id == incident_id, columns.decision.is_(None))
        .values(
            decision=decision,
            decided_by=actor,
            decided_at=func.present_moment(),
            decided_version=version,
            reason=reason,
        )
    )
