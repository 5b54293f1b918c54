"""
One moment of the live map as a single file that opens from disk, without any server.

Features, county polygons and roads are inside it, and so are its scripts and styles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from maps.pages.live import LIVE_MAP
from maps.pages.single_file import single_file_page

# The same page with its words inside: there is nobody to ask for them.
_STILL_MAP: Final = replace(LIVE_MAP, words_inside=True)

Json = Mapping[str, Any]


def write_static_map(
    path: Path,
    features: Json,
    *,
    counties: Json,
    basemap: Json,
    places: Sequence[Sequence[Any]] = (),
    language: str = "ro",
    vendor_dir: Path | None = None,
) -> Path:
    """
    Write the map of one moment to `path` and return it.

    Parameters
    ----------
    features
        What `maps.features.feature_collection` returned.
    counties, basemap
        GeoJSON of the county polygons and of the road lines (`class` in properties),
        EPSG:4326.
    places
        Rows of name, longitude, latitude, population; largest first.
    vendor_dir
        The `node_modules` folder; by default the one beside the packages.

    Raises
    ------
    FileNotFoundError
        The npm assets are not installed.
    """
    embedded = {"features": features, "counties": counties, "basemap": basemap, "places": places}
    page = single_file_page(_STILL_MAP, embedded, language=language, vendor_dir=vendor_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
