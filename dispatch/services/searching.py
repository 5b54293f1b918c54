"""Searching cases, open and closed; each page that somebody is shown is in the audit trail."""

from sqlalchemy import Engine

from dispatch.repository import searching
from dispatch.searching import FoundPage, PageMark, Wish
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import BadInputError
from geodata.said import said


def search_incidents(
    engine: Engine, scope: Scope, wish: Wish, *, limit: int = 50, after: PageMark | None = None
) -> FoundPage:
    """
    Find the scope's cases for which all of a wish holds, the newest first; audited.

    Parameters
    ----------
    after
        The `next` of the page before. A case that is opened meanwhile moves none to another page.

    Raises
    ------
    BadInputError
        `no_words`: a wish of signs alone.
    """
    with scoped(engine, scope) as connection:
        for words in (wish.words, wish.place):
            if words is not None and not searching.has_words(connection, words):
                raise BadInputError(
                    "no_words",
                    said("there is no word to look for in it"),
                    said("write letters or digits, or leave it empty"),
                )
        # One more than is shown tells whether there is another page.
        rows = searching.find_cases(connection, wish, limit=limit + 1, after=after)
        shown = tuple(rows[:limit])
        audit(
            connection, scope, "incident.searched",
            object_type="list", county=_own(scope),
            detail={**wish.told(), "rows": len(shown), "is_further_page": after is not None},
        )  # fmt: skip
    last = shown[-1] if len(rows) > limit else None
    return FoundPage(shown, PageMark(last.opened_at, last.id) if last else None)


def _own(scope: Scope) -> str | None:
    """Return the county in whose trail a search stands; that of several is the nation's."""
    return scope.counties[0] if len(scope.counties) == 1 else None
