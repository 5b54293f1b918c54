"""Answers for a civic address: the counties it names, and what became of each element."""

from collections.abc import Mapping

from dispatch.location.civic_names import BUCHAREST, COUNTRIES, CivicPlaces, fold
from dispatch.lost_protocol.model import CIVIC_PROFILE, Found, LostError, Validation
from dispatch.words.catalogue import both
from geodata.reference.codes import SECTORS
from geodata.territories.counties import Counties

CERTAIN_FROM = 0.80
"""The same bound as for areas: below it the caller is to be asked."""


def find_civic(places: CivicPlaces, address: Mapping[str, str]) -> Found:
    """
    Return whose place an address is, with what became of each of its elements.

    Raises
    ------
    LostError
        `notFound`: another country, or nothing in it names a place;
        `locationInvalid`: no place has any of its names.
    """
    if fold(address.get("country", "RO")) not in COUNTRIES:
        raise LostError("notFound", both("lost.error.not_here"))
    named = places.find(address)
    if named.weights:
        rest = tuple(n for n in address if n not in {*named.valid, *named.invalid})
        order = sorted(named.shares().items(), key=lambda share: (-share[1], share[0]))
        return Found(
            profile=CIVIC_PROFILE,
            shares=tuple(order),
            decided_by="civic",
            ambiguous=order[0][1] < CERTAIN_FROM,
            validation=Validation(named.valid, named.invalid, rest),
        )
    if named.invalid:
        raise LostError("locationInvalid", both("lost.error.unknown_place"))
    raise LostError("notFound", both("lost.error.no_place_named"))


def civic_boundary(code: str, counties: Counties) -> dict[str, str]:
    """Return the civic elements that all addresses of a county share."""
    if code in SECTORS:
        sector = f"Sectorul {code[1]}"
        return {"country": "RO", "A1": BUCHAREST, "A3": BUCHAREST, "A4": sector}
    return {"country": "RO", "A1": counties.get(code).name}
