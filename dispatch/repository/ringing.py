"""Ringing calls: announced, claimed, handed back, ended; and the location heard of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, select, text, update

from dispatch.repository.geometry import place_of
from dispatch.ringing import (
    EarlierCall,
    NearIncident,
    RingingCall,
    RingingLocation,
    RingingOutcome,
    state_of,
)
from dispatch.tables import ringing_call

_FIELDS = (
    "id", "call_id", "caller", "line", "county", "rang_at", "hung_up_at", "claimed_by",
    "claimed_post", "claimed_at", "handed_back_by", "handed_back_at", "ended_at",
)  # fmt: skip
_SELECT = f"""
SELECT {", ".join(f"r.{name}" for name in _FIELDS)}, r.outcome, c.incident_id,
       i.number AS incident_number, present_moment() AS now, l.owner, l.ambiguous, l.margin,
       l.confidence, l.counties, l.question, l.reason, l.area, l.lon, l.lat
FROM ringing_call r
LEFT JOIN call c ON c.id = r.call_id
LEFT JOIN incident i ON i.id = c.incident_id
LEFT JOIN LATERAL ringing_location(r.id) l ON true
"""  # noqa: S608
_FIND = text(f"{_SELECT} WHERE r.id = :id")
_LIST = text(
    f"{_SELECT} WHERE r.ended_at IS NULL AND r.rang_at >= present_moment() - interval '12 hours'"
    " ORDER BY r.rang_at LIMIT :limit"
)
_EARLIER = text(
    "SELECT c.id, c.started_at, c.county, c.incident_id, i.number AS incident_number, c.is_misdial"
    " FROM call c LEFT JOIN incident i ON i.id = c.incident_id"
    " WHERE c.caller = :caller AND c.id <> :call ORDER BY c.started_at DESC LIMIT :limit"
)
# Degrees that hold a kilometre everywhere in the country, so that the index on places is used.
_NEAR = text("""
SELECT i.id, i.number, i.county, i.state, i.triage, i.opened_at,
       ST_Distance(i.center::geography, h.center::geography) AS distance_m,
       ST_Covers(h.area, i.center) AS in_area
FROM ringing_location(:ringing) l
CROSS JOIN LATERAL (
    SELECT ST_SetSRID(ST_GeomFromGeoJSON(l.area), 4326) AS area,
           ST_SetSRID(ST_MakePoint(l.lon, l.lat), 4326) AS center
) h
JOIN incident i ON i.center && ST_Expand(ST_Envelope(h.area), 0.014)
WHERE (i.state <> 'closed' OR i.opened_at >= present_moment() - interval '24 hours')
    AND i.id IS DISTINCT FROM CAST(:own AS uuid)
    AND (ST_Covers(h.area, i.center)
         OR ST_DWithin(i.center::geography, h.center::geography, 1000))
