"""
Finds the names of places in what a caller says, and what each name is there for.

"satul Odăile, comuna Otopeni" names a locality and its commune; "lângă Iași, la
Lețcani" names a neighbour and a place; the name of a street is no place.
"""

import re
from dataclasses import dataclass

from dispatch.location.spoken_forms import base_forms, expand
from dispatch.location.spoken_names import (
    COUNTY,
    LOCALITY,
    SECTOR,
    TOWN_FROM,
    UAT,
    Gazetteer,
    NamedPlace,
    fold,
)

TOWN, NEAR, ANY, VILLAGE = "town", "near", "any", "village"

MARKERS = {
    "sat": VILLAGE, "satul": VILLAGE, "satului": VILLAGE, "catun": VILLAGE, "catunul": VILLAGE,
    "localitatea": LOCALITY, "localitate": LOCALITY, "comuna": UAT, "com": UAT, "comunei": UAT,
    "oras": TOWN, "orasul": TOWN, "orasului": TOWN, "municipiul": TOWN, "municipiului": TOWN,
    "mun": TOWN, "judet": COUNTY, "judetul": COUNTY, "judetului": COUNTY, "jud": COUNTY,
    "sector": SECTOR, "sectorul": SECTOR, "sectorului": SECTOR, "langa": NEAR, "linga": NEAR,
    "aproape": NEAR, "spre": NEAR, "dinspre": NEAR, "vecin": NEAR,
}  # fmt: skip
_STREETS = {
    "strada", "strazii", "str", "bulevardul", "bulevard", "bd", "bdul", "blvd", "soseaua",
    "sos", "calea", "aleea", "intrarea", "piata", "splaiul", "drumul",
}  # fmt: skip
_PREPOSITIONS = {"la", "in", "din", "pe", "de", "cu", "catre", "prin", "si", "e", "este"}
_STOP = {
    *_PREPOSITIONS, *_STREETS, "a", "al", "ale", "am", "ap", "apartament", "apropiere", "are",
    "as", "asta", "bloc", "blocul", "biserica", "bunica", "bunicii", "ca", "camp", "casa",
    "cartier", "cartierul", "ceva", "centru", "centrul", "copil", "copilul", "copii", "cred",
    "cum", "da", "dar", "deal", "dealul", "departe", "dupa", "etaj", "eu", "fata", "frate",
    "fratele", "gara", "gradina", "iesire", "imi", "insula", "intre", "lac", "lacul", "lunca",
    "magazin", "mama", "mare", "mea", "meu", "mica", "mic", "moara", "mor", "multe", "noastra",
    "nou", "noua", "nr", "nu", "numarul", "o", "padure", "padurea", "parc", "parcul", "pod",
    "podul", "poiana", "primarie", "primaria", "rau", "raul", "sala", "sanatate", "scara",
    "scoala", "ne", "sora", "statie", "statia", "stiu", "strig", "sunt", "suntem", "sus", "jos",
    "tata", "tatal", "telefon", "un", "una", "unde", "vale", "valea", "va", "vecinul", "vine",
    "verde", "rosie", "rosu", "alb", "neagra", "negru", "galben", "galbena", "albastra",
    "plaja", "ajutor", "acasa", "rog", "acum", "aici", "acolo", "vreau", "fuga", "mamei",
    "tatalui", "parinti", "vila", "ferma", "mi", "ma", "te", "se", "il",
}  # fmt: skip
_BREAKS = re.compile(r"[,;:!?\n]+")
_STREET_WORDS = 4
_LEAST_BENT = 2_000.0
_BENT_QUALITY = 0.93
_WEAKEST = 0.45
_COMMON_QUALITY = 0.9
_ALMOST = 0.7


@dataclass(frozen=True, slots=True)
class Mention:
    """
    A name in the text, its role and the places it can mean, each with a quality 0 to 1.

    `around` is all that bears the name: as a neighbour of other names, Vaslui is a town
    and its county.
    """

    role: str
    name: str
    places: tuple[tuple[NamedPlace, float], ...]
    around: tuple[tuple[NamedPlace, float], ...]


