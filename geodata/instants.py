"""
Which instants make sense, for every time that comes from outside.

A clock that is wrong by millennia is no clock. PostgreSQL keeps years that Python cannot
read back, and at the ends of Python's own years a change of zone overflows; one such
time in one row would stop everybody who reads the table. The same bounds stand in the
database as constraints (migration 0006).
"""

from datetime import UTC, datetime

from geodata.errors import BadInputError
from geodata.said import said

FIRST_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing that is told here was measured, closed or missed earlier."""

LAST_INSTANT = datetime(2100, 1, 1, tzinfo=UTC)
"""Not reached: every instant lies before it."""


def is_sensible(at: datetime) -> bool:
    """Whether an aware instant lies in this century."""
    return FIRST_INSTANT <= at < LAST_INSTANT


def checked_instant(at: datetime) -> datetime:
    """
    Return an aware instant from outside as it is, if it makes sense.

    Raises
    ------
    BadInputError
        `bad_time`.

    Examples
    --------
    >>> checked_instant(datetime(2026, 11, 27, 16, tzinfo=UTC)).year
    2026
    >>> checked_instant(datetime(9999, 12, 31, 23, 59, tzinfo=UTC))
    Traceback (most recent call last):
    geodata.errors.BadInputError: the time is not of this century
    """
    if not is_sensible(at):
        raise BadInputError(
            "bad_time",
            said("the time is not of this century"),
            said("send a time from the year 2000 up to 2099"),
        )
    return at
