"""
The counties that a civic address (RFC 5139) names; one rule for all who read addresses.

A1 is a county (name, vehicle code or ISO 3166-2 code) or Bucharest; A2 to A5 are
communes, towns, villages or a sector, in any order. Written with or without
diacritics, hyphens and words such as "județul" or "comuna". Streets, house numbers
and postal codes are not checked.

An address whose county and town do not go together contradicts itself: both sides
count one half, and the caller is to be asked. Neither is believed because it is the
finer or the coarser one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from geodata.reference.codes import SECTORS
from geodata.territories.counties import Counties, load_counties
from geodata.territories.localities import Localities, Locality, load_localities

BUCHAREST = "București"
COUNTRIES = frozenset({"ro", "rou", "romania"})
"""How an address says that it is here, folded."""

_AREAS = ("A2", "A3", "A4", "A5")
# One half, and so much more that the county named first stands first wherever it is shown.
_NAMED_FIRST = 0.501
# Below the town, names are of quarters, and villages elsewhere bear the same ones.
_TOWNS = frozenset({"A2", "A3"})
_SECTOR = re.compile(r"(?:bucuresti )?(?:sector|sectorul|sect|s) ?([1-6])")
_PREFIXES = {"judetul", "judet", "jud", "municipiul", "mun", "orasul", "oras", "or", "comuna",
             "com", "satul", "sat", "loc", "localitatea"}  # fmt: skip


def fold(text: str) -> str:
    """Return a name without diacritics, case and punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", letters).split())


def _bare(name: str) -> str:
    """Return a folded name without words for its kind: `judetul cluj` is `cluj`."""
    words = name.split()
    while len(words) > 1 and words[0] in _PREFIXES:
        words.pop(0)
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class NamedCounties:
    """
    What an address names.

    `weights` are by county code, empty where nothing is named; `against` are those of the
    names that do not go with the others, empty as a rule. `valid` and `invalid` are the
    elements that were used and those that name nothing there.
    """

    weights: Mapping[str, float]
    against: Mapping[str, float]
    valid: tuple[str, ...]
    invalid: tuple[str, ...]

    def shares(self) -> dict[str, float]:
        """Return the probability of each county; of a contradiction each side has one half."""
        if not self.against:
            return _parts(self.weights, 1.0)
        against = _parts(self.against, 1.0 - _NAMED_FIRST)
        return _parts(self.weights, _NAMED_FIRST) | against


class CivicPlaces:
    """The names of counties and localities, indexed once."""

    def __init__(self, counties: Counties, localities: Localities) -> None:
        self._people = {code: float(counties.get(code).population) for code in counties.codes}
        self._counties = _county_names(counties)
        self._by_name: dict[str, list[Locality]] = defaultdict(list)
        for row in localities.all():
            for name in {fold(row.name), fold(row.uat)}:
                self._by_name[name].append(row)

    def counties_named(self, name: str) -> tuple[str, ...]:
        """Return the codes that a county's name or code stands for; six for Bucharest."""
        return self._counties.get(name) or self._counties.get(_bare(name), ())

    def localities_named(self, name: str) -> list[Locality]:
        """Return the localities and those of the communes with a (folded) name."""
        # The whole name first: there are villages called Satul Nou.
        return self._by_name.get(name) or self._by_name.get(_bare(name), [])

    def people_of(self, codes: Iterable[str]) -> dict[str, float]:
        """Return the people of counties by code."""
        return {code: self._people[code] for code in codes}

    def find(self, address: Mapping[str, str]) -> NamedCounties:
        """Return the counties that an address names, with what became of its elements."""
        return _Search(self, address).run()


class _Search:
    """One address being narrowed down, element by element."""

    def __init__(self, places: CivicPlaces, address: Mapping[str, str]) -> None:
        self._places = places
        self._address = address
        self._codes: tuple[str, ...] = ()
        self._rows: list[Locality] | None = None
        self._valid: list[str] = ["country"] if "country" in address else []
        self._invalid: list[str] = []
        self._against: dict[str, float] = {}

    def run(self) -> NamedCounties:
        """Return the people that each county has under the address."""
        if "A1" in self._address:
            self._codes = self._places.counties_named(fold(self._address["A1"]))
            self._note("A1", is_valid=bool(self._codes))
        for name in _AREAS:
            if name in self._address:
                is_valid = self._narrow(fold(self._address[name]))
                self._note(name, is_valid=is_valid)
                if not is_valid and not self._against:
                    self._against = self._elsewhere(name, fold(self._address[name]))
        weights = self._places.people_of(self._codes)
        if self._rows is not None:
            weights = _people_by_county(self._rows)
        against = {} if set(weights) & set(self._against) or not weights else self._against
        return NamedCounties(weights, against, tuple(self._valid), tuple(self._invalid))

    def _elsewhere(self, element: str, name: str) -> dict[str, float]:
        """Return the counties that a name means which does not go with those before it."""
        here = {row.county for row in self._rows} if self._rows is not None else {*self._codes}
        if (sector := _SECTOR.fullmatch(name)) is not None:
            found = self._places.people_of([f"B{sector[1]}"])
        elif element not in _TOWNS:
            found = {}
        else:
            found = _people_by_county(self._places.localities_named(name))
            found = found or self._places.people_of(self._places.counties_named(name))
        return {} if here & set(found) else found

    def _note(self, name: str, *, is_valid: bool) -> None:
        (self._valid if is_valid else self._invalid).append(name)

    def _narrow(self, name: str) -> bool:
        if (sector := _SECTOR.fullmatch(name)) is not None:
            return self._narrow_to_sector(f"B{sector[1]}")
        named = self._places.localities_named(name)
        rows = [row for row in named if not self._codes or row.county in self._codes]
        if self._rows is not None:
            known = {row.siruta for row in self._rows}
            rows = [row for row in rows if row.siruta in known]
        if rows:
            self._rows = rows
            return True
        # A2 often repeats the county.
        codes = self._places.counties_named(name)
        return bool(codes) and set(codes) <= set(self._codes)

    def _narrow_to_sector(self, code: str) -> bool:
        # "Sectorul 3" needs no city beside it: only Bucharest has sectors.
        rows = [] if self._rows is None else [row for row in self._rows if row.county == code]
        if (self._codes and code not in self._codes) or (self._rows is not None and not rows):
            return False
        self._codes, self._rows = (code,), rows or None
        return True


def _county_names(counties: Counties) -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for code in counties.codes:
        county = counties.get(code)
        for name in (county.name, code, f"RO-{code}"):
            names[fold(name)] = (code,)
    for name in (BUCHAREST, "B", "RO-B", "Bucharest"):
        names[fold(name)] = SECTORS
    return names


def _people_by_county(rows: Iterable[Locality]) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    for row in rows:
        weights[row.county] += max(row.population, 1.0)
    return dict(weights)


def _parts(weights: Mapping[str, float], whole: float) -> dict[str, float]:
    total = sum(weights.values())
    return {code: whole * weight / total for code, weight in weights.items()} if total else {}


@lru_cache(maxsize=1)
def load_civic_places() -> CivicPlaces:
    """Index the names of all counties and localities, once per process."""
    return CivicPlaces(load_counties(), load_localities())