@dataclass(slots=True)
class _Reader:
    """Walks over the words of one phrase between two commas."""

    gazetteer: Gazetteer
    words: list[str]
    mentions: list[Mention]
    left_over: list[list[str]]
    common: list[str]
    street: str = ""
    at: int = 0

    def read(self) -> None:
        while self.at < len(self.words):
            word = self.words[self.at]
            if self._take_exact(ANY, least=2) or self._take_new_village():
                continue
            if word in _STREETS:
                self._take_street()
            elif word in MARKERS:
                self.at += 1
                self._take_marked(MARKERS[word])
            elif not self._take_exact(ANY, least=1):
                self.left_over[-1].append(word)
                self.common.append(word)
                self.at += 1

    def _take_new_village(self) -> bool:
        """Take `satul nou`, which is the name Satu Nou and not a village called Nou."""
        if self.words[self.at] not in {"sat", "satul"} or self.at + 1 == len(self.words):
            return False
        name = f"satu {self.words[self.at + 1]}"
        return self._add(ANY, name, [(place, 1.0) for place in self.gazetteer.find(name)], 2)

    def _take_marked(self, role: str) -> None:
        while self.at < len(self.words) and self.words[self.at] in _PREPOSITIONS:
            self.at += 1
        if role == SECTOR:
            self._take_sector()
            return
        if role == NEAR and self.at < len(self.words) and self.words[self.at] in MARKERS:
            return
        if role == COUNTY and self._take_county_code():
            return
        if not self._take_exact(role, least=1) and role != NEAR:
            self._take_similar(role)

    def _take_county_code(self) -> bool:
        code = self.words[self.at] if self.at < len(self.words) else ""
        county = self.gazetteer.find_county(code)
        return county is not None and self._add(COUNTY, code, [(county, 1.0)], 1)

    def _take_sector(self) -> None:
        number = self.words[self.at] if self.at < len(self.words) else ""
        if found := self.gazetteer.find(f"sectorul {number}"):
            self._add(SECTOR, number, [(place, 1.0) for place in found], 1)

    def _take_exact(self, role: str, *, least: int) -> bool:
        rest = len(self.words) - self.at
        for count in range(min(self.gazetteer.longest, rest), least - 1, -1):
            name = " ".join(self.words[self.at : self.at + count])
            if count == 1 and role in {ANY, NEAR} and (name in _STOP or len(name) < 3):
                return False
            found = [(place, 1.0) for place in self.gazetteer.find(name)]
            if found and self._take_longer(role, name, count):
                return True
            if self._add(role, name, found, count):
                return True
        return self._take_bent(role)

    def _take_bent(self, role: str) -> bool:
        """Take `Clujului` as Cluj: only names that many people use, never a common word."""
        word = self.words[self.at] if self.at < len(self.words) else ""
        if word in _STOP or word in MARKERS:
            return False
        for base in base_forms(word):
            found = [
                (place, _BENT_QUALITY)
                for place in self.gazetteer.find(base)
                if base not in _STOP and place.population >= _LEAST_BENT
            ]
            if self._add(role, base, found, 1):
                return True
        return False

    def _take_longer(self, role: str, name: str, count: int) -> bool:
        """Take `Roșiori de Veede` as the misspelt town rather than as the village Roșiori."""
        for more in (3, 2):
            if self.at + more > len(self.words) or more <= count:
                continue
            longer = " ".join(self.words[self.at : self.at + more])
            found = [
                (place, quality)
                for place, quality in self.gazetteer.similar(longer)
                if quality >= _ALMOST and fold(place.name).startswith(f"{name} ")
            ]
            if self._add(role, longer, found, more):
                return True
        return False

    def _take_similar(self, role: str) -> None:
        best: tuple[float, int, list[tuple[NamedPlace, float]]] = (0.0, 0, [])
        for count in range(1, min(4, len(self.words) - self.at) + 1):
            if count > 1 and self.words[self.at + count - 1] in MARKERS:
                break
            name = " ".join(self.words[self.at : self.at + count])
            found = of_role(role, self.gazetteer.similar(name))
            quality = max((quality for _, quality in found), default=0.0)
            best = max(best, (quality, count, found), key=lambda option: option[0])
        if best[0] >= _WEAKEST:
            self._add(role, " ".join(self.words[self.at : self.at + best[1]]), best[2], best[1])

    def _take_street(self) -> None:
        start = self.at
        self.at += 1
        while self.at < len(self.words) and self.at - start <= _STREET_WORDS:
            word, taken = self.words[self.at], self.at - start
            if word in MARKERS or word in {"in", "din", "la"} or (taken > 1 and self._is_town()):
                break
            self.at += 1
            if taken > 1 and word[:1].isdigit():
                # The house number ends the address; `1 Decembrie` is a name.
                break
        self.street = self.street or " ".join(self.words[start : self.at])

    def _is_town(self) -> bool:
        """Tell whether a town's name begins here, as in `strada Lungă Brașov`."""
        rest = len(self.words) - self.at
        for count in range(min(self.gazetteer.longest, rest), 0, -1):
            found = self.gazetteer.find(" ".join(self.words[self.at : self.at + count]))
            if any(_is_seat(place) and place.population >= TOWN_FROM for place in found):
                return True
        return False

    def _add(self, role: str, name: str, found: list[tuple[NamedPlace, float]], count: int) -> bool:
        chosen = of_role(role, found)
        if not chosen:
            return False
        around = found if role in {ANY, NEAR} else chosen
        self.mentions.append(Mention(role, name, tuple(chosen), tuple(around)))
        self.left_over.append([])
        self.at += count
        return True


