"""
Names that are only nearly said: misspelt ones, and bent ones of villages that few know.

Sought only where no name is whole, and taken only where something else says that a place
is meant. Whatever comes out is a guess, and is called one.
"""

from collections.abc import Iterator, Sequence

from dispatch.location.spoken.anchors import Span, is_known_town
from dispatch.location.spoken.common_words import FIRST_NAMES, is_common, is_like_common
from dispatch.location.spoken.names import Gazetteer, NamedPlace, distance_m
from dispatch.location.spoken.words import Said

Pairs = list[tuple[NamedPlace, float]]

_WEAKEST = 0.45
_ONE_SLIP = 0.6
_ALMOST = 0.75
_LONGEST = 3
_LEAST_LETTERS = 5
_LEAST_VILLAGE_LETTERS = 6
_NEAR_M = 30_000.0


def goes_with(place: NamedPlace, others: Sequence[NamedPlace]) -> bool:
    """Tell whether one of the other places holds this one or is near to it."""
    return any(
        other.holds(place)
        or distance_m(place.center, other.center) - other.radius_m - place.radius_m < _NEAR_M
        for other in others
    )


def guess(
    phrases: Sequence[Sequence[Said]],
    taken: Sequence[Sequence[bool]],
    known: Sequence[NamedPlace],
    gazetteer: Gazetteer,
) -> tuple[str, Pairs]:
    """
    Return the name that is most nearly said, with the places that it comes near to.

    Parameters
    ----------
    taken
        Which words are parts of other names or of streets.
    known
        The places that are named whole.
    """
    best: tuple[float, str, Pairs] = (0.0, "", [])
    for phrase, gone in zip(phrases, taken, strict=True):
        for span in _spans(phrase, gone):
            name = " ".join(span.words)
            found = _allowed(span, gazetteer.similar(name), known)
            quality = max((quality for _, quality in found), default=0.0)
            if quality >= _WEAKEST:
                best = max(best, (quality * len(name), name, found), key=lambda o: o[0])
    return best[1], best[2]


def _spans(phrase: Sequence[Said], gone: Sequence[bool]) -> Iterator[Span]:
    for start in range(len(phrase)):
        for count in range(1, min(_LONGEST, len(phrase) - start) + 1):
            span = Span(phrase, start, count)
            if not any(gone[start : start + count]) and _can_be_misspelt(span):
                yield span


def _can_be_misspelt(span: Span) -> bool:
    words = span.words
    if len(" ".join(words)) < _LEAST_LETTERS or span.is_person:
        return False
    if any(word in FIRST_NAMES for word in words):
        return False
    return not is_common(words[0])


def _allowed(span: Span, found: Pairs, known: Sequence[NamedPlace]) -> Pairs:
    """Keep the places that something beside the letters speaks for."""
    if not found:
        return []
    is_open = is_common(span.words[-1])
    near = [pair for pair in found if pair[1] >= (_ALMOST if is_open else _ONE_SLIP)]
    if span.is_placed and span.is_capital:
        return near if is_open else found
    if is_like_common(span.words[0]) or (not is_open and is_like_common(span.words[-1])):
        return []
    if span.is_whole:
        is_long = span.is_bare and len(span.words[0]) >= _LEAST_VILLAGE_LETTERS
        towns = [pair for pair in near if is_known_town(pair[0])]
        return near if is_long or span.count > 1 else towns
    return [pair for pair in near if goes_with(pair[0], known)]
