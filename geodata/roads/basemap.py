"""
The road network as lines to draw a map from, by class, light enough to send.

Only geometry: no styling, no tiles.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.errors import BadInputError
from geodata.roads.network import E7, Floats, RoadNetwork
from geodata.roads.tags import CLASS_CODES, ROAD_CLASSES
from geodata.said import said

# About 2 m in Romania: below a pixel at street zoom.
_TOLERANCE_DEG = 2e-5
_DECIMALS = 5


def lines_by_class(network: RoadNetwork, *, min_class: str) -> list[tuple[str, list[Floats]]]:
    """
    Lines of every class at least as important as `min_class`, most important first.

    Returns
    -------
    classes
        Pairs of class name and lines; a line is an (n, 2) array, EPSG:4326,
        simplified by at most 2 m, joined across junctions where possible.

    Raises
    ------
    BadInputError
        `unknown_class`.
    """
    if min_class not in CLASS_CODES:
        raise BadInputError(
            "unknown_class",
            said("{road_class} is no road class", road_class=min_class),
            said("one of {choices}", choices=", ".join(ROAD_CLASSES)),
        )
    wanted = ROAD_CLASSES[: CLASS_CODES[min_class] + 1]
    classes = [(name, _merged(network, CLASS_CODES[name])) for name in wanted]
    return [(name, lines) for name, lines in classes if lines]


def geojson(
    network: RoadNetwork, *, min_class: str, beyond: Sequence[Floats] = ()
) -> dict[str, Any]:
    """
    FeatureCollection of one MultiLineString a class, with property `class`, EPSG:4326.

    `beyond` are motorways outside the network, drawn with its own.
    """
    classes = dict(lines_by_class(network, min_class=min_class))
    if beyond:
        classes = {"motorway": [*classes.pop("motorway", []), *beyond], **classes}
    features = [
        {
            "type": "Feature",
            "properties": {"class": name},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [np.round(line, _DECIMALS).tolist() for line in lines],
            },
        }
        for name, lines in classes.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def merged_lines(
    network: RoadNetwork, pieces: NDArray[np.int64], *, tolerance_deg: float = _TOLERANCE_DEG
) -> list[Floats]:
    """Return pieces as (n, 2) lines, EPSG:4326: joined across junctions, without small bends."""
    if not len(pieces):
        return []
    lines = piece_lines(network, pieces)
    joined = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    light = shapely.simplify(joined, tolerance_deg)
    return [shapely.get_coordinates(line) for line in light]


def piece_lines(network: RoadNetwork, pieces: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return each piece as a line of its own, EPSG:4326."""
    first, last = network.shape_first[pieces], network.shape_first[pieces + 1]
    size = last - first
    owner = np.repeat(np.arange(len(pieces)), size)
    points = np.arange(len(owner)) + np.repeat(first - np.cumsum(size) + size, size)
    lon, lat = network.shape_lon_e7[points] * E7, network.shape_lat_e7[points] * E7
    return np.asarray(shapely.linestrings(lon, lat, indices=owner))


def _merged(network: RoadNetwork, code: int) -> list[Floats]:
    roads = network.road_class[: network.own_piece_count]
    return merged_lines(network, np.flatnonzero(roads == code))
