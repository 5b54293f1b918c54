"""
The names of places as people say and type them, and which places they can mean.

Without diacritics and capitals, in either spelling of the sound â/î, whole or
misspelt (trigrams, then edit distance). Radii are metres around EPSG:4326 places.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dispatch.location.spoken.countrysides import BENT, COUNTRYSIDES
from dispatch.location.spoken.forms import ALIASES
from geodata.points import LonLat
from geodata.reference.codes import COUNTY_NAMES, SECTORS
from geodata.territories.localities import Localities, Locality, load_localities

LOCALITY, UAT, COUNTY, SECTOR = "locality", "uat", "county", "sector"

TOWN_FROM = 10_000.0
"""People from which on a place is taken for a town; the register does not say what is one."""

_ALPHANUMERIC = re.compile(r"[^\W_]+")
_DEGREE_M = 111_195.0
_SECTOR_RADIUS_M = 4_500.0
_LEAST_SIMILAR = 0.25
_MOST_COMPARED = 24


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A locality, commune or town (`uat`), county or sector, and the circle that holds it."""

    level: str
    name: str
    label: str
    siruta: int | None
    uat: str
    counties: tuple[str, ...]
    center: LonLat
    radius_m: float
    population: float

    @property
    def is_countryside(self) -> bool:
        """Whether it is a part of the country that is no county of its own."""
        return self.level == COUNTY and self.name not in COUNTY_NAMES.values()

    def holds(self, other: "NamedPlace") -> bool:
        """Tell whether the other place is this one or a part of it."""
        if not set(other.counties) <= set(self.counties):
            return False
        if self.level == COUNTY:
            return True
        if self.level == UAT or self.name == self.uat:
            return other.uat == self.uat
        return self == other


def fold(text: str) -> str:
    """Return lower-case letters and digits without diacritics, one blank between words."""
    plain = text.lower()
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join(_ALPHANUMERIC.findall(plain))


def distance_m(a: LonLat, b: LonLat) -> float:
    """Return the distance to 1 %, which is enough to tell near from far."""
    east = (a.lon - b.lon) * math.cos(math.radians((a.lat + b.lat) / 2.0))
    return math.hypot(east, a.lat - b.lat) * _DEGREE_M


