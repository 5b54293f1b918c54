"""
The SQLSTATE codes that this program tells apart, by name, and how to read one off an error.

Source: PostgreSQL documentation, appendix A.
"""

from typing import Final

from sqlalchemy.exc import DBAPIError

FOREIGN_KEY_VIOLATION: Final = "23503"
UNIQUE_VIOLATION: Final = "23505"
CHECK_VIOLATION: Final = "23514"
SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK_DETECTED: Final = "40P01"
INSUFFICIENT_PRIVILEGE: Final = "42501"
UNDEFINED_TABLE: Final = "42P01"
DISK_FULL: Final = "53100"
TOO_MANY_CONNECTIONS: Final = "53300"
LOCK_NOT_AVAILABLE: Final = "55P03"
QUERY_CANCELED: Final = "57014"

CONNECTION_CLASSES: Final = ("08", "57P")
"""First characters of the codes that say: the connection or the server is gone."""


def sqlstate(error: DBAPIError) -> str | None:
    """Return the SQLSTATE of a driver error, None when it never reached the server."""
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None
