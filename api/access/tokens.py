"""How long a token for a program may live: a policy of the installation."""

from geodata.errors import BadInputError
from geodata.said import said


def checked_days(wanted: float | None, *, longest: float) -> float:
    """
    Return the lifetime of a token in days: the one wanted, or the longest.

    Raises
    ------
    BadInputError
        `token_too_long`.
    """
    if wanted is not None and wanted > longest:
        raise BadInputError(
            "token_too_long",
            said("a token lives {longest:g} days at most", longest=longest),
            said("renew it in time; DISPATCH119_TOKEN_DAYS sets the limit"),
        )
    return longest if wanted is None else wanted
