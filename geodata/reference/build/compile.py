"""The compile step itself: every file of the reference data from a folder of sources."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from geodata.crs import EQUAL_AREA, STEREO70, project
from geodata.errors import ReferenceDataError
from geodata.reference import files
from geodata.reference.build import arcs, motorways, sources, tables, tiling
from geodata.reference.build.sources import Source
from geodata.reference.codes import CODES
from geodata.roads.publishing.arrays_directory import hash_file
from geodata.roads.publishing.compile import build_roads
from geodata.said import said


def build_reference(source_dir: Path, target_dir: Path) -> dict[str, object]:
    """
    Compile the reference data and return its manifest, which is also written.

    Parameters
    ----------
    source_dir
        Folder with `admin/`, `population/`, `numbering/`, `cells/` and `roads/`.
    target_dir
        Folder to write to; files of the same name are replaced.

    Raises
    ------
    ReferenceDataError
        `source_missing`: files are not there, all of them named; `bad_source`: a
        source file does not hold what it should.
    """
    _demand_sources(source_dir)
    target_dir.mkdir(parents=True, exist_ok=True)
    borders, measures, areas = _borders(source_dir)
    drawn = motorways.read_lines(source_dir / sources.MOTORWAYS.path)
    texts: dict[str, tuple[str, int, tuple[Source, ...]]] = {
        files.BORDERS: (format_borders(borders), len(borders), (sources.TERRITORIES,)),
        files.MOTORWAYS: (motorways.format_lines(drawn), len(drawn), (sources.MOTORWAYS,)),
    }
    for name, rows, origin in (
        (
            files.COUNTIES,
            tables.counties(source_dir, areas),
            (sources.SEATS, sources.OFFICES, sources.CENSUS, sources.TERRITORIES),
        ),
        (files.LOCALITIES, tables.localities(source_dir), (sources.LOCALITIES,)),
        (files.NUMBERING, tables.landline_prefixes(source_dir), (sources.AREA_CODES,)),
        (files.MOBILE_NETWORKS, tables.mobile_networks(source_dir), (sources.MOBILE_NETWORKS,)),
    ):
        texts[name] = (tables.write_csv(rows), len(rows), origin)
    for name, (text, _, _) in texts.items():
        (target_dir / name).write_text(text, encoding="utf-8", newline="\n")
    roads = build_roads(source_dir / sources.ROADS.path, target_dir / files.ROADS)
    counted = {name: (count, origin) for name, (_, count, origin) in texts.items()}
    counted[files.ROADS] = (roads["counts"]["pieces"], (sources.ROADS,))
    manifest = {
        "files": {
            name: _entry(source_dir, target_dir / name, *parts)
            for name, parts in sorted(counted.items())
        },
        "borders": measures,
        "roads": roads["counts"],
    }
    (target_dir / files.MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    return manifest


def _demand_sources(source_dir: Path) -> None:
    missing = [s.path for s in sources.ALL if not (source_dir / s.path).is_file()]
    if missing:
        raise ReferenceDataError(
            "source_missing",
            said(
                "not found in {source_dir}: {missing}",
                source_dir=source_dir,
                missing=", ".join(missing),
            ),
            said("name the folder of the original source data with --source"),
        )


def _borders(
    source_dir: Path,
) -> tuple[list[arcs.Arc], dict[str, object], dict[str, float]]:
    original = tiling.read_territories(source_dir / sources.TERRITORIES.path)
    checkpoints = tables.checkpoints(source_dir)
    exact = tiling.clean(original)
    simplified, tolerance_m = tiling.simplify(exact, checkpoints)
    borders = arcs.cut_into_arcs(simplified)
    stored = arcs.as_polygons(borders)
    measures: dict[str, object] = {
        "simplify_tolerance_m": tolerance_m,
        "max_border_shift_m": round(tiling.border_shift(original, stored), 3),
        "localities_agreeing": round(
            tiling.agreement(stored, checkpoints) * len(checkpoints.points)
        ),
        "localities_agreeing_in_source": round(
            tiling.agreement(original, checkpoints) * len(checkpoints.points)
        ),
        "localities": len(checkpoints.points),
        "is_exact_coverage": bool(shapely.coverage_is_valid(stored)),
        "vertices": sum(len(arc.line) for arc in borders),
        "degrees_per_unit": arcs.SCALE,
        "gap_width_m": tiling.SLIVER_M,
    }
    return borders, measures, areas_km2(stored)


def areas_km2(polygons: tiling.Polygons, codes: Sequence[str] = CODES) -> dict[str, float]:
    """Return the ground of EPSG:3844 polygons in km2, measured in EPSG:3035."""
    flat = shapely.transform(
        polygons, lambda c: np.column_stack(project(c[:, 0], c[:, 1], STEREO70, EQUAL_AREA))
    )
    return {code: float(a) / 1e6 for code, a in zip(codes, shapely.area(flat), strict=True)}


def format_borders(borders: list[arcs.Arc]) -> str:
    """Return the stored form of border arcs as JSON text."""
    lines = ",\n".join(json.dumps(arcs.encode(arc), separators=(",", ":")) for arc in borders)
    return f'{{"degrees_per_unit":{arcs.SCALE},"arcs":[\n{lines}\n]}}\n'


def _entry(
    source_dir: Path, compiled: Path, count: int, origin: tuple[Source, ...]
) -> dict[str, object]:
    return {
        "sha256": hash_file(compiled),
        "count": count,
        "sources": [
            {
                "file": source.path,
                "sha256": hash_file(source_dir / source.path),
                "title": source.title,
                "licence": source.licence,
                "attribution": source.attribution,
            }
            for source in origin
        ],
    }
