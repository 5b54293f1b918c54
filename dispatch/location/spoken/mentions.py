"""
Finds the names of places in what a caller says, and what each name is there for.

"satul Odăile, comuna Otopeni" names a locality and its commune; "lângă Iași, la
Lețcani" names a neighbour and a place; the name of a street is no place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dispatch.location.spoken.abroad import find_abroad
from dispatch.location.spoken.anchors import BEFORE, STREETS, Anchor, Span, hold, says_only_who
from dispatch.location.spoken.common_words import FIRST_NAMES, FIXED, is_common, is_like_common
from dispatch.location.spoken.forms import base_forms, expand
from dispatch.location.spoken.guesses import Pairs, goes_with, guess
from dispatch.location.spoken.names import (
    COUNTY,
    LOCALITY,
    SECTOR,
    TOWN_FROM,
    UAT,
    Gazetteer,
    NamedPlace,
    fold,
)
from dispatch.location.spoken.numbers import BEFORE_NUMBER, NUMBERS, ORDINALS
from dispatch.location.spoken.standing import NOT_HERE, Standing, is_at_anothers, standings
from dispatch.location.spoken.words import Said, listen, words_of

TOWN, NEAR, ANY, VILLAGE = "town", "near", "any", "village"

MARKERS = {
    "sat": VILLAGE, "satul": VILLAGE, "satului": VILLAGE, "catun": VILLAGE, "catunul": VILLAGE,
    "localitatea": LOCALITY, "localitate": LOCALITY, "comuna": UAT, "com": UAT, "comunei": UAT,
    "oras": TOWN, "orasul": TOWN, "orasului": TOWN, "municipiul": TOWN, "municipiului": TOWN,
    "mun": TOWN, "judet": COUNTY, "judetul": COUNTY, "judetului": COUNTY, "jud": COUNTY,
    "sector": SECTOR, "sect": SECTOR, "sec": SECTOR, "sectoru": SECTOR, "sectorul": SECTOR,
    "sectorului": SECTOR, "langa": NEAR,
    "linga": NEAR, "aproape": NEAR, "spre": NEAR, "dinspre": NEAR, "vecin": NEAR,
}  # fmt: skip
_PREPOSITIONS = {"la", "in", "din", "pe", "de", "cu", "catre", "prin", "si", "e", "este"}
_ONE_OF_MANY = {"un", "intr", "dintr", "o"}
_STREET_WORDS = 4
_LEAST_BENT = 2_000.0
_BENT_QUALITY = 0.93
_BENT_VILLAGE_QUALITY = 0.8
_MISSPELT = 0.89
_NEW_VILLAGE_QUALITY = 0.85
_DOUBTFUL_QUALITY = 0.85
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
    standing: Standing = Standing.OPEN


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names: places, a street, places abroad with how each stands to the caller."""

    mentions: list[Mention]
    street: str
    abroad: tuple[tuple[str, Standing], ...]


@dataclass(slots=True)
class _Heard:
    """What was found so far: firm names, weak ones, the street."""

    mentions: list[Mention] = field(default_factory=list)
    weak: list[Mention] = field(default_factory=list)
    street: str = ""


