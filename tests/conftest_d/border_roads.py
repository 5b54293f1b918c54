"""Roads drawn across the border of Vaslui and Iași, and where three counties meet."""

from datetime import UTC, datetime
from typing import Any

import shapely

from geodata.crs import GEOD
from geodata.points import LonLat
from geodata.roads.closures import Closure
from geodata.roads.index import RoadIndex
from tests.conftest_d.drawn_roads import draw_index, way

# The border of Vaslui (south) and Iași (north) runs from west to east here for half a kilometre.
BORDER = LonLat(27.639438, 46.976616)

# A road by its number: east of the border's place, from how far south to how far north (m).
ROADS = {
    1: (0, -3000, -2000),
    2: (0, 2000, 3000),
    3: (60, -900, 400),
    4: (120, -400, 900),
    5: (180, -3000, 1900),
    6: (240, 50, 300),
    7: (300, 400, 700),
}
ABROAD = (LonLat(28.85, 47.01), LonLat(28.86, 47.01))


def at(east_m: float, north_m: float, start: LonLat = BORDER) -> LonLat:
    """Return the place so far east and north of another."""
    lon, lat, _ = GEOD.fwd(*start, 0.0, north_m)
    lon, lat, _ = GEOD.fwd(lon, lat, 90.0, east_m)
    return LonLat(float(lon), float(lat))


def box(
    west_m: float, south_m: float, east_m: float, north_m: float, start: LonLat = BORDER
) -> shapely.Polygon:
    """Draw a box around a place, in metres from it."""
    corners = [(west_m, south_m), (east_m, south_m), (east_m, north_m), (west_m, north_m)]
    return shapely.Polygon([at(*corner, start) for corner in corners])


def line(*places: tuple[float, float]) -> shapely.LineString:
    """Draw a line through places, in metres from the border's."""
    return shapely.LineString([at(*place) for place in places])


def border_index() -> RoadIndex:
    """Build the index of `ROADS`, and of way 8 abroad."""
    ground = {
        f"{number}{end}": at(east_m, north_m)
        for number, (east_m, *ends) in ROADS.items()
        for end, north_m in zip("ab", ends, strict=True)
    }
    ground |= {"8a": ABROAD[0], "8b": ABROAD[1]}
    return draw_index(ground, *(way(f"{n}a {n}b") for n in range(1, 9)))


def a_closure(**facts: Any) -> Closure:
    """Return a closure from a fixed time on, until it is taken back."""
    return Closure(**{"id": "1", "valid_from": datetime(2026, 11, 28, tzinfo=UTC), **facts})
