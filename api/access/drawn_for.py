"""
The header `Drawn-For`: the account that a page was drawn for.

A browser has one session for all its tabs. When somebody else signs in with it, a tab that shows
the former name must neither read nor write as the new one; so each request of a page says whom
the page shows, and one under another session is refused. An address says it too (`drawn_for`)
where a script cannot send a header. An account's id, because addresses end in logs.
"""

from dispatch.views import AccountView
from geodata.errors import ConflictError
from geodata.said import said

DRAWN_FOR = "Drawn-For"


def check_drawn_for(stated: str | None, account: AccountView) -> None:
    """
    Refuse what a page asks that was drawn for another account; programs state nothing.

    Raises
    ------
    ConflictError
        `other_session`; its fact `signed_in` is the name of whose session it is now.
    """
    if stated is None or stated == str(account.id):
        return
    raise ConflictError(
        "other_session",
        said("somebody else has signed in with this browser; nothing was done"),
        said("reload the page and look whose name it shows"),
        signed_in=account.username,
    )
