"""What supervisors ask and read over HTTP: centres, found cases, a case's trail, closing rules."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from api.schemas.answers import Answer
from api.schemas.from_view import fields_of
from api.schemas.requests import Request
from dispatch.case_trail import TrailLine
from dispatch.centres import Centre, NoCentre, OpenCases, Overview, TeamLoad, Waiting
from dispatch.model import IncidentState
from dispatch.searching import FoundCase, FoundPage, PageMark, Wish
from dispatch.views import ClosingPolicyView

_Words = Annotated[str, Field(min_length=1, max_length=200)]
_Version = Annotated[int, Field(ge=0)]
_Short = Annotated[str, Field(min_length=1, max_length=40)]


@fields_of(Waiting)
class WaitingAnswer(Answer):
    """How many wait, and since when the first of them does."""


@fields_of(OpenCases)
class OpenCasesAnswer(Answer):
    """Cases that are not closed, by how soon somebody has to do something."""


@fields_of(TeamLoad)
class TeamLoadAnswer(Answer):
    """Teams on shift, those that could go, those of which nothing is heard."""


@fields_of(
    Centre,
    ringing=WaitingAnswer,
    missed=WaitingAnswer,
    without_team=WaitingAnswer,
    open_cases=OpenCasesAnswer,
    teams=TeamLoadAnswer,
    handovers=WaitingAnswer,
    to_confirm=WaitingAnswer,
    past_time=WaitingAnswer,
)
class CentreAnswer(Answer):
    """One centre as it stands; `level` is calm, busy, waiting or alarm."""

    level: str

    @classmethod
    def of(cls, view: Centre) -> Self:
        """Build from a view, with its level by name."""
        named = {name: getattr(view, name) for name in Centre.__dataclass_fields__}
        return cls.model_validate({**named, "level": view.level.name.lower()})


@fields_of(NoCentre, ringing=WaitingAnswer, missed=WaitingAnswer, calls=WaitingAnswer)
class NoCentreAnswer(Answer):
    """What no county answers for yet."""


class OverviewAnswer(Answer):
    """All centres that one may see, the worst first; `of_none` for all 47 only."""

    at: AwareDatetime
    centres: tuple[CentreAnswer, ...]
    of_none: NoCentreAnswer | None

    @classmethod
    def of(cls, view: Overview) -> Self:
        """Build from a view."""
        of_none = None if view.of_none is None else NoCentreAnswer.model_validate(view.of_none)
        centres = tuple(CentreAnswer.of(centre) for centre in view.centres)
        return cls(at=view.at, centres=centres, of_none=of_none)


class PageMarkRequest(Request):
    """The `next` of the page before."""

    opened_at: AwareDatetime
    id: UUID


class SearchRequest(Request):
    """
    What cases are looked for by; all of it holds at once.

    In the body and not in the address, because addresses end in logs.
    """

    number: _Short | None = None
    place: _Words | None = None
    words: _Words | None = None
    team: _Short | None = None
    caller: Annotated[str, Field(pattern=r"^\+?[0-9 ]{3,20}$")] | None = None
    county: Annotated[str, Field(max_length=2)] | None = None
    states: tuple[IncidentState, ...] = ()
    opened_from: AwareDatetime | None = None
    opened_before: AwareDatetime | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: PageMarkRequest | None = None

    def wish(self) -> Wish:
        """Return what is looked for."""
        return Wish(**{name: getattr(self, name) for name in Wish.__dataclass_fields__})

    def mark(self) -> PageMark | None:
        """Return where the page before ended."""
        return None if self.after is None else PageMark(self.after.opened_at, self.after.id)


@fields_of(FoundCase)
class FoundCaseAnswer(Answer):
    """One case that was found."""


@fields_of(PageMark)
class PageMarkAnswer(Answer):
    """Where this page ends: `after` of the next request."""


@fields_of(FoundPage, cases=tuple[FoundCaseAnswer, ...], next=PageMarkAnswer | None)
class FoundPageAnswer(Answer):
    """A page of found cases, the newest first; `next` is null on the last."""


@fields_of(TrailLine)
class TrailLineAnswer(Answer):
    """One line of a case's trail: an event, a look at it, or a deed on what belongs to it."""


class ConfirmClosingRequest(Request):
    """The version of the case that the person saw."""

    expected_version: _Version


class ReturnClosingRequest(Request):
    """Why a proposal is sent back, and the version of the case that the person saw."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    expected_version: _Version


class ClosingPolicyRequest(Request):
    """Whether a county wants a second person for closing, and for misdials too."""

    four_eyes: bool
    misdials_too: bool = False


@fields_of(ClosingPolicyView)
class ClosingPolicyAnswer(Answer):
    """Whether a county wants a second person for closing a case."""
