"""
Decides whether a word of a caller is the name of a place; its letters alone never do.

"mi-e frică" is not the village of Râca, "la Victoria" is a person, "bate" is no misspelt Band.
A name needs something to hold on to: a word that announces it, a capital letter in a text
that has small ones, the whole phrase, or another place that it goes with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from dispatch.location.spoken.common_words import (
    FIRST_NAMES,
    FIXED,
    LANDSCAPE,
    TOWNS_TOO,
    is_common,
    is_like_common,
)
from dispatch.location.spoken.names import COUNTY, SECTOR, TOWN_FROM, NamedPlace
from dispatch.location.spoken.words import Said

_BEFORE_TEXT = """
in din la langa linga spre catre prin dinspre inspre aproape zona marginea centrul centru
periferia apropierea raza gara halta autogara primaria
"""
BEFORE = frozenset(_BEFORE_TEXT.split())
"""Words that announce a place."""

_LIVES = frozenset({"stau", "stam", "locuiesc", "locuim", "locuieste", "traiesc", "traim"})
_INSIDE = frozenset({"in", "din"})
_CARRIERS_TEXT = """
sunt sint suntem stau stam sta stai locuiesc locuim locuieste traiesc traim ma aflu aflam ne eu
noi aici acum de pe pana e este is s vin venim vine i am ajuns fost sun sunam alo buna ziua
seara da pai undeva
"""
_CARRIERS = BEFORE | frozenset(_CARRIERS_TEXT.split())
_PERSON_BEFORE_TEXT = """
cheama numesc numeste nume numele domnul domnu doamna domnisoara dl dna nea nenea tanti tusa unchiul
unchiu matusa colegul colega prietenul prietena fratele sora vecinul vecina profesorul profesoara
invatatoarea bunicul bunica mosul mos diriginta diriginte familia lui verisoara verisorul iubitul
doamnei domnului colegului colegei sefa seful profu diriga iubita varul vara sotia sotul colege
coleg vecin vecinei vecinului prieten prietene prietenei prietenului iubita concubinul tata tatal
mama fiul fiica copilul baiatul fata director directorul directoare directoarea diriginte
dirigintele educatoare educatoarea educator educatorul invatatoare invatator invatatorul profesor
profesoara prof profa proful profu asistenta asistent asistentul doctor doctorul doctorita politist
politistul politista parintele preot preotul popa antrenor antrenorul antrenoarea sef psiholog
psihologul psiholoaga paznic paznicul bona ingrijitoarea pedagog pedagogul pedagoga instructorul
"""
_PERSON_BEFORE = frozenset(_PERSON_BEFORE_TEXT.split())
_INTRODUCED = frozenset({"cheama", "numesc", "numeste", "numele", "nume"})
_INTRODUCED_WORDS = 4
_MOST_OF_A_PERSON = 4


_OF_A_PERSON_TEXT = """
mea meu mei mele ta tau ei lor noastra nostru noastre sa mai mare mic mica cea cel buna bun
"""
_OF_A_PERSON = frozenset(_OF_A_PERSON_TEXT.split())
_NAMED_THINGS_TEXT = """
steaua dinamo rapid universitatea cfr fc fcm csm cs acs afc uta poli politehnica farul petrolul
otelul sepsi gloria echipa tricoul tricou meciul u fcu corvinul ceahlaul vointa csu scm hotel
hotelul restaurant restaurantul pensiunea bere berea ciocolata apa vinul vin masina telefonul jocul
filmul cantecul trenul autobuzul autocarul cofetaria cinema barul emisiunea placute
"""
_NAMED_THINGS = frozenset(_NAMED_THINGS_TEXT.split())
"""Words before the name of a club, a house or a product."""

_CONSUMED = frozenset({"mancat", "mananc", "baut", "beau", "bea", "cumparat", "gustat", "mancam"})
"""Verbs after which a name without "la" is a product's: `am mâncat pateu Sibiu`."""

_MEASURED_TEXT = """
aproape departe km kilometri kilometru metri minute ore ora afara dincolo dincoace inainte incolo
mijlocul langa apropiere apropierea jos sus mai iesirea intrarea marginea orasul oras comuna satul
sat judetul municipiul zona centrul imprejurimile raza trecut trece
"""
_MEASURED = frozenset(_MEASURED_TEXT.split())
"""Words after which "de" leads to a place: "aproape de Iași"."""

