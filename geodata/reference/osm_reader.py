"""
Read administrative areas and places of an OpenStreetMap PBF file.

Areas come from closed ways and from relations, assembled by libosmium; a
relation whose rings do not close (cut by the border of an extract, damaged by
an edit) gives no area and is reported by name. Coordinates are WGS84 degrees.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import osmium
import osmium.filter
import osmium.geom
import osmium.osm
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.errors import ReferenceDataError
from geodata.said import said

SETTLEMENTS = frozenset({"city", "town", "village", "hamlet", "isolated_dwelling"})
"""Values of `place` that are a locality with a name and people."""

# Above this an index of all nodes in memory would be too large.
_LARGE_FILE = 64_000_000


@dataclass(frozen=True, slots=True)
class AdminArea:
    """One administrative area: relation or way number, level, tags, ground."""

    osm_id: int
    level: int
    tags: dict[str, str]
    ground: BaseGeometry

    @property
    def name(self) -> str:
        """Local name."""
        return self.tags.get("name", "")


@dataclass(frozen=True, slots=True)
class Place:
    """One settlement: node number, tags, longitude, latitude."""

    osm_id: int
    tags: dict[str, str]
    lon: float
    lat: float


@dataclass(slots=True)
class Geography:
    """What a file holds; `broken` names the areas whose rings do not close."""

    areas: list[AdminArea] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def read_geography(path: Path, levels: frozenset[int]) -> Geography:
    """
    Read the areas of the given levels, and all settlements.

    Raises
    ------
    ReferenceDataError
        `damaged_pbf`: the file breaks off.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="areas-") as scratch:
            return _read(path, levels, Path(scratch))
    except RuntimeError as error:
        raise ReferenceDataError(
            "damaged_pbf",
            said("{path} breaks off or is damaged: {error}", path=path.name, error=error),
            said("compare its checksum with the one published beside it and download it again"),
        ) from error


def _read(path: Path, levels: frozenset[int], scratch: Path) -> Geography:
    found = Geography()
    named = _relations(path, levels)
    large = path.stat().st_size > _LARGE_FILE
    places = f"sparse_file_array,{scratch / 'nodes.idx'}" if large else "flex_mem"
    file = (
        osmium.FileProcessor(str(path))
        .with_locations(places)
        .with_areas(osmium.filter.TagFilter(("boundary", "administrative")))
        .with_filter(osmium.filter.KeyFilter("boundary", "place"))
    )
    wkb = osmium.geom.WKBFactory()
    for entity in file:
        if isinstance(entity, osmium.osm.Area):
            area = _area(entity, levels, wkb)
            if area is not None:
                found.areas.append(area)
                named.pop(area.osm_id, None)
        elif isinstance(entity, osmium.osm.Node) and entity.tags.get("place") in SETTLEMENTS:
            place = entity.location
            found.places.append(Place(entity.id, dict(entity.tags), place.lon, place.lat))
    found.broken = sorted(named.values())
    return found


def _relations(path: Path, levels: frozenset[int]) -> dict[int, str]:
    """Names of the boundary relations that ought to give an area."""
    relations = osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(
        osmium.filter.TagFilter(("boundary", "administrative"))
    )
    named = {}
    for relation in relations:
        tags = dict(relation.tags)
        if tags.get("type") in {"boundary", "multipolygon"} and _level(tags) in levels:
            named[relation.id] = tags.get("name", f"relation {relation.id}")
    return named


def _level(tags: dict[str, str]) -> int:
    text = tags.get("admin_level", "")
    return int(text) if text.isdecimal() else 0


def _area(
    area: osmium.osm.Area, levels: frozenset[int], wkb: osmium.geom.WKBFactory
) -> AdminArea | None:
    tags = dict(area.tags)
    if _level(tags) not in levels or area.num_rings()[0] == 0:
        return None
    ground = shapely.make_valid(shapely.from_wkb(bytes.fromhex(wkb.create_multipolygon(area))))
    return AdminArea(area.orig_id(), _level(tags), tags, ground)
