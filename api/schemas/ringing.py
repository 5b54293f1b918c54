"""Ringing calls over HTTP."""

from typing import Annotated, Self

from pydantic import Field

from api.schemas.answers import Answer, Place, masked_number
from api.schemas.from_view import fields_of
from api.schemas.requests import Request
from dispatch.ringing import (
    EarlierCall,
    NearIncident,
    RingingCall,
    RingingLocation,
    RingingOutcome,
)

_Name = Annotated[str, Field(min_length=1, max_length=40)]


class RingRequest(Request):
    """
    That it rings: at which line, of which county's centre, from which number if it is known.

    `reference` is the telephone system's own id of the call, which location reports may name.
    """

    line: _Name
    county: Annotated[str, Field(max_length=2)] | None = None
    caller: Annotated[str, Field(max_length=40)] | None = None
    reference: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class ClaimRequest(Request):
    """At which post the call is taken; `instead_of` is who has it now, to take it over."""

    post: _Name
    instead_of: Annotated[str, Field(max_length=100)] | None = None


class RingingEndRequest(Request):
    """How a ringing call ended; `note` is written into its case, whichever county has that."""

    outcome: RingingOutcome
    # The four texts of the form at their longest, and their names.
    note: Annotated[str, Field(min_length=1, max_length=17_000)] | None = None


@fields_of(RingingLocation, center=Place | None)
class RingingLocationAnswer(Answer):
    """Where a ringing call comes from: counties, what to ask, the area (GeoJSON, EPSG:4326)."""


@fields_of(EarlierCall)
class EarlierCallAnswer(Answer):
    """A call of the same number before."""


@fields_of(NearIncident)
class NearIncidentAnswer(Answer):
    """A case near the place of a ringing call."""


@fields_of(
    RingingCall,
    location=RingingLocationAnswer | None,
    earlier=tuple[EarlierCallAnswer, ...],
    near=tuple[NearIncidentAnswer, ...],
)
class RingingAnswer(Answer):
    """A call from its first ring until somebody ends it; lists mask the number."""

    @classmethod
    def listed(cls, view: RingingCall) -> Self:
        """Build the line of a list: the number masked."""
        whole = cls.model_validate(view)
        return whole.model_copy(update={"caller": masked_number(view.caller)})


class RingAnswer(Answer):
    """What the telephone system is told: under which ids the call is known, and how it stands."""

    id: str
    call_id: str
    state: str

    @classmethod
    def of(cls, view: RingingCall) -> Self:
        """Build from a view, without anything of the caller or the place."""
        return cls(id=str(view.id), call_id=str(view.call_id), state=view.state.value)