ORDER BY (i.state = 'closed'), distance_m LIMIT :limit
""")
_CALL_OF_RING = text("SELECT find_call_of_ring(:caller, :county)")
_RING_OF_CALL = text("SELECT find_ring_of_call(:caller)")
_CALL_OF_REFERENCE = text("SELECT find_call_of_reference(:reference, :county)")
_RING_OF_REFERENCE = text("SELECT call_id, is_call FROM find_ring_of_reference(:reference)")
_OPEN_RING = text(
    "SELECT caller FROM ringing_call WHERE call_id = :call AND ended_at IS NULL"
    " ORDER BY rang_at DESC LIMIT 1"
)
_RINGS = text("SELECT id, county FROM rings_of_call(:call)")


def announce_ring(connection: Connection, **values: Any) -> UUID:
    """Insert a ringing call."""
    made: UUID = connection.execute(
        insert(ringing_call).values(**values).returning(ringing_call.c.id)
    ).scalar_one()
    return made


def find_ringing(connection: Connection, ringing_id: UUID) -> RingingCall | None:
    """Return a visible ringing call."""
    row = connection.execute(_FIND, {"id": ringing_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def lock_ringing(connection: Connection, ringing_id: UUID) -> RingingCall | None:
    """Return a visible ringing call, and keep others from claiming it as well."""
    connection.execute(
        select(ringing_call.c.id).where(ringing_call.c.id == ringing_id).with_for_update()
    )
    return find_ringing(connection, ringing_id)


def list_ringing(connection: Connection, *, limit: int) -> list[RingingCall]:
    """List the visible ringing calls of the last hours that nobody has ended, oldest first."""
    return [_view(row) for row in connection.execute(_LIST, {"limit": limit}).mappings()]


def list_earlier(connection: Connection, call: RingingCall, *, limit: int) -> list[EarlierCall]:
    """List the visible calls of the same number, newest first; none of a withheld number."""
    if call.caller is None:
        return []
    wanted = {"caller": call.caller, "call": call.call_id, "limit": limit}
    return [EarlierCall(**row) for row in connection.execute(_EARLIER, wanted).mappings()]


def list_near(connection: Connection, call: RingingCall, *, limit: int) -> list[NearIncident]:
    """
    List visible cases in the area of a ringing call or within 1 km of its middle.

    The open ones first, then the nearest; none of a call that nobody has located.
    """
    wanted = {"ringing": call.id, "own": call.incident_id, "limit": limit}
    return [NearIncident(**row) for row in connection.execute(_NEAR, wanted).mappings()]


def change_ringing(connection: Connection, ringing_id: UUID, **values: Any) -> None:
    """Write columns of one ringing call."""
    connection.execute(update(ringing_call).where(ringing_call.c.id == ringing_id).values(**values))


def find_call_of_ring(connection: Connection, caller: str, county: str | None) -> UUID | None:
    """Return the call whose location came a little before it rang, whoever may see it."""
    wanted = {"caller": caller, "county": county}
    found: UUID | None = connection.execute(_CALL_OF_RING, wanted).scalar_one_or_none()
    return found


def find_ring_of_call(connection: Connection, caller: str) -> UUID | None:
    """Return the id that a new call of a number has had since it rang; None where none did."""
    found: UUID | None = connection.execute(_RING_OF_CALL, {"caller": caller}).scalar_one_or_none()
    return found


def find_call_of_reference(
    connection: Connection, reference: str, county: str | None
) -> UUID | None:
    """Return the call whose location came under a reference before it rang."""
    wanted = {"reference": reference, "county": county}
    found: UUID | None = connection.execute(_CALL_OF_REFERENCE, wanted).scalar_one_or_none()
    return found


def find_ring_of_reference(connection: Connection, reference: str) -> tuple[UUID, bool] | None:
    """Return the id that the call of a reference has since it rang, and whether it is a call."""
    row = connection.execute(_RING_OF_REFERENCE, {"reference": reference}).one_or_none()
    return None if row is None else (row.call_id, row.is_call)


def rings_here(connection: Connection, call_id: UUID) -> tuple[bool, str | None]:
    """Tell whether a call rings at a centre of the scope now, and from which number."""
    row = connection.execute(_OPEN_RING, {"call": call_id}).one_or_none()
    return (False, None) if row is None else (True, row.caller)


def list_rings_of(connection: Connection, call_id: UUID) -> list[tuple[UUID, str | None]]:
    """List the rings of a call that nobody has ended, with the counties they ring at."""
    return [(row.id, row.county) for row in connection.execute(_RINGS, {"call": call_id})]


def _view(row: RowMapping) -> RingingCall:
    known = {name: row[name] for name in _FIELDS}
    now: datetime = row["now"]
    return RingingCall(
        **known,
        outcome=None if row["outcome"] is None else RingingOutcome(row["outcome"]),
        state=state_of(
            rang_at=row["rang_at"],
            hung_up_at=row["hung_up_at"],
            claimed_by=row["claimed_by"],
            handed_back_at=row["handed_back_at"],
            ended_at=row["ended_at"],
            now=now,
        ),
        incident_id=row["incident_id"] if row["incident_number"] else None,
        incident_number=row["incident_number"],
        location=None if row["margin"] is None else _location(row),
    )


def _location(row: RowMapping) -> RingingLocation:
    return RingingLocation(
        owner=row["owner"],
        ambiguous=row["ambiguous"],
        margin=row["margin"],
        confidence=row["confidence"],
        counties=tuple(row["counties"] or ()),
        question=row["question"],
        reason=row["reason"] or {},
        area=row["area"],
        center=place_of(row),
    )
