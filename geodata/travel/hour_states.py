"""
One road index for each hour in use: on a network with two zones an hour is a metric.

See `geodata.roads.zones`. A network that is city throughout has one state for all hours.
Where a directory is followed, the hours of now lie ready in it, shared by all processes
(`geodata.roads.hours`); any other hour somebody asks about is customized here, by the one
who asks first, while questions about other hours go on.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from geodata.points import Origin
from geodata.roads.in_force import InForce
from geodata.roads.index import RoadIndex
from geodata.roads.kept_labels import KeptLabels
from geodata.roads.zones import Country, find_country, rescale_to_hour, scale_to_hour

OWN_HOURS = 2
"""Unpublished hours that are kept; each takes the memory of a metric and of its labels."""

_RECENT = 512


class OwnHour:
    """An hour that this process customizes itself, once, when the first question comes."""

    def __init__(self, state: "State | None" = None) -> None:
        """Start with a state if there is one."""
        self.state = state
        self.was_asked = False
        self._making = Lock()

    def get(self, make: Callable[[], "State"]) -> "State":
        """Return the state; the first makes it, others who ask meanwhile wait for that."""
        self.was_asked = True
        if self.state is None:
            # Looked at again inside the lock: another thread may have made it meanwhile. The lock
            # belongs to this hour, so questions about other hours go on.
            with self._making:
                if self.state is None:
                    self.state = make()
        return self.state


@dataclass(frozen=True, slots=True)
class State:
    """
    One index, the labels made with it and what it was made with; replaced as a whole.

    Attributes
    ----------
    country
        Tells country from city where there are two zones; None: one, or a state of one hour.
    factor
        The hour that `index` is made for; None: all, or none.
    others
        States of further hours that were published with it.
    own
        Hours asked for here, the one asked for last at the end.
    """

    index: RoadIndex
    kept: KeptLabels
    country: Country | None
    in_force: InForce = field(default_factory=InForce)
    factor: float | None = None
    others: Mapping[float, "State"] = field(default_factory=dict)
    own: OrderedDict[float, OwnHour] = field(default_factory=OrderedDict)

    def published(self) -> list["State"]:
        """The states that lie ready; itself too unless it serves no hour."""
        itself = [] if self.country is not None and self.factor is None else [self]
        return [*itself, *self.others.values()]

    def made(self) -> list["State"]:
        """All states there are that answer for an hour, or for all."""
        own = [one.state for one in tuple(self.own.values()) if one.state is not None]
        return [*self.published(), *own]


class HourStates:
    """The state that answers now, and those of the hours in use; safe to use from threads."""

    def __init__(
        self,
        index: RoadIndex,
        in_force: InForce,
        hours: Mapping[float, RoadIndex],
        keep: Callable[[RoadIndex], KeptLabels],
    ) -> None:
        """
        Start with an index, what it was made with, and the hours that lie ready.

        `keep` makes the labels of an index.
        """
        self._keep = keep
        self._lock = Lock()
        self._asked_last: float | None = None
        self.current = self._of(index, in_force, hours, find_country(index.network))

    @property
    def labels_computed(self) -> int:
        """How many labels were computed in the states in use."""
        return sum(state.kept.computed for state in self.current.made())

    def warm(self, places: Sequence[Origin]) -> None:
        """Compute the labels of places in every state that may be asked about them."""
        for state in self.current.made():
            state.kept.warm(places)

    def at(self, factor: float) -> State:
        """State for an hour's factor; one that nobody published is customized here first."""
        state, self._asked_last = self.current, factor
        if state.country is None or state.factor == factor:
            return state
        ready = state.others.get(factor)
        return ready or self._own(state, factor).get(lambda: self._make(state, factor))

    def take(self, index: RoadIndex, in_force: InForce, hours: Mapping[float, RoadIndex]) -> None:
        """Answer by a new index; places asked about lately get their labels before that."""
        old = self.current
        # Only the times have changed and not the roads, so the cities lie where they did.
        same = index.network is old.index.network
        country = old.country if same else find_country(index.network)
        new = self._of(index, in_force, hours, country)
        places = _recent_places(old)
        self._remake(old, new)
        if country is not None and not hours and self._asked_last is not None:
            # A map that was just imported. Its hours will be published soon, but questions come
            # before that, so the hour asked for last is made here.
            factor = self._asked_last
            new.own[factor] = new.own.get(factor) or OwnHour(self._make(new, factor))
        for state in new.made():
            state.kept.warm(places)
        # Last: until here the old state answers, and the swap is one assignment.
        self.current = new

    def _remake(self, old: State, new: State) -> None:
        """Make hours of our own anew if somebody asked for them since the times changed last."""
        with self._lock:
            asked = [(factor, one.state) for factor, one in old.own.items() if one.was_asked]
        for factor, state in asked:
            if state is None or new.country is None or new.factor == factor or factor in new.others:
                continue
            same = new.index.network is state.index.network
            made = self._make(new, factor, state.index if same else None)
            made.kept.warm(state.kept.recent_places())
            new.own[factor] = OwnHour(made)

    def _own(self, state: State, factor: float) -> OwnHour:
        with self._lock:
            hour = state.own.setdefault(factor, OwnHour())
            state.own.move_to_end(factor)
            while len(state.own) > OWN_HOURS:
                state.own.popitem(last=False)
        return hour

    def _make(self, state: State, factor: float, like: RoadIndex | None = None) -> State:
        """Customize an hour; from one `like` it, only what differs is worked in."""
        if state.country is None:
            return state
        free, shares = state.index.free_ms, state.country.shares
        if like is None:
            weights = scale_to_hour(free, shares, factor)
        else:
            weights = rescale_to_hour(like.weights_ms, (like.free_ms, free), shares, factor)
        index = (like or state.index).with_weights(weights, free)
        return State(index, self._keep(index), None, state.in_force, factor)

    def _of(
        self,
        index: RoadIndex,
        in_force: InForce,
        hours: Mapping[float, RoadIndex],
        country: Country | None,
    ) -> State:
        factor = next((hour for hour, one in hours.items() if one is index), None)
        others = {
            hour: State(one, self._keep(one), None, in_force, hour)
            for hour, one in hours.items()
            if one is not index
        }
        return State(index, self._keep(index), country, in_force, factor, others)


def _recent_places(state: State) -> list[Origin]:
    """Places asked about last in any of its published hours, or where none is, in its own."""
    states = state.published() or state.made()
    asked = [place for one in states for place in one.kept.recent_places()]
    return list(dict.fromkeys(asked))[-_RECENT:]
