"""
Turns a belief into the JSON object that the command line and the API show.

The members of `location_answer` come first, so whoever reads an answer to one report can read
this; `report` is the last one heard. `steps` and `conflict` are added.
"""

from datetime import datetime

from dispatch.answers.location import Json, location_answer, report_answer, shape_answer
from dispatch.belief.model import Belief, Conflict, Step
from dispatch.model import CallerLocation, LocationReport


def belief_answer(belief: Belief) -> Json:
    """Return a belief as plain JSON; `conflict` is null when the reports agree."""
    nothing = LocationReport("nothing", None, None)
    last = belief.steps[-1].report if belief.steps else nothing
    answer = location_answer(last, belief.location, belief.assignment)
    return answer | {
        "conflict": _conflict(belief.conflict) if belief.conflict else None,
        "steps": [_step(step) for step in belief.steps],
    }


def _conflict(found: Conflict) -> Json:
    return {
        "kept": _area(found.kept, found.kept_owner, found.kept_place),
        "set_aside": _area(found.set_aside, found.set_aside_owner, found.set_aside_place),
        "reason": dict(found.reason),
    }


def _area(location: CallerLocation, owner: str | None, place: str | None) -> Json:
    return {
        "shape": shape_answer(location.shape),
        "confidence": round(location.confidence, 9),
        "owner": owner,
        "place": place,
    }


def _step(step: Step) -> Json:
    return {
        "received_at": _time(step.received_at),
        "source": step.rank.name.lower(),
        "action": step.action.value,
        "trust": round(step.trust, 9),
        "owner": step.owner,
        "reason": dict(step.reason),
        "report": report_answer(step.report),
    }


def _time(at: datetime) -> str:
    return at.isoformat()
