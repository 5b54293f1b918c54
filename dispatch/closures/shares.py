"""Each county's share of a closure, with what it means on the map in use."""

from collections.abc import Collection
from dataclasses import dataclass

from dispatch.closures.ground import counties_concerned, survey
from dispatch.closures.split import split_closure
from geodata.database.scope import Scope
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from geodata.roads.meaning import Meaning, find_meaning


@dataclass(frozen=True, slots=True)
class ClosureShare:
    """
    What one county closes, or is asked to close.

    `counties` are those with roads of it, the one whose share it is first.
    """

    closure: Closure
    counties: tuple[str, ...]
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Shares:
    """The own share of a closure, None where no road of it is own, and those of the others."""

    own: ClosureShare | None
    others: tuple[ClosureShare, ...]


def share_of(index: RoadIndex, closure: Closure, counties: Collection[str]) -> ClosureShare:
    """
    Say what a closure is that belongs to `counties`.

    Raises
    ------
    BadInputError
        `no_road_there`: the map in use has none of its roads.
    """
    meaning = find_meaning(index, closure)
    concerned = counties_concerned(index, closure, counties)
    if not set(concerned) & set(counties):
        # On another map than when it was cut, the roads may lie a little elsewhere.
        concerned = (*counties, *concerned)
    return ClosureShare(closure, concerned, meaning)


def find_shares(index: RoadIndex, scope: Scope, closure: Closure) -> Shares:
    """
    Split a closure into what the scope closes itself and what it has to ask others for.

    Raises
    ------
    RefusedError
        `no_road_there`, and what `dispatch.closures.ground.survey` refuses.
    """
    # Where there is no road at all, that is the answer, not that it lies abroad.
    whole = find_meaning(index, closure)
    found = survey(index, scope, closure)
    if not found.others:
        return Shares(ClosureShare(closure, found.concerned, whole), ())
    split = split_closure(index, closure, found, scope.counties)
    own = None if split.own is None else share_of(index, split.own, scope.counties)
    return Shares(
        own, tuple(share_of(index, share, (code,)) for code, share in split.asked.items())
    )
