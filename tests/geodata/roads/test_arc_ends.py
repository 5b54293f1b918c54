"""Ends looked up for a few pieces are those of the table of all arcs."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.roads.arc_ends import ArcEnds
from geodata.roads.index import RoadIndex
from tests.conftest_d.random_networks import SETTINGS, random_indexes


@SETTINGS
@given(random_indexes(), st.integers(0, 20))
def test_ends_equal_the_table_also_where_arcs_were_moved(
    case: tuple[RoadIndex, np.random.Generator], moved: int
):
    index, rng = case
    nodes, arcs = index.network.node_count, 2 * index.network.piece_count
    some = [rng.permutation(arcs)[:moved].astype(np.int32) for _ in range(2)]
    to = [rng.integers(0, nodes, len(some[0])).astype(np.int32) for _ in range(3)]
    network = replace(
        index.network,
        moved_arc=some[0],
        moved_tail=to[0],
        moved_head=to[1],
        entered_arc=some[1],
        entered_node=to[2],
    )
    pieces = np.append(rng.integers(0, network.piece_count, 30), -1)
    ends = ArcEnds(network)
    assert ends.heads(pieces).tolist() == network.arc_head.reshape(-1, 2)[pieces].tolist()
    assert ends.entered(pieces).tolist() == network.enter_node.reshape(-1, 2)[pieces].tolist()
