"""
Errors about teams and their positions.

    RefusedError
    └── TeamError
        └── IllegalStatusError      illegal_status_change
"""

from geodata.errors import RefusedError


class TeamError(RefusedError):
    """Anything about a team that cannot be done."""


class IllegalStatusError(TeamError):
    """A status change that the table in `teams.availability` does not contain."""
