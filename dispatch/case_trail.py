"""
The whole trail of one case: what was done to it, and who looked at it.

Events of the case come from its timeline, everything else from the audit trail: readings of the
case, its calls, packages and drafts, and what was done to those.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class TrailKind(StrEnum):
    """What a line of a case's trail tells."""

    EVENT = "event"
    LOOK = "look"
    DEED = "deed"


@dataclass(frozen=True, slots=True)
class TrailLine:
    """
    One line: who, when, in which role, what.

    Attributes
    ----------
    seat
        The counties that whoever looked works for, `national` for all; None where that was not
        noted. `county` is the one whose the case was then.
    action
        Of an event its kind; else the action of the audit trail, such as `incident.read`.
    n
        Its number in the audit trail; None of an event.
    """

    kind: TrailKind
    at: datetime
    actor: str
    role: str
    action: str
    object_type: str
    object_id: str
    county: str | None
    seat: str | None
    reason: str | None
    detail: Mapping[str, Any]
    n: int | None = None


def is_look(action: str) -> bool:
    """
    Tell whether an action of the audit trail only read something.

    Examples
    --------
    >>> is_look("incident.read"), is_look("handover.eido_read"), is_look("call.misdial")
    (True, True, False)
    """
    return action.endswith((".read", "_read"))
