"""
A tiling as border arcs: every border stored once, with the county on either side.

Two neighbours share the very same numbers, so the stored form cannot have a gap or
an overlap. Coordinates are whole micro-degrees (EPSG:4326, about 0.1 m).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.errors import ReferenceDataError
from geodata.reference.borders import OUTSIDE, build_area, lines_by_code
from geodata.reference.codes import CODES
from geodata.said import said

SCALE = 1e-6

# In micro-degrees, about 1 km. A chord of that length is within 2 cm of the straight line in
# degrees, in EPSG:3035 and in EPSG:3844 alike.
LONGEST_EDGE = 9_900

Node = tuple[int, int]
Sides = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Arc:
    """A border line in micro-degrees with the county to its left and to its right."""

    left: str
    right: str
    line: tuple[Node, ...]


def cut_into_arcs(tiling: NDArray[np.object_], codes: Sequence[str] = CODES) -> list[Arc]:
    """Turn an exact EPSG:3844 tiling, in the order of `codes`, into sorted border arcs."""
    sides = _sides_of_edges(tiling, codes)
    onward: dict[Node, list[Node]] = defaultdict(list)
    for tail, head in sides:
        onward[tail].append(head)
        onward[head].append(tail)
    ends = {node for node, others in onward.items() if _is_end(node, others, sides)}
    return sorted(_chains(sides, onward, ends))


def _sides_of_edges(
    tiling: NDArray[np.object_], codes: Sequence[str]
) -> dict[tuple[Node, Node], Sides]:
    """Map each border edge, in one direction only, to its left and right county."""
    left: dict[tuple[Node, Node], str] = {}
    for code, polygon in zip(codes, shapely.orient_polygons(tiling), strict=True):
        for ring in _rings(polygon):
            for edge in pairwise(ring):
                if edge[0] == edge[1]:
                    continue
                if edge in left:
                    raise ReferenceDataError(
                        "bad_source", said("border of {code} overlaps", code=code), ""
                    )
                left[edge] = code
    sides = {}
    for (tail, head), code in left.items():
        other = left.get((head, tail), OUTSIDE)
        if other == OUTSIDE or code < other:
            sides[tail, head] = (code, other)
    return sides


def _rings(polygon: shapely.Geometry) -> list[list[Node]]:
    rings = []
    for part in shapely.get_parts(polygon):
        for ring in shapely.get_rings(part):
            xy = shapely.get_coordinates(ring)
            lonlat = np.column_stack(project(xy[:, 0], xy[:, 1], STEREO70, WGS84))
            micro = np.rint(lonlat / SCALE).astype(int)
            rings.append([(int(x), int(y)) for x, y in micro])
    return rings


def _is_end(node: Node, others: list[Node], sides: dict[tuple[Node, Node], Sides]) -> bool:
    if len(others) != 2:
        return True
    a, b = others
    before = sides.get((a, node)) or sides[node, a][::-1]
    after = sides.get((node, b)) or sides[b, node][::-1]
    return before != after


def _chains(
    sides: dict[tuple[Node, Node], Sides], onward: dict[Node, list[Node]], ends: set[Node]
) -> list[Arc]:
    """Join edges into the longest lines with the same two sides; closed lines start anywhere."""
    todo = dict.fromkeys(sorted(sides))
    arcs = []
    starts = [edge for edge in todo if edge[0] in ends]
    for start in starts + list(todo):
        if start not in todo:
            continue
        line = list(start)
        del todo[start]
        while line[-1] not in ends and line[-1] != line[0]:
            tail = line[-1]
            head = next(n for n in onward[tail] if n != line[-2])
            del todo[tail, head]
            line.append(head)
        arcs.append(Arc(*sides[start], _without_long_edges(line)))
    return arcs


def _without_long_edges(line: list[Node]) -> tuple[Node, ...]:
    """Insert places, so that an edge is as good as straight in every projection in use."""
    xy = np.asarray(line)
    step = np.diff(xy, axis=0)
    count = np.maximum(1, np.ceil(np.abs(step).max(axis=1) / LONGEST_EDGE)).astype(int)
    edge = np.repeat(np.arange(len(step)), count)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    inner = np.rint(xy[edge] + step[edge] * (nth / count[edge])[:, None]).astype(int)
    return tuple((int(x), int(y)) for x, y in np.vstack([inner, xy[-1:]]))


def encode(arc: Arc) -> list[object]:
    """Return the stored form: left, right, then the first place and the steps from it."""
    line = np.asarray(arc.line)
    steps = np.diff(line, axis=0, prepend=np.zeros((1, 2), dtype=int))
    return [arc.left, arc.right, steps.ravel().tolist()]


def as_polygons(borders: list[Arc], codes: Sequence[str] = CODES) -> NDArray[np.object_]:
    """Put the stored arcs together again: one EPSG:3844 geometry per code, to measure on."""
    lines = lines_by_code((arc.left, arc.right, _in_metres(arc)) for arc in borders)
    return np.array([build_area(lines[code]) for code in codes], dtype=object)


def _in_metres(arc: Arc) -> NDArray[np.float64]:
    lonlat = np.asarray(arc.line) * SCALE
    return np.column_stack(project(lonlat[:, 0], lonlat[:, 1], WGS84, STEREO70))
