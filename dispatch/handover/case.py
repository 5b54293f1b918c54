"""
What of an incident leaves the house when it is handed over: the needed data, nothing else.

Every form of the hand-over (EIDO, the printed page, the missing-child draft) is written from
this object alone, so that a field that is not here cannot leak. Notes are chosen line by
line by the person who hands over; the timeline, other calls and the child's history stay.
"""

from dataclasses import dataclass
from datetime import datetime

from dispatch.errors import HandoverRefusedError
from dispatch.model import CallerLocation
from geodata.said import said

MOST_NOTES = 12
MOST_NOTE_TEXT = 500


@dataclass(frozen=True, slots=True)
class Child:
    """The child as far as the receiver needs it; every field may be unknown."""

    name: str | None = None
    age_years: int | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class HandoverCase:
    """
    One incident at one moment, ready to be handed over.

    Attributes
    ----------
    incident, version
        The incident's number and version; together they name this state of it.
    danger
        Why it is handed over, one sentence in Romanian.
    location
        The area that holds the caller (EPSG:4326), or None when nothing is known.
    places
        Localities in the area, the likeliest first, for a reader without a map.
    caller
        E.164, to call back.
    agency, agent
        The directorate and the person (their identifiers) that hand over.
    """

    incident: str
    version: int
    opened_at: datetime
    at: datetime
    danger: str
    county: str | None
    county_name: str | None
    agency: str
    agent: str
    location: CallerLocation | None = None
    places: tuple[str, ...] = ()
    caller: str | None = None
    call_id: str | None = None
    child: Child | None = None
    notes: tuple[str, ...] = ()
    callback: str = "119"


def check_case(case: HandoverCase) -> HandoverCase:
    """
    Return the case as it is.

    Raises
    ------
    HandoverRefusedError
        `naive_time`, `no_reason_for_handover` or `too_many_notes`.
    """
    if case.at.tzinfo is None or case.opened_at.tzinfo is None:
        raise HandoverRefusedError(
            "naive_time", said("a time without zone"), said("times are aware UTC")
        )
    if not case.danger.strip():
        hint = said("say in one sentence what the danger is")
        raise HandoverRefusedError("no_reason_for_handover", said("no reason is given"), hint)
    if len(case.notes) > MOST_NOTES or any(len(note) > MOST_NOTE_TEXT for note in case.notes):
        raise HandoverRefusedError(
            "too_many_notes",
            said(
                "more than {most_notes} notes, or one longer than {most_note_text} characters",
                most_notes=MOST_NOTES,
                most_note_text=MOST_NOTE_TEXT,
            ),
            said("choose the lines the receiver needs"),
        )
    return case
