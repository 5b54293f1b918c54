"""The numbers of the six sectors of Bucharest, as they are said and typed."""

_CARDINALS = ("unu", "doi", "trei", "patru", "cinci", "sase")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi")
_ORDINALS = ("intai", "doilea", "treilea", "patrulea", "cincilea", "saselea")

ORDINALS = {word: str(number) for number, word in enumerate(_ORDINALS, 1)} | {"primul": "1"}
"""Numbers that stand before the sector too: "al doilea sector"."""

NUMBERS = (
    {str(number): str(number) for number in range(1, 7)}
    | {word: str(number) for words in (_CARDINALS, _ROMAN) for number, word in enumerate(words, 1)}
    | {f"{word}{number}": str(number) for word in ("s", "nr") for number in range(1, 7)}
    | {"1ul": "1", "una": "1", "doua": "2", "intaiul": "1"}
    | ORDINALS
)

BEFORE_NUMBER = frozenset({"nr", "no", "numarul", "numar", "nrul", "al", "a", "cu"})
