"""
The motorways of the country as light lines, for maps to draw where no road network is loaded.

Only to be looked at: nobody is routed over them.
"""

import json
from pathlib import Path

import numpy as np
import shapely

from geodata.crs import STEREO70, WGS84, project
from geodata.errors import ReferenceDataError
from geodata.said import said

SCALE = 1e-5
"""Degrees per stored unit, about 1 m."""

# Less than a pixel as long as a whole city is in view.
_BEND_M = 20.0

Line = list[int]


def read_lines(source: Path) -> list[Line]:
    """
    Return the carriageways as `[lon, lat, step, step, ...]` in units of `SCALE`, sorted.

    Raises
    ------
    ReferenceDataError
        `bad_source`: the file is no FeatureCollection of lines.
    """
    try:
        features = json.loads(source.read_text(encoding="utf-8"))["features"]
        ways = [shapely.linestrings(each["geometry"]["coordinates"]) for each in features]
    except (ValueError, KeyError, TypeError, shapely.errors.GEOSException) as error:
        raise ReferenceDataError(
            "bad_source", said("{name} holds no lines of roads", name=source.name), ""
        ) from error
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ways)))
    light = shapely.simplify(_projected(joined, WGS84, STEREO70), _BEND_M)
    return sorted(_steps(line) for line in _projected(light, STEREO70, WGS84))


def format_lines(lines: list[Line]) -> str:
    """Return the stored form as JSON text, one line of text for each line of road."""
    rows = ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines)
    return f'{{"degrees_per_unit":{SCALE},"lines":[\n{rows}\n]}}\n'


def _steps(line: shapely.Geometry) -> Line:
    units = np.rint(shapely.get_coordinates(line) / SCALE).astype(int)
    steps = np.vstack([units[:1], np.diff(units, axis=0)])
    return [int(value) for value in steps.ravel()]


def _projected(lines: np.ndarray, source: int, target: int) -> np.ndarray:
    moved: np.ndarray = shapely.transform(
        lines, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], source, target))
    )
    return moved
