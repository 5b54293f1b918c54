"""
Whether a write still comes in time for whoever asked for it.

Somebody who pressed a button and saw no answer has gone on by other means. What was asked is
then not done behind their back: a request says until when it is wanted, and no transaction of
it begins or commits after that. The moment is one of the wall clock, not of a demonstration's.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from geodata.errors import ConflictError
from geodata.said import said

# Seconds since 1970. Threads that a request starts see it, for they take its context along.
_not_after: ContextVar[float | None] = ContextVar("not_after", default=None)


@contextmanager
def wanted_until(moment: float) -> Iterator[None]:
    """Let no transaction of the block commit after `moment` (seconds since 1970, UTC)."""
    token = _not_after.set(moment)
    try:
        yield
    finally:
        _not_after.reset(token)


@contextmanager
def in_time() -> Iterator[None]:
    """
    Check before and after the block; the one around it commits.

    Raises
    ------
    ConflictError
        `too_late`.
    """
    check_in_time()
    yield
    check_in_time()


def check_in_time() -> None:
    """Refuse what nobody waits for any more (`too_late`)."""
    moment = _not_after.get()
    if moment is not None and time.time() > moment:
        raise ConflictError(
            "too_late",
            said("this came too late and was not done"),
            said("look at how things stand now, then send it again"),
        )