_NAMES_OF_WOMEN = frozenset({"constanta"})
"""Big towns whose names are first names as well."""


STREETS = frozenset({
    "strada", "strazii", "str", "bulevardul", "bulevard", "bd", "bdul", "blvd", "soseaua",
    "sos", "calea", "aleea", "intrarea", "piata", "splaiul", "drumul",
})  # fmt: skip
"""Words that begin the name of a street."""


_OF_A_COUNTY = frozenset({"judetul", "judet", "jud", "orasul", "oras", "municipiul"})


class Anchor(IntEnum):
    """How well a name is held."""

    NONE = 0
    WEAK = 1  # Counts only together with a place that holds it or lies near it.
    DOUBTFUL = 2  # A guess: the name may be an ordinary word with a slip of the keys.
    FIRM = 3


@dataclass(frozen=True, slots=True)
class Span:
    """
    Some words of a phrase that may be a name; `is_near` after "lângă" and the like.

    `is_beside` where the text has more phrases: "profu de sport, Brad, se ia de mine".
    `is_after_person` where the phrase before only says who: "profa de mate, Suceava, mă bate".
    `is_after_name` where the word before is a part of another name: Sfântu Gheorghe, Covasna.
    """

    phrase: Sequence[Said]
    start: int
    count: int
    is_near: bool = False
    is_after_name: bool = False
    is_beside: bool = False
    is_after_person: bool = False

    @property
    def words(self) -> list[str]:
        """The folded words of the span."""
        return [said.word for said in self.phrase[self.start : self.start + self.count]]

    @property
    def before(self) -> str:
        """The word before, or nothing."""
        return self.phrase[self.start - 1].word if self.start else ""

    @property
    def is_capital(self) -> bool:
        """Whether it is written as a name."""
        return self.phrase[self.start].is_capital

    @property
    def is_placed(self) -> bool:
        """Whether a word before it announces a place."""
        return self.is_near or self.before in BEFORE

    @property
    def is_addressed(self) -> bool:
        """Whether the phrase is an address."""
        if any(said.word in STREETS for said in self.phrase):
            return True
        before = [said.word for said in self.phrase[: self.start]]
        return before[:1] == ["pe"] and any(word[:1].isdigit() for word in before)

    @property
    def is_whole(self) -> bool:
        """Whether the phrase says nothing else than where somebody is."""
        return all(said.word in _CARRIERS for said in self._others())

    @property
    def is_among_places(self) -> bool:
        """Whether the phrase is only this name and the words of an address, such as a county."""
        return any(said.word in _OF_A_COUNTY for said in self.phrase)

    @property
    def is_bare(self) -> bool:
        """Whether the phrase is nothing else."""
        return self.count == len(self.phrase)

    @property
    def is_person(self) -> bool:
        """Whether the words before it introduce a person."""
        if self.is_thing or self.is_introduced:
            return True
        for said in reversed(self.phrase[max(0, self.start - _INTRODUCED_WORDS) : self.start]):
            if said.word in _INSIDE or said.word == "la":
                return False
            if said.word in _INTRODUCED:
                return True
        return self.before in {"sunt", "eu"} and self.is_followed_by_first_name

    @property
    def is_introduced(self) -> bool:
        """Whether a person is said just before it: `colega mea cea mai bună, Constanța`."""
        if self.is_after_name:
            return False
        if self.before in _PERSON_BEFORE or self.before in FIRST_NAMES:
            return True
        at = self.start - 1
        while at >= 0 and self.phrase[at].word in _OF_A_PERSON:
            at -= 1
        return at >= 0 and self.phrase[at].word in _PERSON_BEFORE

    @property
    def is_thing(self) -> bool:
        """Whether it says what kind of thing is meant: `salam de Sibiu`, `Steaua București`."""
        if self.before in _NAMED_THINGS:
            return True
        earlier = [said.word for said in self.phrase[max(0, self.start - 3) : self.start]]
        if any(word.startswith("inmatricul") for word in earlier):
            return True
        if self.before not in BEFORE and not _CONSUMED.isdisjoint(earlier):
            return True
        return len(earlier) > 1 and earlier[-1] == "de" and earlier[-2] not in _MEASURED

    @property
    def is_followed_by_first_name(self) -> bool:
        """Whether it may be a surname: `Roman Ionuț`."""
        end = self.start + self.count
        return end < len(self.phrase) and self.phrase[end].word in FIRST_NAMES

    def _others(self) -> list[Said]:
        return [*self.phrase[: self.start], *self.phrase[self.start + self.count :]]


