"""
Roads and street names of one cell of the map as small JSON for the map's own scripts.

Lines are whole steps of 1e-5 degrees (about 1 m), one flat list a line: less than half of what
GeoJSON takes, and a browser reads it without making an array for every point.
"""

from typing import Any, Final

import numpy as np

from geodata.crs import Floats
from geodata.roads.basemap_cells import BasemapCells, Lines
from geodata.roads.tags import ROAD_CLASSES
from maps.ground import ROAD_LEVELS

UNIT_DEG: Final = 1e-5

_MINOR = tuple(
    name for name in ROAD_CLASSES if name not in {*ROAD_LEVELS["major"], *ROAD_LEVELS["middle"]}
)
CELL_LEVELS: Final = {"main": ROAD_LEVELS["major"] + ROAD_LEVELS["middle"], "minor": _MINOR}


def far_document(cells: BasemapCells) -> dict[str, Any]:
    """Return the main roads of the whole country, as they are drawn from afar."""
    return _document(cells.far())


def cell_document(cells: BasemapCells, column: int, row: int, level: str) -> dict[str, Any]:
    """Return the roads that a level (`main`, `minor`) has in a cell."""
    return _document(cells.lines(column, row, CELL_LEVELS[level]))


def names_document(cells: BasemapCells, column: int, row: int) -> dict[str, Any]:
    """Return rows of street name, class, longitude, latitude, turn (degrees) and room (metres)."""
    return {
        "names": [
            (
                each.name,
                each.road_class,
                round(each.lon, 5),
                round(each.lat, 5),
                round(each.turn_deg),
                round(each.room_m),
            )
            for each in cells.names(column, row)
        ]
    }


def _document(lines: Lines) -> dict[str, Any]:
    roads: dict[str, list[list[int]]] = {}
    for name, those in lines:
        roads.setdefault(name, []).extend(_steps(line) for line in those)
    return {"unit_deg": UNIT_DEG, "roads": roads}


def _steps(line: Floats) -> list[int]:
    units = np.rint(line / UNIT_DEG).astype(np.int64)
    return [int(step) for step in np.vstack([units[:1], np.diff(units, axis=0)]).ravel()]
