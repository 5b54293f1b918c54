"""Incidents and their timelines: every change is one event, on one version."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, insert, literal, select, text, update

from dispatch.call_form import Triage
from dispatch.model import IncidentState, Resolution
from dispatch.notices import announce
from dispatch.repository.assignments import list_assignments
from dispatch.repository.geometry import place_of
from dispatch.tables import incident, incident_event
from dispatch.views import (
    AssignmentView,
    ClosingProposal,
    ConfirmedPlace,
    EventView,
    IncidentView,
)
from geodata.database.metadata import jurisdiction
from geodata.database.scope import Scope
from geodata.points import LonLat


@dataclass(frozen=True, slots=True)
class LockedIncident:
    """An incident that nobody else changes until the transaction ends."""

    id: UUID
    county: str
    number: str
    state: IncidentState
    version: int


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """What is told of a change in the timeline; `payload` holds ids and codes."""

    kind: str
    reason: str | None = None
    payload: Mapping[str, Any] | None = None


_SELECT = """
SELECT i.id, i.number, i.county, i.state, i.priority, i.triage, i.summary, i.opened_at, i.closed_at,
       i.closed_by, i.resolution, i.resolution_note, i.version, i.area_confidence,
       ST_AsGeoJSON(ST_ForcePolygonCCW(i.area), 6)::jsonb AS area,
       ST_X(i.center) AS lon, ST_Y(i.center) AS lat,
       (SELECT count(*) FROM call c WHERE c.incident_id = i.id) AS call_count,
       (SELECT max(t.told_at) FROM incident_told t WHERE t.incident_id = i.id) AS told_at,
       a.call_id, a.owner, a.margin, a.ambiguous, a.answer,
       coalesce(a.owner <> i.county AND a.at > coalesce(
           (SELECT max(e.at) FROM incident_event e
             WHERE e.incident_id = i.id
                 AND e.kind IN ('transferred', 'transfer_offered')), i.opened_at), false) AS doubt,
       p.resolution AS proposed, p.note AS proposed_note, p.proposed_by, p.proposed_at,
       ST_X(i.confirmed_place) AS confirmed_lon, ST_Y(i.confirmed_place) AS confirmed_lat,
       i.confirmed_address, i.confirmed_at, i.confirmed_by,
       CASE WHEN i.state = 'open' THEN greatest(i.opened_at,
           (SELECT max(e.at) FROM incident_event e WHERE e.incident_id = i.id
            AND e.kind IN ('released', 'team_left', 'reopened'))) END AS waiting_since,
       array(SELECT d.team_id FROM assignment d
             WHERE d.incident_id = i.id AND d.answer = 'declined') AS declined_by
