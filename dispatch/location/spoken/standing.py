"""
What a caller says about a place: that they are there, are not, were, come from it, go to it.

"nu mai stau în Brașov, m-am mutat la Sibiu" names two places and is about one. The words are
walked over from left to right; each verb, negation and subject says how what follows stands.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from dispatch.location.spoken.clause_words import (
    BEING,
    BEING_OF_MANY,
    BORN,
    CHILDREN,
    FIRST_PERSON,
    GOING,
    HELD,
    HERE_FIRST,
    IMPERSONAL,
    LEAVING,
    MANY,
    MOVED,
    NOT,
    OTHERS,
    PAST,
    PLACED,
    SCHOOLS,
    STAYED,
    TURNS,
    UNMOVED,
    WE,
)
from dispatch.location.spoken.common_words import is_common
from dispatch.location.spoken.words import Said


class Standing(Enum):
    """How a place stands to the caller."""

    OPEN = "open"
    HERE = "here"
    ORIGIN = "origin"
    BORN = "born"
    DENIED = "denied"
    LEFT = "left"
    BOUND = "bound"
    OTHER = "other"
    CHILD = "child"
    TOLD = "told"


NOT_HERE = (Standing.DENIED, Standing.LEFT, Standing.BOUND, Standing.OTHER)
"""Places that are not where the caller is; they never decide anything."""

UNSURE = (Standing.BORN, Standing.CHILD, Standing.TOLD)
"""Places that may be meant, where nothing better is named: ask."""

_FROM = frozenset({"din", "dintr", "dinspre"})
_TO = frozenset({"la", "in", "intr", "spre", "catre", "prin", "langa", "linga", "inspre"})
_SUBJECT_SHIELDS = frozenset({
    "la", "cu", "de", "pe", "lui", "pentru", "langa", "linga", "lu", "spre", "al", "a", "ai", "in",
})  # fmt: skip
_AFTER_NOT = frozenset({
    "mai", "ma", "ne", "prea", "chiar", "inca", "eu", "io", "noi", "aici", "acum", "nici", "am",
    "m", "a", "au",
})  # fmt: skip
_ME = frozenset({"m", "ma", "ne", "mi", "am"})
_OF_ME = frozenset({"m", "ma", "ne", "mi", "imi", "eu", "io", "noi"})
_AGO = frozenset({"un", "o", "doi", "doua", "trei", "patru", "cinci", "cateva", "cativa", "mult"})
_PARTICIPLE = re.compile(r"[a-z]{2,}(?:[aiu]t|pt|rt|s)")
_MARKED = frozenset({"judetul", "judet", "jud", "comuna", "com", "strada", "str", "langa"})


@dataclass(slots=True)
class _Walk:
    """Goes over the words of one phrase; `then` are what a way's start and end stand for."""

    words: Sequence[str]
    state: Standing
    subject: Standing | None = None
    is_many: bool = False
    is_negated: bool = False
    then: tuple[Standing, Standing] | None = None
    has_verb: bool = False
    found: list[Standing] = field(default_factory=list)

    def walk(self) -> list[Standing]:
        for at, word in enumerate(self.words):
            self._hear(at, word)
            self.found.append(self.state)
        return self.found

    def _hear(self, at: int, word: str) -> None:
        if word in TURNS or (word == "si" and self._after(at) in _OF_ME):
            self._turn(word)
        elif word in NOT:
            self.is_negated = True
        elif word in WE:
            self.subject = None
        elif word in OTHERS and self._before(at) not in _SUBJECT_SHIELDS:
            self._take_subject(word)
        elif not self._hear_verb(at, word):
            self._hear_place(at, word)

    def _turn(self, word: str) -> None:
        """Begin anew after "dar", "iar", "ci"; what was denied is no longer what is said."""
        self.subject, self.is_negated, self.then = None, False, None
        self.state = Standing.HERE if word == "ci" else Standing.OPEN

    def _take_subject(self, word: str) -> None:
        self.subject = Standing.CHILD if word in CHILDREN else Standing.OTHER
        self.is_many = word in MANY

    def _hear_verb(self, at: int, word: str) -> bool:
        says = self._being(at, word) or self._past(at, word) or self._way(at, word)
        self.has_verb |= says
        return says

    def _being(self, at: int, word: str) -> bool:
        is_reflexive = word == "s" and self._after(at) in {"a", "au", "o"}
        is_ago = word == "acum" and self._after(at) in _AGO
        if is_reflexive or is_ago or (word not in BEING and word not in HERE_FIRST):
            return False
        if word in BEING or (self.is_many and word in BEING_OF_MANY):
            self._is_of(self.subject or _without_subject(word), at)
        else:
            is_told = word in HELD and self._before(at) in {"a", "au"} and not self._is_mine(at)
            self.subject = None
            self._is_of(Standing.TOLD if is_told else Standing.HERE, at)
            is_origin = self.state is Standing.HERE and word in UNMOVED
            if is_origin and self._after(at) in _FROM:
                self.state = Standing.ORIGIN
        return True

    def _is_of(self, standing: Standing, at: int) -> None:
        following = self._after(at)
        if self.is_negated and (following in PLACED or not is_common(following)):
            standing = Standing.DENIED if standing in {Standing.HERE, Standing.OPEN} else standing
        self.state, self.then = standing, None
        self.is_negated = self.is_negated and following == "nici"

    def _past(self, at: int, word: str) -> bool:
        if word in BORN and (word not in {"loc", "fel"} or self._before(at) == "de"):
            self.state, self.then = Standing.BORN, None
            return True
        if word not in PAST and not (
            word in {"fost", "stat", "locuit", "trait"} and self._before(at) in {"am", "au", "a"}
        ):
            return False
        if word == "fost" and self._before(at) != "am" and _PARTICIPLE.fullmatch(self._after(at)):
            # "a fost bătut la Târgu Jiu": what happened there, not where somebody was.
            return False
        is_other = self.subject is not None and word not in PAST
        self.state, self.then, self.is_negated = (
            Standing.OTHER if is_other else Standing.LEFT, None, False,
        )  # fmt: skip
        return True

    def _way(self, at: int, word: str) -> bool:
        """Hear a verb of moving: where from and where to follow it."""
        is_mine = self._is_mine(at)
        if word in GOING and self.words[at + 1 : at + 2] == ["la"] and self._is_taught(at):
            self.state, self.then = Standing.TOLD, None
            return True
        if word in MOVED or (word in LEAVING and self.state is Standing.HERE and not is_mine):
            to = Standing.HERE
        elif word in LEAVING or word in GOING:
            to = Standing.BOUND
        else:
            return False
        is_other = not is_mine and self._is_third(at, word)
        ends = (self.subject or Standing.OTHER,) * 2 if is_other else (Standing.LEFT, to)
        if (self.is_negated and word not in GOING) or self._is_held_back(at, word):
            # Who has not left is still there; who has not arrived is not.
            is_there = word in STAYED or word in LEAVING
            ends = (Standing.HERE if is_there else Standing.OPEN, Standing.DENIED)
        self.then, self.is_negated = (ends[0], ends[1]), False
        self.state = Standing.OPEN if not is_other else ends[0]
        return True

    def _is_taught(self, at: int) -> bool:
        """Tell whether it is `merg la școală la Sighișoara`, which says where, not where to."""
        return self.words[at + 2 : at + 3] != [] and self.words[at + 2] in SCHOOLS

    def _is_mine(self, at: int) -> bool:
        return bool(_ME.intersection(self.words[max(0, at - 3) : at]))

    def _is_held_back(self, at: int, word: str) -> bool:
        """Tell whether it is `nu mă lasă să plec din`, which is said where the caller is."""
        is_wish = self._before(at) == "sa" and not NOT.isdisjoint(self.words[max(0, at - 5) : at])
        return is_wish and word in LEAVING

    def _is_third(self, at: int, word: str) -> bool:
        before = self._before(at)
        return before in {"a", "au"} or (self.subject is not None and word != "vreau")

    def _hear_place(self, at: int, word: str) -> None:
        if self.then is not None and (word in _FROM or word in _TO or word == "de"):
            is_from = word in _FROM or word == "de"
            is_of = word == "la" and self._before(at) == "de"
            self.state = self.then[0] if is_from or is_of else self.then[1]
        elif self.is_negated and (word in PLACED or self._is_bare_name(at)):
            self.state, self.is_negated = Standing.DENIED, False
        elif self.is_negated and word not in _AFTER_NOT:
            self.is_negated = False

    def _is_bare_name(self, at: int) -> bool:
        return self._before(at) in NOT and (
            not is_common(self.words[at]) or "ci" in self.words[at + 1 : at + 4]
        )

    def _before(self, at: int) -> str:
        return self.words[at - 1] if at else ""

    def _after(self, at: int) -> str:
        return self.words[at + 1] if at + 1 < len(self.words) else ""


