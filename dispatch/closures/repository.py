"""Read and write closures of roads; who may write which is the table's row security."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from dispatch.closures.model import RoadClosure
from dispatch.closures.tables import road_closure
from geodata.points import LonLat
from geodata.roads.closures import Closure

_SELECT = (
    "SELECT id, county, counties, way_ids, factor, reason, valid_from, valid_until, recorded_by,"
    " recorded_at, meant, ended_at, ended_by, end_reason, ST_AsBinary(area) AS area,"
    " ST_X(spot) AS lon, ST_Y(spot) AS lat FROM road_closure"
)
_FIND = text(f"{_SELECT} WHERE id = :id")
# Not over at a moment. A closure that was taken back is over, whatever time it was made for.
_STANDING = text(
    f"{_SELECT} WHERE ended_at IS NULL AND (valid_until IS NULL OR valid_until > :at)"
    " ORDER BY recorded_at, id"
)
_ALL = text(f"{_SELECT} ORDER BY recorded_at DESC, id LIMIT :limit")


def insert_closure(
    connection: Connection, closure: Closure, *, meant: Mapping[str, Any], **values: Any
) -> UUID:
    """Insert a closure; its own name (`id`) is given by the database."""
    made: UUID = connection.execute(
        insert(road_closure)
        .values(**drawing_columns(closure), meant=dict(meant), **values)
        .returning(road_closure.c.id)
    ).scalar_one()
    return made


def drawing_columns(closure: Closure) -> dict[str, Any]:
    """Return what a row says about which roads are meant and when, by column."""
    return {
        "area": None if closure.area is None else from_shape(closure.area, srid=4326),
        "spot": None if closure.spot is None else _point(closure.spot),
        "way_ids": list(closure.way_ids),
        "factor": closure.factor,
        "valid_from": closure.valid_from,
        "valid_until": closure.valid_until,
    }


def drawn_roads(row: RowMapping) -> dict[str, Any]:
    """Read the roads that a row means: `area` (WKB), `lon`, `lat` (degrees), `way_ids`."""
    return {
        "area": None if row["area"] is None else shapely.from_wkb(bytes(row["area"])),
        "spot": None if row["lon"] is None else LonLat(row["lon"], row["lat"]),
        "way_ids": tuple(row["way_ids"]),
    }


def find_closure(connection: Connection, closure_id: UUID) -> RoadClosure | None:
    """Return one closure, None when there is none of that number."""
    row = connection.execute(_FIND, {"id": closure_id}).mappings().one_or_none()
    return None if row is None else _closure(row)


def list_standing(connection: Connection, at: datetime) -> list[RoadClosure]:
    """List the closures that hold at `at` or later and were not taken back, oldest first."""
    return [_closure(row) for row in connection.execute(_STANDING, {"at": at}).mappings()]


def list_closures(connection: Connection, *, limit: int) -> list[RoadClosure]:
    """List closures of all times, the newest first."""
    return [_closure(row) for row in connection.execute(_ALL, {"limit": limit}).mappings()]


def count_standing(connection: Connection, at: datetime) -> int:
    """Count the closures that hold at `at` or later and were not taken back."""
    columns = road_closure.c
    counted: int = connection.execute(
        select(func.count())
        .select_from(road_closure)
        .where(
            columns.ended_at.is_(None),
            (columns.valid_until.is_(None)) | (columns.valid_until > at),
        )
    ).scalar_one()
    return counted


def end_closure(connection: Connection, closure_id: UUID, *, by: str, reason: str | None) -> bool:
    """Take a closure back; False when somebody did already, or when it is not the scope's."""
    done = connection.execute(
        update(road_closure)
        .where(road_closure.c.id == closure_id, road_closure.c.ended_at.is_(None))
        .values(ended_at=func.present_moment(), ended_by=by, end_reason=reason)
    )
    return done.rowcount == 1


def _point(place: LonLat) -> Any:
    return func.ST_SetSRID(func.ST_MakePoint(place.lon, place.lat), 4326)


def _closure(row: RowMapping) -> RoadClosure:
    facts = {name: row[name] for name in _PLAIN}
    return RoadClosure(**facts, counties=tuple(row["counties"]), **drawn_roads(row))


_PLAIN = (
    "id", "county", "reason", "valid_from", "valid_until", "recorded_by", "recorded_at",
    "factor", "meant", "ended_at", "ended_by", "end_reason",
)  # fmt: skip
