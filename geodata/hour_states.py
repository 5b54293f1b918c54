"""
One road index for each hour in use: on a network with two zones an hour is a metric.

See `geodata.roads.zones`. A network that is city throughout has one state for all hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from geodata.points import LonLat
from geodata.roads.in_force import InForce
from geodata.roads.index import RoadIndex
from geodata.roads.kept_labels import KeptLabels
from geodata.roads.network import Floats
from geodata.roads.zones import find_country_shares, scale_to_hour

# The hour now and the one before: each holds a metric and labels of its own.
_HOURS_KEPT = 2


@dataclass(frozen=True, slots=True)
class State:
    """
    One index, the labels made with it and what it was made with; replaced as a whole.

    `shares` tells country from city (`find_country_shares`); with it, `by_factor` holds
    the states of the hours asked for last.
    """

    index: RoadIndex
    kept: KeptLabels
    shares: Floats | None
    in_force: InForce = field(default_factory=InForce)
    by_factor: dict[float, "State"] = field(default_factory=dict)


class HourStates:
    """The state that answers now, and those of the hours in use; safe to use from threads."""

    def __init__(
        self, index: RoadIndex, in_force: InForce, keep: Callable[[RoadIndex], KeptLabels]
    ) -> None:
        """Start with an index and what it was made with; `keep` makes the labels of one."""
        self._keep = keep
        self._lock = Lock()
        self.current = self._of(index, in_force)

    @property
    def labels_computed(self) -> int:
        """How many labels were computed in the states in use."""
        states = (self.current, *self.current.by_factor.values())
        return sum(state.kept.computed for state in states)

    def warm(self, places: Sequence[LonLat]) -> None:
        """Compute the labels of places in every state that may be asked about them."""
        state = self.current
        in_use = tuple(state.by_factor.values()) if state.shares is not None else (state,)
        for one in in_use:
            one.kept.warm(places)

    def at(self, factor: float) -> State:
        """State for an hour's factor; the first question in an hour pays one customization."""
        state = self.current
        if state.shares is None:
            return state
        found = state.by_factor.get(factor)
        if found is None:
            with self._lock:
                found = state.by_factor.get(factor) or self._add_hour(state, state.shares, factor)
        return found

    def take(self, index: RoadIndex, in_force: InForce) -> None:
        """Answer by a new index; places asked about lately get their labels before that."""
        old = self.current
        # Other times of the same roads: where the cities are has not changed.
        same = index.network is old.index.network
        shares = old.shares if same else find_country_shares(index.network)
        new = State(index, self._keep(index), shares, in_force)
        new.kept.warm(old.kept.recent_places())
        for factor, hour in tuple(old.by_factor.items()):
            if new.shares is not None:
                like = hour.index if same else None
                made = self._add_hour(new, new.shares, factor, like)
                made.kept.warm(hour.kept.recent_places())
        self.current = new

    def _add_hour(
        self, state: State, shares: Floats, factor: float, like: RoadIndex | None = None
    ) -> State:
        """Make the state of an hour; from one `like` it, only what differs is worked in."""
        weights = scale_to_hour(state.index.weights_ms, shares, factor)
        index = (like or state.index).with_weights(weights)
        found = State(index, self._keep(index), None, state.in_force)
        while len(state.by_factor) >= _HOURS_KEPT:
            del state.by_factor[next(iter(state.by_factor))]
        state.by_factor[factor] = found
        return found

    def _of(self, index: RoadIndex, in_force: InForce) -> State:
        return State(index, self._keep(index), find_country_shares(index.network), in_force)