@dataclass(slots=True)
class _Reader:
    """Walks over the words of one phrase between two commas."""

    gazetteer: Gazetteer
    phrase: Sequence[Said]
    heard: _Heard
    words: list[str]
    gone: list[bool]
    stands: Sequence[Standing]
    is_beside: bool = False
    is_after_person: bool = False
    at: int = 0

    def read(self) -> None:
        while self.at < len(self.words):
            word = self.words[self.at]
            if self._take_exact(ANY, least=2) or self._take_new_village():
                continue
            if word in STREETS or self._begins_address():
                self._take_street()
            elif word in MARKERS:
                self.at += 1
                self._take_marked(MARKERS[word])
            elif not self._take_exact(ANY, least=1):
                self.at += 1

    def _begins_address(self) -> bool:
        """Tell whether a street begins here without the word: `pe Avram Iancu 5`."""
        here = self.words[self.at : self.at + _STREET_WORDS + 2]
        if here[0] == "pe" and len(here) > 1:
            name = here[1:]
            if name[0] in STREETS or self.gazetteer.has_countryside(name):
                return False
            return name[0] in FIRST_NAMES or _number_at(name) > 0
        return here[0] in FIRST_NAMES and _number_at(here) > 1

    def _take_new_village(self) -> bool:
        """Take `satul nou`, which is the name Satu Nou and not a village called Nou."""
        if self.words[self.at] not in {"sat", "satul"} or self.at + 1 == len(self.words):
            return False
        before = self.words[self.at - 1] if self.at else ""
        if before in _ONE_OF_MANY or (before and before not in BEFORE and self._says_a_village()):
            return False
        name = f"satu {self.words[self.at + 1]}"
        is_name = self.phrase[self.at + 1].is_capital or len(self.words) == 2
        quality = 1.0 if is_name else _NEW_VILLAGE_QUALITY
        return self._add(ANY, name, [(place, quality) for place in self.gazetteer.find(name)], 2)

    def _says_a_village(self) -> bool:
        """Tell whether it is `un sat mic`, some village, and no name."""
        return self.words[self.at] == "sat" and not self.phrase[self.at + 1].is_capital

    def _take_marked(self, role: str) -> None:
        marked = self.at - 1
        while self.at < len(self.words) and self.words[self.at] in _PREPOSITIONS:
            self.at += 1
        if role == SECTOR:
            self._take_sector(marked)
            return
        if self.at == len(self.words) or (role == NEAR and self.words[self.at] in MARKERS):
            return
        if role == COUNTY and self._take_county_code():
            return
        if role != NEAR and self.words[self.at] in FIXED:
            return
        if not self._take_exact(role, least=1) and role != NEAR:
            self._take_similar(role)

    def _take_county_code(self) -> bool:
        code = self.words[self.at]
        county = self.gazetteer.find_county(code)
        return county is not None and self._add(COUNTY, code, [(county, 1.0)], 1)

    def _take_sector(self, marked: int) -> None:
        """Take `sector 3`, `sectorul trei`, `sectorul al III-lea`, `al treilea sector`."""
        before = self.words[marked - 1] if marked else ""
        while self.at < len(self.words) and self.words[self.at] in BEFORE_NUMBER:
            self.at += 1
        word = self.words[self.at] if self.at < len(self.words) else ""
        number = NUMBERS.get(word) or ORDINALS.get(before, "")
        if found := self.gazetteer.find(f"sectorul {number}"):
            self.at = self.at if word in NUMBERS else marked
            self._add(SECTOR, number, [(place, 1.0) for place in found], 1)

    def _take_exact(self, role: str, *, least: int) -> bool:
        rest = len(self.words) - self.at
        for count in range(min(self.gazetteer.longest, rest), least - 1, -1):
            name = " ".join(self.words[self.at : self.at + count])
            found = [(place, 1.0) for place in self.gazetteer.find(name)]
            held = self._hold(role, count, found)
            if not found or held is Anchor.NONE:
                continue
            is_ordinary = held is Anchor.WEAK and is_common(name)
            if not is_ordinary and self._take_longer(role, name, count):
                return True
            if held is Anchor.DOUBTFUL:
                found = [(place, _DOUBTFUL_QUALITY) for place, _ in found]
            if held is Anchor.WEAK:
                self._note_weak(role, name, found)
            elif self._add(role, name, found, count):
                return True
        return self._take_bent(role)

    def _hold(self, role: str, count: int, found: Pairs) -> Anchor:
        """Tell how well a name is held: by its marker, or by what stands around it."""
        if role not in {ANY, NEAR}:
            return Anchor.FIRM
        return hold(self._span(count, is_near=role == NEAR), [place for place, _ in found])

    def _span(self, count: int, *, is_near: bool = False) -> Span:
        is_after_name = self.at > 0 and self.gone[self.at - 1]
        beside = (self.is_beside, self.is_after_person)
        return Span(self.phrase, self.at, count, is_near, is_after_name, *beside)

    def _take_bent(self, role: str) -> bool:
        """Take `Clujului` as Cluj; of villages only where something says that it is a name."""
        word = self.words[self.at] if self.at < len(self.words) else ""
        if word in MARKERS or (role in {ANY, NEAR} and self._is_no_name(word)):
            return False
        span = self._span(1, is_near=role == NEAR)
        is_marked = role not in {ANY, NEAR} or (span.is_placed and span.is_capital)
        for base in base_forms(word):
            found = [
                (place, _BENT_QUALITY if is_town else _BENT_VILLAGE_QUALITY)
                for place in self.gazetteer.find(base)
                if not (role in {ANY, NEAR} and self._is_no_name(base))
                and ((is_town := place.population >= TOWN_FROM) or is_marked)
                and place.population >= _LEAST_BENT
            ]
            if not span.is_person and self._add(role, base, found, 1):
                return True
        return False

    def _is_no_name(self, word: str) -> bool:
        return is_common(word) or word in FIRST_NAMES

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
        best: tuple[float, int, Pairs] = (0.0, 0, [])
        for count in range(1, min(4, len(self.words) - self.at) + 1):
            last = self.at + count - 1
            if count > 1 and self.words[last] in MARKERS:
                break
            if self._is_ordinary(self.at) or self._is_ordinary(last):
                continue
            name = " ".join(self.words[self.at : self.at + count])
            found = of_role(role, self.gazetteer.similar(name))
            quality = max((quality for _, quality in found), default=0.0)
            best = max(best, (quality, count, found), key=lambda option: option[0])
        if best[0] >= _WEAKEST:
            self._add(role, " ".join(self.words[self.at : self.at + best[1]]), best[2], best[1])

    def _is_ordinary(self, at: int) -> bool:
        """Tell whether a word, perhaps with a slip, is one that callers say: `satul bunicci`."""
        word = self.words[at]
        return is_common(word) or (not self.phrase[at].is_capital and is_like_common(word))

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
        self.gone[start : self.at] = [True] * (self.at - start)
        self.heard.street = self.heard.street or " ".join(self.words[start : self.at])

    def _is_town(self) -> bool:
        """Tell whether a town's name begins here, as in `strada Lungă Brașov`."""
        rest = len(self.words) - self.at
        for count in range(min(self.gazetteer.longest, rest), 0, -1):
            found = self.gazetteer.find(" ".join(self.words[self.at : self.at + count]))
            if any(_is_seat(place) and place.population >= TOWN_FROM for place in found):
                return True
        return False

    def _add(self, role: str, name: str, found: Pairs, count: int) -> bool:
        mention = _mention(role, name, found)
        if mention is None:
            return False
        self.heard.mentions.append(replace(mention, standing=self.stands[self.at]))
        self.gone[self.at : self.at + count] = [True] * count
        self.at += count
        return True

    def _note_weak(self, role: str, name: str, found: Pairs) -> None:
        quality = _COMMON_QUALITY if is_common(self.words[self.at]) else 1.0
        mention = _mention(role, name, [(place, quality) for place, _ in found])
        if mention is not None:
            self.heard.weak.append(replace(mention, standing=self.stands[self.at]))


