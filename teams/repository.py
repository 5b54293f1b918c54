"""
Read and write teams and their positions; every query sees only what its scope allows.

Places are EPSG:4326, times aware UTC. Decisions are not made here: `teams.positions`
judges a report, `teams.availability` a change of status.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from geodata.points import LonLat
from geodata.roads.tracks import Track
from teams.model import PositionReport, Team, TeamStatus
from teams.tables import team, team_position

TRACK_ACCURACY_M = 50.0
"""Metres. A coarser fix may lie on the next street, so speeds are not learnt from it."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team with what only the database knows about it."""

    team: Team
    lent_to: str | None
    updated_at: datetime


_TEAM = (
    "t.id, t.callsign, t.county, t.status, t.staffing, t.capabilities, t.languages, t.on_shift,"
    " ST_X(t.base) AS base_lon, ST_Y(t.base) AS base_lat, t.version"
)
_FIX = (
    "ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.fix_at, p.device_at, p.received_at,"
    " p.accuracy_m, p.speed_ms, p.heading_deg, p.battery_share"
)
_SELECT = (
    f"SELECT {_TEAM}, t.lent_to, t.updated_at, {_FIX}"  # noqa: S608
    " FROM team t LEFT JOIN team_position_latest p ON p.team_id = t.id"
)
_LIST = text(f"{_SELECT} ORDER BY t.county, t.callsign")
_SOME = text(f"{_SELECT} WHERE t.id = ANY(:ids)")
_LOCK = text(f"{_SELECT} WHERE t.id = :id FOR UPDATE OF t")
_AID = text(
    f"SELECT {_TEAM}, ST_X(t.geom) AS lon, ST_Y(t.geom) AS lat, t.fix_at, t.received_at,"  # noqa: S608
    " t.accuracy_m FROM aid_teams() t WHERE t.county = ANY(:counties) ORDER BY t.county, t.callsign"
)

_UNNEST = (
    " FROM unnest(cast(:team_id AS uuid[]), cast(:fix_at AS timestamptz[]),"
    " cast(:lon AS float8[]), cast(:lat AS float8[]), cast(:device_at AS timestamptz[]),"
    " cast(:received_at AS timestamptz[]), cast(:accuracy_m AS float8[]),"
    " cast(:speed_ms AS float8[]), cast(:heading_deg AS float8[]),"
    " cast(:battery_share AS float8[]), cast(:is_live AS bool[])) AS u(team_id, fix_at, lon, lat,"
    " device_at, received_at, accuracy_m, speed_ms, heading_deg, battery_share, is_live)"
)
_COLUMNS = (
    "team_id, fix_at, geom, device_at, received_at, accuracy_m, speed_ms, heading_deg,"
    " battery_share"
)
_VALUES = (
    "team_id, fix_at, ST_SetSRID(ST_MakePoint(lon, lat), 4326), device_at, received_at,"
    " accuracy_m, speed_ms, heading_deg, battery_share"
)
# History and latest positions in one statement, because each costs a way to the database. A phone
# that got no answer sends a fix again; the second copy is passed over. Rows are locked in the
# order of teams. Two batches with the same teams in different orders would otherwise wait for
# each other. The last WHERE keeps the newest fix whichever batch comes first.
_KEEP = text(
    f"WITH given AS MATERIALIZED (SELECT u.*{_UNNEST}), kept AS ("  # noqa: S608
    f" INSERT INTO team_position ({_COLUMNS}) SELECT {_VALUES} FROM given ON CONFLICT DO NOTHING)"
    f" INSERT INTO team_position_latest AS l ({_COLUMNS})"
    f" SELECT DISTINCT ON (team_id) {_VALUES} FROM given WHERE is_live"
    " ORDER BY team_id, fix_at DESC"
    " ON CONFLICT (team_id) DO UPDATE SET fix_at = excluded.fix_at, geom = excluded.geom,"
    " device_at = excluded.device_at, received_at = excluded.received_at,"
    " accuracy_m = excluded.accuracy_m, speed_ms = excluded.speed_ms,"
    " heading_deg = excluded.heading_deg, battery_share = excluded.battery_share"
    " WHERE excluded.fix_at > l.fix_at RETURNING team_id, fix_at"
)


# ── teams ─────────────────────────────────────────────────────────────────────
def list_teams(connection: Connection) -> list[TeamRow]:
    """List the visible teams with their latest positions, by county and call sign."""
    return [_team_row(row) for row in connection.execute(_LIST).mappings()]


def find_teams(connection: Connection, ids: Collection[UUID]) -> dict[UUID, TeamRow]:
    """Return those of the teams `ids` that are visible."""
    rows = (_team_row(row) for row in connection.execute(_SOME, {"ids": list(ids)}).mappings())
    return {row.team.id: row for row in rows}


def lock_team(connection: Connection, team_id: UUID) -> TeamRow | None:
    """Return a visible team and keep others from changing it until the transaction ends."""
    row = connection.execute(_LOCK, {"id": team_id}).mappings().one_or_none()
    return None if row is None else _team_row(row)


def list_aid_teams(connection: Connection, counties: Collection[str]) -> list[Team]:
    """List the free teams of those `counties` that border on the scope's own."""
    rows = connection.execute(_AID, {"counties": list(counties)}).mappings()
    return [_team(row) for row in rows]


