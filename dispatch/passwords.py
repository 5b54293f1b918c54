"""
What is too easy a password: a rule of our own, small enough to be read.

A password is guessed by words that everybody uses, by the name of its owner, and by runs of
a keyboard. What is left of it without those, and without what repeats, is counted; each such
character is one that has to be tried. It is no measure of entropy, only a floor below it.
"""

import re
import unicodedata

MIN_PASSWORD = 10
MAX_PASSWORD = 200
"""Characters. Hashing costs memory and time, so a longer text could be an attack."""

LEAST_SURPRISES = 6
"""Characters that follow from nothing before them: about 30 bits, with ten tries per pause."""

_COMMON = (
    "password", "passwort", "parola", "parole", "secret", "qwerty", "qwertz", "azerty", "asdf",
    "letmein", "welcome", "bunvenit", "iloveyou", "teiubesc", "monkey", "dragon", "football",
    "fotbal", "baseball", "master", "shadow", "sunshine", "princess", "superman", "batman",
    "trustno1", "login", "access", "changeme", "schimba", "default", "administrator", "admin",
    "root", "user", "guest", "test", "dispatch119", "dispatch", "dispecer", "dispecerat",
    "operator", "supervisor", "telefonul", "copilului", "romania", "bucuresti", "bucharest",
    "steaua", "dinamo", "summer", "winter", "spring", "autumn", "primavara", "toamna", "iarna",
    "andrei", "alexandru", "maria", "elena", "mihai", "computer", "internet", "hello", "salut",
)  # fmt: skip
_LEET = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")


def is_easy(password: str, username: str) -> bool:
    """
    Tell whether a password is guessed by who knows the name, or by a list.

    Examples
    --------
    >>> [is_easy(each, "maria.pop") for each in ("aaaaaaaaaa", "Maria.Pop119", "Parola2026!")]
    [True, True, True]
    >>> is_easy("four random words", "maria.pop")
    False
    """
    plain = _folded(password)
    if not any(letter.isalpha() for letter in plain):
        return True
    known = _known(_folded(username))
    return any(
        _surprises(_without(text, known)) < LEAST_SURPRISES
        for text in (plain, plain.translate(_LEET))
    )


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _known(name: str) -> list[str]:
    parts = [name, *(part for part in re.split(r"[\W_]+", name) if len(part) > 2)]
    words = {*_COMMON, *(part for part in parts if len(part) > 1)}
    words |= {part[::-1] for part in parts if len(part) > 2}
    words |= {word.translate(_LEET) for word in words}
    return sorted(words, key=lambda word: (-len(word), word))


def _without(text: str, known: list[str]) -> str:
    for word in known:
        text = text.replace(word, " ")
    return text


def _surprises(text: str) -> int:
    """Count the characters that neither repeat nor continue what stands before them."""
    seen: set[str] = set()
    count = 0
    for at, letter in enumerate(text):
        before = text[at - 1] if at else ""
        is_new = before + letter not in seen
        seen.add(before + letter)
        count += not letter.isspace() and is_new and not _continues(before, letter)
    return count


def _continues(before: str, letter: str) -> bool:
    if not before:
        return False
    if abs(ord(letter) - ord(before)) <= 1:
        return True
    return any(before + letter in row or letter + before in row for row in _ROWS)
