"""
Nobody evades a forbidden turn by turning round on the spot at the next junction.

Where left is forbidden, a search drives straight on, turns round in the middle of the next
crossing and comes back to turn right. Turning round is worth it nowhere else, for the
shortest way passes no junction twice. So it is forbidden where it is worth it: to who
has passed a junction with a restriction that concerned him, at the first `CROSSINGS`
behind it and wherever a road changes before those, no farther than `BACK_M`. At the end
of a road and where there is room one may turn.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import RoadNetwork
from geodata.roads.reading.turns import ArcsByNode, Run

CROSSINGS = 2
"""Each more would multiply the nodes that a restriction adds to the network."""

BACK_M = 300.0
"""Farther on a car has found a place to turn, and the detour costs its time anyway."""


def forbid_turning_back(
    network: RoadNetwork, runs: Iterable[Run], turning_nodes: NDArray[np.integer]
) -> list[Run]:
    """
    Add to forbidden runs those that evade them.

    Parameters
    ----------
    network
        The network that the runs are of, without extra pieces.
    runs
        Forbidden runs of arcs (`geodata.roads.reading.restrictions.find_runs`).
    turning_nodes
        Nodes with room to turn: turning circles, mini roundabouts.
    """
    forbidden = frozenset(runs)
    finder = _Finder(network, ArcsByNode.build(network), frozenset(turning_nodes.tolist()))
    # A sign against turning round is no turn to evade: one turns at the next junction.
    before = {run[:-1] for run in forbidden if run[-1] != run[-2] ^ 1}
    more = {run for start in before for run in finder.find(start, forbidden)}
    return sorted(forbidden | more)


@dataclass(frozen=True, slots=True)
class _Finder:
    network: RoadNetwork
    leaving: ArcsByNode
    turning: frozenset[int]

    def find(self, start: Run, forbidden: frozenset[Run]) -> Iterator[Run]:
        """Drives over `start` that turn round at a junction behind it."""
        network = self.network
        left = [(start, int(BACK_M * 100), CROSSINGS)]
        while left:
            run, room_cm, crossings = left.pop()
            for arc in self._onward(run[-1]):
                on = (*run, arc)
                rest = room_cm - int(network.length_cm[arc >> 1])
                # Who cannot come back the same way has no use for turning round.
                is_barred = any(on[k:] in forbidden for k in range(len(on) - 1))
                if is_barred or rest < 0 or not network.drivable[arc >> 1, 1 - (arc & 1)]:
                    continue
                onward = self._onward(arc)
                if onward and int(network.arc_head[arc]) not in self.turning:
                    yield (*on, arc ^ 1)
                still = crossings - (len(onward) > 1)
                if still:
                    left.append((on, rest, still))

    def _onward(self, arc: int) -> list[int]:
        """Arcs that lead on from the end of an arc, without turning round."""
        return [one for one in self.leaving.at(int(self.network.arc_head[arc])) if one != arc ^ 1]
