"""Turns a message that was taken into the JSON object that its sender gets."""

from dispatch.answers.location import Json
from dispatch.views import TakenMessage


def message_answer(taken: TakenMessage) -> Json:
    """Return the documented answer: the belief, then the names of what it belongs to."""
    call = taken.outcome.call
    return {
        **taken.outcome.answer,
        "report_id": taken.raw_id,
        "call_id": call.id,
        "incident_id": call.incident_id,
        "incident_number": call.incident_number,
        "joined": call.joined,
        "further": taken.outcome.further,
        "repeated": taken.outcome.repeated,
    }
