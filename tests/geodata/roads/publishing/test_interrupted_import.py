"""Whatever stops an import, the old network stays in use and the next import works."""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from geodata.errors import RoadNetworkError
from geodata.roads.publishing import importing, index_directory
from geodata.roads.publishing.importing import check_import, import_roads
from geodata.roads.publishing.index_directory import open_index
from tests.conftest_d.grid import grid
from tests.conftest_d.pbf_drawing import road, write_pbf

GROUND = grid("A B C D\nE F G H", step_m=500)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    small = write_pbf(tmp_path / "old.osm.pbf", GROUND, {"a": road("A B C D")})
    large = write_pbf(tmp_path / "new.osm.pbf", GROUND, {"a": road("A B C D H G F E A")})
    import_roads(small, tmp_path / "roads")
    return small, large


def in_a_child(work: Callable[[], None]) -> int:
    """Run in a process of its own that never comes back; return how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(3)
    return os.waitpid(child, 0)[1]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def used(tmp_path: Path) -> str:
    return str(open_index(tmp_path / "roads")[1].network.about["source_file"])


@pytest.mark.parametrize("stage", importing.STAGES)
def test_a_process_killed_in_a_stage(files: tuple[Path, Path], tmp_path: Path, stage: str):
    def work() -> None:
        import_roads(
            files[1], tmp_path / "roads", progress=lambda now, _: die() if now == stage else None
        )

    assert in_a_child(work) == signal.SIGKILL
    assert used(tmp_path) == "old.osm.pbf"
    import_roads(files[1], tmp_path / "roads")
    assert used(tmp_path) == "new.osm.pbf"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new.osm.pbf", "old.osm.pbf", "roads"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [("write_directory", "old.osm.pbf"), ("_write_whole", "old.osm.pbf"),
     ("_swap", "old.osm.pbf"), ("_clear_away", "new.osm.pbf")],
)  # fmt: skip
def test_a_process_killed_while_it_writes(
    files: tuple[Path, Path], tmp_path: Path, step: str, expected: str
):
    def work() -> None:
        setattr(index_directory, step, die)
        import_roads(files[1], tmp_path / "roads")

    assert in_a_child(work) == signal.SIGKILL
    assert used(tmp_path) == expected
    import_roads(files[1], tmp_path / "roads")
    left = [p.name for p in (tmp_path / "roads").iterdir() if p.name.startswith("index-")]
    # Readers of the generations before are left their files; there are never more.
    assert len(left) <= index_directory.KEPT_GENERATIONS + 1


def test_a_full_disk_is_one_clear_refusal(files: tuple[Path, Path], tmp_path: Path):
    answer = tmp_path / "answer"

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            import_roads(files[1], tmp_path / "roads")
        except RoadNetworkError as error:
            answer.write_text(error.code)

    in_a_child(work)
    assert answer.read_text() == "disk_full"
    assert used(tmp_path) == "old.osm.pbf"
    left = [p.name for p in (tmp_path / "roads").iterdir() if p.name.startswith("index-")]
    assert len(left) == 1


def test_a_folder_that_cannot_be_is_refused_before_any_work(
    files: tuple[Path, Path], tmp_path: Path
):
    (tmp_path / "file").touch()
    with pytest.raises(RoadNetworkError) as caught:
        check_import(files[1], tmp_path / "file" / "roads")
    assert caught.value.code == "folder_unwritable"


def test_a_large_file_needs_room_for_its_nodes(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(importing, "is_large", lambda path: True)
    monkeypatch.setattr(importing, "_SCRATCH_SHARE", 10**18)
    with pytest.raises(RoadNetworkError) as caught:
        import_roads(files[1], tmp_path / "roads")
    assert caught.value.code == "disk_full"
    assert used(tmp_path) == "old.osm.pbf"
