"""
Whom a team leaves without help when it goes: the people whom no other team reaches in time.

A person is covered while at least one waiting team can be there within `minutes`. Only who is
covered by one team alone loses something when that team leaves. People are residents
(census 2021, `geodata.people.homes`): how many of them are children is not part of the
reference data. Times are those of every other drive at that hour; where a home or a team is
off the road network, the estimate of `geodata.roads.pace`.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.people.homes import Homes
from geodata.points import Origin, standing
from geodata.reference.codes import CODES
from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, Floats
from geodata.roads.pace import Pace
from geodata.roads.snapping import SnappedMany
from geodata.travel.travel_times import TravelTimes

UNCOVERED_AFTER_MIN = 20.0
"""What a centre counts as near: a team that comes later is no longer the quick answer."""

_KEPT_GROUNDS = 8
_KEPT_REACHES = 512

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The homes of some counties, put on the roads of one index; x and y in STEREO70."""

    index: RoadIndex
    counties: frozenset[str]
    ends: SnappedMany
    is_joined: Bools
    x: Floats
    y: Floats
    persons: Floats


class Uncovering:
    """
    Counts the people who lose their last team; safe to share between threads.

    What a waiting team reaches is kept until it moves, the roads or the hour change.
    """

    def __init__(
        self,
        travel: TravelTimes,
        homes: Callable[[], Homes],
        *,
        minutes: float = UNCOVERED_AFTER_MIN,
    ) -> None:
        """Ask for the homes when they are needed first; laying them out takes a second."""
        self.minutes = minutes
        self._travel = travel
        self._homes = homes
        self._lock = threading.Lock()
        self._grounds: OrderedDict[frozenset[str], _Ground] = OrderedDict()
        self._reaches: OrderedDict[tuple[frozenset[str], float, Origin], Bools] = OrderedDict()

    def persons_left(
        self, starts: Sequence[Origin], counties: Collection[str], *, at: datetime
    ) -> list[float]:
        """
        Count, for each waiting team, the residents whom nobody else reaches when it goes.

        Parameters
        ----------
        starts
            Where the waiting teams are; all of them, whoever is asked about.
        counties
            Codes; only who lives there is counted.

        Raises
        ------
        RefusedError
            `naive_time`.
        """
        if not starts:
            return []
        index, pace = self._travel.roads_at(at)
        with self._lock:
            ground = self._ground(index, frozenset(counties))
            reached = np.array(self._reached(ground, starts, pace))
        alone = reached.sum(axis=0) == 1
        return [float(ground.persons[mine & alone].sum()) for mine in reached]

    def warm_up(self, counties: Collection[str], at: datetime) -> None:
        """Lay out the homes and put those of some counties on the roads."""
        index, _ = self._travel.roads_at(at)
        with self._lock:
            self._ground(index, frozenset(counties))

    def _ground(self, index: RoadIndex, counties: frozenset[str]) -> _Ground:
        known = self._grounds.get(counties)
        if known is None or known.index is not index:
            for key in [key for key in self._reaches if key[0] == counties]:
                del self._reaches[key]
            known = self._lay(index, counties)
            self._grounds[counties] = known
        self._grounds.move_to_end(counties)
        while len(self._grounds) > _KEPT_GROUNDS:
            self._grounds.popitem(last=False)
        return known

    def _lay(self, index: RoadIndex, counties: frozenset[str]) -> _Ground:
        homes = self._homes()
        here = np.isin(homes.county, [CODES.index(code) for code in counties])
        lon, lat = homes.lon[here], homes.lat[here]
        ends = index.place(lon, lat, max_distance_m=self._travel.max_snap_m, outward=False)
        x, y = project(lon, lat, WGS84, STEREO70)
        joined = index.leads(ends.piece, outward=False)
        return _Ground(index, counties, ends, joined, x, y, homes.persons[here])

    def _reached(self, ground: _Ground, starts: Sequence[Origin], pace: Pace) -> list[Bools]:
        """Tell for each start which homes it reaches in time."""
        keys = [(ground.counties, pace.factor, start) for start in starts]
        found = {key: self._reaches[key] for key in keys if key in self._reaches}
        new = [start for key, start in zip(keys, starts, strict=True) if key not in found]
        for start, mine in zip(new, self._reach(ground, new, pace), strict=True):
            found[ground.counties, pace.factor, start] = mine
        for key in keys:
            self._reaches[key] = found[key]
            self._reaches.move_to_end(key)
        while len(self._reaches) > _KEPT_REACHES:
            self._reaches.popitem(last=False)
        return [found[key] for key in keys]

    def _reach(self, ground: _Ground, starts: Sequence[Origin], pace: Pace) -> Bools:
        """One row per start; no start is asked about more than once."""
        index, limit_s = ground.index, self.minutes * 60
        if not starts:
            return np.empty((0, len(ground.persons)), bool)
        placed = index.place_cars(starts, max_distance_m=self._travel.max_snap_m)
        times = index.matrix_ms(placed, ground.ends)
        reached = pace.seconds(times) <= limit_s
        joined = index.leads(placed.piece, outward=True)
        lon, lat = np.array([standing(start) for start in starts], np.float64).T
        x, y = project(lon, lat, WGS84, STEREO70)
        for row in range(len(starts)):
            guessed = np.flatnonzero((times[row] >= FAR) & ~(joined[row] & ground.is_joined))
            straight = np.hypot(ground.x[guessed] - x[row], ground.y[guessed] - y[row])
            reached[row, guessed] = pace.estimate_s(straight) <= limit_s
        return np.asarray(reached)
