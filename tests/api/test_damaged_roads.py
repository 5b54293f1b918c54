"""A damaged road index is derived data: the server builds it anew and answers by road."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.checks import _roads
from api.installation import mend_roads, missed_import, road_folder, roads_in_use
from api.settings import DatabaseSettings
from geodata.errors import RoadNetworkError
from geodata.roads.publishing.index_directory import CURRENT, read_generation, write_index
from tests.conftest_d.two_zones import index_of


def home_of(root: Path) -> Path:
    return root / read_generation(root).index


def cut_short(root: Path) -> None:
    file = home_of(root) / "hierarchy.up.npy"
    file.write_bytes(file.read_bytes()[:-40])


def without_a_file(root: Path) -> None:
    (home_of(root) / "hierarchy.up.npy").unlink()


def without_manifest(root: Path) -> None:
    (home_of(root) / "manifest.json").unlink()


def with_a_broken_manifest(root: Path) -> None:
    (home_of(root) / "manifest.json").write_bytes(b"\x00{")


def leading_nowhere(root: Path) -> None:
    (root / CURRENT).unlink()
    (root / CURRENT).symlink_to("index-0/metrics/000001")


def flipped(root: Path) -> None:
    file = home_of(root) / "hierarchy.up.npy"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


# The bundled network without a manifest counts as outdated, which anybody who starts mends.
OUTDATED = [without_manifest, with_a_broken_manifest]
SEEN_AT_ONCE = [cut_short, without_a_file, leading_nowhere]


@pytest.fixture
def database(tmp_path: Path) -> DatabaseSettings:
    made = DatabaseSettings(database_url=None, data_dir=tmp_path)
    roads_in_use(made)
    return made


@pytest.mark.parametrize("damage", OUTDATED)
def test_without_a_manifest_it_is_written_again(
    database: DatabaseSettings, damage: Callable[[Path], None]
) -> None:
    damage(road_folder(database))
    assert roads_in_use(database).info()["nodes"] == 34_187
    assert mend_roads(database) == []


@pytest.mark.parametrize("damage", SEEN_AT_ONCE)
def test_a_server_builds_it_anew_at_its_start(
    database: DatabaseSettings, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    damage(road_folder(database))
    with pytest.raises(RoadNetworkError):
        roads_in_use(database)
    assert roads_in_use(database, at_any_rate=True).info()["nodes"] == 34_187
    assert len([one for one in caplog.records if "built anew" in one.message]) == 1
    assert mend_roads(database) == []


def test_a_changed_byte_is_noticed_beside_the_server_and_mended(database: DatabaseSettings) -> None:
    flipped(road_folder(database))
    in_use = roads_in_use(database, at_any_rate=True)
    assert _roads(database)[0].status == "FAIL"
    assert mend_roads(database) == ["hierarchy.up"]
    in_use.follow()
    assert in_use.generation == read_generation(road_folder(database)).link
    assert _roads(database)[0].status == "OK"


@pytest.mark.parametrize("damage", [cut_short, without_a_file, flipped])
def test_a_damaged_import_is_replaced_and_named(
    database: DatabaseSettings, damage: Callable[[Path], None]
) -> None:
    root = road_folder(database)
    write_index(root, index_of(source_file="romania.osm.pbf"))
    damage(root)
    roads_in_use(database, at_any_rate=True)
    mend_roads(database)
    assert missed_import(database) == "romania.osm.pbf"
