"""
Errors about teams and their positions.

    geodata.errors.ConflictError
    └── IllegalStatusError      illegal_status_change
"""

from geodata.errors import ConflictError


class IllegalStatusError(ConflictError):
    """A status change that the table in `teams.availability` does not contain."""
