"""
Nodes at the ends of a few pieces' arcs, without a table of all arcs.

`RoadNetwork` offers such tables; a process that only answers questions about
places would fill memory of its own with them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import Int32s, RoadNetwork

_Exceptions = tuple[Int32s, ...]


@dataclass(frozen=True)
class ArcEnds:
    """
    Ends of arcs by piece; shape (pieces, 2): the arc as drawn, the arc against.

    Piece -1 stands for the last one: whoever asks for it does not use the answer.
    """

    network: RoadNetwork

    def heads(self, pieces: NDArray[np.integer[Any]]) -> Int32s:
        """Node each arc leads to; `RoadNetwork.arc_head`."""
        network = self.network
        ends = np.stack([network.head[pieces], network.tail[pieces]], axis=1)
        return _replace(ends, pieces % network.piece_count, self._moved[0], self._moved[2])

    def entered(self, pieces: NDArray[np.integer[Any]]) -> Int32s:
        """Node at which a drive that ends on each arc comes onto it; `RoadNetwork.enter_node`."""
        network = self.network
        ends = np.stack([network.tail[pieces], network.head[pieces]], axis=1)
        wrapped = pieces % network.piece_count
        ends = _replace(ends, wrapped, self._moved[0], self._moved[1])
        return _replace(ends, wrapped, *self._entered)

    @cached_property
    def _moved(self) -> _Exceptions:
        return _by_arc(self.network.moved_arc, self.network.moved_tail, self.network.moved_head)

    @cached_property
    def _entered(self) -> _Exceptions:
        return _by_arc(self.network.entered_arc, self.network.entered_node)


def _by_arc(arcs: Int32s, *columns: Int32s) -> _Exceptions:
    order = np.argsort(arcs, kind="stable")
    return (arcs[order], *(column[order] for column in columns))


def _replace(ends: Int32s, pieces: NDArray[np.integer[Any]], arcs: Int32s, nodes: Int32s) -> Int32s:
    """Ends with those of the exceptional arcs (rising) in place."""
    if len(arcs) == 0:
        return ends
    wanted = 2 * pieces[:, None] + np.arange(2)
    at = np.minimum(np.searchsorted(arcs, wanted), len(arcs) - 1)
    return np.where(arcs[at] == wanted, nodes[at], ends)