FROM incident i
LEFT JOIN closing_proposal p ON p.incident_id = i.id AND p.decision IS NULL
LEFT JOIN LATERAL (
    SELECT a.at, a.call_id, a.owner, a.margin, a.ambiguous, a.answer
    FROM call c JOIN county_assignment a ON a.call_id = c.id
    WHERE c.incident_id = i.id ORDER BY a.n DESC LIMIT 1
) a ON true
"""
_FIND = text(f"{_SELECT} WHERE i.id = :id")
# `strpos` and not LIKE: what a person types has no wildcards.
# Whoever waits without a team comes first, the most urgent and then the longest before all: a
# limit never cuts them off.
_LIST = text(f"""{_SELECT} WHERE i.state = ANY(:states)
    AND (CAST(:number AS text) IS NULL OR strpos(upper(i.number), upper(:number)) > 0)
    AND (CAST(:caller AS text) IS NULL OR EXISTS (
        SELECT FROM call c WHERE c.incident_id = i.id AND strpos(c.caller, :caller) > 0))
    ORDER BY (i.state = 'open') DESC, CASE WHEN i.state = 'open' THEN i.priority END,
        CASE WHEN i.state = 'open' THEN i.opened_at END, i.opened_at DESC LIMIT :limit""")
_OPEN = text(
    "SELECT id, number, version FROM open_incident(:county, :opened_at,"
    " ST_GeomFromWKB(:area, 4326), ST_GeomFromWKB(:center, 4326), :area_confidence,"
    " :actor, :role, :kind, :reason, cast(:payload AS jsonb))"
)
_AMONG = text(f"{_SELECT} WHERE i.id = ANY(:ids) AND i.state = ANY(:states)")
_HEARING = text(
    "SELECT team_county FROM assignment WHERE incident_id = :id AND released_at IS NULL"
    " UNION SELECT county_to FROM transfer_offer WHERE incident_id = :id AND decision IS NULL"
)
_JOINABLE = text("SELECT find_incident_of(:caller, :county, :since, :counties)")


# ── reading ───────────────────────────────────────────────────────────────────
def find_incident(connection: Connection, incident_id: UUID) -> IncidentView | None:
    """Return a visible incident with its open assignments."""
    row = connection.execute(_FIND, {"id": incident_id}).mappings().one_or_none()
    if row is None:
        return None
    return _view(row, list_assignments(connection, incident_ids=[incident_id]))


def list_incidents(
    connection: Connection,
    states: Collection[IncidentState],
    *,
    limit: int,
    number: str | None = None,
    caller: str | None = None,
) -> list[IncidentView]:
    """
    List visible incidents in any of `states` with their open assignments.

    Those without a team come first, the most urgent and of them the longest waiting before all;
    then the newest. `number` and `caller` are parts of the incident's number and of a
    caller's.
    """
    wanted = {
        "states": [state.value for state in states], "limit": limit,
        "number": number, "caller": digits_of(caller),
    }  # fmt: skip
    return _with_assignments(connection, connection.execute(_LIST, wanted).mappings().all())


def list_among(
    connection: Connection, ids: Collection[UUID], states: Collection[IncidentState]
) -> list[IncidentView]:
    """List those of the incidents `ids` that are visible and in any of `states`."""
    wanted = {"ids": list(ids), "states": [state.value for state in states]}
    return _with_assignments(connection, connection.execute(_AMONG, wanted).mappings().all())


def _with_assignments(connection: Connection, rows: Sequence[RowMapping]) -> list[IncidentView]:
    # Two queries for the whole list, however many incidents it has.
    bound: dict[UUID, list[AssignmentView]] = {row["id"]: [] for row in rows}
    for assignment in list_assignments(connection, incident_ids=list(bound)):
        bound[assignment.incident_id].append(assignment)
    return [_view(row, bound[row["id"]]) for row in rows]


def list_events(connection: Connection, incident_id: UUID) -> list[EventView]:
    """List an incident's timeline, oldest first."""
    columns = [incident_event.c[name] for name in EventView.__dataclass_fields__]
    query = select(*columns).where(incident_event.c.incident_id == incident_id)
    ordered = query.order_by(incident_event.c.version)
    return [EventView(**row) for row in connection.execute(ordered).mappings()]


def find_joinable(
    connection: Connection, scope: Scope, county: str, caller: str, since: datetime
) -> UUID | None:
    """Return the open incident that `caller` called about since then, if `scope` may know it."""
    wanted = {
        "county": county, "caller": caller, "since": since, "counties": list(scope.counties),
    }  # fmt: skip
    found: UUID | None = connection.execute(_JOINABLE, wanted).scalar_one_or_none()
    return found


def priority_of(connection: Connection, incident_id: UUID) -> int:
    """Return how urgent a visible incident is."""
    query = select(incident.c.priority).where(incident.c.id == incident_id)
    priority: int = connection.execute(query).scalar_one()
    return priority


def find_county(connection: Connection, incident_id: UUID) -> str | None:
    """Return whose a visible incident is."""
    query = select(incident.c.county).where(incident.c.id == incident_id)
    county: str | None = connection.execute(query).scalar_one_or_none()
    return county


def is_jurisdiction(connection: Connection, code: str) -> bool:
    """Tell whether `code` is one of the jurisdictions."""
    query = select(literal(1)).select_from(jurisdiction).where(jurisdiction.c.code == code)
    return connection.execute(query).first() is not None


def county_name(connection: Connection, code: str) -> str | None:
    """Return the name of a jurisdiction."""
    query = select(jurisdiction.c.name).where(jurisdiction.c.code == code)
    name: str | None = connection.execute(query).scalar_one_or_none()
    return name


def digits_of(caller: str | None) -> str | None:
    """Return what a stored number (+40...) has of one as people write it (07xx xxx xxx)."""
    if caller is None:
        return None
    digits = "".join(char for char in caller if char.isdigit())
    return digits.removeprefix("00").removeprefix("0")