def of_role(role: str, found: list[tuple[NamedPlace, float]]) -> list[tuple[NamedPlace, float]]:
    """Keep the places that a name can mean in this role."""
    if role == VILLAGE:
        return [pair for pair in found if pair[0].level == LOCALITY]
    if role in {LOCALITY, COUNTY, SECTOR}:
        return [pair for pair in found if pair[0].level == role]
    if role == UAT:
        communes = [pair for pair in found if pair[0].level == UAT]
        known = {(place.uat, place.counties) for place, _ in communes}
        # A commune of a single village has no entry of its own.
        single = [p for p in found if p[0].level == LOCALITY and _is_seat(p[0])]
        return communes + [p for p in single if (p[0].uat, p[0].counties) not in known]
    if role == TOWN:
        towns = [pair for pair in found if pair[0].level in {LOCALITY, UAT} and _is_seat(pair[0])]
        return _smallest(towns)
    return _smallest(found)


def _is_seat(place: NamedPlace) -> bool:
    return place.name == place.uat


def _smallest(found: list[tuple[NamedPlace, float]]) -> list[tuple[NamedPlace, float]]:
    """Of a town, its commune and its county, all of one name, keep the town."""
    seats = {(p.name, p.counties) for p, _ in found if p.level == LOCALITY}
    return [
        (place, quality)
        for place, quality in found
        if place.level in {LOCALITY, SECTOR} or (place.name, place.counties) not in seats
    ]


def find_mentions(text: str, gazetteer: Gazetteer) -> tuple[list[Mention], str]:
    """Return the names in a text, and the first street. Misspelt names only where none is whole."""
    mentions: list[Mention] = []
    left_over: list[list[str]] = []
    common: list[str] = []
    street = ""
    for phrase in _BREAKS.split(text):
        left_over.append([])
        words = expand(fold(phrase).split())
        reader = _Reader(gazetteer, words, mentions, left_over, common)
        reader.read()
        street = street or reader.street
    roles = {mention.role for mention in mentions}
    if (roles and roles <= {UAT, COUNTY}) or (not roles and _is_name(text, common)):
        mentions += _common_names(common, gazetteer)
        roles |= {mention.role for mention in mentions}
    if roles <= {NEAR}:
        mentions += _misspelt(left_over, gazetteer)
    return mentions, street


def _is_name(text: str, common: list[str]) -> bool:
    """Tell whether all that is said is one common word, written as a name: `Poiana`, `la Moara`."""
    said = [word for word in common if word not in _PREPOSITIONS]
    if len(said) != 1 or said[0] in _STREETS:
        return False
    return len(common) == 1 or any(fold(w) in said and w[:1].isupper() for w in text.split())


def _common_names(words: list[str], gazetteer: Gazetteer) -> list[Mention]:
    """Read Poiana, Valea, Lunca as names only beside a commune or county that has them."""
    mentions = []
    for word in dict.fromkeys(words):
        found = [(p, _COMMON_QUALITY) for p in gazetteer.find(word) if p.level == LOCALITY]
        if found and len(word) > 3:
            mentions.append(Mention(ANY, word, tuple(found), tuple(found)))
    return mentions


def _is_common(word: str) -> bool:
    """Tell whether this is a common word, as it is or bent: `casei` is no misspelt Carei."""
    return word in _STOP or any(base in _STOP for base in base_forms(word))


def _misspelt(left_over: list[list[str]], gazetteer: Gazetteer) -> list[Mention]:
    options: list[tuple[float, Mention]] = []
    for words in left_over:
        for start in range(len(words)):
            for count in (1, 2, 3):
                taken = words[start : start + count]
                if len(taken) < count or _is_common(taken[0]) or _is_common(taken[-1]):
                    continue
                name = " ".join(taken)
                found = gazetteer.similar(name) if len(name) > 4 else []
                quality = max((quality for _, quality in found), default=0.0)
                if quality >= _WEAKEST:
                    mention = Mention(ANY, name, tuple(of_role(ANY, found)), tuple(found))
                    options.append((quality * len(name), mention))
    return [max(options, key=lambda option: option[0])[1]] if options else []
