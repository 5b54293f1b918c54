"""
A case that one county offers to another: whose it is meanwhile, and when it has waited too long.

The offering county stays the owner until the other accepts. Nothing here knows a database.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dispatch.call_form import Triage

ANSWER_WITHIN = timedelta(minutes=3)
"""
A case that nobody has answered for so long is late on both desks.

Whoever is asked has to read an area, a margin and a sentence; what takes longer is not being
looked at, and somebody has to telephone.
"""

RETURNED_FOR = timedelta(hours=1)
"""How long the offering county is told that a case has come back to it."""


class TransferDecision(StrEnum):
    """What became of an offer."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class TransferOffer:
    """
    A case offered by `county_from`, its owner, to `county_to`; undecided while `decision` is None.

    `due_at` is when it is late. `incident_number`, `incident_version` and `triage` are None for who
    does not see the case any more.
    """

    id: UUID
    incident_id: UUID
    county_from: str
    county_to: str
    reason: str
    offered_by: str
    offered_at: datetime
    due_at: datetime
    decision: TransferDecision | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    incident_number: str | None = None
    incident_version: int | None = None
    triage: Triage | None = None
