"""
Notices of changes: how they are written for the wire and read back.

The only place that knows their keys. LISTEN knows no row-level security, so a notice
names the counties that may hear of it and carries ids, never a child's data; whoever
passes it on filters. What kinds there are besides positions is said in `dispatch.notices`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from geodata.database.notices import notify, notify_in_pieces
from teams.model import PositionReport

CHANNEL = "dispatch119"

_KIND, _ID, _COUNTY, _COUNTIES, _VERSION, _ITEMS = "k", "id", "county", "counties", "v", "items"
_LON, _LAT, _HEADING, _SPEED, _FIX_AT = "lon", "lat", "heading", "speed", "fix_at"
_POSITION, _POSITIONS = "position", "positions"


@dataclass(frozen=True, slots=True)
class Notice:
    """
    What changed and which counties may know: one notice, or one position out of many.

    What is of no county yet has an empty `county` and none in `counties`: whoever sees the whole
    country may know.

    `position` is set for a team that moved: `team_id`, `lon`, `lat` (degrees, EPSG:4326),
    `heading_deg`, `speed_ms` and `fix_at`, as pages get it.
    """

    kind: str
    id: str
    county: str
    counties: frozenset[str]
    version: int | None
    position: Mapping[str, Any] | None = None


def announce_change(
    connection: Connection,
    kind: str,
    identity: UUID,
    *,
    counties: Iterable[str | None],
    version: int | None = None,
) -> None:
    """Announce a change of one thing when the transaction commits; see `dispatch.notices`."""
    hearing = list(dict.fromkeys(code for code in counties if code))
    notice = {
        _KIND: kind,
        _ID: str(identity),
        _COUNTY: hearing[0] if hearing else None,
        _COUNTIES: hearing,
        _VERSION: version,
    }
    notify(connection, CHANNEL, notice)


def announce_positions(
    connection: Connection, moved: Iterable[tuple[PositionReport, Sequence[str]]]
) -> None:
    """
    Announce new latest positions, as few notices as their length allows.

    Each report goes with the counties that may see its team, its own county first.
    """
    items = [_item(report, counties) for report, counties in moved]
    notify_in_pieces(connection, CHANNEL, {_KIND: _POSITIONS}, _ITEMS, items)


def read_notices(payload: str | bytes) -> list[Notice]:
    """
    Read what came over the wire: one change, or the positions of several teams.

    Raises
    ------
    ValueError
        The payload is not one of ours.
    """
    parsed = orjson.loads(payload)
    try:
        if parsed[_KIND] == _POSITIONS:
            return [_position(row) for row in parsed[_ITEMS]]
        return [_notice(parsed, str(parsed[_KIND]))]
    except (KeyError, TypeError) as error:
        raise ValueError("not a notice of ours") from error


def _item(report: PositionReport, counties: Sequence[str]) -> dict[str, Any]:
    return {
        _ID: str(report.team_id),
        _COUNTY: counties[0],
        _COUNTIES: list(counties),
        # Unrounded: every process keeps the label of exactly this place.
        _LON: report.place.lon,
        _LAT: report.place.lat,
        _HEADING: report.heading_deg,
        _SPEED: report.speed_ms,
        _FIX_AT: report.fix_at.isoformat(),
    }


def _notice(row: Mapping[str, Any], kind: str) -> Notice:
    county = str(row[_COUNTY] or "")
    return Notice(
        kind=kind,
        id=str(row[_ID]),
        county=county,
        counties=frozenset(row.get(_COUNTIES) or ()) | ({county} if county else set()),
        version=row.get(_VERSION),
    )


def _position(row: Mapping[str, Any]) -> Notice:
    notice = _notice(row, _POSITION)
    position = {
        "team_id": notice.id,
        "lon": row[_LON],
        "lat": row[_LAT],
        "heading_deg": row.get(_HEADING),
        "speed_ms": row.get(_SPEED),
        "fix_at": row.get(_FIX_AT),
    }
    return replace(notice, position=position)
