"""
Maps for planners as single files: isochrones around places, and who is far from a base.

Each file opens from disk, without a server, and names no other address. Coordinates are
EPSG:4326.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from geodata.travel.coverage import PeopleCoverage
from geodata.travel.coverage import answer as coverage_answer
from geodata.travel.isochrones import Isochrones
from maps.pages.shell import Page
from maps.pages.single_file import single_file_page

# What a browser draws at once without stopping; more junctions are thinned by a grid.
_MOST_DOTS: Final = 30_000

_ISOCHRONES: Final = Page(
    template="map.html",
    title_key="planning.isochrones",
    entry="planning/page.js",
    styles=("shared/theme.css", "map/page.css", "planning/page.css"),
)
_COVERAGE: Final = replace(_ISOCHRONES, title_key="planning.coverage")

Json = Mapping[str, Any]


def isochrone_page(
    found: Isochrones,
    *,
    counties: Json,
    basemap: Json,
    places: Sequence[Sequence[Any]] = (),
    names: Sequence[str] = (),
    language: str = "ro",
    vendor_dir: Path | None = None,
) -> str:
    """
    Return a page with the rings, their people and area, on our own basemap.

    Parameters
    ----------
    names
        What the places are called, in their order; unnamed ones show their coordinates.
    counties, basemap, places
        As for `maps.pages.snapshot.write_static_map`.
    """
    collection = found.geojson()
    for number, feature in enumerate(_bases(collection)):
        feature["properties"]["name"] = names[number] if number < len(names) else ""
    embedded = {
        "isochrones": collection,
        "counties": counties,
        "basemap": basemap,
        "places": places,
    }
    return _saved(_ISOCHRONES, embedded, language, vendor_dir)


def coverage_page(
    found: PeopleCoverage,
    *,
    counties: Json,
    basemap: Json,
    places: Sequence[Sequence[Any]] = (),
    language: str = "ro",
    vendor_dir: Path | None = None,
) -> str:
    """Return a page with every junction's minutes to its nearest base, and people by county."""
    embedded = {
        "coverage": {
            **coverage_answer(found),
            "dots": _dots(found),
        },
        "counties": counties,
        "basemap": basemap,
        "places": places,
    }
    return _saved(_COVERAGE, embedded, language, vendor_dir)


def _saved(page: Page, embedded: Json, language: str, vendor_dir: Path | None) -> str:
    return single_file_page(page, embedded, language=language, theme="light", vendor_dir=vendor_dir)


def _bases(collection: Json) -> list[dict[str, Any]]:
    return [one for one in collection["features"] if one["properties"]["kind"] == "base"]


def _dots(found: PeopleCoverage) -> list[list[float | int | None]]:
    """Rows of longitude, latitude, minutes (None: no way) and base (-1: none)."""
    chosen = _thinned(found.node_places)
    rows = zip(
        np.round(found.node_places[chosen], 5).tolist(),
        found.node_min[chosen].tolist(),
        found.node_owner[chosen].tolist(),
        strict=True,
    )
    return [
        [lon, lat, None if np.isnan(minutes) else round(minutes, 1), owner]
        for (lon, lat), minutes, owner in rows
    ]


def _thinned(places: "np.ndarray[Any, np.dtype[np.float64]]") -> "np.ndarray[Any, Any]":
    """Return the first junction of each cell of a grid just fine enough."""
    cell = 1e-4
    chosen = np.arange(len(places))
    while len(chosen) > _MOST_DOTS:
        cells = np.floor(places / cell).astype(np.int64)
        chosen = np.sort(np.unique(cells, axis=0, return_index=True)[1])
        cell *= 1.5
    return chosen
