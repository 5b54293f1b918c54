"""
Arrays worked out from the reference files once, and kept beside the byte code.

Every later process maps them into memory instead of working them out anew; set-up makes them
the first time. They are found under a fingerprint of the reference files and of the modules
that use them, so a changed file or a changed line of code never meets old arrays. Where no
folder can be written they are worked out in memory: slower, and the same.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.reference import files

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
Keeper: TypeAlias = Callable[[str, Callable[[], Arrays]], Arrays]
"""Gives named arrays: kept ones, or what the function it is given works out."""

_ROOT = Path(__file__).parent.parent
_FOLDER = "worked_out"


def keep_nothing(_name: str, work_out: Callable[[], Arrays]) -> Arrays:
    """Work out anew: for places, people and borders that are not the reference's."""
    return work_out()


def kept(name: str, work_out: Callable[[], Arrays]) -> Arrays:
    """
    Return the arrays of this name, mapped into memory; work them out where they are not kept.

    Changes to them stay in this process.

    Parameters
    ----------
    name
        Of the set of arrays, such as `border_grid`.
    work_out
        Makes them, from the reference files alone.
    """
    folder_name = f"{name}-{_fingerprint()}"
    for parent in _parents():
        if (found := _load(parent / folder_name)) is not None:
            return found
    arrays = work_out()
    for parent in _parents():
        with suppress(OSError):
            _store(arrays, parent, name, folder_name)
            break
    return arrays


def _parents() -> tuple[Path, Path]:
    """Return the folders to look in: as Python and numba keep what they compile."""
    own = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    beside = _ROOT / "__pycache__" / _FOLDER
    return beside, Path(own).expanduser() / "dispatch119" / _FOLDER


@lru_cache(maxsize=1)
def _fingerprint() -> str:
    digest = hashlib.sha256(np.__version__.encode())
    for path in _ingredients():
        digest.update(f"{path.relative_to(_ROOT)}\0".encode())
        if path.suffix == ".py":
            digest.update(path.read_bytes())
        else:
            # Megabytes that every start would read; whoever changes a file changes its time.
            known = path.stat()
            digest.update(f"{known.st_size} {known.st_mtime_ns}".encode())
    return digest.hexdigest()[:24]


def _ingredients() -> Iterator[Path]:
    yield from sorted(path for path in files.DATA.iterdir() if path.is_file())
    yield from sorted(_ROOT.glob("*.py"))
    for package in ("areas", "people", "reference", "territories"):
        yield from sorted((_ROOT / package).glob("*.py"))


def _load(folder: Path) -> Arrays | None:
    try:
        # Copied on writing, because kernels are compiled for arrays that can be written.
        return {
            path.stem: np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
            for path in folder.iterdir()
        } or None
    except (OSError, ValueError):
        return None


def _store(arrays: Arrays, parent: Path, name: str, folder_name: str) -> None:
    parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
    try:
        for key, values in arrays.items():
            np.save(made / f"{key}.npy", values, allow_pickle=False)
        made.chmod(0o755)
        # A folder that could not be read is in the way; one of another process is as good.
        if (there := parent / folder_name).exists() and _load(there) is None:
            shutil.rmtree(there, ignore_errors=True)
        made.rename(there)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    for old in parent.glob(f"{name}-*"):
        if old.name != folder_name:
            shutil.rmtree(old, ignore_errors=True)
