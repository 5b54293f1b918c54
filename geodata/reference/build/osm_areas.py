"""
Which areas of a map are counties, sectors and communes.

How Romania is mapped: counties are `admin_level` 4 with `ISO3166-2=RO-AB`,
Bucharest (RO-B) among them; communes, towns and municipalities lie on the next
level in use below. The level of the sectors of Bucharest has changed over the
years, so they are found by name ("Sectorul 3") on any level below 4, inside
Bucharest only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import shapely

from geodata.errors import ReferenceDataError
from geodata.reference.build.osm_reader import AdminArea, Geography
from geodata.reference.codes import CODES, SECTORS
from geodata.said import said

_SECTOR = re.compile(r"(?:\w+\s+)?sector(?:ul)?\s+([1-6])", re.IGNORECASE)


def romanian_code(area: AdminArea) -> str | None:
    """Code of a Romanian county or sector; "B" is Bucharest as a whole."""
    if match := _SECTOR.fullmatch(area.name.strip()):
        return f"B{match[1]}" if area.level > 4 else None
    prefix, _, code = area.tags.get("ISO3166-2", "").partition("-")
    return code if area.level == 4 and prefix == "RO" else None


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """
    How a country's areas are tagged.

    Attributes
    ----------
    levels
        Levels of the areas with a code.
    commune_levels
        Levels below; of those around a place the one with the lowest number is its commune.
    code_of
        Code of an area, None where it has none.
    codes
        Codes that must all be there, sorted; empty: whatever the file holds.
    """

    levels: frozenset[int]
    commune_levels: frozenset[int]
    code_of: Callable[[AdminArea], str | None]
    codes: tuple[str, ...] = ()


ROMANIA = AreaMapping(
    levels=frozenset({4, 5, 6, 7, 8, 9}),
    commune_levels=frozenset({5, 6, 7, 8}),
    code_of=romanian_code,
    codes=CODES,
)


def choose_areas(found: Geography, mapping: AreaMapping) -> dict[str, AdminArea]:
    """
    Return the area of each code, sorted by code.

    Raises
    ------
    ReferenceDataError
        `no_boundaries`, `missing_counties` or `double_county`.
    """
    grounds: dict[str, AdminArea] = {}
    capital = next((a for a in found.areas if mapping.code_of(a) == "B"), None)
    for area in found.areas:
        code = mapping.code_of(area)
        if not code or (code == "B" and mapping.codes):
            continue
        is_sector = code in SECTORS and bool(mapping.codes)
        if is_sector and capital is not None and not _lies_in(area, capital):
            continue
        if code in grounds:
            raise ReferenceDataError(
                "double_county",
                said(
                    "{code} is there twice: {first} and {second}",
                    code=code,
                    first=grounds[code].name,
                    second=area.name,
                ),
                said("mend the map or use another extract"),
            )
        grounds[code] = area
    if not grounds:
        raise ReferenceDataError(
            "no_boundaries",
            said("the file holds no county"),
            said("use an extract with whole boundaries"),
        )
    if missing := set(mapping.codes) - grounds.keys():
        raise ReferenceDataError(
            "missing_counties",
            said("not in the file, or broken: {missing}", missing=", ".join(sorted(missing))),
            said(
                "use an extract of the whole country; rings that do not close: {broken}",
                broken=", ".join(found.broken[:10]),
            )
            if found.broken
            else said("use an extract of the whole country"),
        )
    return dict(sorted(grounds.items()))


def _lies_in(area: AdminArea, other: AdminArea) -> bool:
    return bool(shapely.contains(other.ground, shapely.point_on_surface(area.ground)))
