"""The structured form of a call over HTTP; every text is bounded."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.answers import Answer
from api.schemas.from_view import fields_of
from api.schemas.requests import Request
from dispatch.call_form import CallDraft, CallForm, Told, Triage

_Text = Annotated[str, Field(max_length=4000)]


class CallFormRequest(Request):
    """What was asked and answered so far; `expected_version` is 0 for the first saving."""

    expected_version: Annotated[int, Field(ge=0, lt=2**31)]
    triage: Triage | None = None
    who: _Text = ""
    what: _Text = ""
    where: _Text = ""
    risks: _Text = ""

    def form(self) -> CallForm:
        """Return the form itself."""
        return CallForm(self.triage, self.who, self.what, self.where, self.risks)


@fields_of(CallForm)
class CallFormAnswer(Answer):
    """The structured form of a call."""


@fields_of(CallDraft, form=CallFormAnswer)
class CallDraftAnswer(Answer):
    """What is typed about a call, and when and by whom it was saved last; version 0: nothing."""

    form: CallFormAnswer


@fields_of(Told, form=CallFormAnswer)
class ToldAnswer(Answer):
    """What the form of one call says of its case."""

    form: CallFormAnswer


class SavedDraftAnswer(Answer):
    """That it was saved; without the text, because answers to writes may be kept for a day."""

    call_id: UUID
    version: int
    saved_at: datetime
    saved_by: str
