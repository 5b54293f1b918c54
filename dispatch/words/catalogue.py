"""
Looks up what people read, with plurals and numbers as each language writes them.

Plurals follow CLDR: Romanian has three forms (1 caz, 2 cazuri, 20 de cazuri), English two.
Numbers take the separators of the language (1.234,5 and 1,234.5). The scripts of the pages
get the same entries and do the same with the browser's own `Intl`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from geodata.said import Said


class Language(StrEnum):
    """The two languages of every answer."""

    RO = "ro"
    EN = "en"


# The order of a plural entry's forms in the files, by CLDR's names.
PLURAL_FORMS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.RO: ("one", "few", "other"),
    Language.EN: ("one", "other"),
}

ROMANIA: Final = ZoneInfo("Europe/Bucharest")
"""Times are written as clocks show them here, whatever the language."""

Entry = str | tuple[str, ...]

_DOTTED: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
# Said by the server only: a page need not carry them.
_NOT_ON_PAGES = (
    "belief.conflict.between", "belief.conflict.within", "belief.guess", "belief.question.",
    "belief.rank.", "belief.step.", "cap.", "child.", "closure.cut_off", "demo.", "field.",
    "handover.eido.", "handover.page.", "http.", "jurisdiction.", "lost.", "recommendation.",
    "time.",
)  # fmt: skip
# More patterns than the catalogue holds, and more counts than one night knows.
_MOST_PATTERNS, _MOST_COUNTS = 4096, 4096
_GROUPED_FROM = 1000


class UnknownWordError(LookupError):
    """A key that the catalogue does not have: a fault of the program, not of its user."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries of one language, by key."""

    language: Language
    entries: Mapping[str, Entry]

    def has(self, key: str) -> bool:
        """Tell whether there is a word with this key."""
        return key in self.entries

    def word(self, key: str, /, **values: Any) -> str:
        """
        Return the words of a dotted key with their places filled.

        Parameters
        ----------
        key
            For example ``"incident.state.open"``.
        values
            Numbers are written as the language writes them. An entry with plural forms
            takes the form of the value named `n`.

        Raises
        ------
        UnknownWordError
            The catalogue has no such key.
        """
        entry = self.entries.get(key)
        if entry is None:
            raise UnknownWordError(key)
        if not isinstance(entry, str):
            entry = entry[_form(self.language, values["n"])]
        # Hundreds are looked up for one answer: what needs no care of ours goes the short way.
        for value in values.values():
            if type(value) is not str and not (_is_small(value) and _is_plain(entry)):
                return self._filled(entry, values)
        return entry.format_map(values)

    def say(self, sentence: str) -> str:
        """
        Return a sentence of the code in this language; an unknown one stays English.

        A test holds that every sentence of the code is in the catalogue; text that comes
        from elsewhere (a library's own message) is shown as it is.
        """
        if not isinstance(sentence, Said):
            return self._pattern(sentence)
        if self.language is Language.EN and is_dotted(sentence.pattern):
            return str(sentence)  # the English sentences quote codes as programs know them
        return self._filled(self._pattern(sentence.pattern), sentence.values)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with at most so many decimals: 1.234,5 in Romanian."""
        return self._number(round(value, digits))

    def fixed(self, value: float, digits: int) -> str:
        """Write a number with exactly so many decimals and no group separators: ``12,0``."""
        return _localised(f"{value:.{digits}f}", self.language)

    def share(self, value: float) -> str:
        """
        Write a share from 0 to 1 as whole per cents: ``97 %``.

        What is more than nothing is never 0, and what is less than 99.95 % never 100: 0.001
        is ``< 1 %`` and 0.998 is ``99 %``.
        """
        if 0.0 < value <= 0.005:
            return "< 1 %"
        if 0.995 <= value < 0.9995:
            return "99 %"
        return f"{100.0 * value:.0f} %"

    def duration(self, seconds: float) -> str:
        """Write seconds as a person says them: `40 s`, `7 min`, `1 h 05 min`."""
        if seconds < 59.5:
            return _lasting(self.language, 0, round(seconds))
        return _lasting(self.language, round(seconds / 60), 0)

    def date(self, at: datetime) -> str:
        """Write the day of an aware time in Romania: ``13.02.2026``."""
        return self._moment(at, "time.date")

    def time(self, at: datetime) -> str:
        """Write the hour and minute of an aware time in Romania: ``22:05``."""
        return self._moment(at, "time.clock")

    def for_scripts(self) -> Mapping[str, str | Sequence[str]]:
        """Return the words that pages show, as their scripts read them; plurals are lists."""
        return {
            key: entry
            for key, entry in self.entries.items()
            if is_dotted(key) and not key.startswith(_NOT_ON_PAGES)
        }

    def _pattern(self, english: str) -> str:
        entry = self.entries.get(english, english)
        return entry if isinstance(entry, str) else english

    def _moment(self, at: datetime, key: str) -> str:
        # The entry is a pattern of CLDR, which `word` would not touch.
        pattern = self.word(key)
        return str(format_datetime(at, pattern, tzinfo=ROMANIA, locale=self.language.value))

    def _filled(self, pattern: str, values: Mapping[str, Any]) -> str:
        return "".join(
            literal if name is None else literal + self._text(values[name], spec, conversion)
            for literal, name, spec, conversion in _FORMATTER.parse(pattern)
        )

    def _text(self, value: Any, spec: str | None, conversion: str | None) -> str:
        if isinstance(value, Said):
            value = self.say(value)
        if conversion is not None:
            value = _FORMATTER.convert_field(value, conversion)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return format(value, spec or "")
        return _localised(format(value, spec), self.language) if spec else self._number(value)

    def _number(self, value: float) -> str:
        # Babel needs ten times as long, and most numbers here are small and whole.
        if isinstance(value, int) or value.is_integer():
            return _localised(f"{value:,.0f}", self.language)
        return str(format_decimal(value, locale=self.language.value))


def is_dotted(key: str) -> bool:
    """Tell whether a key names a word (`team.status.assigned`) and is no English sentence."""
    return _DOTTED.fullmatch(key) is not None


def choose_language(*wishes: str | None) -> Language:
    """Return the first wish that is a language we speak, else Romanian."""
    return next((Language(wish) for wish in wishes if wish in set(Language)), Language.RO)


def negotiate(accept_language: str | None) -> Language | None:
    """
    Return the language that an ``Accept-Language`` header prefers, None when it names neither.

    Source: RFC 9110, section 12.5.4. Regions count as their language (`ro-MD` is Romanian).
    """
    wishes = [_wish(part) for part in (accept_language or "").split(",")]
    wishes.sort(key=lambda wish: -wish[1])
    spoken = (tag.split("-")[0] for tag, quality in wishes if quality > 0)
    return next((Language(tag) for tag in spoken if tag in set(Language)), None)


@lru_cache(maxsize=len(Language))
def load_catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language; an unknown language gets the Romanian one."""
    chosen = choose_language(language)
    with (resources.files("dispatch.words") / f"{chosen.value}.po").open("rb") as file:
        messages = read_po(file, locale=chosen.value)
    return Catalogue(chosen, dict(_entry(message) for message in messages if message.id))