def insert_team(connection: Connection, **values: Any) -> UUID:
    """Insert a team; `base` is a place or None."""
    base: LonLat | None = values.pop("base", None)
    if base is not None:
        values["base"] = func.ST_SetSRID(func.ST_MakePoint(base.lon, base.lat), 4326)
    made: UUID = connection.execute(insert(team).values(**values).returning(team.c.id)).scalar_one()
    return made


def change_status(connection: Connection, before: Team, status: TeamStatus) -> None:
    """Write a team's new status; the row should be locked."""
    connection.execute(
        update(team)
        .where(team.c.id == before.id)
        .values(status=status.value, version=before.version + 1, updated_at=func.present_moment())
    )


# ── positions ─────────────────────────────────────────────────────────────────
def keep_positions(
    connection: Connection, reports: Sequence[PositionReport], live: Collection[PositionReport]
) -> set[tuple[UUID, datetime]]:
    """
    Add reports to the history, and set latest positions to newer fixes among the `live` ones.

    Returns
    -------
    moved
        The (team, fix) pairs that are the latest now. One that is in the history already is
        left as it is.
    """
    if not reports:
        return set()
    moved = connection.execute(_KEEP, _arrays(reports, live))
    return {(row.team_id, row.fix_at) for row in moved}


def list_track(
    connection: Connection, team_id: UUID, since: datetime, until: datetime, *, limit: int
) -> list[PositionReport]:
    """List a team's history between two times, oldest first; the newest `limit` of it."""
    columns = team_position.c
    query = (
        select(
            columns.team_id, columns.fix_at, columns.device_at, columns.received_at,
            columns.accuracy_m, columns.speed_ms, columns.heading_deg, columns.battery_share,
            func.ST_X(columns.geom).label("lon"), func.ST_Y(columns.geom).label("lat"),
        )
        .where(columns.team_id == team_id, columns.fix_at >= since, columns.fix_at < until)
        .order_by(columns.fix_at.desc())
        .limit(limit)
    )  # fmt: skip
    # The newest come first from the database, so that the limit cuts off the oldest.
    found = [_position(row.team_id, row._mapping) for row in connection.execute(query)]
    return found[::-1]


def list_tracks(connection: Connection, since: datetime, until: datetime) -> list[Track]:
    """
    List the tracks of all visible teams between two times: one per team and day.

    Only fixes within `TRACK_ACCURACY_M`; who drove is left out.
    """
    columns = team_position.c
    day = func.date_trunc("day", columns.fix_at).label("day")
    query = (
        select(
            columns.team_id, day, columns.fix_at,
            func.ST_X(columns.geom).label("lon"), func.ST_Y(columns.geom).label("lat"),
        )
        .where(
            columns.fix_at >= since, columns.fix_at < until,
            func.coalesce(columns.accuracy_m, 0) <= TRACK_ACCURACY_M,
        )
        .order_by(columns.team_id, columns.fix_at)
    )  # fmt: skip
    rows = connection.execute(query).all()
    groups = (list(rows) for _, rows in groupby(rows, key=lambda row: (row.team_id, row.day)))
    return [
        Track(tuple(row.fix_at for row in group), tuple(LonLat(row.lon, row.lat) for row in group))
        for group in groups
    ]


# ── rows to words ─────────────────────────────────────────────────────────────
def _team_row(row: RowMapping) -> TeamRow:
    return TeamRow(_team(row), row["lent_to"], row["updated_at"])


def _team(row: RowMapping) -> Team:
    base = None if row["base_lon"] is None else LonLat(row["base_lon"], row["base_lat"])
    return Team(
        id=row["id"],
        callsign=row["callsign"],
        county=row["county"],
        status=TeamStatus(row["status"]),
        staffing=row["staffing"],
        capabilities=frozenset(row["capabilities"]),
        languages=frozenset(row["languages"]),
        on_shift=row["on_shift"],
        position=None if row["fix_at"] is None else _position(row["id"], row),
        base=base,
        version=row["version"],
    )


def _position(team_id: UUID, row: RowMapping) -> PositionReport:
    return PositionReport(
        team_id=team_id,
        place=LonLat(row["lon"], row["lat"]),
        fix_at=row["fix_at"],
        received_at=row["received_at"],
        device_at=row.get("device_at"),
        accuracy_m=row["accuracy_m"],
        speed_ms=row.get("speed_ms"),
        heading_deg=row.get("heading_deg"),
        battery_share=row.get("battery_share"),
    )


def _arrays(
    reports: Sequence[PositionReport], live: Collection[PositionReport]
) -> dict[str, list[Any]]:
    moving = frozenset(live)
    return {
        "team_id": [report.team_id for report in reports],
        "fix_at": [report.fix_at for report in reports],
        "lon": [report.place.lon for report in reports],
        "lat": [report.place.lat for report in reports],
        "device_at": [report.device_at for report in reports],
        "received_at": [report.received_at for report in reports],
        "accuracy_m": [report.accuracy_m for report in reports],
        "speed_ms": [report.speed_ms for report in reports],
        "heading_deg": [report.heading_deg for report in reports],
        "battery_share": [report.battery_share for report in reports],
        "is_live": [report in moving for report in reports],
    }
