"""
Which pieces of road lead anywhere.

A real extract has stubs one can enter and never leave: motorways cut at its
border, one-ways drawn the wrong way round. Standing beside one of them is no
reason to be unreachable when a connected road is as near.
"""

import numpy as np
from numpy.typing import NDArray

from geodata.roads.network import RoadNetwork

CONNECTED_NODES = 100
"""A part in which every node reaches every other counts as connected from this size on."""


def find_connected(
    network: RoadNetwork, *, connected_nodes: int = CONNECTED_NODES
) -> NDArray[np.bool_]:
    """Tell for each piece whether it lies in a strongly connected part of that many nodes."""
    # Imported here, because processes that map a finished index never need it and would each
    # hold 25 MB for nothing.
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    drivable, n = network.drivable.ravel(), network.node_count
    ends = (network.arc_tail[drivable], network.arc_head[drivable])
    links = coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(n, n))
    _, part = connected_components(links, directed=True, connection="strong")
    size = np.bincount(part)
    # A network smaller than the limit still has a connected part: its largest.
    is_large = size >= min(connected_nodes, int(size.max()))
    inside = (part[network.arc_tail] == part[network.arc_head]) & is_large[part[network.arc_tail]]
    return np.asarray(inside.reshape(-1, 2).any(axis=1))
