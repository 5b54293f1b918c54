"""
Import a road file: from an OpenStreetMap extract to the index that answers questions.

Everything is read, built and written before the new index takes the place of
the old one in a single step; whatever interrupts an import leaves the old one.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from shapely.geometry.base import BaseGeometry

from geodata.errors import RoadNetworkError
from geodata.roads.index import RoadIndex
from geodata.roads.profile_file import read_usable_profile
from geodata.roads.publishing.arrays_directory import hash_file
from geodata.roads.publishing.compile import LICENCE, SOURCE
from geodata.roads.publishing.index_directory import locked, write_index
from geodata.roads.reading.pbf import check_is_pbf, read_pbf, say_nothing
from geodata.roads.reading.region import BBox
from geodata.roads.reading.summary import ImportSummary
from geodata.roads.reading.way_reader import Progress, is_large
from geodata.said import said
from geodata.territories.counties import load_counties

STAGES = ("reading", "joining", "turns", "ordering", "writing")
"""Stages an import reports, in this order."""

_SCRATCH = ".road-import-"

# The index of nodes takes 16 bytes a node; a country's file has 7 to 10 bytes for each.
_SCRATCH_SHARE = 3


def import_roads(
    pbf: Path,
    target_dir: Path,
    *,
    bbox: BBox | None = None,
    polygon: BaseGeometry | None = None,
    county: str | None = None,
    progress: Progress = say_nothing,
) -> ImportSummary:
    """
    Build the road index of a PBF file and make it the current one of `target_dir`.

    Parameters
    ----------
    pbf
        An `.osm.pbf` file, of a whole country if need be.
    target_dir
        Directory of the index; made when missing.
    bbox, polygon, county
        Keep only roads with a point inside (degrees; a county by its code).
    progress
        Called with one of `STAGES` and a count so far.

    Returns
    -------
    summary
        What was read, kept and dropped, and why. Also kept with the index.

    Raises
    ------
    RoadNetworkError
        See `geodata.roads.reading.pbf.read_pbf`; `disk_full` or `folder_unwritable`. The old
        index is still in place then.
    ReferenceDataError
        `unknown_county`.

    Notes
    -----
    `benchmarks.road_import` measures time and memory.
    """
    check_import(pbf, target_dir)
    if county is not None:
        inside = cast("BaseGeometry", load_counties().geometry(county))
        polygon = inside if polygon is None else polygon.intersection(inside)
    try:
        return _import(pbf, target_dir, (bbox, polygon, county), progress)
    except OSError as error:
        _clear_unfinished(target_dir)
        raise _unwritable(target_dir, error) from error


def check_import(pbf: Path, target_dir: Path) -> None:
    """
    Look at file and folder before any work.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `empty_file`, `not_a_pbf`, `disk_full` or `folder_unwritable`.
    """
    check_is_pbf(pbf)
    try:
        target_dir.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(target_dir).free
    except OSError as error:
        raise _unwritable(target_dir, error) from error
    needed = _SCRATCH_SHARE * pbf.stat().st_size if is_large(pbf) else 0
    # A file mapped into memory on a full disk kills the process instead of failing.
    if free < needed:
        raise RoadNetworkError(
            "disk_full",
            said(
                "{folder} has {free_mb:,.0f} MB free, {needed_mb:,.0f} MB are needed",
                folder=target_dir,
                free_mb=free / 1000000.0,
                needed_mb=needed / 1000000.0,
            ),
            said("make room, or set DISPATCH119_DATA_DIR to a larger disk"),
        )


def _unwritable(folder: Path, error: OSError) -> RoadNetworkError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return RoadNetworkError(
            "disk_full",
            said("no room to write below {folder}", folder=folder),
            said("make room and import again; nothing has changed"),
        )
    return RoadNetworkError(
        "folder_unwritable",
        said("{folder} cannot be written: {why}", folder=folder, why=error.strerror),
        said("check the rights of the folder; nothing has changed"),
    )


def _clear_unfinished(root: Path) -> None:
    """Remove what a failed write left beside the index in use."""
    try:
        with locked(root):
            used = (root / "current").resolve()
            for left in root.glob("index-*"):
                if left.resolve() not in used.parents:
                    shutil.rmtree(left, ignore_errors=True)
    except OSError:
        # Nothing can be written here at all: then nothing was left behind either.
        return


def _import(
    pbf: Path,
    target_dir: Path,
    region: tuple[BBox | None, BaseGeometry | None, str | None],
    progress: Progress,
) -> ImportSummary:
    bbox, polygon, county = region
    with _scratch_folder(target_dir.parent) as scratch:
        network, summary = read_pbf(
            pbf, bbox=bbox, polygon=polygon, progress=progress, scratch=scratch
        )
    progress("ordering", network.node_count)
    index = RoadIndex.build(replace(network, about=_about(pbf, summary, county)))
    progress("writing", network.piece_count)
    profile = read_usable_profile(target_dir)
    write_index(target_dir, index.with_profile(profile), profile=profile.name)
    return summary


def _about(pbf: Path, summary: ImportSummary, county: str | None) -> dict[str, Any]:
    about = {
        "source": SOURCE,
        "licence": LICENCE,
        "attribution": f"{SOURCE} ({LICENCE})",
        "source_file": pbf.name,
        "source_sha256": hash_file(pbf),
        "speeds": "romania",
        "counts": summary.as_dict(),
    }
    return about if county is None else {**about, "county": county}


@contextmanager
def _scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a folder for large temporary files; clear what killed imports left behind."""
    for left in parent.glob(f"{_SCRATCH}*"):
        pid = left.name.removeprefix(_SCRATCH).split("-")[0]
        if not Path("/proc", pid).exists():
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}-", dir=parent) as folder:
        yield Path(folder)
