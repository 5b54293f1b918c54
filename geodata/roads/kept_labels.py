"""
Labels of places that are asked about again and again: those where teams stand.

A team's label is computed when it is first asked for and kept until the room
is needed; a team that moves is simply another place. Bound to one `RoadIndex`:
other weights need another `KeptLabels`.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geodata.points import Origin
from geodata.roads.index import RoadIndex
from geodata.roads.labels import Labels, fill_labels
from geodata.roads.network import Int32s
from geodata.roads.snapping import SnappedMany


class KeptLabels:
    """
    A table of outward labels with least-recently-used eviction.

    One lock covers look-up and answer, so that no row is overwritten while it
    is read; an answer for 300 teams takes well under a millisecond.
    """

    def __init__(self, index: RoadIndex, *, capacity: int = 2048, max_distance_m: float) -> None:
        self._index = index
        self._max_distance_m = max_distance_m
        self._labels = Labels.empty(index.hierarchy, capacity)
        self._snapped = SnappedMany(
            piece=np.full(capacity, -1, np.int32),
            fraction=np.zeros(capacity),
            distance_m=np.full(capacity, np.inf),
            lon=np.zeros(capacity),
            lat=np.zeros(capacity),
        )
        self._row_of: OrderedDict[Origin, int] = OrderedDict()
        self._lock = Lock()
        self.capacity = capacity
        self.computed = 0
        """How many labels were computed so far."""

    def times_ms(
        self, origins: Sequence[Origin], destinations: SnappedMany
    ) -> tuple[NDArray[np.int64], SnappedMany]:
        """
        Milliseconds from every origin to every destination (FAR or more: no way).

        Returns
        -------
        times, placed
            Shape (origins, destinations); and where each origin was put.
        """
        with self._lock:
            rows = self._rows(origins)
            snapped = self._snapped.take(rows)
            times = self._index.meet_ms(self._labels, rows, snapped, destinations)
        return times, snapped

    def recent_places(self, most: int = 512) -> list[Origin]:
        """Places asked about last, the latest at the end."""
        with self._lock:
            return list(self._row_of)[-most:]

    def warm(self, places: Sequence[Origin]) -> None:
        """Compute the labels of places before they are asked about."""
        with self._lock:
            self._rows(places[-self.capacity :])

    def _rows(self, places: Sequence[Origin]) -> Int32s:
        missing: list[Origin] = []
        # Each place once, in order: two teams at one base share a label.
        for place in dict.fromkeys(places):
            if place in self._row_of:
                self._row_of.move_to_end(place)
            else:
                missing.append(place)
        if missing:
            self._compute(missing)
        row_of = self._row_of
        return np.array([row_of[place] for place in places], np.int32)

    def _compute(self, places: list[Origin]) -> None:
        self.computed += len(places)
        # `_rows` has moved the places of this question to the end, so none of them is evicted.
        for place in places:
            full = len(self._row_of) == self.capacity
            row = self._row_of.popitem(last=False)[1] if full else len(self._row_of)
            self._row_of[place] = row
        rows = np.array([self._row_of[place] for place in places], np.int32)
        snapped = self._index.place_cars(places, max_distance_m=self._max_distance_m)
        self._snapped.replace(rows, snapped)
        index = self._index
        seeds = index.seeds(snapped.piece, snapped.fraction, outward=True)
        fill_labels(index.hierarchy, index.metric, seeds, self._labels, rows, outward=True)