def _without_subject(word: str) -> Standing:
    """Tell how "e la Iași" and "lucrează la Iași" stand: the latter is somebody's."""
    if word in IMPERSONAL:
        return Standing.OPEN
    return Standing.TOLD if word in BEING else Standing.HERE


def _tell_of_others(words: Sequence[str], told: list[Standing]) -> list[Standing]:
    """
    Take what is only told of others: `tata a băut la Buzău`, `echipa a pierdut la Arad`.

    Such a place may be where help is needed, as in `un copil a căzut la Zorleni`: ask.
    """
    if not FIRST_PERSON.isdisjoint(words):
        return told
    begin = next((at for at in range(len(words)) if _is_told_at(words, at)), len(words))
    return [
        Standing.TOLD if at > begin and standing is Standing.OPEN else standing
        for at, standing in enumerate(told)
    ]


def _is_told_at(words: Sequence[str], at: int) -> bool:
    """Tell whether a person is the subject here, or a verb is in the past of the third person."""
    if words[at] in OTHERS:
        return at == 0 or words[at - 1] not in _SUBJECT_SHIELDS
    rest = [word for word in words[at + 1 : at + 4] if word not in _AFTER_NOT]
    return words[at] in {"a", "au"} and bool(rest) and bool(_PARTICIPLE.fullmatch(rest[0]))


