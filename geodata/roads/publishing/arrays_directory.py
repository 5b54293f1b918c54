"""
Arrays in a directory of `.npy` files with a manifest, mapped instead of read.

Processes that map the same files share their pages. A directory is written
once under a draft name, renamed, and never changed afterwards.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.said import said

FORMAT = 2
MANIFEST = "manifest.json"


def write_directory(
    path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any], *, durable: bool
) -> None:
    """
    Write the arrays and what is known about them to a new directory `path`.

    `durable` waits for the disk and takes checksums: for what cannot be computed again.
    """
    draft = path.with_name(path.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    about: dict[str, dict[str, Any]] = {}
    for name, array in arrays.items():
        file = draft / f"{name}.npy"
        with file.open("wb") as stream:
            np.lib.format.write_array(stream, np.asarray(array, order="C"), version=(1, 0))
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        about[name] = {"dtype": array.dtype.str, "shape": list(array.shape)}
        about[name]["bytes"] = file.stat().st_size
        if durable:
            about[name]["sha256"] = hash_file(file)
    manifest = {"format": FORMAT, **facts, "arrays": about}
    # Python writes a text of several lines itself, ten times as slowly as one of a single line.
    indent = 1 if durable else None
    text = json.dumps(manifest, ensure_ascii=False, indent=indent, sort_keys=True)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    # The name appears only when everything is written: a crash leaves a draft, never a
    # directory that lacks a file.
    draft.rename(path)


def read_manifest(path: Path) -> dict[str, Any]:
    """
    Facts and array descriptions of a directory.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `not_a_road_index` or `other_format`.
    """
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise RoadNetworkError(
            "file_missing",
            said("there is no road index in {path}", path=path.name),
            said("import a road network"),
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(path, MANIFEST) from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("arrays"), dict):
        raise _damaged(path, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise RoadNetworkError(
            "other_format",
            said("{path} was written by another version of the program", path=path.name),
            said("import the road network again: dispatch119 roads import FILE.osm.pbf"),
        )
    return manifest


def read_any(path: Path) -> dict[str, Any]:
    """Manifest of a directory in whatever format; empty when it has none that can be read."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def find_format(path: Path) -> Any:
    """Format in which a directory was written; None when it does not say."""
    return read_any(path).get("format")


def map_arrays(path: Path, manifest: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """
    Every array of a directory, mapped; a write would stay private to the process.

    Kind, shape and size of every file are compared with the manifest.

    Raises
    ------
    RoadNetworkError
        `not_a_road_index` when a file is missing, cut short or of another shape.
    """
    return {name: _map(path, name, about) for name, about in manifest["arrays"].items()}


def find_damage(path: Path) -> list[str]:
    """Names of the arrays whose bytes are not those of the manifest; reads everything."""
    manifest = read_manifest(path)
    return [
        name
        for name, about in manifest["arrays"].items()
        if "sha256" in about and not _is_intact(path / f"{name}.npy", about["sha256"])
    ]


def _map(path: Path, name: str, about: Mapping[str, Any]) -> NDArray[Any]:
    file = path / f"{name}.npy"
    try:
        if file.stat().st_size != about["bytes"]:
            raise _damaged(path, name)
        # A kernel is compiled once for writable arrays and once for read-only ones. Private
        # copy-on-write maps count as writable, so one version is enough. An empty array has
        # no bytes to map.
        mode: Literal["c"] | None = "c" if all(about["shape"]) else None
        loaded = np.load(file, mmap_mode=mode, allow_pickle=False)
        array: NDArray[Any] = loaded.view(np.ndarray)
    except RoadNetworkError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, name) from error
    if array.dtype.str != about["dtype"] or list(array.shape) != about["shape"]:
        raise _damaged(path, name)
    return array


def _is_intact(file: Path, checksum: str) -> bool:
    return file.exists() and hash_file(file) == checksum


def hash_file(file: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(path: Path, part: str) -> RoadNetworkError:
    return RoadNetworkError(
        "not_a_road_index",
        said("{part} of the road index {path} is damaged or incomplete", part=part, path=path.name),
        said("import the road network again"),
    )
