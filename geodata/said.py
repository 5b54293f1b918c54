"""
An English sentence that can be said in another language later.

The code that knows what went wrong writes the sentence in English, where a reader of the
code sees it. `said` keeps the pattern and its values beside the finished text, so that the
catalogue of words (`dispatch.words`) can look the pattern up and fill it in Romanian.
Nothing here knows any translation.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Self


class Said(str):
    """
    A finished English sentence with the pattern and the values that it was made from.

    It is a plain `str` for everybody who does not care: it is compared, logged and
    serialised as the English text.
    """

    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, values: Mapping[str, Any], english: str | None = None) -> Self:
        """Fill the pattern, unless the English text is given; KeyError: a value is missing."""
        text = super().__new__(cls, pattern.format_map(values) if english is None else english)
        text.pattern = pattern
        text.values = values
        return text

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, Any], str]]:
        """Travel between processes with the pattern, not as the English text alone."""
        return type(self), (self.pattern, dict(self.values), str(self))


def said(pattern: str, /, **values: Any) -> Said:
    """
    Return the English sentence of a pattern, ready to be said in another language.

    Parameters
    ----------
    pattern
        An English sentence with named places: ``"{callsign} is {status}"``. A place may
        have a format (``{radius_m:g}``). The pattern is the sentence's key in the
        catalogue, so it is always written out where it is used.
    values
        What is filled in; a value that is itself `Said` is translated with the sentence.

    Examples
    --------
    >>> said("{callsign} is {status}", callsign="B3-1", status="en_route")
    'B3-1 is en_route'
    """
    return Said(pattern, values)


def coded(group: str, code: str, english: str | None = None) -> Said:
    """
    Return a code of the interface as a value of a sentence.

    The English sentence quotes the code itself (or `english`), because programs read it; in
    another language the catalogue says it as the word ``group.code``, which the pages show.

    Examples
    --------
    >>> coded("team.status", "en_route")
    'en_route'
    """
    return Said(f"{group}.{code}", {}, str(code) if english is None else english)


def listed(parts: Iterable[str], separator: str = ", ") -> Said:
    """
    Return several values as one, each of them said in the language of the sentence.

    Examples
    --------
    >>> listed([said("the time"), "AB"], said(" or "))
    'the time or AB'
    """
    named = {f"part_{at}": part for at, part in enumerate(parts)}
    return Said(
        "{separator}".join(f"{{{name}}}" for name in named), {**named, "separator": separator}
    )
