"""
An English sentence that can be said in another language later.

The code that knows what went wrong writes the sentence in English, where a reader of the
code sees it. `said` keeps the pattern and its values beside the finished text, so that the
catalogue of words (`dispatch.words`) can look the pattern up and fill it in Romanian.
Nothing here knows any translation.
"""

from collections.abc import Mapping
from typing import Any, Self


class Said(str):
    """
    A finished English sentence with the pattern and the values that it was made from.

    It is a plain `str` for everybody who does not care: it is compared, logged and
    serialised as the English text.
    """

    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, values: Mapping[str, Any]) -> Self:
        """Fill the pattern; raises KeyError when a value is missing."""
        text = super().__new__(cls, pattern.format_map(values))
        text.pattern = pattern
        text.values = values
        return text

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, Any]]]:
        """Travel between processes with the pattern, not as the English text alone."""
        return type(self), (self.pattern, dict(self.values))


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
