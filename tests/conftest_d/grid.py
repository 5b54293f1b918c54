"""
Drawn geography: a picture of labels becomes places on the ground.

    ground = grid('''
        1 . 2
        . A .
    ''', step_m=1000)
    ground['A'].lon

Each cell is `step_m` metres wide, east to the right, north up, the first cell at
`corner` (near the middle of Bucharest). Cells are separated by blanks; `.` is empty.
"""

from collections.abc import Mapping
from types import MappingProxyType

from geodata.crs import GEOD
from geodata.points import LonLat

CORNER = LonLat(26.05, 44.50)


def grid(picture: str, *, step_m: float = 1000.0, corner: LonLat = CORNER) -> Mapping[str, LonLat]:
    rows = [line.split() for line in picture.strip().splitlines()]
    places: dict[str, LonLat] = {}
    for south, row in enumerate(rows):
        for east, label in enumerate(row):
            if label == ".":
                continue
            if label in places:
                raise ValueError(f"label {label} is drawn twice")
            places[label] = _move(corner, east * step_m, south * step_m)
    return MappingProxyType(places)


def _move(place: LonLat, east_m: float, south_m: float) -> LonLat:
    lon, lat, _ = GEOD.fwd(*place, 180.0, south_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 90.0, east_m)
    return LonLat(float(lon), float(lat))
