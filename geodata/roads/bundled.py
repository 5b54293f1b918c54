"""
The bundled network as an index directory, so that it can be closed, followed and shared.

Written at the first start and again when the bundled file changed; an imported
network in its place is left alone.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.errors import RoadNetworkError
from geodata.roads import arrays_directory
from geodata.roads.compile import hash_file
from geodata.roads.index import RoadIndex
from geodata.roads.index_directory import CURRENT, read_generation, write_index

MARK, _LOCK = "bundled.json", "bundled.lock"


def ensure_index(root: Path, bundled: Path) -> bool:
    """
    Make sure that the directory holds an index of this version; the bundled one if no other.

    Several processes may call it at once: one writes, the others wait for it.

    Returns
    -------
    written
        Whether the bundled network was written now.

    Raises
    ------
    RoadNetworkError
        The bundled file is missing or damaged.
    OSError
        The directory cannot be written.
    """
    wanted = {"sha256": hash_file(bundled), "format": arrays_directory.FORMAT}
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        if (root / CURRENT).is_symlink() and not _is_outdated(root, wanted):
            return False
        generation = write_index(root, RoadIndex.load(bundled))
        mark = {**wanted, "index": generation.index}
        (root / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")
    return True


def is_bundled(root: Path) -> bool:
    """Tell whether what the directory holds is the bundled network."""
    try:
        return bool(_read_mark(root).get("index") == read_generation(root).index)
    except RoadNetworkError:
        return False


def _is_outdated(root: Path, wanted: dict[str, Any]) -> bool:
    mark = _read_mark(root)
    return is_bundled(root) and any(mark.get(name) != value for name, value in wanted.items())


def _read_mark(root: Path) -> dict[str, Any]:
    try:
        mark = json.loads((root / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    # Not the writers' lock of the index: writing takes that one itself.
    with (root / _LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
