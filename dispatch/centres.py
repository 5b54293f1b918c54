"""
The centres at a glance: what waits in each, since when, and which is worst off.

Counts and moments only: no number, no place, no name of anybody. Nothing here reads a clock or
knows a database; how the counts come about is in `dispatch.repository.centres`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from types import MappingProxyType

from dispatch.ringing import STALE_AFTER
from dispatch.waiting import URGENCIES, WaitingPolicy
from teams.positions import PositionPolicy

_QUEUE = WaitingPolicy()


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """
    From when on something in a centre is past its time.

    Attributes
    ----------
    stale_after
        A telephone that nobody claims for longer is a call to give back, not one to answer.
    without_team
        How long a case may be without a team, by its priority (1 is the most urgent): as the
        dispatcher's queue has it.
    late_after
        How far a drive may be over its time of arrival: as the queue has it for what is urgent.
    silent_after
        Of a team not heard of for this long nobody can say where it is; as in rankings.
    signed_in_within
        Somebody whose page is open is heard of at least every five minutes; one more for the way.
    """

    stale_after: timedelta = STALE_AFTER
    without_team: Mapping[int, timedelta] = field(
        default_factory=lambda: MappingProxyType(
            {
                urgency: timedelta(minutes=limits.late_min)
                for urgency, limits in zip(URGENCIES, _QUEUE.no_team, strict=True)
            }
        )
    )
    late_after: timedelta = timedelta(minutes=_QUEUE.past_eta[1].late_min)
    silent_after: timedelta = timedelta(seconds=PositionPolicy().stale_after_s)
    signed_in_within: timedelta = timedelta(minutes=6)


class Level(IntEnum):
    """How badly off a centre is; the highest is looked at first."""

    CALM = 0
    BUSY = 1
    WAITING = 2
    ALARM = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and since when the first of them does; None while nobody does."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenCases:
    """Cases that are not closed, by how soon somebody has to do something (`priority` 1 to 3)."""

    urgent: int = 0
    usual: int = 0
    can_wait: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.urgent + self.usual + self.can_wait


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """The teams on shift, how many of them could go, and of how many nothing is heard."""

    on_shift: int = 0
    available: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Centre:
    """
    One centre as it stands.

    Attributes
    ----------
    ringing, missed
        Calls that nobody has claimed: those that still ring, and those to call back.
    without_team
        Cases to which no team is bound, and since when the first of them has none.
    posts_taken, people_signed_in
        Posts with a call at this moment; people of the centre whose page is open.
    ambiguous
        Cases whose county is too close to call, or named differently since.
    handovers, handovers_failed
        What 112 has not acknowledged; of it, what a person has to phone.
    to_confirm
        Cases proposed to be closed, which another person of the county has to confirm.
    past_time
        Cases without a team for too long, or whose team should have arrived.
    """

    county: str
    name: str
    ringing: Waiting = Waiting()
    missed: Waiting = Waiting()
    without_team: Waiting = Waiting()
    posts_taken: int = 0
    people_signed_in: int = 0
    open_cases: OpenCases = OpenCases()
    teams: TeamLoad = TeamLoad()
    ambiguous: int = 0
    handovers: Waiting = Waiting()
    handovers_failed: int = 0
    to_confirm: Waiting = Waiting()
    past_time: Waiting = Waiting()

    @property
    def level(self) -> Level:
        """
        How badly off it is.

        Examples
        --------
        >>> Centre("B3", "Sectorul 3").level.name
        'CALM'
        >>> Centre("B3", "Sectorul 3", missed=Waiting(1)).level.name
        'ALARM'
        """
        if self.missed.count or self.past_time.count or self.handovers_failed:
            return Level.ALARM
        if self.ringing.count or self.without_team.count or self.handovers.count:
            return Level.WAITING
        has_work = self.open_cases.total or self.posts_taken or self.to_confirm.count
        return Level.BUSY if has_work else Level.CALM

    @property
    def waits_since(self) -> datetime | None:
        """Since when the first of all that waits for somebody here does."""
        waiting = (self.ringing, self.missed, self.without_team, self.handovers, self.past_time)
        return min((one.since for one in waiting if one.since is not None), default=None)


@dataclass(frozen=True, slots=True)
class NoCentre:
    """What no county answers for yet: rings of no line's county, and calls of no place."""

    ringing: Waiting = Waiting()
    missed: Waiting = Waiting()
    calls: Waiting = Waiting()


@dataclass(frozen=True, slots=True)
class Overview:
    """All centres of a scope at a moment, the worst first; `of_none` for a national scope only."""

    at: datetime
    centres: tuple[Centre, ...]
    of_none: NoCentre | None = None


def worst_first(centres: Iterable[Centre]) -> tuple[Centre, ...]:
    """
    Sort centres: the worst first, of equal ones whoever keeps somebody waiting longest.

    Examples
    --------
    >>> calm, alarmed = Centre("AB", "Alba"), Centre("VS", "Vaslui", handovers_failed=1)
    >>> [one.county for one in worst_first([calm, alarmed])]
    ['VS', 'AB']
    """

    def rank(centre: Centre) -> tuple[int, bool, float, int, str]:
        since = centre.waits_since
        return (
            -centre.level,
            since is None,
            since.timestamp() if since else 0.0,
            -centre.open_cases.total,
            centre.county,
        )

    return tuple(sorted(centres, key=rank))
