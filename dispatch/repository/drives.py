"""Assigned teams on the road: one row holds all that following a team asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from dispatch.repository.geometry import place_of
from dispatch.views import DriveView
from geodata.points import LonLat
from teams.model import PositionReport, TeamStatus

# Routes and areas with six decimals (a tenth of a metre), as everywhere they are read.
_SELECT = """
SELECT a.id AS assignment_id, a.team_id, t.status,
       ST_X(p.geom) AS fix_lon, ST_Y(p.geom) AS fix_lat,
       p.fix_at, p.received_at, p.accuracy_m, p.speed_ms, p.heading_deg,
       ST_AsGeoJSON(ST_EndPoint(a.route), 6)::jsonb AS route_end,
       CASE WHEN i.confirmed_place IS NULL
            THEN ST_AsGeoJSON(ST_ForcePolygonCCW(i.area), 6)::jsonb END AS area,
       ST_X(i.center) AS lon, ST_Y(i.center) AS lat,
       ST_X(i.confirmed_place) AS confirmed_lon, ST_Y(i.confirmed_place) AS confirmed_lat
FROM assignment a
JOIN team t ON t.id = a.team_id
JOIN team_position_latest p ON p.team_id = a.team_id
JOIN incident i ON i.id = a.incident_id
WHERE a.released_at IS NULL
"""
_FIND = text(f"{_SELECT} AND a.team_id = :team")
_LIST = text(f"{_SELECT} ORDER BY t.county, t.callsign")


def find_drive(connection: Connection, team_id: UUID) -> DriveView | None:
    """Return the drive of a team; None without an assignment, a position or a right to see them."""
    row = connection.execute(_FIND, {"team": team_id}).mappings().one_or_none()
    return None if row is None else _view(row)


def list_drives(connection: Connection) -> list[DriveView]:
    """List the drives of all visible teams, by county and call sign."""
    return [_view(row) for row in connection.execute(_LIST).mappings()]


def _view(row: RowMapping) -> DriveView:
    return DriveView(
        team_id=row["team_id"],
        status=TeamStatus(row["status"]),
        position=_position(row),
        assignment_id=row["assignment_id"],
        route_end=_end(row["route_end"]),
        area=row["area"],
        center=place_of(row),
        confirmed=_confirmed(row),
    )


def _confirmed(row: RowMapping) -> LonLat | None:
    lon, lat = row["confirmed_lon"], row["confirmed_lat"]
    return None if lon is None else LonLat(lon, lat)


def _position(row: RowMapping) -> PositionReport:
    return PositionReport(
        team_id=row["team_id"],
        place=LonLat(row["fix_lon"], row["fix_lat"]),
        fix_at=row["fix_at"],
        received_at=row["received_at"],
        accuracy_m=row["accuracy_m"],
        speed_ms=row["speed_ms"],
        heading_deg=row["heading_deg"],
    )


def _end(point: Mapping[str, Any] | None) -> LonLat | None:
    if point is None:
        return None
    lon, lat = point["coordinates"]
    return LonLat(float(lon), float(lat))
