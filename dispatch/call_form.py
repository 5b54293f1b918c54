"""
The structured form of a call, as it is typed: triage first, then who, what, where, risks.

It is a draft: nothing in it is required. Of a call that has a case, what it says is told to the
case, and its triage says how urgent that is; nothing else is decided by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Triage(StrEnum):
    """How soon somebody has to do something, by the first words of the caller."""

    IMMEDIATE_DANGER = "immediate_danger"
    URGENT = "urgent"
    CAN_BE_PLANNED = "can_be_planned"
    ONLY_SUPPORT = "only_support"
    MISDIAL = "misdial"


PRIORITY: Mapping[Triage, int] = MappingProxyType(
    {
        Triage.IMMEDIATE_DANGER: 1,
        Triage.URGENT: 2,
        Triage.CAN_BE_PLANNED: 3,
        Triage.ONLY_SUPPORT: 3,
    }
)
"""How urgent a case is by its triage, 1 before all; a misdial says nothing of a child."""


def most_urgent(triages: Iterable[Triage]) -> Triage | None:
    """Return the triage by which a case is worked on: the most urgent that any call of it has."""
    order = list(PRIORITY)
    known = [triage for triage in triages if triage in PRIORITY]
    return min(known, key=order.index, default=None)


@dataclass(frozen=True, slots=True)
class CallForm:
    """
    What was asked and answered so far; empty texts are not asked yet.

    `who` is who calls and about which child, `risks` what the team has to know before it goes.
    """

    triage: Triage | None = None
    who: str = ""
    what: str = ""
    where: str = ""
    risks: str = ""


@dataclass(frozen=True, slots=True)
class CallDraft:
    """A form as it was saved last; version 0 when nothing was saved yet."""

    call_id: UUID
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str | None = None
    form: CallForm = field(default_factory=CallForm)


@dataclass(frozen=True, slots=True)
class Told:
    """What the form of one call says of its case, as it was saved last; kept with the case."""

    call_id: UUID
    told_at: datetime
    told_by: str
    form: CallForm
