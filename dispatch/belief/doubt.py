"""
A guess is a place whose name only comes near to what was said. It never settles a call.

"stau în Letcan" is probably Lețcani in Iași county. The area and the county are shown, with
the question whether that is what was meant.
"""

from collections.abc import Sequence
from dataclasses import replace

from dispatch.belief import words
from dispatch.belief.model import Belief, Step, StepAction
from dispatch.jurisdiction.words import Text
from dispatch.location.spoken.reader import GUESSED
from dispatch.model import CountyAssignment, LocationReport
from dispatch.words.catalogue import both


def is_guess(report: LocationReport) -> bool:
    """
    Tell whether words only come near to the name of a place, and name no other that holds it.

    Such a name helps where it agrees with an area; alone it may be no name at all.
    """
    return any(warning.code == GUESSED for warning in report.warnings)


def doubted(belief: Belief) -> Belief:
    """Make a belief ambiguous, with a question, that rests on guessed names alone."""
    guesses = _guesses_alone(belief.steps)
    if not guesses or belief.assignment.owner is None:
        return belief
    found = belief.assignment
    question = found.question or _question(guesses[-1])
    return replace(
        belief, assignment=replace(found, ambiguous=True, question=question, reason=_told(found))
    )


def _guesses_alone(steps: Sequence[Step]) -> list[LocationReport]:
    """Return the guesses that count, or nothing where anything surer counts too."""
    counting = [
        step.report
        for step in steps
        if step.report.shape is not None and step.action is not StepAction.IGNORED
    ]
    return counting if all(is_guess(report) for report in counting) else []


def _question(report: LocationReport) -> Text:
    name = report.extras.get("candidate_1", "").rpartition(" ")[0].partition(" (")[0]
    return words.guess_question(name or None)


def _told(assignment: CountyAssignment) -> Text:
    guess = both("belief.guess")
    return {key: f"{text} {guess[key]}".strip() for key, text in assignment.reason.items()}