def says_only_who(phrase: Sequence[Said]) -> bool:
    """Tell whether a phrase is a person and no more: `profa de mate`, `colegul meu`."""
    words = [said.word for said in phrase]
    return words[0] in _PERSON_BEFORE and len(words) <= _MOST_OF_A_PERSON and not BEFORE & {*words}


def is_known_town(place: NamedPlace) -> bool:
    """Tell whether everybody knows the name: a county, a sector, a town."""
    if place.level in {COUNTY, SECTOR}:
        return True
    return place.name == place.uat and place.population >= TOWN_FROM


def hold(span: Span, places: Sequence[NamedPlace]) -> Anchor:
    """Tell how well a whole name without a word like "satul" before it is held."""
    words = span.words
    if span.is_person:
        return Anchor.NONE
    is_town = any(is_known_town(place) for place in places)
    if len(words) == 1 and words[0] in FIRST_NAMES | TOWNS_TOO:
        return _hold_two_faced(span, is_town=is_town)
    if is_town:
        is_surname = span.is_bare and span.is_after_person
        return Anchor.DOUBTFUL if is_surname else _hold_town(span)
    if all(is_common(word) for word in words):
        return _hold_common(span)
    if len(words) == 1 and not span.is_capital and is_like_common(words[0]):
        return _hold_slip(span)
    # A word with a capital and nothing else is as often a surname: Balan, Oprea, Ciobanu.
    is_address = span.is_addressed and (span.is_capital or span.start == 0)
    firm = span.is_placed or span.is_whole or is_address
    return Anchor.FIRM if firm else Anchor.WEAK


def _hold_slip(span: Span) -> Anchor:
    """Take `sunt in soala` for the village Șoala, but `la soala` for the school."""
    if not span.is_whole:
        return Anchor.WEAK
    lives = span.before == "la" and any(said.word in _LIVES for said in span.phrase)
    is_placed = span.is_near or span.before in _INSIDE or lives
    return Anchor.DOUBTFUL if span.is_bare or is_placed else Anchor.WEAK


def _hold_town(span: Span) -> Anchor:
    """Take a town anywhere; but Deva in "spun deva" may be the word "ceva"."""
    if span.words[0] in _NAMES_OF_WOMEN:
        is_place = span.is_placed or span.is_whole or span.is_addressed or span.is_among_places
        return Anchor.FIRM if is_place else Anchor.NONE
    if span.count > 1 or not is_like_common(span.words[0]):
        return Anchor.FIRM
    firm = span.is_placed or span.is_whole or span.is_capital or span.is_addressed
    return Anchor.FIRM if firm else Anchor.DOUBTFUL


def _hold_two_faced(span: Span, *, is_town: bool) -> Anchor:
    """Take `sunt din roman`, `în Victoria` as places; `la Victoria`, `sunt roman` not."""
    inside = span.before in _INSIDE
    if inside and (span.is_capital or (is_town and span.is_whole)):
        return Anchor.FIRM
    word = span.words[0]
    if word in FIRST_NAMES or span.is_followed_by_first_name:
        return Anchor.NONE
    if is_town and span.is_bare and span.is_beside:
        return Anchor.DOUBTFUL
    if is_town and (span.is_bare or (span.is_capital and (span.is_whole or span.is_addressed))):
        return Anchor.FIRM
    return Anchor.DOUBTFUL if is_town and span.is_capital and span.is_placed else Anchor.NONE


def _hold_common(span: Span) -> Anchor:
    words = span.words
    if len(words) == 1 and (words[0] in FIXED or len(words[0]) < 3):
        return Anchor.NONE
    if span.is_placed and span.is_capital:
        return Anchor.FIRM
    if len(words) == 1:
        is_alone = span.is_bare and words[0] in LANDSCAPE
        return Anchor.FIRM if is_alone else Anchor.WEAK
    return Anchor.FIRM if span.is_whole and words[0] not in FIXED else Anchor.WEAK
