"""
The road network in square cells, so that a map asks only for what it shows.

A cell is a tile of Web Mercator at `CELL_ZOOM`, about 14 km wide in Romania, by the column
and row that every web map counts. Beyond the network only the motorways of the country are
known. Geometry and street names: no styling, no tiles of pictures.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import STEREO70, WGS84, project
from geodata.reference import files
from geodata.roads.basemap import merged_lines, piece_lines
from geodata.roads.network import E7, Floats, RoadNetwork
from geodata.roads.tags import CLASS_CODES, ROAD_CLASSES

CELL_ZOOM: Final = 11
CELLS_ACROSS: Final = 2**CELL_ZOOM

FAR_CLASSES: Final = ("motorway", "trunk", "primary")
"""What is drawn of a whole country; links are too short to be seen."""

# About 50 m in Romania: half a pixel where whole counties are in view.
_FAR_TOLERANCE_DEG = 5e-4
# The two carriageways of one motorway lie within this of another survey of them.
_SAME_ROAD_M = 120.0
# A name is repeated along its street after so much road.
_NAME_EVERY_M = 350.0
_M_PER_DEG = 111_320.0

Lines = list[tuple[str, list[Floats]]]


@dataclass(frozen=True, slots=True)
class StreetName:
    """
    One place for a street's name: on the line, half-way of a stretch of it.

    `turn_deg` is how far the street there is turned from west-east, counter-clockwise, -90
    to 90; `room_m` the length of the stretch, and of the name at most.
    """

    name: str
    road_class: str
    lon: float
    lat: float
    turn_deg: float
    room_m: float


class BasemapCells:
    """
    A network cut into cells when they are asked for; thread-safe, because nothing changes.

    `network` is the one that it cuts.
    """

    def __init__(self, network: RoadNetwork, *, motorways: list[Floats] | None = None) -> None:
        self.network = network
        self._motorways = read_motorways() if motorways is None else motorways

    def is_empty(self, column: int, row: int) -> bool:
        """Tell whether a cell lies off everything that is known; what it holds is nothing."""
        west, south, east, north = box_of(column, row)
        box = self._extent
        return not (west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1])

    def lines(self, column: int, row: int, classes: tuple[str, ...]) -> Lines:
        """
        Return the lines of a cell by class, most important first; (n, 2) arrays, EPSG:4326.

        A piece that lies in several cells is in each of them, whole.
        """
        west, south, east, north = box_of(column, row)
        boxes = self._boxes
        near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
        near &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        pieces = np.flatnonzero(near)
        found = [
            (name, merged_lines(self.network, pieces[self._of_class(pieces, name)]))
            for name in ROAD_CLASSES
            if name in classes
        ]
        if "motorway" in classes:
            box = shapely.box(west, south, east, north)
            found.append(("motorway", _coordinates(shapely.intersection(self._beyond, box))))
        return [(name, lines) for name, lines in found if lines]

    def far(self) -> Lines:
        """Return the main roads of everything, as light as a map of the country needs them."""
        codes = self.network.road_class[: self.network.own_piece_count]
        found = [
            (name, merged_lines(
                self.network, np.flatnonzero(codes == CLASS_CODES[name]),
                tolerance_deg=_FAR_TOLERANCE_DEG,
            ))
            for name in FAR_CLASSES
        ]  # fmt: skip
        found.append(("motorway", self.beyond_lines(_FAR_TOLERANCE_DEG)))
        return [(name, lines) for name, lines in found if lines]

    def beyond_lines(self, tolerance_deg: float = 0.0) -> list[Floats]:
        """Return the country's motorways outside the network; (n, 2) arrays, EPSG:4326."""
        lines = shapely.simplify(self._beyond, tolerance_deg) if tolerance_deg else self._beyond
        return _coordinates(lines)

    def names(self, column: int, row: int) -> list[StreetName]:
        """Return where the names of the streets of a cell are written, important streets first."""
        network = self.network
        west, south, east, north = box_of(column, row)
        lon = (self._boxes[:, 0] + self._boxes[:, 2]) / 2
        lat = (self._boxes[:, 1] + self._boxes[:, 3]) / 2
        named = np.array([name != "" for name in network.names])
        own = named[network.name_id[: network.own_piece_count]]
        inside = own & (lon >= west) & (lon < east) & (lat >= south) & (lat < north)
        pieces = np.flatnonzero(inside)
        keys = network.name_id[pieces].astype(np.int64) * 256 + network.road_class[pieces]
        found: list[StreetName] = []
        for key in np.unique(keys):
            name, code = network.names[int(key) // 256], ROAD_CLASSES[int(key) % 256]
            for line in merged_lines(network, pieces[keys == key]):
                found.extend(_along(line, name, code))
        return sorted(found, key=lambda each: (CLASS_CODES[each.road_class], -each.room_m))

    @cached_property
    def _boxes(self) -> Floats:
        """West, south, east and north of each real piece, degrees."""
        network, count = self.network, self.network.own_piece_count
        starts, last = network.shape_first[:count], int(network.shape_first[count])
        lon, lat = network.shape_lon_e7[:last] * E7, network.shape_lat_e7[:last] * E7
        if not count:
            return np.zeros((0, 4))
        sides = [f.reduceat(axis, starts) for f in (np.minimum, np.maximum) for axis in (lon, lat)]
        return np.column_stack(sides)

    @cached_property
    def _extent(self) -> Floats:
        corners = [self._boxes[:, :2], self._boxes[:, 2:], *self._motorways]
        # Of an empty map nothing is near: every comparison with NaN is false.
        found = [each for each in corners if len(each)] or [np.full((1, 2), np.nan)]
        places = np.concatenate(found)
        return np.concatenate([places.min(axis=0), places.max(axis=0)])

    @cached_property
    def _beyond(self) -> NDArray[np.object_]:
        """The country's motorways without those that the network has itself, EPSG:4326."""
        if not self._motorways:
            return np.asarray([], dtype=object)
        country = np.asarray([shapely.linestrings(line) for line in self._motorways])
        codes = self.network.road_class[: self.network.own_piece_count]
        own = np.flatnonzero((codes == CLASS_CODES["motorway"]) | (codes == CLASS_CODES["trunk"]))
        if not len(own):
            return country
        known = _projected(piece_lines(self.network, own), WGS84, STEREO70)
        around = shapely.union_all(shapely.buffer(known, _SAME_ROAD_M))
        left = shapely.difference(_projected(country, WGS84, STEREO70), around)
        return np.asarray(shapely.get_parts(_projected(left, STEREO70, WGS84)))

    def _of_class(self, pieces: NDArray[np.int64], name: str) -> NDArray[np.bool_]:
        return np.asarray(self.network.road_class[pieces] == CLASS_CODES[name])


def read_motorways() -> list[Floats]:
    """Return the motorways of the reference data as (n, 2) arrays, EPSG:4326."""
    stored = files.read_json(files.MOTORWAYS)
    scale = stored["degrees_per_unit"]
    return [np.cumsum(np.reshape(line, (-1, 2)), axis=0) * scale for line in stored["lines"]]


def box_of(column: int, row: int) -> tuple[float, float, float, float]:
    """
    Return west, south, east and north of a cell in degrees (EPSG:4326).

    Examples
    --------
    >>> box_of(1024, 1023)[:2]
    (0.0, 0.0)
    """
    west, east = (360.0 * (each / CELLS_ACROSS) - 180.0 for each in (column, column + 1))
    north, south = (_latitude(each) for each in (row, row + 1))
    return west, south, east, north


def cell_of(lon: float, lat: float) -> tuple[int, int]:
    """
    Return column and row of the cell that a place lies in.

    Examples
    --------
    >>> cell_of(26.1, 44.43)
    (1172, 741)
    """
    y = 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2.0 * np.pi)
    return int((lon + 180.0) / 360.0 * CELLS_ACROSS), int(y * CELLS_ACROSS)