def standings(phrases: Sequence[Sequence[Said]]) -> list[list[Standing]]:
    """Return how each word of each phrase stands to the caller."""
    found: list[list[Standing]] = []
    state = Standing.OPEN
    for phrase in phrases:
        words = [said.word for said in phrase]
        walk = _Walk(words, Standing.OPEN)
        told = walk.walk()
        told = _tell_of_others(words, told)
        if not walk.has_verb and set(told) == {Standing.OPEN} and _goes_on(state, words):
            told = [state] * len(words)
        found.append(told)
        # What stands behind a comma is said of itself: "a căzut un copil, comuna Tunari".
        state = told[-1] if told and told[-1] is not Standing.TOLD else state
    return found


def _goes_on(state: Standing, words: Sequence[str]) -> bool:
    """Tell whether "județul Covasna" belongs to what was said before the comma."""
    return state is not Standing.DENIED or words[0] in _MARKED


def is_at_anothers(phrases: Sequence[Sequence[Said]]) -> bool:
    """Tell whether the caller is where somebody is: `sunt la ea`."""
    for phrase in phrases:
        words = [said.word for said in phrase]
        for at in range(len(words) - 2):
            is_with = words[at] in HERE_FIRST and words[at + 1] in {"la", "cu"}
            if is_with and words[at + 2] in {"ea", "el", "ei", "dansa", "dansii"}:
                return True
    return False


CODES: Mapping[Standing, str] = {
    Standing.DENIED: "place_denied",
    Standing.LEFT: "place_left",
    Standing.BOUND: "place_bound",
    Standing.OTHER: "place_of_another",
}
"""Codes of the warnings that name a place where the caller is not."""

EXTRAS: Mapping[Standing, str] = {
    Standing.DENIED: "denied",
    Standing.LEFT: "left",
    Standing.BOUND: "bound",
    Standing.OTHER: "of_another",
}
"""Keys of the report's extras in which those places are listed."""
