"""Alarms of teams: raised, acknowledged, settled."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from dispatch.field import Alarm, AlarmKind, LastPlace, alarm_sounds
from dispatch.field_tables import team_alarm
from dispatch.repository.geometry import place_of

_SELECT = """
SELECT m.id, m.kind, m.team_id, coalesce(t.callsign, '?') AS callsign, m.county, m.assignment_id,
       i.id AS incident_id, i.number AS incident_number, m.raised_at, m.raised_by,
       m.last_raised_at, m.times, ST_X(m.place) AS lon, ST_Y(m.place) AS lat, m.fix_at,
       m.accuracy_m, m.acknowledged_by, m.acknowledged_at, m.settled_by, m.settled_at,
       m.settle_reason, present_moment() AS at
FROM team_alarm m
LEFT JOIN team t ON t.id = m.team_id
LEFT JOIN assignment a ON a.id = m.assignment_id
LEFT JOIN incident i ON i.id = a.incident_id
"""
_FIND = text(f"{_SELECT} WHERE m.id = :id")
_LIST = text(f"{_SELECT} WHERE m.settled_at IS NULL OR :all ORDER BY m.raised_at LIMIT :limit")
_HAND_OVER = text(
    "UPDATE team_alarm SET acknowledged_by = NULL, acknowledged_at = NULL"
    " WHERE acknowledged_by = :actor AND settled_at IS NULL RETURNING id"
)
_FIELDS = tuple(
    name for name in Alarm.__dataclass_fields__ if name not in ("kind", "place", "sounds")
)


def find_alarm(connection: Connection, alarm_id: UUID, holds: timedelta) -> Alarm | None:
    """Return a visible alarm."""
    row = connection.execute(_FIND, {"id": alarm_id}).mappings().one_or_none()
    return None if row is None else _view(row, holds)


def find_open(connection: Connection, team_id: UUID, kind: AlarmKind) -> UUID | None:
    """Return the open alarm of a team, and keep others from changing it."""
    query = select(team_alarm.c.id).where(
        team_alarm.c.team_id == team_id,
        team_alarm.c.kind == kind.value,
        team_alarm.c.settled_at.is_(None),
    )
    found: UUID | None = connection.execute(query.with_for_update()).scalar_one_or_none()
    return found


def list_alarms(
    connection: Connection, holds: timedelta, *, with_settled: bool = False, limit: int = 200
) -> list[Alarm]:
    """List the visible alarms, by default the open ones, oldest first."""
    rows = connection.execute(_LIST, {"all": with_settled, "limit": limit}).mappings()
    return [_view(row, holds) for row in rows]


def insert_alarm(
    connection: Connection,
    kind: AlarmKind,
    team_id: UUID,
    *,
    county: str,
    raised_by: str,
    assignment_id: UUID | None,
    last: LastPlace | None,
) -> UUID:
    """Raise an alarm; the database refuses a second open one of the kind."""
    made: UUID = connection.execute(
        insert(team_alarm)
        .values(
            kind=kind.value, team_id=team_id, county=county, raised_by=raised_by,
            assignment_id=assignment_id, **_placed(last),
        )
        .returning(team_alarm.c.id)
    ).scalar_one()  # fmt: skip
    return made


def raise_again(connection: Connection, alarm_id: UUID, last: LastPlace | None) -> None:
    """Let an open alarm sound again, from where the team is now if that is known."""
    change_alarm(
        connection,
        alarm_id,
        last_raised_at=func.present_moment(),
        times=team_alarm.c.times + 1,
        acknowledged_by=None,
        acknowledged_at=None,
        **_placed(last),
    )


def change_alarm(connection: Connection, alarm_id: UUID, **values: Any) -> None:
    """Write columns of one alarm."""
    connection.execute(update(team_alarm).where(team_alarm.c.id == alarm_id).values(**values))


def hand_over_alarms(connection: Connection, actor: str) -> list[UUID]:
    """Take back what a person has acknowledged of open alarms; return which."""
    return list(connection.execute(_HAND_OVER, {"actor": actor}).scalars())


def _placed(last: LastPlace | None) -> dict[str, Any]:
    if last is None:
        return {}
    point = func.ST_SetSRID(func.ST_MakePoint(last.place.lon, last.place.lat), 4326)
    return {"place": point, "fix_at": last.fix_at, "accuracy_m": last.accuracy_m}


def _view(row: RowMapping, holds: timedelta) -> Alarm:
    at: datetime = row["at"]
    return Alarm(
        **{name: row[name] for name in _FIELDS},
        kind=AlarmKind(row["kind"]),
        place=place_of(row),
        sounds=alarm_sounds(
            acknowledged_at=row["acknowledged_at"],
            settled_at=row["settled_at"],
            holds=holds,
            now=at,
        ),
    )
