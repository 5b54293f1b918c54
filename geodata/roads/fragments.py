"""
Which pieces of road lead anywhere, and which can be come to.

A real extract has roads one can enter and never leave, or leave and never enter:
motorways cut at its border, one-ways drawn the wrong way round. It also has small parts
that nothing joins to the rest: islands, yards behind a gate. A drive may start where the
rest can be reached, and may end where it can be reached from the rest: two questions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import RoadNetwork
from geodata.roads.tags import CLASS_CODES

CONNECTED_NODES = 100
"""A part in which every node reaches every other counts as connected from this size on."""

_FAST_CLASSES = tuple(CLASS_CODES[name] for name in ("motorway", "motorway_link", "trunk_link"))
# Romania's express roads are tagged as trunk roads, like national roads through villages, whose
# houses open onto them. What tells them apart is one direction only and such a limit.
_EXPRESS_KPH = 100


class Leads(NamedTuple):
    """
    For each piece: whether some direction of it leads to a connected part, or comes from one.

    A drive may start on a piece that `leaves` and end on one that is `reached`.
    """

    leaves: NDArray[np.bool_]
    reached: NDArray[np.bool_]


def find_leads(network: RoadNetwork, *, connected_nodes: int = CONNECTED_NODES) -> Leads:
    """Tell for each piece whether it leads to, and comes from, a part of that many nodes."""
    # Imported here, because processes that map a finished index never need it and would each
    # hold 25 MB for nothing.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    drivable, n = network.drivable.ravel(), network.node_count
    tails, heads = network.arc_tail[drivable], network.arc_head[drivable]

    def links(tails: NDArray[np.integer], heads: NDArray[np.integer], nodes: int) -> coo_array:
        return coo_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(nodes, nodes))

    _, part = connected_components(links(tails, heads, n), directed=True, connection="strong")
    size = np.bincount(part)
    # A network smaller than the limit still has a connected part: its largest.
    core = np.flatnonzero(size[part] >= min(connected_nodes, int(size.max())))

    def spread(tails: NDArray[np.integer], heads: NDArray[np.integer]) -> NDArray[np.bool_]:
        # One more node, from which an arc leads to each node of the core, makes one search of
        # many.
        whole = links(
            np.concatenate([tails, np.full(len(core), n)]), np.concatenate([heads, core]), n + 1
        )
        seen = np.zeros(n + 1, bool)
        seen[breadth_first_order(whole.tocsr(), n, return_predecessors=False)] = True
        return seen[:n]

    to_core, from_core = spread(heads, tails), spread(tails, heads)
    leaves = (drivable & to_core[network.arc_head]).reshape(-1, 2).any(axis=1)
    reached = (drivable & from_core[network.enter_node]).reshape(-1, 2).any(axis=1)
    return Leads(np.asarray(leaves), np.asarray(reached))


def find_fast(network: RoadNetwork) -> NDArray[np.bool_]:
    """
    Tell for each piece whether no house opens onto it: motorways, express roads, their ramps.

    Whoever stands beside one is reached from another street.
    """
    one_way = network.drivable.sum(axis=1) == 1
    express = (
        (network.road_class == CLASS_CODES["trunk"])
        & one_way
        & (network.max_speed_kph >= _EXPRESS_KPH)
    )
    return np.asarray(np.isin(network.road_class, _FAST_CLASSES) | express)
