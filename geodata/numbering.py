"""
What a telephone number says about where its owner may be: at most a hint.

Landline prefixes name a county; 021 and 031 serve Bucharest and Ilfov alike, so they
name seven directorates; 037x and mobile numbers name none. Numbers have been portable
between places since 2018. Source: libphonenumber metadata (Apache-2.0).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from geodata.errors import BadInputError
from geodata.reference import files
from geodata.said import said

# Numbers of public services: 112, 119, 116111 and their kind.
_SHORT_NUMBER = re.compile(r"1[0-9]{2,5}")
_MAX_TEXT = 64

_KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "landline",
    PhoneNumberType.UAN: "nomadic",
    PhoneNumberType.VOIP: "nomadic",
    PhoneNumberType.PERSONAL_NUMBER: "nomadic",
}


class BadNumberError(BadInputError):
    """Text that is no telephone number; the text itself is never repeated in the message."""


@dataclass(frozen=True, slots=True)
class NumberHint:
    """
    A number in E.164 form, what kind it is, and the codes it hints at.

    `kind` is `mobile`, `landline`, `nomadic`, `short` or `unknown`; `counties` is empty
    when the number says nothing about a place. A short number stays as dialled.
    """

    e164: str
    kind: str
    counties: tuple[str, ...]

    @property
    def mask(self) -> str:
        """The number as it may be shown and logged: country code and last three digits."""
        if self.kind == "short":
            return self.e164
        visible = 3 if self.e164.startswith("+40") else 2
        hidden = max(0, len(self.e164) - visible - 3)
        return f"{self.e164[:visible]}{'•' * hidden}{self.e164[-3:]}"


@dataclass(frozen=True, slots=True)
class MobileNetwork:
    """A mobile network of Romania; `mcc` and `mnc` are text, because 01 and 1 differ."""

    mcc: str
    mnc: str
    brand: str
    operator: str


def read_number(text: str, *, region: str = "RO") -> NumberHint:
    """
    Read a telephone number as people and networks write it.

    Parameters
    ----------
    text
        With or without country code, spaces, dots, dashes or a `tel:` in front.
    region
        Country of a number without a country code.

    Raises
    ------
    BadNumberError
        `bad_number`: not a number, or not a possible one.

    Examples
    --------
    >>> number = read_number("0257 123 456")
    >>> number.e164, number.kind, number.counties
    ('+40257123456', 'landline', ('AR',))
    >>> number.mask
    '+40••••••456'

    A mobile number says nothing about a place:

    >>> read_number("0722 123 456").counties
    ()
    """
    plain = text.strip().removeprefix("tel:")
    if region == "RO" and _SHORT_NUMBER.fullmatch(plain):
        return NumberHint(plain, "short", ())
    number = _parse(plain, region)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number):
        return NumberHint(e164, "unknown", ())
    kind = _KINDS.get(phonenumbers.number_type(number), "unknown")
    is_local = number.country_code == 40 and kind == "landline"
    return NumberHint(e164, kind, counties_of_prefix(f"0{e164[3:]}") if is_local else ())


def _parse(text: str, region: str) -> phonenumbers.PhoneNumber:
    refusal = BadNumberError(
        "bad_number", said("this is not a telephone number"), said("send it as +40 and nine digits")
    )
    if len(text) > _MAX_TEXT:
        raise refusal
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise refusal from error
    if not phonenumbers.is_possible_number(number):
        raise refusal
    return number


def counties_of_prefix(national: str) -> tuple[str, ...]:
    """
    Return the codes a national number (leading 0) hints at; empty for prefixes of no place.

    Examples
    --------
    >>> counties_of_prefix("0213102030")
    ('B1', 'B2', 'B3', 'B4', 'B5', 'B6', 'IF')
    """
    table = _prefixes()
    return table.get(national[:3], table.get(national[:4], ()))


@lru_cache(maxsize=1)
def _prefixes() -> Mapping[str, tuple[str, ...]]:
    return {
        row["prefix"]: tuple(row["counties"].split()) for row in files.read_rows(files.NUMBERING)
    }


@lru_cache(maxsize=1)
def mobile_networks() -> Mapping[tuple[str, str], MobileNetwork]:
    """
    Return the mobile networks of Romania by (mcc, mnc).

    Examples
    --------
    >>> mobile_networks()["226", "01"].brand
    'Vodafone'
    """
    rows = (MobileNetwork(**row) for row in files.read_rows(files.MOBILE_NETWORKS))
    return {(network.mcc, network.mnc): network for network in rows}
