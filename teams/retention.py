"""
How long tracks of staff are kept: each day is a partition, and forgetting a day drops its table.

Run daily by the owner of the database. A fix that no day expected (the upkeep did not
run, a phone with a wrong clock) lies in the default partition; it is moved to its day
when that day is made, and forgotten with the same bound. Days are UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from psycopg import sql
from sqlalchemy import Connection, Engine, text

from geodata.database.faults import named_faults

_DAYS = text(
    "SELECT c.relname FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid"
    " WHERE i.inhparent = 'team_position'::regclass AND c.relname <> 'team_position_default'"
    " ORDER BY 1"
)
_PREFIX = "team_position_"
# Any number that nobody else takes; 11900001 are migrations.
_TURN = 11900002


@dataclass(frozen=True, slots=True)
class RetentionResult:
    """The days that were made and dropped, and the stray fixes that were deleted."""

    made: tuple[date, ...]
    dropped: tuple[date, ...]
    strays_deleted: int


def maintain_positions(
    engine: Engine, *, keep_days: int = 30, ahead_days: int = 3, today: date | None = None
) -> RetentionResult:
    """
    Make the partitions of today and the next days, and drop those older than `keep_days`.

    `engine` is the owner's. Thirty days is the most that Law 190/2018, article 5, allows.
    """
    day = today or datetime.now(UTC).date()
    oldest = day - timedelta(days=keep_days)
    wanted = [day + timedelta(days=n) for n in range(ahead_days + 1)]
    with named_faults(), engine.begin() as connection:
        # Several servers of one database look after it.
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        known = {_day_of(name) for name in connection.execute(_DAYS).scalars()}
        made = [one for one in wanted if one not in known]
        for one in made:
            _make(connection, one)
        dropped = sorted(one for one in known if one < oldest)
        for one in dropped:
            _drop(connection, one)
        strays = connection.execute(
            text("DELETE FROM team_position_default WHERE fix_at < :bound"), {"bound": oldest}
        )
        return RetentionResult(tuple(made), tuple(dropped), strays.rowcount)


def _make(connection: Connection, day: date) -> None:
    """Make a day beside the table, move its strays in, then attach it."""
    # The strays must leave the default partition before the day is attached: PostgreSQL
    # refuses a partition whose rows are still in the default one.
    for statement in (
        "CREATE TABLE {child} (LIKE team_position INCLUDING ALL)",
        "ALTER TABLE {child} ENABLE ROW LEVEL SECURITY",
        "WITH moved AS (DELETE FROM team_position_default"
        " WHERE fix_at >= {since} AND fix_at < {until} RETURNING *)"
        " INSERT INTO {child} SELECT * FROM moved",
        "ALTER TABLE team_position ATTACH PARTITION {child} FOR VALUES FROM ({since}) TO ({until})",
    ):
        _execute(connection, statement, day)


def _drop(connection: Connection, day: date) -> None:
    _execute(connection, "ALTER TABLE team_position DETACH PARTITION {child}", day)
    _execute(connection, "DROP TABLE {child}", day)


def _execute(connection: Connection, statement: str, day: date) -> None:
    """
    Run one statement about one day.

    Names and bounds of partitions cannot be parameters, so they are quoted by psycopg.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    composed = sql.SQL(statement).format(
        child=sql.Identifier(f"{_PREFIX}{day:%Y%m%d}"),
        since=sql.Literal(midnight.isoformat()),
        until=sql.Literal((midnight + timedelta(days=1)).isoformat()),
    )
    connection.exec_driver_sql(composed.as_string(None))


def _day_of(name: str) -> date:
    return datetime.strptime(name.removeprefix(_PREFIX), "%Y%m%d").replace(tzinfo=UTC).date()
