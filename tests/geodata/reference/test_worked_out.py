"""Arrays that are kept beside the byte code: found again, made anew, never half."""

import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geodata.people.population import Population, load_population
from geodata.points import LonLat
from geodata.reference import worked_out
from geodata.reference.worked_out import Arrays, kept
from geodata.territories.localities import load_localities
from geodata.territories.shares import load_territories


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two empty folders to keep in: beside the code, and the user's own."""
    both = tmp_path / "beside", tmp_path / "own"
    monkeypatch.setattr(worked_out, "_parents", lambda: both)
    return both


def counted() -> tuple[Callable[[], Arrays], list[int]]:
    """Something to work out, and a list that grows whenever it is."""
    times: list[int] = []

    def work_out() -> Arrays:
        times.append(1)
        return {"squares": np.arange(5) ** 2, "one": np.array(7.5), "none": np.zeros(0, np.int32)}

    return work_out, times


def kept_folder(parent: Path) -> Path:
    (only,) = parent.iterdir()
    return only


def test_it_is_worked_out_once_and_found_again(folders: tuple[Path, Path]):
    work_out, times = counted()
    first, second = kept("thing", work_out), kept("thing", work_out)
    assert len(times) == 1
    for name in ("squares", "one", "none"):
        assert np.array_equal(first[name], second[name])
        assert first[name].dtype == second[name].dtype
    assert type(second["squares"]) is np.ndarray


def test_changes_stay_in_the_process(folders: tuple[Path, Path]):
    work_out, _ = counted()
    kept("thing", work_out)
    kept("thing", work_out)["squares"][0] = 99
    assert kept("thing", work_out)["squares"][0] == 0


@pytest.mark.parametrize("damage", ["cut", "gone", "text"])
def test_what_is_damaged_is_worked_out_again(folders: tuple[Path, Path], damage: str):
    work_out, times = counted()
    kept("thing", work_out)
    file = kept_folder(folders[0]) / "squares.npy"
    if damage == "cut":
        os.truncate(file, file.stat().st_size - 8)
    elif damage == "gone":
        for file in kept_folder(folders[0]).iterdir():
            file.unlink()
    else:
        file.write_text("no array")
    assert list(kept("thing", work_out)["squares"]) == [0, 1, 4, 9, 16]
    assert len(times) == 2
    kept("thing", work_out)
    assert len(times) == 2


def test_another_state_of_the_code_meets_nothing_old(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
):
    work_out, times = counted()
    kept("thing", work_out)
    monkeypatch.setattr(worked_out, "_fingerprint", lambda: "another")
    kept("thing", work_out)
    assert len(times) == 2
    assert kept_folder(folders[0]).name == "thing-another"


def test_code_and_reference_files_make_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "areas").mkdir()
    module, table = tmp_path / "areas" / "a.py", tmp_path / "table.csv"
    module.write_text("A = 1")
    table.write_text("a,b")
    monkeypatch.setattr(worked_out, "_ROOT", tmp_path)
    monkeypatch.setattr(worked_out.files, "DATA", tmp_path)

    def fingerprint() -> str:
        worked_out._fingerprint.cache_clear()
        return worked_out._fingerprint()

    before = fingerprint()
    assert fingerprint() == before
    module.write_text("A = 2")
    after = fingerprint()
    os.utime(table, ns=(1, 1))
    assert len({before, after, fingerprint()}) == 3
    worked_out._fingerprint.cache_clear()


def test_a_folder_that_cannot_be_written_is_passed_over(folders: tuple[Path, Path]):
    beside, own = folders
    beside.write_text("a file where a folder should be")
    work_out, times = counted()
    kept("thing", work_out)
    kept("thing", work_out)
    assert len(times) == 1
    assert kept_folder(own).name.startswith("thing-")


def test_nowhere_to_write_is_only_slower(folders: tuple[Path, Path]):
    for folder in folders:
        folder.write_text("a file")
    work_out, times = counted()
    assert list(kept("thing", work_out)["squares"]) == [0, 1, 4, 9, 16]
    kept("thing", work_out)
    assert len(times) == 2


def keep_in(folder: Path) -> None:
    worked_out._parents = lambda: (folder, folder)
    kept("thing", counted()[0])


def test_several_at_once_leave_one_whole_set(tmp_path: Path):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=keep_in, args=(tmp_path,)) for _ in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert sorted(p.name for p in kept_folder(tmp_path).iterdir()) == [
        "none.npy", "one.npy", "squares.npy",
    ]  # fmt: skip


def test_kept_and_fresh_people_are_the_same():
    fresh = Population(load_localities().all(), load_territories())
    area = [(26.0, 44.3), (26.3, 44.3), (26.3, 44.6), (26.0, 44.6)]
    assert fresh.persons_by_county(area) == load_population().persons_by_county(area)
    middle = LonLat(26.1, 44.43)
    one, two = (p.callers_near(middle, 5_000.0, 9_000.0) for p in (fresh, load_population()))
    assert (one.weight == two.weight).all()
