"""
The maps' ground as ready bytes: computed once per process, sent many times.

Each document is JSON with a strong ETag, also held gzip-compressed: the national
borders are a megabyte of digits that compresses to a fifth.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import orjson
import shapely

from geodata.areas.geojson import geometry_json
from geodata.crs import STEREO70, WGS84, project
from geodata.territories.counties import Counties
from geodata.territories.localities import Localities

# Bends below this do not show at county scale.
_DRAWN_BEND_M = 120.0
_DECIMALS = 5

# The least important road class of each level of detail; a level holds only its own.
ROAD_LEVELS: dict[str, tuple[str, ...]] = {
    "major": ("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"),
    "middle": ("secondary", "secondary_link", "tertiary", "tertiary_link"),
    "minor": (),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON document, plain and compressed, with its ETag."""

    plain: bytes
    compressed: bytes
    etag: str

    @classmethod
    def of(cls, content: Any) -> "Document":
        """Serialise `content`."""
        plain = orjson.dumps(content)
        etag = f'"{hashlib.sha256(plain).hexdigest()[:24]}"'
        return cls(plain, gzip.compress(plain, 6, mtime=0), etag)


class Documents:
    """
    Documents by name, each built by the first who asks; thread-safe.

    What is drawn from something that another may replace (a road network) is kept beside that,
    and goes with it.
    """

    def __init__(self) -> None:
        self._built: dict[str, Document] = {}
        self._by_source: WeakKeyDictionary[object, Documents] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def drawn_from(self, source: object) -> "Documents":
        """Return the documents drawn from `source`: others for each object, while it lives."""
        with self._lock:
            if source not in self._by_source:
                self._by_source[source] = Documents()
            return self._by_source[source]

    def get(self, name: str, build: Callable[[], Any]) -> Document:
        """Return the document, building it when it is the first time."""
        with self._lock:
            if name not in self._built:
                self._built[name] = Document.of(build())
            return self._built[name]


def counties_geojson(counties: Counties) -> dict[str, Any]:
    """Return the 47 jurisdictions as polygons for drawing, EPSG:4326, without gaps."""
    shapes = [_in_metres(counties.geometry(code)) for code in counties.codes]
    # As one coverage: neighbours keep their common border to the last bend.
    light = shapely.coverage_simplify(shapes, _DRAWN_BEND_M)
    return {
        "type": "FeatureCollection",
        "features": [
            _county_feature(counties, code, geometry)
            for code, geometry in zip(counties.codes, light, strict=True)
        ],
    }


def places_rows(localities: Localities) -> list[tuple[str, float, float, float]]:
    """Return name, longitude, latitude and population of all localities, largest first."""
    rows = [
        (place.name, round(place.place.lon, 4), round(place.place.lat, 4), place.population)
        for place in localities.all()
    ]
    return sorted(rows, key=lambda row: -row[3])


def roads_of_level(basemap: dict[str, Any], level: str) -> dict[str, Any]:
    """Return the part of a basemap FeatureCollection that one level of detail adds."""
    coarser = {name for names in ROAD_LEVELS.values() for name in names}
    wanted = set(ROAD_LEVELS[level])
    features = [
        feature
        for feature in basemap["features"]
        if (feature["properties"]["class"] in wanted)
        or (level == "minor" and feature["properties"]["class"] not in coarser)
    ]
    return {"type": "FeatureCollection", "features": features}


def _county_feature(counties: Counties, code: str, geometry: shapely.Geometry) -> dict[str, Any]:
    county = counties.get(code)
    drawn = shapely.set_precision(_in_degrees(geometry), 10.0**-_DECIMALS)
    return {
        "type": "Feature",
        "properties": {"code": code, "name": county.name, "kind": county.kind},
        "geometry": geometry_json(drawn),
    }


def _in_metres(geometry: shapely.Geometry) -> shapely.Geometry:
    return _projected(geometry, WGS84, STEREO70)


def _in_degrees(geometry: shapely.Geometry) -> shapely.Geometry:
    return _projected(geometry, STEREO70, WGS84)


def _projected(geometry: shapely.Geometry, source: int, target: int) -> shapely.Geometry:
    return shapely.transform(
        geometry, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1], source, target))
    )
