"""
The border arcs of the 47 jurisdictions, as stored and as ground.

Every border is stored once, with the county on either side, so the jurisdictions
have neither gaps nor overlaps by construction.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import WGS84, project
from geodata.reference import files

OUTSIDE = ""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Border:
    """One border line, EPSG:4326 (n, 2); `left` and `right` are codes, "" is abroad or sea."""

    left: str
    right: str
    lonlat: Floats

    def projected(self, epsg: int) -> Floats:
        """Return the line (n, 2) in another reference system."""
        return np.column_stack(project(self.lonlat[:, 0], self.lonlat[:, 1], WGS84, epsg))


@lru_cache(maxsize=1)
def read_borders() -> tuple[Border, ...]:
    """Read the compiled arcs."""
    stored = files.read_json(files.BORDERS)
    unit = stored["degrees_per_unit"]
    return tuple(
        Border(left, right, np.cumsum(np.reshape(steps, (-1, 2)), axis=0) * unit)
        for left, right, steps in stored["arcs"]
    )


def lines_by_code(sides: Iterable[tuple[str, str, Floats]]) -> dict[str, list[Floats]]:
    """Group border lines by each county they bound; country borders count once."""
    lines: dict[str, list[Floats]] = defaultdict(list)
    for left, right, line in sides:
        for code in {left, right} - {OUTSIDE}:
            lines[code].append(line)
    return lines


def build_area(lines: Sequence[Floats]) -> shapely.Geometry:
    """Return the ground enclosed by border lines; enclaves become holes."""
    return shapely.build_area(shapely.MultiLineString(list(lines)))
