"""
The bundled network as an index directory, so that it can be closed, followed and shared.

Written at the first start and again when the bundled file or the format of the directory
changed; an imported network in its place is left alone. One that was written in another
format is refused, because its OSM file is not here to build it from; a server may take the
bundled network in its stead, and whoever asks is told.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geodata.errors import RoadNetworkError
from geodata.roads.index import RoadIndex
from geodata.roads.profile_file import read_usable_profile
from geodata.roads.publishing import arrays_directory
from geodata.roads.publishing.arrays_directory import hash_file
from geodata.roads.publishing.index_directory import CURRENT, read_generation, write_index
from geodata.said import said

MARK, _LOCK = "bundled.json", "bundled.lock"

_MODEL = 2
"""Counts up when the bundled times are made otherwise: 2 has belts (`geodata.roads.belts`)."""


def rebuild_index(root: Path, bundled: Path) -> None:
    """
    Write the bundled network anew, because what the directory holds is damaged.

    Where that was an imported network, `find_missed` names its file until it is imported again:
    the file itself is not here.

    Raises
    ------
    RoadNetworkError
        The bundled file is missing or damaged.
    OSError
        The directory cannot be written.
    """
    with _alone(root):
        try:
            missed = find_missed(root) or (None if is_bundled(root) else _source_of(root))
        except RoadNetworkError:
            missed = None
        _write(root, bundled, _wanted(bundled), missed)


def find_damage(root: Path) -> list[str]:
    """
    Name the parts of the road map in use whose bytes are not those that were written.

    Reads everything: a tenth of a second for Bucharest, a minute for a large country.

    Raises
    ------
    RoadNetworkError
        Not even what it consists of can be read.
    """
    return arrays_directory.find_damage(root / read_generation(root).index)


def ensure_index(root: Path, bundled: Path, *, instead_of_unreadable: bool = False) -> bool:
    """
    Make sure that the directory holds an index of this version; the bundled one if no other.

    Several processes may do so at once: one writes, the others wait for it.

    Parameters
    ----------
    root, bundled
        The directory, and the file that ships with the project.
    instead_of_unreadable
        Write the bundled network also where an imported one is in another format; its
        files stay, and `find_missed` names it until something is imported.

    Returns
    -------
    written
        Whether the bundled network was written now.

    Raises
    ------
    RoadNetworkError
        `other_format`: an imported network was written by another version of the
        program. The bundled file is missing or damaged.
    OSError
        The directory cannot be written.
    """
    wanted = _wanted(bundled)
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        missed = find_missed(root)
        if (root / CURRENT).is_symlink() and not _is_outdated(root, wanted):
            try:
                _check_format(root)
            except RoadNetworkError as error:
                if error.code != "other_format" or not instead_of_unreadable:
                    raise
                missed = _source_of(root)
            else:
                return False
        _write(root, bundled, wanted, missed)
    return True


def _wanted(bundled: Path) -> dict[str, Any]:
    """Return what the mark of an up-to-date directory says."""
    return {"sha256": hash_file(bundled), "format": arrays_directory.FORMAT, "model": _MODEL}


def _write(root: Path, bundled: Path, wanted: dict[str, Any], missed: str | None) -> None:
    profile = read_usable_profile(root)
    index = RoadIndex.load(bundled).with_profile(profile)
    generation = write_index(root, index, profile=profile.name)
    mark = {**wanted, "index": generation.index, "missed": missed}
    (root / MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")


def find_missed(root: Path) -> str | None:
    """
    Name the file of the imported network that could not be read and that the bundled one replaces.

    None where an imported network is in use, or where none was imported.
    """
    missed = _read_mark(root).get("missed")
    return str(missed) if missed and is_bundled(root) else None


def is_bundled(root: Path) -> bool:
    """Tell whether what the directory holds is the bundled network."""
    try:
        return bool(_read_mark(root).get("index") == read_generation(root).index)
    except RoadNetworkError:
        return False


def _is_outdated(root: Path, wanted: dict[str, Any]) -> bool:
    mark = _read_mark(root)
    return is_bundled(root) and (
        any(mark.get(name) != value for name, value in wanted.items())
        or _format_of(root) != wanted["format"]
    )


def _check_format(root: Path) -> None:
    if _format_of(root) not in {arrays_directory.FORMAT, None}:
        raise RoadNetworkError(
            "other_format",
            said(
                "the road network imported from {source} was written by another version of the "
                "program",
                source=_source_of(root),
            ),
            said("import it again: dispatch119 roads import FILE.osm.pbf"),
        )


def _format_of(root: Path) -> Any:
    """Return the first format of map and times that is not ours, else ours; None: no manifest."""
    generation = read_generation(root)
    found = [
        arrays_directory.find_format(root / one) for one in (generation.index, generation.link)
    ]
    return next((one for one in found if one != arrays_directory.FORMAT), found[0])


def _source_of(root: Path) -> str:
    about = arrays_directory.read_any(root / read_generation(root).index).get("about")
    return str(about.get("source_file", "?")) if isinstance(about, dict) else "?"


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
