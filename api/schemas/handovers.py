"""Requests and answers of hand-overs to 112 and of missing-child drafts, strictly bounded."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, Field

from api.schemas.answers import Answer
from api.schemas.from_view import fields_of
from api.schemas.requests import ChildRequest, Instant, NoteIds, Request, VersionRequest
from dispatch.handover.cap import MissingChild
from dispatch.handover.delivery import DeliveryState
from dispatch.handover.views import DraftView, HandoverEventView, HandoverView, HandoverWish


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or any(c.isspace() for c in value):
        raise ValueError("an https:// address")
    return value


class HandoverRequest(VersionRequest):
    """Hand an incident over to 112: the danger in one sentence, and what goes along."""

    danger: str = Field(min_length=1, max_length=500)
    child: ChildRequest | None = None
    note_ids: NoteIds = ()

    def wish(self) -> HandoverWish:
        """Return the wish as the core takes it."""
        child = self.child.child() if self.child else None
        return HandoverWish(self.danger, child, self.note_ids)


class AcknowledgeRequest(Request):
    """The number that 112 gave for the case on the phone."""

    reference: str = Field(min_length=1, max_length=100)


class DraftRequest(VersionRequest):
    """What a missing-child message says; unknown fields stay out."""

    name: str = Field(min_length=1, max_length=100)
    missing_since: Instant
    last_seen: str = Field(min_length=1, max_length=300)
    zone_name: str = Field(min_length=1, max_length=200)
    use_area: bool = False
    age_years: int | None = Field(default=None, ge=0, le=25)
    height_cm: int | None = Field(default=None, ge=30, le=230)
    weight_kg: int | None = Field(default=None, ge=1, le=250)
    eyes: str | None = Field(default=None, min_length=1, max_length=60)
    hair: str | None = Field(default=None, min_length=1, max_length=60)
    clothing: str | None = Field(default=None, min_length=1, max_length=300)
    photo_url: Annotated[str, Field(max_length=500), AfterValidator(_web_address)] | None = None

    def child(self) -> MissingChild:
        """Return the child as the core takes it."""
        return MissingChild(**self.model_dump(exclude={"use_area", "expected_version"}), zone=None)


@fields_of(HandoverEventView)
class HandoverEventAnswer(Answer):
    """One thing that happened to a hand-over on its way."""


class HandoverLine(Answer):
    """One hand-over in the list of those to watch: where it stands, nothing about the child."""

    id: UUID
    incident_id: UUID
    incident_number: str | None
    county: str
    state: DeliveryState
    attempt: int
    next_at: datetime | None
    has_page: bool
    created_by: str
    created_at: datetime


@fields_of(HandoverView, log=tuple[HandoverEventAnswer, ...])
class HandoverAnswer(HandoverLine):
    """One hand-over with its log; the package is fetched apart."""


@fields_of(DraftView)
class DraftAnswer(Answer):
    """One version of a missing-child draft; the message is fetched apart."""
