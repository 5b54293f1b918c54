"""
The structured form of a call, as it is typed: triage first, then who, what, where, risks.

It is a draft: nothing in it is required, and nothing is decided by it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Triage(StrEnum):
    """How soon somebody has to do something, by the first words of the caller."""

    IMMEDIATE_DANGER = "immediate_danger"
    URGENT = "urgent"
    CAN_BE_PLANNED = "can_be_planned"
    ONLY_SUPPORT = "only_support"
    MISDIAL = "misdial"


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
