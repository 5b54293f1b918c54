"""
The bounds of the dispatch decisions: frozen objects, one operational reason per number.

A policy is passed to each decision; nothing reads a setting from anywhere else. Bounds
on positions are in `teams.positions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from teams.positions import PositionPolicy


@dataclass(frozen=True, slots=True)
class RecommendationPolicy:
    """
    How teams are filtered and ranked.

    Attributes
    ----------
    staffing_min
        Specialists go out in twos or more: nobody enters a stranger's home alone, and a
        decision about a child needs a witness.
    mutual_aid_margin_s
        A neighbour's team is put first only when it arrives more than this much
        earlier: it does not know the county's placements and leaves its own uncovered.
        Five minutes is about the error of an urban travel time.
    unreachable_share_max
        A team that cannot reach more than half of the area, weighted by people, would
        more likely than not stand on the wrong side of the river.
    estimate_share_max
        From this share of the area on, the spread shown (its 10th and 90th percentile)
        rests on estimates, so the whole time is marked as one.
    use_base_when_no_position
        Off: a team we cannot see is not proposed. A county whose teams have no phones
        yet may turn it on; such a team is then flagged wherever it appears.
    position
        Age and accuracy bounds of the positions used.
    """

    staffing_min: int = 2
    mutual_aid_margin_s: float = 300.0
    unreachable_share_max: float = 0.5
    estimate_share_max: float = 0.1
    use_base_when_no_position: bool = False
    position: PositionPolicy = field(default_factory=PositionPolicy)


@dataclass(frozen=True, slots=True)
class ArrivalPolicy:
    """
    When a team is taken to have arrived, and when its ETA is computed again.

    Attributes
    ----------
    arrival_radius_m
        Phones in a street canyon are off by up to fifty metres and cars park a few
        doors away; wider, and a team in the parallel street would count as arrived.
    area_radius_max_m
        A few streets; in a larger caller area a car that stands still may only be
        waiting at a light, or may have stood there before it was sent.
    slow_ms
        10 km/h: inside a small caller area, a car at this speed searches or parks, a
        faster one may just be passing through.
    fix_age_max_s
        An arrival is written to the timeline with its time; a fix older than a minute
        would date it wrongly.
    accuracy_max_m
        A coarser fix cannot tell this street from the next.
    eta_refresh_m
        Half a kilometre is a minute in town, the smallest change shown.
    eta_refresh_s
        In a minute even a standing car's ETA has moved by one.
    eta_max_s
        Six hours crosses the country; more is a wrong destination or a broken graph.
    """

    arrival_radius_m: float = 100.0
    area_radius_max_m: float = 300.0
    slow_ms: float = 10 / 3.6
    fix_age_max_s: float = 60.0
    accuracy_max_m: float = 100.0
    eta_refresh_m: float = 500.0
    eta_refresh_s: float = 60.0
    eta_max_s: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """
    How long is waited for a team, and for a neighbour: seconds by the priority of the incident.

    Priority 1 is a child in danger, 2 the usual, 3 what can be planned; others count as 2.

    Attributes
    ----------
    answer_s
        A crew at its table answers within seconds; one that has not after this long has not
        heard it, and the next team would be on its way by then.
    check_in_s
        Nobody should be alone behind a stranger's door for longer without a word; more often,
        and a crew that talks to a child would switch it off.
    check_in_grace_s
        A phone in a pocket during a conversation: two minutes are no reason to send the police.
    aid_answer_s
        The other centre looks at its own board first; longer, and the child waits for nothing.
    acknowledged_holds_s
        An alarm still open after half an hour must be on somebody's mind: it sounds again.
    """

    answer_s: Mapping[int, int] = field(default_factory=lambda: {1: 60, 2: 120, 3: 300})
    check_in_s: Mapping[int, int] = field(default_factory=lambda: {1: 600, 2: 1200, 3: 1800})
    check_in_grace_s: int = 120
    aid_answer_s: Mapping[int, int] = field(default_factory=lambda: {1: 120, 2: 300, 3: 900})
    acknowledged_holds_s: int = 1800


FIELD_WORK = FieldPolicy()
"""The bounds in force; where they follow a county's own, they will be asked for."""


def by_priority(table: Mapping[int, int], priority: int) -> timedelta:
    """
    Return how long a table of `FieldPolicy` waits at a priority.

    Examples
    --------
    >>> by_priority({1: 60, 2: 120}, 1), by_priority({1: 60, 2: 120}, 9)
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=120))
    """
    return timedelta(seconds=table.get(priority, table[2]))


@dataclass(frozen=True, slots=True)
class Policies:
    """The bounds of all dispatch decisions in force."""

    recommendation: RecommendationPolicy = field(default_factory=RecommendationPolicy)
    arrival: ArrivalPolicy = field(default_factory=ArrivalPolicy)
    field_work: FieldPolicy = field(default=FIELD_WORK)
