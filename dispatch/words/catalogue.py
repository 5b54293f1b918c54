"""
Looks up what people read, with plurals and numbers as each language writes them.

Plurals follow CLDR: Romanian has three forms (1 caz, 2 cazuri, 20 de cazuri), English two.
Numbers take the separators of the language (1.234,5 and 1,234.5). The scripts of the pages
get the same entries and do the same with the browser's own `Intl`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from string import Formatter
from typing import Any, Final

from babel import Locale
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

Entry = str | tuple[str, ...]

_DOTTED: Final = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


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
        if key not in self.entries:
            raise UnknownWordError(key)
        entry = self.entries[key]
        if isinstance(entry, tuple):
            entry = entry[self._form(values["n"])]
        return _Filler(self).vformat(entry, (), values)

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
        return _Filler(self).vformat(self._pattern(sentence.pattern), (), sentence.values)

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with at most so many decimals: 1.234,5 in Romanian."""
        return str(format_decimal(round(value, digits), locale=self.language.value))

    def share(self, value: float) -> str:
        """Write a share from 0 to 1 as whole per cents: ``97 %``."""
        return f"{self.number(100.0 * value)} %"

    def for_scripts(self) -> Mapping[str, str | Sequence[str]]:
        """Return the dotted entries, as the scripts of the pages read them."""
        return {key: entry for key, entry in self.entries.items() if is_dotted(key)}

    def _pattern(self, english: str) -> str:
        entry = self.entries.get(english, english)
        return entry if isinstance(entry, str) else english

    def _form(self, count: float) -> int:
        names = PLURAL_FORMS[self.language]
        return names.index(_locale(self.language).plural_form(count))


class _Filler(Formatter):
    """Fills the places of a pattern; numbers and nested sentences in the language."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            text = self._catalogue.say(value) if isinstance(value, Said) else value
            return format(text, format_spec)
        if format_spec:
            return _localised(format(value, format_spec), self._catalogue.language)
        return str(format_decimal(value, locale=self._catalogue.language.value))


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


def both(key: str, /, **values: Any) -> Mapping[str, str]:
    """Return the words of a key in each language, under the language's code."""
    return {one.value: load_catalogue(one).word(key, **values) for one in Language}


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


def _localised(text: str, language: Language) -> str:
    """Exchange the separators of a number that Python has formatted."""
    symbols = _locale(language).number_symbols["latn"]
    return text.translate({ord(","): symbols["group"], ord("."): symbols["decimal"]})


@lru_cache(maxsize=len(Language))
def _locale(language: Language) -> Locale:
    return Locale(language.value)
