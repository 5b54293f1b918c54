"""
How long each step of a case may take before the queue says so: by urgency, in minutes.

A person looks at forty rows; what stands too long must be seen without reading. Nothing is
decided by these bounds. The pages get them as data (`as_minutes`), so that one table counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

URGENCIES = (1, 2, 3)
"""Immediate danger, urgent, can be planned: the priorities of an incident."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From `watch_min` on a step is to be watched, from `late_min` on it is late; minutes."""

    watch_min: float
    late_min: float

    def __post_init__(self) -> None:
        if not 0 <= self.watch_min <= self.late_min:
            raise ValueError(f"limits out of order: {self}")


@dataclass(frozen=True, slots=True)
class WaitingPolicy:
    """
    The limits of each step, for the urgencies 1, 2 and 3.

    Attributes
    ----------
    opened
        From the call to a team at the door, whatever happens between. Immediate danger is
        112's within minutes; the others follow the county's promise of the same half hour,
        and of the same shift.
    no_team
        Nobody goes yet. Reading the case and choosing a team takes a dispatcher two minutes.
    not_departed
        A team was told and has not said that it drives. Four minutes to the car are usual;
        after eight somebody has to ring it.
    past_eta
        Minutes after the time of arrival that was promised. An urban travel time is wrong by
        about five minutes; more means a wrong address or a stuck car.
    on_scene
        Nothing was heard from the door since. A talk takes an hour; a silent one longer than
        two may have gone wrong.
    """

    opened: tuple[Limits, Limits, Limits] = (Limits(10, 20), Limits(30, 60), Limits(120, 240))
    no_team: tuple[Limits, Limits, Limits] = (Limits(2, 4), Limits(5, 10), Limits(30, 60))
    not_departed: tuple[Limits, Limits, Limits] = (Limits(2, 4), Limits(4, 8), Limits(15, 30))
    past_eta: tuple[Limits, Limits, Limits] = (Limits(0, 3), Limits(0, 5), Limits(5, 15))
    on_scene: tuple[Limits, Limits, Limits] = (Limits(30, 60), Limits(60, 120), Limits(90, 180))

    def as_minutes(self) -> Mapping[str, list[list[float]]]:
        """Return the table as plain JSON values: `[watch, late]` by step and urgency."""
        return {
            step.name: [[each.watch_min, each.late_min] for each in getattr(self, step.name)]
            for step in fields(self)
        }