# ── writing ───────────────────────────────────────────────────────────────────
def lock_incident(
    connection: Connection, incident_id: UUID, *, skip_locked: bool = False
) -> LockedIncident | None:
    """
    Return a visible incident and keep others from changing it.

    With `skip_locked` nobody is waited for: None when somebody else holds it.
    """
    columns = incident.c
    row = connection.execute(
        select(columns.id, columns.county, columns.number, columns.state, columns.version)
        .where(columns.id == incident_id)
        .with_for_update(skip_locked=skip_locked)
    ).one_or_none()
    if row is None:
        return None
    return LockedIncident(row.id, row.county, row.number, IncidentState(row.state), row.version)


def insert_incident(
    connection: Connection, scope: Scope, county: str, change: IncidentChange, **values: Any
) -> LockedIncident:
    """
    Insert an open incident with the county's next number, and the first event.

    `values` are `opened_at` and, where a place is known, `area` and `center` (elements of
    `repository.geometry`) and `area_confidence`.
    """
    area, center = values.get("area"), values.get("center")
    row = connection.execute(
        _OPEN,
        {
            "county": county,
            "opened_at": values["opened_at"],
            "area": None if area is None else bytes(area.data),
            "center": None if center is None else bytes(center.data),
            "area_confidence": values.get("area_confidence"),
            "actor": scope.actor,
            "role": scope.role,
            "kind": change.kind,
            "reason": change.reason,
            "payload": json.dumps(dict(change.payload or {})),
        },
    ).one()
    announce(connection, "incident", row.id, counties=[county], version=row.version)
    return LockedIncident(row.id, county, row.number, IncidentState.OPEN, row.version)


def change_incident(
    connection: Connection,
    scope: Scope,
    locked: LockedIncident,
    change: IncidentChange,
    **values: Any,
) -> int:
    """Write columns of a locked incident as its next version, with the event that says why."""
    # The version comes from the row and not from `locked`, because one transaction may change
    # an incident more than once.
    version: int = connection.execute(
        update(incident)
        .where(incident.c.id == locked.id)
        .values(version=incident.c.version + 1, **values)
        .returning(incident.c.version)
    ).scalar_one()
    _append_event(connection, scope, locked.id, version, change)
    # In a transfer the old county must hear that the incident has gone, and the new one that it
    # has come.
    hearing = [values.get("county"), locked.county, *_other_counties(connection, locked.id)]
    announce(connection, "incident", locked.id, counties=hearing, version=version)
    return version


def _append_event(
    connection: Connection, scope: Scope, incident_id: UUID, version: int, change: IncidentChange
) -> None:
    connection.execute(
        insert(incident_event).values(
            incident_id=incident_id,
            version=version,
            actor=scope.actor,
            role=scope.role,
            kind=change.kind,
            reason=change.reason,
            payload=dict(change.payload or {}),
        )
    )


def _other_counties(connection: Connection, incident_id: UUID) -> list[str]:
    """Return the counties whose teams are on the incident, and the one that it is offered to."""
    return list(connection.execute(_HEARING, {"id": incident_id}).scalars())


def _closing(row: RowMapping) -> ClosingProposal | None:
    if row["proposed"] is None:
        return None
    return ClosingProposal(
        Resolution(row["proposed"]), row["proposed_note"], row["proposed_by"], row["proposed_at"]
    )


def _confirmed(row: RowMapping) -> ConfirmedPlace | None:
    if row["confirmed_at"] is None:
        return None
    place = LonLat(row["confirmed_lon"], row["confirmed_lat"])
    return ConfirmedPlace(place, row["confirmed_address"], row["confirmed_at"], row["confirmed_by"])


def _view(row: RowMapping, bound: Collection[AssignmentView]) -> IncidentView:
    return IncidentView(
        id=row["id"],
        number=row["number"],
        county=row["county"],
        state=IncidentState(row["state"]),
        priority=row["priority"],
        summary=row["summary"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
        resolution=None if row["resolution"] is None else Resolution(row["resolution"]),
        resolution_note=row["resolution_note"],
        version=row["version"],
        area=row["area"],
        center=place_of(row),
        area_confidence=row["area_confidence"],
        call_count=row["call_count"],
        margin=row["margin"],
        ambiguous=row["ambiguous"],
        answer=row["answer"],
        belief_owner=row["owner"],
        belief_call_id=row["call_id"],
        county_in_doubt=row["doubt"],
        closing=_closing(row),
        waiting_since=row["waiting_since"],
        confirmed=_confirmed(row),
        declined_by=frozenset(row["declined_by"]),
        triage=None if row["triage"] is None else Triage(row["triage"]),
        told_at=row["told_at"],
        assignments=tuple(bound),
    )
