"""What the use cases of the hand-over take and hand back: frozen, ready to be serialised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from dispatch.handover.case import Child
from dispatch.handover.delivery import DeliveryState

RECEIVER = "112"


@dataclass(frozen=True, slots=True)
class HandoverWish:
    """
    What a person decides about a hand-over: why, which child, which notes go along.

    `note_ids` are ids of notes in the incident's timeline; nothing else of it leaves.
    """

    danger: str
    child: Child | None = None
    note_ids: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the wish as it is stored."""
        child = self.child
        known = None
        if child is not None:
            known = {"name": child.name, "age_years": child.age_years, "sex": child.sex}
        return {"danger": self.danger, "child": known, "note_ids": list(self.note_ids)}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "HandoverWish":
        """Read a stored wish."""
        child = Child(**stored["child"]) if stored["child"] else None
        return cls(stored["danger"], child, tuple(stored["note_ids"]))


@dataclass(frozen=True, slots=True)
class Packing:
    """
    How a package is made: who issues it, and the two fonts of the page.

    Without fonts there is no page: a child in danger is handed over all the same.
    """

    element: str = "dispatch119.example"
    fonts: tuple[Path, Path] | None = None


@dataclass(frozen=True, slots=True)
class HandoverEventView:
    """One thing that happened to a hand-over on its way, and who did it."""

    at: datetime
    event: str
    attempt: int
    detail: str
    actor: str


@dataclass(frozen=True, slots=True)
class HandoverView:
    """
    One package for 112 and where its delivery stands; without the package itself.

    `settled_at` is set when a person has taken care of a failed one: phoned, or sent anew.
    """

    id: UUID
    incident_id: UUID
    incident_number: str | None
    county: str
    receiver: str
    key: str
    incident_version: int
    danger: str
    state: DeliveryState
    attempt: int
    next_at: datetime | None
    reference: str | None
    retry_of: UUID | None
    has_page: bool
    created_by: str
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_reference: str | None
    log: tuple[HandoverEventView, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One attempt that has begun: what is to be sent, and under which key."""

    id: UUID
    incident_id: UUID
    county: str
    key: str
    attempt: int
    eido: bytes
    page: bytes | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """One version of a missing-child draft; without the message itself."""

    id: UUID
    incident_id: UUID
    county: str
    version: int
    status: str
    scope: str
    name: str
    made_by: str
    made_at: datetime
