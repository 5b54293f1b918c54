"""
From a snapshot to the GeoJSON that one viewer may see.

Redaction happens here and nowhere later: what a role may not see is never built. Which
roles these are is said in `dispatch.roles`.

* operator, dispatcher, supervisor: everything their counties own, their own teams,
  and the teams of others while bound to one of their incidents;
* team: itself, its own incident and its own route;
* planner, administrator: counts per county, no place of any child or team;
* any other role: nothing.

Does not read a clock: ages are relative to `MapSnapshot.at`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from dispatch.roles import Viewer
from geodata.points import LonLat
from maps.snapshot import IncidentOnMap, MapSnapshot, RouteOnMap, TeamOnMap
from teams.model import TeamStatus
from teams.positions import PositionPolicy, age_of, age_s

Feature = dict[str, Any]

_PLACE_DIGITS = 6  # about 0.1 m; more would only make the message longer


def feature_collection(
    snapshot: MapSnapshot, viewer: Viewer, *, limits: PositionPolicy | None = None
) -> dict[str, Any]:
    """
    Build the FeatureCollection (EPSG:4326) of one moment for one viewer.

    Properties carry `kind`: `caller_area`, `incident`, `team`, `route` or, for
    roles that see no detail, `county_count` (with a null geometry). The age bounds go
    along, so that a page can let a position age between two snapshots.
    """
    limits = limits or PositionPolicy()
    visible = redact(snapshot, viewer)
    if viewer.sees_counts:
        features = list(_counts(snapshot, viewer.counties))
    else:
        features = list(
            chain(
                (_area(row) for row in visible.incidents if row.area is not None),
                (_route(row) for row in visible.routes if len(row.places) > 1),
                (_incident(row) for row in visible.incidents if row.place is not None),
                (_team(row, snapshot.at, limits) for row in visible.teams),
            )
        )
    return {
        "type": "FeatureCollection",
        "features": features,
        "at": snapshot.at.isoformat(),
        "sequence": snapshot.sequence,
        "ages": {"ageing_s": limits.ageing_after_s, "stale_s": limits.stale_after_s},
    }


def redact(snapshot: MapSnapshot, viewer: Viewer) -> MapSnapshot:
    """Return the snapshot cut down to what the viewer may see in detail."""
    if viewer.is_team:
        return _own_work(snapshot, viewer)
    if not viewer.sees_detail:
        return MapSnapshot(at=snapshot.at, sequence=snapshot.sequence)
    mine = viewer.counties
    return MapSnapshot(
        at=snapshot.at,
        incidents=[row for row in snapshot.incidents if row.county in mine],
        teams=[
            _without_foreign_incident(row, mine)
            for row in snapshot.teams
            if row.team.county in mine or row.incident_county in mine
        ],
        routes=[row for row in snapshot.routes if row.incident_county in mine],
        sequence=snapshot.sequence,
    )


def _own_work(snapshot: MapSnapshot, viewer: Viewer) -> MapSnapshot:
    teams = [row for row in snapshot.teams if row.team.id == viewer.team_id]
    bound = {row.incident_id for row in teams} - {None}
    return MapSnapshot(
        at=snapshot.at,
        incidents=[row for row in snapshot.incidents if row.id in bound],
        teams=teams,
        routes=[row for row in snapshot.routes if row.team_id == viewer.team_id],
        sequence=snapshot.sequence,
    )


def _without_foreign_incident(row: TeamOnMap, mine: frozenset[str]) -> TeamOnMap:
    """A team lent to another county is seen at work, but not on which incident."""
    return row if row.incident_county in mine else TeamOnMap(team=row.team)


def _area(row: IncidentOnMap) -> Feature:
    return _feature(row.area, "caller_area", _about(row))


def _incident(row: IncidentOnMap) -> Feature:
    return _feature(_point(row.place), "incident", _about(row))


def _about(row: IncidentOnMap) -> dict[str, Any]:
    return {
        "incident_id": str(row.id),
        "number": row.number,
        "county": row.county,
        "state": row.state,
        "opened_at": row.opened_at.isoformat(),
        "confidence": row.confidence,
        "owner_share": row.owner_share,
        "ambiguous": row.ambiguous,
        "priority": row.priority,
    }


def _team(row: TeamOnMap, at: datetime, limits: PositionPolicy) -> Feature:
    team, fix = row.team, row.team.position
    seconds = age_s(fix, at) if fix else None
    return _feature(
        _point(fix.place if fix else team.base),
        "team",
        {
            "team_id": str(team.id),
            "callsign": team.callsign,
            "county": team.county,
            "status": team.status.value,
            "on_shift": team.on_shift,
            "incident_id": str(row.incident_id) if row.incident_id else None,
            "position_age_s": seconds,
            "age": age_of(fix, at, limits).value if fix else None,
            "at_base": fix is None,
            "heading_deg": fix.heading_deg if fix else None,
            "speed_ms": fix.speed_ms if fix else None,
            "accuracy_m": fix.accuracy_m if fix else None,
            "fix_at": fix.fix_at.isoformat() if fix else None,
        },
    )


def _route(row: RouteOnMap) -> Feature:
    line = {"type": "LineString", "coordinates": _coordinates(row.places)}
    return _feature(
        line,
        "route",
        {
            "team_id": str(row.team_id),
            "incident_id": str(row.incident_id),
            "eta_at": row.eta_at.isoformat() if row.eta_at else None,
            "source": row.source,
        },
    )


def _counts(snapshot: MapSnapshot, counties: Iterable[str]) -> Iterator[Feature]:
    incidents = Counter(row.county for row in snapshot.incidents)
    on_shift = Counter(row.team.county for row in snapshot.teams if row.team.on_shift)
    available = Counter(
        row.team.county
        for row in snapshot.teams
        if row.team.on_shift and row.team.status is TeamStatus.AVAILABLE
    )
    for code in sorted(counties):
        if incidents[code] or on_shift[code]:
            counts = {
                "county": code,
                "open_incidents": incidents[code],
                "teams_on_shift": on_shift[code],
                "teams_available": available[code],
            }
            yield _feature(None, "county_count", counts)


def _feature(
    geometry: Mapping[str, Any] | None, kind: str, properties: Mapping[str, Any]
) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties}}


def _point(place: LonLat | None) -> dict[str, Any] | None:
    return None if place is None else {"type": "Point", "coordinates": _coordinates([place])[0]}


def _coordinates(places: Sequence[LonLat]) -> list[list[float]]:
    return [[round(place.lon, _PLACE_DIGITS), round(place.lat, _PLACE_DIGITS)] for place in places]
