"""
What should be in force, and whether a road index is made with it.

The worker process publishes; a program that starts, or runs without a server, brings
the directory up to date itself and finds nothing to do when it is.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from dispatch.closures import repository
from dispatch.closures.model import RoadClosure
from dispatch.roles import Role
from geodata.database.engine import Scope, scoped
from geodata.errors import RefusedError
from geodata.roads.closures import Closure
from geodata.roads.hours import hours_around
from geodata.roads.in_force import InForce
from geodata.roads.profile_file import read_profile
from geodata.roads.profiles import SpeedProfile
from geodata.roads.publishing.index_directory import read_about, read_generation, read_notes
from geodata.roads.publishing.publication import Publisher
from geodata.roads.zones import has_two_zones

# Reads only what every signed-in account may read.
READER = Scope("roads", Role.PLANNER, ())

_log = logging.getLogger("dispatch119.roads")


@dataclass(frozen=True, slots=True)
class Wanted:
    """All closures that hold now or later, and the speed profile of the installation."""

    closures: tuple[Closure, ...]
    profile: SpeedProfile

    def holds_in(self, state: InForce, at: datetime, *, by_hour: bool = False) -> bool:
        """
        Tell whether a state was made with what is wanted at `at`.

        A closure that means no road of the map is never in a state: it counts as missing.
        `by_hour`: the hour of `at` is asked for too, see `geodata.roads.hours`.
        """
        hours = set(hours_around(self.profile, at)) if by_hour else set()
        if not hours <= set(state.hours):
            return False
        active = {one.id for one in self.closures if one.active_at(at)}
        return state.at is not None and state.ids == active and state.profile == self.profile


def read_wanted(engine: Engine, root: Path, at: datetime) -> Wanted:
    """
    Read the closures from the database and the profile from the directory.

    Raises
    ------
    DatabaseUnavailableError, RefusedError
        Of the database; `bad_profile`.
    """
    with scoped(engine, READER) as connection:
        standing = repository.list_standing(connection, at)
    return Wanted(tuple(_usable(standing)), read_profile(root))


def _usable(standing: Iterable[RoadClosure]) -> Iterator[Closure]:
    """Leave out a record that means nothing: one bad row must not stop all road times."""
    for one in standing:
        try:
            yield one.as_closure()
        except RefusedError as error:
            _log.warning("closure left out", extra={"id": str(one.id), "kind": error.code})


def bring_up_to_date(engine: Engine, root: Path, at: datetime) -> bool:
    """
    Publish what should be in force at `at`, in this process; whether anything was to do.

    Raises
    ------
    RoadNetworkError
        The directory cannot be used.
    """
    wanted = read_wanted(engine, root, at)
    before = read_generation(root)
    state = InForce.from_notes(read_notes(root, before))
    if wanted.holds_in(state, at, by_hour=has_two_zones(read_about(root, before))):
        return False
    done = Publisher(root).publish_closures(wanted.closures, at, profile=wanted.profile)
    return done.generation != before
