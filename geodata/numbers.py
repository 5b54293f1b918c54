"""
One grammar for numbers in texts of strangers, whichever format they come in.

What XML, JSON and people write as a decimal number: digits of ASCII, a point, an exponent.
Python itself reads more (`1_000`, digits of other scripts), and nobody means that.
"""

import re

_NUMBER = re.compile(
    r"[+-]?(?:(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:e[+-]?\d{1,4})?|inf|infinity|nan)",
    re.ASCII | re.IGNORECASE,
)
_BLANKS = " \t\r\n"


def read_decimal(text: str) -> float:
    """
    Return the number that a text is; blanks around it do not count.

    Infinity and NaN are numbers of XML and returned as such; who needs a finite one asks.

    Raises
    ------
    ValueError
        The text is no number.

    Examples
    --------
    >>> read_decimal(" 46. "), read_decimal(".5"), read_decimal("1.5e3")
    (46.0, 0.5, 1500.0)
    >>> read_decimal("1_000")
    Traceback (most recent call last):
    ValueError: no number
    """
    plain = text.strip(_BLANKS)
    if _NUMBER.fullmatch(plain) is None:
        raise ValueError("no number")
    return float(plain)
