"""A recorded closure on the map in use: its roads, and whether routes follow it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.closures.model import ClosureState, RoadClosure
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from geodata.roads.meaning import draw_pieces
from geodata.travel.travel_times import TravelTimes

# More than may stand at once.
_REMEMBERED = 4_000


class ClosureDrawings:
    """Lines of the roads that closures mean, found once per map; thread-safe."""

    def __init__(self) -> None:
        self._drawn: OrderedDict[tuple[str, UUID], Mapping[str, Any] | None] = OrderedDict()
        self._lock = threading.Lock()

    def get(
        self, index: RoadIndex, identity: UUID, closure: Callable[[], Closure]
    ) -> Mapping[str, Any] | None:
        """Return the lines of the record of that number, None when they are too many to draw."""
        key = (str(index.network.about.get("generation")), identity)
        with self._lock:
            if key in self._drawn:
                return self._drawn[key]
        drawn = draw_pieces(index, closure())
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > _REMEMBERED:
                self._drawn.popitem(last=False)
        return drawn


@dataclass(frozen=True, slots=True)
class Standing:
    """How a closure stands in this process: its state, and whether routes follow it."""

    state: ClosureState
    applied: bool
    generation: str | None
    roads: Mapping[str, Any] | None


def standing_of(
    travel: TravelTimes, drawings: ClosureDrawings, row: RoadClosure, now: datetime
) -> Standing:
    """Return how a recorded closure stands in this process at a moment."""
    state = row.state_at(now)
    is_over = state is ClosureState.OVER
    is_in_force = str(row.id) in travel.in_force.ids
    return Standing(
        state=state,
        applied=is_in_force == (state is ClosureState.ACTIVE),
        generation=travel.generation,
        roads=None if is_over else drawings.get(travel.index, row.id, row.as_closure),
    )