def _coordinates(shapes: NDArray[np.object_]) -> list[Floats]:
    """Take lines apart; what is empty, or only touches in a point, is none."""
    parts = shapely.get_parts(shapes)
    return [line for line in map(shapely.get_coordinates, parts) if len(line) > 1]


def _latitude(row: float) -> float:
    return float(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * row / CELLS_ACROSS)))))


def _along(line: Floats, name: str, road_class: str) -> list[StreetName]:
    """Divide a street into stretches of about the same length, each with its name once."""
    scale = np.array([_M_PER_DEG * np.cos(np.radians(line[0, 1])), _M_PER_DEG])
    metres = shapely.linestrings(line * scale)
    count = max(1, round(metres.length / _NAME_EVERY_M))
    room = metres.length / count
    middles = (np.arange(count) + 0.5) * room
    places = shapely.get_coordinates(shapely.line_interpolate_point(metres, middles))
    before = shapely.get_coordinates(shapely.line_interpolate_point(metres, middles - room / 4))
    after = shapely.get_coordinates(shapely.line_interpolate_point(metres, middles + room / 4))
    east, north = (after - before).T
    # Written from left to right, whichever way the street was drawn.
    turns = np.degrees(np.arctan2(north, east))
    turns = (turns + 90.0) % 180.0 - 90.0
    return [
        StreetName(name, road_class, float(lon), float(lat), float(turn), room)
        for (lon, lat), turn in zip(places / scale, turns, strict=True)
    ]


def _projected(lines: NDArray[np.object_], source: int, target: int) -> NDArray[np.object_]:
    return np.asarray(
        shapely.transform(
            lines, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], source, target))
        )
    )