class Gazetteer:
    """All named places, found by a whole or a misspelt name."""

    def __init__(self, localities: Localities) -> None:
        self.places = tuple(_places(localities.all()))
        by_name: dict[str, list[int]] = defaultdict(list)
        for i, place in enumerate(self.places):
            for key in _keys(place):
                by_name[key].append(i)
        whole = {name: tuple(found) for name, found in by_name.items()}
        for alias, names in ALIASES.items():
            towns = [i for name in names for i in whole[name] if self._is_town(i)]
            by_name[alias] += towns
        for name, wide in _countrysides(self.places).items():
            by_name[name].append(len(self.places))
            self.places += (wide,)
        for bent, name in BENT.items():
            by_name[bent] += by_name[name]
        self._by_name = dict(by_name)
        self._county_of = {
            p.counties[0].lower(): p
            for p in self.places
            if p.level == COUNTY and not p.is_countryside
        }
        self._names = tuple(self._by_name)
        self.longest = max(name.count(" ") + 1 for name in self._names)
        self._trigrams, self._sizes = _trigram_index(self._names)

    def _is_town(self, index: int) -> bool:
        """Tell whether a place may be meant by another name than its own."""
        place = self.places[index]
        return place.level in {LOCALITY, UAT} and place.population >= TOWN_FROM

    def find_county(self, code: str) -> NamedPlace | None:
        """Return the county of a code in small letters, as in `jud. TM`."""
        return self._county_of.get(code)

    def find(self, name: str) -> list[NamedPlace]:
        """Return the places of a folded name."""
        return [self.places[i] for i in self._by_name.get(name, ())]

    def has_countryside(self, words: Sequence[str]) -> bool:
        """Tell whether the name of a part of the country begins here."""
        names = (" ".join(words[:count]) for count in (1, 2))
        return any(place.is_countryside for name in names for place in self.find(name))

    def similar(self, name: str) -> list[tuple[NamedPlace, float]]:
        """
        Return places whose folded name is nearly this, with the quality of the match.

        One edit for each four letters is allowed; the quality (0 to 1) falls with each.
        """
        grams = [self._trigrams[gram] for gram in _trigrams(name) if gram in self._trigrams]
        if not grams or len(name) < 4:
            return []
        common = np.bincount(np.concatenate(grams), minlength=len(self._names))
        similarity = common / (self._sizes + len(_trigrams(name)) - common)
        best = np.argsort(-similarity, kind="stable")[:_MOST_COMPARED]
        found: list[tuple[NamedPlace, float]] = []
        for i in best[similarity[best] >= _LEAST_SIMILAR]:
            other = self._names[i]
            edits = edit_distance(name, other)
            if edits <= max(1, len(name) // 4):
                quality = (1.0 - edits / max(len(name), len(other))) ** 2
                found += [(place, quality) for place in self.find(other)]
        return found


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """Build the index, once per process (about half a second)."""
    return Gazetteer(load_localities())


def edit_distance(a: str, b: str) -> int:
    """Return the least number of inserted, lost, changed or exchanged letters."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        oldest, before, row = before, row, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, oldest[j - 2] + 1)
            row.append(cost)
    return row[-1]


# ── the index ─────────────────────────────────────────────────────────────────
def _trigrams(name: str) -> set[str]:
    padded = f"  {name} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def _trigram_index(
    names: Sequence[str],
) -> tuple[dict[str, NDArray[np.int32]], NDArray[np.int32]]:
    found: dict[str, list[int]] = defaultdict(list)
    sizes = []
    for i, name in enumerate(names):
        grams = _trigrams(name)
        sizes.append(len(grams))
        for gram in grams:
            found[gram].append(i)
    index = {gram: np.asarray(ids, dtype=np.int32) for gram, ids in found.items()}
    return index, np.asarray(sizes, dtype=np.int32)


def _keys(place: NamedPlace) -> set[str]:
    # Before 1993, and often since, the sound was written î in the middle of words too.
    keys = {fold(place.name)}
    if "â" in place.name or "Â" in place.name:
        keys.add(fold(place.name.replace("â", "î").replace("Â", "Î")))
    return keys


# ── the places ────────────────────────────────────────────────────────────────
def _places(rows: Iterable[Locality]) -> list[NamedPlace]:
    single, by_uat, by_county = [], defaultdict(list), defaultdict(list)
    for row in rows:
        place = _of_locality(row)
        single.append(place)
        by_county[row.county].append(place)
        # The six sectors are six codes and one city.
        by_uat[row.uat, "" if row.county in SECTORS else row.county].append(place)
    communes = [_around(UAT, uat, parts) for (uat, _), parts in by_uat.items() if len(parts) > 1]
    counties = [
        _around(COUNTY, COUNTY_NAMES[code], parts)
        for code, parts in by_county.items()
        if code in COUNTY_NAMES
    ]
    return single + communes + counties


def _countrysides(places: Sequence[NamedPlace]) -> dict[str, NamedPlace]:
    counties = {p.counties[0]: p for p in places if p.level == COUNTY}
    found = {}
    for key, (name, codes) in COUNTRYSIDES.items():
        whole = _around(COUNTY, name, [counties[code] for code in codes])
        found[key] = replace(whole, label=f"{name} ({', '.join(codes)})")
    return found


def _of_locality(row: Locality) -> NamedPlace:
    is_sector = row.county in SECTORS
    # A village along its road is twice as long as the circle of its area is wide.
    built_m = 1000.0 * math.sqrt(row.built_km2 / math.pi)
    return NamedPlace(
        level=SECTOR if is_sector else LOCALITY,
        name=f"Sectorul {row.county[1]}" if is_sector else row.name,
        label=row.label,
        siruta=row.siruta,
        uat=row.uat,
        counties=(row.county,),
        center=row.place,
        radius_m=_SECTOR_RADIUS_M if is_sector else 500.0 + 2.0 * built_m,
        population=row.population,
    )


def _around(level: str, name: str, parts: Sequence[NamedPlace]) -> NamedPlace:
    counties = tuple(sorted({code for part in parts for code in part.counties}))
    weights = [part.population + 1.0 for part in parts]
    total = math.fsum(weights)
    lon = math.fsum(w * part.center.lon for w, part in zip(weights, parts, strict=True)) / total
    lat = math.fsum(w * part.center.lat for w, part in zip(weights, parts, strict=True)) / total
    center = LonLat(round(lon, 6), round(lat, 6))
    kind = "județul" if level == COUNTY else ""
    where = "" if len(counties) > 1 or level == COUNTY else f" ({counties[0]})"
    return NamedPlace(
        level=level,
        name=name,
        label=f"{kind} {name}{where}".strip(),
        siruta=None,
        uat="" if level == COUNTY else name,
        counties=counties,
        center=center,
        radius_m=max(distance_m(center, part.center) + part.radius_m for part in parts),
        population=total,
    )
