"""
The ordinary words that callers say, which are no names of places by themselves.

The words are in `common_words.txt`; here are the rules by which they bend. Villages are called
Poiana, Sora and Frumoasa too, so a word that stands here needs more than its letters to be a
place (`spoken.anchors`).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files


def _read_lists() -> dict[str, frozenset[str]]:
    """Read the lists of folded words by their names."""
    text = files("dispatch.location.spoken").joinpath("common_words.txt").read_text("utf-8")
    lists: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif line and not line.startswith("#"):
            lists.setdefault(name, []).extend(line.split())
    return {title: frozenset(words) for title, words in lists.items()}


_LISTS = _read_lists()

FIXED = _LISTS["fixed"]
"""Words that bend little or whose forms are listed: pronouns, verbs, numbers, feelings."""

LANDSCAPE = _LISTS["landscape"]
"""Ordinary words that are so often names of villages that one of them alone is taken for one."""

FIRST_NAMES = _LISTS["first_names"]

TOWNS_TOO = _LISTS["towns_too"]
"""Towns and counties whose names are also words or first names."""

_ENDINGS_ESC = (
    "esc", "esti", "este", "im", "iti", "it", "ita", "ite", "ind", "easca", "ea", "eam", "eau",
)  # fmt: skip
_ENDINGS_EZ = (
    "ez", "ezi", "eaza", "am", "ati", "at", "ata", "ate", "and", "eze", "a", "au",
)  # fmt: skip

# One slip can turn almost any word of three letters into any other.
_LEAST_LETTERS = 4


def is_common(word: str) -> bool:
    """Tell whether a folded word is an ordinary one, as it is or bent."""
    return word in FIXED or word in _forms() or word.isdigit() or len(word) < 3


@lru_cache(maxsize=4096)
def is_like_common(word: str) -> bool:
    """Tell whether a folded word is an ordinary one, or one with a single slip of the keys."""
    if is_common(word) or word in FIRST_NAMES or len(word) < _LEAST_LETTERS:
        return True
    known, letters = _slipped_from()
    return any(other in known for other in _with_one_slip(word, letters))


def _with_one_slip(word: str, letters: str) -> Iterator[str]:
    """Return what a word is with one letter lost, more, changed, or two exchanged."""
    for i in range(len(word) + 1):
        before, after = word[:i], word[i:]
        for letter in letters:
            yield before + letter + after
        if after:
            rest = after[1:]
            yield before + rest
            for letter in letters:
                yield before + letter + rest
            if rest:
                yield before + rest[0] + after[0] + rest[1:]


@lru_cache(maxsize=1)
def _slipped_from() -> tuple[frozenset[str], str]:
    """
    Return the ordinary words and first names that a slip is looked for in, and their letters.

    A set of the words alone: an index of all their slips takes a fifth of a second to build,
    and a message has few words.
    """
    known = frozenset(w for w in {*FIXED, *_forms(), *FIRST_NAMES} if len(w) >= _LEAST_LETTERS)
    return known, "".join(sorted(set().union(*known)))


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    found = {form for noun in _LISTS["nouns"] for form in _noun_forms(noun)}
    found |= {stem + ending for stem in _LISTS["verbs_in_esc"] for ending in _ENDINGS_ESC}
    found |= {stem + ending for stem in _LISTS["verbs_in_ez"] for ending in _ENDINGS_EZ}
    participles = [word for word in FIXED if len(word) > 3 and word.endswith(("at", "it", "ut"))]
    found |= {word + ending for word in participles for ending in "aie"}
    return frozenset(found)


# The last letter of a noun, how much of it goes, and what may come instead.
_NOUN_ENDINGS: dict[str, tuple[int, tuple[str, ...]]] = defaultdict(
    lambda: (
        0,
        ("", "ul", "ului", "u", "i", "ii", "ilor", "uri", "urile", "urilor", "e", "ele", "elor"),
    ),
    {
        "a": (1, ("a", "e", "ei", "ele", "elor", "i", "ii", "ile", "ilor", "o", "uta", "ita")),
        "e": (1, ("e", "ea", "ei", "ele", "elea", "i", "ii", "ile", "ilor", "iei", "ele")),
        "u": (1, ("u", "ul", "ului", "i", "ii", "ilor", "e", "ele", "iele", "ie", "ielor")),
        "i": (1, ("i", "iul", "iului", "ii", "ilor", "iuri")),
    },
)


def _noun_forms(noun: str) -> Iterator[str]:
    gone, endings = _NOUN_ENDINGS[noun[-1]]
    stem = noun[: len(noun) - gone]
    return (stem + ending for ending in endings)
