"""
A guess is a place whose name only comes near to what was said. It never settles a call.

"stau în Letcan" is probably Lețcani in Iași county. The area and the county are shown, with
the question whether that is what was meant.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dispatch.belief import words
from dispatch.belief.model import Belief, Step, StepAction
from dispatch.jurisdiction.words import Text
from dispatch.location.spoken.asserted import CONTRADICTED, SHARED, UNSURE_PLACE
from dispatch.location.spoken.reader import GUESSED
from dispatch.model import CountyAssignment, LocationReport
from dispatch.words.catalogue import both


def is_guess(report: LocationReport) -> bool:
    """
    Tell whether words only come near to the name of a place, and name no other that holds it.

    Such a name helps where it agrees with an area; alone it may be no name at all.
    """
    return _has(report, {GUESSED, UNSURE_PLACE})


def is_doubtful(report: LocationReport) -> bool:
    """Tell whether words need a question: a guess, a name of several places, a contradiction."""
    return is_guess(report) or _has(report, _SEVERAL)


_SEVERAL = frozenset({SHARED, CONTRADICTED})


def _has(report: LocationReport, codes: Collection[str]) -> bool:
    return any(warning.code in codes for warning in report.warnings)


def doubted(belief: Belief) -> Belief:
    """Make a belief ambiguous, with a question, that rests on doubtful words alone."""
    doubtful = _doubtful_alone(belief.steps)
    if not doubtful or belief.assignment.owner is None:
        return belief
    found, last = belief.assignment, doubtful[-1]
    several = _has(last, _SEVERAL)
    question = _question_which(last) if several else found.question or _question(last)
    reason = _told(found, "belief.several" if several else "belief.guess")
    return replace(
        belief, assignment=replace(found, ambiguous=True, question=question, reason=reason)
    )


def _doubtful_alone(steps: Sequence[Step]) -> list[LocationReport]:
    """Return the doubtful words that count, or nothing where anything surer counts too."""
    counting = [
        step.report
        for step in steps
        if step.report.shape is not None and step.action is not StepAction.IGNORED
    ]
    return counting if all(is_doubtful(report) for report in counting) else []


def _question_which(report: LocationReport) -> Text:
    labels = [report.extras.get(f"candidate_{number}", "") for number in range(1, 5)]
    return words.which_question([label.rpartition(" ")[0] for label in labels if label])


def _question(report: LocationReport) -> Text:
    name = report.extras.get("candidate_1", "").rpartition(" ")[0].partition(" (")[0]
    return words.guess_question(name or None)


def _told(assignment: CountyAssignment, key_of_why: str) -> Text:
    why = both(key_of_why)
    return {key: f"{text} {why[key]}".strip() for key, text in assignment.reason.items()}
