"""
Looking for cases, open and closed: what one is looked for by, and what is found.

All wishes hold at once; None asks for nothing. Nothing here knows a database.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.model import IncidentState, Resolution


@dataclass(frozen=True, slots=True)
class PageMark:
    """Where a page of a search ends: the last case on it; the next page begins after it."""

    opened_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What cases are looked for by.

    Attributes
    ----------
    number, team
        A part of the case's number; of the callsign of a team that was ever bound to it.
    place
        Words of places: where the reports put it, the streets and villages that were said.
    words
        Words of notes, reasons and of what the caller said, each by its beginning.
    caller
        A part of a caller's number; spaces and a leading + or 0 do not matter.
    opened_from, opened_before
        When it was opened, aware; the second is not in it.
    """

    number: str | None = None
    place: str | None = None
    words: str | None = None
    team: str | None = None
    caller: str | None = None
    county: str | None = None
    states: tuple[IncidentState, ...] = ()
    opened_from: datetime | None = None
    opened_before: datetime | None = None

    def told(self) -> Mapping[str, Any]:
        """
        Return the wish as the audit trail keeps it.

        Codes and times as they are. What may be a child's name, a place or a number only as a
        digest: whoever knows what was looked for can tell that it was, and nobody reads it there.

        Examples
        --------
        >>> sorted(Wish(county="B3", words="Maria").told())
        ['county', 'words_sha256']
        """
        kept: dict[str, Any] = {
            "number": self.number,
            "team": self.team,
            "county": self.county,
            "states": sorted(self.states) or None,
            "opened_from": self.opened_from.isoformat() if self.opened_from else None,
            "opened_before": self.opened_before.isoformat() if self.opened_before else None,
        }
        for name in ("place", "words", "caller"):
            said: str | None = getattr(self, name)
            kept[f"{name}_sha256"] = None if said is None else digest_of(said)
        return {name: value for name, value in kept.items() if value is not None}


def digest_of(said: str) -> str:
    """Return the digest of a wish's words, whatever their case and the blanks between them."""
    return hashlib.sha256(" ".join(said.casefold().split()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class FoundCase:
    """
    One case that was found.

    `place` is the likeliest place by its last report; `teams` are the callsigns of those that
    were ever bound to it; `excerpt` is the beginning of the newest note that holds the words.
    """

    id: UUID
    number: str
    county: str
    state: IncidentState
    priority: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None
    place: str | None
    teams: tuple[str, ...]
    excerpt: str | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of what was found, the newest first; `next` is None on the last."""

    cases: tuple[FoundCase, ...]
    next: PageMark | None