def _mention(role: str, name: str, found: Pairs) -> Mention | None:
    chosen = of_role(role, found)
    if not chosen:
        return None
    return Mention(role, name, tuple(chosen), tuple(found if role in {ANY, NEAR} else chosen))


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


def _number_at(words: Sequence[str]) -> int:
    """Return before which word a house number stands, 0 where there is none."""
    for at, word in enumerate(words):
        if word in MARKERS or word in {"in", "din", "la", "si", "ca", "de"}:
            break
        if word[:1].isdigit():
            return at
    return 0


def find_mentions(text: str, gazetteer: Gazetteer) -> Found:
    """Return what a text names. Misspelt names are sought only where none is whole."""
    heard = _Heard()
    phrases = listen(text)
    taken = [[False] * len(phrase) for phrase in phrases]
    stands = standings(phrases)
    is_many, is_after_person = len(phrases) > 1, False
    for phrase, gone, standing in zip(phrases, taken, stands, strict=True):
        words = expand(words_of(phrase))
        told = (heard, words, gone, standing, is_many, is_after_person)
        _Reader(gazetteer, phrase, *told).read()
        is_after_person = says_only_who(phrase)
    abroad = find_abroad(phrases, stands)
    mentions = heard.mentions + _supported(heard)
    if {m.role for m in mentions if m.standing not in NOT_HERE} <= {NEAR} and not abroad:
        known = [place for mention in mentions for place, _ in mention.around]
        for gone, standing in zip(taken, stands, strict=True):
            gone[:] = [is_gone or s in NOT_HERE for is_gone, s in zip(gone, standing, strict=True)]
        name, found = guess(phrases, taken, known, gazetteer)
        guessed = _mention(ANY, name, found)
        mentions += [guessed] if guessed is not None else []
    if is_at_anothers(phrases):
        mentions = [
            replace(m, standing=Standing.CHILD) if m.standing is Standing.OTHER else m
            for m in mentions
        ]
    return Found(mentions, heard.street, abroad)


def _supported(heard: _Heard) -> list[Mention]:
    """Take weak names beside a place they go with: Poiana only in a commune that has one."""
    roles = {mention.role for mention in heard.mentions}
    mentions = []
    for weak in heard.weak:
        is_ordinary = is_common(weak.name)
        if is_ordinary and not (roles and roles <= {UAT, COUNTY}):
            continue
        known = [place for mention in heard.mentions for place, _ in mention.around]
        found = [
            (place, quality)
            for place, quality in weak.places
            if any(other.holds(place) for other in known)
            or (not is_ordinary and goes_with(place, known))
        ]
        if found:
            told = tuple(found)
            mentions.append(replace(weak, role=ANY, places=told, around=told))
    return mentions