def both(key: str, /, **values: Any) -> dict[str, str]:
    """Return the words of a key in each language, under the language's code."""
    return in_each(lambda words: words.word(key, **values))


def in_each(sentence: Callable[[Catalogue], str]) -> dict[str, str]:
    """
    Return a sentence in each language, under the language's code.

    Parameters
    ----------
    sentence
        Makes the sentence from the words of one language.
    """
    return {code: sentence(words) for code, words in _all_catalogues()}


def _entry(message: Message) -> tuple[str, Entry]:
    key, said_so = message.id, message.string
    return (
        key if isinstance(key, str) else key[0],
        said_so if isinstance(said_so, str) else tuple(said_so or ()),
    )


def _wish(part: str) -> tuple[str, float]:
    tag, _, rest = part.strip().partition(";")
    name, _, quality = rest.strip().partition("=")
    try:
        return tag.strip().lower(), float(quality) if name.strip() == "q" else 1.0
    except ValueError:
        return tag.strip().lower(), 0.0


_FORMATTER: Final = Formatter()


@lru_cache(maxsize=1)
def _all_catalogues() -> tuple[tuple[str, Catalogue], ...]:
    return tuple((one.value, load_catalogue(one)) for one in Language)


@lru_cache(maxsize=_MOST_COUNTS)
def _lasting(language: Language, minutes: int, seconds: int) -> str:
    words = load_catalogue(language)
    if minutes == 0:
        return words.word("age.s", n=seconds)
    if minutes < 60:
        return words.word("age.min", n=minutes)
    return words.word("age.h", n=minutes // 60, m=f"{minutes % 60:02d}")


def _is_small(value: Any) -> bool:
    """Tell whether a value is a whole number that every language writes the same."""
    return type(value) is int and -_GROUPED_FROM < value < _GROUPED_FROM


@lru_cache(maxsize=_MOST_PATTERNS)
def _is_plain(pattern: str) -> bool:
    """Tell whether all places of a pattern are bare names, without format or conversion."""
    return not any(spec or conversion for _, _, spec, conversion in _FORMATTER.parse(pattern))


@lru_cache(maxsize=_MOST_COUNTS)
def _form(language: Language, count: float) -> int:
    """Return which form of a plural entry a count takes."""
    return PLURAL_FORMS[language].index(_locale(language).plural_form(count))


def _localised(text: str, language: Language) -> str:
    """Exchange the separators of a number that Python has formatted."""
    return text if text.isalnum() else text.translate(_separators(language))


@lru_cache(maxsize=len(Language))
def _separators(language: Language) -> Mapping[int, str]:
    symbols = _locale(language).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}


@lru_cache(maxsize=len(Language))
def _locale(language: Language) -> Locale:
    return Locale(language.value)
