"""
Finds the county of a civic address (RFC 5139) by the names in it.

A1 is a county (name, vehicle code or ISO 3166-2 code) or Bucharest; A2 to A5 are
communes, towns, villages or a sector, in any order. Written with or without
diacritics, hyphens and words such as "județul" or "comuna". Streets, house numbers
and postal codes are not checked.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from dispatch.lost_protocol.model import CIVIC_PROFILE, Found, LostError, Validation
from dispatch.words.catalogue import both
from geodata.reference.codes import SECTORS
from geodata.territories.counties import Counties
from geodata.territories.localities import Localities, Locality

CERTAIN_FROM = 0.80
"""The same bound as for areas: below it the caller is to be asked."""

BUCHAREST = "București"
_COUNTRIES = {"ro", "rou", "romania"}
_AREAS = ("A2", "A3", "A4", "A5")
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


class CivicPlaces:
    """The names of counties and localities, indexed once."""

    def __init__(self, counties: Counties, localities: Localities) -> None:
        self._people = {code: float(counties.get(code).population) for code in counties.codes}
        self._counties = _county_names(counties)
        self._by_name: dict[str, list[Locality]] = defaultdict(list)
        for row in localities.all():
            for name in {fold(row.name), fold(row.uat)}:
                self._by_name[name].append(row)

    def find(self, address: Mapping[str, str]) -> Found:
        """
        Return whose place an address is, with what became of each of its elements.

        Raises
        ------
        LostError
            `notFound`: another country, or nothing in it names a place;
            `locationInvalid`: no place has any of its names.
        """
        if fold(address.get("country", "RO")) not in _COUNTRIES:
            raise LostError("notFound", both("lost.error.not_here"))
        search = _Search(self, address)
        weights = search.run()
        if weights:
            return _found(weights, search.validation(address))
        if search.invalid:
            raise LostError("locationInvalid", both("lost.error.unknown_place"))
        raise LostError("notFound", both("lost.error.no_place_named"))

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


class _Search:
    """One address being narrowed down, element by element."""

    def __init__(self, places: CivicPlaces, address: Mapping[str, str]) -> None:
        self._places = places
        self._address = address
        self._codes: tuple[str, ...] = ()
        self._rows: list[Locality] | None = None
        self.valid: list[str] = ["country"] if "country" in address else []
        self.invalid: list[str] = []

    def run(self) -> dict[str, float]:
        """Return the people that each county has under the address; empty without a match."""
        if "A1" in self._address:
            self._codes = self._places.counties_named(fold(self._address["A1"]))
            self._note("A1", is_valid=bool(self._codes))
        for name in _AREAS:
            if name in self._address:
                self._note(name, is_valid=self._narrow(fold(self._address[name])))
        if self._rows is None:
            return self._places.people_of(self._codes)
        weights: dict[str, float] = defaultdict(float)
        for row in self._rows:
            weights[row.county] += max(row.population, 1.0)
        return dict(weights)

    def validation(self, address: Mapping[str, str]) -> Validation:
        """Return the names of all elements by what became of them."""
        rest = tuple(n for n in address if n not in self.valid and n not in self.invalid)
        return Validation(tuple(self.valid), tuple(self.invalid), rest)

    def _note(self, name: str, *, is_valid: bool) -> None:
        (self.valid if is_valid else self.invalid).append(name)

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


def _found(weights: Mapping[str, float], validation: Validation) -> Found:
    total = sum(weights.values())
    shares = sorted(((c, w / total) for c, w in weights.items()), key=lambda s: (-s[1], s[0]))
    return Found(
        profile=CIVIC_PROFILE,
        shares=tuple(shares),
        decided_by="civic",
        ambiguous=shares[0][1] < CERTAIN_FROM,
        validation=validation,
    )


def civic_boundary(code: str, counties: Counties) -> dict[str, str]:
    """Return the civic elements that all addresses of a county share."""
    if code in SECTORS:
        sector = f"Sectorul {code[1]}"
        return {"country": "RO", "A1": BUCHAREST, "A3": BUCHAREST, "A4": sector}
    return {"country": "RO", "A1": counties.get(code).name}
