"""Which part of a file to import: a box, a polygon, or everything. WGS84 degrees."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geodata.errors import RoadNetworkError
from geodata.said import said

BBox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_E7 = 1e-7


@dataclass(frozen=True, slots=True)
class Region:
    """A box in whole 1e-7 degrees, and the polygon inside it if there is one."""

    box_e7: tuple[int, int, int, int] | None = None
    polygon: BaseGeometry | None = None

    @classmethod
    def of(cls, bbox: BBox | None = None, polygon: BaseGeometry | None = None) -> Self:
        """
        Return the region inside both, where both are given.

        Raises
        ------
        RoadNetworkError
            `bad_region`: a box turned round, or a polygon without area.
        """
        if polygon is not None:
            if polygon.is_empty or polygon.area == 0.0:
                raise RoadNetworkError(
                    "bad_region",
                    said("the polygon has no area"),
                    said("give a closed ring in degrees"),
                )
            shapely.prepare(polygon)
            west, south, east, north = polygon.bounds
            outer = bbox or (west, south, east, north)
            bbox = (
                max(west, outer[0]),
                max(south, outer[1]),
                min(east, outer[2]),
                min(north, outer[3]),
            )
        if bbox is None:
            return cls()
        if bbox[0] >= bbox[2] or bbox[1] >= bbox[3]:
            raise RoadNetworkError(
                "bad_region",
                said("the box is empty"),
                said("give west,south,east,north in degrees"),
            )
        west, south, east, north = (round(side / _E7) for side in bbox)
        return cls((west, south, east, north), polygon)

    @property
    def is_everything(self) -> bool:
        """Whether nothing is cut away."""
        return self.box_e7 is None

    def touches(self, lons_e7: list[int], lats_e7: list[int]) -> bool:
        """Whether one of the points lies inside the region."""
        if self.box_e7 is None:
            return True
        west, south, east, north = self.box_e7
        inside = [
            (lon, lat)
            for lon, lat in zip(lons_e7, lats_e7, strict=True)
            if west <= lon <= east and south <= lat <= north
        ]
        if not inside or self.polygon is None:
            return bool(inside)
        places: NDArray[np.float64] = np.array(inside) * _E7
        return bool(shapely.contains_xy(self.polygon, places[:, 0], places[:, 1]).any())
