"""
The words of a caller one by one, and whether a capital letter tells anything about each.

Capitals tell only where a text also uses small letters: not in ALL CAPITALS, not in Title
Case, not in the first word of a sentence.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.location.spoken.names import fold

_BREAKS = re.compile(r"[,;:!?\n]+")
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"(sector|sectorul|sect|sec)(\d)")
_MOST_CAPITALS = 0.7
_SHORT_FORM = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A folded word; `is_capital` where it is written as a name in a text that tells names."""

    word: str
    is_capital: bool = False


def listen(text: str) -> list[list[Said]]:
    """Return the words of a text, phrase by phrase (between commas and the like)."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    tells = _capitals_tell(plain)
    phrases: list[list[Said]] = [[]]
    end = 0
    for found in _WORD.finditer(plain):
        gap = plain[end : found.start()]
        if _BREAKS.search(gap):
            phrases.append([])
        capital = tells and found[0][0].isupper() and not _starts(plain, found.start())
        for word in fold(found[0]).split():
            parts = _JOINED.fullmatch(word)
            phrases[-1] += [Said(part, capital) for part in (parts.groups() if parts else (word,))]
        end = found.end()
    return [phrase for phrase in phrases if phrase]


def _capitals_tell(plain: str) -> bool:
    inside = [
        found[0]
        for found in _WORD.finditer(plain)
        if len(found[0]) > 1 and found[0][0].isalpha() and not _starts(plain, found.start())
    ]
    capitals = sum(word[0].isupper() for word in inside)
    return 0 < capitals <= _MOST_CAPITALS * len(inside)


def _starts(plain: str, at: int) -> bool:
    """Tell whether a sentence starts here; the dot of `str.` and `jud.` ends none."""
    before = plain[:at].rstrip(" \t\"'„”-–(")
    if not before or before[-1] in "!?\n":
        return True
    if before[-1] != ".":
        return False
    last = re.findall(r"[^\W_]+", before)[-1:]
    return not last or len(last[0]) > _SHORT_FORM


def words_of(said: Sequence[Said]) -> list[str]:
    """Return the folded words alone."""
    return [one.word for one in said]
