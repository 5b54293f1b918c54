"""
Search of places by what a person types: localities of the country, streets of the network.

Everything is on this machine. Diacritics, capitals and the usual short forms ("str.", "bd.")
do not matter, words may be begun only, and a word may have one wrong letter where nothing fits
otherwise. The house number is no part of any data here: it is left out and told.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from dispatch.ground import Ground
from dispatch.location.spoken.names import fold
from geodata.crs import distance_m
from geodata.points import LonLat
from geodata.reference.codes import CODES
from geodata.roads.index import RoadIndex
from geodata.roads.network import RoadNetwork
from geodata.roads.street_places import StreetPlace, find_streets
from geodata.territories.counties import Counties
from geodata.territories.localities import Locality

MOST_FOUND = 20
STREET_WITHIN_M = 60.0
"""Farther away a house is not on that street: there is a yard or another one between."""

_SHORT = {
    "str": "strada", "bd": "bulevardul", "bdul": "bulevardul", "blvd": "bulevardul",
    "bul": "bulevardul", "sos": "soseaua", "cal": "calea", "al": "aleea",
    "intr": "intrarea", "pta": "piata", "spl": "splaiul", "fdt": "fundatura", "dr": "drumul",
    "jud": "judetul", "com": "comuna", "sect": "sectorul", "sector": "sectorul",
}  # fmt: skip
# Words that say what kind of place it is; they alone find nothing and decide nothing.
_STREETS = frozenset({
    "strada", "bulevardul", "soseaua", "calea", "aleea", "intrarea", "piata", "splaiul",
    "fundatura", "drumul",
})  # fmt: skip
_KINDS = _STREETS | {
    "judetul", "comuna", "satul", "orasul", "municipiul", "localitatea",
    "din", "in", "la", "de", "pe",
}  # fmt: skip
# What comes before a part of an address that no map here knows.
_DOOR = frozenset({"nr", "numarul", "numar", "bloc", "bl", "scara", "sc", "etaj", "et", "ap",
                   "apartament"})  # fmt: skip
_GUESSED_FROM = 4


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that fits what was typed; `is_guess`: only with a letter changed."""

    kind: Literal["locality", "street"]
    name: str
    locality: str
    county: str
    place: LonLat
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class PlacesFound:
    """The places, best first, and what of the words no data here knows (a house number)."""

    places: tuple[FoundPlace, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class PlaceAt:
    """What is at a place: the code of its county (None abroad), locality and street by name."""

    county: str | None
    locality: str | None
    street: str | None


@dataclass(frozen=True, slots=True)
class _Entry:
    found: FoundPlace
    name: str
    weight: float


class _Index:
    """Entries by the beginnings of their words."""

    def __init__(self, entries: Sequence[_Entry], counties: Counties) -> None:
        self.entries = entries
        around = {code: counties.get(code).name for code in CODES}
        self._by_name = _Words((number, one.name) for number, one in enumerate(entries))
        self._around = _Words(
            (number, fold(f"{one.found.locality} {around[one.found.county]}"))
            for number, one in enumerate(entries)
        )

    def fitting(self, words: Sequence[str], *, guess: bool) -> set[int]:
        """
        Entries that have every word in name or surroundings, and one of them in the name.

        "Strada" before the name of a boulevard is what people say: kinds only decide alone.
        """
        asked = [word for word in words if word not in _KINDS] or words
        named: set[int] = set()
        fits: list[set[int]] = []
        for word in asked:
            in_name = self._by_name.beginning(word, guess=guess)
            named |= in_name
            fits.append(in_name | self._around.beginning(word, guess=guess))
        return named.intersection(*fits)


class _Words:
    """Which entries have a word, by the beginning of the word."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        postings: dict[str, set[int]] = {}
        for number, text in texts:
            for word in text.split():
                postings.setdefault(word, set()).add(number)
        self._words = sorted(postings)
        self._postings = postings

    def beginning(self, word: str, *, guess: bool) -> set[int]:
        found: set[int] = set()
        for known in self._starting(word):
            found |= self._postings[known]
        if guess and not found and len(word) >= _GUESSED_FROM:
            for known in self._words:
                if abs(len(known) - len(word)) <= 1 and is_one_letter_off(word, known):
                    found |= self._postings[known]
        return found

    def _starting(self, word: str) -> Iterable[str]:
        for place in range(bisect_left(self._words, word), len(self._words)):
            if not self._words[place].startswith(word):
                return
            yield self._words[place]


def is_one_letter_off(one: str, other: str) -> bool:
    """Tell whether one letter more, less, another or two exchanged make them equal."""
    if one == other:
        return True
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


class PlaceSearch:
    """Looks places up by their names; safe to use from threads."""

    def __init__(self, ground: Ground, roads: Callable[[], RoadIndex]) -> None:
        """`roads` gives the index in use; its streets are read when they are asked for."""
        self._ground = ground
        self._roads = roads
        self._lock = threading.Lock()
        self._known: tuple[RoadNetwork, _Index] | None = None

    def find(
        self,
        query: str,
        *,
        county: str | None = None,
        near: LonLat | None = None,
        limit: int = 12,
    ) -> PlacesFound:
        """
        Find places whose name, with its town or county, begins as the words of `query`.

        Whole names come first, then those of `county`, then what is nearer to `near`
        (EPSG:4326), then the larger.
        """  # fmt: skip
        index = self._index()
        words, door = _split(query)
        for asked, left_out in ((words + door, ""), (words, " ".join(door))):
            if not asked:
                continue
            for guess in (False, True):
                numbers = index.fitting(asked, guess=guess)
                if numbers:
                    rows = _only_streets([index.entries[n] for n in numbers], asked)
                    rows.sort(key=lambda row: _order(row, asked, county, near))
                    best = rows[: min(limit, MOST_FOUND)]
                    places = [replace(row.found, is_guess=guess) for row in best]
                    return PlacesFound(tuple(places), left_out)
        return PlacesFound((), "")

    def at(self, place: LonLat) -> PlaceAt:
        """Say what is at a place, EPSG:4326: county, nearest locality of it, street beside it."""
        index, county = self._roads(), self._ground.counties.find_at(place)
        near = self._ground.localities.nearest(place)
        own = next((row for row, _ in near if row.county == county), None)
        columns = np.array([place.lon]), np.array([place.lat])
        piece = int(index.snap(*columns, max_distance_m=STREET_WITHIN_M).piece[0])
        network = index.network
        is_drawn = 0 <= piece < network.own_piece_count
        name = network.names[network.name_id[piece]] if is_drawn else ""
        return PlaceAt(county, own.name if own else None, name or None)

    def warm_up(self) -> None:
        """Read the streets before anybody asks."""
        self._index()

    def _index(self) -> _Index:
        network = self._roads().network
        with self._lock:
            if self._known is None or self._known[0] is not network:
                ground = self._ground
                streets = find_streets(network, ground.localities, ground.territories)
                entries = [_of_locality(row) for row in ground.localities.all()]
                entries += [_of_street(row) for row in streets]
                self._known = network, _Index(entries, ground.counties)
            return self._known[1]


def _split(query: str) -> tuple[list[str], list[str]]:
    """Return the words of the name, spelt out, and what belongs to the door."""
    words = fold(query.casefold().replace("b-dul", "bdul")).split()
    door = next((n for n, word in enumerate(words) if n and word in _DOOR), len(words))
    name = [_SHORT.get(word, word) for word in words[:door]]
    is_number = len(name) > 1 and name[-1][0].isdigit() and name[-2] != "sectorul"
    if door == len(words) and is_number:
        return name[:-1], words[-1:]
    return name, words[door:]


def _only_streets(rows: list[_Entry], asked: Sequence[str]) -> list[_Entry]:
    """Keep the streets where a kind of street was named and any street fits."""
    streets = [row for row in rows if row.found.kind == "street"]
    return streets if streets and not _STREETS.isdisjoint(asked) else rows


def _order(
    row: _Entry, asked: Sequence[str], county: str | None, near: LonLat | None
) -> tuple[object, ...]:
    names = row.name.split()
    told = [word for word in asked if word not in _KINDS]
    own = [word for word in names if word not in _KINDS]
    if own == told or names == list(asked):
        fit = 0
    elif own[: len(told)] == told:
        fit = 1
    else:
        fit = 2 if all(word in names for word in told) else 3
    # Who says "strada" means a street, though it may be a boulevard.
    kinds = [word for word in asked if word in _KINDS]
    is_other_kind = bool(kinds) and not any(word in names for word in kinds)
    away = distance_m(*near, *row.found.place) if near else 0.0
    # Places of one neighbourhood count alike; then a town comes before its streets.
    return (
        fit,
        row.found.county != county,
        is_other_kind,
        round(away / 5000.0),
        -row.weight,
        row.found.name,
    )


def _of_locality(row: Locality) -> _Entry:
    around = row.uat if row.uat not in {row.name, "București"} else ""
    found = FoundPlace("locality", row.name, around, row.county, row.place)
    return _Entry(found, fold(row.name), row.population)


def _of_street(row: StreetPlace) -> _Entry:
    found = FoundPlace("street", row.name, row.locality.name, row.locality.county, row.place)
    return _Entry(found, " ".join(_SHORT.get(w, w) for w in fold(row.name).split()), row.length_m)
