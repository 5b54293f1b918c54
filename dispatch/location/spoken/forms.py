"""
How people shorten, bend and rename places: "Rm. Vâlcea", "din județul Clujului", "Turnu Severin".

All words here are folded (`spoken_names.fold`): small letters without diacritics.
"""

from collections.abc import Iterator, Sequence

ALIASES = {
    "alba": ("alba iulia",),
    "campulung": ("campulung moldovenesc",),
    "campulung bucovina": ("campulung moldovenesc",),
    "campulung muscel": ("campulung",),
    "capitala": ("bucuresti",),
    "cluj": ("cluj napoca",),
    "drobeta": ("drobeta turnu severin",),
    "mures": ("targu mures",),
    "odorhei": ("odorheiu secuiesc",),
    "ramnic": ("ramnicu valcea", "ramnicu sarat"),
    "ramnicu": ("ramnicu valcea", "ramnicu sarat"),
    "rosiori": ("rosiori de vede",),
    "sannicolau": ("sannicolau mare",),
    "sighet": ("sighetu marmatiei",),
    "sighetul": ("sighetu marmatiei",),
    "turnu": ("turnu magurele", "drobeta turnu severin"),
    "neamt": ("piatra neamt", "targu neamt"),
    "severin": ("drobeta turnu severin",),
    "turnu severin": ("drobeta turnu severin",),
    "valcea": ("ramnicu valcea",),
}
"""What a town is called beside its name; a county's name often means its capital."""

_WHOLE = {"rm": "ramnicu", "tg": "targu", "buc": "bucuresti", "bucale": "bucuresti"}
_BEFORE = {
    ("tr", "severin"): "turnu", ("tr", "magurele"): "turnu", ("dr", "tr"): "drobeta",
    ("dr", "turnu"): "drobeta",
}  # fmt: skip
# The definite article and the genitive, and what stands without them at the end of a name.
_ENDINGS = (
    ("ului", ("", "u", "i")), ("ul", ("", "u")), ("lui", ("",)), ("iei", ("ia",)),
    ("ei", ("a", "ea")), ("ilor", ("i",)),
)  # fmt: skip
_LEAST_STEM = 3


def expand(words: Sequence[str]) -> list[str]:
    """Write abbreviated parts of names in full."""
    found = []
    for i, word in enumerate(words):
        following = words[i + 1] if i + 1 < len(words) else ""
        if word == "sf" and following:
            found.append("sfanta" if following.endswith("a") else "sfantu")
        else:
            found.append(_BEFORE.get((word, following), _WHOLE.get(word, word)))
    return found


def base_forms(word: str) -> Iterator[str]:
    """Yield what the bent form of a name may come from: `cluj` of `clujului`."""
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _LEAST_STEM:
            yield from (stem + replacement for replacement in replacements)
