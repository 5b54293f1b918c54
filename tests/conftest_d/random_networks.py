"""Random road networks for properties: loops, parallel and one-way pieces, several components."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from geodata.roads.index import RoadIndex
from geodata.roads.network import FAR, RoadNetwork

SETTINGS = settings(max_examples=60, deadline=None, derandomize=True)


@st.composite
def random_indexes(draw: st.DrawFn) -> tuple[RoadIndex, np.random.Generator]:
    """Graphs with loops, parallel pieces, one-ways, closed pieces and several components."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    nodes, pieces = draw(st.integers(1, 60)), draw(st.integers(1, 150))
    tail, head = rng.integers(0, nodes, (2, pieces)).astype(np.int32)
    weights = rng.integers(1, draw(st.sampled_from([3, 1000, 10**6])), 2 * pieces).astype(np.int32)
    weights[rng.random(2 * pieces) < 0.3] = FAR
    lon, lat = rng.integers(260_000_000, 261_000_000, (2, nodes)).astype(np.int32)
    return RoadIndex.build(_network(lon, lat, tail, head), weights), rng


def _network(lon, lat, tail, head) -> RoadNetwork:
    pieces = len(tail)
    ends = np.stack([tail, head], axis=1).ravel()
    bytes_, ints = np.zeros(pieces, np.uint8), np.zeros(pieces, np.int32)
    return RoadNetwork(
        node_lon_e7=lon,
        node_lat_e7=lat,
        tail=tail,
        head=head,
        length_cm=ints + 100,
        road_class=bytes_,
        flags=bytes_ + 3,
        max_speed_kph=bytes_,
        name_id=ints,
        way_id=np.arange(pieces),
        shape_first=np.arange(0, 2 * pieces + 1, 2, dtype=np.int32),
        shape_lon_e7=lon[ends],
        shape_lat_e7=lat[ends],
    )
