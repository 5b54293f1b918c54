"""The words of one belief from several reports of a call; `dispatch.belief.fusion` makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from dispatch.jurisdiction.policy import DEFAULT_POLICY, JurisdictionPolicy
from dispatch.model import CallerLocation, CountyAssignment, LocationReport


class SourceRank(IntEnum):
    """
    Whom to believe when two areas have nothing in common; the higher.

    The phone's own fix, then the network's cell, then what the caller says (a frightened
    child may name its home), then the prefix of its number.
    """

    NUMBER = 0
    CALLER = 1
    NETWORK = 2
    DEVICE = 3


class StepAction(StrEnum):
    """What one report did to the belief."""

    FIRST = "first"
    REPEATED = "repeated"
    NARROWED = "narrowed"
    REPLACED = "replaced"
    CONFLICT_KEPT = "conflict_kept"
    CONFLICT_REPLACED = "conflict_replaced"
    HINT = "hint"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A report and when it arrived (aware)."""

    report: LocationReport
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One report in the order of belief: what it did, why, and who owned the call after it."""

    report: LocationReport
    received_at: datetime
    rank: SourceRank
    action: StepAction
    trust: float
    owner: str | None
    reason: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """
    Two areas without common ground. Both are shown; nothing between them is believed.

    `kept_place` and `set_aside_place` are the likeliest locality of each.
    """

    kept: CallerLocation
    kept_owner: str | None
    set_aside: CallerLocation
    set_aside_owner: str | None
    reason: Mapping[str, str]
    kept_place: str | None = None
    set_aside_place: str | None = None


@dataclass(frozen=True, slots=True)
class Belief:
    """Where the caller is by everything heard so far, and how it came to that."""

    location: CallerLocation | None
    assignment: CountyAssignment
    conflict: Conflict | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class FusionPolicy:
    """
    How reports are put together.

    Attributes
    ----------
    half_life_s
        After this time an older area is as good as gone: a child on foot has left a street,
        one in a car a whole cell. Ten minutes is between the two.
    trust_min
        Below this trust an older area is dropped instead of intersected or held against a
        newer one.
    agree_from
        Areas that share this part of the smaller one agree. Cells of one mast overlap by
        less at their seams; below, two areas merely touch.
    same_from
        Areas that share this part of both together are one and the same message sent
        twice, and make nothing more certain.
    hint_odds
        A landline is this many times likelier to be in the counties of its prefix than in
        others. Numbers are nomadic since 2018, so far from certain; it never excludes.
    words_from
        Words that are less sure than this of the place they mean are not held against an
        area of the network.
    jurisdiction
        How the county of each area, and of all together, is chosen.
    """

    half_life_s: float = 600.0
    trust_min: float = 0.1
    agree_from: float = 0.05
    same_from: float = 0.95
    hint_odds: float = 5.0
    words_from: float = 0.5
    jurisdiction: JurisdictionPolicy = DEFAULT_POLICY


DEFAULT_FUSION = FusionPolicy()
