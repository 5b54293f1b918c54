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
    shift = 0.0
    for a, b in zip(shapely.boundary(before), shapely.boundary(after), strict=True):
        shift = _directed(a, b, step_m, at_least=shift)
        shift = _directed(b, a, step_m, at_least=shift)
    return shift


def _directed(
    of: shapely.Geometry, to: shapely.Geometry, step_m: float, *, at_least: float
) -> float:
    """
    Return the largest distance from a sample of one line to the other, or `at_least`.

    On a straight stretch no point is further from one piece of the other line than an end of
    the stretch is. So the piece that is nearest to its middle tells of nearly every stretch
    that it holds nothing larger; only the others are halved.
    """
    pieces, lines = _short_lines(to), _short_lines(of)
    tree = shapely.STRtree(pieces)
    first, last = shapely.get_coordinates(lines).reshape(-1, 2, 2).swapaxes(0, 1)
    _, distances = _nearest(tree, first)
    largest = max(at_least, float(distances.max()))
    parts = np.ceil(shapely.length(lines) / step_m).astype(int)
    # Stretches: of which line, and from which to which of its samples.
    line = np.flatnonzero(parts > 1)
    low, high = np.zeros_like(line), parts[line]

    def samples(number: NDArray[np.int64]) -> NDArray[np.float64]:
        share = (number / parts[line])[:, None]
        return np.asarray(first[line] * (1.0 - share) + last[line] * share)

    while len(line):
        middle = (low + high) // 2
        nearest, distances = _nearest(tree, samples(middle))
        largest = max(largest, float(distances.max()))
        ends = [shapely.distance(shapely.points(samples(n)), pieces[nearest]) for n in (low, high)]
        is_open = np.maximum(*ends) > largest
        line, low, middle, high = (v[is_open] for v in (line, low, middle, high))
        line, low, high = np.tile(line, 2), np.append(low, middle), np.append(middle, high)
        is_open = high - low > 1
        line, low, high = (v[is_open] for v in (line, low, high))
    return largest


def _nearest(
    tree: shapely.STRtree, xy: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each point the number of the nearest piece, and how far it is."""
    pairs, distances = tree.query_nearest(
        shapely.points(xy), return_distance=True, all_matches=False
    )
    return pairs[1], distances


def _short_lines(line: shapely.Geometry) -> NDArray[np.object_]:
    """Cut a boundary into its segments, for an index that answers in log time."""
    parts = []
    for ring in shapely.get_parts(line):
        xy = shapely.get_coordinates(ring)
        parts.append(np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))))
    return np.concatenate(parts)


def agreement(tiling: Polygons, checkpoints: Checkpoints) -> float:
    """Return the share of checkpoints that lie in the county the register gives."""
    # Polygons ask for points and not the other way: who asks is prepared once.
    county, point = shapely.STRtree(checkpoints.points).query(tiling, predicate="intersects")
    right = np.zeros(len(checkpoints.points), dtype=bool)
    right[point[checkpoints.county[point] == county]] = True
    return float(right.mean())
