"""
Romanian place names from the capitals of the register to the way they are written.

Small words stay small inside a name (Ucea de Jos, Podu lui Paul), every part of a
hyphenated name is capitalised (Cluj-Napoca), cedillas become commas below.
"""

import re

_CEDILLA_TO_COMMA = str.maketrans("ŞşŢţ", "ȘșȚț")

# Every joining word of four letters or fewer that occurs among the 13,746 names.
_SMALL_WORDS = frozenset(
    re.findall(r"\w+", "a al ale cea cel cu de din după în între la lui pe prin spre sub și")
)
_WORD = re.compile(r"[^\W\d_]+")


def with_commas(text: str) -> str:
    """Replace s and t with cedilla by s and t with comma below."""
    return text.translate(_CEDILLA_TO_COMMA)


def place_name(capitals: str) -> str:
    """
    Write a name given in capitals with Romanian capitalisation.

    >>> place_name("UCEA DE JOS")
    'Ucea de Jos'
    >>> place_name("BUCEAVA-ŞOIMUŞ")
    'Buceava-Șoimuș'
    """
    text = with_commas(capitals).lower()

    def capitalised(match: re.Match[str]) -> str:
        word = match.group()
        if match.start() > 0 and word in _SMALL_WORDS and not _is_initial(text, match):
            return word
        return word[0].upper() + word[1:]

    return _WORD.sub(capitalised, text)


def _is_initial(text: str, word: re.Match[str]) -> bool:
    return text[word.end() : word.end() + 1] == "."
