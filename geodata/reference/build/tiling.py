"""
From 47 polygons that almost fit to one exact tiling, simplified under a measured bound.

The source polygons overlap by 57 m2 in all. They are cleaned into an exact tiling
(every shared border identical on both sides), then simplified together, so that the
result has neither gaps nor overlaps. Lengths are metres in EPSG:3844 throughout.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.errors import ReferenceDataError
from geodata.reference.codes import CODES
from geodata.said import said

MAX_SHIFT_M = 25.0
MIN_AGREEMENT = 0.999

# Slivers of the source are centimetres wide; no real gap is below 5 m.
SLIVER_M = 5.0
_SAMPLE_STEP_M = 10.0
_SEARCH_STEP_M = 200.0

Polygons = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Localities with the county the register gives, to judge a simplification by."""

    points: NDArray[np.object_]
    county: NDArray[np.int64]


def read_territories(path: Path) -> Polygons:
    """Read the polygons of the 47 jurisdictions in the order of `CODES`, as EPSG:3844."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    by_code = {f["properties"]["code"]: json.dumps(f["geometry"]) for f in features}
    if tuple(sorted(by_code)) != CODES:
        raise ReferenceDataError(
            "bad_source",
            said("{path} does not hold the 47 jurisdictions", path=path.name),
            said("check the file"),
        )
    return to_metres(shapely.from_geojson([by_code[code] for code in CODES]))


def to_metres(geometries: Polygons) -> Polygons:
    """Project geometries from EPSG:4326 to EPSG:3844."""
    return np.asarray(
        shapely.transform(
            geometries, lambda c: np.column_stack(project(c[:, 0], c[:, 1], WGS84, STEREO70))
        )
    )


def clean(polygons: Polygons) -> Polygons:
    """Return an exact tiling of the same ground; slivers go to the longest neighbour."""
    # Newer than the type stubs of shapely.
    return np.asarray(shapely.coverage_clean(polygons, gap_width=SLIVER_M))  # type: ignore[attr-defined]


def simplify(tiling: Polygons, checkpoints: Checkpoints) -> tuple[Polygons, float]:
    """
    Simplify as far as the two bounds allow.

    Returns
    -------
    simplified, tolerance_m
        The tiling at the largest whole tolerance of `shapely.coverage_simplify` at
        which no border moves more than `MAX_SHIFT_M` and at least `MIN_AGREEMENT` of
        the checkpoints keep their county.
    """
    low, high = 0, 64
    best = tiling
    while high - low > 1:
        middle = (low + high) // 2
        candidate = np.asarray(shapely.coverage_simplify(tiling, middle))
        if _is_good(candidate, tiling, checkpoints):
            low, best = middle, candidate
        else:
            high = middle
    return best, float(low)


def _is_good(candidate: Polygons, tiling: Polygons, checkpoints: Checkpoints) -> bool:
    return bool(
        border_shift(tiling, candidate, _SEARCH_STEP_M) <= MAX_SHIFT_M
        and agreement(candidate, checkpoints) >= MIN_AGREEMENT
        and shapely.coverage_is_valid(candidate)
    )


def border_shift(before: Polygons, after: Polygons, step_m: float = _SAMPLE_STEP_M) -> float:
    """
    Return how far any border moved, in metres: the largest distance, both ways, between
    a county's outline before and after, sampled at every vertex and every `step_m`.
    """
    shifts = [
        max(_directed(a, b, step_m), _directed(b, a, step_m))
        for a, b in zip(shapely.boundary(before), shapely.boundary(after), strict=True)
    ]
    return max(shifts)


def _directed(of: shapely.Geometry, to: shapely.Geometry, step_m: float) -> float:
    samples = shapely.points(shapely.get_coordinates(shapely.segmentize(of, step_m)))
    pieces = _short_lines(to)
    tree = shapely.STRtree(pieces)
    return float(tree.query_nearest(samples, return_distance=True, all_matches=False)[1].max())


def _short_lines(line: shapely.Geometry) -> NDArray[np.object_]:
    """Cut a boundary into its segments, for an index that answers in log time."""
    parts = []
    for ring in shapely.get_parts(line):
        xy = shapely.get_coordinates(ring)
        parts.append(np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))))
    return np.concatenate(parts)


def agreement(tiling: Polygons, checkpoints: Checkpoints) -> float:
    """Return the share of checkpoints that lie in the county the register gives."""
    point, county = shapely.STRtree(tiling).query(checkpoints.points, predicate="intersects")
    right = np.zeros(len(checkpoints.points), dtype=bool)
    right[point[checkpoints.county[point] == county]] = True
    return float(right.mean())
