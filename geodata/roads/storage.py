"""
Arrays in one file whose bytes depend on nothing but the arrays.

The format is numpy's own `.npz` (a zip of `.npy` files) with fixed dates and
order, so `numpy.load` reads it too. Integers are stored as differences split
into byte planes where that is smaller; the caller decides what a difference is.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import RoadNetworkError
from geodata.said import said

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the arrays to `path`, replacing it in one step (a crash keeps the old file)."""
    draft = path.with_name(path.name + ".part")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bundle:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # ZipInfo records the operating system. It is set to Unix (3), so that bytes do not
            # depend on the machine.
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.asarray(arrays[name], order="C"), version=(1, 0))
            bundle.writestr(entry, buffer.getvalue())
    draft.replace(path)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """
    Read every array of the file.

    Raises
    ------
    RoadNetworkError
        `file_missing` or `not_a_road_index`.
    """
    try:
        # Opened here, because numpy leaves a file open that turns out to be no zip.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as bundle:
            return {name: bundle[name] for name in bundle.files}
    except FileNotFoundError as error:
        raise RoadNetworkError(
            "file_missing",
            said("there is no road index {path}", path=path.name),
            said("run the data build or import one"),
        ) from error
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise RoadNetworkError(
            "not_a_road_index",
            said("{path} is no complete road index", path=path.name),
            said("it is damaged or of another kind; build it again"),
        ) from error


def to_planes(values: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Zigzag the signed numbers (below 2^31 in size) and split them into four byte planes."""
    if len(values) and int(np.abs(values).max()) >= 2**31:
        raise RoadNetworkError(
            "too_wide",
            said("the network's numbers do not fit 32 bits"),
            said("import a smaller region"),
        )
    # Small numbers of either sign become small unsigned ones. Split into planes, their high
    # bytes are runs of zeros, which compress to nothing.
    zigzag = ((values << 1) ^ (values >> 63)).astype("<u4")
    return np.ascontiguousarray(zigzag.view(np.uint8).reshape(-1, 4).T)


def from_planes(planes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Undo `to_planes`."""
    zigzag = np.ascontiguousarray(planes.T).view("<u4").reshape(-1).astype(np.int64)
    return (zigzag >> 1) ^ -(zigzag & 1)


def pack_text(texts: tuple[str, ...]) -> NDArray[np.uint8]:
    """UTF-8 bytes of the texts, separated by line feeds."""
    return np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)


def unpack_text(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    """Undo `pack_text`."""
    return tuple(packed.tobytes().decode().split("\n"))


def pack_json(facts: Mapping[str, Any]) -> NDArray[np.uint8]:
    """Canonical JSON bytes of plain facts."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return np.frombuffer(text.encode(), dtype=np.uint8)


def unpack_json(packed: NDArray[np.uint8]) -> dict[str, Any]:
    """Undo `pack_json`."""
    facts: dict[str, Any] = json.loads(packed.tobytes())
    return facts
