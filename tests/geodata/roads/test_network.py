"""The compact file: same network, same bytes; damaged files are refused."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import RoadNetworkError
from geodata.roads import storage
from geodata.roads.index import RoadIndex
from geodata.roads.network import RoadNetwork
from tests.conftest_d.drawn_roads import draw_network, way
from tests.conftest_d.grid import grid

GROUND = grid(
    """
    A B C
    . D .
    """
)


@pytest.fixture
def network() -> RoadNetwork:
    return draw_network(GROUND, way("A B C", name="Calea Șerban Vodă"), way("B D", oneway="yes"))


def refusal(path: Path) -> str:
    with pytest.raises(RoadNetworkError) as caught:
        RoadNetwork.load(path)
    return caught.value.code


def test_a_saved_network_comes_back_whole(network: RoadNetwork, tmp_path: Path):
    network.save(tmp_path / "x.npz")
    back = RoadNetwork.load(tmp_path / "x.npz")
    for column in fields(RoadNetwork):
        assert np.array_equal(getattr(back, column.name), getattr(network, column.name))


def test_the_same_network_gives_the_same_bytes(network: RoadNetwork, tmp_path: Path):
    for name in ("a.npz", "b.npz"):
        network.save(tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_nothing_but_the_file_is_left_behind(network: RoadNetwork, tmp_path: Path):
    network.save(tmp_path / "x.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]


def test_a_missing_file_says_so(tmp_path: Path):
    assert refusal(tmp_path / "x.npz") == "file_missing"


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_refused(network: RoadNetwork, tmp_path: Path, share: float):
    path = tmp_path / "x.npz"
    network.save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refusal(path) == "not_a_road_index"


def test_a_file_of_another_version_is_refused(tmp_path: Path):
    storage.write_arrays(tmp_path / "x.npz", {"format": np.array(99)})
    assert refusal(tmp_path / "x.npz") == "other_format"


def test_a_broken_contraction_order_is_refused(network: RoadNetwork):
    with pytest.raises(RoadNetworkError, match="order"):
        RoadIndex.build(network, order=np.zeros(network.node_count, np.int32))


def test_numbers_survive_the_byte_planes():
    values = np.array([0, 1, -1, 2**31 - 1, -(2**31) + 1, 12345])
    assert storage.from_planes(storage.to_planes(values)).tolist() == values.tolist()


def test_numbers_beyond_32_bits_are_refused():
    with pytest.raises(RoadNetworkError, match="32 bits"):
        storage.to_planes(np.array([2**31]))
